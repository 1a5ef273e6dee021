from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.working_days import FLEXIBLE, Span, shares, total


class Person(NamedTuple):
    """Whom a month is counted for, and what is expected of them."""
    user_id: int
    team_id: int | None
    rule: Any             # crm.visit.quota, may be empty
    working_days: float   # of the whole month
    to_date: float        # until today where the person works, today included
    left: float           # from today on, today included


class ResUsers(models.Model):
    _inherit = 'res.users'

    crm_quota_from = fields.Date(
        "Visit Quota From", groups='sales_team.group_sale_manager',
        help="First day with a visit quota, for people who join. Empty: since ever.")
    crm_quota_until = fields.Date(
        "Visit Quota Until", groups='sales_team.group_sale_manager',
        help="Last day with a visit quota, for people who leave. Empty: until further notice.")

    _crm_quota_dates = models.Constraint(
        'CHECK(crm_quota_until >= crm_quota_from)', "A visit quota cannot end before it starts.")

    def _crm_quota_dates_by_user(self):
        """Return ``{user id: (first, last)}`` of the days on which people have a quota; None is open.

        Where people have no dates here, those of their contract and departure count, if employees are kept in this database.
        """
        users = self.sudo()  # when somebody joins and leaves decides about the quota, whoever computes it
        result = {user.id: (user.crm_quota_from or None, user.crm_quota_until or None) for user in users}
        employees = 'employee_ids' in users._fields and users.employee_ids or ()
        for employee in employees:
            start, end = result[employee.user_id.id]
            fetch = {name: employee[name] if name in employee._fields else None
                     for name in ('contract_date_start', 'contract_date_end', 'departure_date')}
            result[employee.user_id.id] = (
                start or fetch['contract_date_start'] or None,
                end or fetch['departure_date'] or fetch['contract_date_end'] or None)
        return result


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _crm_quota_persons(self, first, last):
        """Return the :class:`Person` tuples of whoever counts in a month.

        That is: members of the company's sales teams, people with a quota of their own, and whoever has made a visit. The
        number of queries does not depend on how many they are.

        :param first: first day of the month
        :param last: its last day
        """
        self.ensure_one()
        rules = self.env['crm.visit.quota']._in_force(self, last)
        found = self.env.execute_query(self._crm_quota_people_sql(first, last, [key[1] for key in rules if key[0] == 'user']))
        users = self.env['res.users'].with_context(active_test=False).browse([row[0] for row in found])
        days = self._crm_working_days(users, Span(first, last))
        zones, now = {}, fields.Datetime.now()
        dates = users._crm_quota_dates_by_user()
        result = []
        for user, (_id, team_id, visited) in zip(users, found):
            span = Span(first, last).within(*dates[user.id])
            if span.first > span.last and not visited:
                continue
            zone = user._crm_tz(self)
            today = zones.setdefault(zone, pytz.utc.localize(now).astimezone(pytz.timezone(zone)).date())
            result.append(Person(
                user.id, team_id, self.env['crm.visit.quota']._choose(rules, self, user.id, team_id), total(days[user.id], span),
                total(days[user.id], span.within(end=today)), total(days[user.id], span.within(start=today))))
        return result

    def _crm_quota_people_sql(self, first, last, ruled):
        return SQL(
            """SELECT person.id, team.id, visit.id IS NOT NULL
                 FROM res_users AS person
                 LEFT JOIN LATERAL (
                      SELECT team.id FROM crm_team_member AS member JOIN crm_team AS team ON team.id = member.crm_team_id
                       WHERE member.user_id = person.id AND member.active AND team.active
                         AND (team.company_id = %(company)s OR team.company_id IS NULL AND person.company_id = %(company)s)
                       ORDER BY team.sequence, team.id LIMIT 1) AS team ON TRUE
                 LEFT JOIN LATERAL (
                      SELECT visit.id FROM crm_visit AS visit
                       WHERE visit.company_id = %(company)s AND visit.user_id = person.id AND visit.state = 'done'
                         AND visit.counts_for_quota AND visit.date BETWEEN %(first)s AND %(last)s LIMIT 1) AS visit ON TRUE
                WHERE visit.id IS NOT NULL
                   OR person.active AND person.share IS NOT TRUE AND (team.id IS NOT NULL OR person.id = ANY(%(ruled)s::int[]))
                ORDER BY person.id""", company=self.id, first=first, last=last, ruled=ruled)

    # ------------------------------------------------------------------
    # Working days
    # ------------------------------------------------------------------

    def _crm_working_days(self, users, span):
        """Return ``{user id: {day: share}}`` of the working days of people, in a constant number of queries.

        A person works by the calendar of their resource in this company, else by the company's; public holidays are the leaves
        of the calendar or the company without a resource, leave those of the person's resource. The rule is in
        ``tools/working_days.py``.
        """
        self.ensure_one()
        company = self.sudo()  # working time of colleagues may not be readable, but it is counted for everybody
        resources = self.env['resource.resource'].sudo().search(
            [('user_id', 'in', users.ids), ('company_id', 'in', [self.id, False])], order='company_id nulls last, id desc')
        mine = {resource.user_id.id: resource for resource in resources}
        calendars = {user.id: (mine.get(user.id) and mine[user.id].calendar_id) or company.resource_calendar_id for user in users}
        weeks = self._crm_weeks(self.env['resource.calendar'].sudo().union(*calendars.values()))
        public, personal = self._crm_leaves(resources, span)
        cache, result = {}, {}
        for user in users:
            calendar, zone = calendars[user.id], user._crm_tz(self)
            resource = mine.get(user.id)
            off = personal.get(resource.id, ()) if resource else ()
            key = calendar.id, zone
            if off or key not in cache:
                holidays = (*public[False], *(public[calendar.id] if calendar else ()))
                result[user.id] = shares(weeks.get(calendar.id, ()), span, zone, (*holidays, *off))
                if not off:
                    cache[key] = result[user.id]
            else:
                result[user.id] = cache[key]
        return result

    @api.model
    def _crm_weeks(self, calendars):
        """Return ``{calendar id: planned time}`` as :func:`~..tools.working_days.shares` takes it."""
        lines = self.env['resource.calendar.attendance'].sudo().search(
            [('calendar_id', 'in', calendars.ids), ('display_type', '=', False), ('day_period', '!=', 'lunch')])
        weeks = defaultdict(list)
        for line in lines:
            kind = line.week_type if line.calendar_id.two_weeks_calendar else None
            weeks[line.calendar_id.id].append((kind or None, int(line.dayofweek), line.hour_from, line.hour_to))
        return {calendar.id: weeks[calendar.id] or (FLEXIBLE if calendar.flexible_hours else ()) for calendar in calendars}

    def _crm_leaves(self, resources, span):
        """Return public holidays by calendar (False: all calendars) and leave by resource, as intervals in naive UTC."""
        around = timedelta(days=1)  # days begin earlier or later than in UTC
        start, end = datetime.combine(span.first, time.min) - around, datetime.combine(span.last, time.max) + around
        leaves = self.env['resource.calendar.leaves'].sudo().search(
            Domain('time_type', '=', 'leave') & Domain('date_from', '<=', end) & Domain('date_to', '>=', start)
            & Domain('company_id', 'in', [self.id, False])
            & (Domain('resource_id', '=', False) | Domain('resource_id', 'in', resources.ids)))
        public, personal = defaultdict(list), defaultdict(list)
        for leave in leaves:
            into = personal[leave.resource_id.id] if leave.resource_id else public[leave.calendar_id.id]
            into.append((leave.date_from, leave.date_to))
        return public, personal
