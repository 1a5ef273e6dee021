from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts keeps their places in buying centers, once per deal."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        people = (src_partners | dst_partner)
        # as superuser: who merges contacts need not see all deals
        stakeholders = self.env['crm.stakeholder'].sudo().search([('partner_id', 'in', people.ids)])
        for same in stakeholders.grouped('lead_id').values():
            keeper = same.filtered(lambda stakeholder: stakeholder.partner_id == dst_partner)[:1] or same[0]
            keeper._absorb(same - keeper)
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env['crm.stakeholder']._facts_changed(dst_partner)
        return result
