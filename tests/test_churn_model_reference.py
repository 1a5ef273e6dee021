"""The churn models on real buyers: the numbers that were published, and those that Python and R gave outside of Odoo."""
import collections
import csv
import datetime
import gzip
import pathlib

import numpy as np
from scipy.special import hyp2f1

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_churn.tests.model_common import ChurnModelCommon
from odoo.addons.crm_churn.tools import bg_nbd, gamma_gamma, judging, logistic

DATA = pathlib.Path(__file__).parent / 'data'
CALIBRATION_END = datetime.date(1997, 9, 30)


def cdnow():
    """Purchases of the CDNOW sample: ``{customer: {day: dollars}}``."""
    found = collections.defaultdict(lambda: collections.defaultdict(float))
    with gzip.open(DATA / 'CDNOW_sample.txt.gz', 'rt') as lines:
        for line in lines:
            _master, customer, day, _discs, dollars = line.split()
            found[int(customer)][datetime.datetime.strptime(day, '%Y%m%d').date()] += float(dollars)
    return found


def telco():
    """Columns of the Telco customers, one-hot, and whether they left."""
    with gzip.open(DATA / 'Telco-Customer-Churn.csv.gz', 'rt') as lines:
        rows = list(csv.DictReader(lines))
    columns = []
    for name in rows[0]:
        if name in ('tenure', 'MonthlyCharges', 'TotalCharges'):
            columns.append([float(row[name].strip() or 0) for row in rows])
        elif name not in ('customerID', 'Churn'):
            columns += [[float(row[name] == value) for row in rows] for value in sorted({row[name] for row in rows})]
    return np.array(columns).T, np.array([float(row['Churn'] == 'Yes') for row in rows])


@tagged('post_install', '-at_install')
class TestPublishedModels(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = []
        for days in cdnow().values():
            known = sorted(day for day in days if day <= CALIBRATION_END)
            spends = [days[day] for day in known[1:]]
            rows.append((len(spends), (known[-1] - known[0]).days / 7, (CALIBRATION_END - known[0]).days / 7,
                         np.mean(spends) if spends else 0.0, sum(day > CALIBRATION_END for day in days)))
        cls.x, cls.t_x, cls.t, cls.spend, cls.later = np.array(rows).T
        cls.fit = bg_nbd.fit(cls.x, cls.t_x, cls.t)

    def assertNear(self, found, expected, share=0.005):
        self.assertLessEqual(abs(found - expected), share * abs(expected), f'{found} is not {expected}')

    def test_bg_nbd(self):
        for name, published in {'r': 0.2426, 'alpha': 4.4136, 'a': 0.7929, 'b': 2.4259}.items():
            self.assertNear(getattr(self.fit.params, name), published)
        self.assertAlmostEqual(self.fit.log_likelihood, -9582.429, delta=0.01)
        self.assertTrue(self.fit.converged and self.fit.params.has_dropout)
        rounded = bg_nbd.Params(0.243, 4.414, 0.793, 2.426)
        self.assertAlmostEqual(bg_nbd.log_likelihood(rounded, self.x, self.t_x, self.t), -9582.430, delta=0.001)

    def test_grouped(self):
        """Customers of a kind counted together give the same fit."""
        kinds, counts = np.unique(np.column_stack([self.x, self.t_x, self.t]), axis=0, return_counts=True)
        found = bg_nbd.fit(*kinds.T, counts)
        self.assertLess(len(kinds), len(self.x))
        self.assertAlmostEqual(found.log_likelihood, self.fit.log_likelihood, places=4)

    def test_holdout(self):
        expected = bg_nbd.expected_purchases(self.fit.params, self.x, self.t_x, self.t, 39)
        self.assertEqual(self.later.sum(), 1882)
        self.assertAlmostEqual(expected.sum(), 1653.4, delta=0.5)
        self.assertAlmostEqual(np.abs(expected - self.later).mean(), 0.7855, delta=0.0002)
        self.assertAlmostEqual(bg_nbd.p_alive(self.fit.params, self.x, self.t_x, self.t).sum(), 1917.3, delta=0.5)
        for times, mean in enumerate((0.2251, 0.5231, 1.0441, 1.5203, 2.1639, 2.6538, 3.504, 6.1572)):
            group = self.x == times if times < 7 else self.x >= 7
            self.assertAlmostEqual(expected[group].mean(), mean, delta=0.001)

    def test_auc(self):
        lost = self.later == 0
        risk = bg_nbd.p_no_purchase(self.fit.params, self.x, self.t_x, self.t, 39)
        self.assertAlmostEqual(judging.auc(risk, lost), 0.7569, delta=0.0005)
        self.assertAlmostEqual(judging.auc(1 - bg_nbd.p_alive(self.fit.params, self.x, self.t_x, self.t), lost), 0.3158, delta=0.0005)
        self.assertAlmostEqual(judging.auc(self.t - self.t_x, lost), 0.7714, delta=0.0001)

    def test_integral_is_the_published_formula(self):
        r, alpha, a, b = self.fit.params
        x, t = self.x, self.t
        for horizon, tolerance in ((1, 1e-9), (39, 1e-7), (104, 1e-4)):
            published = (a + b + x - 1) / (a - 1) * (1 - ((alpha + t) / (alpha + t + horizon)) ** (r + x) * hyp2f1(
                r + x, b + x, a + b + x - 1, horizon / (alpha + t + horizon))) * bg_nbd.p_alive(self.fit.params, x, self.t_x, t)
            found = bg_nbd.expected_purchases(self.fit.params, x, self.t_x, t, horizon)
            np.testing.assert_allclose(found, published, rtol=tolerance)

    def test_gamma_gamma(self):
        spends = (self.x > 0) & (self.spend > 0)
        found = gamma_gamma.fit(self.x[spends], self.spend[spends])
        self.assertEqual(spends.sum(), 946)
        for name, published in {'p': 6.2496, 'q': 3.7442, 'gamma': 15.4435}.items():
            self.assertNear(getattr(found.params, name), published)
        self.assertAlmostEqual(found.log_likelihood, -4055.918, delta=0.01)
        self.assertAlmostEqual(found.params.mean, 35.1704, delta=0.01)

    def test_logistic(self):
        """Five folds, the same share of leavers in each."""
        columns, left = telco()
        order = np.random.default_rng(42).permutation(len(left))
        fold = np.empty(len(left), dtype=int)
        for label in (0, 1):
            mine = order[left[order] == label]
            fold[mine] = np.arange(len(mine)) % 5
        found = np.empty(len(left))
        aucs = []
        for number in range(5):
            test = fold == number
            fit = logistic.fit(columns[~test], left[~test])
            self.assertTrue(fit.converged)
            found[test] = fit.predict(columns[test])
            aucs.append(judging.auc(found[test], left[test]))
        self.assertGreaterEqual(np.mean(aucs), 0.845)
        self.assertAlmostEqual(judging.brier(found, left), 0.1356, delta=0.001)
        self.assertAlmostEqual(judging.top_precision(found, left), 0.7599, delta=0.01)
        self.assertLess(judging.calibration_error(found, left), 0.02)


@tagged('post_install', '-at_install')
class TestOnlineRetail(ChurnModelCommon):
    """A wholesaler's year, 4,338 customers: who will not buy in the 90 days from 2011-09-10 on?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with gzip.open(DATA / 'online_retail_2010_2011_orders.csv.gz', 'rt') as lines:
            rows = [(row['customer'], row['day'], row['amount']) for row in csv.DictReader(lines)]
        cls._buy(rows)
        cls.purchases, cls.figures = cls._model('purchases'), cls._model('figures')
        for model in (cls.purchases, cls.figures):
            model._refit('2011-12-08')

    def test_population(self):
        for model in (self.purchases, self.figures):
            test = model.backtest_ids[0]
            self.assertEqual(str(test.date), '2011-09-10')
            self.assertEqual(str(test.date_end), '2011-12-08')
            self.assertEqual((test.customers, test.active_customers), (3370, 1907))
            self.assertAlmostEqual(test.lost_share, 43.06, delta=0.005)
            self.assertAlmostEqual(test.recency_auc, 0.6831, delta=0.00005)
            self.assertAlmostEqual(test.recency_auc_active, 0.5991, delta=0.00005)

    def test_figures(self):
        """Better than every reference: 0.738 (gradient boosting) over all, 0.7495 (regression) among active customers."""
        test = self.figures.backtest_ids[0]
        self.assertGreaterEqual(test.auc, 0.739)
        self.assertGreaterEqual(test.auc_active, 0.754)
        self.assertLess(test.brier, 0.2051)
        self.assertGreater(test.lift, 1.5)
        self.assertLess(test.auc_low, test.auc)

    def test_purchases(self):
        test = self.purchases.backtest_ids[0]
        self.assertAlmostEqual(test.auc, 0.7328, delta=0.0005)
        self.assertAlmostEqual(test.auc_active, 0.7377, delta=0.0005)
        self.assertAlmostEqual(test.brier, 0.218, delta=0.001)

    def test_dropout_is_not_identified(self):
        """One year does not tell: b runs away. The model says so, and the better one speaks."""
        self.assertFalse(self.purchases.has_dropout)
        self.assertEqual(self.purchases.verdict, 'no_dropout')
        self.assertIn("Dropout is not identified", self.purchases.verdict_text)
        self.assertEqual(self.env['crm.churn.model']._speaking(self.company), self.figures)
        self.assertIn("This model speaks", self.figures.verdict_text)

    def test_one_time_buyers(self):
        """They are judged by what became of others who bought once, not taken for lost, nor for alive."""
        for model in (self.purchases, self.figures):
            test = model.backtest_ids[0]
            self.assertGreater(test.single_customers, 1000)
            self.assertTrue(0 < test.single_predicted_share < 100)

    def test_scores_are_the_fit(self):
        """SQL gives what Python gives, for every customer."""
        model = self.figures
        metrics = model._metrics_of(model.parameters)
        scores = self._scores(model, '2011-12-08')
        values, _lost = model._examples(self.company._crm_metric_scope('2011-12-08'), metrics)
        figures = model.parameters['figures']
        odds = figures['intercept'] + np.log1p(values) @ [column['weight'] for column in figures['columns']]
        self.assertEqual(len(scores), len(values))
        np.testing.assert_allclose(
            sorted(risk for risk, _expected, _value, _single in scores.values()), np.sort(1 / (1 + np.exp(-odds))), rtol=1e-9)
