from odoo import api, fields, models, tools

from ..tools.buying_center import required_roles

SETTINGS = {'required_stage_id', 'active', 'sequence'}


class CrmStakeholderRole(models.Model):
    """A part that people play in a customer's decision, and from which stage on a deal needs somebody in it."""
    _name = 'crm.stakeholder.role'
    _description = "Buying Center Role"
    _order = 'sequence, id'

    name = fields.Char("Role", required=True, translate=True)
    code = fields.Char(required=True, help="Short form for cards and maps, e.g. DP.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    is_decision = fields.Boolean("Decides", help="People in this role decide: the filters about decision makers look for them.")
    required_stage_id = fields.Many2one(
        'crm.stage', "Required From", ondelete='set null', index='btree_not_null',
        help="From this stage on, an opportunity without a contacted person in this role has a gap. Empty: never required.")
    description = fields.Text(translate=True)

    _code_uniq = models.UniqueIndex("(code)", "Another role has this code already.")

    @api.depends('name', 'code')
    def _compute_display_name(self):
        for role in self:
            role.display_name = f"{role.code} {role.name}" if role.code else role.name

    # ------------------------------------------------------------------
    # CRUD: what is required counts for all open deals
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        roles = super().create(vals_list)
        self._requirements_changed()
        return roles

    def write(self, vals):
        result = super().write(vals)
        if SETTINGS & vals.keys():
            self._requirements_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._requirements_changed()
        return result

    @api.model
    def _requirements_changed(self):
        """Forget what stages require, and judge the open opportunities anew."""
        self.env.registry.clear_cache()
        self.env['crm.lead']._crm_refresh_coverage()

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _required_by_stage(self):
        """Return ``{stage id: [ids of the roles it requires]}``, the roles in order."""
        ranks = self.env['crm.stage']._crm_ranks()
        wanted_from = [(role.id, ranks.get(role.required_stage_id.id)) for role in self.sudo().search([])]
        return {stage: required_roles(rank, wanted_from) for stage, rank in ranks.items()}

    @api.model
    def _require_from_default_stages(self):
        """Set up the roles that come with the addon for the stages that come with Odoo, as far as these still exist."""
        for role, stage in [('ip', 1), ('tp', 2), ('up', 2), ('dp', 3), ('bp', 3)]:
            role = self.env.ref(f'crm_visit_quota.crm_stakeholder_role_{role}', raise_if_not_found=False)
            stage = self.env.ref(f'crm.stage_lead{stage}', raise_if_not_found=False)
            if role and stage:
                role.required_stage_id = stage
