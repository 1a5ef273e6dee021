from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..models.crm_churn_case import STATES

MEASURES = 1_000_000   # more than there will be measures: a row keeps its id, and ids stay exact in a browser


class CrmChurnCaseReport(models.Model):
    """How often customers are won back, by reason, measure, grade and owner: a row for each measure of a case."""
    _name = 'crm.churn.case.report'
    _description = "Win-Back Results"
    _auto = False
    _order = 'date_open desc, id desc'
    _rec_name = 'case_id'
    _depends = {
        'crm.churn.case': [
            'company_id', 'partner_id', 'user_id', 'team_id', 'grade_id', 'main_reason_id', 'measure_ids', 'state', 'date_open',
            'date_closed', 'regained'],
        'crm.churn.alert': ['company_id', 'partner_id', 'date'],
    }

    case_id = fields.Many2one('crm.churn.case', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    user_id = fields.Many2one('res.users', "Owner", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True, help="Of the customer when the case was opened.")
    main_reason_id = fields.Many2one('crm.churn.reason', "Reason of the Loss", readonly=True)
    measure_id = fields.Many2one('crm.churn.measure', "Measure Taken", readonly=True)
    had_alert = fields.Boolean("Alert Before", readonly=True, help="We had been warned: there was an alert by the day the case was opened.")
    state = fields.Selection(STATES, readonly=True)
    date_open = fields.Date("Opened On", readonly=True)
    date_closed = fields.Date("Closed On", readonly=True)
    cases = fields.Integer(readonly=True, aggregator='count_distinct')
    won = fields.Integer("Cases Won Back", readonly=True, aggregator='count_distinct')
    days = fields.Float(
        "Days until Ended", readonly=True, aggregator='avg', digits=(16, 1), help="Of the cases that ended won back or lost.")
    won_rate = fields.Float(
        "Won Back (%)", readonly=True, aggregator='avg', digits=(5, 1),
        help="Of the cases that ended won back or lost; dropped ones do not count.")
    share = fields.Float(
        "Share of the Case", readonly=True, digits=(16, 2), help="Measures of a case have equal shares of it, which add up to one.")
    regained = fields.Monetary(
        "Regained Revenue", readonly=True, groups=AMOUNTS, help="A case with several measures is shared among them equally.")

    @property
    def _table_query(self):
        return SQL(
            """SELECT target.id::bigint * %s + COALESCE(done.crm_churn_measure_id, 0) AS id, target.id AS case_id, target.company_id,
                      company.currency_id, target.partner_id, target.user_id, target.team_id, target.grade_id, target.main_reason_id,
                      EXISTS (SELECT FROM crm_churn_alert AS alert
                               WHERE alert.partner_id = target.partner_id AND alert.company_id = target.company_id
                                 AND alert.date <= target.date_open) AS had_alert,
                      done.crm_churn_measure_id AS measure_id, target.state, target.date_open, target.date_closed, target.id AS cases,
                      CASE WHEN target.state = 'won_back' THEN target.id END AS won,
                      CASE WHEN target.state IN ('won_back', 'lost') THEN (target.date_closed - target.date_open)::float8 END AS days,
                      CASE target.state WHEN 'won_back' THEN 100.0 WHEN 'lost' THEN 0.0 END::float8 AS won_rate,
                      target.regained / COUNT(*) OVER (PARTITION BY target.id) AS regained,
                      1.0::float8 / COUNT(*) OVER (PARTITION BY target.id) AS share
                 FROM crm_churn_case AS target
                 JOIN res_company AS company ON company.id = target.company_id
            LEFT JOIN crm_churn_case_crm_churn_measure_rel AS done ON done.crm_churn_case_id = target.id""", MEASURES)

    def _read_group_select(self, aggregate_spec, query):
        """A case with three measures is one case in a rate, and lasted once."""
        if aggregate_spec == 'days:avg':
            share, days = (self._field_to_sql(self._table, name, query) for name in ('share', 'days'))
            return SQL(
                "SUM(%(days)s * %(share)s) / NULLIF(SUM(%(share)s) FILTER (WHERE %(days)s IS NOT NULL), 0)", days=days, share=share)
        if aggregate_spec != 'won_rate:avg':
            return super()._read_group_select(aggregate_spec, query)
        case, rate = (self._field_to_sql(self._table, name, query) for name in ('case_id', 'won_rate'))
        return SQL(
            "100.0 * COUNT(DISTINCT %(case)s) FILTER (WHERE %(rate)s = 100)"
            " / NULLIF(COUNT(DISTINCT %(case)s) FILTER (WHERE %(rate)s IS NOT NULL), 0)", case=case, rate=rate)

    def action_open_case(self):
        """Open the case of the row."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.churn.case', 'res_id': self.case_id.id, 'views': [(False, 'form')]}
