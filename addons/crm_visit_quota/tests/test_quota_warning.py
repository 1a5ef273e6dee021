from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.crm_visit_quota.models.crm_visit_quota_warning import PORTFOLIO, SHORTFALL

from .quota_common import QuotaCommon


@tagged('post_install', '-at_install')
class TestQuotaWarning(QuotaCommon):

    def _night(self, moment):
        """Let the nightly job run at a moment and return the open shortfall activities as (person, told, text)."""
        with freeze_time(moment):
            self._run_night()
        return self._told(SHORTFALL)

    def _told(self, kind):
        activities = self.env['mail.activity'].search([
            ('res_model', '=', 'crm.visit.quota.result'), ('activity_type_id', '=', self.env.ref(kind).id)], order='id')
        results = {activity: self.env['crm.visit.quota.result'].browse(activity.res_id) for activity in activities}
        return [(results[activity].user_id, activity.user_id, activity.summary) for activity in activities
                if results[activity].company_id == self.company]

    def _about(self, person, told):
        return [(user, text) for who, user, text in told if who == person]

    def test_the_person_first(self):
        """From half of the month's working days on; once, however many nights pass."""
        self.assertFalse(self._about(self.rep, self._night('2026-06-15 12:00:00')), "Ten of 22 days are over.")
        told = self._about(self.rep, self._night('2026-06-16 12:00:00'))
        self.assertEqual(told, [(self.rep, "33 visits behind, 11 working days left")])
        self.assertEqual(self._about(self.rep, self._night('2026-06-17 12:00:00')), told)

    def test_then_the_leader(self):
        """Three working days of the person later, not counting a weekend."""
        self._night('2026-06-16 12:00:00')
        for moment, count in (('2026-06-18 12:00:00', 1), ('2026-06-19 12:00:00', 2), ('2026-06-23 12:00:00', 2)):
            with self.subTest(moment=moment):
                told = self._about(self.rep, self._night(moment))
                self.assertEqual(len(told), count)
        self.assertEqual(told[1], (self.lead, "Rep: 42 visits behind, 8 working days left"))

    def test_nobody_above(self):
        """The leader's own shortfall goes to the company's manager for it, or to nobody."""
        self.assertEqual(len(self._about(self.lead, self._night('2026-06-16 12:00:00'))), 1)
        self.assertEqual(len(self._about(self.lead, self._night('2026-06-22 12:00:00'))), 1)
        self.company.crm_quota_manager_id = self.manager
        self.assertEqual([user for user, _text in self._about(self.lead, self._night('2026-06-23 12:00:00'))], [self.lead, self.manager])

    def test_caught_up(self):
        """Who catches up is left in peace: no reminder stays, nothing goes to the leader, and nothing is said twice."""
        self.rule.daily_target = 0.2
        self.assertTrue(self._about(self.rep, self._night('2026-06-16 12:00:00')))
        self._visits([(self.customer, '2026-06-10'), (self.customer2, '2026-06-11'), (self.foreign, '2026-06-12')])
        self.assertFalse(self._about(self.rep, self._night('2026-06-19 12:00:00')))
        self.rule.daily_target = 3
        told = self._about(self.rep, self._night('2026-06-22 12:00:00'))
        self.assertEqual([user for user, _text in told], [self.lead])

    def test_language(self):
        """In the language of whoever is told."""
        if not self.env['res.lang']._lang_get('fr_FR'):
            self.env['res.lang']._activate_lang('fr_FR')
        self.rep.lang = 'fr_FR'
        warned = self.env['crm.visit.quota.warning']
        seen = {}
        original = type(warned)._text

        def text(model, result, level):
            seen[result.user_id, level] = model.env.lang
            return original(model, result, level)

        self.patch(type(warned), '_text', text)
        self._night('2026-06-16 12:00:00')
        self.assertEqual(seen[self.rep, 'rep'], 'fr_FR')

    def test_other_months(self):
        """Last month's shortfall is no warning any more."""
        self._visits([(self.customer, '2026-05-04')])
        told = self._night('2026-06-10 12:00:00')
        self.assertFalse(told)

    def test_portfolio(self):
        """Once a month, as long as there are too many."""
        self.rule.portfolio_limit = 1
        self._profiles(self.customer + self.customer2)
        for day in (8, 9):
            self._night(f'2026-06-0{day} 12:00:00')
            self.assertEqual(self._told(PORTFOLIO), [(self.rep, self.rep, "You look after 2 customers, 1 more than a portfolio holds")])

    def test_may_be_opened(self):
        """Whoever is told may read the result."""
        self._night('2026-06-16 12:00:00')
        self._night('2026-06-19 12:00:00')
        for user in (self.rep, self.lead):
            self.assertEqual(self._result().with_env(self._as(user)).behind, 42)
