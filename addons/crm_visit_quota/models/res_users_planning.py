from datetime import datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.visit_state import OPEN


class ResUsers(models.Model):
    """For whom one may plan, and when people are free."""
    _inherit = 'res.users'

    # ------------------------------------------------------------------
    # Who plans for whom
    # ------------------------------------------------------------------

    def _crm_plannable(self):
        """Return the people whose visits this person may plan, in the present companies: oneself, the members of the
        teams one leads, and everybody in sales for those who see all documents."""
        self.ensure_one()
        people = self._crm_salespeople()
        if self.has_group('sales_team.group_sale_salesman_all_leads'):
            return people
        led = self.sudo().env['crm.team.member'].search([('crm_team_id.user_id', '=', self.id)]).user_id  # as below
        return people & (self | led.with_env(self.env))

    @api.model
    def _crm_salespeople(self):
        """Return everybody in sales in the present companies."""
        people = self.sudo().search([  # who sells is no secret among colleagues
            ('share', '=', False), ('company_ids', 'in', self.env.companies.ids),
            ('all_group_ids', 'in', self.env.ref('sales_team.group_sale_salesman').ids)])
        return people.with_env(self.env)

    @api.model
    def _crm_check_plannable(self, people):
        """:raise AccessError: if the current user may not plan the visits of all these people"""
        if self.env.su:
            return
        strangers = people - self.env.user._crm_plannable()
        if strangers:
            raise AccessError(self.env._(
                "You may plan for yourself and for the team you lead, not for %(people)s. Ask a sales manager.",
                people=", ".join(strangers.sudo().mapped('name'))))

    # ------------------------------------------------------------------
    # When people are free
    # ------------------------------------------------------------------

    def _crm_work_intervals(self, start, end, company):
        """Return when people work in a company: their working time without public holidays and leave.

        One set of queries per working-time calendar, whatever the number of people.

        :param start: naive UTC moment
        :param end: naive UTC moment
        :return: ``{user: [(start, end), …]}``, naive UTC, in order; nothing where the calendar has no working time
        """
        start, end = pytz.utc.localize(start), pytz.utc.localize(end)
        people = self.sudo()  # when a colleague works is no secret to who plans
        groups = {}
        for person in people:
            resource = person.resource_ids.filtered(lambda candidate: candidate.company_id == company)[:1]
            calendar = resource.calendar_id or company.sudo().resource_calendar_id
            groups.setdefault((calendar, person._crm_tz(company)), {})[person] = resource
        result = {}
        off = [('time_type', '=', 'leave'), ('company_id', 'in', [False, company.id])]
        for (calendar, zone), resources in groups.items():
            everybody = people.env['resource.resource'].union(*resources.values())
            found = calendar._work_intervals_batch(
                start, end, everybody, domain=off, tz=pytz.timezone(zone)) if calendar else {}
            for person, resource in resources.items():
                result[person.with_env(self.env)] = [
                    (begin.astimezone(pytz.utc).replace(tzinfo=None), stop.astimezone(pytz.utc).replace(tzinfo=None))
                    for begin, stop, _rule in found.get(resource.id, ())]
        return result

    def _crm_busy_intervals(self, start, end):
        """Return when a person is taken: open visits, and appointments that are not declined and not shown as free.

        :param start: naive UTC moment
        :param end: naive UTC moment
        :return: list of (start, end), naive UTC; entries may overlap
        """
        self.ensure_one()
        visits = self.env['crm.visit'].sudo().search([  # only the times are used
            ('state', 'in', OPEN), ('date_start', '<', end), ('date_end', '>', start),
            '|', ('user_id', '=', self.id), ('companion_ids', '=', self.id)])
        day = timedelta(days=1)  # the dates of what lasts all day are no moments: they may reach half a day further
        attendees = self.env['calendar.attendee'].sudo().search([  # appointments may be private: as above
            ('partner_id', '=', self.partner_id.id), ('state', '!=', 'declined'), ('event_id.show_as', '=', 'busy'),
            ('event_id.start', '<', end + day), ('event_id.stop', '>', start - day)])
        busy = [(visit.date_start, visit.date_end) for visit in visits]
        return busy + [self._crm_event_interval(event) for event in attendees.event_id.filtered('active')]

    def _crm_event_interval(self, event):
        """Return start and end of an appointment as naive UTC; what lasts all day takes the days where the person works."""
        if not event.allday:
            return event.start, event.stop
        zone = pytz.timezone(self._crm_tz())
        return tuple(
            zone.localize(datetime.combine(date, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for date in (event.start_date, event.stop_date + timedelta(days=1)))
