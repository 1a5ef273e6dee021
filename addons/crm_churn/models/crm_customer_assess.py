from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import over_everybody

TREND_DAYS = 30


class CrmCustomer(models.Model):
    """Judging the risk of customers: all of a company by one statement that writes only what changes."""
    _inherit = 'crm.customer'

    churn_reason_text = fields.Text("Why", compute='_compute_churn_reason_text')
    churn_risk_ids = fields.One2many('crm.churn.risk', 'customer_id', "Risk in the Past", readonly=True)

    @api.depends('churn_reasons')
    @api.depends_context('lang')
    def _compute_churn_reason_text(self):
        signals = self.env['crm.churn.signal'].sudo()   # their names are no secret; figures behind them are not told
        for customer in self:
            found = signals.browse((customer.churn_reasons or {}).get('signals', [])).exists()
            customer.churn_reason_text = "\n".join(filter(None, [customer.churn_single_text, *found.mapped('name')]))

    @api.model
    def _assess_churn(self, company, date=None, partners=None):
        """Judge the churn risk of those who ever bought from a company, by the figures recorded on their profiles.

        The risk of the model that speaks, if there is one and it knows the customer; else the points of the signals that hold, at
        most 100. Of who has bought once: how many such customers did not buy again, if that could be measured; else the points of
        signals, for no model can tell them apart. Who has bought nothing has no risk. The priority is the risk times the tenth of the
        buyers, by their value, that the customer belongs to. The same figures again change nothing.

        :param date: as-of day in the company's time zone; default: today there
        :param partners: only these customers
        :return: number of customers whose risk was written
        """
        date = fields.Date.to_date(date) or company._crm_today()
        self.env.flush_all()
        among = SQL("TRUE") if partners is None else SQL(
            "customer.partner_id IN %s", tuple(partners.commercial_partner_id.ids) or (0,))
        with over_everybody(self.env):
            changed = self._write_churn(company, date, among)
        self._note_churn(company, date, among)
        self.env['crm.customer'].invalidate_model()
        self.env['crm.churn.risk'].invalidate_model()
        return changed

    def _write_churn(self, company, date, among):
        model = self.env['crm.churn.model']._speaking(company)
        signals = self.env['crm.churn.signal']._heard(company, date)
        score = model._score_relation(company._crm_metric_scope(date)) if model else SQL(
            "SELECT NULL::int AS subject_id, NULL::float8 AS risk, NULL::float8 AS expected, NULL::float8 AS value,"
            " NULL::boolean AS is_single WHERE FALSE")
        self.env.cr.execute(SQL(
            """WITH fired AS MATERIALIZED (
                   SELECT customer.id, customer.partner_id, COALESCE(customer.revenue, 0) AS revenue,
                          customer.last_order_date IS NOT NULL AND customer.active IS NOT FALSE AS is_buyer,
                          %(points)s AS points, %(fired)s AS signals
                     FROM crm_customer AS customer
                    WHERE customer.company_id = %(company)s),
               judged AS (
                   SELECT fired.id, fired.partner_id, fired.signals, is_buyer, once.told,
                          is_buyer AND once.subject_id IS NOT NULL AS is_single,
                          CASE WHEN is_buyer THEN COALESCE(
                               CASE WHEN once.subject_id IS NULL THEN 100.0 * score.risk ELSE 100 - once.back END,
                               LEAST(points, 100))::numeric(5, 1) END AS risk,
                          CASE WHEN is_buyer THEN CASE WHEN once.back IS NOT NULL THEN 'single'
                               WHEN once.subject_id IS NOT NULL OR score.risk IS NULL THEN 'signals' ELSE %(kind)s END END AS source,
                          CASE WHEN is_buyer THEN GREATEST(COALESCE(score.value, fired.revenue), 0)::numeric(16, 2) END AS value
                     FROM fired
                LEFT JOIN (%(score)s) AS score ON score.subject_id = fired.partner_id
                LEFT JOIN (%(once)s) AS once ON once.subject_id = fired.partner_id),
               target AS (
                   SELECT judged.id, partner_id, risk, source, value, is_single, (value * risk / 100)::numeric(16, 2) AS at_stake,
                          (risk * NTILE(10) OVER (PARTITION BY is_buyer ORDER BY value, id) / 10)::numeric(5, 1) AS priority,
                          CASE WHEN risk >= %(high)s THEN 'high' WHEN risk >= %(medium)s THEN 'medium'
                               WHEN risk IS NOT NULL THEN 'low' END AS level,
                          CASE WHEN risk IS NOT NULL THEN jsonb_build_object(
                               'signals', to_jsonb(signals), 'single', is_single)
                               || CASE WHEN is_single THEN jsonb_build_object('once', told) ELSE '{}' END END AS reasons
                     FROM judged)
               UPDATE crm_customer AS customer
                  SET churn_risk = target.risk, churn_level = target.level, churn_source = target.source, churn_value = target.value,
                      churn_at_stake = target.at_stake, churn_priority = target.priority, churn_reasons = target.reasons,
                      churn_date = %(date)s, churn_is_single = target.is_single,
                      write_uid = %(uid)s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM target
                WHERE customer.id = target.id AND %(among)s
                  AND (customer.churn_risk::numeric(5, 1), customer.churn_priority::numeric(5, 1), customer.churn_level,
                       customer.churn_source, customer.churn_value, customer.churn_at_stake, customer.churn_reasons,
                       COALESCE(customer.churn_is_single, FALSE))
                      IS DISTINCT FROM (target.risk, target.priority, target.level,
                                        target.source, target.value, target.at_stake, target.reasons, target.is_single)""",
            points=self._points_sql(signals, date), fired=self._fired_sql(signals, date), company=company.id, among=among, score=score,
            once=self._once_sql(company, date, self.env['crm.churn.model']._asked(company)), kind=model.kind or 'signals',
            high=company.crm_churn_high, medium=company.crm_churn_medium, date=date, uid=self.env.uid))
        return self.env.cr.rowcount

    def _points_sql(self, signals, date):
        return SQL(" + ").join([SQL("0.0"), *(
            SQL("CASE WHEN %s THEN %s ELSE 0 END", signal._condition_sql('customer', date), signal.weight) for signal in signals)])

    def _fired_sql(self, signals, date):
        return SQL("array_remove(ARRAY[%s]::int[], NULL)", SQL(", ").join([SQL("NULL"), *(
            SQL("CASE WHEN %s THEN %s END", signal._condition_sql('customer', date), signal.id)
            for signal in signals.sorted(lambda signal: (-signal.weight, signal.sequence, signal.id)))]))

    def _note_churn(self, company, date, among):
        """Keep the risks on record where the level has changed or a month is over, and say how they have moved since then."""
        # who was noted lately is found out at once: a search for each customer's last row would wade through those just written
        self.env.cr.execute(SQL(
            """INSERT INTO crm_churn_risk (customer_id, company_id, date, risk, level, source, at_stake,
                                           create_uid, create_date, write_uid, write_date)
               SELECT customer.id, customer.company_id, %(date)s, customer.churn_risk, customer.churn_level, customer.churn_source,
                      customer.churn_at_stake, %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                 FROM crm_customer AS customer
                 LEFT JOIN (
                      SELECT DISTINCT ON (customer_id) customer_id, risk.date, level
                        FROM crm_churn_risk AS risk JOIN crm_customer AS customer ON customer.id = risk.customer_id
                       WHERE risk.company_id = %(company)s AND risk.date > %(date)s::date - %(days)s AND %(among)s
                       ORDER BY customer_id, risk.date DESC, risk.id DESC) AS last ON last.customer_id = customer.id
                WHERE customer.company_id = %(company)s AND %(among)s AND customer.churn_risk IS NOT NULL
                  AND (last.date IS NULL OR last.date <= %(date)s AND last.level IS DISTINCT FROM customer.churn_level)""",
            date=date, company=company.id, uid=self.env.uid, days=TREND_DAYS, among=among))
        self.env.cr.execute(SQL(
            """UPDATE crm_customer AS customer SET churn_trend = moved.trend
                 FROM (SELECT customer.id, (customer.churn_risk - before.risk)::numeric(5, 1) AS trend
                         FROM crm_customer AS customer
                         LEFT JOIN LATERAL (
                              SELECT risk FROM crm_churn_risk AS risk
                               WHERE risk.customer_id = customer.id AND risk.date <= %(date)s::date - %(days)s
                               ORDER BY date DESC, id DESC LIMIT 1) AS before ON TRUE
                        WHERE customer.company_id = %(company)s AND %(among)s) AS moved
                WHERE customer.id = moved.id AND customer.churn_trend::numeric(5, 1) IS DISTINCT FROM moved.trend""",
            date=date, company=company.id, days=TREND_DAYS, among=among))


class CrmGradingRun(models.Model):
    _inherit = 'crm.grading.run'

    def _run(self, company, date=None, kind='manual', partners=None):
        """Once customers have their figures, they have their risk, and their owners are warned."""
        signals = self.env['crm.churn.signal']
        signals._ensure_defaults(company)
        run = super()._run(company, date, kind, partners)
        self.env['crm.customer'].sudo()._assess_churn(company, run.date, partners)  # a run judges all customers, whoever starts it
        if run.date >= company._crm_today():   # nobody is warned of the past
            alerts = self.env['crm.churn.alert'].sudo()   # as above
            alerts._follow(company)
            alerts._note_results(company)
        return run
