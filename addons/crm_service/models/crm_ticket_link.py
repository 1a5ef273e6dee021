from odoo import Command, api, fields, models


class CrmTicket(models.Model):
    """Tickets that have to do with each other: what one is linked to, is linked to it."""
    _inherit = 'crm.ticket'

    linked_ids = fields.Many2many(
        'crm.ticket', 'crm_ticket_link_rel', 'ticket_id', 'linked_id', "Related Tickets", copy=False, check_company=True)
    merged_ids = fields.One2many('crm.ticket', 'merged_into_id', "Merged Tickets", readonly=True)
    is_duplicate = fields.Boolean("Duplicate", copy=False, readonly=True, help="Says the same as the other: it kept its own words.")

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if any('linked_ids' in vals for vals in vals_list):
            tickets._link_back(dict.fromkeys(tickets, self.browse()))
        return tickets

    def write(self, vals):
        before = {ticket: ticket.linked_ids for ticket in self} if 'linked_ids' in vals else {}
        result = super().write(vals)
        self._link_back(before)
        return result

    def _link_back(self, before):
        """Make the other side of a link follow.

        :param before: {ticket: what it was linked to}
        """
        for ticket, old in before.items():
            ticket, new = ticket.sudo(), ticket.linked_ids.sudo()  # a link is seen from both sides, also where one may only read the other
            (new - old).filtered(lambda other, ticket=ticket: ticket not in other.linked_ids).write(
                {'linked_ids': [Command.link(ticket.id)]})
            (old.sudo() - new).filtered(lambda other, ticket=ticket: ticket in other.linked_ids).write(
                {'linked_ids': [Command.unlink(ticket.id)]})

    def _stays(self):
        """Return the ticket that this one goes on in: the end of the chain of merges.

        It is the ticket itself where it was not merged, or where the next one is of another customer, who must not read its mail.
        """
        self.ensure_one()
        ticket, seen = self, self
        while (after := ticket.merged_into_id) and after not in seen and ticket._is_same_customer(after):
            ticket, seen = after, seen | after
        return ticket

    def _is_same_customer(self, other):
        """Return whether both are of one customer; somebody whom we do not know yet is the customer that a colleague said it was."""
        mine, theirs = self.commercial_partner_id, other.commercial_partner_id
        return not mine or mine == theirs

    def action_open_related(self):
        """Open the tickets that have to do with this one."""
        self.ensure_one()
        tickets = self.linked_ids | self.merged_ids | self.merged_into_id
        return {**self.env['ir.actions.act_window']._for_xml_id('crm_service.crm_ticket_action'), 'name': self.env._("Related Tickets"),
                'domain': [('id', 'in', tickets.ids)], 'context': {'create': False}}
