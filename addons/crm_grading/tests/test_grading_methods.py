from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL


class GradingMethodCase(TransactionCase):
    """Grades computed from given values, without documents: the arithmetic of the methods."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Arithmetic Ltd"})
        cls.env = cls.env(context={**cls.env.context, 'allowed_company_ids': cls.company.ids})
        cls.grades = cls.env['crm.grade'].create([
            {'name': name, 'sequence': sequence, 'company_id': cls.company.id}
            for sequence, name in enumerate(('A', 'B', 'C'), start=1)])
        cls.a, cls.b, cls.c = cls.grades
        cls.partners = cls.env['res.partner'].create([{'name': f"Customer {number}"} for number in range(1, 11)])
        cls.metrics = cls.env['crm.metric']._from_codes(['revenue', 'invoice_count', 'recency'])
        cls.revenue, cls.frequency, cls.recency = (
            cls.metrics.filtered(lambda metric, code=code: metric.code == code)
            for code in ('revenue', 'invoice_count', 'recency'))

    def _scheme(self, method, dimensions, bands=(), **values):
        return self.env['crm.grading.scheme'].create({
            'name': method, 'method': method, 'company_id': self.company.id,
            'dimension_ids': [(0, 0, dimension) for dimension in dimensions],
            'band_ids': [(0, 0, {'grade_id': grade.id, 'threshold': threshold}) for grade, threshold in bands],
            **values})

    def _graded(self, scheme, rows):
        """Return ``{partner: {column: value}}`` of what the scheme computes from ``rows`` of {metric: value}."""
        metrics = scheme._metrics()
        ever = {'invoice_count_ever': 5, 'order_count_ever': 0, 'tenure': 1000}
        self.env.cr.execute(SQL(
            "CREATE TEMP TABLE given (subject_id int, %s) ON COMMIT DROP",
            SQL(", ").join(SQL("%s float8", SQL.identifier(metric._column())) for metric in metrics)))
        for partner, row in zip(self.partners, rows):
            values = [row.get(metric, ever.get(metric.code)) for metric in metrics]
            self.env.cr.execute(SQL("INSERT INTO given VALUES %s", (partner.id, *values)))
        found = self.env.execute_query_dict(scheme._graded_sql(SQL("given")))
        self.env.cr.execute("DROP TABLE given")
        found.sort(key=lambda row: row['subject_id'])
        return {self.env['res.partner'].browse(row['subject_id']): row for row in found}

    def _names(self, scheme, values, metric=None):
        """Return the grade names in the order of the given values of one metric."""
        found = self._graded(scheme, [{metric or self.revenue: value} for value in values])
        return [self.env['crm.grade'].browse(found[partner]['computed_grade_id']).name
                for partner, _value in zip(self.partners, values)]


@tagged('post_install', '-at_install')
class TestWeighted(GradingMethodCase):

    def _threshold_scheme(self, metric, steps, **values):
        return self._scheme('weighted', [{
            'metric_id': metric.id, 'scoring': 'threshold',
            'step_ids': [(0, 0, {'value': value, 'points': points}) for value, points in steps],
        }], [(self.a, 80), (self.b, 40), (self.c, 0)], **values)

    def test_threshold_before_at_after(self):
        scheme = self._threshold_scheme(self.revenue, [(1000, 100), (500, 40)])
        self.assertEqual(
            self._names(scheme, [499.99, 500, 500.01, 999.99, 1000, 1000.01]), ['C', 'B', 'B', 'B', 'A', 'A'])

    def test_threshold_of_lower_is_better(self):
        scheme = self._threshold_scheme(self.recency, [(30, 100), (90, 40)])
        self.assertEqual(self._names(scheme, [29, 30, 31, 90, 91], self.recency), ['A', 'A', 'B', 'B', 'C'])

    def test_band_is_met_in_spite_of_binary_fractions(self):
        dimension = {'scoring': 'threshold', 'step_ids': [(0, 0, {'value': 1, 'points': 80})]}
        scheme = self._scheme('weighted', [
            {**dimension, 'metric_id': metric.id, 'weight': weight}
            for metric, weight in ((self.revenue, 0.1), (self.frequency, 0.7))], [(self.a, 80), (self.c, 0)])
        row, = self._graded(scheme, [{self.revenue: 1, self.frequency: 1}]).values()
        self.assertEqual((row['score'], row['computed_grade_id']), (80, self.a.id))

    def test_linear_between_and_beyond_two_points(self):
        scheme = self._scheme('weighted', [{
            'metric_id': self.revenue.id, 'scoring': 'linear', 'low_value': 100, 'high_value': 300,
        }], [(self.a, 50), (self.c, 0)])
        found = self._graded(scheme, [{self.revenue: value} for value in (50, 100, 199.99, 200, 300, 900)])
        self.assertEqual([row['score'] for row in found.values()], [0, 0, 49.995, 50, 100, 100])
        self.assertEqual([row['computed_grade_id'] for row in found.values()], [self.c.id] * 3 + [self.a.id] * 3)

    def test_linear_downwards(self):
        scheme = self._scheme('weighted', [{
            'metric_id': self.recency.id, 'scoring': 'linear', 'low_value': 100, 'high_value': 0,
        }], [(self.a, 50), (self.c, 0)])
        self.assertEqual(self._names(scheme, [0, 50, 51], self.recency), ['A', 'A', 'C'])

    def test_missing_value(self):
        """No data is not zero: it counts as the worst, is left out, or leaves the customer ungraded."""
        for if_missing, expected in (
                ('worst', ('graded', 50, self.b.id)), ('skip', ('graded', 100, self.a.id)), ('verdict', ('too_little', None, None))):
            with self.subTest(if_missing=if_missing):
                scheme = self._scheme('weighted', [
                    {'metric_id': metric.id, 'scoring': 'linear', 'low_value': 0, 'high_value': 10, 'if_missing': if_missing}
                    for metric in (self.revenue, self.frequency)], [(self.a, 80), (self.b, 40), (self.c, 0)])
                row, = self._graded(scheme, [{self.revenue: 10, self.frequency: None}]).values()
                self.assertEqual((row['status'], row['score'], row['computed_grade_id']), expected)

    def test_weight_decides(self):
        scheme = self._scheme('weighted', [
            {'metric_id': metric.id, 'scoring': 'linear', 'low_value': 0, 'high_value': 10, 'weight': weight}
            for metric, weight in ((self.revenue, 3), (self.frequency, 1))], [(self.a, 75), (self.c, 0)])
        found = self._graded(scheme, [{self.revenue: 10, self.frequency: 0}, {self.revenue: 0, self.frequency: 10}])
        self.assertEqual([row['score'] for row in found.values()], [75, 25])

    def test_too_new_and_too_little(self):
        tenure, count, orders = (
            self.env['crm.metric']._from_codes([code]) for code in ('tenure', 'invoice_count_ever', 'order_count_ever'))
        scheme = self._threshold_scheme(self.revenue, [(1000, 100)], min_tenure_days=90, min_purchases=3)
        found = self._graded(scheme, [
            {tenure: 89, count: 9}, {tenure: 90, count: 9}, {tenure: 90, count: 2}, {tenure: 90, count: 3},
            {tenure: 90, count: 1, orders: 3}])
        self.assertEqual(
            [row['status'] for row in found.values()], ['too_new', 'graded', 'too_little', 'graded', 'graded'])

    def test_population(self):
        count = self.env['crm.metric']._from_codes(['invoice_count_ever'])
        rows = [{count: 0}, {count: 1}]
        for population, expected in (('customer', self.partners[1]), ('prospect', self.partners[0])):
            with self.subTest(population=population):
                scheme = self._threshold_scheme(self.revenue, [(1000, 100)], population=population)
                self.assertEqual(list(self._graded(scheme, rows)), list(expected))

    def test_domain_and_dealers(self):
        tag = self.env['res.partner.category'].create({'name': "Dealer"})
        self.partners[2].category_id = tag
        scheme = self._threshold_scheme(self.revenue, [(1000, 100)], population='dealer', dealer_category_ids=tag.ids)
        self.assertEqual(list(self._graded(scheme, [{}, {}, {}])), list(self.partners[2]))
        scheme = self._threshold_scheme(self.revenue, [(1000, 100)], domain="[('name', '=', 'Customer 2')]")
        self.assertEqual(list(self._graded(scheme, [{}, {}, {}])), list(self.partners[1]))

    def test_without_dimension_is_refused(self):
        with self.assertRaisesRegex(UserError, "no dimension"):
            self._scheme('weighted', [])._check_complete()


@tagged('post_install', '-at_install')
class TestQuantiles(GradingMethodCase):

    def _levels(self, scoring, values, metric, groups=5):
        scheme = self._scheme('weighted', [{'metric_id': metric.id, 'scoring': scoring, 'groups': groups}], [(self.a, 0)])
        found = self._graded(scheme, [{metric: value} for value in values])
        return [found[partner][f'l{scheme.dimension_ids.id}'] for partner, _value in zip(self.partners, values)]

    def test_equal_sized_groups(self):
        """Seven in fifths: the first groups are the larger ones, ties go by number."""
        self.assertEqual(self._levels('quantile', [10, 10, 10, 40, 50, 60, 70], self.revenue), [1, 1, 2, 2, 3, 4, 5])
        self.assertEqual(self._levels('quantile', [10, 10, 10, 40, 50, 60, 70], self.recency), [3, 4, 5, 2, 2, 1, 1])

    def test_percentile_cut_points(self):
        """Cut points of 1..6 at 20/40/60/80 % are 2, 3, 4, 5; a value at a cut point belongs below it."""
        self.assertEqual(self._levels('percentile', [1, 2, 3, 4, 5, 6], self.revenue), [1, 1, 2, 3, 4, 5])
        self.assertEqual(self._levels('percentile', [1, 2, 3, 4, 5, 6], self.recency), [5, 5, 4, 3, 2, 1])

    def test_percentile_keeps_ties_together(self):
        self.assertEqual(self._levels('percentile', [1, 1, 1, 1, 1, 9], self.revenue), [1, 1, 1, 1, 1, 5])

    def test_without_a_value_counts_as_worst_and_takes_no_place(self):
        self.assertEqual(self._levels('quantile', [None, 1, 2], self.revenue, groups=2), [1, 1, 2])


@tagged('post_install', '-at_install')
class TestPareto(GradingMethodCase):

    def _pareto(self, values, boundaries=(80, 95, 100)):
        scheme = self._scheme('pareto', [{'metric_id': self.revenue.id}], list(zip(self.grades, boundaries)))
        return self._names(scheme, values)

    def test_the_customer_who_crosses_the_boundary_is_in(self):
        self.assertEqual(self._pareto([50, 29.99, 15, 4.01, 1]), ['A', 'A', 'A', 'B', 'C'])
        self.assertEqual(self._pareto([50, 30, 15, 4, 1]), ['A', 'A', 'B', 'C', 'C'])

    def test_equals_share_the_better_side(self):
        self.assertEqual(self._pareto([70, 10, 10, 10]), ['A', 'A', 'A', 'A'])
        self.assertEqual(self._pareto([80, 10, 10]), ['A', 'B', 'B'])

    def test_negative_and_missing(self):
        self.assertEqual(self._pareto([100, 10, -10, None]), ['A', 'C', 'C', False])

    def test_nothing_to_share_out(self):
        self.assertEqual(self._pareto([10, -10]), [False, False])
        self.assertEqual(self._pareto([0, 0]), [False, False])

    def test_one_customer(self):
        self.assertEqual(self._pareto([10]), ['A'])


@tagged('post_install', '-at_install')
class TestMatrixAndRfm(GradingMethodCase):

    def test_matrix(self):
        steps = [(0, 0, {'value': 10, 'points': 100})]
        scheme = self._scheme('matrix', [
            {'metric_id': metric.id, 'axis': axis, 'scoring': 'threshold', 'step_ids': steps}
            for metric, axis in ((self.revenue, 'row'), (self.frequency, 'column'))])
        scheme.cell_ids = [
            (0, 0, {'row_level': row, 'column_level': column, 'grade_id': grade.id})
            for row, column, grade in ((1, 1, self.c), (1, 2, self.b), (2, 1, self.b), (2, 2, self.a))]
        found = self._graded(scheme, [
            {self.revenue: revenue, self.frequency: count} for revenue, count in ((9, 9), (9, 10), (10, 9), (10, 10))])
        self.assertEqual(
            [row['computed_grade_id'] for row in found.values()], [self.c.id, self.b.id, self.b.id, self.a.id])

    def test_rfm_takes_the_first_segment_that_holds(self):
        scheme = self._scheme('rfm', [
            {'metric_id': metric.id, 'axis': axis, 'scoring': 'quantile', 'groups': 5}
            for metric, axis in ((self.recency, 'r'), (self.frequency, 'f'), (self.revenue, 'm'))])
        scheme.segment_ids = [
            (0, 0, {'name': "Champions", 'sequence': 1, 'r_min': 4, 'f_min': 4, 'm_min': 4, 'grade_id': self.a.id}),
            (0, 0, {'name': "Lost", 'sequence': 2, 'r_max': 1, 'f_max': 2, 'grade_id': self.c.id}),
            (0, 0, {'name': "Others", 'sequence': 3}),
        ]
        found = self._graded(scheme, [
            {self.recency: 10 - number, self.frequency: number, self.revenue: number} for number in range(10)])
        segments = [self.env['crm.rfm.segment'].browse(row['segment_id']).name for row in found.values()]
        self.assertEqual(segments, ["Lost"] * 2 + ["Others"] * 4 + ["Champions"] * 4)
        self.assertEqual([row['score'] for row in found.values()], [3, 3, 6, 6, 9, 9, 12, 12, 15, 15])
        self.assertEqual(
            [row['computed_grade_id'] for row in found.values()], [self.c.id] * 2 + [None] * 4 + [self.a.id] * 4)
