from odoo import api, fields, models

from ..tools.frequency import PERIODS


class CrmVisitFrequency(models.TransientModel):
    """Give customers a visit frequency of their own, or withdraw it."""
    _name = 'crm.visit.frequency'
    _description = "Own Visit Frequency"

    customer_ids = fields.Many2many('crm.customer', string="Customers", required=True)
    has_own = fields.Boolean(compute='_compute_has_own')
    count = fields.Integer("Visits", required=True, default=1, help="0: this customer is not visited.")
    period = fields.Selection(PERIODS, "Per", required=True, default='month')
    reason = fields.Char()

    @api.depends('customer_ids')
    def _compute_has_own(self):
        for wizard in self:
            wizard.has_own = any(wizard.customer_ids.mapped('own_visit_frequency'))

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        customers = self.env['crm.customer'].browse(self.env.context.get('default_customer_ids', ()))
        if len(customers) == 1 and customers.own_visit_frequency:
            values.update(
                count=customers.own_visit_count, period=customers.own_visit_period, reason=customers.own_visit_reason)
        return values

    def action_set(self):
        """Put the frequency in force."""
        self.ensure_one()
        self.customer_ids._set_own_frequency(self.count, self.period, self.reason)
        return {'type': 'ir.actions.act_window_close'}

    def action_withdraw(self):
        """Go back to the frequency of the grade."""
        self.ensure_one()
        self.customer_ids._clear_own_frequency()
        return {'type': 'ir.actions.act_window_close'}
