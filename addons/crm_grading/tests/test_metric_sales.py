from datetime import date, datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestMetricSales(GradingCommon):
    """Sales, margin, orders and rhythm on hand-made documents with figures worked out by hand. Today is 2026-06-15."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._customers(2)

    def _assert_values(self, expected, partner=None, **kwargs):
        partner = partner or self.customer
        values = self.env['crm.metric'].evaluate(list(expected), company=kwargs.pop('company', self.company), partners=partner, **kwargs)
        self.assertEqual(values[partner.id], expected)

    def test_window_boundaries(self):
        """The window of 12 months that ends on 15 June begins on 16 June; last year's on the 16 June before."""
        self._invoices([
            (self.customer, '2024-06-15', 10000), (self.customer, '2024-06-16', 1),
            (self.customer, '2025-06-15', 2), (self.customer, '2025-06-16', 10),
            (self.customer, '2026-06-15', 100), (self.customer, '2026-06-16', 1000)])
        self._assert_values({'revenue': 110, 'revenue_before': 3, 'revenue_ever': 10113})
        self._assert_values({'revenue': 12, 'revenue_before': 10001}, date=date(2026, 6, 14))
        self._assert_values({'revenue': 1100, 'revenue_before': 12}, date=date(2026, 6, 16))

    def test_credit_notes(self):
        """A credit note lowers the revenue on its own day, takes no purchase back and is none itself."""
        self._invoices([(self.customer, '2026-01-10', 500), (self.customer, '2026-02-10', 300)])
        self._refunds([(self.customer, '2026-03-10', 200)])
        self._invoices([(self.customer, '2026-03-11', 40)], move_type='out_receipt')
        self._assert_values({'revenue': 640, 'invoiced': 840, 'credited': 200, 'invoice_count': 3, 'average_purchase': 280,
                             'recency': 96, 'tenure': 156})
        self._assert_values({'revenue': 800, 'credited': 0}, date=date(2026, 3, 9))

    def test_invoices_of_others_are_left_alone(self):
        """Asked for a few customers chosen by a query, no step of the plan groups the invoices of all."""
        self._invoices([(partner, f'2026-0{month}-01', 10) for partner in self._customers(20) + self.customer for month in (1, 2, 3)])
        metrics = self.env['crm.metric'].search([('code', 'in', ('revenue', 'purchase_days', 'purchase_gap_mean'))])
        chosen = SQL("SELECT id FROM res_partner WHERE hashint4(id) = hashint4(%s)", self.customer.id)
        self.env.flush_all()
        [[[plan]]] = self.env.execute_query(SQL(
            "EXPLAIN (ANALYZE, FORMAT JSON) %s",
            metrics._values_relation(self.company._crm_metric_scope(self.TODAY, chosen), SQL("SELECT %s", self.customer.id))))

        def nodes(node):
            yield node
            for child in node.get('Plans', ()):
                yield from nodes(child)
        grouping = [node for node in nodes(plan['Plan']) if node['Node Type'] in ('Aggregate', 'WindowAgg', 'Sort')]
        self.assertTrue(grouping)
        self.assertLessEqual(max(node['Actual Rows'] for node in grouping), 3)
        self._assert_values({'purchase_days': 3})

    def test_only_posted_customer_documents(self):
        self._invoices([(self.customer, '2026-06-01', 10)], post=False)
        self._invoices([(self.customer, '2026-06-02', 20)]).button_cancel()
        self.env['account.journal'].create({'name': "Bills", 'code': 'GP', 'type': 'purchase', 'company_id': self.company.id})
        self._invoices([(self.customer, '2026-06-03', 40)], move_type='in_invoice')
        self._assert_values({'revenue': 0, 'invoice_count': 0, 'recency': None, 'tenure': None, 'receivable': 0})

    def test_document_rate(self):
        """400 USD are 200 EUR in 2025 and 100 EUR in 2026, whatever the rate is today."""
        self._invoices([(self.customer, '2025-12-31', 400), (self.customer, '2026-01-01', 400)], currency=self.usd)
        self._orders([(self.customer, '2025-12-31', 400), (self.customer, '2026-01-01', 400)], currency=self.usd)
        self._orders([(self.customer, '2026-01-01', 400)], currency=self.usd, state='sent')
        self._assert_values({'revenue': 300, 'ordered': 300, 'quotation_amount': 100})
        self._assert_values({'revenue': 200}, date=date(2025, 12, 31))

    def test_companies_do_not_mix(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        self._invoices([(self.customer, '2026-06-03', 7)], company=self.company_usd)
        self._assert_values({'revenue': 100, 'recency': 14})
        self._assert_values({'revenue': 7, 'recency': 12}, company=self.company_usd)

    def test_growth(self):
        """Percent against the same days last year and the days just before; no base, no growth; a loss of all is -100 %."""
        self._invoices([(self.customer, '2025-05-01', 200), (self.customer, '2026-03-15', 400), (self.customer, '2026-05-01', 300)])
        self._invoices([(self.other, '2025-05-01', 200)])
        self._assert_values({'revenue_growth': 250, 'revenue_growth_quarter': 50, 'revenue_trend': -25})
        self._assert_values({'revenue_growth': -100, 'revenue_growth_quarter': -100, 'revenue_trend': None}, self.other)
        self._assert_values({'revenue_growth': None}, date=date(2026, 3, 14))
        self._refunds([(self.other, '2025-05-02', 200)])
        self._assert_values({'revenue_growth': None, 'revenue_growth_quarter': None}, self.other)

    def test_margin(self):
        """The same margin as Odoo's invoice analysis, with a credit note, another currency, a dozen and a line without product."""
        moves = self._invoices([(self.customer, '2026-02-01', 100)])
        moves += self._invoices([(self.customer, '2026-02-01', 800)], currency=self.usd)
        moves += self._refunds([(self.customer, '2026-02-02', 100)])
        dozen = self._invoices([(self.customer, '2026-02-03', 1500)], post=False)
        dozen.invoice_line_ids.product_uom_id = self.env.ref('uom.product_uom_dozen')
        dozen.invoice_line_ids.price_unit = 1500
        service = self._invoices([(self.customer, '2026-02-04', 50)], post=False)
        service.invoice_line_ids.product_id = False
        service.invoice_line_ids.price_unit = 50
        (dozen + service).action_post()
        # 100 - 60, 200 - 60, -(100 - 60), 1500 - 12 x 60, 50
        self._assert_values({'margin': 40 + 140 - 40 + 780 + 50, 'product_count': 1})
        lines = self.env['account.invoice.report'].with_company(self.company).search([
            ('move_id', 'in', (moves + dozen + service).ids)])
        self.assertAlmostEqual(sum(lines.mapped('price_margin')), 970)
        self._assert_values({'margin_rate': 100 * 970 / 1750})

    def test_margin_rate_without_revenue(self):
        self._invoices([(self.customer, '2026-02-01', 100)])
        self._refunds([(self.customer, '2026-02-02', 100)])
        self._assert_values({'margin_rate': None, 'margin': 0})

    def test_orders(self):
        self._orders([(self.customer, '2026-06-01', 100), (self.customer, '2026-06-03', 50)])
        self._orders([(self.customer, '2026-06-04', 1000)], state='cancel')
        self._assert_values({'ordered': 150, 'order_count': 2, 'average_order': 75, 'order_recency': 12})
        self._assert_values({'ordered': 0, 'order_count': 0, 'average_order': None, 'order_recency': None}, self.other)

    def test_day_of_the_company(self):
        """An order at 23:30 UTC is of the next day in Shanghai: it counts there a day later."""
        self._orders([(self.customer, datetime(2026, 6, 1, 23, 30), 100)])
        for tz, day in (('UTC', date(2026, 6, 1)), ('Asia/Shanghai', date(2026, 6, 2)), ('America/New_York', date(2026, 6, 1))):
            self.company.resource_calendar_id.tz = tz
            with self.subTest(tz=tz):
                self.assertEqual(self._value('order_count', self.customer, day - timedelta(days=1)), 0)
                self.assertEqual(self._value('order_count', self.customer, day), 1)
                self.assertEqual(self._value('order_recency', self.customer), (self.TODAY - day).days)

    def test_rhythm(self):
        """Purchase days 1, 1, 11, 17 and 47: gaps 10, 6, 30. Two invoices on a day are one purchase day."""
        self._invoices([(self.customer, day, 1) for day in ('2026-04-01', '2026-04-01', '2026-04-11', '2026-04-17', '2026-05-17')])
        self._refunds([(self.customer, '2026-06-01', 1)])
        self._invoices([(self.other, '2026-04-01', 1), (self.other, '2026-04-01', 1)])
        self._assert_values({'gap_mean': 46 / 3, 'gap_median': 10})
        self._assert_values({'gap_mean': 8, 'gap_median': 8}, date=date(2026, 5, 16))
        self._assert_values({'gap_mean': None, 'gap_median': None}, self.other)
        # in a window of 61 days, from 16 April on, only the gap 30 has both its purchases
        self.env.ref('crm_grading.crm_metric_gap_mean').write({'window_count': 61, 'window_unit': 'day'})
        self._assert_values({'gap_mean': 30})

    def test_contacts_stand_for_their_company(self):
        contact = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        self._invoices([(contact, '2026-06-01', 100)])
        self._orders([(contact, '2026-06-01', 70)])
        self._assert_values({'revenue': 100, 'ordered': 70})
        self._assert_values({'revenue': 100, 'ordered': 70}, contact)
        self.assertEqual(set(self.env['crm.metric'].evaluate(['revenue'], company=self.company)), {self.customer.id})

    def test_partner_of_one_company(self):
        """A contact that belongs to a company has figures there and none elsewhere."""
        self.customer.company_id = self.company
        self._invoices([(self.customer, '2026-06-01', 100)])
        self._assert_values({'revenue': 100})
        self._assert_values({'revenue': 0, 'recency': None}, company=self.company_usd)

    def test_bought_today(self):
        """Zero days since the purchase is a value, not "no data"."""
        self._invoices([(self.customer, '2026-06-15', 100)])
        values = self.env['crm.metric'].evaluate(['recency'], company=self.company)
        self.assertEqual(values, {self.customer.id: {'recency': 0}})

    def test_one_scan_per_fact(self):
        """All metrics over invoices cost one scan of the invoices."""
        Metric = self.env['crm.metric']
        scope = self.company._crm_metric_scope()
        for codes, scans in (
            (['revenue'], 1), (['revenue', 'revenue_before', 'revenue_growth', 'invoice_count', 'recency', 'tenure'], 1),
            (['revenue', 'average_purchase'], 1), (['revenue', 'ordered'], 2),
        ):
            with self.subTest(codes=codes):
                query = Metric._from_codes(codes)._values_relation(scope, SQL("SELECT id FROM res_partner"))
                self.assertEqual(query.code.count("FROM account_move\n") + query.code.count("FROM sale_order"), scans)
