from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that become one customer have one open win-back case, with the losses, offers and measures of all."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        doubles = self.env['crm.churn.case']._end_doubles(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()   # written in SQL
        for case, kept in doubles:
            kept._absorb(case)
        return result
