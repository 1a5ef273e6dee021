from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .scheme_common import SchemeCommon


@tagged('post_install', '-at_install')
class TestSchemeCheck(SchemeCommon):
    """What is refused, when, and with which words."""

    def _assert_problem(self, scheme, text):
        self.assertIn(text, scheme.problem_text)
        with self.assertRaisesRegex(ValidationError, "is not complete"):
            scheme.action_activate()
        self.assertEqual(scheme.state, 'draft')

    def test_complete_schemes_have_no_problem(self):
        for scheme in (self._weighted(), self._pareto(), self._matrix(), self._rfm()):
            with self.subTest(method=scheme.method):
                self.assertEqual(scheme.problem_text, "")
                scheme.action_activate()
                self.assertEqual(scheme.state, 'active')

    def test_drafts_may_be_half_finished(self):
        scheme = self.env['crm.grading.scheme'].create({'name': "Begun", 'company_id': self.company.id})
        self.assertEqual(scheme.problem_text.splitlines(), [
            "Add at least one dimension with a weight above 0.", "Set the boundary of each grade."])
        with self.assertRaises(UserError):
            scheme.action_dry_run()

    def test_in_force_stays_complete(self):
        scheme = self._weighted(state='active')
        with self.assertRaisesRegex(ValidationError, "Set the boundary of each grade"):
            scheme.band_ids = [Command.clear()]

    # ------------------------------------------------------------------
    # Per method
    # ------------------------------------------------------------------

    def test_weighted(self):
        for values, text in (
                ({'dimension_ids': {'weight': 0}}, "a weight above 0"),
                ({'band_ids': {'threshold': 50}}, "A better grade needs a higher score: “A” starts at 50, “B” at 50."),
                ({'dimension_ids': {'step_ids': [Command.clear()]}}, "has no thresholds yet"),
                ({'dimension_ids': {'scoring': 'linear', 'low_value': 5, 'high_value': 5}}, "must differ"),
                ({'dimension_ids': {'scoring': 'linear', 'low_value': 9, 'high_value': 5}}, "must be above the one for 0 points")):
            with self.subTest(text=text):
                scheme = self._weighted()
                for field, vals in values.items():
                    scheme[field][0].write(vals)
                self._assert_problem(scheme, text)

    def test_points_rise_with_the_value(self):
        scheme = self._scheme('weighted', [self._thresholds(self.revenue, (500, 50), (1500, 50))], [(self.grade_a, 0)])
        self._assert_problem(scheme, "a better value must bring more points")
        fine = self._scheme('weighted', [self._thresholds(self.recency, (30, 50), (10, 100))], [(self.grade_a, 0)])
        self.assertEqual(fine.problem_text, "", "lower is better: the lower threshold brings more")
        wrong = self._scheme('weighted', [self._thresholds(self.recency, (30, 100), (10, 50))], [(self.grade_a, 0)])
        self._assert_problem(wrong, "a better value must bring more points")

    def test_lowest_band_above_zero_is_stated(self):
        scheme = self._weighted()
        self.assertNotIn("get no grade", scheme.statement)
        scheme.band_ids.filtered(lambda band: band.grade_id == self.grade_c).threshold = 10
        self.assertEqual(scheme.problem_text, "")
        self.assertIn("Customers with a score below 10 get no grade.", scheme.statement)

    def test_pareto(self):
        for thresholds, text in (
                ((50, 50, 100), "“B” must reach further than “A” (50 %)"), ((50, 80, 99.99), "The last grade, “C”, must reach 100 %")):
            with self.subTest(thresholds=thresholds):
                scheme = self._pareto()
                for band, threshold in zip(scheme.band_ids.sorted('sequence'), thresholds):
                    band.threshold = threshold
                self._assert_problem(scheme, text)
        two = self._pareto()
        two.dimension_ids = [Command.create({'metric_id': self.count.id})]
        self._assert_problem(two, "exactly one metric")
        lower = self._pareto()
        lower.dimension_ids.metric_id = self.recency
        self._assert_problem(lower, "is better when lower")

    def test_matrix(self):
        scheme = self._matrix()
        scheme.cell_ids[0].unlink()
        self._assert_problem(scheme, "1 of the 6 cells of the matrix have no grade yet.")
        scheme = self._matrix()
        scheme.dimension_ids[0].write({'scoring': 'linear', 'high_value': 5})
        self._assert_problem(scheme, "a line between two points has no levels")
        scheme = self._matrix()
        scheme.dimension_ids[1].axis = 'row'
        self._assert_problem(scheme, "exactly one dimension each of these parts: Row, Column")
        scheme = self._matrix()
        scheme.dimension_ids[1].if_missing = 'skip'
        self._assert_problem(scheme, "a customer without a value must have a place")

    def test_rfm(self):
        scheme = self._rfm()
        scheme.dimension_ids[0].groups = 4
        self._assert_problem(scheme, "has 4 levels. RFM scores go from 1 to 5")
        scheme = self._rfm()
        scheme.segment_ids = [Command.create({'name': "Late", 'sequence': 3, 'r_min': 5})]
        self._assert_problem(scheme, "Nobody can ever be in “Late”")
        scheme = self._rfm()
        scheme.segment_ids.filtered(lambda segment: segment.name == "Others").f_min = 2
        self._assert_problem(scheme, "15 combinations of scores belong to no segment (111, 112, 113, 211, 212 …)")
        scheme.allow_uncovered = True
        self.assertEqual(scheme.problem_text, "")

    def test_rfm_by_thresholds(self):
        """Four thresholds make five levels; three do not."""
        steps = [(5, 10), (10, 20), (20, 30), (30, 40)]
        scheme = self._rfm()
        dimension = scheme.dimension_ids.filtered(lambda dimension: dimension.axis == 'm')
        dimension.write({'scoring': 'threshold', 'step_ids': [Command.create({'value': v, 'points': p}) for v, p in steps]})
        self.assertEqual(scheme.problem_text, "")
        dimension.step_ids[0].unlink()
        self._assert_problem(scheme, "has 4 levels")

    # ------------------------------------------------------------------
    # For every method
    # ------------------------------------------------------------------

    def test_metrics_fit_the_population(self):
        self._assert_problem(self._weighted(population='lead'), "is a figure of contacts, but the scheme grades leads")

    def test_archived_metric_and_grade(self):
        scheme = self._weighted()
        self.count.active = False
        scheme.dimension_ids = [Command.create({'metric_id': self.count.id, 'scoring': 'quantile'})]
        self._assert_problem(scheme, f"The metric “{self.count.name}” is archived")
        scheme = self._weighted()
        self.grade_b.active = False
        self._assert_problem(scheme, "The grade “B” is archived")

    def test_what_a_scheme_in_force_reads_is_not_archived(self):
        self._weighted(state='active')
        with self.assertRaisesRegex(ValidationError, "The grade “B” cannot be archived: the scheme “By weighted” gives it"):
            self.grade_b.action_archive()
        with self.assertRaisesRegex(ValidationError, "cannot be archived: the scheme “By weighted” grades by it"):
            self.revenue.action_archive()
        self.count.action_archive()
        self.assertFalse(self.count.active)

    def test_grade_of_another_company(self):
        scheme = self._weighted()
        scheme.band_ids[0].grade_id = self._grades(self.company_usd)[0]
        self._assert_problem(scheme, "belongs to another company")

    def test_population(self):
        self._assert_problem(self._weighted(population='dealer'), "Choose the tags by which dealers are known.")
        for domain in ("[('name', '=', ", "[('nonsense', '=', 1)]", "3"):
            with self.subTest(domain=domain):
                self._assert_problem(self._weighted(domain=domain), "cannot be read")

    def test_grace_needs_a_length(self):
        self._assert_problem(self._weighted(demotion='runs', demotion_count=0), "how long a customer is spared")

    def test_deleted_metric_is_refused_with_the_reason(self):
        metric = self.count.copy()
        self._weighted().dimension_ids = [Command.create({'metric_id': metric.id})]
        with self.assertRaisesRegex(UserError, "is used by By weighted"):
            metric.unlink()

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_rights(self):
        scheme = self._weighted()
        for user in (self.rep, self.leads_all, self.finance):
            with self.subTest(user=user.name):
                seen = scheme.with_env(self._as(user))
                self.assertTrue(seen.statement)
                with self.assertRaises(AccessError):
                    seen.name = "Mine"
                with self.assertRaises(AccessError):
                    seen.action_activate()
                with self.assertRaises(AccessError):
                    seen.band_ids[0].threshold = 1
        with self.assertRaises(AccessError):
            scheme.with_env(self._as(self.manager_usd)).read(['name'])
        self.assertFalse(self.env['crm.grading.scheme'].with_env(self._as(self.manager_usd)).search([('id', '=', scheme.id)]))
        scheme.with_env(self._as(self.manager)).action_activate()
        self.assertEqual(scheme.state, 'active')


@tagged('post_install', '-at_install')
class TestSchemePictures(SchemeCommon):

    def test_matrix_axes(self):
        axes = self._matrix().matrix_axes
        clean = [[level['label'].replace('\xa0', ' ') for level in axes[axis]['levels']] for axis in ('rows', 'columns')]
        self.assertEqual(clean, [
            ["below 500 €", "from 500 € to below 1,500 €", "from 1,500 €"], ["over 5 days", "up to 5 days"]])
        self.assertEqual([level['level'] for level in axes['rows']['levels']], [1, 2, 3])

    def test_matrix_axis_of_groups_names_the_values_of_the_latest_run(self):
        scheme = self._matrix()
        scheme.dimension_ids[0].write({'scoring': 'quantile', 'groups': 2})
        self.assertEqual([level['label'] for level in scheme.matrix_axes['rows']['levels']], ["Group 1 of 2", "Group 2 of 2"])
        scheme.cell_ids.filtered(lambda cell: cell.row_level > 2).unlink()
        scheme.action_activate()
        self._run()
        scheme.invalidate_recordset()
        self.assertEqual(
            [level['label'].replace('\xa0', ' ') for level in scheme.matrix_axes['rows']['levels']],
            ["200 € to 1,000 €", "1,200 € to 2,000 €"])

    def test_rfm_coverage(self):
        scheme = self._rfm()
        picture = scheme.rfm_coverage
        self.assertEqual(
            [(segment['name'], segment['unreachable']) for segment in picture['segments']], [("Champions", False), ("Others", False)])
        self.assertEqual(len(picture['cells']), 25)
        self.assertEqual({tuple(cell['owners']) for cell in picture['cells']}, {(1, 1, 1, 0, 0)})
        self.assertEqual((picture['uncovered'], picture['codes']), (0, []))

    def test_lists_ask_as_often_for_many_schemes_as_for_one(self):
        schemes = self._weighted(state='active') + self._pareto(state='active') + self._rfm(state='active')
        self._run()
        names = ['verdict_count', 'history_count', 'simulation_count', 'last_run_id']

        def queries(records):
            self.env.invalidate_all()
            records.mapped('name')
            before = self.env.cr.sql_log_count
            for name in names:
                records.mapped(name)
            return self.env.cr.sql_log_count - before

        queries(schemes)   # what is cached for good
        self.assertEqual(queries(schemes), queries(schemes[0]))
        self.assertEqual(schemes.mapped('verdict_count'), [10, 10, 10])

    def test_statement(self):
        scheme = self._weighted(state='active', demotion='runs', demotion_count=3, min_tenure_days=90)
        for text in ("All customers of the company with at least one purchase, old and new (too new before day 90)",
                     "posted invoices minus credit notes", "Amounts are in EUR.", "belongs to the better grade",
                     "demotion after 3 runs in a row", "Not run yet."):
            self.assertIn(text, scheme.statement)
        self._run()
        scheme.invalidate_recordset()
        self.assertIn("Last run as of 2026-06-15", scheme.statement)
