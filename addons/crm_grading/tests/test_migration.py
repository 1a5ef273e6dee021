import csv
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open

from .common import GradingCommon
from .test_grading_run import GradingRunCase

# issue's REFERENCE.md, small fixture: rows are the grades on 2011-06-12, columns those on 2011-12-09; '-': no purchase
RETAIL_MIGRATION = {
    '-': {'A': 8, 'B': 33, 'C': 31}, 'A': {'-': 2, 'A': 18, 'B': 5, 'C': 2},
    'B': {'-': 14, 'A': 7, 'B': 13, 'C': 5}, 'C': {'-': 15, 'A': 1, 'B': 4, 'C': 13}}


@tagged('post_install', '-at_install')
class TestRetailReference(GradingCommon):
    """The 176 customers of the small cut of Online Retail, with one invoice for each span of days that matters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open('crm_grading/tests/data/online_retail_small_customers.csv') as file:
            rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        partners = cls._customers(len(rows))
        invoices = []
        for partner, row in zip(partners, rows):
            rest = round(row['revenue'] - row['first_half'] - row['second_half'], 2)
            invoices += [(partner, day, amount) for day, amount in (
                ('2010-12-01', rest), ('2010-12-15', row['first_half']), ('2011-12-09', row['second_half'])) if amount]
        cls._invoices(invoices)

    def test_concentration(self):
        found = self.env['crm.metric']._concentration(self.company, date(2011, 12, 9), 'invoiced_ever')
        self.assertEqual((found['customers'], round(found['amount'], 2)), (176, 452615.21))
        self.assertEqual(round(found['gini'], 6), 0.755899)
        self.assertEqual(
            [(found['top'][percent][0], round(found['top'][percent][2] / 100, 6)) for percent in (1, 5, 10, 20)],
            [(2, 0.474852), (9, 0.607747), (18, 0.694836), (36, 0.789309)])
        self.assertEqual([found['making'][share][0] for share in (50, 80, 95)], [3, 39, 107])
        self.assertEqual([round(found['making'][share][2], 2) for share in (80, 95)], [1836.34, 566.58])
        self.assertEqual(round(found['making'][80][1], 2), 362836.45)

    def test_migration(self):
        metric = self.env['crm.metric']._from_codes(['invoiced_ever']).copy({
            'window_count': 180, 'window_unit': 'day', 'empty_value': 'none'})
        grades = self.env['crm.grade'].create([
            {'name': name, 'sequence': place, 'company_id': self.company.id} for place, name in enumerate('ABC')])
        scheme = self.env['crm.grading.scheme'].create({
            'name': "ABC of 180 days", 'company_id': self.company.id, 'method': 'pareto', 'share_metric_id': metric.id,
            'dimension_ids': [Command.create({'metric_id': metric.id})],
            'band_ids': [Command.create({'grade_id': grade.id, 'threshold': threshold})
                         for grade, threshold in zip(grades, (80, 95, 100))]})
        wizard = self.env['crm.grade.migration'].create({
            'company_id': self.company.id, 'scheme_id': scheme.id, 'source': 'replayed',
            'date_from': '2011-06-12', 'date_to': '2011-12-09'})
        wizard.action_compare()
        table, before, after = {}, 0, 0
        for (old, new), (customers, old_amount, amount) in wizard._matrix().items():
            table.setdefault(old.name or '-', {})[new.name or '-'] = customers
            before, after = before + (old_amount or 0), after + (amount or 0)
        self.assertEqual(table, RETAIL_MIGRATION)
        self.assertEqual((round(before, 2), round(after, 2)), (142326.53, 290318.44))


@tagged('post_install', '-at_install')
class TestMigration(GradingRunCase):
    """Graded on three days: good stays A, fair rises from B to A, poor leaves, a fourth one comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.early, cls.late = cls.TODAY - timedelta(days=20), cls.TODAY - timedelta(days=5)
        cls.fresh = cls._customers(1, name="Fresh")

    def _grade_all(self):
        self._run(self.early)
        self._invoices([(self.fair, self.late, 500), (self.fresh, self.late, 450)])
        self._run(self.late)

    def _wizard(self, start=None, end=None, env=None, **values):
        return (env or self.env)['crm.grade.migration'].create({
            'company_id': self.company.id, 'scheme_id': self.scheme.id, 'date_from': start or self.early,
            'date_to': end or self.late, **values})

    def _moves(self, wizard):
        wizard.action_compare()
        return {line.partner_id: (line.old_grade_id.name, line.grade_id.name, line.move) for line in wizard.line_ids}

    def test_recorded(self):
        self._grade_all()
        self.assertEqual(self._moves(self._wizard()), {
            self.good: ('A', 'A', 'same'), self.fair: ('B', 'A', 'up'), self.poor: ('C', 'C', 'same'),
            self.fresh: (False, 'B', 'new')})

    def test_recorded_day_by_day(self):
        """A grade counts from its day on: the day before there is none yet, on the day itself there is."""
        self._grade_all()
        before = self.early - timedelta(days=1)
        self.assertEqual(self._moves(self._wizard(before, self.early))[self.good], (False, 'A', 'new'))
        self.assertEqual(self._moves(self._wizard(self.early, self.late - timedelta(days=1)))[self.fair], ('B', 'B', 'same'))
        self.assertEqual(self._moves(self._wizard(self.early, self.late))[self.fair], ('B', 'A', 'up'))

    def test_recorded_shows_what_people_set(self):
        """The grade in force counts, not the computed one; leaving the scheme is a move to no grade."""
        self._grade_all()
        self.scheme.domain = f"[('id', '!=', {self.poor.id})]"
        self._run()
        self.assertEqual(self._moves(self._wizard(end=self.TODAY))[self.poor], ('C', False, 'out'))

    def test_replayed(self):
        """Nothing was ever recorded, and the scheme as it is now judges both days."""
        self._invoices([(self.fair, self.late, 500), (self.fresh, self.late, 450)])
        self.assertEqual(self._moves(self._wizard(source='replayed'))[self.fair], ('B', 'A', 'up'))
        self.scheme.band_ids.filtered(lambda band: band.grade_id == self.a).threshold = 45
        moves = self._moves(self._wizard(source='replayed'))
        self.assertEqual((moves[self.fair], moves[self.fresh]), (('A', 'A', 'same'), (False, 'A', 'new')))
        self.assertFalse(self.env['crm.grade.history'].search([('scheme_id', '=', self.scheme.id)]))

    def test_amounts(self):
        self._grade_all()
        for source in ('recorded', 'replayed'):
            wizard = self._wizard(source=source)
            wizard.action_compare()
            matrix = wizard._matrix()
            self.assertEqual(matrix[self.b, self.a], (1, 500, 1000))
            self.assertEqual(matrix[self.env['crm.grade'], self.b][0], 1)

    def test_compare_again(self):
        """Asking the same wizard again replaces its answer."""
        self._grade_all()
        wizard = self._wizard()
        wizard.action_compare()
        wizard.date_to = self.early + timedelta(days=1)
        self.assertEqual(self._moves(wizard)[self.fair], ('B', 'B', 'same'))
        self.assertEqual(len(wizard.line_ids), 3)

    def test_refused(self):
        self._grade_all()
        for start, end, words in (
            (self.late, self.late, "before"), (self.late, self.early, "before"),
            (self.late, self.TODAY + timedelta(days=1), "future"),
            (self.early - timedelta(days=9), self.early - timedelta(days=1), "Nobody had a grade"),
        ):
            with self.subTest(start=start, end=end), self.assertRaisesRegex(UserError, words):
                self._wizard(start, end).action_compare()
        self._wizard(self.late, self.TODAY).action_compare()

    def test_set_based(self):
        """The number of queries does not grow with the customers."""
        self._grade_all()
        wizard = self._wizard()
        wizard._compute_lines()
        before = self._queries(wizard)
        more = self._customers(30, name="More")
        self._invoices([(partner, self.late, 100) for partner in more])
        self._run()
        self.assertEqual(self._queries(self._wizard(end=self.TODAY)), before)

    def _queries(self, wizard):
        self.env.flush_all()
        count = self.env.cr.sql_log_count
        wizard._compute_lines()
        return self.env.cr.sql_log_count - count

    def test_roles(self):
        self._grade_all()
        for user in (self.manager, self.finance, self.leads_all):
            wizard = self._wizard(env=self._as(user))
            wizard.action_compare()
            self.assertEqual(len(wizard.line_ids), 4)
        with self.assertRaises(AccessError):
            wizard.line_ids.read(['amount'])    # of leads_all, who may see everybody but no amounts
        with self.assertRaises(AccessError):
            wizard.line_ids.with_env(self._as(self.manager)).read(['grade_id'])     # somebody else's answer
        with self.assertRaises(AccessError):
            self._wizard(env=self._as(self.rep))

    def test_other_company(self):
        """A scheme of a company that one does not work in is refused, its grades stay unseen."""
        foreign = self._revenue_scheme(self.company_usd, self._grades(self.company_usd))
        wizard = self._wizard(env=self._as(self.finance))
        wizard.sudo().scheme_id = foreign
        with self.assertRaises(AccessError):
            wizard.action_compare()
        self.assertFalse(wizard.sudo().line_ids)

    def test_recorded_since(self):
        self.assertFalse(self._wizard().recorded_since)
        self._grade_all()
        self.assertEqual(self._wizard().recorded_since, self.early)

    def test_default_scheme(self):
        other = self._revenue_scheme(self.company, self.grades)
        self.assertEqual(self.env['crm.grade.migration'].create({'company_id': self.company.id}).scheme_id, self.scheme)
        self.assertNotEqual(other, self.scheme)
