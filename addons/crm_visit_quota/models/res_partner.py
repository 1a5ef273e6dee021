from odoo import models

from .crm_visit_calendar import SYNC


class ResPartner(models.Model):
    """Visits follow their customer.

    A visit keeps the customer it was made to, whatever becomes of the people met there. When the customer itself comes under
    another commercial entity (a shop becomes a contact of its chain, two contacts are merged), its visits go along: nothing is
    ever filed under a contact whose page does not show it.
    """
    _inherit = 'res.partner'

    def write(self, vals):
        result = super().write(vals)
        if not {'parent_id', 'is_company', 'company_type'}.isdisjoint(vals):
            self._crm_visits_follow()
        return result

    def _crm_visits_follow(self):
        """Take the visits of contacts that are no customers of their own any more to their commercial entity."""
        contacts = self.with_context(active_test=False).search([('id', 'child_of', self.ids)]) if self else self
        moved = contacts.filtered(lambda contact: contact.commercial_partner_id != contact)
        if not moved:
            return
        # sudo: whoever may change the contact takes along what hangs on it, in every company; the calendar keeps its names
        visits = self.env['crm.visit'].sudo().with_context(**{SYNC: True}).search([('partner_id', 'in', moved.ids)])
        for partner, of_partner in visits.grouped('partner_id').items():
            of_partner.write({'partner_id': partner.id})  # write itself turns to the commercial entity
