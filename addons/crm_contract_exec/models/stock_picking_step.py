from odoo import models


class StockPicking(models.Model):
    """What is left of a step's transfer is still the step's."""
    _inherit = 'stock.picking'

    def _create_backorder_picking(self):
        backorder = super()._create_backorder_picking()
        if self.crm_step_id:
            backorder.crm_step_id = self.crm_step_id
        return backorder
