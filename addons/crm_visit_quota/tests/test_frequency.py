from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_visit_quota.tools import frequency

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestFrequency(VisitCommon):
    """Profiles of ``customer``, ``customer2`` (rep) and ``foreign`` (rep2) in grade A, two visits a month, since May Day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grade, cls.grade_b = cls.env['crm.grade'].create([
            {'name': "A", 'company_id': cls.company.id, 'visit_count': 2, 'visit_period': 'month', 'sequence': 1},
            {'name': "B", 'company_id': cls.company.id, 'visit_count': 1, 'visit_period': 'quarter', 'sequence': 2}])
        cls.profile, cls.profile2, cls.profile_foreign = cls._profiles(cls.customer + cls.customer2 + cls.foreign)
        (cls.profile + cls.profile2 + cls.profile_foreign).write({'grade_id': cls.grade.id, 'grade_date': '2026-05-01'})

    def _plan(self, company=None):
        return self.env['crm.customer'].sudo()._plan_visits(company or self.company)

    def _due(self, profile):
        return str(profile.next_visit_date)

    def test_sql_is_the_rule(self):
        """What SQL says is what the rule says, for every frequency, with and without a visit, before and after the start."""
        metric = self.env['crm.metric']
        for count in (0, 1, 2, 7, 400):
            for period, _label in frequency.PERIODS:
                self.grade.write({'visit_count': count, 'visit_period': period})
                days = frequency.interval(count, period)
                for last in (None, date(2025, 12, 1), date(2026, 6, 1)):
                    visit = self._visits([(self.customer, str(last))] if last else [])
                    self._plan()
                    due = frequency.due(last, date(2026, 5, 1), days)
                    with self.subTest(count=count, period=period, last=last):
                        self.assertEqual(self.profile.visit_interval_days, days)
                        self.assertEqual(self.profile.last_visit_date or None, last)
                        self.assertEqual(self.profile.next_visit_date or None, due)
                        self.assertEqual(self.profile.visits_behind, frequency.behind(due, days, self.TODAY))
                        found = metric.evaluate(['visits_behind'], company=self.company, partners=self.customer)
                        expected = frequency.behind(due, days, self.TODAY) if days else None
                        self.assertEqual(found[self.customer.id]['visits_behind'], expected)
                    visit.unlink()

    def test_metric_as_of(self):
        """For a past day the visits made until then count."""
        self._visits([(self.customer, '2026-06-10')])
        for day, behind in (('2026-05-01', 0), ('2026-05-02', 1), ('2026-06-09', 3), ('2026-06-10', 0)):
            with self.subTest(day=day):
                self.assertEqual(self._value('visits_behind', self.customer, date=day), behind)

    def test_writes_only_what_changes(self):
        self.assertGreaterEqual(self._plan(), 3)
        self.assertEqual(self._plan(), 0)
        self._visits([(self.customer, '2026-06-10')])
        self.assertEqual(self._plan(), 1)

    def test_nobody_planned_for_is_written(self):
        """A grading run over customers of whom no visits are expected costs no row."""
        self._plan()
        plain = self._profiles(self._customers(2, "Plain"))
        self.assertEqual(self._plan(), 0)
        self.assertEqual(plain.mapped('visit_interval_days'), [0, 0])
        plain[0].grade_id = self.grade
        self.assertEqual(self._plan(), 1)

    def test_what_counts(self):
        """Only visits made, of a kind that counts; the last one, whoever made it."""
        self._visits([(self.customer, '2026-06-12')], state='planned')
        self._visits([(self.customer, '2026-06-11')], kind=self.phone)
        self._plan()
        self.assertFalse(self.profile.last_visit_date)
        self._visits([(self.customer, '2026-06-03'), (self.customer, '2026-06-05')], user=self.rep2)
        self._plan()
        self.assertEqual((str(self.profile.last_visit_date), self._due(self.profile)), ('2026-06-05', '2026-06-20'))

    def test_day_of_the_person(self):
        """A visit late in the evening counts for the day where its owner works."""
        self.rep.tz = 'Asia/Shanghai'
        self._visits([(self.customer, '2026-06-05 17:00')])
        self._plan()
        self.assertEqual(str(self.profile.last_visit_date), '2026-06-06')

    def test_company(self):
        """A visit for one company does not serve the other's plan."""
        other = self._profiles(self.customer, self.company_usd)
        grade = self.env['crm.grade'].create({
            'name': "A", 'company_id': self.company_usd.id, 'visit_count': 1, 'visit_period': 'month'})
        other.write({'grade_id': grade.id, 'grade_date': '2026-06-01'})
        self.customer.company_id = False
        self._visits([(self.customer, '2026-06-10')], user=self.manager, company=self.company_usd)
        self._plan()
        self._plan(self.company_usd)
        self.assertEqual((self._due(self.profile), self._due(other)), ('2026-05-01', '2026-07-10'))

    def test_finished_visit(self):
        """Finishing visits moves the due days of their customers at once, all by the same few statements."""
        self._plan()
        counts = []
        for partners in (self.customer, self.customer2 + self.foreign):
            visits = self._visits([(partner, '2026-06-15 09:00') for partner in partners], state='planned')
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self.env['crm.customer'].sudo()._plan_visits_of(visits)
            counts.append(self.cr.sql_log_count - start)
            visits.with_user(self.manager).action_finish()
            self.env.flush_all()
        self.assertEqual(counts[0], counts[1])
        self.assertEqual({self._due(profile) for profile in self.profile + self.profile2}, {'2026-06-30'})

    def test_rep_finishes(self):
        """A representative may not write profiles; finishing a visit does it nevertheless."""
        visit = self._visits([(self.customer, '2026-06-15 09:00')], state='planned')
        visit.with_env(self._as(self.rep)).action_finish()
        self.assertEqual(self._due(self.profile), '2026-06-30')

    def test_grade_policy(self):
        """Changing the frequency of a grade moves its customers at once, and nobody else's."""
        self.profile2.grade_id = self.grade_b
        self._plan()
        self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-01')])
        self.grade.write({'visit_count': 1})
        self.assertEqual((self._due(self.profile), self._due(self.profile2)), ('2026-07-01', '2026-05-01'))
        self.grade.visit_count = 0
        self.assertFalse(self.profile.next_visit_date)

    def test_grading_run(self):
        """After a run the customers have the due day of their grade."""
        revenue = self.env.ref('crm_grading.crm_metric_revenue')
        self.env['crm.grading.scheme'].create({
            'name': "Everybody", 'company_id': self.company.id, 'is_leading': True, 'state': 'active', 'population': 'prospect',
            'dimension_ids': [(0, 0, {'metric_id': revenue.id, 'scoring': 'linear', 'high_value': 1000})],
            'band_ids': [(0, 0, {'grade_id': self.grade_b.id, 'threshold': 0})]})
        self._visits([(self.customer, '2026-06-01')])
        fresh = self._customers(name="Fresh", company_id=self.company.id)
        self.env['crm.grading.run']._run(self.company)
        self.assertEqual((self.profile.grade_id, self._due(self.profile)), (self.grade_b, '2026-08-31'))
        profile = self.env['crm.customer'].search([('partner_id', '=', fresh.id)])
        self.assertEqual(profile.next_visit_date, self.TODAY)
        self.profile.verdict_ids.with_env(self._as(self.manager))._set_override(self.grade, "Important")
        self.assertEqual(self._due(self.profile), '2026-06-16', "The plan of the new grade: 15 days after the last visit, from today on.")

    def test_own_frequency(self):
        """It goes before the grade's, with who and why; withdrawn, the grade's is back."""
        self._visits([(self.customer, '2026-06-01')])
        profile = self.profile.with_env(self._as(self.rep))
        profile._set_own_frequency(1, 'quarter', " Wants to be left alone ")
        self.assertEqual(
            (self._due(profile), profile.own_visit_reason, profile.own_visit_user_id), ('2026-08-31', "Wants to be left alone", self.rep))
        self.assertIn("Wants to be left alone", self.customer.message_ids[0].preview)
        self.assertEqual(profile.visit_frequency, "1 a quarter, set by hand")
        profile._set_own_frequency(0, 'month', "Never")
        self.assertFalse(profile.next_visit_date)
        profile._clear_own_frequency()
        self.assertEqual((self._due(profile), profile.visit_frequency), ('2026-06-16', "2 a month"))

    def test_own_frequency_dialog(self):
        env = self._as(self.rep)
        action = self.profile.with_env(env).action_set_frequency()
        wizard = env[action['res_model']].with_context(**action['context']).create({'count': 3, 'period': 'year', 'reason': "Far away"})
        wizard.action_set()
        self.assertEqual(self.profile.visit_interval_days, 121)
        again = env['crm.visit.frequency'].with_context(**action['context']).create({})
        self.assertEqual((again.count, again.reason, again.has_own), (3, "Far away", True))
        again.action_withdraw()
        self.assertEqual(self.profile.visit_interval_days, 15)

    def test_own_frequency_refused(self):
        for args in ((1, 'month', "  "), (-1, 'month', "Less"), (1, 'week', "More")):
            with self.subTest(args=args), self.assertRaises(UserError):
                self.profile._set_own_frequency(*args)
        for user in (self.rep2, self.finance, self.employee, self.manager_usd):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.profile.with_env(self._as(user))._set_own_frequency(1, 'month', "Mine now")
        self.assertFalse(self.profile.own_visit_frequency)
        with self.assertRaises(AccessError):
            self.profile.with_env(self._as(self.rep)).write({'own_visit_count': 9})
        self.profile.with_env(self._as(self.lead))._set_own_frequency(1, 'month', "Of my team")

    def test_negative_policy(self):
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self.grade.visit_count = -1
            self.env.flush_all()
        self.assertIn('visit_count', str(caught.exception))

    def test_cron(self):
        """The job covers every company and is done a second time without a change."""
        with patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 100):
            self.env['crm.customer']._cron_plan_visits()
        self.assertEqual(self._due(self.profile), '2026-05-01')
        self.assertEqual(self._plan(), 0)

    def test_lists(self):
        """Who is due, overdue, never visited, without a plan, as their filters ask."""
        self._visits([(self.customer, '2026-05-31'), (self.customer2, '2026-06-10')])
        self._plan()
        Customer = self._as(self.rep)['crm.customer']
        ours = [('id', 'in', (self.profile + self.profile2 + self.profile_foreign).ids)]
        self.assertEqual(Customer.search([*ours, ('next_visit_date', '<=', 'today')]), self.profile)
        self.assertFalse(Customer.search([*ours, ('next_visit_date', '<', 'today')]))
        self.assertEqual(self._as(self.manager)['crm.customer'].search([*ours, ('last_visit_date', '=', False)]), self.profile_foreign)
        visit = self._visits([(self.customer, '2026-06-16 08:00')], state='planned')
        self.assertEqual(self.profile.planned_visit_date, visit.date_start)
        self.assertEqual(Customer.search([*ours, ('planned_visit_date', '=', False)]), self.profile2)
        visit.action_cancel("No time")
        self.assertEqual(Customer.search([*ours, ('planned_visit_date', '=', False)]), self.profile + self.profile2)

    def test_locked_profiles_are_left_to_the_job(self):
        """A profile that somebody else is writing is not waited for."""
        job = self.env.ref('crm_visit_quota.ir_cron_visit_plan')
        triggers = self.env['ir.cron.trigger'].search_count([('cron_id', '=', job.id)])
        self.patch(type(self.env['crm.customer']), 'try_lock_for_update', lambda customers, **kwargs: customers[:1])
        self._visits([(self.customer, '2026-06-10'), (self.customer2, '2026-06-10')])
        (self.profile + self.profile2).sudo()._plan_visits_now()
        self.assertEqual((self._due(self.profile), self.profile2.next_visit_date), ('2026-06-25', False))
        self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', job.id)]), triggers + 1)

    def test_condition(self):
        """One customer's plan is brought up to date without the others'."""
        self.env['crm.customer'].sudo()._plan_visits(self.company, SQL("customer.id = %s", self.profile.id))
        self.assertEqual((bool(self.profile.next_visit_date), bool(self.profile2.next_visit_date)), (True, False))
