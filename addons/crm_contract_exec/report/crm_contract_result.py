from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.contract_state import RUNNING, SIGNED_EVER, STATES

# what every report on contracts reads, besides its own
CONTRACT_FIELDS = [
    'partner_id', 'company_id', 'user_id', 'team_id', 'type_id', 'state', 'date_signed', 'currency_id', 'amount_untaxed', 'amount_total',
    'is_manual', 'invoiced_amount', 'collected_amount', 'overdue_amount']
FACT_FIELDS = {
    'sale.order': ['crm_contract_id', 'currency_rate', 'state'],
    'sale.order.line': [
        'order_id', 'product_id', 'product_uom_id', 'product_uom_qty', 'qty_delivered', 'qty_invoiced', 'invoice_lines', 'price_subtotal'],
    'account.move': [
        'crm_contract_id', 'state', 'move_type', 'invoice_date', 'amount_total', 'amount_untaxed_signed', 'reversed_entry_id'],
    'account.move.line': ['move_id', 'parent_state', 'display_type', 'product_id', 'quantity', 'balance', 'price_total', 'price_subtotal'],
    'stock.move': ['sale_line_id', 'state', 'date', 'quantity', 'value'],
    'product.product': ['standard_price'],
    'product.template': ['is_storable', 'uom_id'],
}


class CrmContractResult(models.Model):
    """What a contract brings: planned, so far, and expected in the end. One row per signed contract, in the company's currency.

    Revenue is what was invoiced, net; cost what the goods delivered and the services invoiced cost; expenses what vendors billed for
    the contract. An advance is revenue before anything was delivered: while a contract runs, the *expected* margin is the one to
    compare with the plan. It takes the contract's amount, the cost so far, and what is left at present cost.
    """
    _name = 'crm.contract.result'
    _description = "Contract Results"
    _auto = False
    _rec_name = 'contract_id'
    _order = 'date_signed desc, id desc'
    _depends = {'crm.contract': CONTRACT_FIELDS, **FACT_FIELDS, 'crm.customer': ['partner_id', 'company_id', 'grade_id']}

    contract_id = fields.Many2one('crm.contract', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', "Company Currency", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    type_id = fields.Many2one('crm.contract.type', readonly=True)
    state = fields.Selection(STATES, readonly=True)
    date_signed = fields.Date("Signed On", readonly=True)
    planned_revenue = fields.Monetary("Contract Amount", readonly=True, help="Net amount of the contract.")
    revenue = fields.Monetary("Invoiced", readonly=True, help="Net amount invoiced, less credit notes.")
    collected = fields.Monetary(readonly=True, help="Gross amount collected.")
    overdue = fields.Monetary(readonly=True, help="Gross amount overdue.")
    planned_cost = fields.Monetary(readonly=True, groups=AMOUNTS, help="Cost of everything ordered, as it was sold or at present cost.")
    planned_margin = fields.Monetary(readonly=True, groups=AMOUNTS)
    cost = fields.Monetary("Cost of Goods", readonly=True, groups=AMOUNTS, help="Of what was delivered, as the stock was valued.")
    expense = fields.Monetary("Expenses", readonly=True, groups=AMOUNTS, help="What vendors billed for the contract.")
    margin = fields.Monetary("Margin So Far", readonly=True, groups=AMOUNTS, help="Invoiced less cost of goods and expenses.")
    expected_margin = fields.Monetary(
        readonly=True, groups=AMOUNTS, help="Contract amount less cost so far, expenses, and what is left at present cost. Of a contract"
        " that has ended: the margin.")
    deviation = fields.Monetary("Against Plan", readonly=True, groups=AMOUNTS, help="Expected margin less planned margin.")
    margin_percent = fields.Float(
        "Expected Margin (%)", readonly=True, groups=AMOUNTS, aggregator='avg', digits=(16, 1),
        help="Expected margin per contract amount; in groups the plain mean of the contracts.")

    @property
    def _table_query(self):
        return SQL("SELECT * FROM (%s) AS result", self._computed_sql())

    @api.model
    def _computed_sql(self):
        """Return the rows with the differences of what :meth:`_figures_sql` finds."""
        return SQL(
            """SELECT figure.*, planned_revenue - planned_cost AS planned_margin, figure.revenue - cost - expense AS margin,
                      expected.margin AS expected_margin, expected.margin - (planned_revenue - planned_cost) AS deviation,
                      100 * expected.margin / NULLIF(final.revenue, 0) AS margin_percent
                 FROM (%s) AS figure
           CROSS JOIN LATERAL (SELECT CASE WHEN figure.state = ANY(%s) THEN planned_revenue ELSE figure.revenue END AS revenue) AS final
           CROSS JOIN LATERAL (
                      SELECT final.revenue - cost - expense - CASE WHEN figure.state = ANY(%s) THEN cost_left ELSE 0 END AS margin
                      ) AS expected""", self._figures_sql(), list(RUNNING), list(RUNNING))

    @api.model
    def _figures_sql(self):
        contracts = self.env['crm.contract']
        condition = SQL("contract.state = ANY(%s)", list(SIGNED_EVER))
        return SQL(
            """SELECT contract.id, contract.id AS contract_id, contract.partner_id, customer.grade_id, contract.company_id,
                      company.currency_id, contract.user_id, contract.team_id, contract.type_id, contract.state, contract.date_signed,
                      contract.amount_untaxed / rate.rate AS planned_revenue,
                      CASE WHEN contract.is_manual
                           THEN contract.invoiced_amount / rate.rate * contract.amount_untaxed / NULLIF(contract.amount_total, 0)
                           ELSE COALESCE(invoiced.amount, 0) END AS revenue,
                      COALESCE(contract.collected_amount, 0) / rate.rate AS collected,
                      COALESCE(contract.overdue_amount, 0) / rate.rate AS overdue,
                      COALESCE(planned.cost, 0) AS planned_cost, COALESCE(planned.cost_left, 0) AS cost_left,
                      COALESCE(cost.amount, 0) AS cost, COALESCE(expense.amount, 0) AS expense
                 FROM crm_contract AS contract
                 JOIN res_company AS company ON company.id = contract.company_id
           CROSS JOIN LATERAL (SELECT %(rate)s AS rate) AS rate
            LEFT JOIN crm_customer AS customer
                      ON customer.partner_id = contract.partner_id AND customer.company_id = contract.company_id
            LEFT JOIN (SELECT contract_id, SUM(move.amount_untaxed_signed * fact.share) AS amount
                         FROM (%(invoiced)s) AS fact JOIN account_move AS move ON move.id = fact.move_id
                        GROUP BY contract_id) AS invoiced ON invoiced.contract_id = contract.id
            LEFT JOIN (%(planned)s) AS planned ON planned.contract_id = contract.id
            LEFT JOIN (SELECT contract_id, SUM(amount) AS amount FROM (%(cost)s) AS fact GROUP BY contract_id) AS cost
                      ON cost.contract_id = contract.id
            LEFT JOIN (SELECT contract_id, SUM(amount) AS amount FROM (%(expense)s) AS fact GROUP BY contract_id) AS expense
                      ON expense.contract_id = contract.id
                WHERE %(condition)s""",
            rate=contracts._company_rate_sql(SQL("COALESCE(contract.date_signed, CURRENT_DATE)")), planned=self._planned_sql(condition),
            invoiced=contracts._invoiced_sql(condition), cost=contracts._goods_cost_sql(condition),
            expense=contracts._expense_sql(condition), condition=condition)

    @api.model
    def _planned_sql(self, condition):
        """Return the relation ``(contract_id, cost, cost_left)``: the cost of all order lines, and of what is not yet delivered (or,
        where nothing is delivered, not yet invoiced) at present cost."""
        present = self.env['crm.contract']._unit_cost_sql(SQL("line.company_id"))
        sold = present
        if 'purchase_price' in self.env['sale.order.line']._fields:     # the cost on the day of the sale, where it is kept
            sold = SQL("line.purchase_price / NULLIF(sale.currency_rate, 0)")
        return SQL(
            """SELECT contract.id AS contract_id, SUM(line.product_uom_qty * %(sold)s) AS cost,
                      SUM(GREATEST(line.product_uom_qty - CASE WHEN template.is_storable THEN line.qty_delivered
                                                               ELSE line.qty_invoiced END, 0) * %(present)s) AS cost_left
                 FROM crm_contract AS contract
                 JOIN sale_order AS sale ON sale.crm_contract_id = contract.id AND sale.state <> 'cancel'
                 JOIN sale_order_line AS line ON line.order_id = sale.id
                 JOIN product_product AS product ON product.id = line.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id
                 JOIN uom_uom AS unit ON unit.id = template.uom_id
                 JOIN uom_uom AS line_unit ON line_unit.id = line.product_uom_id
                WHERE %(condition)s AND line.is_downpayment IS NOT TRUE GROUP BY contract.id""",
            sold=sold, present=present, condition=condition)

    def action_open_contract(self):
        """Open the contract behind a line."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.contract', 'res_id': self.contract_id.id, 'views': [(False, 'form')]}
