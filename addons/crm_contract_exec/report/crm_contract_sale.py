from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from .crm_contract_result import FACT_FIELDS

LINE_DEPENDS = {
    **FACT_FIELDS,
    'account.move': [*FACT_FIELDS['account.move'], 'commercial_partner_id', 'company_id', 'invoice_user_id'],
    'account.move.line': [*FACT_FIELDS['account.move.line'], 'product_uom_id', 'company_id'],
    'product.template': [*FACT_FIELDS['product.template'], 'categ_id'],
    'crm.customer': ['partner_id', 'company_id', 'grade_id', 'user_id'],
}


class CrmContractSale(models.Model):
    """Sold products: the product lines of posted invoices and (negative) credit notes, with the contract that they belong to.

    Margin is that of Odoo's invoice analysis: the net amount less the quantity at the company's present cost of the product.
    """
    _name = 'crm.contract.sale'
    _description = "Sales by Product"
    _auto = False
    _order = 'date desc, id desc'
    _depends = LINE_DEPENDS

    move_id = fields.Many2one('account.move', "Invoice", readonly=True)
    contract_id = fields.Many2one('crm.contract', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', "Company Currency", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    product_id = fields.Many2one('product.product', readonly=True)
    categ_id = fields.Many2one('product.category', "Product Category", readonly=True)
    date = fields.Date(readonly=True)
    quantity = fields.Float(readonly=True, digits='Product Unit', help="In the product's unit.")
    revenue = fields.Monetary(readonly=True)
    cost = fields.Monetary(readonly=True, groups=AMOUNTS, help="At the present cost of the product.")
    margin = fields.Monetary("Gross Margin", readonly=True, groups=AMOUNTS)
    customer_count = fields.Integer("Different Customers", readonly=True, aggregator='count_distinct')

    @property
    def _table_query(self):
        return self._lines_sql()

    @api.model
    def _lines_sql(self, since=None):
        """Return the relation of the lines.

        :param date since: only invoices from this day on
        """
        cost = self.env['crm.contract']._unit_cost_sql(SQL("item.company_id"))
        return SQL(
            """SELECT item.id, move.id AS move_id, contract.id AS contract_id, move.commercial_partner_id AS partner_id,
                      move.commercial_partner_id AS customer_count, customer.grade_id, move.company_id, company.currency_id,
                      COALESCE(customer.user_id, move.invoice_user_id) AS user_id,
                      item.product_id, template.categ_id, move.invoice_date AS date, -item.balance AS revenue,
                      COALESCE(side.sign * item.quantity * %(cost)s, 0) AS cost,
                      -item.balance - COALESCE(side.sign * item.quantity * %(cost)s, 0) AS margin,
                      side.sign * item.quantity * COALESCE(line_unit.factor / NULLIF(unit.factor, 0), 1) AS quantity
                 FROM account_move AS move
                 JOIN account_move_line AS item ON item.move_id = move.id AND item.display_type = 'product'
                 JOIN res_company AS company ON company.id = move.company_id
           CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign) AS side
            LEFT JOIN product_product AS product ON product.id = item.product_id
            LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
            LEFT JOIN uom_uom AS unit ON unit.id = template.uom_id
            LEFT JOIN uom_uom AS line_unit ON line_unit.id = item.product_uom_id
            LEFT JOIN crm_customer AS customer ON customer.partner_id = move.commercial_partner_id AND customer.company_id = move.company_id
            LEFT JOIN LATERAL (
                      SELECT COALESCE(move.crm_contract_id, MIN(sale.crm_contract_id)) AS id
                        FROM sale_order_line_invoice_rel AS rel
                        JOIN sale_order_line AS line ON line.id = rel.order_line_id
                        JOIN sale_order AS sale ON sale.id = line.order_id
                       WHERE rel.invoice_line_id = item.id) AS contract ON TRUE
                WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND %(since)s""",
            cost=cost, since=SQL("move.invoice_date >= %s", since) if since else SQL("TRUE"))

    def action_open_invoice(self):
        """Open the invoice behind a line."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'account.move', 'res_id': self.move_id.id, 'views': [(False, 'form')]}


class CrmContractProduct(models.Model):
    """Products: what sells best, grows fastest and earns most, in the last 12 months against the 12 months before.

    A row per product and company; its id is the product's first line in those 24 months. Down payments carry no product and are
    left out: the final invoice has the products with all of their amount.
    """
    _name = 'crm.contract.product'
    _description = "Product Ranking"
    _auto = False
    _rec_name = 'product_id'
    _order = 'revenue_rank, id'
    _depends = LINE_DEPENDS

    product_id = fields.Many2one('product.product', readonly=True)
    categ_id = fields.Many2one('product.category', "Product Category", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', "Company Currency", readonly=True)
    quantity = fields.Float(readonly=True, digits='Product Unit', help="Last 12 months, in the product's unit.")
    customers = fields.Integer(readonly=True, aggregator=None, help="Different customers of the last 12 months.")
    revenue = fields.Monetary(readonly=True, help="Net revenue of the last 12 months.")
    contract_revenue = fields.Monetary("Under Contract", readonly=True, help="The part of the revenue that belongs to contracts.")
    revenue_before = fields.Monetary("Revenue Last Year", readonly=True, help="Of the 12 months before.")
    growth_amount = fields.Monetary("Growth", readonly=True)
    growth = fields.Float("Growth (%)", readonly=True, aggregator=None, digits=(16, 1), help="None where nothing was sold the year before.")
    margin = fields.Monetary("Gross Margin", readonly=True, groups=AMOUNTS)
    margin_percent = fields.Float("Margin (%)", readonly=True, aggregator=None, groups=AMOUNTS, digits=(16, 1))
    revenue_rank = fields.Integer("Rank by Revenue", readonly=True, aggregator=None)
    growth_rank = fields.Integer("Rank by Growth", readonly=True, aggregator=None, help="By the amount of growth.")
    margin_rank = fields.Integer("Rank by Margin", readonly=True, aggregator=None, groups=AMOUNTS)

    @property
    def _table_query(self):
        today = self.env.company._crm_today()
        year, before = today - relativedelta(years=1), today - relativedelta(years=2)
        return SQL(
            """SELECT *, revenue - revenue_before AS growth_amount,
                      100.0 * (revenue - revenue_before) / NULLIF(GREATEST(revenue_before, 0), 0) AS growth,
                      100.0 * margin / NULLIF(GREATEST(revenue, 0), 0) AS margin_percent,
                      RANK() OVER (PARTITION BY company_id ORDER BY revenue DESC) AS revenue_rank,
                      RANK() OVER (PARTITION BY company_id ORDER BY revenue - revenue_before DESC) AS growth_rank,
                      RANK() OVER (PARTITION BY company_id ORDER BY margin DESC) AS margin_rank
                 FROM (SELECT MIN(id) AS id, company_id, currency_id, product_id, categ_id,
                              COALESCE(SUM(quantity) FILTER (WHERE date > %(year)s), 0) AS quantity,
                              COUNT(DISTINCT partner_id) FILTER (WHERE date > %(year)s) AS customers,
                              COALESCE(SUM(revenue) FILTER (WHERE date > %(year)s), 0) AS revenue,
                              COALESCE(SUM(revenue) FILTER (WHERE date > %(year)s AND contract_id IS NOT NULL), 0) AS contract_revenue,
                              COALESCE(SUM(revenue) FILTER (WHERE date <= %(year)s), 0) AS revenue_before,
                              COALESCE(SUM(margin) FILTER (WHERE date > %(year)s), 0) AS margin
                         FROM (%(lines)s) AS line WHERE product_id IS NOT NULL AND date <= %(today)s
                        GROUP BY company_id, currency_id, product_id, categ_id) AS product""",
            year=year, today=today, lines=self.env['crm.contract.sale']._lines_sql(before + relativedelta(days=1)))

    def action_open_sales(self):
        """Show the lines behind a product."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_contract_sale_action')
        return {**action, 'name': self.product_id.display_name, 'context': {'search_default_year': 1},
                'domain': [('product_id', '=', self.product_id.id), ('company_id', '=', self.company_id.id)]}
