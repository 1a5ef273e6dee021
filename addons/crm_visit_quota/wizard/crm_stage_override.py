from odoo import api, fields, models


class CrmStageOverride(models.TransientModel):
    """Why deals move on although required actions are open."""
    _name = 'crm.stage.override'
    _description = "Move On with Actions Open"

    lead_ids = fields.Many2many('crm.lead', string="Opportunities", required=True)
    stage_id = fields.Many2one('crm.stage', "Move To", required=True)
    open_text = fields.Text("Still Open", compute='_compute_open_text')
    reason = fields.Text(required=True)

    @api.depends('lead_ids', 'stage_id')
    def _compute_open_text(self):
        for wizard in self:
            lines = [", ".join(actions.mapped('name')) if len(wizard.lead_ids) == 1 else f"{lead.name}: {', '.join(actions.mapped('name'))}"
                     for lead, (actions, _is_blocked) in wizard.lead_ids._origin._crm_steps_open(wizard.stage_id).items()]
            wizard.open_text = "\n".join(lines)

    def action_confirm(self):
        """Move the deals and put the reason on record.

        :raise UserError: where the user may not
        """
        self.ensure_one()
        self.lead_ids.action_crm_move_stage(self.stage_id.id, self.reason)
        return {'type': 'ir.actions.client', 'tag': 'soft_reload'}
