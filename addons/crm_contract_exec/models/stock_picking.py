from odoo import fields, models


class StockPicking(models.Model):
    _inherit = 'stock.picking'

    crm_step_id = fields.Many2one(
        'crm.contract.step', "Contract Step", index='btree_not_null', copy=False, ondelete='set null', check_company=True,
        help="The step of the execution plan that this transfer was made for.")
