from datetime import date, datetime

from odoo.tests import tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestMetricSales(GradingCommon):
    """Sales metrics on hand-made documents with figures worked out by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._customers(2)

    def test_window_boundaries(self):
        self._invoices([
            (self.customer, '2025-06-15', 1), (self.customer, '2025-06-16', 10),
            (self.customer, '2026-06-15', 100), (self.customer, '2026-06-16', 1000)])
        self.assertEqual(self._value('revenue', self.customer), 110)
        self.assertEqual(self._value('revenue_before', self.customer), 1)
        self.assertEqual(self._value('revenue', self.customer, date(2026, 6, 14)), 11)
        self.assertEqual(self._value('revenue', self.customer, date(2026, 6, 16)), 1100)
        self.assertEqual(self._value('revenue_ever', self.customer), 111)

    def test_pay_and_order(self):
        invoice = self._invoices([(self.customer, '2026-02-01', 400)], currency=self.usd)
        self._pay([(invoice, '2026-03-01', None)])
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._value('revenue', self.customer), 100)
        self._orders([(self.customer, '2026-02-01', 400)], currency=self.usd)
        self.assertEqual(self._value('ordered', self.customer), 100)
