from odoo import Command

from .common import ContractCommon


class PlanCommon(ContractCommon):
    """Plans of contracts, and the ways in which money moves."""

    @classmethod
    def _steps(cls, contract, rows):
        """Create the steps of a plan, in order after those that there are."""
        start = len(contract.step_ids)
        return cls.env['crm.contract.step'].create([
            {'contract_id': contract.id, 'name': f"Step {start + number}", 'sequence': 10 * (start + number), **row}
            for number, row in enumerate(rows, 1)])

    def _refresh(self, contract, date=None):
        return self.env['crm.contract']._refresh(contract, date)

    def _states(self, steps):
        return steps.mapped('state')

    def _billed(self, lines=((10, 100),)):
        """Return a contract being carried out over 1,000 net, 1,200 gross, and its order."""
        order = self._order(list(lines), confirm=True)
        return self._contract(order, state='executing'), order

    def _invoice(self, order, day='2026-06-01'):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    def _own_invoice(self, contract, amount, step=None, day='2026-06-01'):
        """Post an invoice that is put under the contract itself."""
        invoice = self._invoices([(contract.partner_id, day, amount)], post=False)
        invoice.write({'crm_contract_id': contract.id, 'crm_step_id': step.id if step else False})
        invoice.action_post()
        return invoice

    def _money(self, partner, day, amount):
        """Book money that came in (negative: went out), matched with nothing."""
        journal = self.env['account.journal'].search([('company_id', '=', self.company.id), ('type', '=', 'bank')], limit=1)
        receivable = self._receivable()
        move = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': journal.id, 'date': day, 'company_id': self.company.id, 'line_ids': [
                Command.create({'partner_id': partner.id, 'account_id': journal.default_account_id.id, 'balance': amount}),
                Command.create({'partner_id': partner.id, 'account_id': receivable.id, 'balance': -amount})]})
        move.action_post()
        return move

    def _receivable(self):
        return self.env['account.account'].search(
            [('company_ids', 'in', self.company.ids), ('account_type', '=', 'asset_receivable')], limit=1)

    def _match(self, *moves):
        lines = self.env['account.move'].union(*moves).line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable' and not line.reconciled)
        lines.reconcile()

    def _advance_payment(self, contract, amount, day='2026-06-05'):
        journal = self.env['account.journal'].search([('company_id', '=', self.company.id), ('type', '=', 'bank')], limit=1)
        method = journal.inbound_payment_method_line_ids[:1]
        method.payment_account_id = journal.default_account_id
        payment = self.env['account.payment'].create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': contract.partner_id.id, 'amount': amount, 'date': day,
            'journal_id': journal.id, 'payment_method_line_id': method.id, 'crm_contract_id': contract.id,
            'destination_account_id': self._receivable().id})
        payment.action_post()
        return payment

    def _reverse(self, invoice, day='2026-06-03'):
        """Take back an invoice as a whole."""
        return invoice._reverse_moves([{'invoice_date': day, 'date': day}], cancel=True)

    def _credit(self, invoice, gross, day='2026-06-03'):
        """Credit a part of an invoice, and match it with that."""
        note = invoice._reverse_moves([{'invoice_date': day, 'date': day}])
        line = note.invoice_line_ids.filtered(lambda line: line.display_type == 'product')
        line[1:].unlink()
        line[0].write({'quantity': 1, 'price_unit': gross / 1.2 if line[0].tax_ids else gross})
        note.action_post()
        self._match(invoice, note)
        return note

    def _write_off(self, invoice, amount, day='2026-06-05'):
        journal = self.env['account.journal'].search([('company_id', '=', self.company.id), ('type', '=', 'general')], limit=1)
        term = invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        expense = self.company.expense_account_id
        move = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': journal.id, 'date': day, 'company_id': self.company.id, 'line_ids': [
                Command.create({'partner_id': invoice.partner_id.id, 'account_id': expense.id, 'balance': amount}),
                Command.create({'partner_id': invoice.partner_id.id, 'account_id': term.account_id.id, 'balance': -amount})]})
        move.action_post()
        self._match(invoice, move)

    def _return(self, picking, quantity):
        wizard = self.env['stock.return.picking'].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking').create({'picking_id': picking.id})
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        back.move_ids.write({'quantity': quantity, 'picked': True})
        back.with_context(skip_backorder=True, skip_sms=True)._action_done()
        return back
