"""A real wholesaler's customers (those whose number is a multiple of 25) give the figures that pandas and SQL gave outside."""
import json
import pathlib
import sys

from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

DATA = pathlib.Path(__file__).parent / 'data'
sys.path.insert(0, str(DATA.parent))

from sales_reference import deviations, expected_figures  # noqa: E402


@tagged('post_install', '-at_install')
class TestSalesReference(AccountTestInvoicingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company_data['company']
        cls.env = cls.env(su=True, context={**cls.env.context, 'allowed_company_ids': company.ids, 'lang': 'en_US'})
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.reference = json.loads((DATA / 'online_retail_small_reference.json').read_text())
        cls.record = cls.env['crm.sales.import']._run_file(str(DATA / 'online_retail_small_mod25_0.csv.gz'))

    def test_raw_figures(self):
        raw = self.reference['raw']
        self.assertRecordValues(self.record, [{
            'state': 'done', 'line_count': raw['rows'], 'customer_count': raw['customers'], 'document_count': raw['invoices'],
            'no_customer_count': raw['rows_without_customer'], 'problem_count': 0, 'failed_count': 0, 'existing_count': 0,
            'invoice_count': 719, 'refund_count': 153}])
        partners = self.env['res.partner'].search([('company_id', '=', self.env.company.id), ('ref', '!=', False)], order='id')
        self.assertEqual(partners.mapped('ref'), sorted(partners.mapped('ref'), key=int))
        self.assertEqual(len(partners.country_id), raw['countries'])

    def test_all_figures(self):
        expected = expected_figures(self.reference['snap'], self.reference['monthly'], self.reference['migration'], returns={
            'customers': self.reference['raw']['customers'], 'net_revenue': self.reference['raw']['net_revenue_known_customers'],
            'gross_positive': self.reference['snap']['revenue'], 'cancel_invoices': 153})
        found = self.env['crm.sales.import']._figures('2011-12-10')
        self.assertEqual(list(deviations(expected, found)), [])
        json.dumps(found)  # a report is made of it

    def test_asking_leaves_nothing_behind(self):
        schemes = self.env['crm.grading.scheme'].search_count([])
        self.env['crm.sales.import']._figures()
        self.assertEqual(self.env['crm.grading.scheme'].search_count([]), schemes)

    def test_again(self):
        """The same file again is known at once."""
        self.assertEqual(self.env['crm.sales.import']._run_file(str(DATA / 'online_retail_small_mod25_0.csv.gz')), self.record)

    def test_no_documents(self):
        company = self.env['res.company'].create({'name': "Empty"})
        self.assertEqual(self.env['crm.sales.import'].with_context(allowed_company_ids=company.ids)._figures(), {})

    def test_another_company_sees_nothing(self):
        company = self.setup_other_company()['company']
        History = self.env['crm.sales.history']
        self.assertEqual(History._first_and_last_day(company), (None, None))
