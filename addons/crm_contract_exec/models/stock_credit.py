from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Deliveries wait while their order is on hold or, where the company checks deliveries, its debtor is over the limit."""
    _inherit = 'stock.picking'

    crm_on_hold = fields.Boolean("On Credit Hold", compute='_compute_crm_on_hold', search='_search_crm_on_hold', compute_sudo=True)

    @api.depends('move_ids.sale_line_id', 'state')
    def _compute_crm_on_hold(self):
        leaving = self.filtered(lambda picking: picking.state not in ('done', 'cancel')).move_ids.filtered('sale_line_id')
        stopped = self.env['crm.credit.hold']._stopped(leaving.sale_line_id.order_id)
        for picking in self:
            picking.crm_on_hold = picking.state not in ('done', 'cancel') and bool(picking.move_ids.sale_line_id.order_id & stopped)

    @api.model
    def _search_crm_on_hold(self, operator, value):
        if operator != 'in':
            return NotImplemented
        waiting = self.env['crm.credit.hold'].sudo()._search([('state', '=', 'held')])   # transfers keep their own rules
        open_ones = [('state', 'not in', ('done', 'cancel')), ('move_ids.sale_line_id.order_id', 'in', waiting.subselect('order_id'))]
        return open_ones if True in value else ['!', '&', *open_ones]

    def action_crm_credit_holds(self):
        """Open the credit holds of the orders that are delivered."""
        return self.env['crm.credit.hold']._open(self.move_ids.sale_line_id.order_id)

    def button_validate(self):
        """Validate the transfers; if an order among them may not leave, it is put on hold, who decides is told, and none is validated.

        :return: as Odoo, or a notice of what is on hold
        """
        held = self.move_ids._crm_held_back()
        if not held:
            return super().button_validate()
        pickings = {order: picking for picking in self for order in picking.move_ids.sale_line_id.order_id if order in held}
        return self.env['crm.credit.hold']._put(held, 'delivery', pickings)._notice()


class StockMove(models.Model):
    _inherit = 'stock.move'

    def _action_done(self, cancel_backorder=False):
        held = self._crm_held_back()
        if held:
            raise UserError(self.env._(
                "%(orders)s may not be delivered: the customer is over the credit limit. Validate the transfer by itself: it is put on"
                " hold, and who decides is told.", orders=", ".join(order.name for order in held)))
        done = super()._action_done(cancel_backorder=cancel_backorder)
        held = done._crm_beyond_order()._crm_held_back(done=True)
        if held:
            raise UserError(self.env._(
                "%(orders)s: with more than was ordered the customer is over the credit limit. Deliver no more than ordered.",
                orders=", ".join(order.name for order in held)))
        return done

    def _crm_beyond_order(self):
        """Return those of the moves done by which more was delivered than ordered, where the company checks."""
        checked = self.sudo().filtered(lambda move: move.company_id.crm_credit_check != 'none')   # see _crm_held_back
        return checked.filtered(lambda move: move.sale_line_id.qty_delivered > move.sale_line_id.product_uom_qty)

    def _crm_held_back(self, done=False):
        """Return ``{order: figures}`` of the orders whose goods are about to leave (or just have left) to the customer and may not, see
        ``crm.credit``. An order is found by its lines, and by the reference of the move if somebody took the line off."""
        companies = self.company_id.sudo().filtered(lambda company: company.crm_credit_check != 'none')   # a setting, no secret
        if not companies:
            return {}
        leaving = self.sudo().filtered(lambda move: (   # the warehouse need not see orders to be kept from delivering them
            move.company_id in companies and move.location_dest_id.usage == 'customer' and move.location_id.usage != 'customer'
            and move.state != 'cancel' and (move.state == 'done') == done))
        orders = leaving.sale_line_id.order_id | leaving.filtered(lambda move: not move.sale_line_id).reference_ids.sale_ids
        relevant = orders.filtered(lambda order: order.company_id._crm_checks_deliveries())
        relevant |= self.env['crm.credit.hold']._stopped(orders - relevant)
        return self.env['crm.credit']._over_limit(relevant) if relevant else {}
