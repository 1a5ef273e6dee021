from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestAssign(ServiceCommon):
    """Tickets that come to a team go to whom its rule says; see tools/assignment.py for the rule alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_seat, cls.agent_seat, cls.agent2_seat = cls.hotline.member_ids.sorted('id')
        cls.hotline.assignment = 'turn'

    def _why(self, ticket):
        return (ticket.assign_choice or {}).get('why')

    def test_in_turn(self):
        self.assertEqual(
            self._tickets(7).user_id.ids and [ticket.user_id for ticket in self._tickets(4)],
            [self.agent, self.agent2, self.service_lead, self.agent])   # seven before: the lead had the first and the last
        seats = self.hotline.member_ids.sorted('id')
        self.assertEqual(seats.mapped('turn'), [10, 11, 9])
        self.assertEqual(set(seats.mapped('date_assigned')), {fields.Datetime.now()})

    def test_one_by_one_is_as_all_at_once(self):
        users = [self._ticket().user_id for _number in range(6)]
        self.assertEqual(users, [self.service_lead, self.agent, self.agent2] * 2)

    def test_fewest_open(self):
        self.hotline.assignment = 'manual'
        old = self._tickets(5, user_id=self.agent.id) + self._tickets(2, user_id=self.agent2.id)
        old[0]._move('waiting')   # counts: work is left
        old[1]._move('solved')    # does not
        self.hotline.assignment = 'load'
        users = [ticket.user_id for ticket in self._tickets(6)]   # lead has 0, agent 4, agent2 2
        self.assertEqual([users.count(user) for user in (self.service_lead, self.agent, self.agent2)], [4, 0, 2])
        self.assertEqual(self.hotline.member_ids.sorted('id').mapped('open_count'), [4, 4, 4])

    def test_capacity_before_at_and_after(self):
        (self.lead_seat + self.agent2_seat).is_absent = True
        self.agent_seat.capacity = 2
        tickets = self._tickets(3)
        self.assertEqual([ticket.user_id.id for ticket in tickets], [self.agent.id, self.agent.id, False])
        self.assertEqual(self._why(tickets[2]), ['full'])
        self.assertIn("everybody of Hotline has as many open tickets", tickets[2].assign_note)
        self.assertEqual(self.agent_seat.load_percent, 100)
        self._by(tickets[0]).action_solve()
        self.env['crm.ticket']._cron_assign()
        self.assertEqual(tickets[2].user_id, self.agent)

    def test_load_of_another_team_counts(self):
        self.workshop.write({'assignment': 'turn', 'member_ids': [
            Command.clear(), Command.create({'user_id': self.agent.id, 'capacity': 1})]})
        both = self.env['crm.ticket'].create([
            {'title': "Hotline", 'team_id': self.hotline.id, 'tag_ids': [Command.set(self.tag_pump.ids)]},
            {'title': "Workshop", 'team_id': self.workshop.id}])
        self.assertEqual([ticket.user_id.id for ticket in both], [self.agent.id, False])

    def test_absent_and_on_leave(self):
        self.lead_seat.is_absent = True
        now = fields.Datetime.now()
        resource = self.env['resource.resource'].create({
            'name': "Agent", 'user_id': self.agent.id, 'company_id': self.company.id, 'calendar_id': self.calendar.id})
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'resource_id': resource.id, 'calendar_id': self.calendar.id, 'company_id': self.company.id,
            'date_from': now, 'date_to': now + timedelta(hours=4)})
        for moment, who in ((now - timedelta(seconds=1), self.agent), (now, self.agent2), (now + timedelta(hours=4), self.agent)):
            self.hotline.member_ids.turn = 0
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self.agent_seat.is_on_leave, who == self.agent2)
                self.assertEqual(self._ticket().user_id, who)
            self.hotline.member_ids.invalidate_recordset(['is_on_leave'])
        self.agent2_seat.is_absent = True
        ticket = self._ticket()
        self.assertEqual((ticket.user_id.id, self._why(ticket)), (False, ['away']))

    def test_archived_and_outsiders_get_nothing(self):
        self.service_lead.active = False
        self.agent.write({'company_ids': [Command.set(self.company_usd.ids)], 'company_id': self.company_usd.id})
        self.assertEqual(self._tickets(2).user_id, self.agent2)

    def test_skills(self):
        ticket = self._ticket(tag_ids=[Command.set((self.tag_pump + self.tag_bill).ids)])   # nobody knows bills: no skill
        self.assertEqual((ticket.user_id, self._why(ticket)), (self.agent, ['skills', 'turn']))
        self.assertEqual(ticket.assign_note, "has the skills · it was this person's turn")
        self.agent2_seat.tag_ids = self.tag_bill
        both = self._ticket(tag_ids=[Command.set((self.tag_pump + self.tag_bill).ids)])
        self.assertEqual((both.user_id, self._why(both)), (self.service_lead, ['no_skills', 'turn']))
        self.hotline.needs_skills = True
        both = self._ticket(tag_ids=[Command.set((self.tag_pump + self.tag_bill).ids)])
        self.assertEqual((both.user_id.id, self._why(both)), (False, ['nobody_knows']))

    def test_language(self):
        french = self.env['res.lang']._activate_lang('fr_FR') or self.env.ref('base.lang_fr')
        self.agent2_seat.lang_ids = french
        self.person.lang = 'fr_FR'
        ticket = self._ticket()
        self.assertEqual((ticket.user_id, self._why(ticket)), (self.agent2, ['lang', 'turn']))

    def test_who_knows_the_customer(self):
        self.hotline.to_last_agent = True
        self._ticket(user_id=self.agent.id)
        with freeze_time('2026-06-15 12:30:00'):
            last = self._ticket(user_id=self.agent2.id)
        self.assertFalse(last.assign_note)   # chosen by hand
        self.assertEqual(self._ticket().user_id, self.agent2)
        self.assertEqual(self._ticket(partner_id=self.person2.id).user_id, self.service_lead)   # nobody's yet: in turn
        self.hotline.write({'to_last_agent': False, 'to_owner': True})
        self.customer.user_id = self.agent
        self.assertEqual(self._ticket().user_id, self.agent)

    def test_chosen_by_hand_stays(self):
        ticket = self._ticket(user_id=self.agent3.id)
        self.assertEqual(ticket.user_id, self.agent3)
        self.assertEqual(self.hotline.member_ids.mapped('turn'), [0, 0, 0])

    def test_sent_to_another_team(self):
        ticket = self._ticket(team_id=self.workshop.id)   # assigns by hand
        self.assertFalse(ticket.user_id or ticket.assign_note)
        self._by(ticket, self.service_manager).team_id = self.hotline
        self.assertEqual(ticket.user_id, self.service_lead)
        log = ticket.log_ids.filtered(lambda log: log.event == 'assigned')
        self.assertEqual((log.user_id, log.author_id.id), (self.service_lead, False))   # a rule did it

    def test_button(self):
        self.hotline.assignment = 'manual'
        tickets = self._tickets(3)
        with self.assertRaisesRegex(UserError, "assign by hand"):
            self._by(tickets).action_assign()
        self.hotline.assignment = 'turn'
        self.hotline.member_ids.capacity = 1
        extra = self._tickets(1, user_id=self.agent.id)
        action = self._by(tickets + extra).action_assign()
        self.assertEqual(action['params']['message'], "2 given out. 1 stay in the queue; each says why.")
        self.assertEqual(tickets.user_id, self.service_lead + self.agent2)
        with self.assertRaises(AccessError):
            self._by(tickets, self.agent3).action_assign()
        with self.assertRaises(AccessError):
            self._by(tickets[0], self.service_lead).write({'assign_choice': {'user': False, 'why': ['full']}})

    def test_busy_stays_in_the_queue(self):
        """Where others hold the members' rows, the ticket waits for the job."""
        self.patch(self.registry['crm.service.team'], '_seats', lambda teams: None)
        ticket = self._ticket()
        self.assertEqual((ticket.user_id.id, self._why(ticket)), (False, ['busy']))

    def test_rule_in_words(self):
        self.assertIn("one whose turn is longest ago", self.hotline.assignment_text)
        self.hotline.write({'assignment': 'load', 'to_owner': True, 'needs_skills': True})
        self.assertIn("salesperson", self.hotline.assignment_text)
        self.assertIn("fewest open tickets", self.hotline.assignment_text)
        self.assertIn("wait in the queue until somebody takes them", self.workshop.assignment_text)

    def test_cost_does_not_grow(self):
        self.hotline.to_owner = True
        self.hotline.assignment = 'manual'
        few, many = self._tickets(10), self._tickets(100)
        self.hotline.assignment = 'turn'
        counts = []
        for tickets in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            tickets._assign()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual([self.hotline.member_ids.sorted('id').mapped('open_count')], [[37, 37, 36]])
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
        self.assertLess(counts[1], 45)
