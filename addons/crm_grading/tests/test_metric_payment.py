from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestMetricPayment(GradingCommon):
    """What is owed and when it was paid, as of any day. Today is 2026-06-15."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._customers(2)

    def test_overdue_starts_after_the_due_day(self):
        self._invoices([(self.customer, '2026-05-01', 100)], due=['2026-05-31'])
        for day, amount, days in (
            (date(2026, 5, 30), 0, None), (date(2026, 5, 31), 0, None), (date(2026, 6, 1), 100, 1), (self.TODAY, 100, 15),
        ):
            with self.subTest(day=day):
                self.assertEqual(self._value('overdue', self.customer, day), amount)
                self.assertEqual(self._value('overdue_days', self.customer, day), days)

    def test_a_later_payment_does_not_rewrite_the_past(self):
        invoice = self._invoices([(self.customer, '2026-05-01', 100)], due=['2026-05-10'])
        self._pay([(invoice, '2026-05-20', 40)])
        self._pay([(invoice, '2026-06-05', None)])
        self.assertEqual(invoice.payment_state, 'paid')
        for day, overdue, collected, share in (
            (date(2026, 5, 19), 100, 0, 0), (date(2026, 5, 20), 60, 40, 40),
            (date(2026, 6, 4), 60, 40, 40), (date(2026, 6, 5), 0, 100, 100),
        ):
            with self.subTest(day=day):
                self.assertEqual(self._value('overdue', self.customer, day), overdue)
                self.assertEqual(self._value('receivable', self.customer, day), overdue)
                self.assertEqual(self._value('collected', self.customer, day), collected)
                self.assertEqual(self._value('share_paid', self.customer, day), share)

    def test_instalments(self):
        """Each instalment has its own due day: 30 % at once, 70 % after 30 days."""
        term = self.env['account.payment.term'].create({'name': "30/70", 'line_ids': [
            Command.create({'value': 'percent', 'value_amount': 30, 'nb_days': 0}),
            Command.create({'value': 'percent', 'value_amount': 70, 'nb_days': 30})]})
        self._invoices([(self.customer, '2026-05-01', 1000)], due=term)
        self.assertEqual(self._value('overdue', self.customer, date(2026, 5, 1)), 0)
        self.assertEqual(self._value('overdue', self.customer, date(2026, 5, 2)), 300)
        self.assertEqual(self._value('overdue', self.customer, date(2026, 5, 31)), 300)
        self.assertEqual(self._value('overdue', self.customer, date(2026, 6, 1)), 1000)

    def test_days_late(self):
        """Mean over settled instalments: 10 late, punctual and early ones as 0; open ones do not count."""
        late, punctual, early, _open = self._invoices(
            [(self.customer, '2026-05-01', amount) for amount in (100, 200, 300, 400)], due=['2026-05-10'] * 4)
        self.assertIsNone(self._value('days_late', self.customer))
        self._pay([(late, '2026-05-20', None), (punctual, '2026-05-10', None), (early, '2026-05-02', None)])
        self.assertAlmostEqual(self._value('days_late', self.customer), 10 / 3)
        self.assertEqual(self._value('days_late', self.customer, date(2026, 5, 19)), 0)

    def test_partly_paid_is_not_settled(self):
        invoice = self._invoices([(self.customer, '2026-05-01', 100)], due=['2026-05-10'])
        self._pay([(invoice, '2026-05-20', 99.99)])
        self.assertIsNone(self._value('days_late', self.customer))
        self.assertAlmostEqual(self._value('overdue', self.customer), 0.01)

    def test_credit_note_settles_but_is_no_money(self):
        invoice = self._invoices([(self.customer, '2026-05-01', 100)], due=['2026-05-10'])
        refund = self._refunds([(self.customer, '2026-05-12', 30)])
        self.assertEqual(self._value('receivable', self.customer), 70, "An unmatched credit note lowers what is open …")
        self.assertEqual(self._value('overdue', self.customer), 100, "… and leaves the invoice overdue until it is matched.")
        (invoice + refund).line_ids.filtered(lambda line: line.display_type == 'payment_term').reconcile()
        self.assertEqual(self._value('overdue', self.customer), 70)
        self.assertEqual(self._value('collected', self.customer), 0)
        self.assertEqual(self._value('share_paid', self.customer), 30)

    def test_money_paid_back(self):
        refund = self._refunds([(self.customer, '2026-05-12', 30)])
        self._pay([(refund, '2026-05-13', None)])
        self.assertFalse(refund.amount_residual)
        self.assertEqual(self._value('collected', self.customer), -30)
        self.assertEqual(self._value('collected', self.customer, date(2026, 5, 12)), 0)

    def test_foreign_currency(self):
        """800 USD invoiced at 2 are 400 EUR; paid at 4 they bring 200 EUR, and an exchange difference, which is not money."""
        invoice = self._invoices([(self.customer, '2025-12-01', 800)], currency=self.usd, due=['2025-12-31'])
        self.assertEqual(self._value('overdue', self.customer, date(2026, 1, 1)), 400)
        self._pay([(invoice, '2026-01-10', None)])
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._value('overdue', self.customer, date(2026, 1, 9)), 400)
        self.assertEqual(self._value('overdue', self.customer, date(2026, 1, 10)), 0)
        self.assertEqual(self._value('overdue', self.customer), 0)
        self.assertEqual(self._value('days_late', self.customer), 10)
        self.assertEqual(self._value('collected', self.customer), 200)

    def test_days_sales_outstanding(self):
        """Open 300, invoiced 900 in the 92 days from 16 March to 15 June: 300 / 900 x 92."""
        paid, _open = self._invoices([(self.customer, '2026-05-01', 600), (self.customer, '2026-06-01', 300)])
        self._invoices([(self.other, '2026-03-15', 100)])
        self._pay([(paid, '2026-05-20', None)])
        self.assertAlmostEqual(self._value('dso', self.customer), 300 / 900 * 92)
        self.assertIsNone(self._value('dso', self.other), "Nothing was invoiced in the window.")

    def test_one_customer_is_looked_up(self):
        """The figures of one customer need not sum everybody's matches, and are the same."""
        invoices = self._invoices([(partner, '2026-05-01', 100) for partner in (self.customer, self.other)])
        self._pay([(invoices[0], '2026-05-20', 30), (invoices[1], '2026-05-20', 60)])
        everybody = self.env['crm.metric'].evaluate(['overdue', 'collected'], company=self.company)
        for partner, overdue, collected in ((self.customer, 70, 30), (self.other, 40, 60)):
            self.assertEqual(everybody[partner.id], {'overdue': overdue, 'collected': collected})
            self.assertEqual(self.env['crm.metric'].evaluate(['overdue', 'collected'], company=self.company, partners=partner), {
                partner.id: everybody[partner.id]})
