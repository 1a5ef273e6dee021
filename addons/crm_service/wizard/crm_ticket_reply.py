from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class CrmTicketReply(models.TransientModel):
    """Answering with a text that is there already, in the customer's language."""
    _name = 'crm.ticket.reply'
    _description = "Answer a Ticket"

    ticket_id = fields.Many2one('crm.ticket', required=True, default=lambda self: self.env.context.get('active_id'))
    template_id = fields.Many2one('crm.ticket.reply.template', "Prepared Answer", domain="[('id', 'in', template_ids)]")
    template_ids = fields.Many2many('crm.ticket.reply.template', compute='_compute_template_ids')
    lang_id = fields.Many2one('res.lang', "Language", compute='_compute_lang_id')
    recipient = fields.Char("To", compute='_compute_lang_id')
    body = fields.Html("Answer", compute='_compute_body', store=True, readonly=False, sanitize_style=True)
    attachment_ids = fields.Many2many('ir.attachment', string="Attachments", bypass_search_access=True)
    then = fields.Selection(
        [('stay', "Leave it as it is"), ('waiting', "Wait for the customer"), ('solved', "Solved")], "Afterwards", required=True,
        default='stay')

    @api.depends('ticket_id')
    def _compute_template_ids(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.template_ids = self.env['crm.ticket.reply.template'].search([
                ('company_id', 'in', (False, ticket.company_id.id)),
                '|', ('type_ids', '=', False), ('type_ids', 'in', ticket.type_id.ids),
                '|', ('team_ids', '=', False), ('team_ids', 'in', ticket.team_id.ids)])

    @api.depends('ticket_id')
    def _compute_lang_id(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.lang_id = self.env['res.lang'].with_context(active_test=False).search([('code', '=', ticket.lang)], limit=1)
            wizard.recipient = ticket.partner_id.email_formatted or ticket.email_from

    @api.depends('template_id')
    def _compute_body(self):
        for wizard in self:
            if wizard.template_id:
                wizard.body = wizard.template_id._render(wizard.ticket_id)

    def action_send(self):
        """Send the answer, and bring the ticket where it is then.

        :raise UserError: without a text, or an address
        """
        self.ensure_one()
        ticket = self.ticket_id
        if is_html_empty(self.body):
            raise UserError(self.env._("Choose an answer, or write one."))
        if not self.recipient:
            raise UserError(self.env._("Nobody would get the answer: give the ticket a contact or an e-mail address."))
        ticket.check_access('write')
        ticket.message_post(
            body=self.body, message_type='comment', subtype_xmlid='mail.mt_comment', attachment_ids=self.attachment_ids.ids,
            partner_ids=ticket.partner_id.ids, **({} if ticket.partner_id else {'outgoing_email_to': ticket.email_from}))
        template = self.template_id.sudo()  # whoever uses an answer need not have the right to change it
        template.use_count += 1
        if self.then == 'solved':
            ticket.action_solve()
        elif self.then == 'waiting' and ticket.state != 'waiting':
            ticket.action_wait()
        return {'type': 'ir.actions.act_window_close'}
