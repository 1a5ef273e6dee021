from odoo import fields, models
from odoo.exceptions import UserError


class CrmStageSkip(models.Model):
    """A required action that was open when a deal moved on, with the reason, append-only."""
    _name = 'crm.stage.skip'
    _description = "Skipped Step"
    _order = 'date desc, id desc'
    _rec_name = 'action_name'

    lead_id = fields.Many2one('crm.lead', "Opportunity", required=True, ondelete='cascade', readonly=True, index=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', readonly=True)
    stage_id = fields.Many2one('crm.stage', "Stage Left", index=True, ondelete='set null', readonly=True)
    target_stage_id = fields.Many2one('crm.stage', "Moved To", index=True, ondelete='set null', readonly=True)
    action_id = fields.Many2one('crm.stage.action', index=True, ondelete='set null', readonly=True)
    action_name = fields.Char("Skipped Action", required=True, readonly=True, help="As it was called then.")
    user_id = fields.Many2one('res.users', "Skipped By", required=True, index=True, readonly=True)
    mode = fields.Selection([('warn', "Warned"), ('block', "Overridden")], required=True, readonly=True)
    reason = fields.Text(readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _once = models.UniqueIndex("(lead_id, action_id)", "This step has been skipped already.")

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("What was skipped stays on record and cannot be changed."))
        return super().write(vals)
