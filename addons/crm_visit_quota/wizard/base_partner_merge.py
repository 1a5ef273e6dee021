from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Core hands the visits of merged contacts to the one that stays; where that is a contact of a customer, they go on to it."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        dst_partner._crm_visits_follow()
        return result
