from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmVisit(models.Model):
    _inherit = 'crm.visit'

    quota_entry_ids = fields.One2many('crm.visit.quota.entry', 'visit_id', "Counted", readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        """What a closed month has counted stays, so that its figures can always be explained."""
        entries = self.env['crm.visit.quota.entry'].sudo().search([('visit_id', 'in', self.ids)])  # the ledger speaks for itself
        closed = self.env['crm.visit.quota.month'].sudo().search(
            [('state', '=', 'closed'), ('company_id', 'in', entries.company_id.ids), ('date', 'in', list(set(entries.mapped('month'))))])
        frozen = {(month.company_id, month.date) for month in closed}
        for entry in entries:
            if (entry.company_id, entry.month) in frozen:
                raise UserError(self.env._(
                    "The visit to %(customer)s counts in a closed month and cannot be deleted. Correct it instead: it is then taken"
                    " back in the open month.", customer=entry.partner_id.display_name))
