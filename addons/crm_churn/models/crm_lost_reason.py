from collections import defaultdict

from odoo import models


class CrmLostReason(models.Model):
    _inherit = 'crm.lost.reason'

    def _churn_reasons(self, company):
        """Return ``{lost reason: our reason}``; one without a reason of ours gets one, so that nothing said goes uncounted.

        As superuser: whoever marks an opportunity as lost need not be allowed to name reasons.
        """
        reasons = self.env['crm.churn.reason'].sudo().with_context(active_test=False)
        found = reasons.search(
            [('lost_reason_id', 'in', self.ids), ('company_id', 'in', [False, company.id])], order='company_id, active desc, id')
        by_lost_reason = defaultdict(reasons.browse)
        for reason in found:
            by_lost_reason[reason.lost_reason_id] = by_lost_reason[reason.lost_reason_id] or reason
        for lost_reason in self - found.lost_reason_id:
            by_lost_reason[lost_reason] = reasons.create({
                'name': lost_reason.name, 'lost_reason_id': lost_reason.id, 'sequence': 200, 'area': 'other'})
        return by_lost_reason
