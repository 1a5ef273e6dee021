from odoo import fields, models


class CrmLifecycleOverride(models.TransientModel):
    """Ask for a life-cycle state by hand, with the reason and the last day."""
    _name = 'crm.lifecycle.override'
    _description = "Life-Cycle State by Hand"

    def _default_customers(self):
        active = self.env.context.get('active_ids') if self.env.context.get('active_model') == 'crm.customer' else []
        return self.env['crm.customer'].browse(active)

    customer_ids = fields.Many2many(
        'crm.customer', string="Customers", required=True, default=lambda self: self._default_customers(), readonly=True)
    company_id = fields.Many2one('res.company', compute='_compute_company_id')
    state_id = fields.Many2one('crm.lifecycle.state', required=True, domain="[('company_id', '=', company_id)]",
                               ondelete='cascade')
    reason = fields.Char(required=True)
    until = fields.Date(help="Last day of the state; then the rules decide again. Empty: until withdrawn.")

    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.customer_ids.company_id[:1]

    def action_apply(self):
        """Give the state."""
        self.ensure_one()
        self.customer_ids._override_lifecycle(self.state_id, self.reason, self.until)
        return {'type': 'ir.actions.act_window_close'}
