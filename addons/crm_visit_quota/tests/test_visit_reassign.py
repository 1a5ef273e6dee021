from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitReassign(VisitCommon):

    def _wizard(self, user=None, **vals):
        return self._as(user or self.manager)['crm.visit.reassign'].create({
            'user_id': self.rep.id, 'to_user_id': self.rep2.id, 'date_from': '2026-06-16', 'date_to': '2026-06-18',
            'reason': "Ill", **vals})

    def test_reassign(self):
        """Planned visits of the days move, others stay; both people are told why."""
        inside = self._visits([(self.customer, '2026-06-16'), (self.customer2, '2026-06-18')], state='planned')
        outside = self._visits([(self.customer, '2026-06-19')], state='planned') + self._visits([(self.customer, '2026-06-15')])
        cancelled = self._visits([(self.customer, '2026-06-17')], state='planned')
        cancelled.action_cancel("No time")
        wizard = self._wizard()
        self.assertEqual(set(wizard.visit_ids.ids), set(inside.ids))
        wizard.action_reassign()
        self.assertEqual((inside.user_id, (outside + cancelled).user_id), (self.rep2, self.rep))
        self.assertIn("Ill", inside[0].message_ids[0].body)
        note = self.env['mail.message'].search([('body', 'ilike', "Moved from Rep to Rep2")]).notified_partner_ids
        self.assertEqual(note, (self.rep + self.rep2).partner_id)

    def test_keep_some(self):
        visits = self._visits([(self.customer, '2026-06-16'), (self.customer2, '2026-06-18')], state='planned')
        wizard = self._wizard()
        wizard.visit_ids -= visits[0].with_env(wizard.env)
        wizard.action_reassign()
        self.assertEqual([visit.user_id for visit in visits], [self.rep, self.rep2])

    def test_refused(self):
        self._visits([(self.customer, '2026-06-16')], state='planned')
        for vals, message in (
                ({'reason': ' '}, "reason"), ({'date_to': '2026-06-15'}, "before the first"),
                ({'date_from': '2026-06-17'}, "no planned visits")):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, message):
                self._wizard(**vals).action_reassign()
        for person in (self.rep, self.employee):
            with self.subTest(person=person.name), self.assertRaisesRegex(UserError, "somebody else in sales"):
                self._wizard(to_user_id=person.id).action_reassign()
        with self.assertRaises(AccessError):
            self._wizard(self.rep2, to_user_id=self.rep2.id).action_reassign()

    def test_who_gives_away(self):
        """One's own visits to a colleague, those of the team one leads, all of them for who sees all."""
        for user in (self.rep, self.lead, self.leads_all):
            visit = self._visits([(self.customer, '2026-06-16')], state='planned')
            with self.subTest(user=user.name):
                self._wizard(user).action_reassign()
                self.assertEqual(visit.user_id, self.rep2)
