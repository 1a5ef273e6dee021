import csv
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..tools.survival import Life, customers, kaplan_meier, life_table, log_rank, mean_until, median, survival_at

DATA = Path(__file__).parent / 'data' / 'telco_lives.csv'


def telco(contract=None):
    """Return the life table of a telephone company's customers, in months (IBM's sample data, those who stayed at least a month)."""
    lives = {}
    with DATA.open() as file:
        for row in csv.DictReader(file):
            if contract in (None, row['contract']):
                died, censored = lives.get(int(row['tenure']), (0, 0))
                lives[int(row['tenure'])] = died + int(row['died']), censored + int(row['censored'])
    return [Life(time, *lives[time]) for time in sorted(lives)]


@tagged('post_install', '-at_install')
class TestSurvival(BaseCase):
    """Curves by hand, and the published ones."""

    def test_by_hand(self):
        """Six lives, two of them last seen before the end."""
        points = kaplan_meier(life_table([1, 2, 2, 3, 4, 5], [1, 1, 0, 1, 0, 1]))
        self.assertEqual([point.at_risk for point in points], [6, 5, 3, 2, 1])
        for point, expected in zip(points, (5 / 6, 2 / 3, 4 / 9, 4 / 9, 0), strict=True):
            self.assertAlmostEqual(point.survival, expected)
        self.assertEqual(median(points), 3)
        self.assertAlmostEqual(mean_until(points, 5), 1 + 5 / 6 + 2 / 3 + 4 / 9 + 4 / 9)

    def test_band(self):
        """The band holds the curve, stays in 0..1, has no width before anybody left and closes where all have."""
        points = kaplan_meier(life_table([1, 2, 3, 4], [0, 1, 1, 1]))
        self.assertEqual((points[0].lower, points[0].upper), (1, 1))
        self.assertEqual((points[-1].lower, points[-1].upper), (0, 0))
        for point in points[1:-1]:
            self.assertTrue(0 < point.lower < point.survival < point.upper < 1)

    def test_nobody(self):
        self.assertEqual(kaplan_meier([]), [])
        self.assertIsNone(median([]))
        self.assertEqual(survival_at([], 10), 1)
        self.assertIsNone(log_rank([], life_table([1, 2], [1, 1])))

    def test_telco(self):
        table = telco()
        points = kaplan_meier(table)
        self.assertEqual((customers(table), sum(point.died for point in points)), (7032, 1869))
        shown = {1: 0.945961, 6: 0.884826, 12: 0.8432, 24: 0.788736, 36: 0.748545, 48: 0.70884, 60: 0.664404, 72: 0.59279}
        for month, share in shown.items():
            with self.subTest(month=month):
                self.assertAlmostEqual(survival_at(points, month), share, 5)
        self.assertIsNone(median(points))
        self.assertAlmostEqual(mean_until(points, 72), 54.4924, 4)

    def test_telco_month_to_month(self):
        points = kaplan_meier(telco("Month-to-month"))
        for month, share in {1: 0.901935, 12: 0.703097, 24: 0.585915, 36: 0.491104, 60: 0.297158, 72: 0.128952}.items():
            with self.subTest(month=month):
                self.assertAlmostEqual(survival_at(points, month), share, 5)
        self.assertEqual(median(points), 35)
        self.assertAlmostEqual(mean_until(points, 72), 36.2979, 4)

    def test_log_rank(self):
        """By hand: two lives each; the same pace says nothing, another one is seen."""
        test = log_rank(life_table([1, 2], [1, 1]), life_table([3, 4], [1, 1]))
        self.assertEqual(test.observed, (2, 2))
        self.assertAlmostEqual(test.expected[0], 1 / 2 + 1 / 3)
        self.assertAlmostEqual(test.statistic, (2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9))
