from datetime import date, timedelta

from odoo.tools import SQL


class MetricContractCase:
    """What every metric must keep, whichever addon ships it. Combine with ``GradingCommon``, name your module and feed it::

        @tagged('post_install', '-at_install')
        class TestMyMetricContract(MetricContractCase, GradingCommon):
            metric_module = 'crm_service'

            def _feed(self, partner, company, day):
                ...  # documents of this customer and company, all dated exactly on this day

    The feed runs on several days; together they must move every metric of the module.
    ``company_neutral`` names the codes of metrics whose facts belong to no company (such as the completeness of an address);
    ``unfed`` those that ``_feed`` cannot move from "no data", with the reason beside it.
    """
    allow_inherited_tests_method = True  # Odoo's own test runner skips inherited tests otherwise
    metric_module = None
    company_neutral = frozenset()
    unfed = frozenset()
    DAY = date(2026, 5, 31)

    def _feed(self, partner, company, day):
        raise NotImplementedError

    def _feed_history(self, partner, company):
        for age in (400, 100, 40):  # last year's window, the window before, the window of most metrics
            self._feed(partner, company, self.DAY - timedelta(days=age))

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _contract_metrics(self, subject='customer'):
        data = self.env['ir.model.data'].search([('module', '=', self.metric_module), ('model', '=', 'crm.metric')])
        metrics = self.env['crm.metric'].browse(data.mapped('res_id')).filtered(lambda metric: metric.subject == subject)
        return metrics.with_company(self.company)

    def _contract_values(self, metrics, day=None, company=None, partners=None):
        """Return ``{subject id: {code: value}}`` for the customers in question, through the SQL that runs use."""
        partners = self.contract_partners if partners is None else partners
        scope = (company or self.company)._crm_metric_scope(day or self.DAY)
        population = SQL("SELECT unnest(%s)", partners.ids)
        rows = self.env['crm.metric']._execute(metrics._values_relation(scope, population))
        self.assertEqual(len(rows), len(partners), "One row per customer, neither fewer nor more.")
        return {row['subject_id']: {metric.code: row[metric._column()] for metric in metrics} for row in rows}

    def _contract_empty(self, metric):
        return 0.0 if metric.empty_value == 'zero' else None

    def setUp(self):
        super().setUp()
        self.contract_partners = self._customers(3, name="Contract")

    # ------------------------------------------------------------------
    # The contract
    # ------------------------------------------------------------------

    def test_contract_without_data(self):
        """Nothing is known of a new customer: the metric's empty value, and never an error."""
        for metric in self._contract_metrics():
            if metric.code in self.company_neutral:
                continue
            with self.subTest(metric=metric.code):
                values = self._contract_values(metric)
                self.assertEqual({row[metric.code] for row in values.values()}, {self._contract_empty(metric)})

    def test_contract_nobody(self):
        """A population of nobody is answered with nothing."""
        for subject in ('customer', 'lead'):
            metrics = self._contract_metrics(subject)
            query = metrics._values_relation(self.company._crm_metric_scope(self.DAY), SQL("SELECT id FROM res_partner WHERE FALSE"))
            self.assertEqual(self.env['crm.metric']._execute(query), [])

    def test_contract_company(self):
        """Another company's documents count there, and only there."""
        metrics = self._contract_metrics()
        here = self._contract_values(metrics)
        there = self._contract_values(metrics, company=self.company_usd)
        partner = self.contract_partners[0]
        self._feed_history(partner, self.company_usd)
        here_after = self._contract_values(metrics)
        there_after = self._contract_values(metrics, company=self.company_usd)
        for metric in metrics:
            code = metric.code
            if code in self.company_neutral:
                continue
            with self.subTest(metric=code):
                self.assertEqual(here_after[partner.id][code], here[partner.id][code])
                if code not in self.unfed:
                    self.assertNotEqual(there_after[partner.id][code], there[partner.id][code])

    def test_contract_as_of(self):
        """What happens after the day does not count on the day; it counts from its own day on."""
        metrics = self._contract_metrics()
        partner = self.contract_partners[0]
        self._feed_history(partner, self.company)
        before = self._contract_values(metrics)
        next_day = self.DAY + timedelta(days=1)
        self._feed(partner, self.company, next_day)
        after = self._contract_values(metrics)
        for metric in metrics:
            if metric.is_replayable:
                with self.subTest(metric=metric.code):
                    self.assertEqual(after[partner.id][metric.code], before[partner.id][metric.code])
        self.assertNotEqual(self._contract_values(metrics, next_day), before, "The second feed must count on its own day.")

    def test_contract_one_is_all(self):
        """A customer asked alone, through a contact, or among all has the same values; others have none of them."""
        metrics = self._contract_metrics()
        partner, *others = self.contract_partners
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': partner.id})
        self._feed_history(partner, self.company)
        codes = metrics.mapped('code')
        Metric = self.env['crm.metric']
        everybody = Metric.evaluate(codes, self.DAY, self.company)
        alone = Metric.evaluate(codes, self.DAY, self.company, partner + contact)
        self.assertEqual(alone[contact.id], alone[partner.id])
        self.assertEqual(alone[partner.id], everybody[partner.id])
        self.assertEqual(alone[partner.id], self._contract_values(metrics)[partner.id])
        fed = {metric.code for metric in metrics if alone[partner.id][metric.code] not in (None, self._contract_empty(metric))}
        missing = set(codes) - fed - self.unfed - self.company_neutral
        self.assertFalse(missing, "The feed moves every metric, else this test proves nothing.")
        for other in others:
            for code in set(codes) - self.company_neutral:
                with self.subTest(metric=code):
                    self.assertIn(everybody.get(other.id, {}).get(code), (None, 0.0))

    def test_contract_archived(self):
        """Archiving a customer takes no fact away."""
        metrics = self._contract_metrics()
        partner = self.contract_partners[0]
        self._feed_history(partner, self.company)
        before = self._contract_values(metrics)[partner.id]
        partner.active = False
        self.assertEqual(self._contract_values(metrics)[partner.id], before)

    def test_contract_queries(self):
        """The number of queries does not grow with the number of customers."""
        codes = self._contract_metrics().mapped('code')
        many = self._customers(10, name="Many")
        counts = []
        self.env['crm.metric'].evaluate(codes, self.DAY, self.company, many)   # what is cached for good
        for partners in (self.contract_partners[:1], many):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env['crm.metric'].evaluate(codes, self.DAY, self.company, partners)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
