from odoo import fields, models


class CrmContractStepLine(models.Model):
    """How much of an order line a delivery step covers."""
    _name = 'crm.contract.step.line'
    _description = "Quantity of a Delivery Step"
    _order = 'step_id, id'

    step_id = fields.Many2one('crm.contract.step', required=True, index=True, ondelete='cascade')
    contract_id = fields.Many2one(related='step_id.contract_id', store=True, index=True, precompute=True)
    company_id = fields.Many2one(related='step_id.company_id', store=True, index=True, precompute=True)
    order_line_id = fields.Many2one('sale.order.line', required=True, index=True, ondelete='restrict')
    product_id = fields.Many2one(related='order_line_id.product_id')
    uom_id = fields.Many2one(related='order_line_id.product_uom_id')
    quantity = fields.Float(required=True, digits='Product Unit', help="In the unit of the order line.")
    done_quantity = fields.Float("Delivered", readonly=True, copy=False, digits='Product Unit')

    _quantity_positive = models.Constraint('CHECK(quantity > 0)', "A delivery step covers more than nothing of an order line.")
