from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts keeps all their alerts, and one of them open per company."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _crm_merge_profile(self, source, destination):
        self.env['crm.churn.alert']._end_doubles(source, destination)
        return super()._crm_merge_profile(source, destination)
