"""Survival curves and the log-rank test give the figures of lifelines, on real and on odd lives."""
import random

from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_churn.tests.test_survival import telco
from odoo.addons.crm_churn.tools.survival import kaplan_meier, life_table, log_rank, mean_until, median


def spread(table):
    """Return a life table as single lives: durations, and whether each has left."""
    lives = [(row.time, died) for row in table for died, count in ((1, row.died), (0, row.censored)) for _life in range(count)]
    return [time for time, _died in lives], [died for _time, died in lives]


@tagged('post_install', '-at_install')
class TestSurvivalReference(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chance = random.Random(7)
        cls.tables = {contract: telco(contract) for contract in (None, "Month-to-month", "One year", "Two year")}
        cls.tables['few'] = life_table([1, 2, 2, 3, 4, 5], [1, 1, 0, 1, 0, 1])
        cls.tables['all left'] = life_table([3, 1, 2], [1, 1, 1])
        cls.tables['nobody left'] = life_table([3, 1, 2], [0, 0, 0])
        cls.tables['on the first day'] = life_table([0, 0, 5, 9], [1, 0, 1, 0])
        cls.tables['by chance'] = life_table(
            [chance.randrange(400) for _life in range(700)], [chance.random() < 0.4 for _life in range(700)])

    def test_curves(self):
        for name, table in self.tables.items():
            with self.subTest(name):
                fitter = KaplanMeierFitter().fit(*spread(table))
                points = kaplan_meier(table)
                band = fitter.confidence_interval_survival_function_
                for point in points:
                    self.assertAlmostEqual(point.survival, fitter.survival_function_.loc[point.time].iloc[0], 9)
                    if 0 < point.survival < 1:
                        self.assertAlmostEqual(point.lower, band.loc[point.time].iloc[0], 9)
                        self.assertAlmostEqual(point.upper, band.loc[point.time].iloc[1], 9)
                self.assertEqual(median(points) or float('inf'), fitter.median_survival_time_)
                limit = points[-1].time
                self.assertAlmostEqual(mean_until(points, limit), restricted_mean_survival_time(fitter, limit), 6)

    def test_log_rank(self):
        names = list(self.tables)
        compared = 0
        for place, name in enumerate(names):
            for other in names[place + 1:]:
                with self.subTest(first=name, second=other):
                    ours = log_rank(self.tables[name], self.tables[other])
                    (times, left), (times2, left2) = spread(self.tables[name]), spread(self.tables[other])
                    theirs = logrank_test(times, times2, left, left2)
                    if ours is None:    # nobody left while both had members
                        self.assertFalse(theirs.p_value < 0.99)
                        continue
                    self.assertAlmostEqual(ours.statistic / theirs.test_statistic, 1, 9)
                    self.assertAlmostEqual(ours.p_value, theirs.p_value, 9)
                    compared += 1
        self.assertGreater(compared, 20)
