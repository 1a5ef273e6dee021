from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.warning import OUTCOMES, RESULTS, SOURCES

SIGNALS = 1_000_000   # more than there will be signals: a row keeps its id, and ids stay exact in a browser
RATES = ('came_true', 'came_true_idle', 'rescue_rate', 'return_rate_idle')


class CrmChurnAlertReport(models.Model):
    """How often alerts came true, by signal, risk, judge and owner, with and without a rescue: a row for each signal of an alert.

    Rates are of alerts whose horizon is over: who buys again is known early, who does not only at its end.
    """
    _name = 'crm.churn.alert.report'
    _description = "Alert Results"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'alert_id'
    _depends = {
        'crm.churn.alert': [
            'company_id', 'partner_id', 'user_id', 'grade_id', 'reason_ids', 'risk', 'source', 'is_single', 'date', 'date_end', 'outcome',
            'result', 'is_treated', 'is_over', 'at_stake', 'state'],
        'crm.churn.signal': ['company_id'],
        'res.company': ['currency_id'],
    }

    alert_id = fields.Many2one('crm.churn.alert', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True, help="Of the customer when the alert was raised.")
    signal_id = fields.Many2one('crm.churn.signal', readonly=True, help="That held on the day; an alert may have several.")
    band = fields.Integer("Risk from (%)", readonly=True, aggregator=None, help="Risk on the day, in steps of ten.")
    source = fields.Selection(SOURCES, "Judged By", readonly=True)
    is_single = fields.Boolean("Bought Once", readonly=True)
    state = fields.Selection([('open', "Open"), ('done', "Done")], readonly=True)
    outcome = fields.Selection(OUTCOMES, "Outcome Said", readonly=True)
    result = fields.Selection(RESULTS, "Came of It", readonly=True)
    is_treated = fields.Boolean("Acted On in Time", readonly=True)
    is_over = fields.Boolean("Horizon Over", readonly=True)
    date = fields.Date("Raised On", readonly=True)
    date_end = fields.Date("Horizon Ends", readonly=True)
    alerts = fields.Integer(readonly=True, aggregator='count_distinct')
    judged = fields.Integer(
        "With Horizon Over", readonly=True, aggregator='count_distinct', help="Alerts of which it is known what came of them.")
    came_true = fields.Float(
        "Came True (%)", readonly=True, aggregator='avg', digits=(5, 1), help="Nothing was bought within the horizon, whatever was done.")
    came_true_idle = fields.Float(
        "Came True, Nobody Acted (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="Of the alerts that nobody acted on. That is how good the warning was: a rescue changes what it foretold.")
    rescue_rate = fields.Float(
        "Bought Again, Acted On (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="Of the alerts that somebody acted on. People choose whom to save: compare with care.")
    return_rate_idle = fields.Float(
        "Bought Again, Nobody Acted (%)", readonly=True, aggregator='avg', digits=(5, 1), help="Of the alerts that nobody acted on.")
    share = fields.Float(
        "Share of the Alert", readonly=True, digits=(16, 2), help="Signals of an alert have equal shares of it, which add up to one.")
    at_stake = fields.Monetary(
        "Value at Stake", readonly=True, groups=AMOUNTS, help="An alert with several signals is shared among them equally.")

    @property
    def _table_query(self):
        return SQL(
            """SELECT alert.id::bigint * %s + COALESCE(signal.id, 0) AS id, alert.id AS alert_id, alert.company_id, company.currency_id,
                      alert.partner_id, alert.user_id, alert.grade_id, signal.id AS signal_id, alert.source, alert.is_single, alert.state,
                      LEAST(FLOOR(alert.risk / 10) * 10, 90)::int AS band, alert.outcome, alert.result, alert.is_treated, alert.is_over,
                      alert.date, alert.date_end, alert.id AS alerts, CASE WHEN alert.is_over THEN alert.id END AS judged,
                      CASE WHEN alert.is_over THEN CASE alert.result WHEN 'lost' THEN 100.0 ELSE 0.0 END END::float8 AS came_true,
                      CASE WHEN alert.is_over AND NOT alert.is_treated
                           THEN CASE alert.result WHEN 'lost' THEN 100.0 ELSE 0.0 END END::float8 AS came_true_idle,
                      CASE WHEN alert.is_over AND NOT alert.is_treated
                           THEN CASE alert.result WHEN 'lost' THEN 0.0 ELSE 100.0 END END::float8 AS return_rate_idle,
                      CASE WHEN alert.is_over AND alert.is_treated
                           THEN CASE alert.result WHEN 'rescued' THEN 100.0 ELSE 0.0 END END::float8 AS rescue_rate,
                      alert.at_stake / COUNT(*) OVER (PARTITION BY alert.id) AS at_stake,
                      1.0::float8 / COUNT(*) OVER (PARTITION BY alert.id) AS share
                 FROM crm_churn_alert AS alert
                 JOIN res_company AS company ON company.id = alert.company_id
            LEFT JOIN crm_churn_signal AS signal ON signal.company_id = alert.company_id AND alert.reason_ids @> to_jsonb(signal.id)
                WHERE alert.result IS NOT NULL""", SIGNALS)

    def _read_group_select(self, aggregate_spec, query):
        """An alert with three signals is one alert in a rate."""
        name, _colon, function = aggregate_spec.partition(':')
        if name not in RATES or function != 'avg':
            return super()._read_group_select(aggregate_spec, query)
        alert, rate = (self._field_to_sql(self._table, field, query) for field in ('alert_id', name))
        return SQL(
            "100.0 * COUNT(DISTINCT %(alert)s) FILTER (WHERE %(rate)s = 100)"
            " / NULLIF(COUNT(DISTINCT %(alert)s) FILTER (WHERE %(rate)s IS NOT NULL), 0)", alert=alert, rate=rate)

    def action_open_alert(self):
        """Open the alert of the row."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.churn.alert', 'res_id': self.alert_id.id, 'views': [(False, 'form')]}
