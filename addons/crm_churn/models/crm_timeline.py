from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Happening


class CrmTimeline(models.AbstractModel):
    """Losses on the timeline of a customer: as they were recorded, also those of opportunities that are open again."""
    _inherit = 'crm.timeline'

    def _timeline_loss(self, customer):
        """What is not told as an opportunity that is lost at present."""
        told = Domain('kind', 'in', ('lead', 'opportunity')) & Domain('lead_id.won_status', '=', 'lost')
        return Happening(
            self.env._("Losses"), 'fa-chain-broken', 'crm.churn.event', customer.of('partner_id') & ~told, 'date', title='name',
            text=lambda event: event.main_reason_id.name or event.kind and dict(
                event._fields['kind']._description_selection(event.env))[event.kind],
            amount='amount', author='user_id', tone='danger', group='sales')

    def _threads(self):
        return super()._threads() | {'crm.churn.event': 'partner_id'}
