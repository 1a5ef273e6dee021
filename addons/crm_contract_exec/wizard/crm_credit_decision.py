from datetime import timedelta

from odoo import api, fields, models


class CrmCreditDecision(models.TransientModel):
    """Release or refuse what is on credit hold."""
    _name = 'crm.credit.decision'
    _description = "Decision on a Credit Hold"

    hold_ids = fields.Many2many('crm.credit.hold', string="On Hold", required=True)
    reason = fields.Char()
    until = fields.Date("Released Until", default=lambda self: self._default_until(), help="Last day on which the release counts.")

    @api.model
    def _default_until(self):
        company = self.env.company
        return company._crm_today() + timedelta(days=company.crm_credit_days or 0)

    def action_release(self):
        """Release the holds, up to the amounts that were asked for.

        :raise AccessError: without the right to release, or for own orders
        :raise UserError: without reason or last day
        """
        self.ensure_one()
        self.hold_ids._decide('released', self.reason, self.until)
        return {'type': 'ir.actions.act_window_close'}

    def action_refuse(self):
        """Refuse the holds: the orders stay where they are.

        :raise AccessError: without the right to release, or for own orders
        :raise UserError: without reason
        """
        self.ensure_one()
        self.hold_ids._decide('refused', self.reason)
        return {'type': 'ir.actions.act_window_close'}
