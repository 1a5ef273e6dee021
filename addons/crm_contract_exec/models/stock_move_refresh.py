from odoo import models
from odoo.tools import SQL


class StockMove(models.Model):
    """Contracts follow what leaves to the customer and comes back: one question which contracts are concerned."""
    _inherit = 'stock.move'

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        if done.ids:
            rows = self.env.execute_query(SQL(
                """SELECT DISTINCT sale.crm_contract_id
                     FROM stock_move AS move
                     JOIN sale_order_line AS line ON line.id = move.sale_line_id
                     JOIN sale_order AS sale ON sale.id = line.order_id
                    WHERE move.id = ANY(%s) AND sale.crm_contract_id IS NOT NULL""", done.ids))
            self.env['crm.contract']._refresh(self.env['crm.contract'].browse(row[0] for row in rows))
        return done
