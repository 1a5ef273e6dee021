import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)
_BATCH = 100
_WEEKS = 3   # how far back one looks for a working day, and a month besides


class CrmTicket(models.Model):
    """Solved tickets are closed when their customers have been silent for the working days of their type."""
    _inherit = 'crm.ticket'

    @api.model
    def _cron_close(self):
        """Close what is due, by company, team and type; run again it goes on where it stopped."""
        now = fields.Datetime.now()
        base = Domain('state', '=', 'solved') & Domain('type_id.close_days', '>', 0)
        groups = self._read_group(base, ['company_id', 'team_id', 'type_id'], ['__count'])
        remaining = sum(count for *_group, count in groups)
        self.env['ir.cron']._commit_progress(remaining=remaining)
        cutoffs = {}
        for company, team, kind, count in groups:
            calendar = team.calendar_id if team else company.resource_calendar_id   # as promises count, see _sla_desk_hours
            key = (calendar, kind.close_days)
            if key not in cutoffs:
                cutoffs[key] = calendar._crm_days_back(kind.close_days, now)
            remaining -= count
            if not kind._stage('closed'):
                _logger.warning("Tickets of type “%s” are not closed by themselves: the type has no stage for it", kind.name)
            elif cutoffs[key] and not self._close_silent(
                    base & Domain('company_id', '=', company.id), team, kind, cutoffs[key], remaining):
                break

    @api.model
    def _close_silent(self, base, team, kind, cutoff, remaining):
        """Close the tickets of a team and type about which nothing has been said since ``cutoff``; return whether time is left."""
        silent = base & Domain('team_id', '=', team.id) & Domain('type_id', '=', kind.id) & self._silent_since(cutoff)
        while tickets := self.search(silent, limit=_BATCH, order='id').try_lock_for_update():
            tickets._move('closed')
            if not self.env['ir.cron']._commit_progress(len(tickets), remaining=remaining):
                return False
        return True

    @api.model
    def _silent_since(self, cutoff):
        """Return the domain of solved tickets that nothing has been said on since a moment; parts of the addon may ask for more."""
        return Domain.AND([
            Domain('date_solved', '<', cutoff),
            *[Domain(name, '=', False) | Domain(name, '<', cutoff) for name in ('date_last_asked', 'date_last_replied')]])


class ResourceCalendar(models.Model):
    _inherit = 'resource.calendar'

    def _crm_days_back(self, days, now):
        """Return the start (UTC) of the last but ``days`` working day before the day of ``now``: what is older has been left alone for at
        least so many whole working days. Without a calendar each day counts; None where it has no such days within reach.

        :param days: 1 or more
        :param now: UTC datetime
        """
        zone = pytz.timezone(self.tz or self.env.company.resource_calendar_id.tz or 'UTC')
        today = pytz.utc.localize(now).astimezone(zone).date()

        def start_of(day):
            return zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc)
        if not self:
            return start_of(today - timedelta(days=days)).replace(tzinfo=None)
        horizon = today - timedelta(days=days * 7 * _WEEKS + 31)
        intervals = self._work_intervals_batch(start_of(horizon), start_of(today), domain=list(self._crm_day_off_domain()))[False]
        worked = sorted({start.astimezone(zone).date() for start, _stop, _meta in intervals}, reverse=True)
        if len(worked) < days:
            _logger.warning("Working hours “%s” have no %s working days: tickets are not closed by themselves", self.name, days)
            return None
        return start_of(worked[days - 1]).replace(tzinfo=None)
