from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_grading.tests.contract import MetricContractCase

from ..tools import credit_standing
from .credit_common import CreditCommon


@tagged('post_install', '-at_install')
class TestCreditList(CreditCommon):
    """Who is over the limit, in the list and by the search, by one statement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_credit_check = 'none'
        cls._invoices([(cls.customer, '2026-06-01', 900), (cls.customer2, '2026-06-01', 300)])
        cls._order([(2, 100)], confirm=True)
        cls.env['crm.customer']._create_credit_profiles(cls.company)
        cls.env.flush_all()

    def _rows(self, user=None, domain=()):
        return self._as(user or self.finance)['crm.credit.exposure'].search(
            [('partner_id', 'in', (self.customer + self.customer2).ids), *domain])

    def test_list(self):
        over = self._rows(domain=[('is_over', '=', True)])
        self.assertEqual(over.partner_id, self.customer)
        self.assertEqual(
            (over.invoiced, over.ordered, over.exposure, over.credit_limit, over.excess, over.available, over.used_percent),
            (900, 240, 1140, 1000, 140, -140, 114))
        rest = self._rows() - over
        self.assertEqual((rest.partner_id, rest.exposure, rest.credit_limit, rest.is_over), (self.customer2, 300, 0, False))

    def test_at_the_limit(self):
        """At the limit nobody is over it; a cent more is."""
        for limit, over in ((1140, False), (1139.99, True), (0, False)):
            with self.subTest(limit=limit):
                self._limit(self.customer, limit)
                self.env.flush_all()
                self.assertEqual(bool(self._rows(domain=[('is_over', '=', True)])), over)
                partners = self._as(self.finance)['res.partner'].search([('crm_over_limit', '=', True), ('id', '=', self.person.id)])
                self.assertEqual(bool(partners), over)   # contacts of the debtor
                self.assertEqual(self._by(self.person, self.finance).crm_over_limit, over)
                self.env.invalidate_all()

    def test_search_is_one_statement(self):
        """However many customers there are; before it the planner is told not to compile it."""
        partners = self._as(self.finance)['res.partner']
        partners.search([('crm_over_limit', '=', True)])
        self.env.flush_all()
        before = self.cr.sql_log_count
        found = partners.search([('crm_over_limit', '=', True)])
        self.assertEqual(self.cr.sql_log_count - before, 2)
        self.assertIn(self.customer, found)
        self.assertNotIn(self.customer, partners.search([('crm_over_limit', '=', False)]))

    def test_access(self):
        for user in (self.rep, self.leads_all, self.stocker, self.employee):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self._rows(user)
                with self.assertRaises(AccessError):
                    self._as(user)['res.partner'].search([('crm_over_limit', '=', True)])
        self.rep.group_ids += self.env.ref('crm_grading.group_customer_amounts')
        self.assertEqual(len(self._rows(self.rep)), 2)
        self.rep2.group_ids += self.env.ref('crm_grading.group_customer_amounts')
        self.assertFalse(self._rows(self.rep2))
        self.assertFalse(self._rows(self.manager_usd))


@tagged('post_install', '-at_install')
class TestCreditStanding(CreditCommon):

    def _settled(self, partner, due, paid, amount=100):
        invoice = self._invoices([(partner, due, amount)], due=[due])
        self._pay([(invoice, paid, None)])

    def _standing(self, partner=None):
        self.env['crm.customer']._update_credit_standing(self.company)
        return self.env['crm.customer'].search([('partner_id', '=', (partner or self.customer).id), ('company_id', '=', self.company.id)])

    def test_on_the_day(self):
        self._settled(self.customer, '2026-05-01', '2026-05-01')
        profile = self._standing()
        self.assertEqual((profile.credit_standing, profile.credit_level, profile.credit_date), (100, 'good', self.TODAY))
        self.assertIn("Nothing speaks against it", profile.credit_reasons)

    def test_components(self):
        """Each component by hand: 10 days late a while ago, 20 lately, half of 200 open 25 days overdue, a broken promise, a dispute."""
        self._settled(self.customer, '2025-12-01', '2025-12-11')
        self._settled(self.customer, '2026-05-01', '2026-05-21')
        days = ['2026-05-21', '2026-06-15']
        owed = self._invoices([(self.customer, day, 100) for day in days], due=days)
        self.env['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'date_given': '2026-05-25', 'date': '2026-06-01', 'amount': 100,
            'currency_id': self.eur.id}).state = 'broken'
        self.env['crm.payment.dispute'].create({
            'name': "Colour", 'move_id': owed[0].id, 'partner_id': self.customer.id, 'company_id': self.company.id, 'amount': 10,
            'date': '2026-06-02', 'currency_id': self.eur.id})
        profile = self._standing()
        values = profile.sudo().credit_values
        self.assertEqual(values, {'late': 18.33, 'trend': 12.5, 'overdue': 50, 'broken': 1, 'disputes': 1})
        expected = 100 - 55 / 3 - 12.5 * 0.5 - 50 * 0.2 - 5 - 1
        self.assertAlmostEqual(profile.credit_standing, expected, 2)
        self.assertEqual(profile.credit_level, credit_standing.level(expected))
        self.assertIn("Promises broken: 1", profile.credit_reasons)
        self.assertAlmostEqual(credit_standing.score({**values, 'late': 55 / 3}), expected, 6)   # the table and the SQL agree

    def test_never_owed(self):
        self._orders([(self.customer, '2026-06-01', 10)])
        profile = self._standing()
        self.assertEqual((profile.credit_level, profile.credit_reasons), (False, False))

    def test_run_again_changes_nothing(self):
        self._settled(self.customer, '2026-05-01', '2026-05-04')
        profile = self._standing()
        self.env.flush_all()
        row = SQL("SELECT ctid::text FROM crm_customer WHERE id = %s", profile.id)
        before = self.env.execute_query(row)
        self._standing()
        self.assertEqual(self.env.execute_query(row), before)

    def test_metric_in_a_scheme(self):
        """The same figure as a metric, for any day."""
        self._settled(self.customer, '2026-05-01', '2026-05-11')
        profile = self._standing()
        self.assertEqual(self._value('credit_standing', self.customer), profile.credit_standing)
        self.assertIsNone(self._value('credit_standing', self.customer, '2026-04-01'))

    def test_rep_sees_the_verdict(self):
        self._settled(self.customer, '2026-05-01', '2026-05-11')
        profile = self._standing()
        self.assertIn("10 days late", self._by(profile).credit_reasons)
        with self.assertRaises(AccessError):
            self._by(profile).credit_values.keys()


@tagged('post_install', '-at_install')
class TestStandingMetric(MetricContractCase, CreditCommon):
    metric_module = 'crm_contract_exec'

    def _contract_metrics(self, subject='customer'):
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code == 'credit_standing')

    def _feed(self, partner, company, day):
        invoice = self._invoices([(partner, day - timedelta(days=9), 100)], company=company, due=[day - timedelta(days=9)])
        self._pay([(invoice, day, None)])
        self._invoices([(partner, day, 50)], company=company, due=[day])
