from odoo import api, fields, models

from ..tools.sla_clock import LIVE, clocks, measure, moment
from .resource_calendar import CrmTimelines


class CrmTicketSla(models.Model):
    """What a promise comes to: its figures, measured on the log of its ticket and the hours that count."""
    _inherit = 'crm.ticket.sla'

    def _follow(self, histories):
        """Measure the promises, write what has changed, and tell of those that have been broken.

        :param histories: see ``crm.ticket._sla_histories``
        :return: the promises that have changed
        """
        now, timelines, logged = fields.Datetime.now(), CrmTimelines(), self._steps_taken()
        changed, broken = self.browse(), self.browse()
        for sla in self:
            vals = sla._figures(histories[sla.ticket_id], timelines, now, logged)
            if sla.state in LIVE or vals['state'] in LIVE:
                vals.update(sla._as_of_today())
            vals = {name: value for name, value in vals.items() if sla._differs(name, value)}
            if vals:
                if vals.get('is_breached'):
                    broken += sla
                sla.write(vals)
                changed += sla
        if broken:
            self.env['crm.ticket']._after_breach(broken)
        return changed

    @api.model
    def _give(self, vals_list, histories):
        """Create promises with what they come to, so that each is written once.

        :param vals_list: what is promised, see ``crm.ticket._sla_give``
        :return: the promises
        """
        now, timelines = fields.Datetime.now(), CrmTimelines()
        for vals in vals_list:
            sla = self.new(vals)
            figures = sla._figures(histories[sla.ticket_id], timelines, now, {})
            vals.update(figures, **sla._as_of_today())
        slas = self.create(vals_list)
        broken = slas.filtered('is_breached')
        if broken:
            self.env['crm.ticket']._after_breach(broken)
        return slas

    def _differs(self, name, value):
        current = self[name]
        if isinstance(current, models.BaseModel):
            current = current.id
        return (current or False) != (value or False)

    def _figures(self, history, timelines, now, logged):
        """Return what the promise comes to as values of its fields."""
        self.ensure_one()
        clock = self._clock(history)
        if clock is None or (self.is_dropped and clock.state in LIVE):
            return {'state': 'void', 'date_due': False, 'date_breach': False, 'date_reached': False, 'is_breached': False,
                    'is_stale': False, 'date_step': False}
        timeline = timelines.get(self.calendar_id, self.tz)
        figures = measure(clock, self.minutes, timeline, now)
        # the time of a clock that runs is not kept, as it would be wrong a second later
        used = figures.used if figures.state != 'running' else sum(timeline.worked(*span) for span in clock.spans if span[1])
        return {
            'state': figures.state, 'date_start': clock.start, 'date_due': figures.due or False, 'date_breach': figures.breach or False,
            'date_reached': clock.reached or False, 'worked_minutes': used / 60, 'is_breached': figures.is_breached, 'is_stale': False,
            'date_step': self._next_step(clock, timeline, timelines, logged) if figures.state == 'running' else False}

    def _clock(self, history):
        """Return the :class:`..tools.sla_clock.Clock` of the promise, None where the log does not know it."""
        found = clocks(self.promise, history, self.pauses, bool(self.ticket_id.merged_into_id))
        return found[self.number - 1] if self.number <= len(found) else None

    def _as_of_today(self):
        """Return what reports group by, as long as the promise is not decided."""
        ticket = self.ticket_id
        return {
            'team_id': ticket.team_id.id, 'user_id': ticket.user_id.id, 'type_id': ticket.type_id.id, 'priority': ticket.priority}

    # ------------------------------------------------------------------
    # Escalation
    # ------------------------------------------------------------------

    def _steps_taken(self):
        """Return {promise: ids of the escalation steps that have been taken on it}."""
        steps = self.env['crm.escalation.step']
        if not any(steps._of_policy(policy) for policy in self.policy_id.ids):
            return {}
        taken = {}
        for log in self.env['crm.escalation.log'].sudo().search_fetch([('sla_id', 'in', self.ids)], ['sla_id', 'step_id']):
            taken.setdefault(log.sla_id, set()).add(log.step_id.id)
        return taken

    def _next_step(self, clock, timeline, timelines, logged):
        """Return the moment of the next step that has not been taken, put off to the opening of those who have the ticket; False for
        none."""
        desk = self.ticket_id._sla_desk_hours()
        desk = timelines.get(desk, desk.tz)
        moments = self._step_moments(clock, timeline, logged).values()
        return min((opening for found in moments if (opening := desk.opening(found))), default=False)

    def _step_moments(self, clock, timeline, logged):
        """Return {step: its moment}, of the steps that have not been taken and come to pass as things stand."""
        steps, taken, found = self.env['crm.escalation.step'], logged.get(self, ()), {}
        for step, *terms in steps._of_policy(self.policy_id.id) if self.minutes else ():
            if step not in taken:
                when = steps._moment(*terms, self.minutes, lambda seconds, beyond: moment(clock, seconds, timeline, beyond))
                if when:
                    found[steps.browse(step)] = when
        return found

    # ------------------------------------------------------------------
    # As a whole
    # ------------------------------------------------------------------

    def _standing(self):
        """Return (next deadline, sla_state) of a ticket with these promises.

        While something is promised, what is still to be kept decides; afterwards, whether all was kept.
        """
        live = self._live()
        running = live.filtered(lambda sla: sla.state == 'running')
        due = min((sla.date_due for sla in running if sla.date_due), default=False)
        if any(sla.is_breached for sla in live):
            return due, 'breached'
        if live:
            return due, 'running' if running else 'paused'
        decided = self.filtered(lambda sla: sla.state in ('met', 'missed'))
        if not decided:
            return False, False
        return False, 'breached' if any(sla.is_breached for sla in decided) else 'met'

    def _promised(self):
        """Return {promise: what was promised}."""
        return {sla: (sla.policy_id, sla.version, sla.minutes, sla.calendar_id, sla.tz, sla.is_dropped) for sla in self}

    def _version_terms(self):
        """Return {promise: terms of the version of the policy that it was given}."""
        versions = self.env['crm.sla.policy.version'].search([('policy_id', 'in', self.policy_id.ids)])
        terms = {(version.policy_id, version.number): version.terms for version in versions}
        return {sla: terms[sla.policy_id, sla.version] for sla in self}
