from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.crm_churn.demo import pools, rescue_story, story
from odoo.addons.crm_grading.demo import cast, crm_grading_demo
from odoo.addons.crm_grading.tests.test_demo import FEW


@tagged('post_install', '-at_install')
class TestChurnDemo(TransactionCase):
    """The demo company knows whom it lost, when, why and to whom, who fell silent and came back, and who lies in its pools."""

    def test_few_customers(self):
        wanted = {*FEW, 'papierwerk', 'nordic', 'chongqing', 'kiesgrube', 'xiamen', 'muehle', 'suzhou', 'agrar', 'windpark', 'garage',
                  'dalian', 'hangzhou'}
        few = tuple(customer for customer in cast.CAST if customer.key in wanted)
        with patch.object(crm_grading_demo, 'CAST', few), patch.object(crm_grading_demo, 'CAST_USD', ()):
            for name in ('crm_grading_demo.xml', 'product.product.csv', 'crm_grading_history.xml'):
                convert_file(self.env, 'crm_grading', f'demo/{name}', {}, mode='init', noupdate=True)
            convert_file(self.env, 'crm_churn', 'demo/crm_churn_demo.xml', {}, mode='init', noupdate=True)
        self.company = self.env.ref('crm_grading.demo_company')
        self._check_losses({customer.key for customer in few})
        self._check_competitors()
        self._check_models()
        self._check_rescue({customer.key for customer in few})
        self._check_calls()
        self._check_pools()
        self.assertFalse(self.env['mail.mail'].search([('model', '=like', 'crm.%'), ('state', '=', 'outgoing')]))

    def _found(self, model, *domain):
        return self.env[model].with_context(allowed_company_ids=self.company.ids).search([('company_id', '=', self.company.id), *domain])

    def _check_losses(self, keys):
        events = self._found('crm.churn.event')
        told = [lost for lost in story.LOST if lost.customer in keys]
        sales = events.filtered(lambda event: event.kind == 'opportunity')
        self.assertEqual(len(sales), len(told) + len(story.AGAIN))
        again = sales.filtered(lambda event: event.number == 2)
        self.assertEqual((again.name, again.main_reason_id), (story.AGAIN[0][1], self.env.ref('crm_churn.crm_churn_reason_stock')))
        self.assertEqual(sales.filtered('date_back').mapped('name'), [story.AFTER_ALL[0][1]])
        today = self.company._crm_today()
        for lost in told:
            event = sales.filtered(lambda event, lost=lost: event.name == lost.title and event.number == 1)
            self.assertEqual(
                ((today - event.date).days, (today - event.date_first).days, len(event.reason_ids), event.amount),
                (lost.lost, lost.engaged, len(lost.reasons), lost.amount), lost.title)
        self.assertLessEqual({'opportunity', 'leave', 'silent', 'unanswered'}, set(events.mapped('kind')))
        self.assertTrue(events.filtered(lambda event: event.kind == 'silent' and event.main_reason_id))
        forgotten = events.filtered(lambda event: event.kind == 'unanswered')
        self.assertLessEqual(set(forgotten.mapped('name')), set(story.FORGOTTEN))
        self.assertTrue(all(event.date <= today for event in events))
        unexplained = events.filtered(lambda event: not event.main_reason_id and event.user_id)
        self.assertTrue(unexplained.activity_ids, "Their owners are asked.")

    def _check_competitors(self):
        rivals = self._found('crm.competitor')
        self.assertEqual(set(rivals.mapped('name')), {rival.name for rival in story.COMPETITORS.values()})
        self.assertTrue(all(self.env['crm.competitor.product'].search_count([('competitor_id', '=', rival.id)]) >= 4 for rival in rivals))
        sightings = self._found('crm.competitor.sighting')
        self.assertTrue(sightings.filtered(lambda sighting: sighting.lead_id.active))
        self.assertTrue(sightings.filtered(lambda sighting: not sighting.lead_id.active))

    def _check_models(self):
        """With the customers of the parts shop there is enough of a past: a model speaks, tried out on several dates."""
        found = self._found('crm.churn.model')
        self.assertEqual(set(found.mapped('kind')), {'purchases', 'figures'})
        speaking = found.filtered('is_speaking')
        self.assertEqual((len(speaking), speaking.has_dropout), (1, True))
        self.assertIn(speaking.verdict, ('good', 'season'))
        self.assertGreaterEqual(len(speaking.backtest_ids), 2)   # on more dates where all of the cast is there
        self.assertTrue(all(test.date_end <= self.company._crm_today() for test in speaking.backtest_ids))
        self.assertGreater(speaking.auc, speaking.recency_auc + speaking.min_gain)
        self.assertGreater(speaking.gain_low, 0)
        self._check_once(speaking)

    def _check_once(self, speaking):
        """Of who has bought once is said how many such customers came back; they raise no alert."""
        once = self._found('crm.customer', ('churn_is_single', '=', True), ('churn_source', '=', 'single'))
        self.assertGreater(len(once), 5)
        self.assertTrue(all(customer.churn_single_text for customer in once))
        self.assertTrue(speaking.single_ids.filtered(lambda row: 0 < row.back < row.customers))
        self.assertFalse(self.company.crm_churn_alert_single)
        self.assertFalse(self._found('crm.churn.alert', ('is_single', '=', True)))
        judged = self._found('crm.customer', ('churn_source', '=', speaking.kind))
        self.assertGreater(len(judged), len(once))
        self.assertTrue(self._found('crm.customer', ('churn_level', '=', 'high')))
        self.assertTrue(self._found('crm.churn.alert', ('state', '=', 'open')))

    def _check_rescue(self, keys):
        alerts = self._found('crm.churn.alert', ('state', '=', 'done'))
        for told in rescue_story.ALERTS:
            if told.customer in keys:
                alert = alerts.filtered(
                    lambda alert, told=told: alert.partner_id == self._partner(told.customer) and (alert.note or '') == told.note)
                self.assertEqual(
                    (alert.date, alert.date_done, alert.outcome, len(alert.reason_ids)),
                    (self._day(told.raised), self._day(told.closed), told.outcome, len(told.signals)), told.customer)
        cases = self._found('crm.churn.case')
        told = [case for case in rescue_story.CASES if case.customer in keys]
        self.assertEqual(
            sorted(cases.mapped(lambda case: (case.partner_id.id, case.date_open, case.state, case.date_closed, len(case.measure_ids)))),
            sorted((self._partner(case.customer).id, self._day(case.opened), case.state,
                    case.state != 'open' and self._day(case.closed), len(case.measures)) for case in told))
        self.assertTrue(cases.filtered(lambda case: case.state == 'won_back' and case.regained > 0 and case.main_reason_id))
        self.assertTrue(all(case.event_ids for case in cases), "Each is about a loss.")
        running = cases.filtered(lambda case: case.state == 'open')
        self.assertTrue(running.lead_ids)
        won = self.env['crm.lead'].search([('company_id', '=', self.company.id), ('won_status', '=', 'won')])
        self.assertLessEqual({won.title for won in rescue_story.WON if won.customer in keys}, set(won.mapped('name')))
        self.assertTrue(self._found('crm.competitor.sighting', ('lead_id', 'in', won.ids), ('price', '>', 0)))

    def _check_calls(self):
        closed, running = self._found('crm.churn.call').sorted('date_start')
        self.assertEqual((closed.state, closed.return_count, closed.done_count), ('closed', 3, 3))
        self.assertEqual((running.state, running.frequency), ('running', 'weekly'))
        self.assertEqual(set(running.return_ids.mapped('state')), {'open', 'done', 'missed'})
        self.assertEqual(
            running.return_ids.filtered(lambda answer: answer.state == 'open').user_id,
            self.env.ref('crm_grading.demo_user_rep') | self.env.ref('crm_grading.demo_user_lead'), "There is something to answer.")
        self.assertTrue(all(answer.date_done <= self.company._crm_today() for answer in running.return_ids if answer.date_done))

    def _partner(self, key):
        return self.env.ref(f'crm_grading.demo_customer_{key}')

    def _day(self, ago):
        return fields.Date.subtract(self.company._crm_today(), days=ago)

    def _check_pools(self):
        found = self._found('crm.pool')
        self.assertEqual(found.mapped('name'), [pool.name for pool in pools.POOLS.values()])
        entries = self.env['crm.pool.entry'].search([('pool_id', 'in', found.ids)])
        self.assertEqual(
            entries.partner_id, self.env['res.partner'].union(*(
                self.env.ref(f'crm_grading.demo_customer_{key}') for key in ('kiesgrube', 'chongqing', 'xiamen', 'garage'))))
        self.assertFalse(entries.partner_id.user_id)
        moves = self._found('crm.pool.move')
        self.assertLessEqual({'imported', 'released', 'claimed', 'recycled', 'transferred'}, set(moves.mapped('kind')))
        self.assertEqual(self.env.ref('crm_grading.demo_customer_muehle').user_id, self.env.ref('crm_grading.demo_user_rep'))
        self.assertTrue(all(move.date.date() < self.company._crm_today() for move in moves))
        due = self._found('crm.pool.due')
        self.assertIn(self._partner('dalian'), due.partner_id, "Nobody has been in touch for long.")
        self.assertNotIn(self._partner('vandijk'), due.partner_id, "The best customers stay.")
        self.assertTrue(all(self.company._crm_today() < row.recycle_date for row in due))
        self.assertTrue(due.filtered('warned_on'))
