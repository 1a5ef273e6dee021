from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ..tools.step_state import KINDS


class CrmContractAmendmentPart(models.AbstractModel):
    """Part of an amendment: changed while the amendment is a draft."""
    _name = 'crm.contract.amendment.part'
    _description = "Part of an Amendment"

    amendment_id = fields.Many2one('crm.contract.amendment', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='amendment_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='amendment_id.currency_id')

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.amendment_id._check_draft()
        return parts

    def write(self, vals):
        self.amendment_id._check_draft()
        result = super().write(vals)
        self.amendment_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self.amendment_id._check_draft()


class CrmContractAmendmentLine(models.Model):
    """Price and quantity of an order line as they shall be; without an order line, something that comes on top."""
    _name = 'crm.contract.amendment.line'
    _description = "Price and Quantity in an Amendment"
    _inherit = 'crm.contract.amendment.part'
    _order = 'amendment_id, id'

    order_line_id = fields.Many2one('sale.order.line', index='btree_not_null', ondelete='restrict')
    order_id = fields.Many2one(
        'sale.order', compute='_compute_order_id', store=True, readonly=False, precompute=True, required=True, ondelete='restrict')
    contract_id = fields.Many2one(related='amendment_id.contract_id')
    product_id = fields.Many2one('product.product', required=True, ondelete='restrict', domain=[('sale_ok', '=', True)])
    uom_id = fields.Many2one('uom.uom', "Unit", compute='_compute_uom_id')
    old_quantity = fields.Float("Agreed Quantity", readonly=True, digits='Product Unit')
    old_price_unit = fields.Float("Agreed Price", readonly=True, digits='Product Price')
    quantity = fields.Float("New Quantity", required=True, default=1, digits='Product Unit')
    price_unit = fields.Float("New Price", required=True, digits='Product Price')
    change_untaxed = fields.Monetary("Change of Net Amount", compute='_compute_change_untaxed')
    is_price = fields.Boolean(compute='_compute_change', store=True)
    is_quantity = fields.Boolean(compute='_compute_change', store=True)

    _positive = models.Constraint('CHECK(quantity >= 0)', "A quantity cannot be negative. What comes back is a return of goods.")

    @api.depends('amendment_id')
    def _compute_order_id(self):
        """What comes on top goes into the last order of the contract."""
        for line in self:
            orders = line.amendment_id.contract_id.sudo().order_ids  # the orders of a contract that the user amends
            line.order_id = line.order_id or orders.filtered(lambda order: order.state != 'cancel')[:1]

    @api.depends('order_line_id', 'product_id')
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.sudo().order_line_id.product_uom_id or line.product_id.uom_id  # a unit is no secret

    @api.depends('old_quantity', 'old_price_unit', 'quantity', 'price_unit', 'order_line_id')
    def _compute_change_untaxed(self):
        for line in self:
            discount = 1 - line.sudo().order_line_id.discount / 100  # agreed with the customer, no secret
            line.change_untaxed = (line.quantity * line.price_unit - line.old_quantity * line.old_price_unit) * discount

    @api.depends('old_quantity', 'old_price_unit', 'quantity', 'price_unit', 'order_line_id')
    def _compute_change(self):
        prices = self.env['decimal.precision'].precision_get('Product Price')
        units = self.env['decimal.precision'].precision_get('Product Unit')
        for line in self:
            line.is_price = bool(line.order_line_id) and float_compare(line.price_unit, line.old_price_unit, precision_digits=prices) != 0
            line.is_quantity = float_compare(line.quantity, line.old_quantity, precision_digits=units) != 0

    @api.constrains('order_id', 'order_line_id', 'amendment_id')
    def _check_order(self):
        for line in self:
            lines, order = line.sudo().order_line_id, line.sudo().order_id  # checked whoever may see the order
            if order.crm_contract_id != line.amendment_id.contract_id or (lines and lines.order_id != order):
                raise ValidationError(self.env._(
                    "Order %(order)s is not covered by contract %(contract)s.",
                    order=order.name, contract=line.amendment_id.contract_id.name))


class CrmContractAmendmentStep(models.Model):
    """A step of the plan as it shall be; without a step, one that comes on top."""
    _name = 'crm.contract.amendment.step'
    _description = "Plan Step in an Amendment"
    _inherit = 'crm.contract.amendment.part'
    _order = 'amendment_id, sequence, id'

    step_id = fields.Many2one('crm.contract.step', "Present Step", index='btree_not_null', ondelete='cascade')
    sequence = fields.Integer(default=1000)
    kind = fields.Selection(KINDS, required=True, default='collect')
    name = fields.Char(required=True)
    old_date_due = fields.Date("Agreed Day", readonly=True)
    old_amount = fields.Monetary("Agreed Amount", readonly=True)
    date_due = fields.Date("New Day")
    amount = fields.Monetary("New Amount")
    is_dropped = fields.Boolean("Drop")
    is_changed = fields.Boolean(compute='_compute_is_changed', store=True)

    _positive = models.Constraint('CHECK(amount >= 0)', "An instalment cannot be negative.")

    @api.depends('step_id', 'date_due', 'amount', 'is_dropped', 'old_date_due', 'old_amount', 'name')
    def _compute_is_changed(self):
        for line in self:
            step = line.sudo().step_id  # a step of the contract that the user amends
            line.is_changed = (
                not step or line.is_dropped or line.date_due != line.old_date_due or line.name != step.name
                or bool(line.currency_id.compare_amounts(line.amount, line.old_amount)))

    @api.constrains('step_id', 'amendment_id')
    def _check_step(self):
        for line in self:
            if line.sudo().step_id and line.sudo().step_id.contract_id != line.amendment_id.contract_id:  # checked whoever may see the step
                raise ValidationError(self.env._("“%(step)s” is a step of another contract.", step=line.name))


class CrmContractAmendmentShare(models.Model):
    """Who shall be credited with the contract, and with what share."""
    _name = 'crm.contract.amendment.share'
    _description = "Share in an Amendment"
    _inherit = 'crm.contract.amendment.part'
    _order = 'amendment_id, percent desc, id'

    user_id = fields.Many2one('res.users', "Person", required=True, ondelete='restrict', domain=[('share', '=', False)])
    percent = fields.Float("Share (%)", required=True, default=100)

    _user_uniq = models.Constraint('UNIQUE(amendment_id, user_id)', "A person has one share in a contract.")
    _percent_positive = models.Constraint('CHECK(percent > 0 AND percent <= 100)', "A share lies above 0 and up to 100 percent.")
