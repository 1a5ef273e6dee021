import doctest
from datetime import date

from odoo import Command
from odoo.tests import BaseCase, tagged

from odoo.addons.crm_visit_quota.tools import quota, working_days
from odoo.addons.crm_visit_quota.tools.working_days import Span

from .quota_common import QuotaCommon

JUNE = Span(date(2026, 6, 1), date(2026, 6, 30))


@tagged('post_install', '-at_install')
class TestQuotaTools(BaseCase):

    def test_rules(self):
        for module in (quota, working_days):
            self.assertFalse(doctest.testmod(module).failed)


@tagged('post_install', '-at_install')
class TestQuotaWorkingDays(QuotaCommon):

    def _days(self, user=None, span=JUNE):
        days = self.company._crm_working_days(user or self.rep, span)[(user or self.rep).id]
        return working_days.total(days, span)

    def _resource(self, user=None, calendar=None, company=None):
        user = user or self.rep
        return self.env['resource.resource'].create({
            'name': user.name, 'user_id': user.id, 'company_id': (company or self.company).id,
            'calendar_id': (calendar or self.company.resource_calendar_id).id, 'tz': 'Europe/Brussels'})

    def _leave(self, start, end, resource=None, **vals):
        return self.env['resource.calendar.leaves'].create({
            'name': "Off", 'date_from': start, 'date_to': end, 'resource_id': resource and resource.id, **vals})

    def _calendar(self, lines, **vals):
        """Create a calendar of the company with (weekday, from, until, period) lines."""
        return self.env['resource.calendar'].create({
            'name': "Odd", 'company_id': self.company.id, 'tz': 'Europe/Brussels', 'attendance_ids': [Command.clear(), *(
                Command.create({'name': "Work", 'dayofweek': day, 'hour_from': start, 'hour_to': end, 'day_period': period})
                for day, start, end, period in lines)], **vals})

    def test_company_calendar(self):
        self.assertEqual(self._days(), 22)

    def test_public_holidays(self):
        """Of the company's calendar, and of all calendars; not of another calendar or company."""
        other = self._calendar([('0', 8, 12, 'morning')])
        cases = [
            ({'calendar_id': self.company.resource_calendar_id.id}, 21), ({'calendar_id': other.id}, 21),
            ({'calendar_id': False, 'company_id': self.company.id}, 20),
            ({'calendar_id': self.company_usd.resource_calendar_id.id}, 20)]
        for number, (vals, expected) in enumerate(cases, start=1):
            with self.subTest(vals=vals):
                day = f'2026-06-0{number + 1}'
                self._leave(f'{day} 00:00:00', f'{day} 21:59:59', **vals)
                self.assertEqual(self._days(), expected)

    def test_leave(self):
        """Whole days, half days, an overlap with a holiday counted once, and nothing of a colleague's leave."""
        resource = self._resource()
        self._leave('2026-06-03 05:00:00', '2026-06-04 16:00:00', resource)
        self.assertEqual(self._days(), 20)
        self._leave('2026-06-05 05:00:00', '2026-06-05 10:00:00', resource)    # until noon in Brussels
        self.assertEqual(self._days(), 19.5)
        self._leave('2026-06-04 00:00:00', '2026-06-04 21:59:59', calendar_id=self.company.resource_calendar_id.id)
        self.assertEqual(self._days(), 19.5)
        self.assertEqual(self._days(self.rep2), 21)
        self._leave('2026-06-08 05:00:00', '2026-06-08 16:00:00', self._resource(self.rep2), time_type='other')
        self.assertEqual(self._days(self.rep2), 21, "Training is no leave.")

    def test_time_zone(self):
        """A holiday on 1 June in New York is one for who works there, though it begins in the small hours in UTC."""
        self.rep.tz = 'America/New_York'
        self._leave('2026-06-01 04:00:00', '2026-06-02 03:59:59', calendar_id=self.company.resource_calendar_id.id)
        self.rep2.tz = 'Asia/Tokyo'
        first, second = date(2026, 6, 1), date(2026, 6, 2)
        days = self.company._crm_working_days(self.rep + self.rep2, JUNE)
        self.assertEqual((days[self.rep.id].get(first), days[self.rep.id][second]), (None, 1))
        self.assertEqual((days[self.rep2.id][first], days[self.rep2.id][second]), (0.5, 0.5), "In Tokyo it lasts from noon to noon.")

    def test_part_time(self):
        """Mornings only: each is a whole working day."""
        self._resource(calendar=self._calendar([(str(day), 8, 12, 'morning') for day in range(3)]))
        self.assertEqual(self._days(), 14)

    def test_two_weeks(self):
        calendar = self._calendar([])
        calendar.two_weeks_calendar = True
        calendar.attendance_ids = [Command.clear(), *(Command.create({
            'name': "Work", 'dayofweek': '0', 'hour_from': 8, 'hour_to': 12, 'week_type': kind}) for kind in '0')]
        self._resource(calendar=calendar)
        self.assertIn(self._days(), (2, 3))

    def test_flexible_and_empty(self):
        """Who works flexibly works from Monday to Friday; who has no hours at all has no working days."""
        self._resource(calendar=self._calendar([], schedule_type='flexible'))
        self._resource(self.rep2, self._calendar([]))
        self.assertEqual((self._days(), self._days(self.rep2)), (22, 0))

    def test_summer_time(self):
        """The day of the change counts as one."""
        self.assertEqual(self._days(span=Span(date(2026, 3, 1), date(2026, 3, 31))), 22)
        self.assertEqual(self._days(span=Span(date(2026, 2, 1), date(2026, 2, 28))), 20)

    def test_joiners_and_leavers(self):
        for start, end, expected in (('2026-06-16', False, 11), (False, '2026-06-05', 5), ('2026-06-10', '2026-06-10', 1)):
            with self.subTest(start=start, end=end):
                self.rep.write({'crm_quota_from': start, 'crm_quota_until': end})
                persons = {person.user_id: person for person in self.company._crm_quota_persons(*JUNE)}
                self.assertEqual(persons[self.rep.id].working_days, expected)
        self.rep.write({'crm_quota_from': '2026-07-01', 'crm_quota_until': False})
        self.assertNotIn(self.rep.id, {person.user_id for person in self.company._crm_quota_persons(*JUNE)})

    def test_to_date(self):
        """Today is among the days so far and among those left."""
        person = next(person for person in self.company._crm_quota_persons(*JUNE) if person.user_id == self.rep.id)
        self.assertEqual((person.working_days, person.to_date, person.left), (22, 11, 12))

    def test_queries(self):
        """As many queries for many people as for few."""
        counts = []
        for users in (self.rep + self.rep2, self.rep + self.rep2 + self.lead + self.leads_all + self.manager + self.finance):
            for user in users:
                if not self.env['resource.resource'].search_count([('user_id', '=', user.id)]):
                    self._leave('2026-06-03 05:00:00', '2026-06-04 16:00:00', self._resource(user))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.company._crm_working_days(users, JUNE)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
