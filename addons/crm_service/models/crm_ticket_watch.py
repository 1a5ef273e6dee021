from odoo import api, fields, models


class CrmTicket(models.Model):
    """Colleagues who want to know how a ticket goes on without having it: they get notes and messages, and may read it."""
    _inherit = 'crm.ticket'

    watcher_ids = fields.Many2many(
        'res.users', 'crm_ticket_watcher_rel', 'ticket_id', 'user_id', "Watchers", copy=False, check_company=True,
        domain=[('share', '=', False)], help="They are told what is written, internal notes too, and may read the ticket.")
    is_watched = fields.Boolean(compute='_compute_is_watched')

    @api.depends('watcher_ids')
    @api.depends_context('uid')
    def _compute_is_watched(self):
        for ticket in self:
            ticket.is_watched = self.env.user in ticket.watcher_ids

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        for ticket in tickets.filtered('watcher_ids'):
            ticket._watch(ticket.watcher_ids)
        return tickets

    def write(self, vals):
        before = {ticket: ticket.watcher_ids for ticket in self} if 'watcher_ids' in vals else {}
        result = super().write(vals)
        for ticket, old in before.items():
            ticket._watch(ticket.watcher_ids - old)
            gone = old - ticket.watcher_ids - ticket.user_id
            if gone:
                ticket.message_unsubscribe(gone.sudo().partner_id.ids)  # colleagues' contacts
        return result

    def _watch(self, users):
        """Have users follow a ticket, notes included."""
        if users:
            kinds = self.env.ref('mail.mt_comment') + self.env.ref('mail.mt_note') + self.env.ref('crm_service.mt_ticket_solved')
            self.message_subscribe(users.sudo().partner_id.ids, subtype_ids=kinds.ids)  # colleagues' contacts

    def action_watch(self):
        """Watch the tickets, or stop it."""
        watched = self.filtered('is_watched')
        watched.write({'watcher_ids': [(3, self.env.uid)]})
        (self - watched).write({'watcher_ids': [(4, self.env.uid)]})
        return True
