from odoo.exceptions import AccessError
from odoo.tests import tagged

from .quota_common import QuotaCommon


@tagged('post_install', '-at_install')
class TestQuotaAccess(QuotaCommon):
    """Who sees whose results, and who decides what is expected."""

    def setUp(self):
        super().setUp()
        self._visits([(self.customer, '2026-06-01')])
        self._visits([(self.foreign, '2026-06-01')], user=self.rep2)
        self._count()

    def _seen(self, model, user, company=None):
        return self._as(user, company)[model].search([('company_id', '=', self.company.id)]).user_id

    def test_results_and_entries(self):
        cases = [
            (self.rep, self.rep), (self.rep2, self.rep2), (self.lead, self.lead + self.rep), (self.leads_all, None), (self.manager, None)]
        everybody = self.rep + self.rep2 + self.lead
        for user, expected in cases:
            with self.subTest(user=user.name):
                self.assertEqual(self._seen('crm.visit.quota.result', user), everybody if expected is None else expected)
                entries = self._seen('crm.visit.quota.entry', user)
                self.assertEqual(entries, (everybody if expected is None else expected) - self.lead)

    def test_company(self):
        self.assertFalse(self._seen('crm.visit.quota.result', self.manager_usd))
        self.assertFalse(self._seen('crm.visit.quota.result', self.manager, self.company_usd))
        self.assertFalse(self._as(self.manager_usd)['crm.visit.quota.month'].search([('company_id', '=', self.company.id)]))
        self.assertFalse(self._as(self.manager_usd)['crm.visit.quota'].search([('company_id', '=', self.company.id)]))

    def test_strangers(self):
        for model in ('crm.visit.quota', 'crm.visit.quota.result', 'crm.visit.quota.entry', 'crm.visit.quota.month'):
            for user in (self.employee, self.finance):
                with self.subTest(model=model, user=user.name), self.assertRaises(AccessError):
                    self._as(user)[model].search([])

    def test_nobody_writes_results(self):
        """Not even a manager: results come from counting."""
        for user in (self.rep, self.manager):
            result = self._result().with_env(self._as(user))
            for change in (lambda result: result.write({'visit_count': 99}), lambda result: result.unlink()):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    change(result)
            entry = self.env['crm.visit.quota.entry'].search([('user_id', '=', self.rep.id)], limit=1).with_env(self._as(user))
            with self.assertRaises(AccessError):
                entry.sign = 5

    def test_drill_down_of_others(self):
        with self.assertRaises(AccessError):
            self._result(self.rep2).with_env(self._as(self.rep)).action_open_visits()
        action = self._result().with_env(self._as(self.rep)).action_open_visits()
        self.assertEqual(self._as(self.rep)['crm.visit'].search_count(action['domain']), 1)

    def test_rules(self):
        """Managers decide; people see what holds for themselves."""
        own, others = self.env['crm.visit.quota'].create([
            {'company_id': self.company.id, 'user_id': user.id, 'date_from': '2026-01-01'} for user in (self.rep, self.rep2)])
        seen = self._as(self.rep)['crm.visit.quota'].search([('company_id', '=', self.company.id)])
        self.assertEqual(seen, (self.rule + own).with_env(seen.env))
        self.assertIn(own, self._as(self.lead)['crm.visit.quota'].search([]))
        self.assertNotIn(others, self._as(self.lead)['crm.visit.quota'].search([]))
        with self.assertRaises(AccessError):
            own.with_env(self._as(self.rep)).daily_target = 1
        own.with_env(self._as(self.manager)).daily_target = 1

    def test_settings_of_people(self):
        """When somebody's quota begins is for managers to know."""
        with self.assertRaises(AccessError):
            self.rep2.with_env(self._as(self.rep)).read(['crm_quota_from'])
