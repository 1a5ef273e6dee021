"""The event log of a real service desk, replayed as tickets: what pandas found outside, the tickets and their promises give."""
import pathlib
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

DATA = pathlib.Path(__file__).parent / 'data'
FILE = DATA / 'incident_event_log_small_mod25_0.csv.gz'
# the promise of a resolution by priority: in hours of the clock (A), in working hours Mon-Fri 8-12 and 13-17 (B)
POLICIES = {'A': {'3': 4, '2': 8, '1': 24, '0': 72}, 'B': {'3': 4, '2': 8, '1': 16, '0': 40}}


def working_minutes(start, end):
    """By the wall clock, minute for minute: Mon-Fri 8-12 and 13-17."""
    minutes, moment = 0, start
    while moment < end:
        minutes += moment.weekday() < 5 and (8 <= moment.hour < 12 or 13 <= moment.hour < 17)
        moment += timedelta(minutes=1)
    return minutes


def set_policy(env, name):
    """Promise what policy A or B says, and nothing else."""
    env['crm.sla.policy'].search([]).active = False
    calendar = env['resource.calendar'].create({
        'name': "Policy B", 'tz': 'UTC', 'company_id': env.company.id, 'attendance_ids': [Command.clear(), *[
            Command.create({'name': f"{day} {start}", 'dayofweek': str(day), 'hour_from': start, 'hour_to': start + 4})
            for day in range(5) for start in (8, 13)]]}) if name == 'B' else env['resource.calendar']
    env['crm.sla.policy'].create([{
        'name': f"{name} {priority}", 'company_id': env.company.id, 'promise': 'resolution', 'hours': hours, 'pauses': False,
        'clock': 'calendar' if calendar else 'always', 'calendar_id': calendar.id, 'priority_from': priority, 'priority_to': priority,
    } for priority, hours in POLICIES[name].items()])


@tagged('post_install', '-at_install')
class TestIncidentReference(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.company = cls.env['res.company'].create({'name': "Service Desk"})
        cls.env = cls.env(su=True, context={**cls.env.context, 'allowed_company_ids': cls.company.ids, 'lang': 'en_US'})
        cls.env['crm.sla.policy'].search([]).active = False
        cls.service = cls.env['crm.incident.import']
        cls.incidents = cls.service._run_file(str(FILE))
        cls.tickets = cls.service._tickets()

    def test_file(self):
        self.assertEqual((sum(incident.events for incident in self.incidents), len(self.incidents)), (5611, 984))
        figures = self.service._figures()
        self.assertEqual((figures['tickets'], figures['made_sla'], figures['resolved']), (984, 616, 927))
        self.assertEqual(figures['by_priority'], {'3': (17, 0), '2': (12, 0), '1': (923, 593), '0': (32, 23)})

    def test_policies(self):
        for name, kept in (('A', 465), ('B', 573)):
            with self.subTest(policy=name):
                set_policy(self.env, name)
                self.assertEqual(self.service._measure(), {'resolution': (kept, 927 - kept)})
                self.assertFalse(self.tickets._sla_recompute())

    def test_working_time_of_each(self):
        """Minute by minute, where that does not take too long."""
        set_policy(self.env, 'B')
        self.service._measure()
        by_number = {ticket.name: ticket.sla_ids for ticket in self.tickets}
        short = [incident for incident in self.incidents if incident.resolved and incident.resolved - incident.opened < timedelta(days=5)]
        self.assertGreater(len(short), 400)
        for incident in short:
            sla = by_number[incident.number]
            self.assertEqual(sla.worked_minutes, working_minutes(incident.opened, incident.resolved), incident.number)

    def test_backlog(self):
        for day in ('2016-03-01', '2016-03-31', '2016-05-15'):
            moment = datetime.fromisoformat(day)
            expected = sum(incident.opened <= moment and not (incident.resolved and incident.resolved <= moment)
                           for incident in self.incidents)
            self.assertEqual(self.service._figures(moment)['backlog'], expected)
            self.assertGreater(expected, 0)

    def test_log(self):
        """Each log begins with the opening, in order, and ends where the ticket stands."""
        for ticket in self.tickets:
            log = ticket.log_ids.sorted(lambda line: (line.date, line.id))
            self.assertEqual((log[0].event, log[0].date), ('created', ticket.date_opened))
            moves = log.filtered(lambda line: line.event == 'stage')
            self.assertEqual((moves[-1].state, moves[-1].stage_id), (ticket.state, ticket.stage_id))
            states = [log[0].state, *moves.mapped('state')]
            self.assertEqual(moves.mapped('state_from'), states[:-1])
            solved = [line.date for line in moves if line.state == 'solved']
            self.assertEqual(solved[-1] if ticket.date_solved else False, ticket.date_solved)

    def test_pausing(self):
        """With a clock that stands still while the customer is asked, nobody has used more time."""
        set_policy(self.env, 'A')
        kept = self.service._measure()['resolution'][0]
        used = {sla.ticket_id: sla.worked_minutes for sla in self.tickets.sla_ids}
        self.env['crm.sla.policy'].search([('company_id', '=', self.company.id)]).pauses = True
        self.assertGreater(self.service._measure()['resolution'][0], kept)
        self.assertTrue(all(sla.worked_minutes <= used[sla.ticket_id] for sla in self.tickets.sla_ids))

    def test_again(self):
        self.service._run_file(str(FILE))
        self.assertEqual(self.service._tickets(), self.tickets)

    def test_unusable(self):
        with self.assertRaisesRegex(UserError, "no column"):
            self.service._run_file(str(DATA / 'online_retail_small_mod25_0.csv.gz'))


def whole(env, path):
    """Import a whole file into a company of its own and return all its figures; takes minutes, so no test calls it.

    Call it in a shell on a database that may be thrown away, with the file of all incidents.
    """
    company = env['res.company'].create({'name': "Service Desk (all)"})
    env = env(su=True, context={**env.context, 'allowed_company_ids': company.ids})
    service = env['crm.incident.import']
    incidents = service._run_file(str(path))
    figures = {'events': sum(incident.events for incident in incidents), **service._figures(datetime(2016, 3, 31))}
    for name in POLICIES:
        set_policy(env, name)
        figures[name] = service._measure()
        march = env['crm.ticket.sla'].search_count([
            ('ticket_id.date_opened', '>=', '2016-03-01'), ('ticket_id.date_opened', '<', '2016-04-01'), ('state', '=', 'met'),
            ('company_id', '=', company.id)])
        figures[f'{name} kept, opened in 2016-03'] = march
    figures['reopened'] = sum(incident.reopened > 0 for incident in incidents)
    figures['reassigned'] = sum(incident.reassigned > 0 for incident in incidents)
    figures['examples'] = {
        ticket.name: round(ticket.sla_ids.worked_hours, 4) for ticket in service._tickets().filtered(
            lambda ticket: ticket.name in ('INC0000045', 'INC0000047', 'INC0000057', 'INC0000236', 'INC0008161'))}
    return figures
