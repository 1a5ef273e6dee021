from odoo import api, fields, models
from odoo.tools import SQL


class CrmGradingDistribution(models.Model):
    """The customers of each grade in the course of time: the results of real runs, and which run closed a day or a month.

    A company is run every night: adding up the runs of a month would count each customer thirty times.
    """
    _name = 'crm.grading.distribution'
    _description = "Grade Distribution over Time"
    _auto = False
    _order = 'date desc, scheme_id, sequence, id'
    _depends = {
        'crm.grading.run': ['kind', 'state', 'date'],
        'crm.grading.run.result': [
            'run_id', 'date', 'company_id', 'scheme_id', 'grade_id', 'status', 'sequence', 'customers', 'customer_share', 'amount',
            'amount_share', 'arrived', 'gone'],
    }

    run_id = fields.Many2one('crm.grading.run', readonly=True)
    date = fields.Date(readonly=True)
    is_last_of_day = fields.Boolean("Last Run of the Day", readonly=True)
    is_last_of_month = fields.Boolean("Last Run of the Month", readonly=True)
    is_latest = fields.Boolean("Latest Run", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    scheme_id = fields.Many2one('crm.grading.scheme', readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True, falsy_value_label="No grade")
    status = fields.Selection([
        ('graded', "Graded"), ('too_new', "Too new"), ('too_little', "Too little data")], readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=None)
    customers = fields.Integer(readonly=True)
    customer_share = fields.Float("Share of Customers (%)", readonly=True, digits=(16, 1))
    amount = fields.Monetary("Value", readonly=True, groups='crm_grading.group_customer_amounts')
    amount_share = fields.Float("Share of Value (%)", readonly=True, digits=(16, 1))
    arrived = fields.Integer(readonly=True)
    gone = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        last = "result.run_id = FIRST_VALUE(result.run_id) OVER (PARTITION BY result.scheme_id%(span)s" \
            " ORDER BY result.date DESC, result.run_id DESC)"
        return SQL(
            """SELECT result.id, result.run_id, result.date, result.company_id, company.currency_id, result.scheme_id,
                      result.grade_id, result.status, result.sequence, result.customers, result.customer_share, result.amount,
                      result.amount_share, result.arrived, result.gone, %(day)s AS is_last_of_day, %(month)s AS is_last_of_month,
                      %(ever)s AS is_latest
                 FROM crm_grading_run_result AS result
                 JOIN crm_grading_run AS run ON run.id = result.run_id
                 JOIN res_company AS company ON company.id = result.company_id
                WHERE run.kind IN ('nightly', 'manual') AND run.state = 'done'""",
            day=SQL(last, span=SQL(", result.date")), month=SQL(last, span=SQL(", DATE_TRUNC('month', result.date)")),
            ever=SQL(last, span=SQL("")))

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Core looks for the translation of the label of no value among its own terms; ours is here."""
        fields_info = super().fields_get(allfields, attributes)
        if 'falsy_value_label' in fields_info.get('grade_id', ()):
            fields_info['grade_id']['falsy_value_label'] = self.env._("No grade")
        return fields_info
