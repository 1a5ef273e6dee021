from odoo import api, models
from odoo.tools import SQL

from .crm_contract_fact import EVERY

# what one unit of a line costs today: the company's present cost of the product, in the unit of the line
UNIT_COST = """COALESCE((product.standard_price ->> %(company)s::text)::numeric, 0)
               * COALESCE(line_unit.factor, 1) / NULLIF(COALESCE(unit.factor, 1), 0)"""


class CrmContract(models.Model):
    """What contracts cost: goods, services and expenses, from stock valuation and the books. In the company's currency."""
    _inherit = 'crm.contract'

    @api.model
    def _company_rate_sql(self, day):
        """Return what one unit of the company's currency is in the currency of ``contract`` on a day (SQL): amounts divided by it are
        in the company's currency. Needs the aliases ``contract`` and ``company``."""
        return self.env['crm.performance.entry']._rate_sql(SQL("company.currency_id"), SQL("contract.currency_id"), day)

    @api.model
    def _unit_cost_sql(self, company):
        """Return the present cost of one unit of a line; needs the aliases ``product``, ``line_unit`` and ``unit`` (the product's)."""
        return SQL(UNIT_COST, company=company)

    @api.model
    def _invoice_item_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, item_id)`` of the product lines of posted invoices and credit notes that belong to
        contracts: by their order lines, or by the contract named on the invoice."""
        return SQL(
            """SELECT contract.id AS contract_id, rel.invoice_line_id AS item_id
                 FROM crm_contract AS contract
                 JOIN sale_order AS sale ON sale.crm_contract_id = contract.id
                 JOIN sale_order_line AS line ON line.order_id = sale.id
                 JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
                 JOIN account_move_line AS item ON item.id = rel.invoice_line_id
                WHERE item.parent_state = 'posted' AND item.display_type = 'product' AND %(condition)s
                UNION
               SELECT contract.id, item.id
                 FROM crm_contract AS contract
                 JOIN account_move AS own ON own.crm_contract_id = contract.id
                 JOIN account_move_line AS item ON item.move_id = own.id
                WHERE item.parent_state = 'posted' AND item.display_type = 'product' AND %(condition)s
                  AND own.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""", condition=condition)

    @api.model
    def _goods_cost_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, product_id, date, amount)`` of the cost of what was sold, by the day of the delivery or
        of the invoice. Goods kept in stock: what the stock valuation took for them, less what it took back on returns; dropshipped
        ones and what is not kept in stock, such as services: the quantity delivered, or invoiced, at the product's present cost."""
        return SQL("%s UNION ALL %s", self._goods_cost_stock_sql(condition), self._goods_cost_service_sql(condition))

    @api.model
    def _goods_cost_stock_sql(self, condition):
        return SQL(
            """SELECT fact.contract_id, product.id AS product_id, fact.date,
                      CASE WHEN move.is_dropship THEN fact.quantity * %(cost)s ELSE SIGN(fact.quantity) * move.value END AS amount
                 FROM (%(delivered)s) AS fact
                 JOIN stock_move AS move ON move.id = fact.move_id
                 JOIN sale_order_line AS line ON line.id = fact.order_line_id
                 JOIN product_product AS product ON product.id = move.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id AND template.is_storable
                 JOIN uom_uom AS unit ON unit.id = template.uom_id
                 JOIN uom_uom AS line_unit ON line_unit.id = line.product_uom_id""",
            delivered=self._delivered_sql(condition), cost=self._unit_cost_sql(SQL("line.company_id")))

    @api.model
    def _goods_cost_service_sql(self, condition):
        return SQL(
            """SELECT fact.contract_id, product.id AS product_id, move.invoice_date AS date,
                      CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * item.quantity * %(cost)s AS amount
                 FROM (%(items)s) AS fact
                 JOIN account_move_line AS item ON item.id = fact.item_id
                 JOIN account_move AS move ON move.id = item.move_id
                 JOIN product_product AS product ON product.id = item.product_id
                 JOIN product_template AS template ON template.id = product.product_tmpl_id AND template.is_storable IS NOT TRUE
                 JOIN uom_uom AS unit ON unit.id = template.uom_id
            LEFT JOIN uom_uom AS line_unit ON line_unit.id = item.product_uom_id""",
            items=self._invoice_item_sql(condition), cost=self._unit_cost_sql(SQL("item.company_id")))

    @api.model
    def _expense_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, move_id, date, amount)`` of what vendors billed for a contract: posted bills that name it.
        Goods kept in stock are left out: their cost counts when they are delivered."""
        return SQL(
            """SELECT contract.id AS contract_id, bill.id AS move_id, bill.invoice_date AS date, item.balance AS amount
                 FROM crm_contract AS contract
                 JOIN account_move AS bill ON bill.crm_contract_id = contract.id
                      AND bill.move_type IN ('in_invoice', 'in_refund', 'in_receipt') AND bill.state = 'posted'
                 JOIN account_move_line AS item ON item.move_id = bill.id AND item.display_type = 'product'
            LEFT JOIN product_product AS product ON product.id = item.product_id
            LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
                WHERE template.is_storable IS NOT TRUE AND %s""", condition)
