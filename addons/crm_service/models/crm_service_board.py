from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.service_board import SOON, URGENT, kept_share, tone
from ..tools.ticket_state import ACTIVE


class CrmServiceBoard(models.AbstractModel):
    """The figures of the wall board: what is open, what is about to be late, and how many promises are kept. Of the tickets that the
    user may see; nobody's name but those of the agents."""
    _name = 'crm.service.board'
    _description = "Service Wall Board"

    @api.model
    @api.readonly
    def get_board(self, team_id=None):
        """Return what the wall board shows now, in a constant number of queries.

        :param int team_id: of one ``crm.service.team``; default: all that the user may see
        :return: dict of ``now`` (UTC), ``figures`` {name: number}, ``kept`` and ``rating`` (None where there is nothing to tell) with their
            ``kept_tone``, ``teams`` and ``urgent``, the tickets that come next
        :raise AccessError: for who does not work in the service
        """
        if not self.env.user.has_group('crm_service.group_service_agent'):
            raise AccessError(self.env._("The wall board is for those who work in the service."))
        now = fields.Datetime.now()
        own = [('company_id', 'in', self.env.companies.ids)] + ([('team_id', '=', team_id)] if team_id else [])
        kept = self._kept(own, now)
        share = kept_share(*(sum(counts) for counts in zip(*kept.values()))) if kept else None
        return {
            'now': now, 'figures': self._figures(own, now), 'kept': share, 'kept_tone': tone(share), 'rating': self._rating(own, now),
            'teams': self._teams(own, kept), 'urgent': self._urgent(own),
        }

    def _figures(self, own, now):
        tickets, today = self.env['crm.ticket'], self._midnight()
        live = [*own, ('state', 'in', ACTIVE)]
        return {
            'open': tickets.search_count(live),
            'unassigned': tickets.search_count([*live, ('user_id', '=', False)]),
            'waiting': tickets.search_count([*own, ('state', '=', 'waiting')]),
            'breached': tickets.search_count([*live, ('sla_state', '=', 'breached')]),
            'soon': tickets.search_count(
                [*live, ('sla_state', '=', 'running'), ('date_due', '>=', now), ('date_due', '<=', now + timedelta(minutes=SOON))]),
            'opened': tickets.search_count([*own, ('state', '!=', 'cancelled'), ('date_opened', '>=', today)]),
            'solved': tickets.search_count([*own, ('date_solved', '>=', today)]),
        }

    def _midnight(self):
        """Return when the day began for the user, in UTC."""
        start = fields.Datetime.context_timestamp(self, fields.Datetime.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        return fields.Datetime.to_string((start - start.utcoffset()).replace(tzinfo=None))

    def _kept(self, own, now):
        """Return {crm.service.team: (promises kept, promises decided)} of those that ran out or were reached in seven days."""
        rows = self.env['crm.ticket.sla']._read_group(
            [*own, ('state', 'in', ('met', 'missed')), ('date_reached', '>=', now - timedelta(days=7)), ('date_reached', '<=', now)],
            ['team_id', 'state'], ['__count'])
        kept = {}
        for team, state, count in rows:
            good, decided = kept.get(team, (0, 0))
            kept[team] = (good + count * (state == 'met'), decided + count)
        return kept

    def _rating(self, own, now):
        """Return the mean rating of the last thirty days, weighted by urgency; None where nobody has rated."""
        [(rating,)] = self.env['crm.ticket.feedback']._read_group(
            [*own, ('rating', '>', 0), ('date_answered', '>=', now - timedelta(days=30))], [], ['weighted_rating:avg'])
        return round(float(rating), 1) if rating else None

    def _teams(self, own, kept):
        """Return a row per team that has work left, the one with the most broken promises first."""
        rows = {}
        for team, user, state, count in self.env['crm.ticket']._read_group(
                [*own, ('state', 'in', ACTIVE)], ['team_id', 'user_id', 'sla_state'], ['__count']):
            row = rows.setdefault(team, {'open': 0, 'unassigned': 0, 'breached': 0})
            row['open'] += count
            row['unassigned'] += count if not user else 0
            row['breached'] += count if state == 'breached' else 0
        result = []
        for team, row in rows.items():
            share = kept_share(*kept.get(team, (0, 0)))
            result.append({
                'id': team.id or 0, 'name': team.name or self.env._("No team"), **row, 'kept': share, 'kept_tone': tone(share)})
        return sorted(result, key=lambda row: (-row['breached'], -row['open'], row['name']))

    def _urgent(self, own):
        tickets = self.env['crm.ticket'].search_fetch(
            [*own, ('state', 'in', ACTIVE), ('date_due', '!=', False), ('sla_state', 'in', ('running', 'breached'))],
            ['name', 'title', 'team_id', 'user_id', 'date_due', 'sla_state', 'priority'], order='date_due, priority desc, id', limit=URGENT)
        return [{
            'id': ticket.id, 'name': ticket.name, 'title': ticket.title, 'team': ticket.team_id.name or '',
            'agent': ticket.user_id.sudo().name or '',    # names of colleagues are no secret
            'date_due': ticket.date_due, 'sla_state': ticket.sla_state, 'priority': ticket.priority} for ticket in tickets]
