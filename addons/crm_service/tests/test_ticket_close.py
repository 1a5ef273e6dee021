from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestTicketClose(ServiceCommon):
    """Solved tickets are closed after working days of silence. The clock of Brussels is two hours before UTC."""

    def _closed(self, ticket, *moments):
        """Return the moment of the first run of ``moments`` (UTC) that closes a ticket."""
        for moment in moments:
            with freeze_time(moment):
                self.env['crm.ticket']._cron_close()
            if ticket.state == 'closed':
                return moment
        return None

    def test_five_working_days(self):
        ticket = self._ticket('solved')   # Monday; Tuesday to Friday and Monday are left in peace
        self.assertEqual(
            self._closed(ticket, '2026-06-20 12:00:00', '2026-06-22 21:59:59', '2026-06-22 22:00:00'), '2026-06-22 22:00:00')
        self.assertFalse(ticket.log_ids.sorted('id')[-1].author_id.user_ids.filtered(lambda user: not user.share) - self.env.user)

    def test_holiday_and_weekend_do_not_count(self):
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'calendar_id': self.calendar.id, 'company_id': self.company.id,
            'date_from': datetime(2026, 6, 16, 22), 'date_to': datetime(2026, 6, 17, 22)})
        ticket = self._ticket('solved')
        self.assertEqual(self._closed(ticket, '2026-06-23 21:59:59', '2026-06-23 22:00:00'), '2026-06-23 22:00:00')

    def test_without_hours_each_day_counts(self):
        self.hotline.calendar_id = False
        self.company.resource_calendar_id.tz = 'UTC'
        ticket = self._ticket('solved')
        self.assertEqual(self._closed(ticket, '2026-06-20 23:59:59', '2026-06-21 00:00:00'), '2026-06-21 00:00:00')

    def test_without_team_the_hours_of_the_company_count(self):
        self.company.resource_calendar_id = self.calendar
        ticket = self._ticket('solved', team_id=False)
        self.assertEqual(
            self._closed(ticket, '2026-06-21 12:00:00', '2026-06-22 21:59:59', '2026-06-22 22:00:00'), '2026-06-22 22:00:00')

    def test_day_off_of_another_company(self):
        self.env['resource.calendar.leaves'].with_company(self.company_usd).create({
            'name': "Holiday", 'company_id': self.company_usd.id, 'calendar_id': False,
            'date_from': datetime(2026, 6, 16, 22), 'date_to': datetime(2026, 6, 17, 22)})
        self.assertEqual(self._closed(self._ticket('solved'), '2026-06-22 22:00:00'), '2026-06-22 22:00:00')

    @mute_logger('odoo.addons.crm_service.models.crm_ticket_close')
    def test_calendar_without_working_days(self):
        self.calendar.attendance_ids = [Command.clear()]
        self.assertIsNone(self._closed(self._ticket('solved'), '2028-06-21 00:00:00'))

    def test_what_was_said_since_counts(self):
        ticket = self._ticket('solved')
        with freeze_time('2026-06-18 12:00:00'):
            self._answer(ticket, "Still fine?")
        self.assertEqual(self._closed(ticket, '2026-06-22 22:00:00', '2026-06-25 21:59:59', '2026-06-25 22:00:00'), '2026-06-25 22:00:00')

    def test_others_stay(self):
        self.praise.close_days = 0
        open_one, waiting, never = self._ticket('open'), self._ticket('waiting'), self._ticket('solved', type_id=self.praise.id)
        self._closed(open_one, '2027-06-15 12:00:00')
        self.assertEqual([ticket.state for ticket in (open_one, waiting, never)], ['open', 'waiting', 'solved'])

    def test_teams_and_types_each_by_their_own(self):
        self.repair.close_days = 1
        self.workshop.calendar_id = self._calendar(self.company, 'Europe/Brussels', [(8, 12)], days=[0])
        slow, quick, workshop = self._ticket('solved'), self._ticket('solved', type_id=self.repair.id), self._ticket(
            'solved', type_id=self.repair.id, team_id=self.workshop.id)
        for moment, closed in (
                ('2026-06-16 21:59:59', []), ('2026-06-16 22:00:00', [quick]), ('2026-06-22 21:59:59', [quick]),
                ('2026-06-22 22:00:00', [slow, quick, workshop])):
            self._closed(slow, moment)
            self.assertEqual([ticket for ticket in (slow, quick, workshop) if ticket.state == 'closed'], closed, moment)

    def test_cost_does_not_grow(self):
        self._tickets(3)._move('solved')
        with freeze_time('2026-07-15 12:00:00'):
            self.env['crm.ticket']._cron_close()
        self._tickets(60)._move('solved')
        self.env.flush_all()
        with freeze_time('2026-08-15 12:00:00'), self.assertQueryCount(60):
            self.env['crm.ticket']._cron_close()
            self.env.flush_all()
