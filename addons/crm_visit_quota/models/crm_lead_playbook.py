from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmLead(models.Model):
    """The playbook of a deal: which of our actions are done, by the facts, with one query per kind of evidence."""
    _inherit = 'crm.lead'

    crm_action_done_ids = fields.One2many('crm.stage.action.done', 'lead_id', "Actions Done by Hand")
    crm_skip_ids = fields.One2many('crm.stage.skip', 'lead_id', "Skipped Steps", readonly=True)
    crm_customer_step = fields.Text(related='stage_id.crm_customer_step')
    crm_playbook = fields.Json("Playbook", compute='_compute_crm_playbook', help="Checklist by stage.")
    crm_playbook_open = fields.Integer(
        "Open Actions", compute='_compute_crm_playbook_open', help="Required actions of the present stage that are still open.")

    # ------------------------------------------------------------------
    # Evaluation
    # ------------------------------------------------------------------

    def _crm_playbook_done(self, actions):
        """Return which actions are done, by the facts, whoever may see them.

        :param actions: crm.stage.action, of whatever stages
        :return: set of (lead id, action id)
        """
        done = set()
        if not self.ids:
            return done
        for kind, of_kind in actions.sudo().grouped('kind').items():
            done |= getattr(self.sudo(), f'_crm_playbook_done_{kind}')(of_kind)
        return done

    def _crm_playbook_done_manual(self, actions):
        rows = self.env['crm.stage.action.done']._read_group(
            [('lead_id', 'in', self.ids), ('action_id', 'in', actions.ids)], ['lead_id', 'action_id'])
        return {(lead.id, action.id) for lead, action in rows}

    def _crm_playbook_done_visit(self, actions):
        self.env['crm.visit'].flush_model(['state', 'lead_id', 'partner_id', 'company_id', 'kind_id', 'actual_end', 'date_end'])
        self.flush_model(['partner_id', 'company_id'])
        rows = self.env.execute_query(SQL(
            """SELECT DISTINCT lead.id, visit.kind_id
                 FROM crm_lead AS lead
                 LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
                 JOIN crm_visit AS visit ON visit.state = 'done' AND %s
                WHERE lead.id IN %s""", self._crm_visit_of_deal_sql(), tuple(self.ids)))
        return {
            (lead, action.id) for lead, kind in rows for action in actions
            if not action.visit_kind_id or action.visit_kind_id.id == kind}

    def _crm_playbook_done_attachment(self, actions):
        rows = self.env['ir.attachment']._read_group(
            [('res_model', '=', 'crm.lead'), ('res_id', 'in', self.ids), ('res_field', '=', False)], ['res_id'])
        return {(lead, action) for lead, in rows for action in actions.ids}

    def _crm_playbook_done_quotation(self, actions):
        rows = self.env['sale.order']._read_group(
            [('opportunity_id', 'in', self.ids), ('state', 'in', ('sent', 'sale'))], ['opportunity_id'])
        return {(lead.id, action) for lead, in rows for action in actions.ids}

    def _crm_playbook_done_role(self, actions):
        rows = self.env['crm.stakeholder']._read_group(
            [('lead_id', 'in', self.ids), ('met_date', '!=', False), ('role_ids', 'in', actions.role_id.ids)], ['lead_id', 'role_ids'])
        return {(lead.id, action.id) for lead, role in rows for action in actions if action.role_id == role}

    def _crm_playbook_done_field(self, actions):
        names = {action.id: action.field_name for action in actions if action.field_name in self._fields}
        return {(lead.id, action) for lead in self for action, name in names.items() if lead[name]}

    # ------------------------------------------------------------------
    # Checklist
    # ------------------------------------------------------------------

    @api.depends('stage_id', 'team_id', 'crm_action_done_ids', 'crm_skip_ids')
    def _compute_crm_playbook_open(self):
        required = self.env['crm.stage.action']._required_ids_by_stage()
        actions = self.env['crm.stage.action'].sudo().browse(
            [action for stage in self.stage_id.ids for action in required.get(stage, ())])
        done = self._origin._crm_playbook_done(actions) if actions else ()
        for lead in self:
            mine = actions.filtered(lambda action, lead=lead: action.stage_id == lead.stage_id)._for_team(lead.team_id)
            lead.crm_playbook_open = sum((lead._origin.id, action.id) not in done for action in mine)

    @api.depends('stage_id', 'team_id', 'crm_action_done_ids', 'crm_skip_ids')
    @api.depends_context('lang')
    def _compute_crm_playbook(self):
        stages = self.env['crm.stage']
        paths = {lead: stages.browse(stages._crm_path(lead.team_id.id)) for lead in self}
        actions = self.env['crm.stage.action'].search([('stage_id', 'in', stages.union(*paths.values()).ids)])
        done = self._origin._crm_playbook_done(actions)
        for lead, path in paths.items():
            skipped = {skip.action_id.id: skip for skip in lead.crm_skip_ids}
            by_stage = defaultdict(list)
            for action in actions._for_team(lead.team_id):
                by_stage[action.stage_id.id].append(
                    lead._crm_playbook_item(action, (lead._origin.id, action.id) in done, skipped.get(action.id)))
            lead.crm_playbook = [{
                'id': stage.id, 'name': stage.name, 'customer_step': stage.crm_customer_step or '',
                'current': stage == lead.stage_id, 'actions': by_stage[stage.id],
            } for stage in path if by_stage[stage.id] or stage.crm_customer_step]

    @api.model
    def _crm_playbook_item(self, action, is_done, skip):
        return {
            'id': action.id, 'name': action.name, 'description': action.description or '', 'kind': action.kind,
            'required': action.is_required, 'done': is_done, 'skipped': bool(skip) and not is_done,
            'reason': skip.reason or '' if skip else '', 'evidence': action._evidence_label(),
        }

    def action_crm_playbook_tick(self, action_id, done=True):
        """Tick an action, or take the tick back.

        :param int action_id: crm.stage.action, of evidence "by hand"
        :param bool done: False to take it back
        :raise UserError: where facts decide
        """
        self.check_access('write')
        action = self.env['crm.stage.action'].browse(action_id)
        ticked = self.env['crm.stage.action.done'].search([('lead_id', 'in', self.ids), ('action_id', '=', action.id)])
        if not done:
            ticked.unlink()
            return True
        if action.kind != 'manual':
            raise UserError(self.env._("“%(action)s” is done when the facts say so: it cannot be ticked by hand.", action=action.name))
        self.env['crm.stage.action.done'].create([{'lead_id': lead.id, 'action_id': action.id} for lead in self - ticked.lead_id])
        return True

    def _crm_move_playbook(self, lead):
        """Bring what was ticked and skipped to the opportunity that these are merged into, each action once."""
        for name in ('crm_action_done_ids', 'crm_skip_ids'):
            known = lead[name].action_id
            for record in self[name].sorted('id'):
                if not record.action_id or record.action_id not in known:
                    known |= record.action_id
                    record.lead_id = lead
