from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that become one customer have one open win-back case, with the losses, offers and measures of all."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        merged = self._crm_end_doubled_cases(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()   # written in SQL
        for case, kept in merged:   # only now their losses and offers are of one customer
            kept.write({'event_ids': [(4, event.id) for event in case.event_ids],
                        'measure_ids': [(4, measure.id) for measure in case.measure_ids]})
            case.order_ids.crm_churn_case_id = kept
            case.alert_ids.case_id = kept
            case.with_context(active_test=False).lead_ids.crm_churn_case_id = kept
        return result

    def _crm_end_doubled_cases(self, src_partners, target):
        """Drop all open cases but one in each company: that of the destination goes on, else the oldest.

        As superuser: who merges contacts need not see the cases of all companies.

        :return: list of (case dropped, case that goes on)
        """
        cases = self.env['crm.churn.case'].sudo().search(
            [('partner_id', 'in', (src_partners + target).ids), ('state', '=', 'open')], order='date_open, id')
        merged = []
        for same in cases.grouped('company_id').values():
            kept = (same.filtered(lambda case: case.partner_id == target) or same)[0]
            for case in same - kept:
                case._close('dropped', self.env._("Merged into “%(case)s”.", case=kept.name))
                merged.append((case, kept))
        self.env.flush_all()
        return merged
