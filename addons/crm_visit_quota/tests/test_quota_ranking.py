import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_grading.tests.contract_points import TileContractCase

from .quota_common import QuotaCommon


@tagged('post_install', '-at_install')
class TestQuotaRanking(QuotaCommon):

    def setUp(self):
        super().setUp()
        self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-02')])
        self._visits([(self.foreign, '2026-06-01')], user=self.lead)
        self._orders([(self.customer, '2026-06-03', 500)]).user_id = self.rep
        self._count()

    def _ranking(self, user, *args):
        return self._as(user)['crm.visit.quota.result'].get_ranking(*args)

    def test_every_measure(self):
        for measure, expected in (('fulfilment', 3.03), ('visit_count', 2), ('new_count', 2), ('signing_count', 1), ('signing_amount', 500),
                                  ('new_signed_count', 1), ('order_share', 50), ('lead_share', 0)):
            for period in ('month', 'quarter', 'year'):
                with self.subTest(measure=measure, period=period):
                    ranking = self._ranking(self.manager, measure, period)
                    json.dumps(ranking)
                    mine = next((row for row in ranking['rows'] if row['name'] == "Rep"), None)
                    if not expected:
                        self.assertIsNone(mine, "Who has nothing has no place.")
                        continue
                    self.assertEqual(mine['rank'], 1)
                    if measure != 'fulfilment' or period == 'month':
                        self.assertEqual(mine['value'], expected)

    def test_past_month(self):
        self.assertFalse(self._ranking(self.manager, 'visit_count', 'month', '2026-05-15')['rows'])

    def test_refused(self):
        for args in (('password',), ('fulfilment', 'day')):
            with self.assertRaises(UserError):
                self._ranking(self.manager, *args)

    def test_what_others_see(self):
        """A salesperson sees of the others what the company says; who sees all documents sees all."""
        for shown, expected in (('figures', [2, 1]), ('names', [None, 1]), ('own', [1])):
            with self.subTest(shown=shown):
                self.company.crm_quota_board = shown
                self.assertEqual([row['value'] for row in self._ranking(self.lead, 'visit_count')['rows']], expected)
                self.assertEqual(len(self._ranking(self.leads_all, 'visit_count')['rows']), 2)

    def test_company(self):
        self.assertFalse(self._ranking(self.manager_usd, 'visit_count')['rows'])

    def test_board(self):
        board = self._as(self.rep)['crm.visit.quota.result'].get_board()
        json.dumps(board)
        measures = [ranking['measure'] for ranking in board['rankings']]
        self.assertEqual(measures, ['fulfilment', 'signing_amount', 'new_count', 'order_share'])
        self.assertEqual((board['company'], board['counted_on']), ("Grading Europe", '2026-06-15 12:00:00'))

    def test_my_month(self):
        mine = self._as(self.rep)['crm.visit.quota.result'].get_my_month()
        json.dumps(mine)
        self.assertEqual((mine['visit_count'], mine['target_visits'], mine['behind'], mine['working_days_left']), (2, 66, 28, 12))
        self.assertEqual((mine['rank_company'], mine['persons_company'], mine['rank_team'], mine['persons_team']), (1, 2, 1, 2))
        self.assertEqual(mine['since'], 0)
        self._visits([(self.customer, '2026-06-15 06:00')])
        self.env.flush_all()
        self.assertEqual(self._as(self.rep)['crm.visit.quota.result'].get_my_month()['since'], 1)

    def test_my_month_uncounted(self):
        mine = self._as(self.rep2)['crm.visit.quota.result'].get_my_month()
        json.dumps(mine)
        self.assertIs(mine['result_id'], False)

    # ------------------------------------------------------------------
    # Goals
    # ------------------------------------------------------------------

    def _goal(self, user, start='2026-06-01', end='2026-06-30', target=2):
        goal = self.env['gamification.goal'].create({
            'definition_id': self.env.ref('crm_visit_quota.crm_visit_quota_goal_visits').id, 'user_id': user.id, 'start_date': start,
            'end_date': end, 'target_goal': target, 'state': 'inprogress'})
        return goal

    def test_goals_of_everybody(self):
        """Also of people who have never been online."""
        goals = self._goal(self.rep) + self._goal(self.lead)
        self.assertFalse(self.env['mail.presence'].search([('user_id', 'in', (self.rep + self.lead).ids)]))
        self._run_night()
        self.assertEqual((goals.mapped('current'), goals.mapped('state')), ([2, 1], ['reached', 'inprogress']))

    def test_goals_close(self):
        """A goal ends with its period, also where nothing has changed since."""
        missed, reached = self._goal(self.lead, '2026-05-01', '2026-05-31'), self._goal(self.rep, '2026-06-01', '2026-06-14')
        self._run_night()
        self.assertEqual((missed.state, missed.closed), ('failed', True))
        self.assertEqual((reached.state, reached.closed, reached.current), ('reached', True, 2))

    def test_goal_queries(self):
        """A constant number of queries for reading, however many goals; writing is one per goal that changed."""
        results = self.env['crm.visit.quota.result']
        counts = []
        for users in (self.rep, self.rep2 + self.lead + self.leads_all):
            for user in users:
                self._goal(user, target=99)
            results._refresh_goals(self.company)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results._refresh_goals(self.company)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged('post_install', '-at_install')
class TestQuotaTile(TileContractCase, QuotaCommon):
    tile_keys = {'my_quota': 'overview', 'quota_behind': 'overview'}

    def _fill(self, key, partner):
        self._visits([(partner, '2026-06-01')], user=self.manager if key == 'my_quota' else self.rep2)
        self._count()
