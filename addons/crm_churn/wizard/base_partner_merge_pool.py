from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Take a customer out of the pool that has become one with a customer somebody looks after."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        partners = self.env['res.partner'].browse(partner_ids).exists().sudo()  # whoever merges need not see pools
        partners.invalidate_recordset(['crm_pool_entry_ids', 'crm_pool_id'])
        entries = self.env['crm.pool.entry'].sudo().search([('partner_id', 'in', partners.ids)])  # as above
        owned = entries.partner_id.filtered('user_id')
        for user, group in owned.grouped('user_id').items():
            self.env['crm.pool.move']._carry_out('assigned', group, user=user, reason=self.env._("Merged"))
        family = partners.with_context(active_test=False).search([('commercial_partner_id', 'in', partners.ids)])
        self.env.add_to_compute(family._fields['crm_pool_id'], family)
        return result
