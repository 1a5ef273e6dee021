from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.ticket_state import OVER


class CrmTicketMerge(models.TransientModel):
    """Which of several tickets stays, and what becomes of the others."""
    _name = 'crm.ticket.merge'
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many('crm.ticket', string="Tickets", default=lambda self: self.env.context.get('active_ids', []))
    mode = fields.Selection([
        ('merge', "Make one ticket: what was said moves to the one that stays"),
        ('duplicate', "Mark as duplicates: nothing moves"),
        ('link', "Link: they stay as they are")], "What to Do", required=True, default='merge')
    target_id = fields.Many2one('crm.ticket', "Ticket That Stays", compute='_compute_target_id', store=True, readonly=False)
    is_across = fields.Boolean(compute='_compute_is_across')
    customers = fields.Char(compute='_compute_is_across')
    is_confirmed = fields.Boolean("I have checked that these customers belong together")

    @api.depends('ticket_ids')
    def _compute_target_id(self):
        """The oldest that is not over, where there are several."""
        for wizard in self:
            left = wizard.ticket_ids.filtered(lambda ticket: ticket.state not in OVER).sorted('date_opened')
            wizard.target_id = wizard.target_id or (left[:1] if len(wizard.ticket_ids) > 1 else False)

    @api.depends('ticket_ids', 'target_id', 'mode')
    def _compute_is_across(self):
        for wizard in self:
            tickets = wizard.ticket_ids | wizard.target_id
            customers = {ticket.commercial_partner_id.id: ticket.commercial_partner_id.name or ticket.email_from or ticket.partner_name
                         for ticket in tickets}
            wizard.is_across = wizard.mode != 'link' and len(customers) > 1
            wizard.customers = ", ".join(name or self.env._("unknown") for name in customers.values()) if wizard.is_across else False

    def action_apply(self):
        """Do it, and open the ticket that stays.

        :raise UserError: without a ticket that stays, or across customers without saying so
        """
        self.ensure_one()
        target, others = self.target_id, self.ticket_ids - self.target_id
        if not target or not others:
            raise UserError(self.env._("Choose the ticket that stays, and at least one other."))
        if self.is_across and not self.is_confirmed:
            raise UserError(self.env._(
                "These tickets are of different customers: %(customers)s. Tick that you have checked it, or link them instead.",
                customers=self.customers))
        if self.mode == 'link':
            target.write({'linked_ids': [(4, ticket.id) for ticket in others]})
        elif self.mode == 'duplicate':
            others._mark_duplicate_of(target)
        else:
            others._merge_into(target)
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.ticket', 'res_id': target.id, 'views': [(False, 'form')]}
