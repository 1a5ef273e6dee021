from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmSlaPolicyVersion(models.Model):
    """The terms of a promise as they stood from a moment on; append-only, as tickets refer to them."""
    _name = 'crm.sla.policy.version'
    _description = "Version of a Service Promise"
    _order = 'policy_id, number desc'
    _rec_name = 'number'

    policy_id = fields.Many2one('crm.sla.policy', required=True, index=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one(related='policy_id.company_id', store=True)
    number = fields.Integer("Version", required=True, readonly=True)
    date = fields.Datetime("In Force From", required=True, default=fields.Datetime.now, readonly=True)
    user_id = fields.Many2one('res.users', "By", readonly=True, ondelete='set null')
    terms = fields.Json(required=True, readonly=True)
    text = fields.Text("In Words", readonly=True)

    _number_uniq = models.UniqueIndex('(policy_id, number)')

    def write(self, vals):
        if not self.env.su or not vals.keys() <= {'company_id'}:
            raise AccessError(self.env._("What was promised once is not changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was promised once is not deleted."))
