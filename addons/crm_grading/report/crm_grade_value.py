from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

SILENT_DAYS = 90


class CrmGradeValue(models.Model):
    """What the customers of each grade are worth to a company today, from the figures that the last run recorded."""
    _name = 'crm.grade.value'
    _description = "Revenue and Margin by Grade"
    _auto = False
    _order = 'company_id, sequence, id'
    _rec_name = 'grade_id'
    _depends = {
        'crm.customer': [
            'active', 'company_id', 'grade_id', 'user_id', 'revenue', 'revenue_before', 'margin', 'overdue_amount', 'order_count',
            'last_contact_date'],
        'crm.grade': ['sequence'],
    }

    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True, falsy_value_label="No grade")
    sequence = fields.Integer(readonly=True, aggregator=None)
    customers = fields.Integer(readonly=True)
    customer_share = fields.Float("Share of Customers (%)", readonly=True, digits=(16, 1))
    revenue = fields.Monetary(readonly=True)
    revenue_share = fields.Float("Share of Revenue (%)", readonly=True, digits=(16, 1))
    revenue_before = fields.Monetary("Revenue Last Year", readonly=True)
    growth = fields.Float("Growth (%)", readonly=True, aggregator=None, digits=(16, 1))
    margin = fields.Monetary("Gross Margin", readonly=True)
    margin_share = fields.Float("Share of Margin (%)", readonly=True, digits=(16, 1))
    margin_percent = fields.Float("Margin (%)", readonly=True, aggregator=None, digits=(16, 1), help="Gross margin per revenue.")
    overdue_amount = fields.Monetary("Overdue", readonly=True)
    unowned = fields.Integer("Without Salesperson", readonly=True)
    silent = fields.Integer("Not Contacted for 90 Days", readonly=True)

    @property
    def _table_query(self):
        """One row per grade; whoever has neither a grade nor a purchase in the last 12 months is no customer yet."""
        share = "100.0 * SUM(%(value)s) / NULLIF(SUM(SUM(%(value)s)) OVER (PARTITION BY customer.company_id), 0)"
        return SQL(
            """SELECT COALESCE(grade.id, -customer.company_id) AS id, customer.company_id, company.currency_id,
                      grade.id AS grade_id, COALESCE(grade.sequence, 1000000) AS sequence, COUNT(*) AS customers,
                      %(customer_share)s AS customer_share, SUM(revenue) AS revenue, %(revenue_share)s AS revenue_share,
                      SUM(revenue_before) AS revenue_before,
                      100.0 * (SUM(revenue) - SUM(revenue_before)) / NULLIF(GREATEST(SUM(revenue_before), 0), 0) AS growth,
                      SUM(margin) AS margin, %(margin_share)s AS margin_share,
                      100.0 * SUM(margin) / NULLIF(GREATEST(SUM(revenue), 0), 0) AS margin_percent,
                      SUM(overdue_amount) AS overdue_amount, COUNT(*) FILTER (WHERE customer.user_id IS NULL) AS unowned,
                      COUNT(*) FILTER (WHERE last_contact_date IS NULL OR last_contact_date < %(silent_since)s) AS silent
                 FROM crm_customer AS customer
                 JOIN res_company AS company ON company.id = customer.company_id
                 LEFT JOIN crm_grade AS grade ON grade.id = customer.grade_id
                WHERE customer.active AND (grade.id IS NOT NULL OR order_count > 0 OR revenue <> 0)
                GROUP BY customer.company_id, company.currency_id, grade.id""",
            customer_share=SQL(share, value=SQL("1")), revenue_share=SQL(share, value=SQL("revenue")),
            margin_share=SQL(share, value=SQL("margin")),
            silent_since=self.env.company._crm_today() - relativedelta(days=SILENT_DAYS))

    @api.depends('grade_id')
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.grade_id.display_name or self.env._("No grade")

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Core looks for the translation of the label of no value among its own terms; ours is here."""
        fields_info = super().fields_get(allfields, attributes)
        if 'falsy_value_label' in fields_info.get('grade_id', ()):
            fields_info['grade_id']['falsy_value_label'] = self.env._("No grade")
        return fields_info

    def action_open_customers(self):
        """Show the customers of the grade."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_customer_action')
        return {
            **action, 'name': self.grade_id.display_name or self.env._("No grade"), 'domain': [
                ('company_id', '=', self.company_id.id), ('grade_id', '=', self.grade_id.id),
                '|', '|', ('grade_id', '!=', False), ('order_count', '>', 0), ('revenue', '!=', 0)]}
