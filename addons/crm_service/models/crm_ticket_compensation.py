from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.complaint import amount_problem


class CrmTicket(models.Model):
    """What a customer gets for a complaint: an agent proposes it, who has the right makes a credit note of it, accounting posts it."""
    _inherit = 'crm.ticket'

    compensation_invoice_id = fields.Many2one(
        'account.move', "Invoice", copy=False, index='btree_not_null', ondelete='set null', check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), ('commercial_partner_id', '=', commercial_partner_id)]")
    compensation_ref = fields.Char(
        "Invoice Number", compute='_compute_compensation_ref', inverse='_inverse_compensation_ref', compute_sudo=True,
        help="Of the invoice that the customer complains about.")
    compensation_currency_id = fields.Many2one('res.currency', compute='_compute_compensation_currency_id', compute_sudo=True)
    compensation_amount = fields.Monetary(
        "Compensation", currency_field='compensation_currency_id', copy=False, tracking=True,
        help="In the currency of the invoice, as its prices are: before tax, or with tax where they contain it.")
    credit_note_id = fields.Many2one('account.move', copy=False, readonly=True, index='btree_not_null', ondelete='set null')
    credit_note_state = fields.Selection(related='credit_note_id.state', string="State of the Credit Note")
    may_credit = fields.Boolean(compute='_compute_may_credit')

    _compensation_positive = models.Constraint('CHECK(compensation_amount >= 0)', "A compensation is not less than nothing.")

    @api.depends('compensation_invoice_id')
    def _compute_compensation_ref(self):
        for ticket in self:
            ticket.compensation_ref = ticket.compensation_invoice_id.name

    def _inverse_compensation_ref(self):
        """Find the invoice by its number, among those of the customer only; an agent need not have the right to invoices."""
        for ticket in self:
            number = (ticket.compensation_ref or '').strip()
            invoice = self.env['account.move'].sudo().search([
                ('name', '=', number), ('company_id', '=', ticket.company_id.id), ('move_type', '=', 'out_invoice'),
                ('state', '=', 'posted'), ('commercial_partner_id', '=', ticket.commercial_partner_id.id)], limit=1) if number else False
            if number and not invoice:
                customer = ticket.commercial_partner_id.name or ticket.name
                raise ValidationError(self.env._("%(customer)s has no posted invoice %(number)s.", customer=customer, number=number))
            ticket.compensation_invoice_id = invoice

    @api.depends('compensation_invoice_id.currency_id', 'company_id')
    def _compute_compensation_currency_id(self):
        for ticket in self:
            ticket.compensation_currency_id = ticket.compensation_invoice_id.currency_id or ticket.company_id.currency_id

    @api.depends_context('uid')
    def _compute_may_credit(self):
        user = self.env.user
        self.may_credit = user.has_group('crm_service.group_service_lead') or user.has_group('account.group_account_invoice')

    @api.constrains('partner_id', 'compensation_invoice_id')
    def _check_compensation_customer(self):
        for ticket in self.sudo():  # whose an invoice is, counts whoever looks
            if ticket.compensation_invoice_id and ticket.compensation_invoice_id.commercial_partner_id != ticket.commercial_partner_id:
                raise ValidationError(self.env._("The invoice is another customer's."))

    def action_credit_note(self):
        """Make a draft credit note of the compensation, once, and show it to those who may read it.

        :raise AccessError: for agents without the right to invoices
        :raise UserError: without an invoice or amount, with more than was billed, or where there is one already
        """
        self.ensure_one()
        self.check_access('write')
        if not self.may_credit:
            raise AccessError(self.env._("You propose a compensation; a team lead or accounting makes the credit note."))
        ticket = self.sudo()  # a team lead need not have the right to invoices: it is a draft, which accounting posts
        ticket.lock_for_update(allow_referencing=True)
        ticket.invalidate_recordset(['credit_note_id'])
        ticket._check_credit()
        note = self.env['account.move'].sudo().with_company(ticket.company_id).create(ticket._credit_note_vals())
        ticket.credit_note_id = note
        note.message_post(
            subtype_xmlid='mail.mt_note', author_id=self.env.user.partner_id.id,
            body=self.env._("Compensation for %(ticket)s.", ticket=ticket._get_html_link()))
        return self.action_open_credit_note()

    def _check_credit(self):
        invoice, currency = self.compensation_invoice_id, self.compensation_currency_id
        if self.kind != 'complaint':
            raise UserError(self.env._("Only complaints are compensated."))
        if self.credit_note_id and self.credit_note_id.state != 'cancel':
            raise UserError(self.env._(
                "There is a credit note for this complaint already: %(name)s.", name=self.credit_note_id.display_name))
        if not invoice:
            raise UserError(self.env._("Say which invoice of the customer it is about."))
        others = invoice.reversal_move_ids.filtered(lambda move: move.state != 'cancel')
        problem = amount_problem(self.compensation_amount, invoice.amount_untaxed, sum(others.mapped('amount_untaxed')))
        if problem == 'nothing':
            raise UserError(self.env._("Say how much the customer gets."))
        if problem == 'too_much':
            left = invoice.amount_untaxed - sum(others.mapped('amount_untaxed'))
            raise UserError(self.env._(
                "Invoice %(invoice)s leaves %(left)s to credit.", invoice=invoice.name, left=currency.format(left)))

    def _credit_note_vals(self):
        """Return the values of the credit note: booked like the line of the product complained about, else like the first."""
        invoice = self.compensation_invoice_id
        lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == 'product')
        line = lines.filtered(lambda line: self.product_id and line.product_id == self.product_id)[:1] or lines[:1]
        text = self.with_context(lang=self.lang).env._("Compensation for complaint %(name)s", name=self.name)
        return {
            'move_type': 'out_refund', 'company_id': self.company_id.id, 'journal_id': invoice.journal_id.id,
            'partner_id': invoice.partner_id.id,
            'currency_id': invoice.currency_id.id, 'fiscal_position_id': invoice.fiscal_position_id.id, 'reversed_entry_id': invoice.id,
            'invoice_user_id': invoice.invoice_user_id.id, 'invoice_origin': self.name, 'ref': text,
            'invoice_line_ids': [Command.create({
                'name': f"{text}: {self.title}", 'quantity': 1, 'price_unit': self.compensation_amount,
                'account_id': line.account_id.id, 'tax_ids': [Command.set(line.tax_ids.ids)]})]}

    def action_open_credit_note(self):
        """Open the credit note; tell its number to those who may not read it."""
        self.ensure_one()
        note = self.credit_note_id
        if note.has_access('read'):
            return {'type': 'ir.actions.act_window', 'res_model': 'account.move', 'res_id': note.id, 'views': [(False, 'form')]}
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'message': self.env._("The draft credit note is made; accounting posts it."), 'type': 'success',
            'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}
