from odoo import api, fields, models
from odoo.exceptions import UserError

CHECKED = 'crm_credit_checked'   # in the cache of the cursor, which no client can reach: the orders that may be confirmed right now
DEBTOR = {'partner_id', 'partner_invoice_id'}
# what Odoo computes and a client could write all the same, to look smaller than it is
ORDER_RESULTS = {'currency_rate', 'amount_total', 'amount_untaxed', 'amount_tax'}
LINE_RESULTS = {
    'price_total', 'price_subtotal', 'price_tax', 'price_reduce_taxinc', 'qty_invoiced', 'untaxed_amount_to_invoice', 'invoice_lines'}
AMOUNTS = {'product_id', 'product_uom_qty', 'product_uom_id', 'price_unit', 'discount', 'tax_ids', 'order_id', 'technical_price_unit'}


class SaleOrder(models.Model):
    """Confirming, by whatever way, and making a confirmed order larger pass the check of the credit limit.

    Nothing lifts it but a release: neither a context key nor superuser rights, since signatures and payments come in with them.
    Where the company does not check orders, it costs the look at one field of the company.
    """
    _inherit = 'sale.order'

    crm_credit_hold_ids = fields.One2many('crm.credit.hold', 'order_id', "Credit Holds", readonly=True, copy=False)
    crm_on_hold = fields.Boolean("On Credit Hold", compute='_compute_crm_on_hold', search='_search_crm_on_hold', compute_sudo=True)

    @api.depends('crm_credit_hold_ids.state')
    def _compute_crm_on_hold(self):
        stopped = self.env['crm.credit.hold']._stopped(self)
        for order in self:
            order.crm_on_hold = order in stopped

    @api.model
    def _search_crm_on_hold(self, operator, value):
        if operator != 'in':
            return NotImplemented
        waiting = self.env['crm.credit.hold'].sudo()._search([('state', '=', 'held')])   # orders keep their own rules
        holds = waiting.subselect('order_id')
        return [('id', 'in' if True in value else 'not in', holds)]

    def action_crm_credit_holds(self):
        """Open the credit holds of the orders."""
        return self.env['crm.credit.hold']._open(self)

    # ------------------------------------------------------------------
    # The ways into an order
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Confirm the quotations; those over the credit limit are put on hold instead, and go on once released.

        :return: as Odoo; where all are on hold, a notice that says so
        """
        checked = self.filtered(lambda order: order.company_id.sudo()._crm_checks_orders())   # a setting, no secret
        if not checked:
            return super().action_confirm()
        credit = self.env['crm.credit']
        checked._crm_recompute_amounts()
        held = credit._to_hold(checked.filtered(lambda order: order.state in ('draft', 'sent')))
        holds = self.env['crm.credit.hold']._put(held, 'confirm') if held else self.env['crm.credit.hold']
        ready = self - self.env['sale.order'].union(*held)
        if not ready:
            return holds._notice()
        (checked & ready)._crm_settle_holds()
        self.env.cr.cache[CHECKED] = set(ready.ids)
        try:
            result = super(SaleOrder, ready).action_confirm()
        finally:
            self.env.cr.cache.pop(CHECKED, None)
        return holds._notice() if holds else result

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if any(vals.get('state') == 'sale' for vals in vals_list):
            orders.filtered(lambda order: order.state == 'sale')._crm_check_change()
        return orders

    def write(self, vals):
        self._crm_refuse_results(vals, ORDER_RESULTS)
        if vals.get('state') == 'sale':
            self._crm_refuse_unchecked()
        elif vals.get('state') in ('draft', 'cancel'):
            self._crm_withdraw_holds()
        moved = DEBTOR & vals.keys() and self.filtered(lambda order: order.state == 'sale')
        result = super().write(vals)
        if moved:
            moved._crm_check_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_crm_credit_holds(self):
        self._crm_withdraw_holds()

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _crm_recompute_amounts(self):
        """Compute amounts and rates anew: an order may have been created with other ones than its lines have. Nothing is written where
        they were right."""
        for records, names in ((self.order_line, ('price_subtotal', 'price_tax', 'price_total')), (self, sorted(ORDER_RESULTS))):
            for name in names:
                self.env.add_to_compute(records._fields[name], records)

    def _crm_refuse_results(self, vals, results):
        """:raise UserError: where a client writes what Odoo computes, on orders whose credit is checked"""
        if not self.env.su and results & vals.keys() and any(
                order.company_id.sudo()._crm_checks_orders() for order in self):   # a setting, no secret
            raise UserError(self.env._("Amounts of orders follow from their lines. Change prices and quantities instead."))

    def _crm_refuse_unchecked(self):
        """Keep out what is set to "sales order" past :meth:`action_confirm`.

        :raise UserError: for an order over the limit
        """
        allowed = self.env.cr.cache.get(CHECKED, ())
        unchecked = self.filtered(lambda order: (
            order.state != 'sale' and order.id not in allowed and order.company_id.sudo()._crm_checks_orders()))
        unchecked._crm_recompute_amounts()
        held = unchecked and self.env['crm.credit']._to_hold(unchecked)
        if held:
            raise UserError(self.env._(
                "With %(orders)s the customer is over the credit limit. Confirm the order: it is put on hold, and who decides is told.",
                orders=", ".join(order.name for order in held)))

    def _crm_check_change(self):
        """Put confirmed orders on hold that grew, or came to another debtor, and are over the limit: their deliveries wait."""
        checked = self.filtered(lambda order: order.company_id.sudo()._crm_checks_orders())   # a setting, no secret
        if checked:
            held = self.env['crm.credit']._over_limit(checked)
            if held:
                self.env['crm.credit.hold']._put(held, 'change')

    def _crm_settle_holds(self):
        """Close the open holds of orders that go through now."""
        holds = self.env['crm.credit.hold'].sudo().search([('order_id', 'in', self.ids), ('state', '=', 'held')])   # see _put
        if holds:
            holds.filtered(lambda hold: hold.origin == 'confirm')._close()

    def _crm_withdraw_holds(self):
        """Close the holds of orders that are given up or revised: a later release must not confirm them."""
        checked = self.filtered(lambda order: order.company_id.sudo().crm_credit_check != 'none')   # a setting, no secret
        if checked:
            self.env['crm.credit.hold'].sudo().search([('order_id', 'in', checked.ids), ('state', '=', 'held')])._close()   # see _put


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        confirmed = lines._crm_of_confirmed()
        if confirmed:
            confirmed.filtered('price_total').order_id._crm_check_change()
        return lines

    def write(self, vals):
        if LINE_RESULTS & vals.keys():
            self.order_id._crm_refuse_results(vals, LINE_RESULTS)
        watched = self._crm_of_confirmed() if AMOUNTS & vals.keys() else self.browse()
        before = {order: order.amount_total for order in watched.order_id}
        if vals.get('order_id') and AMOUNTS & vals.keys():
            target = self.env['sale.order'].browse(vals['order_id'])
            before.setdefault(target, target.amount_total)
        result = super().write(vals)
        grown = self.env['sale.order'].union(*(order for order, amount in before.items() if order.amount_total > amount))
        if grown:
            grown.filtered(lambda order: order.state == 'sale')._crm_check_change()
        return result

    def _crm_of_confirmed(self):
        """Return the lines of confirmed orders of companies that check orders."""
        return self.filtered(lambda line: line.order_id.state == 'sale' and line.order_id.company_id.sudo()._crm_checks_orders())
