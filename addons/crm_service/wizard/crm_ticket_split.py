from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CrmTicketSplit(models.TransientModel):
    """Which messages of a ticket are about something else."""
    _name = 'crm.ticket.split'
    _description = "Split a Ticket"

    ticket_id = fields.Many2one('crm.ticket', required=True, default=lambda self: self.env.context.get('active_id'))
    title = fields.Char("Subject")
    line_ids = fields.One2many(
        'crm.ticket.split.line', 'wizard_id', "Messages", compute='_compute_line_ids', store=True, readonly=False)

    @api.depends('ticket_id')
    def _compute_line_ids(self):
        for wizard in self:
            messages = wizard.ticket_id.message_ids.filtered(lambda message: message.message_type in ('comment', 'email', 'email_outgoing'))
            wizard.line_ids = [Command.clear(), *[Command.create({'message_id': message.id}) for message in messages]]

    def action_apply(self):
        """Make the new ticket and open it.

        :raise UserError: where no message is chosen, or no subject given
        """
        self.ensure_one()
        if not (self.title or '').strip():
            raise UserError(self.env._("Say what the new ticket is about."))
        new = self.ticket_id._split(self.line_ids.filtered('is_chosen').message_id, self.title.strip())
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.ticket', 'res_id': new.id, 'views': [(False, 'form')]}


class CrmTicketSplitLine(models.TransientModel):
    """A message that may become a ticket of its own."""
    _name = 'crm.ticket.split.line'
    _description = "Message of a Ticket to Split"

    wizard_id = fields.Many2one('crm.ticket.split', required=True, ondelete='cascade')
    message_id = fields.Many2one('mail.message', required=True, ondelete='cascade')
    is_chosen = fields.Boolean("Move")
    date = fields.Datetime(related='message_id.date')
    author = fields.Char(compute='_compute_preview')
    preview = fields.Char("Text", compute='_compute_preview')

    @api.depends('message_id')
    def _compute_preview(self):
        for line in self:
            message = line.message_id
            line.author = message.author_id.sudo().name or message.email_from  # of a message that the user may read
            line.preview = message.preview
