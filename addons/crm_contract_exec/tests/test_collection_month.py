from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestCollectionMonth(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        first, second, _third = cls._invoices(
            [(cls.customer, '2026-04-10', 900), (cls.customer, '2026-05-10', 600), (cls.customer, '2026-06-05', 300)],
            due=['2026-05-10', '2026-06-09', '2026-07-05'])
        cls._pay([(first, '2026-05-20', 900), (second, '2026-06-12', 200)])

    def _month(self, month):
        return self.env['crm.collection.month'].search([('company_id', '=', self.company.id), ('month', '=', month)])

    def test_figures(self):
        self.env['crm.collection.month']._cron_refresh()
        self.assertRecordValues(self._month('2026-05-01'), [{
            'opening_amount': 900, 'billed_amount': 600, 'settled_amount': 900, 'open_amount': 600, 'overdue_amount': 0,
            'dso_90': 600 / 1500 * 90, 'dso_count_back': 31, 'effectiveness': 100, 'date': date(2026, 5, 31)}])
        june = self._month('2026-06-01')
        self.assertRecordValues(june, [{
            'opening_amount': 600, 'billed_amount': 300, 'settled_amount': 200, 'open_amount': 700, 'overdue_amount': 400,
            'date': self.TODAY}])
        self.assertAlmostEqual(june.dso_count_back, 15 + 31 * 400 / 600, 4)
        self.assertAlmostEqual(june.effectiveness, 200 / 600 * 100, 4)
        self.assertFalse(self._month('2026-03-01'))

    def test_name(self):
        """A month is called a month, not its first day; the parts in the order of the language."""
        self.env['crm.collection.month']._refresh(self.company)
        june = self._month('2026-06-01')
        self.assertEqual(june.with_context(lang='en_US').display_name, "June 2026")
        self.assertEqual(june.with_context(lang='zh_CN').display_name, "2026年6月")

    def test_again(self):
        """Nothing is written twice; what was booked late appears."""
        self.env['crm.collection.month']._refresh(self.company)
        count = self.env['crm.collection.month'].search_count([])
        self._refunds([(self.customer, '2026-06-10', 100)])
        self.env['crm.collection.month']._refresh(self.company)
        self.assertEqual(self.env['crm.collection.month'].search_count([]), count)
        self.assertEqual(self._month('2026-06-01').billed_amount, 200)

    def test_plan(self):
        contract = self._contract(total=1000, state='executing')
        self.env['crm.contract.step'].create([
            {'name': "One", 'contract_id': contract.id, 'kind': 'collect', 'date_due': '2026-06-01', 'amount': 600, 'done_amount': 300},
            {'name': "Two", 'contract_id': contract.id, 'kind': 'collect', 'date_due': '2026-06-30', 'amount': 400}])
        self.env['crm.collection.month']._refresh(self.company)
        self.assertRecordValues(self._month('2026-06-01'), [{'planned_amount': 1000, 'collected_amount': 300, 'collected_percent': 30}])

    def test_access(self):
        figures = self._as(self.finance)['crm.collection.month'].figures('2026-05-31')
        self.assertEqual(figures['open_amount'], 600)
        for user in (self.rep, self.stocker, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._as(user)['crm.collection.month'].figures()


@tagged('post_install', '-at_install')
class TestCashForecast(ContractCommon):

    def _expected(self, partner):
        self.env.flush_all()
        items = self.env['crm.cash.forecast'].with_context(allowed_company_ids=self.company.ids).search([('partner_id', '=', partner.id)])
        return [(str(item.expected_date), item.basis, item.open_company) for item in items]

    def test_habit(self):
        """Who paid 10 and 20 days late is expected 15 days after the due day, a new customer like the average."""
        first, second, _open = self._invoices(
            [(self.customer, '2026-03-01', 100), (self.customer, '2026-04-01', 100), (self.customer, '2026-06-01', 100)],
            due=['2026-03-10', '2026-04-10', '2026-06-20'])
        self._pay([(first, '2026-03-20', 100), (second, '2026-04-30', 100)])
        self._invoices([(self.customer2, '2026-06-01', 40)], due=['2026-06-10'])
        self.assertEqual(self._expected(self.customer), [('2026-07-05', 'habit', 100)])
        self.assertEqual(self._expected(self.customer2), [('2026-06-25', 'company', 40)])

    def test_not_before_today(self):
        self._invoices([(self.customer, '2026-06-01', 100)], due=['2026-06-02'])
        self.assertEqual(self._expected(self.customer), [('2026-06-15', 'company', 100)])

    def test_promise(self):
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        self.env['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'amount': 100, 'date': '2026-06-20', 'currency_id': self.eur.id,
            'move_ids': invoice.ids})
        self.assertEqual(self._expected(self.customer), [('2026-06-20', 'promise', 100)])
