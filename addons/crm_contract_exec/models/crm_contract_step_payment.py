from odoo import models
from odoo.exceptions import UserError

IN_TRANSIT = ('pending', 'authorized')


class CrmContractStep(models.Model):
    """Payment links of instalments: what is open of the instalment, on the document that the money belongs to."""
    _inherit = 'crm.contract.step'

    def action_payment_link(self):
        """Open a link by which the customer pays what is open of an instalment.

        It is a link to the oldest open invoice, or to the order before there is one; never to more than that has open, nor to what is on
        its way already.

        :raise AccessError: for people who may neither sell nor invoice
        :raise UserError: where nothing is to be paid, or no document could be paid
        """
        self._check_document(('collect',), {'rep', 'manager', 'finance'})
        step = self.sudo()   # the open invoices of the contract decide, whether the user may read each of them or not
        step.contract_id._refresh(step.contract_id)
        if step.state in ('done', 'void'):
            raise UserError(self.env._("Nothing is left to do for “%(step)s”.", step=self.name))
        document, payable = step._payable_document()
        currency = document.currency_id   # an invoice may be in another one than its contract
        left = step.currency_id._convert(
            step.open_amount - step._in_transit(document), currency, step.company_id, step.company_id._crm_today())
        amount = currency.round(min(left, payable))
        if currency.compare_amounts(amount, 0) <= 0:
            raise UserError(self.env._("What is open of “%(step)s” is on its way already. Wait until it has arrived.", step=self.name))
        wizard = self.env['payment.link.wizard'].with_context(active_model=document._name, active_id=document.id).create({'amount': amount})
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Payment Link"), 'res_model': 'payment.link.wizard', 'res_id': wizard.id,
            'views': [(False, 'form')], 'target': 'new', 'context': {'active_model': document._name, 'active_id': document.id}}

    def _payable_document(self):
        """Return the document to be paid and what is open of it, in its currency: the step's own invoice, the oldest of the contract, else
        an order."""
        invoices = self.invoice_ids | self.env['account.move'].search([
            '|', ('crm_contract_id', '=', self.contract_id.id),
            ('line_ids.sale_line_ids.order_id.crm_contract_id', '=', self.contract_id.id)])
        payable = invoices.filtered(
            lambda move: move.move_type == 'out_invoice' and move.state == 'posted' and move.payment_state in ('not_paid', 'partial'))
        if payable:
            first = payable.sorted(lambda move: (move.crm_step_id != self, move.invoice_date_due or move.date, move.id))[0]
            return first, first.amount_residual
        drafts = invoices.filtered(lambda move: move.state == 'draft')
        if drafts:
            raise UserError(self.env._("Post the invoice of “%(step)s” first: a draft cannot be paid.", step=self.name))
        for order in self.contract_id.order_ids.filtered(lambda order: order.state == 'sale'):
            left = order.amount_total - order.amount_paid
            if order.currency_id.compare_amounts(left, 0) > 0:
                return order, left
        raise UserError(self.env._(
            "Nothing of contract %(name)s can be paid yet. Confirm its order, or create an invoice.", name=self.contract_id.name))

    def _in_transit(self, document):
        """Return what the customer has paid online of a document that has not arrived yet; in the currency of the contract."""
        transactions = document.transaction_ids.filtered(
            lambda transaction: transaction.state in IN_TRANSIT or transaction.state == 'done' and not transaction.is_post_processed)
        return sum(
            transaction.currency_id._convert(
                transaction.amount, self.currency_id, self.company_id, self.company_id._crm_today())
            for transaction in transactions)
