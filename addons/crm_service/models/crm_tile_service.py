from odoo import models

from odoo.addons.crm_grading.tools.extension import Tile

from ..tools.ticket_state import ACTIVE


class CrmTile(models.AbstractModel):
    """Open tickets, complaints and broken promises: of all whom the user sees, or of the customer."""
    _inherit = 'crm.tile'

    def _tickets_tile(self, place, label, icon, tone, sequence, *domain):
        tickets = self.env['crm.ticket']
        if not tickets.has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id), ('state', 'in', ACTIVE), *domain]
        if place.customer:
            domain.append(('commercial_partner_id', '=', place.customer.partner.id))
        count = tickets.search_count(domain)
        return Tile(label, count, 'crm.ticket', domain, icon=icon, tone=tone, sequence=sequence) if count else None

    def _tile_tickets_open(self, place):
        """Tickets in which work is left."""
        return self._tickets_tile(place, self.env._("Open tickets"), 'fa-life-ring', 'info', 41)

    def _tile_complaints_open(self, place):
        """Complaints in which work is left."""
        return self._tickets_tile(place, self.env._("Open complaints"), 'fa-frown-o', 'danger', 8, ('kind', '=', 'complaint'))

    def _tile_tickets_late(self, place):
        """Tickets with a promise that was broken."""
        return self._tickets_tile(
            place, self.env._("Tickets past their promise"), 'fa-clock-o', 'danger', 42, ('sla_state', '=', 'breached'))

    def _tile_tickets_mine(self, place):
        """Tickets of the user that wait for an answer; on the overview only."""
        if place.name != 'overview':
            return None
        return self._tickets_tile(
            place, self.env._("My tickets awaiting an answer"), 'fa-reply', 'warning', 7,
            ('user_id', '=', self.env.uid), ('is_answer_due', '=', True))
