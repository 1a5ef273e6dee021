from pytz import timezone, utc

from odoo import models, tools
from odoo.fields import Domain

from ..tools.working_time import AroundTheClock, Timeline


class ResourceCalendar(models.Model):
    """Working hours as a timeline: looked up once, then any number of deadlines without a query."""
    _inherit = 'resource.calendar'

    def _crm_timeline(self, tz=None):
        """Return the working time of the calendar as a :class:`Timeline`; around the clock for no calendar.

        Periods are looked up as they are needed, for as many quarters again with each further look-up, and kept for all until hours or days
        off change. Days off of everybody count, those of single people do not. Keep the timeline for a batch, and no longer: it does not
        hear of changes.

        :param str tz: time zone in which the hours are meant; default: the calendar's
        """
        if not self:
            return AroundTheClock()
        self.ensure_one()
        calendar = self.sudo()  # promises do not depend on who looks at them
        zone = tz or calendar.tz or 'UTC'
        return Timeline(lambda start, end: calendar._crm_periods(zone, start, end))

    @tools.ormcache('self.id', 'tz', 'start', 'end')
    def _crm_periods(self, tz, start, end):
        """Return the periods of work between two moments (naive UTC) as a tuple of (start, end); forgotten as hours or days off change, see
        ``crm.ticket.sla._mark_stale``."""
        intervals = self._work_intervals_batch(
            utc.localize(start), utc.localize(end), domain=list(self._crm_day_off_domain()), tz=timezone(tz))[False]
        return tuple(
            (low.astimezone(utc).replace(tzinfo=None), high.astimezone(utc).replace(tzinfo=None)) for low, high, _line in intervals)

    def _crm_day_off_domain(self):
        """Return which days off count: core would also take those that another company has for all its calendars."""
        own = Domain('calendar_id', '=', self.id)
        for_all = Domain('calendar_id', '=', False)
        if self.company_id:
            for_all &= Domain('company_id', 'in', (False, self.company_id.id))
        return Domain('time_type', '=', 'leave') & Domain('resource_id', '=', False) & (own | for_all)


class CrmTimelines:
    """Timelines of a batch: each calendar in each time zone is looked up once."""

    def __init__(self):
        self._found = {}

    def get(self, calendar, tz=None):
        """:param calendar: a resource.calendar, or none for around the clock"""
        key = (calendar.id, tz or None)
        if key not in self._found:
            self._found[key] = calendar._crm_timeline(tz)
        return self._found[key]
