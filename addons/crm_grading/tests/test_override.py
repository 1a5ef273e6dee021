from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .scheme_common import SchemeCommon


@tagged('post_install', '-at_install')
class TestOverride(SchemeCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls._weighted(state='active', is_leading=True)
        cls._run()

    def setUp(self):
        super().setUp()
        self.verdict = self._verdict(self.scheme, self.buyers[0]).with_env(self._as(self.manager))   # computed: C
        self.customer = self.verdict.customer_id.with_env(self.env)

    def _history(self):
        return self.env['crm.grade.history'].search([('customer_id', '=', self.customer.id)], order='id')

    def test_in_force_at_once(self):
        self.verdict._set_override(self.grade_a.with_env(self.verdict.env), " Framework agreement ", date(2026, 12, 31))
        self.assertEqual(
            (self.verdict.grade_id.name, self.verdict.computed_grade_id.name, self.verdict.settled_grade_id.name), ("A", "C", "C"))
        self.assertEqual((self.customer.grade_id, self.customer.grade_move, self.customer.grade_date), (self.grade_a, 'up', self.TODAY))
        change = self._history()[-1]
        self.assertEqual(
            (change.reason, change.move, change.old_grade_id, change.grade_id, change.note, change.date, change.policy_done),
            ('override', 'up', self.grade_c, self.grade_a, "Framework agreement", self.TODAY, False))
        self.assertEqual(self.verdict._explain()['override'], {
            'grade': "A", 'reason': "Framework agreement", 'user': self.manager.name, 'until': '2026-12-31'})

    def test_withdrawn(self):
        self.verdict._set_override(self.grade_a, "Reason")
        self.verdict._clear_override()
        self.assertEqual((self.verdict.grade_id, self.customer.grade_id, self.customer.grade_move), (self.grade_c, self.grade_c, 'down'))
        self.assertFalse(self.verdict.override_grade_id or self.verdict.override_reason or self.verdict.override_user_id)
        self.assertEqual(self._history().mapped('move'), ['new', 'up', 'down'])
        self.assertIsNone(self.verdict._explain()['override'])

    def test_same_grade_is_recorded_without_a_move(self):
        """To hold a customer in the grade that the figures give today is no change of grade."""
        self.verdict._set_override(self.grade_c, "Keep")
        self.assertEqual((len(self._history()), self.verdict.is_overridden), (1, True))

    def test_runs_keep_it_until_its_last_day(self):
        """Before, on and after the last day; it falls back by itself."""
        self.verdict._set_override(self.grade_a, "Reason", self.TODAY + timedelta(days=5))
        for days, expected, overridden in ((4, "A", True), (5, "A", True), (6, "C", False)):
            with self.subTest(days=days), self._at(f"2026-06-{15 + days} 12:00:00"):
                self._run()
                self.verdict.invalidate_recordset()
                self.assertEqual(
                    (self.verdict.grade_id.name, self.customer.grade_id.name, self.verdict.is_overridden), (expected, expected, overridden))
        self.assertEqual(self._history()[-1].reason, 'expiry')

    def test_refused(self):
        for grade, reason, until, text in (
                (self.grade_a, " ", None, "Give the reason"),
                (self.grade_a, "Reason", self.TODAY - timedelta(days=1), "cannot be in the past"),
                (self._grades(self.company_usd)[0], "Reason", None, "belongs to another company")):
            with self.subTest(text=text), self.assertRaisesRegex(UserError, text):
                self.verdict._set_override(grade, reason, until)
        self.verdict._set_override(self.grade_a, "Today is still allowed", self.TODAY)
        self.assertTrue(self.verdict.is_overridden)

    def test_last_day_is_that_of_the_company(self):
        """23:30 in Brussels is the next day in Tokyo and still the same in New York; the company's day counts."""
        with self._at('2026-06-15 22:30:00'):   # 00:30 on the 16th in Brussels
            with self.assertRaises(UserError):
                self.verdict._set_override(self.grade_a, "Reason", date(2026, 6, 15))
        with self._at('2026-06-15 21:30:00'):   # 23:30 on the 15th
            self.verdict._set_override(self.grade_a, "Reason", date(2026, 6, 15))

    def test_rights(self):
        for user in (self.rep, self.lead, self.leads_all, self.finance):
            with self.subTest(user=user.name):
                verdict = self.verdict.with_env(self._as(user))
                with self.assertRaises(AccessError):
                    verdict._set_override(self.grade_a, "Mine")
                with self.assertRaises(AccessError):
                    verdict._clear_override()
                with self.assertRaises(AccessError):
                    verdict.action_override()
                with self.assertRaises(AccessError):
                    verdict.write({'grade_id': self.grade_a.id})
                with self.assertRaises(AccessError):
                    self.env['crm.grade.override'].with_env(self._as(user)).create({'verdict_id': verdict.id})
        with self.assertRaises(AccessError):
            self.verdict.with_env(self._as(self.manager_usd))._set_override(self.grade_a, "Abroad")
        self.assertEqual(self.verdict.grade_id, self.grade_c)

    def test_dialog(self):
        action = self.verdict.action_override()
        model = self.env['crm.grade.override'].with_env(self.verdict.env).with_context(**action['context'])
        with self.assertRaises(UserError):
            model.create({'grade_id': self.grade_b.id}).action_set()
        form = Form(model)
        form.grade_id = self.grade_b.with_env(form._env if hasattr(form, '_env') else self.verdict.env)
        form.reason = "Promised"
        form.save().action_set()
        self.assertEqual((self.verdict.grade_id, self.verdict.override_reason), (self.grade_b, "Promised"))
        again = model.create({})
        self.assertEqual((again.grade_id, again.reason), (self.grade_b, "Promised"))
        again.action_withdraw()
        self.assertEqual(self.verdict.grade_id, self.grade_c)

    def test_lists(self):
        """Overrides in force, those about to end, and none that has ended."""
        other = self._verdict(self.scheme, self.buyers[1])
        self.verdict._set_override(self.grade_a, "Soon", self.TODAY + timedelta(days=30))
        other._set_override(self.grade_a, "Open end")
        Verdict = self.env['crm.grade.verdict'].with_env(self._as(self.manager))
        in_force = [('is_overridden', '=', True), ('scheme_id', '=', self.scheme.id)]
        self.assertEqual(set(Verdict.search(in_force).ids), {self.verdict.id, other.id})
        self.assertEqual(Verdict.search([*in_force, ('override_until', '<=', 'today +30d')]).ids, self.verdict.ids)
        with self._at('2026-07-16 12:00:00'):
            self.assertEqual(Verdict.search(in_force).ids, other.ids)
        self.assertEqual(Verdict.search_count([('is_overridden', '=', False), ('scheme_id', '=', self.scheme.id)]), 8)

    def test_policies_are_set_going(self):
        cron = self.env.ref('crm_grading.ir_cron_grade_policy')
        before = self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)])
        self.verdict._set_override(self.grade_a, "Reason")
        self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)]), before + 1)
        self.env['crm.grade']._cron_apply_policies()
        self.assertTrue(all(self._history().mapped('policy_done')))

    def test_other_schemes_leave_the_customer_alone(self):
        scheme = self._pareto(state='active')
        self._run()
        self._verdict(scheme, self.buyers[0])._set_override(self.grade_a, "For reports only")
        self.assertEqual(self.customer.grade_id, self.grade_c)
