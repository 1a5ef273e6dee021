from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestTicketReport(ServiceCommon):
    """When tickets come and how long they take."""

    @classmethod
    def _dated(cls, opened, response=None, solved=None, **vals):
        ticket = cls._ticket('solved' if solved else None, **vals).sudo()
        ticket.write({'date_opened': opened, 'date_first_response': response, 'date_solved': solved})
        cls.env.flush_all()
        return ticket

    def _row(self, ticket):
        return self.env['crm.ticket.report'].search([('ticket_id', '=', ticket.id)])

    def test_row(self):
        ticket = self._dated('2026-06-10 22:30:00', '2026-06-11 00:30:00', '2026-06-11 22:30:00')
        row = self._row(ticket)
        # half past midnight on Thursday in Brussels
        self.assertEqual((row.hour, row.weekday, row.response_hours, row.resolution_hours, row.is_open), ('00', '4', 2, 24, False))
        self.assertFalse(row.age)
        self.assertFalse(self._row(self._ticket('cancelled')))

    def test_age_of_the_backlog(self):
        for opened, age in (
                ('2026-06-14 12:00:00', '1'), ('2026-06-14 11:59:59', '2'), ('2026-06-12 12:00:00', '2'), ('2026-06-08 12:00:00', '3'),
                ('2026-05-16 12:00:00', '4'), ('2026-05-16 11:59:59', '5')):
            with self.subTest(opened=opened):
                self.assertEqual(self._row(self._dated(opened)).age, age)

    def test_percentiles_of_the_group(self):
        tickets = [self._dated('2026-06-01 00:00:00', None, f'2026-06-01 {hours:02d}:00:00') for hours in range(1, 12)]
        rows = [('ticket_id', 'in', [ticket.id for ticket in tickets])]
        [(median, p90, mean)] = self.env['crm.ticket.report']._read_group(
            rows, [], ['resolution_median:avg', 'resolution_p90:avg', 'resolution_hours:avg'])
        self.assertEqual((median, p90, mean), (6, 10, 6))
        tickets[-1].sudo().date_solved = '2026-06-05 00:00:00'
        self.env.flush_all()
        [(median, mean)] = self.env['crm.ticket.report']._read_group(rows, [], ['resolution_median:avg', 'resolution_hours:avg'])
        self.assertEqual((median, round(mean, 2)), (6, 13.73))

    def test_who_reads(self):
        ticket = self._dated('2026-06-10 12:00:00')
        for user, seen in ((self.agent, 1), (self.agent3, 0), (self.service_manager, 1), (self.agent_usd, 0)):
            with self.subTest(user=user.name):
                self.assertEqual(self._by(self.env['crm.ticket.report'], user).search_count([('ticket_id', '=', ticket.id)]), seen)
        with self.assertRaises(AccessError):
            self._by(self.env['crm.ticket.report'], self.rep).search([])
