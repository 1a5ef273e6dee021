from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Happening


class CrmTimeline(models.AbstractModel):
    """Reminders that a customer was sent."""
    _inherit = 'crm.timeline'

    def _timeline_dunning(self, customer):
        return Happening(
            self.env._("Dunning letters"), 'fa-bell-o', 'crm.dunning.letter',
            customer.of('partner_id') & Domain('state', 'in', ('confirmed', 'sent')), 'date', title=lambda letter: letter.level_id.name,
            amount='amount', direction=lambda letter: 'out', group='money', tone='warning')
