"""A sample of 2,466 receivables gives the ageing, DSO and days late that pandas and SQL gave outside."""
import pathlib

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

DATA = pathlib.Path(__file__).parent / 'data'
FILE = DATA / 'WA_Fn-UseC_-Accounts-Receivable.csv.gz'
DAY = '2013-06-30'


@tagged('post_install', '-at_install')
class TestReceivablesReference(AccountTestInvoicingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data['company']
        cls.env = cls.env(su=True, context={**cls.env.context, 'allowed_company_ids': cls.company.ids, 'lang': 'en_US'})
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.count = cls.env['crm.receivables.import']._run_file(str(FILE))
        cls.env.flush_all()

    def _receivables(self, day=DAY):
        self.env['crm.receivable'].invalidate_model()
        return self.env['crm.receivable'].with_context(crm_as_of=day).search([('company_id', '=', self.company.id)])

    def test_file(self):
        moves = self.env['account.move'].search([('company_id', '=', self.company.id), ('move_type', '=', 'out_invoice')])
        self.assertEqual((self.count, len(moves), len(moves.partner_id)), (2466, 2466, 100))
        self.assertAlmostEqual(sum(moves.mapped('amount_total')), 147703.18, 2)
        self.assertEqual(set(moves.mapped('payment_state')), {'paid'})
        disputes = self.env['crm.payment.dispute'].search([('company_id', '=', self.company.id)])
        self.assertEqual((len(disputes), set(disputes.mapped('state'))), (561, {'settled'}))
        self.assertFalse(disputes.activity_ids)

    def test_ageing(self):
        items = self._receivables()
        self.assertEqual((len(items), len(items.partner_id)), (84, 52))
        self.assertAlmostEqual(sum(items.mapped('open_amount')), 5119.85, 2)
        found = {bucket: (len(group), round(sum(group.mapped('open_amount')), 2)) for bucket, group in items.grouped('bucket').items()}
        self.assertEqual(found, {'0_due': (72, 4284.29), '1_30': (12, 835.56)})
        overdue = items.filtered('days_overdue')
        self.assertEqual(len(overdue.partner_id), 12)
        by_partner = overdue.grouped('partner_id').items()
        top = sorted(((round(sum(group.mapped('open_amount')), 2), partner.ref) for partner, group in by_partner), reverse=True)[:5]
        self.assertEqual(top, [
            (104.52, '0783-PEPYR'), (101.06, '4460-ZXNDN'), (99.85, '9181-HEKGV'), (98.88, '5573-KSOIA'), (68.8, '5148-SYKLB')])
        fine = [sum(start <= item.days_overdue <= end for item in overdue) for start, end in ((1, 7), (8, 14), (15, 30))]
        self.assertEqual(fine, [8, 4, 0])

    def test_figures(self):
        figures = self.env['crm.collection.month'].figures(DAY)
        expected = {
            'open_amount': 5119.85, 'overdue_amount': 835.56, 'billed_amount': 5849.59, 'settled_amount': 7648.09,
            'opening_amount': 6918.35, 'dso_90': 23.1508, 'dso_365': 23.7438, 'dso_count_back': 26.2575, 'effectiveness': 90.1509}
        for name, value in expected.items():
            with self.subTest(figure=name):
                self.assertAlmostEqual(figures[name], value, 4 if name.startswith(('dso', 'eff')) else 2)

    def test_report(self):
        found = self.env['crm.receivables.import']._figures(DAY)
        self.assertEqual((found['open_invoices'], found['customers_open'], found['overdue_customers']), (84, 52, 12))
        self.assertEqual(found['buckets'], {'Not due': [72, 4284.29], '1-30 days': [12, 835.56]})
        self.assertEqual((found['open_amount'], found['dso_90']), (5119.85, 23.1508))

    def test_days_late(self):
        """Settled on the day of the payment, late by the days since the due day."""
        late = [
            max((term.full_reconcile_id.reconciled_line_ids - term).date.toordinal() - term.date_maturity.toordinal(), 0)
            for term in self.env['account.move.line'].search([
                ('company_id', '=', self.company.id), ('display_type', '=', 'payment_term')])]
        self.assertEqual((len(late), sum(map(bool, late))), (2466, 877))
        self.assertAlmostEqual(sum(late) / 2466, 3.442417, 5)
        self.assertAlmostEqual(sum(late) / 877, 9.67959, 4)

    def test_nothing_open_at_the_end(self):
        self.assertFalse(self._receivables('2014-01-10'))

    def test_again(self):
        before = self.env['account.move'].search_count([])
        self.env['crm.receivables.import']._run_file(str(FILE))
        self.assertEqual(self.env['account.move'].search_count([]), before)

    def test_unusable(self):
        with self.assertRaises(UserError):
            self.env['crm.receivables.import']._run_file(str(DATA / 'online_retail_small_mod25_0.csv.gz'))
