from datetime import date, datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestMetricCustom(GradingCommon):
    """Metrics that a business user puts together without code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._customers(2)
        cls.contact = cls.env['res.partner'].create({'name': "Person", 'parent_id': cls.customer.id})

    @classmethod
    def _model(cls, name):
        return cls.env['ir.model']._get(name)

    @classmethod
    def _model_field(cls, model, name):
        return cls.env['ir.model.fields']._get(model, name)

    def _metric(self, model='sale.order', aggregate='count', value=None, date_field='date_order', user=None, **vals):
        Metric = self.env['crm.metric'] if user is None else self._as(user)['crm.metric']
        return Metric.create({
            'name': "Own metric", 'code': 'own', 'kind': 'custom', 'model_id': self._model(model).id, 'aggregate': aggregate,
            'value_field_id': value and self._model_field(model, value).id,
            'date_field_id': date_field and self._model_field(model, date_field).id, **vals})

    def test_aggregates(self):
        orders = self._orders([(self.customer, '2026-05-01', 100), (self.contact, '2026-06-01', 300), (self.other, '2026-06-02', 7)])
        orders[1].client_order_ref = "A"
        cases = [
            ('count', None, 2), ('sum', 'amount_untaxed', 400), ('avg', 'amount_untaxed', 200), ('min', 'amount_untaxed', 100),
            ('max', 'amount_untaxed', 300), ('distinct', 'client_order_ref', 1), ('days_since', None, 14)]
        for aggregate, value, expected in cases:
            with self.subTest(aggregate=aggregate):
                metric = self._metric(aggregate=aggregate, value=value)
                self.assertEqual(self._value('own', self.customer), expected)
                metric.unlink()

    def test_window_and_condition(self):
        self._orders([(self.customer, '2026-05-15', 100), (self.customer, '2026-05-16', 20), (self.customer, '2026-06-15', 3)])
        metric = self._metric(aggregate='sum', value='amount_untaxed', window_count=1, window_unit='month')
        self.assertEqual(self._value('own', self.customer), 23)
        self.assertEqual(self._value('own', self.customer, date(2026, 6, 14)), 120)
        metric.domain = "[('amount_untaxed', '<', 10)]"
        self.assertEqual(self._value('own', self.customer), 3)
        self.assertIsNone(self._value('own', self.other))
        metric.empty_value = 'zero'
        self.assertEqual(self._value('own', self.other), 0)

    def test_path(self):
        self._orders([(self.customer, '2026-06-01', 100)])
        self._metric('sale.order.line', 'sum', 'price_subtotal', date_field=None, customer_path='order_id.partner_id')
        self.assertEqual(self._value('own', self.customer), 100)

    def test_customer_itself(self):
        self.customer.partner_latitude = 50
        self._metric('res.partner', 'max', 'partner_latitude', date_field=None, customer_path='')
        self.assertEqual(self._value('own', self.customer), 50)

    def test_company_and_currency(self):
        """100 USD are 50 EUR in 2025 and 25 EUR in 2026, at the document's own rate; orders of the other company do not count."""
        self._orders([(self.customer, '2025-12-30', 100), (self.customer, '2026-01-02', 100)], currency=self.usd)
        self._orders([(self.customer, '2026-01-02', 1000)], company=self.company_usd)
        self._metric(aggregate='sum', value='amount_untaxed')
        self.assertEqual(self._value('own', self.customer), 75)
        self.assertEqual(self._value('own', self.customer, company=self.company_usd), 1000)

    def test_currency_at_the_rate_of_the_day(self):
        """Lines keep no rate of their own: the company's rate on the day of the line counts."""
        self._invoices([(self.customer, '2025-12-30', 100), (self.customer, '2026-01-02', 100)], currency=self.usd)
        self._metric('account.move.line', 'sum', 'price_subtotal', date_field='date', customer_path='move_id.partner_id',
                     domain="[('display_type', '=', 'product')]")
        self.assertEqual(self._value('own', self.customer), 75)

    def test_time_zone(self):
        """23:30 UTC is the next day in Shanghai, and the same day in New York."""
        self._orders([(self.customer, datetime(2026, 6, 1, 23, 30), 1)])
        self._metric(aggregate='days_since')
        self.company.resource_calendar_id.tz = 'Asia/Shanghai'
        self.assertEqual(self._value('own', self.customer), 13)
        self.company.resource_calendar_id.tz = 'America/New_York'
        self.assertEqual(self._value('own', self.customer), 14)

    def test_equal_definitions_share_a_scan(self):
        sums = self._metric(aggregate='sum', value='amount_untaxed') | self._metric(
            aggregate='max', value='amount_untaxed', code='own2')
        query = sums._values_relation(self.company._crm_metric_scope(), self.env['crm.metric']._customer_population(self.company))
        self.assertEqual(query.code.count('"sale_order"."date_order" AT TIME ZONE'), query.code.count('LEFT JOIN (SELECT fact') * 2)
        self.assertEqual(query.code.count('LEFT JOIN (SELECT fact'), 1)

    def test_ratio(self):
        self._orders([(self.customer, '2026-06-01', 100), (self.customer, '2026-06-02', 50)])
        part = self._metric(aggregate='count', domain="[('amount_untaxed', '>', 60)]", code='big')
        whole = self._metric(aggregate='count')
        ratio = self.env['crm.metric'].create({
            'name': "Share of big orders", 'code': 'ratio', 'kind': 'ratio', 'unit': 'percent',
            'numerator_id': part.id, 'denominator_id': whole.id})
        self.assertEqual(self._value('ratio', self.customer), 50)
        self.assertIsNone(self._value('ratio', self.other), "Nothing divided by nothing is no value.")
        with self.assertRaises(ValidationError):
            ratio.copy({'numerator_id': ratio.id})
        with self.assertRaises(ValidationError):
            ratio.denominator_id = False

    def test_ratio_of_hidden_parts_is_hidden(self):
        ratio = self.env['crm.metric'].create({
            'name': "Revenue per purchase", 'code': 'ratio', 'kind': 'ratio',
            'numerator_id': self.env.ref('crm_grading.crm_metric_revenue').id,
            'denominator_id': self.env.ref('crm_grading.crm_metric_invoice_count').id})
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.metric'].evaluate([ratio.code])

    def test_refusals(self):
        """Every mistake is refused on saving, with what is wrong, and changes nothing."""
        cases = [
            ({'customer_path': 'nonsense_id'}, "has no field “nonsense_id”"),
            ({'customer_path': 'team_id'}, "leads to Sales Team"),
            ({'customer_path': 'name'}, "not a stored link"),
            ({'customer_path': 'order_line.product_id'}, "not a stored link"),
            ({'customer_path': ''}, "leads to Sales Order"),
            ({'domain': "[('nonsense', '=', 1)]"}, "not a valid condition"),
            ({'domain': "[('state', '=', uid)]"}, "not a valid condition"),
            ({'domain': "__import__('os').getcwd()"}, "not a valid condition"),
            ({'domain': "[(('"}, "not a valid condition"),
            ({'aggregate': 'sum'}, "choose the value"),
            ({'aggregate': 'sum', 'value': 'name'}, "cannot be taken of"),
            ({'aggregate': 'sum', 'value': 'order_line'}, "cannot be taken of"),
            ({'aggregate': 'max', 'value': 'expected_date'}, "cannot be taken of"),
            ({'date_field': None, 'window_count': 3}, "choose the date"),
            ({'date_field': None, 'aggregate': 'days_since'}, "choose the date"),
            ({'date_field': 'name'}, "not a stored date"),
            ({'model': 'sale.advance.payment.inv', 'date_field': None}, "choose a document"),
        ]
        for vals, message in cases:
            with self.subTest(**vals):
                with self.assertRaises(ValidationError) as caught:
                    self._metric(**vals)
                self.assertIn(message, str(caught.exception))

    def test_refused_by_rights(self):
        """A manager cannot measure what the manager may not read."""
        with self.assertRaises(AccessError):
            self._metric('ir.mail_server', customer_path='create_uid.partner_id', date_field='create_date', user=self.manager)
        with self.assertRaises(AccessError):
            self._metric(user=self.rep)
        metric = self._metric(user=self.manager)
        self.assertTrue(metric.model_id.name and metric.date_field_id.name, "A manager can choose documents and fields.")

    def test_amounts_are_hidden_from_the_start(self):
        self._metric(aggregate='sum', value='amount_untaxed', unit='monetary')
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.metric'].evaluate(['own'])
        self.assertEqual(self._as(self.manager)['crm.metric'].evaluate(['own'], partners=self.customer)[self.customer.id], {'own': None})

    def test_date_words(self):
        """A condition relative to today works, and is known not to be exact for the past."""
        self._orders([(self.customer, '2026-06-01', 1), (self.customer, '2026-06-14', 1)])
        metric = self._metric(domain="[('date_order', '>=', 'today -7d')]")
        self.assertEqual(self._value('own', self.customer), 1)
        self.assertFalse(metric.is_replayable)
        metric.domain = "[('date_order', '>=', '2026-01-01')]"
        self.assertTrue(metric.is_replayable)
        metric.date_field_id = False
        self.assertFalse(metric.is_replayable)

    def test_document_gone(self):
        """A metric whose field or document is gone has no values and says so; others are measured on."""
        self._orders([(self.customer, '2026-06-01', 1)])
        metric = self._metric(aggregate='sum', value='amount_untaxed')
        self._metric(code='other')
        self.assertFalse(metric.problem)
        metric.flush_recordset()
        self.cr.execute("UPDATE crm_metric SET value_field_id = NULL WHERE id = %s", (metric.id,))
        metric.invalidate_recordset()
        self.assertIn("choose the value", metric.problem)
        with mute_logger('odoo.addons.crm_grading.models.crm_metric_custom'):
            values = self.env['crm.metric'].evaluate(['own', 'other'], partners=self.customer)
        self.assertEqual(values[self.customer.id], {'own': None, 'other': 1})

    def test_uninstalling_the_document(self):
        """Taking away a model leaves the metric, without values, so that schemes that use it do not break."""
        model = self.env['ir.model'].create({'name': "Sample", 'model': 'x_crm_sample', 'field_id': [
            (0, 0, {'name': 'x_partner_id', 'ttype': 'many2one', 'relation': 'res.partner', 'field_description': "Customer"}),
            (0, 0, {'name': 'x_weight', 'ttype': 'float', 'field_description': "Weight"})]})
        self.env['x_crm_sample'].create({'x_partner_id': self.contact.id, 'x_weight': 2.5})
        metric = self._metric('x_crm_sample', 'sum', 'x_weight', date_field=None, customer_path='x_partner_id')
        self.assertEqual(self._value('own', self.customer), 2.5)
        # fields before models, as an uninstallation does
        model.field_id.filtered(lambda field: field.name in ('x_partner_id', 'x_weight')).unlink()
        self.assertIn("has no field", metric.problem)
        model.unlink()
        self.assertTrue(metric.exists())
        with mute_logger('odoo.addons.crm_grading.models.crm_metric_custom'):
            self.assertIsNone(self._value('own', self.customer))
        self.assertTrue(metric.problem)

    def test_preview(self):
        """The ten customers with the highest values, without saving."""
        many = self._customers(11, name="Many")
        self._orders([(partner, '2026-06-01', 10 * number) for number, partner in enumerate(many, 1)])
        draft = self.env['crm.metric'].new({
            'name': "Draft", 'kind': 'custom', 'model_id': self._model('sale.order').id, 'customer_path': 'partner_id',
            'aggregate': 'sum', 'value_field_id': self._model_field('sale.order', 'amount_untaxed').id})
        self.assertEqual(draft._preview_rows(), [(f"Many {number}", 10.0 * number) for number in range(11, 1, -1)])
        self.assertIn("Many 11", draft.preview)
        draft.customer_path = 'nonsense'
        self.assertFalse(draft.preview)
        self.assertIn("nonsense", draft.problem)
        overdue = self.env.ref('crm_grading.crm_metric_overdue')
        self.assertIn("first run", overdue.preview)
        self._profiles(many)
        overdue.invalidate_recordset()
        self.assertIn("No customer", overdue.preview)

    def test_preview_shows_only_what_one_may_see(self):
        self._invoices([(self.customer, '2026-06-01', 10), (self.other, '2026-06-01', 20)])
        self._profiles(self.customer + self.other)
        self.other.user_id = self.rep
        count, revenue = self.env.ref('crm_grading.crm_metric_invoice_count'), self.env.ref('crm_grading.crm_metric_revenue')
        self.assertEqual(count.with_env(self._as(self.rep))._preview_rows(), [("Customer 2", 1.0)])
        self.assertFalse(revenue.with_env(self._as(self.rep)).preview)

    def test_preview_of_leads(self):
        lead = self.env['crm.lead'].create({'name': "Fresh", 'company_id': self.company.id, 'probability': 42})
        self.cr.execute("UPDATE crm_lead SET create_date = '2026-06-01' WHERE id = %s", (lead.id,))
        self.assertIn(("Fresh", 42.0), self.env.ref('crm_grading.crm_metric_lead_probability')._preview_rows())

    def test_a_salesperson_sees_values_of_documents_out_of_reach(self):
        """Values are measured for the whole company; who sees them depends on the customer and the metric, not on the document."""
        self._invoices([(partner, '2026-06-01', 10) for partner in (self.customer, self.other)])
        self._profiles(self.customer + self.other)
        self.customer.user_id = self.rep
        self._metric('account.move', 'count', date_field='invoice_date', domain="[('move_type', '=', 'out_invoice')]")
        self.assertFalse(self._as(self.rep)['account.move'].has_access('write'))
        self.assertEqual(self._as(self.rep)['crm.metric'].evaluate(['own']), {self.customer.id: {'own': 1}})

    def test_of_leads(self):
        lead = self.env['crm.lead'].create({'name': "Fresh", 'company_id': self.company.id})
        self._orders([(self.customer, '2026-06-01', 100)]).opportunity_id = lead
        metric = self._metric(aggregate='sum', value='amount_untaxed', subject='lead', customer_path='opportunity_id')
        self.assertEqual(metric._preview_rows(), [("Fresh", 100.0)])
        with self.assertRaises(ValidationError):
            metric.customer_path = 'partner_id'

    def test_merged_customers(self):
        """A merged customer has the figures of both."""
        self._invoices([(self.customer, '2026-06-01', 10), (self.other, '2026-06-02', 20)])
        self._orders([(self.customer, '2026-06-01', 1), (self.other, '2026-06-02', 2)])
        self._metric()
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((self.customer + self.other).ids, self.customer)
        values = self.env['crm.metric'].evaluate(['revenue', 'receivable', 'own'], partners=self.customer)
        self.assertEqual(values[self.customer.id], {'revenue': 30, 'receivable': 30, 'own': 2})

    def test_form(self):
        """A manager fills in the form, sees the preview before saving, and the saved metric measures the same."""
        self._orders([(self.customer, '2026-06-01', 100), (self.other, '2025-06-01', 50)])
        self._profiles(self.customer + self.other)
        with Form(self._as(self.manager, self.company)['crm.metric']) as form:
            form.name, form.code = "Ordered", 'own'
            form.model_id = self._model('sale.order')
            form.aggregate = 'sum'
            form.value_field_id = self._model_field('sale.order', 'amount_untaxed')
            form.date_field_id = self._model_field('sale.order', 'date_order')
            form.window_count = 6
            self.assertIn("Customer 1", form.preview)
            self.assertNotIn("Customer 2", form.preview)
        self.assertEqual(self._value('own', self.customer), 100)
