import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .scheme_common import SchemeCommon


@tagged('post_install', '-at_install')
class TestExplanation(SchemeCommon):

    def _explain(self, scheme, partner, user=None):
        verdict = self._verdict(scheme, partner)
        return verdict.with_env(self._as(user or self.manager))._explain()

    def _texts(self, scheme, partner, user=None):
        return [one['text'].replace('\xa0', ' ') for one in self._explain(scheme, partner, user)['lift']]

    def test_weighted(self):
        scheme = self._weighted(state='active')
        self._run()
        self.assertEqual(self._grade_names(scheme), "CCBBBBBAAA")
        why = self._explain(scheme, self.buyers[6])   # 2 × 700
        self.assertEqual(
            {key: why[key] for key in (
                'scheme', 'grade', 'grade_color', 'computed_grade', 'status', 'score', 'since', 'override', 'pending')},
            {'scheme': "By weighted", 'grade': "B", 'grade_color': 2, 'computed_grade': "B", 'status': 'graded', 'score': 50.0,
             'since': '2026-06-15', 'override': None, 'pending': None})
        self.assertEqual(why['status_text'], "Score 50 of 100.")
        dimension, = why['dimensions']
        self.assertEqual(dimension['value_text'].replace('\xa0', ' '), "1,400 €")
        self.assertEqual(
            {key: dimension[key] for key in (
                'metric', 'value', 'unit', 'percentile', 'points', 'level', 'level_count', 'weight', 'hidden')},
            {'metric': 'revenue', 'value': 1400.0, 'unit': 'monetary', 'percentile': 66.67, 'points': 50.0, 'level': 2,
             'level_count': 3, 'weight': 1.0, 'hidden': False})
        self.assertEqual(why['lift'], [{
            'text': f"{dimension['value_text'].replace('1,400', '100')} more {self.revenue.name}", 'together': False,
            'dimension': self.revenue.name, 'delta': 100.0}])
        json.dumps(why)

    def test_best_grade_needs_no_lift(self):
        scheme = self._weighted(state='active')
        self._run()
        self.assertEqual(self._texts(scheme, self.buyers[9]), [])

    def test_weighted_alternatives_and_together(self):
        """Each figure alone where that is enough; both where only both are."""
        dimensions = [
            self._thresholds(self.revenue, (500, 50), (1500, 100), weight=1),
            {'metric_id': self.count.id, 'scoring': 'linear', 'low_value': 0, 'high_value': 4, 'weight': 1}]
        scheme = self._scheme('weighted', dimensions, [(self.grade_a, 90), (self.grade_b, 60), (self.grade_c, 0)], state='active')
        self._run()
        # buyer 5: 1000 (50 points) and 2 invoices (50 points) make 50; B needs 20 points more
        self.assertEqual(
            self._texts(scheme, self.buyers[4]), [f"500 € more {self.revenue.name}", f"1 more {self.count.name}"])
        # buyer 8: 1600 (100 points) and 2 invoices make 75; A needs 30 points of the second: 3.2 invoices, so 4
        self.assertEqual(self._texts(scheme, self.buyers[7]), [f"2 more {self.count.name}"])
        # buyer 1: 200 (0 points) and 2 invoices make 25; B needs 70 points more: neither 50 nor 100 of one will do … but 100 does
        self.assertEqual(self._texts(scheme, self.buyers[0]), [f"1,300 € more {self.revenue.name}"])
        scheme.band_ids.filtered(lambda band: band.grade_id == self.grade_b).threshold = 80
        self.assertEqual(
            self._texts(scheme, self.buyers[0]), [f"1,300 € more {self.revenue.name} and 1 more {self.count.name}"])

    def _prove(self, scheme, partner, better, cent=0.01):
        """What the explanation asks for is enough, and a cent less is not."""
        lift, = self._explain(scheme, partner)['lift']
        worse = self._verdict(scheme, partner).grade_id
        self._invoices([(partner, self.TODAY, lift['delta'] - cent)])
        self._run()
        self.assertEqual(self._verdict(scheme, partner).grade_id, worse)
        self._invoices([(partner, self.TODAY, cent)])
        self._run()
        self.assertEqual(self._verdict(scheme, partner).grade_id, better)

    def test_weighted_lift_is_exactly_enough(self):
        scheme = self._weighted(state='active')
        self._run()
        self._prove(scheme, self.buyers[6], self.grade_a)

    def test_pareto_lift_is_enough(self):
        scheme = self._pareto(state='active')
        self._run()
        # 2000 + 1800 + 1600 + 1400 of 11000: the fourth crosses 50 %; the sixth of 9000 crosses 80 %
        self.assertEqual(self._grade_names(scheme), "CCCCBBAAAA")
        why = self._explain(scheme, self.buyers[2])   # 600; the smallest B has 1000
        self.assertEqual(why['status_text'], "Better customers make up 89.09 % of the total.")
        self.assertEqual((why['dimensions'][0]['points'], why['dimensions'][0]['level']), (None, None))
        self.assertEqual(why['lift'][0]['delta'], 400)
        self._invoices([(self.buyers[2], self.TODAY, 400)])
        self._run()
        self.assertEqual(self._verdict(scheme, self.buyers[2]).grade_id, self.grade_b)

    def test_matrix_neighbours(self):
        scheme = self._matrix(state='active')
        self._run()
        self.assertEqual(self._grade_names(scheme), "CCBBBCCBBB")
        # buyer 7: 1400 (level 2), 7 days ago (level 1): one level up in either direction is a B
        self.assertEqual(
            self._texts(scheme, self.buyers[6]), [f"{self.recency.name} down to 5 days", f"100 € more {self.revenue.name}"])
        # buyer 3: 600, 3 days ago
        self.assertEqual(self._texts(scheme, self.buyers[2]), [f"900 € more {self.revenue.name}"])

    def test_rfm_nearest_better_segment(self):
        scheme = self._rfm(state='active')
        self._run()
        why = self._explain(scheme, self.buyers[5])   # 1200: third fifth of ten
        self.assertEqual((why['segment'], why['grade'], why['dimensions'][2]['level']), ("Others", "C", 3))
        self.assertEqual(self._texts(scheme, self.buyers[5]), [f"200 € more {self.revenue.name}"])   # the smallest of the fourth has 1400

    def test_hidden_amounts(self):
        """A salesperson sees points and place, but no amount: neither as a value nor in what is missing."""
        scheme = self._weighted(state='active')
        self._run()
        why = self._explain(scheme, self.buyers[6], self.rep)
        dimension, = why['dimensions']
        self.assertEqual(
            (dimension['hidden'], dimension['value'], dimension['value_text'], dimension['points'], dimension['percentile']),
            (True, None, None, 50.0, 66.67))
        self.assertEqual(why['lift'], [{
            'text': f"more {self.revenue.name}", 'dimension': self.revenue.name, 'delta': None, 'together': False}])
        self.assertNotIn('1400', json.dumps(why).replace(',', ''))

    def test_hidden_amounts_cannot_be_read_otherwise(self):
        scheme = self._weighted(state='active')
        self._run()
        verdict = self._verdict(scheme, self.buyers[6]).with_env(self._as(self.rep))
        with self.assertRaises(AccessError):
            verdict.read(['dimension_values'])
        self.assertTrue(verdict.read(['explanation'])[0]['explanation']['dimensions'][0]['hidden'])

    def test_not_ones_own_customer(self):
        scheme = self._weighted(state='active')
        self._run()
        with self.assertRaises(AccessError):
            self._explain(scheme, self.buyers[6], self.rep2)
        self.assertEqual(self._explain(scheme, self.buyers[6], self.lead)['grade'], "B", "whoever leads the team sees it")
        with self.assertRaises(AccessError):
            self._explain(scheme, self.buyers[6], self.manager_usd)

    def test_too_new_and_too_little(self):
        scheme = self._weighted(state='active', min_tenure_days=27)
        self._run()
        # first invoice of customer n was n + 20 days ago: the sixth 26 days, the seventh 27
        self.assertEqual(self._grade_names(scheme), "------BAAA")
        why = self._explain(scheme, self.buyers[5])
        self.assertEqual((why['status'], why['score'], why['lift']), ('too_new', None, []))
        self.assertEqual(why['status_text'], "Too new to be graded: the first purchase was less than 27 days ago.")

    def test_pending_demotion(self):
        scheme = self._weighted(state='active', demotion='days', demotion_count=30)
        self._run()
        self._refunds([(self.buyers[7], self.TODAY, 200)])   # 1600 - 200 = 1400
        self._run('2026-06-16')
        why = self._explain(scheme, self.buyers[7])
        self.assertEqual((why['grade'], why['computed_grade']), ("A", "B"))
        with self._at('2026-06-20 12:00:00'):
            pending = self._explain(scheme, self.buyers[7])['pending']
        self.assertEqual(
            pending, {'since': '2026-06-16', 'runs': 1, 'left': 26, 'grade': "B", 'text': "26 more days below it"})

    def test_without_value(self):
        """No data is shown as such, and what is asked for is the whole value."""
        self.env['account.move'].search([('partner_id', '=', self.buyers[0].id)]).button_draft()
        scheme = self._scheme('weighted', [self._thresholds(self.recency, (5, 100))], [(self.grade_a, 100), (self.grade_c, 0)],
                              state='active', population='prospect')
        self._run()
        why = self._explain(scheme, self.buyers[0])
        self.assertEqual((why['dimensions'][0]['value'], why['dimensions'][0]['value_text']), (None, "–"))
        self.assertEqual(self._texts(scheme, self.buyers[0]), [f"{self.recency.name} down to 5 days"])

    def test_language(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.manager.lang = 'fr_FR'
        scheme = self._weighted(state='active')
        self._run()
        env = self._as(self.manager)
        verdict = self._verdict(scheme, self.buyers[6]).with_env(env).with_context(lang='fr_FR')
        self.assertEqual(verdict._explain()['dimensions'][0]['value_text'].replace('\u202f', ' ').replace('\xa0', ' '), "1 400 €")

    def test_dimension_added_since_the_run(self):
        scheme = self._weighted(state='active')
        self._run()
        scheme.dimension_ids = [Command.create({'metric_id': self.count.id, 'scoring': 'linear', 'high_value': 9})]
        why = self._explain(scheme, self.buyers[6])
        self.assertEqual([dimension['value'] for dimension in why['dimensions']], [1400.0, None])
