from odoo import fields, models
from odoo.tools import SQL

from .crm_receivable import CrmReceivable


class CrmCreditExposure(models.Model):
    """Customers with something open or with a limit, and how much of the limit is used up, as it stands now: one statement for all.

    Ids are those of the customer profiles.
    """
    _name = 'crm.credit.exposure'
    _description = "Credit Exposure"
    _auto = False
    _order = 'excess desc, exposure desc, id'
    _rec_name = 'partner_id'
    _depends = {
        **CrmReceivable._depends,
        'account.payment': ['state', 'move_id', 'amount_company_currency_signed', 'partner_id'],
        'payment.transaction': ['state', 'payment_id', 'amount', 'partner_id'],
        'sale.order': ['state', 'partner_invoice_id', 'currency_rate', 'company_id', 'crm_contract_id'],
        'sale.order.line': [
            'product_uom_qty', 'qty_delivered', 'qty_invoiced', 'untaxed_amount_to_invoice', 'price_total', 'is_downpayment'],
        'crm.customer': ['partner_id', 'company_id', 'active', 'user_id', 'credit_standing', 'credit_level', 'grade_id'],
        'res.partner': ['credit_limit', 'commercial_partner_id'],
    }

    customer_id = fields.Many2one('crm.customer', "Profile", readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True)
    invoiced = fields.Monetary("Open Invoices", readonly=True)
    overdue = fields.Monetary(
        "Thereof Overdue", readonly=True, help="Of invoices under a plan, what is past the due day of its instalment.")
    delivered = fields.Monetary("Delivered, Not Invoiced", readonly=True)
    ordered = fields.Monetary("Ordered, Not Invoiced", readonly=True)
    advances = fields.Monetary("Paid in Advance or on Its Way", readonly=True)
    exposure = fields.Monetary(readonly=True)
    credit_limit = fields.Monetary(readonly=True)
    available = fields.Monetary("Still Free", readonly=True, help="Of the limit; below zero: over it. Empty without a limit.")
    excess = fields.Monetary("Over the Limit by", readonly=True)
    used_percent = fields.Float("Used (%)", readonly=True, aggregator='avg')
    is_over = fields.Boolean("Over the Limit", readonly=True)
    credit_standing = fields.Float("Standing", readonly=True, aggregator='avg', digits=(16, 1))
    credit_level = fields.Selection(related='customer_id.credit_level', store=True, readonly=True)

    @property
    def _table_query(self):
        companies = self.env.companies.sudo()   # limits and days of the companies at work
        return SQL(" UNION ALL ").join(self._company_sql(company) for company in companies)

    def _company_sql(self, company):
        Credit = self.env['crm.credit']
        return SQL(
            """SELECT row.*, row.credit_limit - row.exposure AS available, GREATEST(row.exposure - row.credit_limit, 0) AS excess,
                      (100 * row.exposure / row.credit_limit)::float8 AS used_percent,
                      COALESCE(row.exposure - row.credit_limit >= %(half)s, FALSE) AS is_over
                 FROM (SELECT customer.id, customer.id AS customer_id, customer.partner_id, customer.company_id, customer.user_id,
                              customer.grade_id, customer.credit_standing, customer.credit_level,
                              COALESCE(figure.invoiced, 0) AS invoiced, COALESCE(late.overdue, 0) AS overdue,
                              COALESCE(figure.delivered, 0) AS delivered, COALESCE(figure.ordered, 0) AS ordered,
                              COALESCE(figure.advances, 0) AS advances, COALESCE(figure.exposure, 0) AS exposure,
                              %(limit)s AS credit_limit
                         FROM crm_customer AS customer
                         JOIN res_partner AS partner ON partner.id = customer.partner_id
                    LEFT JOIN (%(exposure)s) AS figure ON figure.partner_id = customer.partner_id
                    LEFT JOIN (%(overdue)s) AS late ON late.partner_id = customer.partner_id
                        WHERE customer.company_id = %(company)s
                          AND (figure.partner_id IS NOT NULL OR customer.active AND %(limit)s IS NOT NULL)) AS row""",
            half=company.currency_id.rounding / 2, limit=Credit._limit_sql(company, 'partner'), exposure=Credit._exposure_sql(company),
            overdue=self.env['crm.receivable']._overdue_sql(company), company=company.id)

    def action_open_receivables(self):
        """Open what the customer owes, item by item."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_receivable_action')
        return {**action, 'domain': [('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id)], 'context': {}}
