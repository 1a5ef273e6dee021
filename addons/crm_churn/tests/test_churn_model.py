from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import format_date

from ..models import crm_churn_model_fit
from .model_common import ChurnModelCommon

GOOD = {'auc': 0.74, 'auc_active': 0.75, 'recency_auc': 0.68, 'recency_auc_active': 0.6, 'gain': 0.06, 'gain_error': 0.005,
        'lost_share': 43.0, 'predicted_share': 44.0, 'ece': 2.0, 'customers': 500, 'active_customers': 300, 'lift': 1.6,
        'single_customers': 120, 'single_lost_share': 60.0, 'single_predicted_share': 55.0, 'brier': 0.2, 'top_precision': 68.0,
        'calibration': [[0.2, 0.1, 250], [0.7, 0.75, 250]]}
FEW, MANY = [[0.5, 0.6, 16]] * 10, [[0.5, 0.55, 10 ** 9]]


@tagged('post_install', '-at_install')
class TestChurnModel(ChurnModelCommon):

    def _tried(self, kind='purchases', dropout=(0.8, 2.4), company=None, **vals):
        """Create a model with one back-test, and judge it as a fit does."""
        model = self._model(
            kind, company, fit_date='2026-06-14', has_dropout=dropout[0] / sum(dropout) >= 0.001, customer_count=500, history_days=400,
            parameters={'purchases': {'r': 0.5, 'alpha': 5.0, 'a': dropout[0], 'b': dropout[1]}, 'spend': {}})
        model.write(model._test_values([{'date': '2026-03-01', 'date_end': '2026-05-29', **GOOD, **vals}]))
        model.verdict = model._judge()
        self.env['crm.churn.model']._choose(model.company_id)
        return model

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def test_verdicts(self):
        """Better than recency by enough, surely, among the active as well; then whether percentages hold."""
        for expected, vals in [
            ('good', {}),
            ('good', {'gain': 0.01, 'gain_error': 0.005}), ('no_gain', {'gain': 0.0099, 'gain_error': 0.005}),
            ('no_gain', {'gain': 0.0195, 'gain_error': 0.01}), ('good', {'gain': 0.0197, 'gain_error': 0.01}),
            ('no_gain', {'recency_auc_active': 0.75}), ('good', {'recency_auc_active': 0.7499}),
            ('good', {'predicted_share': 48.0}), ('season', {'predicted_share': 48.01}), ('season', {'predicted_share': 37.9}),
            # 5 points beyond what chance does to the groups: 2.17 points to two of 250 customers, 9.97 to ten of 16, hardly any to many
            ('good', {'ece': 7.16}), ('season', {'ece': 7.17}),
            ('good', {'ece': 14.97, 'calibration': FEW}), ('season', {'ece': 14.98, 'calibration': FEW}),
            ('good', {'ece': 5.0, 'calibration': MANY}), ('season', {'ece': 5.01, 'calibration': MANY}),
        ]:
            with self.subTest(expected=expected, **vals):
                model = self._tried(**vals)
                self.assertEqual(model.verdict, expected)
                self.assertEqual(model.is_speaking, expected != 'no_gain')
                model.unlink()

    def test_gain_over_several_dates(self):
        """Dates that agree make a gain surer: the errors of independent dates add up by their squares."""
        model = self._model()
        one = {'date_end': '2026-05-29', **GOOD, 'gain_error': 0.04}
        model.write(model._test_values([{'date': day, **one} for day in ('2026-03-01', '2025-12-01', '2025-09-01', '2025-06-01')]))
        self.assertAlmostEqual(model.gain_low, 0.06 - 1.96 * 0.02, places=4)

    def test_one_season_is_enough_to_warn(self):
        """The latest date went well, one before did not."""
        model = self._model()
        dates = [('2026-03-01', GOOD), ('2025-12-01', {**GOOD, 'predicted_share': 38.5, 'lost_share': 52.0, 'ece': 13.5})]
        model.write({'parameters': {'purchases': {}}, 'has_dropout': True, **model._test_values(
            [{'date': day, 'date_end': day, **vals} for day, vals in dates])})
        model.verdict = model._judge()
        self.assertEqual(model.verdict, 'season')
        self.assertIn("on 12/01/2025 it predicted that 38.5 % would be lost, and 52.0 % were", model.verdict_text)

    def test_dropout_runs_away(self):
        model = self._tried(dropout=(0.0001, 8103.0))
        self.assertEqual(model.verdict, 'no_dropout')
        self.assertIn("Dropout is not identified", model.verdict_text)
        self.assertTrue(model.is_speaking, "Nothing better there: how often customers buy still beats recency.")
        figures = self._tried('figures', auc_active=0.7)
        self.assertTrue(figures.is_speaking, "A model that is what it says goes before, even if it ranks a little worse.")
        self.assertFalse(model.is_speaking)

    def test_the_best_speaks(self):
        """Best among those who are still active; archived, it is silent; who comes back speaks again."""
        purchases, figures = self._tried(auc=0.76, auc_active=0.70), self._tried('figures', auc_active=0.71)
        speaking = self.env['crm.churn.model']._speaking
        self.assertEqual(speaking(self.company), figures)
        figures.action_archive()
        self.assertEqual(speaking(self.company), purchases)
        self.assertFalse(figures.is_speaking)
        figures.action_unarchive()
        self.assertEqual(speaking(self.company), figures)
        self.assertFalse(speaking(self.company_usd))

    def test_another_question(self):
        """With another horizon or other figures a model has learned nothing yet; the other one speaks in the meantime."""
        purchases, figures = self._tried(auc_active=0.74), self._tried('figures', auc_active=0.75)
        mine = figures.with_env(self._as(self.manager))
        mine.write({'horizon_days': 90, 'refit_days': 7, 'metric_ids': [Command.set(figures.metric_ids.ids)]})
        self.assertEqual((figures.verdict, figures.is_speaking), ('good', True), "Nothing else is asked.")
        mine.write({'metric_ids': [Command.unlink(figures.metric_ids[0].id)]})
        self.assertEqual((figures.verdict, figures.parameters, figures.next_fit_date), ('new', False, self.TODAY))
        self.assertFalse(figures.backtest_ids)
        self.assertEqual(self.env['crm.churn.model']._speaking(self.company), purchases)
        purchases.with_env(self._as(self.manager)).horizon_days = 60
        self.assertFalse(self.env['crm.churn.model']._speaking(self.company))

    def test_compared_on_the_same_dates(self):
        """An easy date that only one of them was tried out on does not decide."""
        purchases, figures = self._tried(auc_active=0.74), self._tried('figures', auc_active=0.75)
        purchases.backtest_ids = [Command.create({'date': '2025-12-01', 'date_end': '2026-02-28', **GOOD, 'auc_active': 0.9})]
        purchases.auc_active = 0.82
        self.env['crm.churn.model']._choose(self.company)
        self.assertTrue(figures.is_speaking)

    def test_words(self):
        model = self._tried(predicted_share=55.0)
        for words in ("This model speaks", "74.0 % of all pairs", "68.0 %", "1.60 times", "The season differs", "55.0 %", "43.0 %",
                      "Of 120 customers who had bought once, 60.0 % did not come back within 90 days"):
            self.assertIn(words, model.verdict_text)
        self.assertIn("Not fitted yet", self._model('figures').verdict_text)
        silent = self._tried(company=self.company_usd, gain=0.0)
        self.assertIn("does not speak", silent.verdict_text)
        self.assertIn("Signals judge instead", silent.verdict_text)
        self.assertEqual(model.picture['calibration'], [[20.0, 10.0, 250], [70.0, 75.0, 250]])
        self.assertEqual(model.picture['auc'], [0.74])

    # ------------------------------------------------------------------
    # Fitting
    # ------------------------------------------------------------------

    def test_refit(self):
        buyers = self._year()
        purchases, figures = self._model(), self._model('figures')
        self._as(self.manager)['crm.churn.model'].browse((purchases + figures).ids).action_refit()
        for model in (purchases, figures):
            self.assertEqual(model.fit_date, self.TODAY)
            self.assertEqual(model.next_fit_date, self.TODAY + timedelta(days=30))
            self.assertEqual(model.customer_count, len(buyers))
            self.assertNotIn(model.verdict, ('new', 'thin', 'failed'))
            self.assertGreater(model.auc, 0.5)
            self.assertEqual(model.backtest_ids[0].date, date(2026, 3, 18))
            self.assertEqual(model.backtest_ids[0].date_end, self.TODAY)
            self.assertEqual(len(model.backtest_ids), 4)
            self.assertIn("Fitted as of", model.message_ids[0].body)
            self.assertEqual(len(self._scores(model)), len(buyers))
            for risk, expected, value, _single in self._scores(model).values():
                self.assertTrue(0 <= risk <= 1 and expected >= 0 and value >= 0)
        self.assertIn("Days with a purchase", figures.parameter_text)
        self.assertIn("alpha", purchases.parameter_text)
        self.assertEqual(len((purchases + figures).filtered('is_speaking')), 1)

    def test_back_test_knows_nothing_of_the_future(self):
        """What a model says on a past date stays the same whatever comes after that date."""
        self._year(250)
        model = self._model()
        model._refit()
        before = {test.date: (test.predicted_share, test.customers, test.lost_share) for test in model.backtest_ids}
        latest = max(before)
        self._buy([(f'0-{number}', latest + timedelta(days=number % 80), 50) for number in range(0, 250, 2)])
        model._refit()
        after = {test.date: (test.predicted_share, test.customers, test.lost_share) for test in model.backtest_ids}
        self.assertEqual(after[latest][:2], before[latest][:2])
        self.assertLess(after[latest][2], before[latest][2])
        del after[latest], before[latest]
        self.assertEqual(after, before)

    def test_too_thin(self):
        """Ninety-nine customers are too few."""
        self._year(99)
        model = self._model()
        model._refit()
        self.assertEqual((model.verdict, model.customer_count, model.parameters), ('thin', 99, False))
        self.assertIn("Too little data: 99 customers", model.verdict_text)
        self.assertIn("customers who have bought: 99 / 100", model.verdict_text)
        self.assertIn("Too little data to fit as of", model.message_ids[:1].body)
        self.assertIn(f"Tried again on {format_date(self.env, model.next_fit_date)}", model.verdict_text)
        self.assertFalse(model.is_speaking)

    def test_nothing_at_all(self):
        model = self._model(company=self.company_usd)
        model._refit()
        self.assertEqual((model.verdict, model.customer_count, model.history_days), ('thin', 0, 0))

    def test_old_history(self):
        """Of a company whose last purchase lies long back, that day is the present; else one would count the silence since."""
        self._buy([(1, '2024-01-01', 5), (2, '2024-05-05', 5)])
        self.assertEqual(self._model()._as_of(), date(2024, 5, 5))
        self._buy([(1, self.TODAY - timedelta(days=90), 5)])
        self.assertEqual(self.env['crm.churn.model'].search([('company_id', '=', self.company.id)])._as_of(), self.TODAY)

    def test_sample(self):
        """A large company is fitted on a sample, always the same, and scored wholly."""
        self._year(300)
        model = self._model()
        self.patch(crm_churn_model_fit, 'SAMPLE', 200)
        model._refit()
        self.assertTrue(140 < model.sample_count < 260, model.sample_count)
        self.assertEqual(model.customer_count, 300)
        self.assertEqual(len(self._scores(model)), 300)
        found = model.parameters
        model._refit()
        self.assertEqual(model.parameters, found)

    # ------------------------------------------------------------------
    # Nightly
    # ------------------------------------------------------------------

    def test_nightly(self):
        """Companies that sell get their models; those that are due are fitted; the day before, none is."""
        models = self.env['crm.churn.model'].sudo()
        self._buy([(1, '2026-06-01', 5)])
        models.search([]).unlink()
        models._cron_refit()
        found = models.search([('company_id', 'in', (self.company + self.company_usd).ids)])
        self.assertEqual(sorted(found.mapped('kind')), ['figures', 'purchases'])
        self.assertEqual(found.company_id, self.company)
        self.assertEqual(set(found.mapped('verdict')), {'thin'})
        due, other = found
        due.write({'next_fit_date': self.TODAY, 'fit_date': False})
        other.write({'next_fit_date': self.TODAY + timedelta(days=1), 'fit_date': False})
        models._cron_refit()
        self.assertEqual((due.fit_date, other.fit_date), (self.TODAY, False))
        self.assertEqual(models.search_count([('company_id', '=', self.company.id)]), 2)

    @mute_logger('odoo.addons.crm_churn.models.crm_churn_model_refit')
    def test_failure_stops_no_other(self):
        first, second = self._model(), self._model('figures')

        def broken(model, date=None):
            if model.id == first.id:
                raise ValueError("Boom")
            return done.append(model)
        done = []
        self.patch(type(first), '_refit', broken)
        self.env['crm.churn.model'].search([('id', 'not in', (first + second).ids)]).next_fit_date = self.TODAY + timedelta(days=9)
        self.env['crm.churn.model']._cron_refit()
        self.assertEqual(done, [second])
        self.assertEqual((first.verdict, first.error, first.next_fit_date), ('failed', "Boom", self.TODAY + timedelta(days=1)))
        self.assertIn("Boom", first.verdict_text)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_who_refits(self):
        model = self._model()
        for user in (self.rep, self.analyst):
            with self.assertRaises(AccessError):
                model.with_env(self._as(user)).action_refit()
        model.with_env(self._as(self.manager)).action_refit()
        self.assertEqual(model.verdict, 'thin')
        with self.assertRaises(AccessError):
            model.with_env(self._as(self.manager_usd)).read(['verdict'])

    def test_who_reads_back_tests(self):
        tests = self._tried().backtest_ids
        for user in (self.rep, self.analyst, self.manager):
            self.assertEqual(self._as(user)['crm.churn.backtest'].search([]), tests)
        with self.assertRaises(AccessError):
            tests.with_env(self._as(self.manager)).write({'auc': 1})
        with self.assertRaises(AccessError):
            tests.with_env(self._as(self.employee)).read(['auc'])
        self.assertFalse(self._as(self.manager_usd)['crm.churn.backtest'].search([]))

    def test_who_reads_what_a_model_judges_by(self):
        """The page of a model names its figures: also to who only analyses."""
        model = self._model('figures')
        for user in (self.rep, self.analyst, self.manager):
            read = model.with_env(self._as(user)).web_read({'metric_ids': {'fields': {'display_name': {}}}})[0]['metric_ids']
            self.assertEqual([metric['display_name'] for metric in read], model.metric_ids.mapped('display_name'))

    def test_metric_in_use_stays(self):
        self._model('figures')
        metric = self.env.ref('crm_grading.crm_metric_purchase_months')
        with self.assertRaisesRegex(UserError, "Figures Model"):
            metric.unlink()
