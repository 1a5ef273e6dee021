from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmStageActionDone(models.Model):
    """An action without a fact that would prove it, ticked on an opportunity by whoever did it."""
    _name = 'crm.stage.action.done'
    _description = "Stage Action Done by Hand"
    _order = 'id desc'

    lead_id = fields.Many2one('crm.lead', "Opportunity", required=True, ondelete='cascade', index=True)
    action_id = fields.Many2one('crm.stage.action', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='lead_id.company_id')
    user_id = fields.Many2one('res.users', "Done By", required=True, readonly=True, default=lambda self: self.env.user)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _once = models.UniqueIndex("(lead_id, action_id)", "This is ticked already.")

    @api.constrains('action_id')
    def _check_manual(self):
        for done in self:
            if done.action_id.kind != 'manual':
                raise ValidationError(self.env._(
                    "“%(action)s” is done when the facts say so: it cannot be ticked by hand.", action=done.action_id.name))
