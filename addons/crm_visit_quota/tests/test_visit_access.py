from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import VisitCommon

SECRET = "He drinks"


@tagged('post_install', '-at_install')
class TestVisitAccess(VisitCommon):
    """Reps write their own visits, read that a customer was visited, and never what is private."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls._visits([(cls.customer, '2026-06-12')], note="They want a trial", team_id=cls.team.id)
        cls.visit.private_note = SECRET
        cls.portal = new_test_user(cls.env, login='visit_portal', groups='base.group_portal', company_id=cls.company.id, company_ids=[
            Command.set(cls.company.ids)])
        cls.env.flush_all()

    def test_write(self):
        cases = [
            (self.rep, True), (self.lead, True), (self.leads_all, True), (self.manager, True), (self.rep2, False),
            (self.employee, False), (self.portal, False), (self.manager_usd, False)]
        for user, allowed in cases:
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                if allowed:
                    self._by(self.visit, user).note = "Changed"
                    continue
                with self.assertRaises(AccessError):
                    self._by(self.visit, user).note = "Changed"

    def test_read(self):
        cases = [(self.rep2, True), (self.lead, True), (self.employee, False), (self.portal, False), (self.manager_usd, False)]
        for user, allowed in cases:
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                if allowed:
                    self.assertEqual(self._by(self.visit, user).read(['note'])[0]['note'], "They want a trial")
                    continue
                with self.assertRaises(AccessError):
                    self._by(self.visit, user).read(['note'])

    def test_create_and_delete(self):
        vals = {'partner_id': self.customer.id, 'date_start': '2026-06-18 08:00:00'}
        visit = self._as(self.rep)['crm.visit'].create(vals)
        with self.assertRaises(AccessError):
            self._as(self.rep2)['crm.visit'].create({**vals, 'user_id': self.rep.id})
        with self.assertRaises(AccessError):
            self._as(self.portal)['crm.visit'].create(vals)
        with self.assertRaises(AccessError):
            self._by(visit, self.rep2).unlink()
        visit.unlink()

    def test_actions(self):
        """What a button does is not allowed to those who may not write."""
        visit = self._visits([(self.customer, '2026-06-15')], state='planned')
        for call in (
                lambda item: item.action_check_in(), lambda item: item.action_finish(), lambda item: item.action_miss(),
                lambda item: item.action_cancel("No"), lambda item: item.action_reschedule('2026-06-20 08:00:00')):
            with self.assertRaises(AccessError):
                call(self._by(visit, self.rep2))
        self.assertEqual((visit.state, visit.calendar_event_id.active), ('planned', True))

    def test_companion(self):
        """Who comes along writes, and reads what is private; nobody makes oneself a companion."""
        with self.assertRaises(AccessError):
            self._by(self.visit, self.rep2).companion_ids = [Command.link(self.rep2.id)]
        self.visit.companion_ids = self.rep2
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._by(self.visit, self.rep2).private_note, SECRET)
        self._by(self.visit, self.rep2).private_note = "Both of them"
        self.assertEqual(self._by(self.visit).private_note, "Both of them")

    # ------------------------------------------------------------------
    # The private note
    # ------------------------------------------------------------------

    def test_private_note(self):
        self.env.ref('base.group_allow_export').user_ids |= self.rep + self.lead + self.manager + self.rep2 + self.leads_all
        for user, readable in (
                (self.rep, True), (self.lead, True), (self.manager, True), (self.rep2, False), (self.leads_all, False)):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                visit = self._by(self.visit, user)
                self.assertEqual(visit.private_note, SECRET if readable else False)
                self.assertEqual(visit.is_private_readable, readable)
                self.assertEqual(visit.export_data(['private_note'])['datas'], [[SECRET if readable else '']])
                self.assertEqual(SECRET in str(visit.read()), readable)

    def test_private_note_by_no_other_way(self):
        """Not by search, grouping, the stored field, a form filled in, nor in the history of changes."""
        visits = self._as(self.rep2)['crm.visit']
        visit = self._by(self.visit, self.rep2)
        for name in ('private_note', 'private_note_text'):
            with self.subTest(field=name):
                self._fails(lambda name=name: visits.search([(name, 'ilike', 'drinks')]))
                self._fails(lambda name=name: visits.formatted_read_group([], [name], ['__count']))
                self._fails(lambda name=name: visits.search([], order=name))
        with self.assertRaises(AccessError):
            visit.read(['private_note_text'])
        form = self._by(self.visit, self.leads_all).onchange(
            {'companion_ids': [Command.link(self.leads_all.id)], 'user_id': self.leads_all.id}, ['companion_ids', 'user_id'],
            {'private_note': {}, 'companion_ids': {}, 'user_id': {}})
        self.assertNotIn(SECRET, str(form))
        self.assertNotIn(SECRET, str(self._by(self.visit, self.rep2).message_ids.mapped('body')))
        tracked = self.env['mail.tracking.value'].sudo().search([('mail_message_id', 'in', self.visit.message_ids.ids)])
        self.assertNotIn(SECRET, str(tracked.mapped('new_value_text')))
        self.assertNotIn(SECRET, str(self.visit.copy_data()))

    def _fails(self, call):
        try:
            call()
        except (AccessError, ValueError, UserError):
            return
        self.fail("The private note leaks.")

    def test_private_note_is_not_overwritten(self):
        """Who does not see it cannot write it either, even where the visit itself may be written."""
        self._by(self.visit, self.leads_all).private_note = "Nothing"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._by(self.visit).private_note, SECRET)

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_companies(self):
        shared = self._customers(name="Shared")
        there = self._visits([(shared, '2026-06-12')], company=self.company_usd, user=self.manager)
        self.assertNotIn(there, self._as(self.rep)['crm.visit'].search([]))
        self.assertNotIn(self.visit, self._as(self.manager_usd)['crm.visit'].search([]))
        self.assertIn(there, self._as(self.manager_usd)['crm.visit'].search([]))
        kind = self.env['crm.visit.kind'].create({'name': "American", 'company_id': self.company_usd.id})
        self.assertNotIn(kind, self._as(self.rep)['crm.visit.kind'].search([]))

    def test_kinds_are_for_managers(self):
        with self.assertRaises(AccessError):
            self._by(self.onsite).name = "Mine"
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.visit.kind.action'].create({'kind_id': self.onsite.id, 'name': "Mine"})
        self._by(self.onsite, self.manager).name = "Visit"

    def test_an_employee_uses_the_calendar(self):
        """Who may not see visits still moves and reads appointments."""
        visit = self._visits([(self.customer, '2026-06-18')], state='planned')
        event = self._by(visit.calendar_event_id, self.employee)
        self.env.invalidate_all()
        self.assertNotIn('crm_visit_ids', event.read()[0])
        event.location = "There"
        self.assertTrue(event.copy())
