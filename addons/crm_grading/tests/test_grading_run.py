from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.crm_grading_run import LOCK
from .common import GradingCommon


class GradingRunCase(GradingCommon):
    """Three customers who bought for 1000, 500 and 100 a month ago, graded by revenue: A from 800, B from 400, C."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.a, cls.b, cls.c = cls.grades = cls._grades(cls.company)
        cls.good, cls.fair, cls.poor = cls.customers = cls._customers(3, user_id=cls.rep.id)
        cls.bought = cls.TODAY - timedelta(days=30)
        cls._invoices([(cls.good, cls.bought, 1000), (cls.fair, cls.bought, 500), (cls.poor, cls.bought, 100)])
        cls.revenue = cls.env['crm.metric']._from_codes(['revenue'])
        cls.scheme = cls._revenue_scheme(cls.company, cls.grades, is_leading=True)

    @classmethod
    def _grades(cls, company):
        return cls.env['crm.grade'].create([
            {'name': name, 'sequence': sequence, 'company_id': company.id} for sequence, name in enumerate('ABC', start=1)])

    @classmethod
    def _revenue_scheme(cls, company, grades, **values):
        return cls.env['crm.grading.scheme'].create({
            'name': "By revenue", 'company_id': company.id, 'method': 'weighted', 'state': 'active',
            'share_metric_id': cls.revenue.id,
            'dimension_ids': [Command.create({
                'metric_id': cls.revenue.id, 'scoring': 'linear', 'low_value': 0, 'high_value': 1000})],
            'band_ids': [Command.create({'grade_id': grade.id, 'threshold': threshold})
                         for grade, threshold in zip(grades, (80, 40, 0))],
            **values})

    def _run(self, day=None, company=None, **kwargs):
        return self.env['crm.grading.run']._run(company or self.company, day or self.TODAY, **kwargs)

    def _profile(self, partner, company=None):
        return self.env['crm.customer'].search(
            [('partner_id', '=', partner.id), ('company_id', '=', (company or self.company).id)])

    def _verdict(self, partner):
        return self._profile(partner).verdict_ids.filtered(lambda verdict: verdict.scheme_id == self.scheme)

    def _history(self, partner):
        return self._profile(partner).env['crm.grade.history'].search(
            [('customer_id', '=', self._profile(partner).id)], order='id')


@tagged('post_install', '-at_install')
class TestGradingRun(GradingRunCase):

    def test_run_grades_and_records(self):
        run = self._run()
        profiles = [self._profile(partner) for partner in self.customers]
        self.assertEqual([profile.grade_id for profile in profiles], list(self.grades))
        self.assertEqual([profile.score for profile in profiles], [100, 50, 10])
        self.assertEqual([profile.revenue for profile in profiles], [1000, 500, 100])
        self.assertEqual([profile.last_order_date for profile in profiles], [self.bought] * 3)
        self.assertEqual([profile.user_id for profile in profiles], [self.rep] * 3)
        self.assertEqual(profiles[0].grade_date, self.TODAY)
        self.assertEqual(profiles[0].grade_move, 'new')
        self.assertEqual((run.state, run.kind, run.date), ('done', 'manual', self.TODAY))
        history = self._history(self.good)
        self.assertEqual((history.move, history.old_grade_id.id, history.grade_id), ('new', False, self.a))
        self.assertFalse(history.policy_done)

    def test_verdict_keeps_what_explains_it(self):
        self._run()
        dimension = self.scheme.dimension_ids
        self.assertEqual(
            self._verdict(self.fair).dimension_values, {str(dimension.id): [500, 50, 50, None]})

    def test_distribution_of_the_run(self):
        run = self._run()
        found = [(result.grade_id, result.customers, result.amount, round(result.amount_share, 2), result.arrived)
                 for result in run.result_ids]
        self.assertEqual(found, [
            (self.a, 1, 1000, 62.5, 1), (self.b, 1, 500, 31.25, 1), (self.c, 1, 100, 6.25, 1)])
        self.assertEqual(run.cut_points[str(self.scheme.dimension_ids.id)]['grades'], {
            str(self.a.id): [1000, 1000], str(self.b.id): [500, 500], str(self.c.id): [100, 100]})

    def test_same_day_again_changes_nothing(self):
        self._run()
        tables = ('crm_customer', 'crm_grade_verdict', 'crm_grade_history')

        def versions():
            self.env.flush_all()
            return [self.env.execute_query(SQL(
                "SELECT id, xmin::text, cmin::text FROM %s ORDER BY id", SQL.identifier(table))) for table in tables]
        before = versions()
        self._run()
        self.assertEqual(versions(), before)

    def test_promotion_is_at_once(self):
        self.scheme.write({'demotion': 'runs', 'demotion_count': 3})
        self._run()
        self._invoices([(self.fair, self.TODAY, 400)])
        run = self._run(self.TODAY + timedelta(days=1))
        self.assertEqual(self._profile(self.fair).grade_id, self.a)
        self.assertEqual(self._profile(self.fair).grade_move, 'up')
        self.assertEqual(self._history(self.fair)[-1:].move, 'up')
        self.assertEqual((run.up_count, run.down_count), (1, 0))

    def test_demotion_at_once(self):
        self._run()
        self._refunds([(self.good, self.TODAY, 500)])
        self._run(self.TODAY + timedelta(days=1))
        self.assertEqual(self._profile(self.good).grade_id, self.b)
        self.assertEqual(self._profile(self.good).grade_move, 'down')

    def _demoted_after(self, days):
        """Return whether the good customer is still A in runs on the given days after losing revenue."""
        self._run()
        self._refunds([(self.good, self.TODAY, 500)])
        found = []
        for day in days:
            self._run(self.TODAY + timedelta(days=day))
            found.append(self._profile(self.good).grade_id == self.a)
        return found

    def test_grace_by_runs_counts_days_once(self):
        self.scheme.write({'demotion': 'runs', 'demotion_count': 3})
        self.assertEqual(self._demoted_after([1, 1, 1, 2, 3]), [True, True, True, True, False])

    def test_grace_by_days_before_at_after(self):
        self.scheme.write({'demotion': 'days', 'demotion_count': 10})
        self.assertEqual(self._demoted_after([1, 10, 11]), [True, True, False])

    def test_recovery_ends_the_grace(self):
        self.scheme.write({'demotion': 'days', 'demotion_count': 10})
        self.assertEqual(self._demoted_after([1]), [True])
        self.assertEqual(self._verdict(self.good).pending_since, self.TODAY + timedelta(days=1))
        self._invoices([(self.good, self.TODAY, 500)])
        self._run(self.TODAY + timedelta(days=2))
        self.assertFalse(self._verdict(self.good).pending_since)
        self.assertEqual(self._verdict(self.good).pending_runs, 0)
        self._refunds([(self.good, self.TODAY, 500)])
        self._run(self.TODAY + timedelta(days=11))
        self.assertEqual(self._profile(self.good).grade_id, self.a)

    def test_override_holds_until_its_last_day(self):
        self._run()
        verdict = self._verdict(self.poor)
        verdict.sudo().write({'override_grade_id': self.a.id, 'override_until': self.TODAY + timedelta(days=2),
                              'override_reason': "Founder's friend"})
        for days, grade in ((1, self.a), (2, self.a), (3, self.c)):
            self._run(self.TODAY + timedelta(days=days))
            self.assertEqual(self._profile(self.poor).grade_id, grade, days)
        self.assertFalse(verdict.override_grade_id)
        self.assertFalse(verdict.override_reason)
        self.assertEqual(self._history(self.poor)[-1:].reason, 'expiry')

    def test_leaving_the_population(self):
        self.scheme.domain = "[('country_id', '=', False)]"
        self._run()
        self.poor.country_id = self.env.ref('base.de')
        self._run(self.TODAY + timedelta(days=1))
        self.assertEqual(self._verdict(self.poor).status, 'out')
        self.assertFalse(self._profile(self.poor).grade_id)
        self.assertEqual(self._history(self.poor)[-1:].move, 'out')

    def test_archived_customers_leave_and_come_back(self):
        """Archived, a customer keeps its grade until the next run takes it out; the history stays and goes on later."""
        self._run()
        self.good.active = False
        self._run(self.TODAY + timedelta(days=1))
        everyone = self.env['crm.customer'].with_context(active_test=False)
        profile = everyone.search([('partner_id', '=', self.good.id), ('company_id', '=', self.company.id)])
        self.assertEqual((profile.active, profile.grade_id.id, profile.verdict_ids.status), (False, False, 'out'))
        self.good.active = True
        self._run(self.TODAY + timedelta(days=2))
        self.assertEqual(profile.grade_id, self.a)
        self.assertEqual(self._history(self.good).mapped('move'), ['new', 'out', 'new'])

    def test_customer_that_becomes_another_companys(self):
        """A contact without company is graded wherever it buys; given to one company, it leaves the others."""
        self._revenue_scheme(self.company_usd, self._grades(self.company_usd), is_leading=True)
        self._invoices([(self.good, self.bought, 500)], company=self.company_usd)
        for company in (self.company, self.company_usd):
            self._run(company=company)
            self.assertTrue(self._profile(self.good, company).grade_id)
        self.good.company_id = self.company_usd
        for company in (self.company, self.company_usd):
            self._run(self.TODAY + timedelta(days=1), company)
        self.assertFalse(self._profile(self.good).grade_id)
        self.assertTrue(self._profile(self.good, self.company_usd).grade_id)

    def test_window_passes(self):
        """A year later nobody has revenue: everybody is a customer still, of the last grade."""
        self._run()
        self._run(self.TODAY + timedelta(days=366))
        self.assertEqual([self._profile(partner).grade_id for partner in self.customers], [self.c] * 3)

    def test_companies_do_not_mix(self):
        grades = self._grades(self.company_usd)
        self._revenue_scheme(self.company_usd, grades, is_leading=True)
        self._invoices([(self.poor, self.bought, 900)], company=self.company_usd)
        self._run()
        self._run(company=self.company_usd)
        self.assertEqual(self._profile(self.poor).grade_id, self.c)
        self.assertEqual(self._profile(self.poor, self.company_usd).grade_id, grades[0])
        self.assertFalse(self._profile(self.good, self.company_usd).grade_id)

    def test_refresh_of_one_customer(self):
        self._run()
        self._invoices([(self.poor, self.TODAY, 900), (self.fair, self.TODAY, 900)])
        run = self._run(partners=self.poor)
        self.assertEqual((run.kind, run.population), ('single', 1))
        self.assertEqual(self._profile(self.poor).grade_id, self.a)
        self.assertEqual(self._profile(self.fair).grade_id, self.b)
        self.assertEqual(self._profile(self.fair).revenue, 500)

    def test_customer_and_its_contact_are_one(self):
        """Refreshed through a contact and by itself, a customer is judged once, with what both have bought."""
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': self.poor.id})
        self._run()
        self._invoices([(contact, self.TODAY, 900)])
        run = self._run(partners=contact + self.poor)
        self.assertEqual(run.population, 1)
        self.assertEqual((self._profile(self.poor).grade_id, self._profile(self.poor).revenue), (self.a, 1000))
        self.assertEqual(self._history(self.poor).mapped('move'), ['new', 'up'])
        self.assertFalse(self._profile(contact))

    def test_second_run_at_once_is_refused(self):
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK, self.company.id))
            with self.assertRaisesRegex(UserError, "is under way"):
                self._run()
        self.assertEqual(self._run().state, 'done')

    def test_incomplete_scheme_stops_before_anything_is_written(self):
        self.scheme.dimension_ids.unlink()
        with self.assertRaisesRegex(UserError, "no dimension"), self.env.cr.savepoint():
            self._run()
        self.assertFalse(self._profile(self.good))

    def test_profiles_are_for_customers(self):
        vendor = self.env['res.partner'].create({'name': "Vendor", 'supplier_rank': 1})
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': self.good.id})
        foreign = self.env['res.partner'].create({'name': "Foreign", 'company_id': self.company_usd.id})
        archived = self.env['res.partner'].create({'name': "Archived", 'active': False})
        fresh = self.env['res.partner'].create({'name': "Fresh"})
        self._run()
        found = self.env['crm.customer'].with_context(active_test=False).search([('company_id', '=', self.company.id)]).partner_id
        self.assertFalse(found & (vendor | contact | foreign | archived | self.rep.partner_id | self.company.partner_id))
        self.assertIn(fresh, found)
        self.assertFalse(self._profile(fresh).grade_id)

    def test_second_scheme_grades_beside_the_leading_one(self):
        rating = self.env['crm.grade'].create({'name': "Rated", 'sequence': 9, 'company_id': self.company.id})
        second = self.scheme.copy({'name': "Rating", 'is_leading': False, 'state': 'active'})
        second.band_ids = [Command.clear(), Command.create({'grade_id': rating.id, 'threshold': 0})]
        self._run()
        self.assertEqual(self._profile(self.good).grade_id, self.a)
        self.assertEqual(self._profile(self.good).verdict_ids.grade_id, self.a | rating)


@tagged('post_install', '-at_install')
class TestNightlyRun(GradingRunCase):

    def setUp(self):
        super().setUp()
        self.env['crm.grading.scheme'].search([('company_id', 'not in', (self.company + self.company_usd).ids)]).active = False
        self._revenue_scheme(self.company_usd, self._grades(self.company_usd))

    def _nightly(self):
        with patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 100):
            self.env['crm.grading.run']._cron_run()
        return self.env['crm.grading.run'].search([('kind', '=', 'nightly')])

    def test_once_a_day(self):
        self.assertEqual(set(self._nightly().mapped('company_id')), set(self.company + self.company_usd))
        self.assertEqual(len(self._nightly()), 2)

    @mute_logger('odoo.addons.crm_grading.models.crm_grading_run')
    def test_a_failing_company_stops_no_other(self):
        self.scheme.dimension_ids.unlink()
        runs = self._nightly()
        self.assertEqual({run.company_id: run.state for run in runs}, {self.company: 'failed', self.company_usd: 'done'})
        self.assertIn("no dimension", runs.filtered(lambda run: run.state == 'failed').error)


@tagged('post_install', '-at_install')
class TestDryRun(GradingRunCase):

    def test_nothing_is_put_in_force(self):
        self._run()
        self.scheme.band_ids.filtered(lambda band: band.grade_id == self.a).threshold = 50
        self.scheme.band_ids.filtered(lambda band: band.grade_id == self.b).threshold = 20
        run = self.scheme._simulate()
        self.assertEqual([self._profile(partner).grade_id for partner in self.customers], list(self.grades))
        self.assertEqual((run.kind, run.state, run.up_count, run.down_count), ('simulation', 'done', 1, 0))
        self.assertEqual([(mover.partner_id, mover.old_grade_id, mover.grade_id, mover.move, mover.amount)
                          for mover in run.mover_ids], [(self.fair, self.b, self.a, 'up', 500)])
        self.assertEqual([(result.grade_id, result.customers, result.arrived, result.gone) for result in run.result_ids],
                         [(self.a, 2, 1, 0), (self.b, 0, 0, 1), (self.c, 1, 0, 0)])

    def test_as_of_a_past_date(self):
        self._run()
        run = self.scheme._simulate(self.bought - timedelta(days=1))
        self.assertEqual(run.population, 0)
        self.assertEqual(run.mover_ids.partner_id, self.customers)
        self.assertEqual(set(run.mover_ids.mapped('move')), {'out'})

    def test_draft_of_a_scheme_compares_with_its_origin(self):
        self._run()
        draft = self.scheme.copy({'origin_id': self.scheme.id, 'state': 'draft', 'is_leading': False})
        draft.dimension_ids.high_value = 500
        run = draft._simulate()
        self.assertEqual(run.mover_ids.partner_id, self.fair)

    def test_replay_on_any_day(self):
        found = self.scheme._replay(self.TODAY)
        self.assertEqual({partner: row for partner, row in found.items() if partner in self.customers.ids}, {
            self.good.id: (self.a.id, 100, 1000), self.fair.id: (self.b.id, 50, 500), self.poor.id: (self.c.id, 10, 100)})
        self.assertFalse(set(self.scheme._replay(date(2020, 1, 1))) & set(self.customers.ids))
