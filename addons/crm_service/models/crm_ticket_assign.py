from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.cron import commit_progress
from odoo.addons.crm_grading.tools.locking import lock_fresh_rows

from ..tools.assignment import Wish, deal
from ..tools.ticket_state import ACTIVE

BATCH = 200
BY_RULE = ('turn', 'load')


class CrmTicket(models.Model):
    """Giving tickets to the people of a team; :mod:`..tools.assignment` says to whom.

    Whoever gives out holds the rows of all who may get something, so loads, turns and capacities hold whatever goes on at the same time.
    Who cannot have them at once does not wait and does not fail: the ticket stays in the queue, and a job gives it out a moment later.
    """
    _inherit = 'crm.ticket'

    assign_choice = fields.Json(copy=False, readonly=True)   # {'user': id or False, 'why': keys of the reasons}
    assign_note = fields.Char("Assignment", compute='_compute_assign_note')

    _unassigned_idx = models.Index("(team_id) WHERE user_id IS NULL AND state IN ('new', 'open', 'waiting')")

    @api.depends('assign_choice', 'user_id', 'team_id')
    @api.depends_context('lang')
    def _compute_assign_note(self):
        """Why the ticket was given to whom it was, or stays in the queue; nothing where somebody chose by hand."""
        for ticket in self:
            choice = ticket.assign_choice or {}
            is_current = choice and (choice.get('user') or False) == ticket.user_id.id
            ticket.assign_note = " · ".join(ticket._assign_reasons(choice['why'])) if is_current else False

    def _assign_reasons(self, keys):
        team = self.team_id.name or ""
        texts = {
            'skills': lambda: self.env._("has the skills"),
            'no_skills': lambda: self.env._("nobody free has all the skills"),
            'lang': lambda: self.env._("speaks the customer's language"),
            'known': lambda: self.env._("knows the customer"),
            'turn': lambda: self.env._("it was this person's turn"),
            'load': lambda: self.env._("had the fewest open tickets"),
            'nobody_knows': lambda: self.env._("In the queue: nobody of %(team)s who is there and has room has the skills", team=team),
            'full': lambda: self.env._("In the queue: everybody of %(team)s has as many open tickets as they take", team=team),
            'away': lambda: self.env._("In the queue: nobody of %(team)s is there", team=team),
            'empty': lambda: self.env._("In the queue: %(team)s has no members", team=team),
            'busy': lambda: self.env._("In the queue: tickets are being given out at this moment, this one follows in a minute"),
        }
        return [texts[key]() for key in keys if key in texts]

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    @api.model
    def _after_log(self, logs):
        result = super()._after_log(logs)
        logs.filtered(
            lambda log: log.event == 'created' or (log.event == 'changed' and 'team_id' in (log.note or '').split(','))
        ).ticket_id._assign()
        return result

    def action_assign(self):
        """Give the tickets to whom their teams' rules say, and tell what came of it.

        :raise UserError: where none of them is given out by a rule
        """
        self.check_access('write')
        waiting = self.filtered(lambda ticket: not ticket.user_id and ticket.state in ACTIVE)
        by_rule = waiting.filtered(lambda ticket: ticket.team_id.assignment in BY_RULE)
        if not by_rule:
            raise UserError(self.env._(
                "There is nothing to give out: the tickets are somebody's or over, or their teams assign by hand. Take them up, or choose"
                " under Configuration / Teams how a team assigns."))
        given = by_rule._assign()
        left = len(waiting) - len(given)
        text = self.env._("%(count)s given out.", count=len(given))
        if left:
            text += " " + self.env._("%(count)s stay in the queue; each says why.", count=left)
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'message': text, 'type': 'warning' if left else 'success', 'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    @api.model
    def _cron_assign(self):
        """Give out what waits in the queues: somebody has room again, or is back. In batches that are saved one by one."""
        waiting = self.search(
            [('user_id', '=', False), ('state', 'in', ACTIVE), ('team_id.assignment', 'in', BY_RULE)], order='priority desc, id')
        for start in range(0, len(waiting), BATCH):
            waiting[start:start + BATCH]._assign()
            commit_progress(self.env)

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    def _assign(self):
        """Give out those of the tickets that wait in the queue of a team with a rule; the number of queries does not grow with them.

        :return: the tickets that have somebody now
        """
        # as the rule, not as the customer or colleague who happens to write: it reads loads and leaves of everybody
        tickets = self.with_user(SUPERUSER_ID).filtered(
            lambda ticket: not ticket.user_id and ticket.state in ACTIVE and ticket.team_id.assignment in BY_RULE)
        if not tickets:
            return self.browse()
        self.env.flush_all()
        tickets = lock_fresh_rows(tickets).filtered(lambda ticket: not ticket.user_id)
        seats = tickets.team_id._seats()
        if seats is None:
            tickets._keep_choice(False, ('busy',))
            self.env.ref('crm_service.ir_cron_ticket_assign').sudo()._trigger()
            return self.browse()
        known, skills = tickets._known_agents(), self._skill_tags()
        choices = deal(
            [(ticket._wish(seats[ticket.team_id], known, skills), seats[ticket.team_id]) for ticket in tickets],
            lambda index: tickets[index].team_id.assignment)
        return self.browse(tickets._carry_out(choices).ids)

    def _wish(self, seats, known, skills):
        """Return what the ticket would like of who gets it."""
        team, members = self.team_id, {seat.user for seat in seats}
        if not team.needs_skills:
            skills = frozenset().union(*(seat.skills for seat in seats))
        last = known.get((self.company_id.id, self.commercial_partner_id.id)) if team.to_last_agent else None
        owner = self.commercial_partner_id.user_id.id if team.to_owner else None
        return Wish(
            skills=frozenset(self.tag_ids.ids) & skills, lang=self.lang or '', must_know=team.needs_skills,
            known=next((user for user in (last, owner) if user in members), None))

    @api.model
    def _skill_tags(self):
        """Return the ids of the tags that somebody has as a skill: other tags say what a ticket is about, not what it takes."""
        return frozenset(self.env['crm.service.member'].sudo().search([('tag_ids', '!=', False)]).tag_ids.ids)  # of all companies

    def _known_agents(self):
        """Return ``{(company id, customer id): user id}`` of who had the customers' last tickets, one query."""
        if not any(team.to_last_agent for team in self.team_id) or not self.commercial_partner_id:
            return {}
        return {(company, partner): user for company, partner, user in self.env.execute_query(SQL(
            """SELECT DISTINCT ON (company_id, commercial_partner_id) company_id, commercial_partner_id, user_id
                 FROM crm_ticket
                WHERE commercial_partner_id = ANY(%s) AND user_id IS NOT NULL AND id != ALL(%s)
             ORDER BY company_id, commercial_partner_id, date_opened DESC, id DESC""", self.commercial_partner_id.ids, self.ids))}

    def _carry_out(self, choices):
        """Write what was chosen for each of the tickets; return those that have somebody."""
        groups = {}
        for ticket, choice in zip(self, choices, strict=True):
            groups.setdefault((choice.seat.user if choice.seat else False, choice.why), []).append(ticket.id)
        given = self.browse()
        for (user, why), ids in groups.items():
            tickets = self.browse(ids)
            if user:
                tickets.write({'user_id': user, 'assign_choice': {'user': user, 'why': list(why)}})
                given += tickets
            else:
                tickets._keep_choice(False, why)
        now = fields.Datetime.now()
        for seat in {choice.seat.id: choice.seat for choice in choices if choice.seat}.values():
            self.env['crm.service.member'].browse(seat.id).write({'date_assigned': now, 'turn': seat.turn})
        return given

    def _keep_choice(self, user, why):
        choice = {'user': user, 'why': list(why)}
        self.filtered(lambda ticket: ticket.assign_choice != choice).write({'assign_choice': choice})
