from datetime import date

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_grading.tests.contract_points import InterestContractCase

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitInterest(InterestContractCase, VisitCommon):

    def _note_interest(self, partner):
        return self.env['crm.visit'].create({
            'partner_id': partner.id, 'company_id': self.company.id, 'user_id': self.rep.id, 'date_start': '2026-06-12 08:00:00',
            'interest_ids': [Command.create({'note': "A quieter pump"})]})

    def test_belongs_to_the_visit(self):
        """Day, customer and company are those of the visit, and follow it."""
        visit = self._by(self._note_interest(self.person))
        interest = visit.interest_ids
        self.assertEqual((interest.date, interest.company_id, interest.user_id), (date(2026, 6, 12), self.company, self.rep))
        visit.action_check_in('2026-06-15 08:00:00')
        self.assertEqual(interest.date, date(2026, 6, 15))
        visit.interest_ids = [Command.create({'note': "And a longer hose"})]
        self.assertEqual(visit.interest_ids.mapped('date'), [date(2026, 6, 15)] * 2)
        visit.sudo().write({'partner_id': self.customer2.id, 'contact_ids': [Command.clear()]})
        self.assertEqual(visit.sudo().interest_ids.partner_id, self.customer2)

    def test_only_of_visits(self):
        """An interest from elsewhere with the number of a visit is not its."""
        visit = self._note_interest(self.person)
        self.env['crm.interest'].create({
            'partner_id': self.customer.id, 'note': "Other", 'res_model': 'crm.lead', 'res_id': visit.id, 'company_id': self.company.id})
        visit.invalidate_recordset()
        self.assertEqual(visit.interest_ids.mapped('note'), ["A quieter pump"])


@tagged('post_install', '-at_install')
class TestVisitExpense(VisitCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls._visits([(cls.customer, '2026-06-12')], team_id=cls.team.id)
        cls.visit.expense_ids = [
            Command.create({'category': 'travel', 'amount': 30}),
            Command.create({'category': 'meal', 'amount': 40, 'currency_id': cls.usd.id})]

    def test_total(self):
        """In the company's currency, at the rate of the day (1 EUR = 4 USD)."""
        self.assertEqual(sorted(self.visit.expense_ids.mapped('company_amount')), [10, 30])
        self.assertEqual(self.visit.expense_total, 40)
        self.assertEqual(self.visit.expense_ids.mapped('user_id'), self.rep)

    def test_nothing_below_zero(self):
        with self.assertRaises(CheckViolation), self.cr.savepoint(), mute_logger('odoo.sql_db'):
            self.visit.expense_ids = [Command.create({'amount': 0})]
            self.env.flush_all()

    def test_who_sees_them(self):
        for user, total in ((self.rep, 40), (self.lead, 40), (self.leads_all, 40), (self.manager, 40), (self.rep2, 0)):
            with self.subTest(user=user.login):
                self.assertEqual(self._by(self.visit, user).expense_total, total)
        expense = self.visit.expense_ids[0]
        with self.assertRaises(AccessError):
            self._by(expense, self.rep2).read(['amount'])
        with self.assertRaises(AccessError):
            self._by(expense, self.employee).read(['amount'])
        with self.assertRaises(AccessError):
            self._as(self.rep2)['crm.visit.expense'].create({'visit_id': self.visit.id, 'amount': 5, 'user_id': self.rep.id})
        self.assertEqual(self._as(self.manager_usd)['crm.visit.expense'].search_count([]), 0, "Another company's are none of theirs.")

    def test_a_companion_sees_the_own_ones(self):
        self.visit.companion_ids = self.rep2
        mine = self._as(self.rep2)['crm.visit.expense'].create({'visit_id': self.visit.id, 'amount': 5, 'user_id': self.rep2.id})
        self.assertEqual(self._as(self.rep2)['crm.visit.expense'].search([]), mine)


@tagged('post_install', '-at_install')
class TestVisitDialogs(VisitCommon):

    def test_cancel(self):
        visits = self._visits([(self.customer, '2026-06-16'), (self.customer2, '2026-06-17')], state='planned')
        dialog = self._as(self.rep)['crm.visit.cancel'].with_context(active_ids=visits.ids).create({'reason': "  "})
        self.assertEqual(dialog.visit_ids.ids, visits.ids)
        with self.assertRaises(UserError):
            dialog.action_apply()
        self.assertEqual(visits.mapped('state'), ['planned', 'planned'])
        dialog.reason = "Fair"
        dialog.action_apply()
        self.assertEqual(visits.mapped(lambda visit: (visit.state, visit.cancel_reason)), [('cancelled', "Fair")] * 2)

    def test_cancel_all_or_nothing(self):
        visits = self._visits([(self.customer, '2026-06-16')], state='planned') + self._visits([(self.customer2, '2026-06-12')])
        dialog = self._as(self.rep)['crm.visit.cancel'].create({'visit_ids': [Command.set(visits.ids)], 'reason': "Fair"})
        with self.assertRaises(UserError):
            dialog.action_apply()
        self.assertEqual(visits.mapped('state'), ['planned', 'done'])

    def test_who_was_invited_is_told(self):
        self.person.email = 'person@example.com'
        visit = self._by(self._visits([(self.customer, '2026-06-16')], state='planned', contact_ids=[Command.set(self.person.ids)]))
        for telling, number in ((False, 0), (True, 1)):
            dialog = visit.env['crm.visit.cancel'].create({
                'visit_ids': [Command.set(visit.ids)], 'reason': "Ill", 'is_telling': telling})
            self.assertTrue(dialog.has_guests)
            dialog.action_apply()
            told = [('recipient_ids', 'in', self.person.ids), ('subject', 'ilike', 'Deleted event')]
            self.assertEqual(self.env['mail.mail'].search_count(told), number)
            visit.action_reopen()
        late = self._by(self._visits([(self.customer, '2026-06-10')], state='planned', contact_ids=[Command.set(self.person.ids)]))
        self.assertFalse(late.env['crm.visit.cancel'].create({'visit_ids': [Command.set(late.ids)], 'reason': "Late"}).has_guests)

    def test_reschedule(self):
        visit = self._by(self._visits([(self.customer, '2026-06-10')], state='planned'))
        dialog = visit.env['crm.visit.reschedule'].with_context(active_id=visit.id).create({})
        self.assertEqual(str(dialog.date_start), '2026-06-22 08:00:00')
        dialog.date_start = '2026-06-14 08:00:00'
        with self.assertRaises(UserError):
            dialog.action_apply()
        self.assertEqual(visit.state, 'planned')
        dialog.write({'date_start': '2026-06-18 08:00:00', 'reason': "They asked"})
        new = visit.browse(dialog.action_apply()['res_id'])
        self.assertEqual((new.rescheduled_from_id, visit.rescheduled_to_id, visit.state), (visit, new, 'rescheduled'))

    def test_finish_names_what_is_missing(self):
        self.onsite.action_ids = [
            Command.create({'name': "Check the stock"}), Command.create({'name': "Leave a card", 'is_required': False})]
        visit = self._by(self._visits([(self.customer, '2026-06-15')], state='planned'))
        self.assertEqual(visit.check_ids.mapped('name'), ["Check the stock", "Leave a card"])
        with self.assertRaisesRegex(UserError, "Check the stock"):
            visit.action_finish()
        self.assertFalse(visit.actual_start)
        visit.check_ids[0].is_done = True
        visit.action_finish()
        self.assertEqual(visit.state, 'done')

    def test_changing_the_kind_changes_the_checklist(self):
        self.hosted.action_ids = [Command.create({'name': "Book a room"})]
        visit = self._by(self._visits([(self.customer, '2026-06-15')], state='planned'))
        visit.kind_id = self.hosted
        self.assertEqual(visit.check_ids.mapped('name'), ["Book a room"])
        visit.kind_id = self.onsite
        self.assertFalse(visit.check_ids)

    def test_questions_of_the_kind(self):
        self.onsite.properties_definition = [{'name': 'shelf', 'type': 'boolean', 'string': "Shelf filled?"}]
        visit = self._by(self._visits([(self.customer, '2026-06-15')], state='planned'))
        visit.properties = {'shelf': True}
        self.assertEqual(visit.read(['properties'])[0]['properties'][0]['value'], True)
        self.assertEqual(visit.search([('properties.shelf', '=', True)]), visit)
        with self.assertRaises(AccessError):
            self._by(self.onsite).properties_definition = []

    def test_quota_counts(self):
        """Done, of a kind that counts, long enough; settled then, whatever the kind becomes."""
        self.onsite.min_duration = 0.5
        cases = [(1, True), (0.5, True), (29 / 60, False)]
        for hours, counts in cases:
            with self.subTest(hours=hours):
                self.assertEqual(self._visits([(self.customer, '2026-06-12')], hours=hours).counts_for_quota, counts)
        visit = self._visits([(self.customer, '2026-06-12')])
        self.env.flush_all()
        self.onsite.counts_for_quota = False
        self.assertTrue(visit.counts_for_quota)
        self.assertFalse(self._visits([(self.customer, '2026-06-12')]).counts_for_quota)
        self.assertFalse(self._visits([(self.customer, '2026-06-12')], state='planned').counts_for_quota)
