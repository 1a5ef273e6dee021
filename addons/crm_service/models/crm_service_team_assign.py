from odoo import api, fields, models

from odoo.addons.crm_grading.tools.locking import lock_rows

from ..tools.assignment import Seat
from ..tools.ticket_state import ACTIVE


class CrmServiceTeam(models.Model):
    """How a team shares its work, and who can take more of it."""
    _inherit = 'crm.service.team'

    needs_skills = fields.Boolean(
        "Only With the Skills", help="A ticket whose tags are skills of somebody goes to who has them all, or waits in the queue.")
    to_last_agent = fields.Boolean("Prefer Who Had the Customer's Last Ticket")
    to_owner = fields.Boolean("Prefer the Customer's Salesperson", help="Where the salesperson is a member of the team.")
    assignment_text = fields.Text("The Rule in Words", compute='_compute_assignment_text')
    open_ticket_count = fields.Integer("Open Tickets", compute='_compute_open_ticket_count')

    @api.depends('assignment', 'needs_skills', 'to_last_agent', 'to_owner')
    @api.depends_context('lang')
    def _compute_assignment_text(self):
        for team in self:
            team.assignment_text = "\n".join(team._assignment_lines())

    def _assignment_lines(self):
        """Return the rule, a sentence a line."""
        if self.assignment not in ('turn', 'load'):
            return [self.env._("New tickets wait in the queue until somebody takes them up or gives them to somebody.")]
        lines = [self.env._("A new ticket is given at once to a member who is there and has room for another.")]
        if self.needs_skills:
            lines.append(self.env._("Who lacks one of the skills among its tags is out; where nobody has them, it waits in the queue."))
        else:
            lines.append(self.env._("Who has all the skills among its tags comes first."))
        lines.append(self.env._("Then who speaks the customer's language."))
        if self.to_last_agent:
            lines.append(self.env._("Then who had this customer's last ticket."))
        if self.to_owner:
            lines.append(self.env._("Then the customer's salesperson."))
        lines.append(
            self.env._("Among those left it is the one whose turn is longest ago.") if self.assignment == 'turn'
            else self.env._("Among those left it is the one with the fewest open tickets."))
        lines.append(self.env._("Where everybody is away or full, it waits in the queue and says so."))
        return lines

    def _compute_open_ticket_count(self):
        counts = dict(self.env['crm.ticket']._read_group(
            [('team_id', 'in', self.ids), ('state', 'in', ACTIVE)], ['team_id'], ['__count']))
        for team in self:
            team.open_ticket_count = counts.get(team, 0)

    def action_open_tickets(self):
        """Open what the team has to do."""
        action = self.env['ir.actions.act_window']._for_xml_id('crm_service.crm_ticket_action')
        context = {'search_default_active_work': 1, 'default_team_id': self[:1].id}
        return {**action, 'domain': [('team_id', 'in', self.ids)], 'context': context}

    def _seats(self):
        """Lock the rows of everybody who may get a ticket of the teams until the end of the transaction, and return where they stand.

        :return: ``{team: list of Seat}``; None where somebody else is giving out at this moment
        """
        members = self.member_ids.filtered(
            lambda member: member.user_id.active and member.company_id in member.user_id.company_ids)
        # all rows of these people: what they get in another team counts for them, too
        rows = members.search([('user_id', 'in', members.user_id.ids)])
        locked = lock_rows(rows)
        if locked is None or len(locked) < len(rows):
            return None
        loads, on_leave = members._loads(), members._on_leave(fields.Datetime.now())
        seats = {team: [] for team in self}
        for member in members.sorted('id'):
            seats[member.team_id].append(Seat(
                member.id, member.user_id.id, frozenset(member.tag_ids.ids), frozenset(member.lang_ids.mapped('code')), member.capacity,
                loads.get(member.user_id.id, 0), member.turn, member.is_absent or member.user_id.id in on_leave))
        return seats


class CrmServiceMember(models.Model):
    """What a member has to do at the moment."""
    _inherit = 'crm.service.member'

    turn = fields.Integer("Number of the Last Assignment", readonly=True, copy=False)
    open_count = fields.Integer("Open Tickets", compute='_compute_open_count', help="Of this person, in all teams.")
    load_percent = fields.Integer("Load (%)", compute='_compute_open_count', help="Open tickets of the most that the person takes.")
    is_on_leave = fields.Boolean("On Leave", compute='_compute_is_on_leave', help="Now, as the working-time calendar says.")

    def _compute_open_count(self):
        loads = self._loads()
        for member in self:
            member.open_count = loads.get(member.user_id.id, 0)
            member.load_percent = round(100 * member.open_count / member.capacity) if member.capacity else 0

    def _compute_is_on_leave(self):
        on_leave = self._on_leave(fields.Datetime.now())
        for member in self:
            member.is_on_leave = member.user_id.id in on_leave

    def _loads(self):
        """Return ``{user id: open tickets}`` of the members, in all teams and companies."""
        # sudo: how much a colleague has to do is no secret, whatever it is
        return {user.id: count for user, count in self.env['crm.ticket'].sudo()._read_group(
            [('user_id', 'in', self.user_id.ids), ('state', 'in', ACTIVE)], ['user_id'], ['__count'])}

    def _on_leave(self, moment):
        """Return the ids of the members' users who are on leave at a moment (UTC)."""
        # sudo: that somebody is not there is no secret; why, is not read
        leaves = self.env['resource.calendar.leaves'].sudo().search([
            ('resource_id.user_id', 'in', self.user_id.ids), ('time_type', '=', 'leave'),
            ('date_from', '<=', moment), ('date_to', '>', moment)])
        return set(leaves.resource_id.user_id.ids)
