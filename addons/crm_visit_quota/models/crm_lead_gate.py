from markupsafe import Markup

from odoo import models
from odoo.exceptions import RedirectWarning, UserError

from ..tools.playbook import left_behind, mode, strictest


class CrmLead(models.Model):
    """A deal that moves on while required actions are open: noted, warned about or held up, however it is moved.

    What was once skipped is not asked about again. Going back, losing, and creating a deal in a later stage are free. Without
    actions, all this costs a look into a cache.
    """
    _inherit = 'crm.lead'

    def write(self, vals):
        if not vals.get('stage_id') or not self.env['crm.stage.action']._required_ids_by_stage():
            return super().write(vals)
        skipped = self._crm_steps_skipped(self.env['crm.stage'].browse(vals['stage_id']), vals.get('team_id'))
        result = super().write(vals)
        self._crm_note_skips(skipped)
        return result

    def _crm_steps_skipped(self, target, team_id=None):
        """Return what is left open by a move to a stage, ready to be noted.

        :param target: crm.stage
        :param team_id: id of the team that the deals get along with it
        :return: ``[values of crm.stage.skip]``
        :raise RedirectWarning: where a stage blocks and the user may override it: with the way to the reason
        :raise UserError: where a stage blocks and the user may not
        """
        left = self._crm_steps_open(target, self.env['crm.team'].browse(team_id) if team_id else None)
        reason = self.env.context.get('crm_playbook_reason')
        held = {lead: actions for lead, (actions, is_blocked) in left.items() if is_blocked}
        stranger = next((lead for lead in held if not lead._crm_may_override()), None)
        if held and not self.env.su and (not reason or stranger):
            self._crm_hold_up(held, target, stranger is None)
        return [{
            'lead_id': lead.id, 'company_id': lead.company_id.id, 'stage_id': action.stage_id.id, 'target_stage_id': target.id,
            'action_id': action.id, 'action_name': action.name, 'user_id': self.env.uid,
            'mode': 'block' if is_blocked else 'warn',
            'reason': reason or (self.env._("Moved by the system") if is_blocked else False),
        } for lead, (actions, is_blocked) in left.items() for action in actions]

    def _crm_steps_open(self, target, team=None):
        """Return the required actions that the leads leave open when they move to a stage.

        :return: ``{lead: (crm.stage.action, whether a stage that it leaves blocks)}``, of those with something left open
        """
        required = self.env['crm.stage.action']._required_ids_by_stage()
        due = {}
        for lead in self:
            if lead.type == 'opportunity' and lead.stage_id != target:
                path = self.env['crm.stage']._crm_path((team or lead.team_id).id)
                actions = [action for stage in left_behind(path, lead.stage_id.id, target.id) for action in required.get(stage, ())]
                due[lead] = self.env['crm.stage.action'].sudo().browse(actions)._for_team(team or lead.team_id)
        due = {lead: actions for lead, actions in due.items() if actions}
        if not due:
            return {}
        leads = self.browse([lead.id for lead in due])
        settled = leads._crm_playbook_done(self.env['crm.stage.action'].union(*due.values()))
        settled |= {(skip.lead_id.id, skip.action_id.id) for skip in leads.sudo().crm_skip_ids}
        result = {}
        for lead, actions in due.items():
            still = actions.filtered(lambda action, lead=lead: (lead.id, action.id) not in settled)
            modes = {action: lead._crm_playbook_mode(action.stage_id) for action in still}
            still = still.filtered(lambda action, modes=modes: modes[action] != 'off')
            if still:
                result[lead] = (still, strictest(modes.values()) == 'block')
        return result

    def _crm_playbook_mode(self, stage):
        company = self.company_id or self.env.company
        return mode(stage.crm_playbook_mode, self.team_id.crm_playbook_mode, company.crm_playbook_mode)

    def _crm_may_override(self):
        """Tell whether the user may move the deal on with actions open."""
        company = self.company_id or self.env.company
        return (company.crm_playbook_override == 'all' or self.env.user.has_group('sales_team.group_sale_manager')
                or self.team_id.user_id == self.env.user)

    def _crm_hold_up(self, held, target, may_override):
        """Say what is open.

        :param held: ``{lead: crm.stage.action}``
        :param may_override: whether the user may give a reason and go on
        :raise RedirectWarning, UserError: always
        """
        lines = [f"{lead.name}: {', '.join(actions.mapped('name'))}" for lead, actions in held.items()]
        text = self.env._("Before moving to %(stage)s, these are still to be done:", stage=target.name)
        message = "\n".join([text, *lines[:10], *(["…"] if len(lines) > 10 else [])])
        if not may_override:
            raise UserError(message + "\n" + self.env._("Ask your team leader or a sales manager where it has to go on without."))
        action = self.env['ir.actions.actions']._for_xml_id('crm_visit_quota.crm_stage_override_action')
        raise RedirectWarning(message, action, self.env._("Move On with a Reason"), {
            'default_lead_ids': self.ids, 'default_stage_id': target.id})

    def _crm_note_skips(self, vals_list):
        """Put skipped actions on record and into the chatter, and tell the user where it was only warned."""
        if not vals_list:
            return
        skips = self.env['crm.stage.skip'].sudo().create(vals_list)  # written by the system only
        bodies = {}
        for lead, of_lead in skips.grouped('lead_id').items():
            bodies[lead.id] = self.env._("Moved on without: %(actions)s", actions=", ".join(of_lead.mapped('action_name')))
            if of_lead[0].reason:
                bodies[lead.id] = Markup("%s<br/>%s") % (
                    bodies[lead.id], self.env._("Reason: %(reason)s", reason=of_lead[0].reason))
        self.browse(bodies)._message_log_batch(bodies=bodies)
        warned = skips.filtered(lambda skip: skip.mode == 'warn')
        if warned:
            self.env.user._bus_send('simple_notification', {
                'type': 'warning', 'title': self.env._("Moved on with required actions open"),
                'message': ", ".join(dict.fromkeys(warned.mapped('action_name')))})

    def action_crm_move_stage(self, stage_id, reason=None):
        """Move deals to a stage, also with required actions open.

        :param int stage_id: crm.stage
        :param str reason: why it goes on without them
        :raise UserError: where a stage blocks and there is no reason, or the user may not override it
        """
        return self.with_context(crm_playbook_reason=(reason or '').strip()).write({'stage_id': stage_id})
