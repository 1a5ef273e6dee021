from odoo import api, fields, models, tools

from ..tools.playbook import MODES


class CrmStage(models.Model):
    """A stage follows a step that the customer takes; our actions are there to help it along."""
    _inherit = 'crm.stage'

    crm_customer_step = fields.Text(
        "Customer's Step", translate=True, help="What the customer does at this stage of the purchase, in the customer's terms.")
    crm_action_ids = fields.One2many('crm.stage.action', 'stage_id', "Our Actions")
    crm_playbook_mode = fields.Selection(
        MODES, "Leaving with Open Actions",
        help="What happens when an opportunity leaves this stage while required actions are open. Empty: as the team or the company says.")

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env['crm.stakeholder.role']._requirements_changed()
        return stages

    def write(self, vals):
        result = super().write(vals)
        if not {'sequence', 'team_ids'}.isdisjoint(vals):
            self.env['crm.stakeholder.role']._requirements_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['crm.stakeholder.role']._requirements_changed()
        return result

    @api.model
    @tools.ormcache()
    def _crm_ranks(self):
        """Return ``{stage id: its place in the pipeline, from 0}`` of all stages, whichever team's."""
        return {stage.id: rank for rank, stage in enumerate(self.sudo().search([], order=self._order))}

    @api.model
    @tools.ormcache('team_id')
    def _crm_path(self, team_id):
        """Return the ids of the stages that a team's deals go through, in order.

        :param team_id: id of a crm.team, or False
        """
        teams = [team_id] if team_id else []
        return self.sudo().search(['|', ('team_ids', '=', False), ('team_ids', 'in', teams)], order=self._order).ids
