from odoo import models


class StockReturnPicking(models.TransientModel):
    """What comes back is taken off the step by which it was delivered."""
    _inherit = 'stock.return.picking'

    def _create_return(self):
        transfer = super()._create_return()
        if self.picking_id.crm_step_id:
            transfer.crm_step_id = self.picking_id.crm_step_id
        return transfer
