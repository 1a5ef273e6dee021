from odoo import api, fields, models


class CrmContract(models.Model):
    """The documents of a contract, as its buttons count and open them; each as far as the user may see it."""
    _inherit = 'crm.contract'

    invoice_count = fields.Integer("Invoices", compute='_compute_invoice_count')
    transfer_count = fields.Integer("Transfers", compute='_compute_transfer_count')

    @api.depends('order_ids')
    @api.depends_context('uid')
    def _compute_invoice_count(self):
        for contract in self:
            contract.invoice_count = len(contract._invoices())

    def _invoices(self):
        """Return the invoices and credit notes of the contracts that the user may read: those made for them, and of their orders."""
        moves = self.env['account.move']
        if not moves.has_access('read'):
            return moves
        return moves.search([
            ('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt')), ('state', '!=', 'cancel'), '|',
            ('crm_contract_id', 'in', self.ids),
            ('line_ids.sale_line_ids.order_id.crm_contract_id', 'in', self.ids)])

    @api.depends('order_ids')
    @api.depends_context('uid')
    def _compute_transfer_count(self):
        pickings = self.env['stock.picking']
        readable = pickings.has_access('read')
        for contract in self:
            contract.transfer_count = pickings.search_count([
                ('sale_id.crm_contract_id', '=', contract.id)]) if readable else 0

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _open_records(self, name, model, domain, **context):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': model, 'view_mode': 'list,form', 'domain': domain,
            'context': context}

    def action_open_orders(self):
        """Open the orders that the contract covers."""
        return self._open_records(self.env._("Orders"), 'sale.order', [('crm_contract_id', 'in', self.ids)], create=False)

    def action_open_invoices(self):
        """Open the invoices and credit notes of the contract."""
        action = self.env['ir.actions.act_window']._for_xml_id('account.action_move_out_invoice_type')
        return {**action, 'domain': [('id', 'in', self._invoices().ids)], 'context': {'create': False}}

    def action_open_transfers(self):
        """Open the deliveries and returns of the contract's orders."""
        return self._open_records(self.env._("Transfers"), 'stock.picking', [('sale_id.crm_contract_id', 'in', self.ids)], create=False)

    def action_open_sign(self):
        """Open the dialog in which the signature is recorded."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Record the Signature"), 'res_model': 'crm.contract.sign',
            'view_mode': 'form', 'target': 'new', 'context': {'default_contract_id': self.id}}
