from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestChurnEvent(ChurnCommon):

    def test_only_recorded(self):
        """Nobody writes a loss by hand, not even a manager with a form of their own."""
        vals = {'name': "Deal", 'company_id': self.company.id, 'kind': 'leave', 'phase': 'use', 'date': self.TODAY}
        events = self._as(self.manager)['crm.churn.event']
        with self.assertRaisesRegex(UserError, "recorded as they happen"):
            events.create(vals)
        with self.assertRaises(AccessError):
            events.with_context(crm_churn_record=True).create(vals)

    def test_stays(self):
        event = self._loss(date_first='2026-06-01')
        self.assertEqual(event.days, 14)
        with self.assertRaisesRegex(UserError, "stays as it was"):
            event.with_env(self._as(self.manager)).write({'date': '2026-06-16'})
        with self.assertRaisesRegex(UserError, "stays on record"):
            event.sudo().unlink()

    def test_reasons_by_the_owner(self):
        event = self._loss().with_env(self._as(self.rep))
        event.write({'reason_ids': [
            (0, 0, {'reason_id': self.price.id, 'weight': 70, 'is_main': True}), (0, 0, {'reason_id': self.need.id, 'weight': 30})]})
        self.assertEqual(event.main_reason_id, self.price)

    def test_who_sees(self):
        """Own losses and those of own customers, the team leader the team's, analysts and managers all of their company."""
        mine, teams, theirs = self._loss(), self._loss(user_id=self.rep2.id, team_id=self.team.id, partner=self.customer2), \
            self._loss(user_id=self.rep2.id, partner=self.customer2)
        other = self._loss(company=self.company_usd)
        events = mine | teams | theirs | other

        def seen(user):
            return self._as(user)['crm.churn.event'].search([('id', 'in', events.ids)])
        self.assertEqual(seen(self.rep), mine)
        self.assertEqual(seen(self.rep2), teams | theirs)
        self.assertEqual(seen(self.lead), teams)
        for user in (self.analyst, self.leads_all):
            self.assertEqual(seen(user), mine | teams | theirs)
        with self.assertRaises(AccessError):
            seen(self.employee)

    def test_amounts_are_restricted(self):
        event = self._loss(amount=100)
        with self.assertRaises(AccessError):
            event.with_env(self._as(self.rep)).read(['amount'])
        self.assertEqual(event.with_env(self._as(self.analyst)).amount, 100)
