from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLifecycleHistory(models.Model):
    """Every change of a life-cycle state, append-only."""
    _name = 'crm.lifecycle.history'
    _description = "Life-Cycle History"
    _order = 'date desc, id desc'
    _log_access = False  # two foreign keys fewer to check for each of a million rows; nobody writes them but runs

    customer_id = fields.Many2one('crm.customer', required=True, index=True, ondelete='cascade', readonly=True)
    partner_id = fields.Many2one(related='customer_id.partner_id', string="Contact")
    user_id = fields.Many2one(related='customer_id.user_id', string="Salesperson")
    company_id = fields.Many2one('res.company', required=True, ondelete='cascade', readonly=True)
    date = fields.Date(required=True, readonly=True)
    old_state_id = fields.Many2one('crm.lifecycle.state', "From", ondelete='restrict', readonly=True)
    state_id = fields.Many2one('crm.lifecycle.state', "To", ondelete='restrict', readonly=True)
    days = fields.Integer("Days in the Old State", readonly=True, aggregator='avg')
    direction = fields.Selection(
        [('first', "First"), ('forward', "Forward"), ('back', "Back"), ('lost', "Lost")], required=True, readonly=True)
    manual = fields.Boolean("By Hand", readonly=True)
    plan_done = fields.Boolean(default=True, readonly=True, help="Off until the activity plan of the new state has been started.")

    _company_date_idx = models.Index('(company_id, date DESC)')
    _plan_idx = models.Index('(company_id, id) WHERE plan_done IS NOT TRUE')

    def write(self, vals):
        if set(vals) - self._bookkeeping() or not self.env.su:
            raise UserError(self.env._("The history of life-cycle states cannot be changed."))
        return super().write(vals)

    @api.model
    def _bookkeeping(self):
        """Return the fields that are not history: what is still to be done, and whose row it is after a merge."""
        return {'plan_done', 'customer_id'}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of life-cycle states cannot be deleted."))
