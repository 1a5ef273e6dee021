from datetime import datetime, timedelta

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_grading.tests.contract import MetricContractCase
from odoo.addons.crm_grading.tests.contract_points import OwnershipContractCase, TileContractCase, TimelineContractCase

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitMetric(MetricContractCase, VisitCommon):
    metric_module = 'crm_visit_quota'
    company_neutral = frozenset()

    def _contract_metrics(self, subject='customer'):
        """Those of the visits themselves; other parts of the addon feed theirs in tests of their own."""
        codes = ('visit_count', 'visit_visitors', 'last_visit', 'visit_onsite', 'visit_phone', 'visit_online', 'visit_hosted')
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code in codes)

    def _feed(self, partner, company, day):
        for kind in (self.onsite, self.phone, self.online, self.hosted):
            self._visits([(partner, f'{day} 10:00')], company=company, user=self.env.user, kind=kind)

    def test_values(self):
        """Three visits by two people, one of them more than three months ago, one planned only."""
        self._visits([(self.customer, '2026-06-12'), (self.customer, '2026-02-01')])
        self._visits([(self.customer, '2026-06-10')], user=self.rep2, kind=self.phone)
        self._visits([(self.customer, '2026-06-14')], state='planned')
        expected = {'visit_count': 2, 'visit_visitors': 2, 'last_visit': 3, 'visit_onsite': 1, 'visit_phone': 1, 'visit_online': 0}
        for code, value in expected.items():
            with self.subTest(code):
                self.assertEqual(self._value(code, self.customer), value)

    def test_competitors_named(self):
        """Done visits name the competitors mentioned; planned ones, and those without any, do not."""
        rival = self.env['res.partner'].create({'name': "Rival", 'crm_is_competitor': True})
        done, planned = self._visits([(self.customer, '2026-06-12')]), self._visits([(self.customer, '2026-06-16')], state='planned')
        self._visits([(self.customer, '2026-06-11')])
        (done + planned).competitor_ids = rival
        [place] = [place for place in self.env['crm.timeline']._sighted() if place.model == 'crm.visit']
        self.assertEqual(self.env[place.model].search(place.domain & Domain(place.competitors, 'in', rival.ids)), done)
        self.assertEqual((done[place.partner], str(done[place.date])), (self.customer, '2026-06-12'))

    def test_window(self):
        """Three months on 15 June begin on 16 March."""
        self._visits([(self.customer, '2026-03-15')])
        self.assertEqual(self._value('visit_count', self.customer), 0)
        self._visits([(self.customer, '2026-03-16')])
        self.assertEqual(self._value('visit_count', self.customer), 1)

    def test_touch_once(self):
        """A visit, its event and its activity are one touch; one without either is one, too."""
        self._visits([(self.customer, '2026-06-12')])
        self.assertEqual(self._value('touch_count', self.customer), 1)
        event = self.env['calendar.event'].create({
            'name': "Talk", 'start': '2026-06-11 08:00:00', 'stop': '2026-06-11 09:00:00', 'partner_ids': [Command.set(self.customer.ids)]})
        self.assertEqual(self._value('touch_count', self.customer), 2)
        self._visits([(self.customer, '2026-06-11')], calendar_event_id=event.id)
        self.assertEqual(self._value('touch_count', self.customer), 2)
        activity = self.env['mail.activity'].create({
            'res_model_id': self.env['ir.model']._get_id('res.partner'), 'res_id': self.customer.id, 'user_id': self.rep.id,
            'activity_type_id': self.env.ref('mail.mail_activity_data_call').id})
        activity.with_context(crm_visit_sync=True)._action_done()
        self.assertEqual(self._value('touch_count', self.customer), 3)
        self._visits([(self.customer, '2026-06-15')], activity_id=activity.id)
        self.assertEqual(self._value('touch_count', self.customer), 3)
        self.assertEqual(self._value('last_contact', self.customer), 0)

    def test_touch_of_a_lead(self):
        lead = self.env['crm.lead'].create({
            'name': "Deal", 'partner_id': self.customer.id, 'company_id': self.company.id, 'user_id': False})
        metric = self.env['crm.metric'].search([('code', '=', 'lead_touch_count')])

        def value():
            scope = self.company._crm_metric_scope()
            rows = metric._execute(metric._values_relation(scope, SQL("SELECT unnest(%s)", lead.ids)))
            return rows[0][metric._column()]
        self.assertEqual(value(), 0)
        self._visits([(self.customer, '2026-06-12')], lead_id=lead.id)
        self.assertEqual(value(), 1)


@tagged('post_install', '-at_install')
class TestVisitTimeline(TimelineContractCase, VisitCommon):
    timeline_kinds = ('visit',)

    def _happen(self, kind, partner, company):
        user = self.manager if company == self.company_usd else self.rep
        return self._visits([(partner, '2026-06-12')], company=company, user=user)

    def test_what_is_told(self):
        """What colleagues may read, and nothing else; planned visits have not happened."""
        visit = self._visits([(self.customer, '2026-06-12')], note="They want a trial", purpose="Talk")
        self._by(visit).private_note = "He drinks"
        self._visits([(self.customer, '2026-06-11')], state='planned')
        [item] = self._timeline('visit', self.customer, user=self.rep2)
        self.assertEqual((item['title'], item['text'], item['author'], item['res_id']), ("Talk", "They want a trial", "Rep", visit.id))
        self.assertNotIn("drinks", str(item))

    def test_told_once(self):
        """Neither the event nor the activity of a visit is told beside it."""
        visit = self._visits([(self.customer, '2026-06-12')], state='planned', contact_ids=[Command.set(self.person.ids)])
        activity = self.env['mail.activity'].create({
            'res_model_id': self.env['ir.model']._get_id('res.partner'), 'res_id': self.customer.id, 'user_id': self.rep.id,
            'activity_type_id': self.env.ref('mail.mail_activity_data_meeting').id})
        self.assertTrue(self._timeline('meeting', self.customer))
        self._by(visit).action_finish()
        self.assertFalse(activity.active)
        for kind, number in (('meeting', 0), ('activity', 0), ('visit', 1)):
            self.assertEqual(len(self._timeline(kind, self.customer)), number, kind)


@tagged('post_install', '-at_install')
class TestVisitOwnership(OwnershipContractCase, VisitCommon):
    ownership_keys = ('visit',)

    def _own(self, key, partner, user):
        return self._visits([(partner, '2026-06-18')], user=user, state='planned')

    def _close(self, key, record):
        record.action_finish()

    def test_activities_go_along(self):
        visit = self._own('visit', self.customer, self.rep)
        activity = self.env['mail.activity'].create({
            'res_model_id': self.env['ir.model']._get_id('crm.visit'), 'res_id': visit.id, 'user_id': self.rep.id})
        owned = self._as(self.manager)['crm.ownership']._records(self.customer)
        self.assertIn(activity.id, owned['activity'].ids)


@tagged('post_install', '-at_install')
class TestVisitTile(TileContractCase, VisitCommon):
    tile_keys = {'visits_today': 'overview', 'visits_month': 'overview', 'visits': 'customer'}

    def _fill(self, key, partner):
        day = '2026-06-12' if key == 'visits_month' else '2026-06-15'
        state = 'planned' if key == 'visits_today' else 'done'
        self._visits([(partner, day)], user=self.manager, state=state)

    def test_own_day(self):
        """Today is where one works: in Shanghai the 16th has begun."""
        self._visits([(self.customer, '2026-06-15 19:00')], state='planned')
        self.assertEqual(self._tile('visits_today', self.customer, self.rep)['value'], 1)
        self.rep.sudo().tz = 'Asia/Shanghai'
        self._visits([(self.customer, '2026-06-15 17:00')], state='planned')
        self.assertEqual(self._tile('visits_today', self.customer, self.rep)['value'], 1)


@tagged('post_install', '-at_install')
class TestVisitCounts(VisitCommon):
    """Smart buttons, and a visit in one click from where one is."""

    def test_counts(self):
        lead = self.env['crm.lead'].create({
            'name': "Deal", 'partner_id': self.person.id, 'company_id': self.company.id, 'user_id': self.rep.id, 'team_id': self.team.id})
        profile = self._profiles(self.customer)
        self._visits([(self.customer, '2026-06-12'), (self.customer, '2026-06-11'), (self.customer2, '2026-06-11')])
        self._visits([(self.customer, '2026-06-10')], lead_id=lead.id)
        self._visits([(self.customer, '2026-06-18')], state='planned')
        for record, number in ((self.customer, 3), (self.person, 3), (self.customer2, 1), (self.foreign, 0), (lead, 1), (profile, 3)):
            with self.subTest(record=record):
                self.assertEqual(self._by(record).crm_visit_count, number)

    def test_counts_of_a_company(self):
        shared = self._customers(name="Shared")
        profiles = self._profiles(shared) + self._profiles(shared, self.company_usd)
        self._visits([(shared, '2026-06-12')])
        self._visits([(shared, '2026-06-12'), (shared, '2026-06-11')], company=self.company_usd, user=self.manager)
        both = self.env(user=self.manager, context={'allowed_company_ids': (self.company + self.company_usd).ids})
        self.assertEqual(profiles.with_env(both).mapped('crm_visit_count'), [1, 2])
        self.assertEqual(shared.with_env(self._as(self.manager)).crm_visit_count, 1)

    def test_queries(self):
        customers = self._customers(10, name="Count", company_id=self.company.id)
        for name, records in (('partner', customers), ('profile', self._profiles(customers))):
            counts = []
            for some in (records[:1], records):
                self.env.flush_all()
                self.env.invalidate_all()
                some.mapped('display_name')
                before = self.cr.sql_log_count
                some.mapped('crm_visit_count')
                counts.append(self.cr.sql_log_count - before)
            self.assertLessEqual(counts[1], counts[0] + 1, name)

    def test_plan_and_log(self):
        lead = self.env['crm.lead'].create({
            'name': "Deal", 'partner_id': self.person.id, 'company_id': self.company.id, 'user_id': self.rep.id, 'team_id': self.team.id})
        for record in (self.customer, self.person, lead, self._profiles(self.customer)):
            with self.subTest(record=record):
                planned = self._from(self._by(record).action_crm_visit_plan())
                self.assertEqual((planned.partner_id, planned.state, planned.is_off_plan), (self.customer, 'planned', False))
                self.assertEqual(planned.date_start, datetime(2026, 6, 15, 13))
                self.assertTrue(planned.calendar_event_id)
                made = self._from(self._by(record).action_crm_visit_log())
                self.assertFalse(made.calendar_event_id)
                made.action_finish()
                self.assertEqual((made.state, made.is_off_plan, made.lead_id), ('done', True, lead if record == lead else lead.browse()))
                self.assertEqual((made.actual_start, made.duration), (datetime(2026, 6, 15, 11), 1))
                self.assertIn(made, self._as(self.rep)['crm.visit'].search(self._by(record).action_crm_visits()['domain']))

    def _from(self, action):
        return self._as(self.rep)['crm.visit'].with_context(**action['context']).create({})

    def test_merged_leads(self):
        """Visits go along with the opportunity that takes over another one."""
        leads = self.env['crm.lead'].create([{
            'name': f"Deal {number}", 'type': 'opportunity', 'partner_id': self.customer.id, 'company_id': self.company.id,
            'user_id': self.rep.id, 'team_id': self.team.id} for number in range(2)])
        visits = self._visits([(self.customer, '2026-06-12')], lead_id=leads[0].id) + self._visits(
            [(self.customer, '2026-06-11')], lead_id=leads[1].id)
        merged = leads.merge_opportunity()
        self.assertEqual(visits.lead_id, merged)
        self.assertEqual(visits.mapped('date'), [self.TODAY - timedelta(days=3), self.TODAY - timedelta(days=4)])

    def test_report(self):
        """The customer as it is now: grade and city."""
        profile = self._profiles(self.customer)
        grade = self.env['crm.grade'].create({'name': "Gold", 'company_id': self.company.id})
        profile.grade_id = grade
        self.customer.city = "Ghent"
        self._visits([(self.customer, '2026-06-12'), (self.customer, '2026-06-11'), (self.customer2, '2026-06-11')])
        self.env.flush_all()
        report = self._as(self.rep2)['crm.visit.report']
        groups = report._read_group([], ['grade_id', 'city'], ['__count', 'customer_count:count_distinct', 'duration:sum'])
        self.assertIn((grade, "Ghent", 2, 1, 2.0), groups)
        self.assertEqual(self._as(self.manager_usd)['crm.visit.report'].search_count([]), 0)
        by_city = self._as(self.rep)['crm.visit']._read_group([('partner_id', '=', self.customer.id)], ['city'], ['__count'])
        self.assertEqual(by_city, [("Ghent", 2)])
