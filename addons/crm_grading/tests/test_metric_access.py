from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestMetricAccess(GradingCommon):
    """Who may see which figures of whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_rep, cls.of_rep2, cls.of_lead = cls.customers = cls._customers(3)
        for partner, user in zip(cls.customers, (cls.rep, cls.rep2, cls.lead), strict=True):
            partner.user_id = user
        cls._profiles(cls.customers)
        cls._invoices([(partner, '2026-06-01', 100) for partner in cls.customers])
        cls._invoices([(partner, '2026-06-01', 7) for partner in cls.customers], company=cls.company_usd)

    def _seen(self, user, code='invoice_count', company=None):
        return set(self._as(user, company)['crm.metric'].evaluate([code], company=company))

    def test_own_team_and_all_customers(self):
        everybody = set(self.customers.ids)
        for user, expected in (
            (self.rep, {self.of_rep.id}), (self.rep2, {self.of_rep2.id}), (self.lead, {self.of_rep.id, self.of_lead.id}),
            (self.leads_all, everybody), (self.manager, everybody), (self.finance, everybody),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen(user), expected)

    def test_a_foreign_customer_asked_for_by_name_has_no_values(self):
        values = self._as(self.rep)['crm.metric'].evaluate(['invoice_count'], partners=self.of_rep + self.of_rep2)
        self.assertEqual(values, {self.of_rep.id: {'invoice_count': 1}, self.of_rep2.id: {'invoice_count': None}})

    def test_amounts(self):
        for user in (self.rep, self.lead, self.leads_all):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._seen(user, 'revenue')
        for user in (self.manager, self.finance):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen(user, 'revenue'), set(self.customers.ids))

    def test_every_amount_of_money_is_restricted(self):
        """Turnover, profit and receivables carry the group; what a salesperson has in the own pipeline does not."""
        amounts = self.env.ref('crm_grading.group_customer_amounts')
        for metric in self.env['crm.metric'].search([('unit', '=', 'monetary')]):
            with self.subTest(metric=metric.code):
                self.assertEqual(metric.group_ids, self.env['res.groups'] if metric.category == 'pipeline' else amounts)

    def test_companies(self):
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.metric'].evaluate(['invoice_count'], company=self.company_usd)
        with self.assertRaises(AccessError):
            self._as(self.manager)['crm.metric'].evaluate(['invoice_count'], company=self.company_usd)
        self.assertEqual(self._seen(self.manager, company=self.company_usd), set(), "No profile there yet, so nobody to see.")
        self._profiles(self.of_rep, self.company_usd)
        self.assertEqual(self._seen(self.manager_usd), {self.of_rep.id})
        values = self._as(self.manager_usd)['crm.metric'].evaluate(['revenue'], partners=self.of_rep)
        self.assertEqual(values[self.of_rep.id]['revenue'], 7)

    def test_no_right_at_all(self):
        with self.assertRaises(AccessError):
            self._seen(self.employee)

    def test_unknown_code(self):
        with self.assertRaises(UserError):
            self.env['crm.metric'].evaluate(['revenue', 'nonsense'])

    def test_unknown_query(self):
        with self.assertRaises(ValidationError):
            self.env['crm.metric'].create({'name': "X", 'code': 'x', 'kind': 'builtin', 'query': 'nonsense'})

    def test_only_managers_change_metrics(self):
        metric = self.env.ref('crm_grading.crm_metric_revenue')
        for user in (self.rep, self.leads_all, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                metric.with_env(self._as(user)).window_count = 6
        metric.with_env(self._as(self.manager)).window_count = 6
        self.assertEqual(metric.window_count, 6)

    def test_deleting_a_used_metric_is_refused(self):
        """A metric that a ratio or a scheme reads stays, and the message says who reads it."""
        with self.assertRaises(UserError) as caught:
            self.env.ref('crm_grading.crm_metric_ordered').unlink()
        self.assertIn("Average order", str(caught.exception))
        metric = self.env.ref('crm_grading.crm_metric_tenure')
        self.env['crm.grading.scheme'].create({
            'name': "Loyalty", 'company_id': self.company.id, 'dimension_ids': [(0, 0, {'metric_id': metric.id})]})
        with self.assertRaises(UserError) as caught:
            metric.unlink()
        self.assertIn("Loyalty", str(caught.exception))
