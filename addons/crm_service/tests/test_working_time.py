"""Working time against an oracle that knows nothing but minutes: it walks them one by one, by the wall clock."""
import random
from datetime import datetime, timedelta

from pytz import timezone, utc

from odoo.tests import tagged

from .common import ServiceCommon

MINUTE = timedelta(minutes=1)


class Oracle:
    """Work of a week and days off, minute by minute."""

    def __init__(self, tz, hours, days, off=()):
        """
        :param hours: list of (from, to) in hours of the day
        :param days: days of the week, 0 = Monday
        :param off: (start, end) in UTC
        """
        self.tz, self.hours, self.days, self.off = timezone(tz), hours, days, off

    def works(self, moment):
        local = utc.localize(moment).astimezone(self.tz)
        time = local.hour + local.minute / 60
        return (
            local.weekday() in self.days and any(start <= time < end for start, end in self.hours)
            and not any(start <= moment < end for start, end in self.off))

    def worked(self, start, end):
        minutes = 0
        while start < end:
            minutes += self.works(start)
            start += MINUTE
        return minutes

    def deadline(self, start, minutes):
        while minutes:
            minutes -= self.works(start)
            start += MINUTE
        return start


@tagged('post_install', '-at_install')
class TestWorkingTime(ServiceCommon):

    def _timeline(self, tz='Europe/Brussels', hours=((8, 12), (13, 17)), days=range(5), off=()):
        calendar = self._calendar(self.company, tz, hours, days)
        self.env['resource.calendar.leaves'].create([
            {'name': "Off", 'calendar_id': calendar.id, 'company_id': self.company.id, 'date_from': start, 'date_to': end}
            for start, end in off])
        return calendar._crm_timeline()

    def assertDeadlines(self, timeline, cases):
        for start, minutes, expected in cases:
            with self.subTest(start=start, minutes=minutes):
                found = timeline.deadline(datetime.fromisoformat(start), minutes)
                self.assertEqual(found and found.isoformat(sep=' ', timespec='minutes'), expected)
                if found and minutes:
                    self.assertEqual(timeline.worked(datetime.fromisoformat(start), found), minutes * 60)
                    self.assertEqual(timeline.worked(datetime.fromisoformat(start), found - timedelta(seconds=1)), minutes * 60 - 1)

    def test_table(self):
        """In Brussels in summer 8-12 and 13-17 are 6-10 and 11-15 UTC."""
        self.assertDeadlines(self._timeline(off=[(datetime(2026, 7, 20, 22), datetime(2026, 7, 21, 21, 59, 59))]), [
            ('2026-06-15 09:30', 30, '2026-06-15 10:00'),      # ends as lunch begins
            ('2026-06-15 09:30', 31, '2026-06-15 11:01'),      # over lunch
            ('2026-06-15 10:20', 60, '2026-06-15 12:00'),      # begins at lunch
            ('2026-06-15 14:00', 60, '2026-06-15 15:00'),      # ends as the day does
            ('2026-06-15 14:00', 61, '2026-06-16 06:01'),
            ('2026-06-19 14:30', 60, '2026-06-22 06:30'),      # over the week-end
            ('2026-06-20 12:00', 480, '2026-06-22 15:00'),     # begins on it
            ('2026-06-30 14:00', 120, '2026-07-01 07:00'),     # over the end of a month
            ('2026-07-20 14:00', 120, '2026-07-22 07:00'),     # over a holiday that is noted until 23:59:59
            ('2026-06-15 06:00', 0, '2026-06-15 06:00'),
        ])

    def test_clock_changes(self):
        """The night of 29 March 2026 has no hour from 2 to 3, that of 25 October has it twice."""
        self.assertDeadlines(self._timeline(), [
            ('2026-03-27 15:30', 60, '2026-03-30 06:30'),      # Friday 16:30 winter time, Monday 8:30 summer time
            ('2026-10-23 14:30', 60, '2026-10-26 07:30'),
        ])
        night = self._timeline(hours=[(0, 24)], days=range(7))
        self.assertDeadlines(night, [
            ('2026-03-28 23:00', 23 * 60, '2026-03-29 22:00'),  # a day of 23 hours, midnight to midnight
            ('2026-10-24 22:00', 25 * 60, '2026-10-25 23:00'),
        ])

    def test_midnight(self):
        """Around the clock, with or without a calendar, no minute gets lost."""
        for timeline in (self._timeline(tz='UTC', hours=[(0, 24)], days=range(7)), self.env['resource.calendar']._crm_timeline()):
            self.assertDeadlines(timeline, [
                ('2026-06-15 23:59', 1, '2026-06-16 00:00'), ('2026-06-15 23:59', 2, '2026-06-16 00:01'),
                ('2026-06-15 00:00', 3 * 1440, '2026-06-18 00:00'), ('2026-12-31 23:00', 90, '2027-01-01 00:30')])

    def test_no_working_time(self):
        empty = self._timeline(hours=[])
        closed = self._timeline(off=[(datetime(2026, 1, 1), datetime(2036, 1, 1))])
        with self.assertQueryCount(30):
            for timeline in (empty, closed):
                self.assertIsNone(timeline.deadline(datetime(2026, 6, 15), 1))
                self.assertIsNone(timeline.opening(datetime(2026, 6, 15)))
                self.assertEqual(timeline.worked(datetime(2026, 6, 15), datetime(2026, 7, 15)), 0)

    def test_opening(self):
        timeline = self._timeline()
        for moment, expected in (
                ('2026-06-15 06:00', '2026-06-15 06:00'), ('2026-06-15 10:00', '2026-06-15 11:00'),
                ('2026-06-15 15:00', '2026-06-16 06:00'), ('2026-06-19 15:00', '2026-06-22 06:00')):
            with self.subTest(moment=moment):
                self.assertEqual(str(timeline.opening(datetime.fromisoformat(moment)))[:16], expected)

    def test_whose_days_off(self):
        """Those of everybody in the company count; those of a person, or of another company, do not."""
        day = {'name': "Off", 'date_from': '2026-06-15 22:00:00', 'date_to': '2026-06-16 22:00:00'}
        person = self.env['resource.resource'].create({'name': "Somebody", 'calendar_id': self.calendar.id, 'company_id': self.company.id})
        leaves = self.env['resource.calendar.leaves']
        start, end = datetime(2026, 6, 15, 22), datetime(2026, 6, 16, 22)
        for vals, worked in (
                ({'resource_id': person.id, 'calendar_id': self.calendar.id}, 480),
                ({'company_id': self.company_usd.id, 'calendar_id': False}, 480),
                ({'time_type': 'other', 'calendar_id': self.calendar.id}, 480),
                ({'company_id': self.company.id, 'calendar_id': False}, 0), ({'calendar_id': self.calendar.id}, 0)):
            with self.subTest(vals=vals):
                leave = leaves.with_company(vals.get('company_id') or self.company).create({**day, **vals})
                leave.flush_recordset()
                self.assertEqual(self.calendar._crm_timeline().worked(start, end), worked * 60)
                leave.unlink()

    def test_hours_that_change(self):
        """What is kept of hours is forgotten as they change: lines, days off, time zone, company."""
        start, end = datetime(2026, 6, 15), datetime(2026, 6, 16)
        day = {'name': "Off", 'date_from': '2026-06-15 04:00:00', 'date_to': '2026-06-15 08:00:00', 'calendar_id': False}

        def worked():
            return self.calendar._crm_timeline().worked(start, end) / 3600
        self.assertEqual(worked(), 8)
        line = self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == '0' and line.hour_from == 8)
        line.hour_from = 9
        self.assertEqual(worked(), 7)
        line.unlink()
        self.assertEqual(worked(), 4)
        self.calendar.attendance_ids = [(0, 0, {'name': "Early", 'dayofweek': '0', 'hour_from': 6, 'hour_to': 12})]
        self.assertEqual(worked(), 10)
        leave = self.env['resource.calendar.leaves'].with_company(self.company).create({**day, 'company_id': self.company.id})
        self.assertEqual(worked(), 6)       # 6 to 10 of the clock are off
        leave.date_to = '2026-06-15 06:00:00'
        self.assertEqual(worked(), 8)
        leave.unlink()
        self.assertEqual(worked(), 10)
        self.env['resource.calendar.leaves'].with_company(self.company_usd).create({**day, 'company_id': self.company_usd.id})
        self.assertEqual(worked(), 10)
        self.calendar.tz = 'UTC'
        self.assertEqual(self.calendar._crm_timeline().worked(start, datetime(2026, 6, 15, 8)) / 3600, 2)

    def test_looked_up_once(self):
        self.calendar._crm_timeline().deadline(datetime(2026, 6, 15), 60)
        self.env.invalidate_all()
        with self.assertQueryCount(1):      # the calendar's own row
            self.calendar._crm_timeline().deadline(datetime(2026, 6, 15), 600)

    def test_against_the_oracle(self):
        """Random weeks, days off and starts, in three time zones, over both changes of the clock."""
        chance = random.Random(20260615)
        for number in range(12):
            tz = ('Europe/Brussels', 'America/New_York', 'Asia/Kolkata')[number % 3]
            cuts = sorted(chance.sample(range(16, 92), 4))
            hours = [(cuts[0] / 4, cuts[1] / 4), (cuts[2] / 4, cuts[3] / 4)]
            days = sorted(chance.sample(range(7), chance.randint(1, 6)))
            base = datetime(2026, chance.choice((3, 10)), 20) + timedelta(minutes=chance.randrange(20000))
            off = []
            for _holiday in range(3):
                start = base + timedelta(minutes=chance.randrange(10000))
                off.append((start, start + timedelta(minutes=chance.randrange(30, 3000))))
            timeline, oracle = self._timeline(tz, hours, days, off), Oracle(tz, hours, days, off)
            for _case in range(4):
                start = base + timedelta(minutes=chance.randrange(9000))
                minutes = chance.randrange(1, 1500)
                end = start + timedelta(minutes=chance.randrange(12000))
                with self.subTest(tz=tz, hours=hours, days=days, off=off, start=start, minutes=minutes, end=end):
                    self.assertEqual(timeline.deadline(start, minutes), oracle.deadline(start, minutes))
                    self.assertEqual(timeline.worked(start, end), oracle.worked(start, end) * 60)
