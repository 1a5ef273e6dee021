from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

KINDS = [
    ('manual', "Ticked by hand"), ('visit', "Visit made"), ('attachment', "Document attached"), ('quotation', "Quotation sent"),
    ('role', "Stakeholder met"), ('field', "Field filled"),
]


class CrmStageAction(models.Model):
    """Something we do while a deal is in a stage, and what proves that it was done."""
    _name = 'crm.stage.action'
    _inherit = ['crm.cached']
    _description = "Stage Action"
    _order = 'stage_sequence, stage_id, sequence, id'

    stage_id = fields.Many2one('crm.stage', required=True, ondelete='cascade', index=True)
    stage_sequence = fields.Integer("Place of the Stage", related='stage_id.sequence', store=True)
    team_id = fields.Many2one(
        'crm.team', "Sales Team", ondelete='cascade', index='btree_not_null', help="Only for the deals of this team. Empty: for all.")
    company_id = fields.Many2one(related='team_id.company_id', store=True, index='btree_not_null')
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char("Action", required=True, translate=True)
    description = fields.Text(translate=True, help="How it is done.")
    is_required = fields.Boolean("Required", default=True, help="Off: recommended only, never holds a deal up.")
    kind = fields.Selection(KINDS, "Evidence", default='manual', required=True, help="What shows that it was done.")
    visit_kind_id = fields.Many2one(
        'crm.visit.kind', "Kind of Visit", ondelete='restrict', index='btree_not_null', help="Empty: a visit of any kind.")
    role_id = fields.Many2one('crm.stakeholder.role', ondelete='restrict', index='btree_not_null')
    field_id = fields.Many2one(
        'ir.model.fields', ondelete='cascade', index='btree_not_null',
        domain=[('model', '=', 'crm.lead'), ('store', '=', True), ('ttype', 'not in', ('one2many', 'boolean'))])
    field_name = fields.Char(related='field_id.name', store=True)

    @api.constrains('kind', 'role_id', 'field_id')
    def _check_evidence(self):
        for action in self:
            if action.kind == 'role' and not action.role_id:
                raise ValidationError(self.env._("Say which role has to be met for “%(action)s”.", action=action.name))
            if action.kind == 'field' and action.sudo().field_id.model != 'crm.lead':
                raise ValidationError(self.env._(
                    "Say which field of the opportunity has to be filled for “%(action)s”.", action=action.name))

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _required_ids_by_stage(self):
        """Return ``{stage id: ids of its required actions, in order}``: empty where no playbook is used."""
        self.flush_model()
        result = {}
        for action in self.sudo().search([('is_required', '=', True)]):
            result.setdefault(action.stage_id.id, []).append(action.id)
        return result

    def _for_team(self, team):
        """Return those of the actions that deals of a team need."""
        return self.filtered(lambda action: not action.team_id or action.team_id == team)

    def _evidence_label(self):
        """Return what proves that the action was done, for people."""
        self.ensure_one()
        if self.kind == 'visit' and self.visit_kind_id:
            return self.env._("Visit made: %(kind)s", kind=self.visit_kind_id.name)
        if self.kind == 'role':
            return self.env._("Met: %(role)s", role=self.role_id.name)
        if self.kind == 'field':
            return self.env._("Filled: %(field)s", field=self.sudo().field_id.field_description)  # labels of fields are no secret
        return dict(self._fields['kind']._description_selection(self.env))[self.kind]
