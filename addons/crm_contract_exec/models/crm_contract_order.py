from odoo import api, fields, models

from ..tools import contract_approval


class CrmContract(models.Model):
    """What a contract takes from its orders: amounts and discount, at the time it is submitted."""
    _inherit = 'crm.contract'

    order_difference = fields.Monetary(
        "Orders Differ By", compute='_compute_order_difference',
        help="Gross amount of the orders minus that of the contract. Once signed, an amendment brings them together.")
    order_count = fields.Integer("Number of Orders", compute='_compute_order_difference')

    @api.depends('order_ids.amount_total', 'order_ids.state', 'amount_total')
    def _compute_order_difference(self):
        """Not stored: the orders change as they like."""
        amounts = {
            contract.id: (count, amount) for contract, count, amount in self.env['sale.order'].sudo()._read_group(  # sums of own orders
                [('crm_contract_id', 'in', self.ids), ('state', '!=', 'cancel')], ['crm_contract_id'], ['__count', 'amount_total:sum'])}
        for contract in self:
            count, amount = amounts.get(contract.id, (0, 0))
            contract.order_count = count
            contract.order_difference = contract.currency_id.round(amount - contract.amount_total) if count else 0

    def _take_over_amounts(self):
        """Bring the amounts in line with the orders, after orders came under the contract, left it or were changed by an amendment."""
        self.env.add_to_compute(self._fields['amount_untaxed'], self)
        self.env.add_to_compute(self._fields['amount_total'], self)
        self.flush_recordset(['amount_untaxed', 'amount_total'])  # what the orders say now, not what they say when somebody looks

    def _discount(self):
        """Return by how many percent the orders are below the price list, over all lines; see :func:`contract_approval.discount`.

        The list price is looked up anew: what the order line remembers of it can be written.
        """
        self.ensure_one()
        lines = self.sudo().order_ids.filtered(lambda order: order.state != 'cancel').order_line.filtered(  # prices of own orders
            lambda line: not line.display_type and not line.is_downpayment)
        return contract_approval.discount([
            (line.product_uom_qty, line._get_display_price() if line.product_id else 0, line.price_unit, line.discount) for line in lines])
