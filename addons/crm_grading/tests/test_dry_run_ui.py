from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .scheme_common import SchemeCommon


@tagged('post_install', '-at_install')
class TestDryRunUi(SchemeCommon):

    def _dry_run(self, scheme, date=None):
        scheme = scheme.with_env(self._as(self.manager))
        action = scheme.action_dry_run()
        values = {'date': date} if date else {}
        wizard = self.env[action['res_model']].with_env(scheme.env).with_context(**action['context']).create(values)
        shown = wizard.action_simulate()
        return self.env[shown['res_model']].with_env(scheme.env).browse(shown['res_id'])

    def test_before_after_and_movers(self):
        scheme = self._weighted(state='active')
        self._run()
        draft = self.env['crm.grading.scheme'].browse(scheme.action_try_changes()['res_id'])
        self.assertEqual((draft.origin_id, draft.state), (scheme, 'draft'))
        draft.dimension_ids.step_ids.filtered(lambda step: step.value == 1500).value = 1700   # buyer 8 has 1600
        run = self._dry_run(draft)
        self.assertEqual(
            [(result.grade_id.name, result.before, result.customers, result.arrived, result.gone) for result in run.result_ids],
            [("A", 3, 2, 0, 1), ("B", 5, 6, 1, 0), ("C", 2, 2, 0, 0)])
        self.assertEqual([round(result.customer_share) for result in run.result_ids], [20, 60, 20])
        self.assertEqual([round(result.amount) for result in run.result_ids], [3800, 6600, 600])
        self.assertEqual([(mover.partner_id, mover.move) for mover in run.mover_ids], [(self.buyers[7], 'down')])
        self.assertEqual((run.up_count, run.down_count, run.mover_count), (0, 1, 1))
        self.assertEqual(run.display_name, f"Dry run · 2026-06-15 · {draft.name}")
        action = run.action_open_movers()
        self.assertEqual(self.env[action['res_model']].search(action['domain']), run.mover_ids)
        self.assertEqual(self._verdict(scheme, self.buyers[7]).grade_id, self.grade_a, "a dry run changes nothing")

    def test_past_date(self):
        """As of a past day the later invoices do not count; the future is refused."""
        scheme = self._weighted()
        run = self._dry_run(scheme, self.TODAY - timedelta(days=15))   # only the older invoice of each
        self.assertEqual(run.date, self.TODAY - timedelta(days=15))
        self.assertEqual({result.grade_id.name: result.customers for result in run.result_ids}, {"B": 6, "C": 4})
        with self.assertRaisesRegex(UserError, "today or at a day in the past"):
            self._dry_run(scheme, self.TODAY + timedelta(days=1))

    def test_inexact_metrics_are_named(self):
        scheme = self._weighted()
        self.revenue.is_replayable = False
        wizard = self.env['crm.grading.dry.run'].create({'scheme_id': scheme.id})
        self.assertEqual(wizard.inexact_metric_ids, self.revenue)
        self.assertFalse(self._dry_run(scheme).inexact_metric_ids, "today every metric is exact")
        self.assertEqual(self._dry_run(scheme, self.TODAY - timedelta(days=1)).inexact_metric_ids.ids, self.revenue.ids)
        self.assertIn("not exact for days in the past", scheme.statement)

    def test_apply_keeps_identity(self):
        """Applied changes: same dimension, same segment, same verdicts and history; the draft is archived."""
        scheme = self._weighted(state='active', is_leading=True)
        self._run()
        dimension = scheme.dimension_ids
        kept = scheme.band_ids.filtered(lambda band: band.grade_id != self.grade_b)
        verdicts = self.env['crm.grade.verdict'].search([('scheme_id', '=', scheme.id)])
        draft = self.env['crm.grading.scheme'].browse(scheme.action_try_changes()['res_id'])
        self.assertEqual(scheme.action_try_changes()['res_id'], draft.id, "a second time opens the same draft")
        draft.dimension_ids[0].write({'weight': 5, 'step_ids': [
            Command.clear(), Command.create({'value': 900, 'points': 50}), Command.create({'value': 1700, 'points': 100})]})
        draft.dimension_ids = [Command.create({'metric_id': self.count.id, 'scoring': 'linear', 'high_value': 2})]
        draft.band_ids.filtered(lambda band: band.grade_id == self.grade_b).unlink()
        draft.action_apply()
        self.assertEqual((scheme.name, scheme.state, scheme.is_leading), ("By weighted", 'active', True))
        self.assertEqual(scheme.dimension_ids[0], dimension)
        self.assertEqual((dimension.weight, dimension.step_ids.mapped('value')), (5, [900, 1700]))
        self.assertEqual(scheme.dimension_ids[1].metric_id, self.count)
        self.assertEqual(scheme.band_ids, kept)
        self.assertEqual(verdicts.exists(), verdicts)
        self.assertEqual((draft.active, draft.origin_id.id), (False, False))
        with self.assertRaises(UserError):
            scheme.action_apply()

    def test_apply_segments_and_cells(self):
        scheme = self._rfm(state='active')
        self._run()
        champions = scheme.segment_ids[0]
        draft = self.env['crm.grading.scheme'].browse(scheme.action_try_changes()['res_id'])
        draft.segment_ids[0].m_min = 5
        draft.segment_ids = [Command.create({'name': "Middle", 'sequence': 2, 'm_min': 3, 'grade_id': self.grade_b.id})]
        draft.segment_ids.filtered(lambda segment: segment.name == "Others").sequence = 3
        draft.action_apply()
        self.assertEqual(scheme.segment_ids[0], champions)
        self.assertEqual((champions.m_min, scheme.segment_ids.sorted('sequence').mapped('name')), (5, ["Champions", "Middle", "Others"]))

    def test_incomplete_draft_is_not_applied(self):
        scheme = self._weighted(state='active')
        draft = self.env['crm.grading.scheme'].browse(scheme.action_try_changes()['res_id'])
        draft.band_ids = [Command.clear()]
        with self.assertRaises(UserError):
            draft.action_apply()
        with self.assertRaises(UserError):
            draft.action_activate()
        self.assertEqual(len(scheme.band_ids), 3)

    def test_run_now(self):
        scheme = self._weighted(state='active').with_env(self._as(self.manager))
        shown = scheme.action_run()
        run = self.env['crm.grading.run'].with_env(scheme.env).browse(shown['res_id'])
        self.assertEqual((run.kind, run.state, run.scheme_names), ('manual', 'done', scheme.name))
        self.assertEqual(scheme.last_run_id, run)
        scheme.action_draft()
        with self.assertRaisesRegex(UserError, "Only schemes in force are run"):
            scheme.action_run()

    def test_form_of_each_method(self):
        """The form opens, computes its pictures on change and saves, whatever the method."""
        for scheme in (self._weighted(), self._pareto(), self._matrix(), self._rfm()):
            with self.subTest(method=scheme.method), Form(scheme.with_env(self._as(self.manager))) as form:
                form.name = "Renamed"
                form.min_purchases = 3
                self.assertIn("too little data below 3 purchases", form.statement)
                self.assertFalse(form.problem_text)

    def test_rights(self):
        scheme = self._weighted(state='active')
        for user in (self.rep, self.leads_all, self.finance, self.manager_usd):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.env['crm.grading.dry.run'].with_env(self._as(user)).create(
                    {'scheme_id': scheme.id, 'date': self.TODAY}).action_simulate()
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                scheme.with_env(self._as(user)).action_run()
        run = self._dry_run(scheme)
        self.assertFalse(self.env['crm.grading.run'].with_env(self._as(self.manager_usd)).search([('id', '=', run.id)]))
