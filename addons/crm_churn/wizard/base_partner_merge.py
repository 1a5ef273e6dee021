from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging the contacts of a competitor leaves one file of it, with all that was in both."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._crm_merge_competitors(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _crm_merge_competitors(self, src_partners, target):
        """Per company: the file moves if the destination has none, else what refers to it does and it goes.

        As superuser: who merges contacts need not see the files of all companies.
        """
        files = self.env['crm.competitor'].sudo().with_context(active_test=False)
        kept = {file.company_id: file for file in files.search([('partner_id', '=', target.id)])}
        for source in files.search([('partner_id', 'in', src_partners.ids)], order='id'):
            destination = kept.setdefault(source.company_id, source)
            if destination == source:
                source.write({'partner_id': target.id})
                continue
            for name in ('strengths', 'weaknesses', 'approach'):
                if source[name] and not destination[name]:
                    destination[name] = source[name]
            self.env.flush_all()
            self._update_foreign_keys_generic('crm.competitor', source, destination)
            self._update_reference_fields_generic('crm.competitor', source, destination)
            self.env.invalidate_all()
            source.unlink()
        self.env.flush_all()
