from odoo import fields, models


class CrmVisitQuotaReopen(models.TransientModel):
    """Ask why a closed month is opened again."""
    _name = 'crm.visit.quota.reopen'
    _description = "Reopen a Month"

    month_id = fields.Many2one('crm.visit.quota.month', required=True, readonly=True, ondelete='cascade')
    reason = fields.Char(required=True)

    def action_reopen(self):
        """Open the month again; see :meth:`crm.visit.quota.month.action_reopen`."""
        self.ensure_one()
        self.month_id.action_reopen(self.reason)
        return {'type': 'ir.actions.act_window_close'}
