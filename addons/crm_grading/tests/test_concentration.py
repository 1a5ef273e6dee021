from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .test_grading_run import GradingRunCase


@tagged('post_install', '-at_install')
class TestConcentration(GradingRunCase):
    """Ten customers of 500, 150, 100, 80, 60, 50, 30, 15, 10 and 5: 1000 altogether, the first 500 are exactly a half."""
    AMOUNTS = (500, 150, 100, 80, 60, 50, 30, 15, 10, 5)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ten = cls._customers(10, name="Buyer")
        cls._invoices([(partner, cls.bought, amount) for partner, amount in zip(cls.ten, cls.AMOUNTS)])
        cls.members = SQL("SELECT id FROM res_partner WHERE id IN %s", tuple(cls.ten.ids))

    def _points(self, day=None, company=None):
        return self.env['crm.grading.concentration'].search([
            ('company_id', '=', (company or self.company).id), ('date', '=', day or self.TODAY)], order='top_percent')

    def test_top(self):
        """The top x % are the first ceil(x * n / 100): with ten customers 10 % is one of them, 11 % would be two, 15 % is two."""
        top = self.env['crm.metric']._concentration(self.company, metric='revenue', population=self.members)['top']
        self.assertEqual({percent: top[percent] for percent in (1, 10, 15, 20, 30, 100)}, {
            1: (1, 500, 50), 10: (1, 500, 50), 15: (2, 650, 65), 20: (2, 650, 65), 30: (3, 750, 75), 100: (10, 1000, 100)})

    def test_making(self):
        """The fewest customers who make the share: reaching it exactly is enough, one cent less is not."""
        found = self.env['crm.metric']._concentration(self.company, metric=self.revenue, population=self.members)
        self.assertEqual((found['customers'], found['amount']), (10, 1000))
        self.assertEqual(found['making'], {50: (1, 500, 500), 80: (4, 830, 80), 95: (7, 970, 30)})
        self._refunds([(self.ten[0], self.bought, 0.02)])
        found = self.env['crm.metric']._concentration(self.company, metric=self.revenue, population=self.members)
        self.assertEqual(found['making'][50], (2, 649.98, 150))

    def test_gini(self):
        found = self.env['crm.metric']._concentration(self.company, metric='revenue', population=self.members)
        places = zip(range(1, 11), reversed(self.AMOUNTS))
        self.assertAlmostEqual(found['gini'], 2 * sum(place * amount for place, amount in places) / (10 * 1000) - 11 / 10)
        equal = SQL("SELECT number AS subject_id, 7::numeric AS value FROM generate_series(1, 4) AS number")
        self.assertEqual(self._whole(equal)[2], 0)

    def _whole(self, values):
        return self.env.execute_query(SQL("%s SELECT * FROM whole", self.env['crm.metric']._concentration_ctes(values)))[0]

    def test_nothing(self):
        """Nobody, or a total that is not positive: no share, no division by zero."""
        nobody = self.env['crm.metric']._concentration(self.company, metric='revenue', population=SQL("SELECT 0 WHERE FALSE"))
        self.assertEqual(nobody, {'customers': 0, 'amount': 0, 'gini': None, 'top': {}, 'making': {}})
        self._refunds([(self.ten[0], self.bought, 2000)])
        negative = self.env['crm.metric']._concentration(self.company, metric='revenue', population=self.members)
        self.assertEqual((negative['amount'], negative['gini'], negative['making']), (-1000, None, {}))
        self.assertEqual(negative['top'][20], (2, 250, None))

    def test_population(self):
        """By default only customers with a value count; a given population counts with its zeros."""
        idle = self._customers(2, name="Idle")
        found = self.env['crm.metric']._concentration(self.company, metric='revenue')
        self.assertEqual((found['customers'], found['amount']), (13, 2600))
        counted = SQL("SELECT id FROM res_partner WHERE id IN %s", tuple((self.ten + idle).ids))
        self.assertEqual(
            self.env['crm.metric']._concentration(self.company, metric='revenue', population=counted)['customers'], 12)

    def test_run_stores_the_curve(self):
        run = self._run()
        points = self._points()
        self.assertEqual(points.mapped('top_percent')[:5], [1, 2, 3, 5, 10])
        self.assertEqual(points.run_id, run)
        top20 = points.filtered(lambda point: point.top_percent == 20)
        self.assertEqual((top20.customers, top20.amount, top20.population, top20.total), (3, 2000, 13, 2600))
        self.assertAlmostEqual(top20.share, 100 * 2000 / 2600, 2)
        self.assertEqual((top20.customers_50, top20.customers_80, top20.customers_95), (2, 4, 8))

    def test_same_day_replaces_and_other_days_stay(self):
        yesterday = self.TODAY - timedelta(days=1)
        first = self._run(yesterday)
        self._run()
        self._invoices([(self.good, self.TODAY, 1000)])
        last = self._run()
        self.assertEqual(self._points(yesterday).run_id, first)
        self.assertEqual(self._points().run_id, last)
        self.assertEqual(len(self._points()), 16)
        self.assertEqual(self._points()[-1].total, 3600)

    def test_partial_and_dry_runs_store_nothing(self):
        self._run(partners=self.good)
        self.scheme._simulate()
        self.assertFalse(self._points())

    def test_companies(self):
        """The other company's revenue is its own, in its own currency; who does not work there sees nothing of it."""
        self._invoices([(self.ten[0], self.bought, 40)], company=self.company_usd)
        self._revenue_scheme(self.company_usd, self._grades(self.company_usd), is_leading=True)
        self._run()
        self._run(company=self.company_usd)
        self.assertEqual(self._points()[-1].total, 2600)
        dollar = self._points(company=self.company_usd)[-1]
        self.assertEqual((dollar.total, dollar.currency_id, dollar.population), (40, self.usd, 1))
        self.assertFalse(self._points(company=self.company_usd).with_env(self._as(self.finance))._filtered_access('read'))

    def test_roles(self):
        self._run()
        points = self._points()
        for user in (self.manager, self.finance):
            self.assertEqual(points[-1].with_env(self._as(user)).total, 2600)
        everybody = points[-1].with_env(self._as(self.leads_all))
        self.assertEqual(everybody.share, 100)
        with self.assertRaises(AccessError):
            everybody.read(['amount'])
        with self.assertRaises(AccessError):
            points.with_env(self._as(self.rep)).read(['share'])
        with self.assertRaises(AccessError):
            points.with_env(self._as(self.manager)).write({'share': 1})
