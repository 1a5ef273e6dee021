from odoo import Command, api, models
from odoo.exceptions import UserError


class CrmContract(models.Model):
    """Where contracts come from: opportunities and quotations."""
    _inherit = 'crm.contract'

    @api.model
    def _from_orders(self, orders, **vals):
        """Return a new draft contract that covers orders.

        :param orders: of one customer, company and currency, covered by no contract yet
        :param vals: further values of the contract
        :raise UserError: for orders that cannot be under one contract; nothing is made then
        """
        self._check_together(orders)
        first = orders[0]
        users, leads = orders.user_id, orders.opportunity_id
        contract = self.with_company(first.company_id).create({
            'partner_id': first.partner_id.id, 'company_id': first.company_id.id, 'currency_id': first.currency_id.id,
            'user_id': (first.user_id if len(users) == 1 else self.env.user).id, 'lead_id': leads.id if len(leads) == 1 else False,
            **vals})
        contract._put_orders(orders)
        return contract

    @api.model
    def _check_together(self, orders):
        """:raise UserError: unless the orders are of one customer, company and currency, free, and not cancelled"""
        if not orders:
            raise UserError(self.env._("Choose at least one quotation or order."))
        if len(orders.partner_id.commercial_partner_id) > 1 or len(orders.company_id) > 1 or len(orders.currency_id) > 1:
            raise UserError(self.env._("One contract is made with one customer, by one company and in one currency. Choose such orders."))
        cancelled = orders.filtered(lambda order: order.state == 'cancel')
        if cancelled:
            raise UserError(self.env._("%(orders)s: cancelled. Choose other orders.", orders=", ".join(cancelled.mapped('name'))))

    def _put_orders(self, orders):
        """Put orders under a draft contract.

        :raise UserError: for orders of another customer, company or currency, or under another contract already
        """
        self.ensure_one()
        orders.write({'crm_contract_id': self.id})

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _open_create(self, orders, **defaults):
        """Return the action of the dialog that makes a contract of orders.

        :raise UserError: for orders that cannot be under one contract
        """
        self._check_together(orders)
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Contract of Orders"), 'res_model': 'crm.contract.create',
            'view_mode': 'form', 'target': 'new', 'context': {'default_order_ids': [Command.set(orders.ids)], **defaults}}

    def _open(self):
        """Return the action that opens the contracts: the form of a single one, else the list."""
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_contract_action')
        if len(self) == 1:
            return {**action, 'res_id': self.id, 'views': [(False, 'form')], 'domain': [], 'context': {}}
        return {**action, 'domain': [('id', 'in', self.ids)], 'context': {}}
