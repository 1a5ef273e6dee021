from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .sla_common import SlaCommon, at


@tagged('post_install', '-at_install')
class TestServiceBoard(SlaCommon):
    """What stands on the wall: now, of the tickets that the viewer may see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy(hours=4, promise='resolution')

    def _board(self, user=None, **kwargs):
        self.env.flush_all()
        return self._by(self.env['crm.service.board'], user).get_board(**kwargs)

    def test_what_is_open(self):
        before = self._board()['figures']
        with self._at('Mon 10:00'):
            late = self._ticket(title="Late", user_id=self.agent.id)
        with self._at('Mon 12:30'):
            self._ticket('waiting', title="Waits", user_id=self.agent.id)
        self._ticket(title="Fresh")
        self._ticket('cancelled')
        with self._at('Mon 15:00'):
            done = self._ticket(title="Done", user_id=self.agent2.id)
            done.action_solve()
        for moment, soon, breached in (('Mon 13:59', 0, 0), ('Mon 14:00', 1, 0), ('Mon 15:00', 1, 0), ('Mon 15:01', 0, 1)):
            with self.subTest(moment=moment):
                self._watch(moment)
                with self._at(moment):
                    figures = self._board()['figures']
                    self.assertEqual((figures['soon'], figures['breached']), (soon, breached))
        with self._at('Mon 15:01'):
            board = self._board()
            self.assertEqual(
                {name: value - before[name] for name, value in board['figures'].items()},
                {'open': 3, 'unassigned': 1, 'waiting': 1, 'breached': 1, 'soon': 0, 'opened': 4, 'solved': 1})
            self.assertEqual(board['urgent'][0], {
                'id': late.id, 'name': late.name, 'title': "Late", 'team': "Hotline", 'agent': "Agent", 'date_due': at('Mon 15:00'),
                'sla_state': 'breached', 'priority': late.priority})
            self.assertEqual([ticket['title'] for ticket in board['urgent']], ["Late", "Fresh"])    # of one that waits the clock stands

    def test_today_is_that_of_the_user(self):
        with self._at('Mon 23:59'):
            before = self._board()['figures']['opened']
            self._ticket()
            self.assertEqual(self._board()['figures']['opened'], before + 1)
        with freeze_time('2026-06-15 22:00:00'):
            self.assertEqual(self._board()['figures']['opened'], 0)
            board = self._by(self.env['crm.service.board']).with_context(tz='America/New_York')    # where it is still Monday evening
            self.assertEqual(board.get_board()['figures']['opened'], before + 1)

    def test_promises_kept(self):
        self.assertEqual((self._board(team_id=self.hotline.id)['kept'], self._board(team_id=self.hotline.id)['kept_tone']), (None, 'muted'))
        for title, solved in (("Good", 'Mon 17:00'), ("Too late", 'Tue 12:00')):
            with self._at('Mon 13:00'):
                ticket = self._ticket(title=title)
            with self._at(solved):
                ticket.action_solve()
        with self._at('Wed 12:00'):
            board = self._board()
            self.assertEqual((board['kept'], board['kept_tone']), (0.5, 'danger'))
            self._ticket()
            team = next(row for row in self._board()['teams'] if row['id'] == self.hotline.id)
            self.assertEqual((team['name'], team['open'], team['unassigned'], team['kept']), ("Hotline", 1, 1, 0.5))
        with self._at('Sun 12:00'):
            self.assertEqual(self._board()['kept'], 0.5)
        self.env.cr.execute("UPDATE crm_ticket_sla SET date_reached = date_reached - INTERVAL '8 days'")
        self.env.invalidate_all()
        with self._at('Wed 12:00'):
            self.assertIsNone(self._board()['kept'])

    def test_whose_tickets(self):
        self._ticket(title="Ours", team_id=self.hotline.id)
        self._ticket(title="Theirs", team_id=self.workshop.id)
        for user, team, titles in (
                (self.agent, None, {"Ours"}), (self.agent3, None, {"Theirs"}), (self.service_manager, None, {"Ours", "Theirs"}),
                (self.service_manager, self.workshop, {"Theirs"}), (self.agent_usd, None, set())):
            with self.subTest(user=user.name, team=team and team.name):
                board = self._board(user, team_id=team and team.id)
                self.assertEqual({ticket['title'] for ticket in board['urgent']}, titles)
                self.assertEqual(sum(row['open'] for row in board['teams']), board['figures']['open'])
        for user in (self.rep, self.finance):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._board(user)

    def test_rating(self):
        self.assertIsNone(self._board(team_id=self.hotline.id)['rating'])
        for priority, rating in (('0', 5), ('3', 3)):
            ticket = self._ticket(user_id=self.agent.id, priority=priority, partner_id=(
                self.person if priority == '0' else self.person2).id)
            ticket.action_solve()
            ticket.action_close()
            ticket.feedback_ids.sudo()._answer(rating=rating)
        self.assertEqual(self._board(team_id=self.hotline.id)['rating'], 3.5)    # an urgent one counts three times

    def test_as_many_queries_for_many_tickets(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._board()
            return self.env.cr.sql_log_count - before
        self._tickets(2)
        queries()
        few = queries()
        self._tickets(20, user_id=self.agent.id)
        self.assertLessEqual(queries(), few + 1)
