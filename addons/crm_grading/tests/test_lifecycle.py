import contextlib
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GradingCommon


class LifecycleCommon(GradingCommon):
    """A life cycle of five states on the purchases recorded on the profile::

        Unknown (default) → Buyer: ≥ 1 → Regular: ≥ 3 and bought within 90 days → Gone: last purchase > 365 days; Friend: by hand
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.State = cls.env['crm.lifecycle.state']
        cls.State.search([('company_id', 'in', (cls.company + cls.company_usd).ids)]).unlink()
        metrics = {metric.code: metric.id for metric in cls.env['crm.metric'].search([])}

        def rules(*criteria):
            return [Command.create({'metric_id': metrics[code], 'operator': operator, 'value': value})
                    for code, operator, value in criteria]
        cls.unknown, cls.buyer, cls.regular, cls.gone, cls.friend = cls.State.create([
            {'name': name, 'sequence': sequence, 'company_id': cls.company.id, 'rule_ids': rule, 'is_won': won, 'is_lost': lost}
            for sequence, (name, rule, won, lost) in enumerate([
                ("Unknown", rules(), False, False),
                ("Buyer", rules(('invoice_count', '>=', 1)), True, False),
                ("Regular", rules(('invoice_count', '>=', 3), ('recency', '<=', 90)), True, False),
                ("Gone", rules(('recency', '>', 365)), False, True),
                ("Friend", rules(), False, False),
            ], start=1)])
        cls.partners = cls._customers(4)
        cls.profiles = cls._profiles(cls.partners)

    def _buy(self, profile, count, last):
        profile.sudo().write({'order_count': count, 'last_order_date': last})

    def _assign(self, day=None, company=None, partners=None):
        return self.State._assign(company or self.company, day, partners)

    def _history(self, profiles=None):
        return self.env['crm.lifecycle.history'].search([('customer_id', 'in', (profiles or self.profiles).ids)], order='id')


@tagged('post_install', '-at_install')
class TestLifecycle(LifecycleCommon):

    def test_last_state_whose_rules_hold(self):
        cases = [(0, False, self.unknown), (1, '2026-06-15', self.buyer), (2, '2026-06-15', self.buyer),
                 (3, '2026-03-17', self.regular), (3, '2026-03-16', self.buyer),
                 (3, '2025-06-15', self.buyer), (3, '2025-06-14', self.gone)]
        for count, last, state in cases:
            with self.subTest(count=count, last=last):
                self._buy(self.profiles[0], count, last)
                self._assign()
                self.assertEqual(self.profiles[0].lifecycle_id, state)

    def test_both_ways_with_history(self):
        self._assign('2026-01-01')
        self._buy(self.profiles[0], 1, '2026-01-31')
        self.assertEqual(self._assign('2026-01-31'), 1)
        self.assertEqual(self._assign('2027-01-31'), 0, "365 days later still a buyer")
        self.assertEqual(self._assign('2027-02-01'), 1)
        self._buy(self.profiles[0], 0, False)
        self._assign('2027-02-11')
        history = self._history(self.profiles[0])
        self.assertEqual([entry.state_id for entry in history], [self.unknown, self.buyer, self.gone, self.unknown])
        self.assertEqual([entry.old_state_id for entry in history], [self.State, self.unknown, self.buyer, self.gone])
        self.assertEqual(history.mapped('direction'), ['first', 'forward', 'lost', 'forward'])
        self.assertEqual([entry.days for entry in history], [0, 30, 366, 10])
        self.assertEqual(self.profiles[0].lifecycle_date, date(2027, 2, 11))

    def test_same_figures_change_nothing(self):
        self.assertEqual(self._assign(), 4)
        written = self.profiles.mapped('write_date')
        self.assertEqual(self._assign(), 0)
        self.assertEqual(self.profiles.mapped('write_date'), written)
        self.assertEqual(len(self._history()), 4)

    def test_only_the_customers_asked_for(self):
        child = self.env['res.partner'].create({'name': "Child", 'parent_id': self.partners[1].id})
        self.assertEqual(self._assign(partners=child), 1)
        self.assertEqual(self.profiles.mapped(lambda profile: bool(profile.lifecycle_id)), [False, True, False, False])

    def test_one_statement(self):
        self._assign()
        more = self._profiles(self._customers(30, name="More"))
        for profile in more:
            self._buy(profile, 1, '2026-06-01')
        self.env.flush_all()
        self._ids = self.State._ordered(self.company).rule_ids.metric_id.mapped('code')  # what a run has read before
        with self.assertQueryCount(4):
            self.assertEqual(self._assign(), 30)

    def test_archived_stay_where_they_are(self):
        self._assign()
        self.partners[0].active = False
        self._buy(self.profiles[0], 1, '2026-06-15')
        self.assertEqual(self._assign(), 0)
        self.assertEqual(self.profiles[0].lifecycle_id, self.unknown)

    def test_companies_do_not_mix(self):
        there = self.State.create({'name': "Everybody", 'company_id': self.company_usd.id})
        profile = self._profiles(self.partners[0], self.company_usd)
        self._assign()
        self.assertFalse(profile.lifecycle_id)
        self._buy(self.profiles[0], 1, '2026-06-15')
        self.assertEqual(self._assign(company=self.company_usd), 1)
        self.assertEqual((profile.lifecycle_id, self.profiles[0].lifecycle_id), (there, self.unknown))

    def test_without_a_default_state_nobody_is_pressed_into_one(self):
        (self.unknown + self.friend).active = False
        self._buy(self.profiles[0], 1, '2026-06-15')
        self.assertEqual(self._assign(), 1)
        self.assertFalse(self.profiles[1].lifecycle_id)
        self._buy(self.profiles[0], 0, False)
        self._assign()
        self.assertEqual(self._history(self.profiles[0]).mapped('direction'), ['first', 'back'])

    def test_rule_text(self):
        self.assertEqual(self.unknown.rule_text, "whoever fits no other state")
        self.assertEqual(self.friend.rule_text, "only by hand")
        self.assertEqual(self.buyer.rule_text, "Purchases (12 months) at least 1")

    def test_history_is_append_only(self):
        self._assign()
        entry = self._history()[0]
        for change in (lambda: entry.sudo().write({'date': '2020-01-01'}), entry.sudo().unlink, self.unknown.unlink):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(UserError):
            entry.with_env(self._as(self.manager)).write({'date': '2020-01-01'})

    # ------------------------------------------------------------------
    # Plans
    # ------------------------------------------------------------------

    def _plan(self, **template):
        return self.env['mail.activity.plan'].create({
            'name': "Welcome", 'res_model': 'res.partner', 'company_id': self.company.id,
            'template_ids': [Command.create({
                'summary': "Say hello", 'activity_type_id': self.env.ref('mail.mail_activity_data_call').id,
                'delay_count': 3, 'delay_unit': 'days', 'delay_from': 'after_plan_date', **template})]})

    def test_plan_starts_on_entering_and_not_on_the_first_assignment(self):
        self.buyer.activity_plan_id = self._plan()
        self.partners[0].user_id = self.rep
        self._buy(self.profiles[1], 1, '2026-06-15')
        self._assign()
        self.State._start_plans(self.company)
        self.assertFalse(self.partners.activity_ids, "the first run meets thousands: no flood of welcome calls")
        self._buy(self.profiles[0], 1, '2026-06-15')
        self._buy(self.profiles[2], 1, '2026-06-15')
        self._assign()
        self.State._start_plans(self.company)
        self.State._start_plans(self.company)
        self.assertEqual(self.partners.mapped(lambda partner: len(partner.activity_ids)), [1, 0, 1, 0])
        activity = self.partners[0].activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline, activity.summary), (self.rep, date(2026, 6, 18), "Say hello"))
        self.assertFalse(self.partners[2].activity_ids.user_id, "without a salesperson it waits for somebody to take it")

    def test_plans_resume_after_an_interruption(self):
        self._assign()
        self.buyer.activity_plan_id = self._plan()
        for profile in self.profiles:
            self._buy(profile, 1, '2026-06-15')
        self._assign()
        Plan = type(self.env['mail.activity.plan'])
        original, calls = Plan._crm_start, []

        def failing(plan, *args, **kwargs):
            calls.append(plan)
            if len(calls) == 2:
                raise ZeroDivisionError
            return original(plan, *args, **kwargs)
        self.patch(Plan, '_crm_start', failing)
        with contextlib.suppress(ZeroDivisionError):  # assertRaises would undo the first batch too
            self.State._start_plans(self.company, batch=2)
        self.assertEqual(len(calls), 2)
        self.assertEqual(self.partners.mapped(lambda partner: len(partner.activity_ids)), [1, 1, 0, 0])
        self.State._start_plans(self.company, batch=2)
        self.assertEqual(self.partners.mapped(lambda partner: len(partner.activity_ids)), [1, 1, 1, 1])

    def test_who_has_left_again_gets_no_plan(self):
        self._assign()
        self.buyer.activity_plan_id = self._plan()
        self._buy(self.profiles[0], 1, '2026-06-15')
        self._assign()
        self._buy(self.profiles[0], 0, False)
        self._assign()
        self.State._start_plans(self.company)
        self.assertFalse(self.partners.activity_ids)

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def test_by_hand_until_the_last_day(self):
        self._assign()
        profile = self.profiles[0].with_user(self.manager)
        profile._override_lifecycle(self.friend, "An old friend of the house", '2026-06-20')
        self.assertEqual((profile.lifecycle_id, profile.lifecycle_override_user_id), (self.friend, self.manager))
        self._assign('2026-06-20')
        self.assertEqual(profile.lifecycle_id, self.friend, "the last day is included")
        self._assign('2026-06-21')
        self.assertEqual(profile.lifecycle_id, self.unknown)
        self.assertEqual(self._history(profile).mapped('manual'), [False, True, False])
        profile._override_lifecycle(self.friend, "Still")
        profile.action_withdraw_lifecycle_override()
        self.assertEqual((profile.lifecycle_id, profile.lifecycle_override_reason), (self.unknown, False))

    def test_by_hand_wants_a_reason_a_future_and_the_right_person(self):
        self.partners[0].user_id = self.rep
        elsewhere = self.State.create({'name': "Elsewhere", 'company_id': self.company_usd.id})
        profile = self.profiles[0]
        for state, reason, until in [(self.friend, "  ", False), (self.friend, "x", '2026-06-14'), (elsewhere, "x", False)]:
            with self.subTest(reason=reason, until=until), self.assertRaises(UserError):
                profile.with_user(self.manager)._override_lifecycle(state, reason, until)
        with self.assertRaises(AccessError):
            profile.with_env(self._as(self.rep2))._override_lifecycle(self.friend, "Not mine")
        with self.assertRaises(AccessError):
            profile.with_env(self._as(self.manager_usd))._override_lifecycle(self.friend, "Other company")
        profile.with_env(self._as(self.rep))._override_lifecycle(self.friend, "My own customer", '2026-06-15')
        self.assertEqual(profile.lifecycle_id, self.friend)

    # ------------------------------------------------------------------
    # Defaults
    # ------------------------------------------------------------------

    def test_a_new_company_has_states(self):
        company = self.env['res.company'].create({'name': "Brand new"})
        states = self.State._ordered(company)
        self.assertEqual(states.mapped('name'), [
            "To identify", "Potential", "Opportunity", "Customer", "Satisfied user", "Lapsed"])
        self.assertEqual(len(states.filtered('rule_ids')), 5, "every metric of the default rules exists")
        self.assertEqual(states._default_state(), states[0])
        self.assertFalse(self.State._create_defaults(company), "a second call changes nothing")

    def test_roles(self):
        self.assertFalse(self._as(self.manager_usd)['crm.lifecycle.rule'].search([('state_id', '=', self.buyer.id)]))
        with self.assertRaises(AccessError):
            self.buyer.with_env(self._as(self.rep)).name = "Mine"
        self.partners[0].user_id = self.rep
        self._assign()
        domain = [('customer_id', 'in', self.profiles.ids)]
        for user, seen in [(self.rep, 1), (self.lead, 1), (self.rep2, 0), (self.leads_all, 4), (self.manager, 4),
                           (self.finance, 4), (self.manager_usd, 0)]:
            with self.subTest(user=user.login):
                self.assertEqual(len(self._as(user)['crm.lifecycle.history'].search(domain)), seen)
                if user != self.manager_usd:
                    self.assertEqual(self.unknown.with_env(self._as(user)).customer_count, seen)
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.lifecycle.history'].search(domain)


@tagged('post_install', '-at_install')
class TestLifecycleReport(LifecycleCommon):

    def _live(self, profile, *moves):
        """Let a customer go through states: (day, purchases, last purchase)."""
        for day, count, last in moves:
            self._buy(profile, count, last)
            self._assign(day, partners=profile.partner_id)

    def setUp(self):
        super().setUp()
        one, two, three, four = self.profiles
        self._live(one, ('2026-01-01', 0, False), ('2026-01-11', 1, '2026-01-11'), ('2026-02-10', 3, '2026-02-10'))
        self._live(two, ('2026-01-01', 0, False), ('2026-01-21', 1, '2026-01-21'))
        self._live(three, ('2026-01-01', 0, False))
        self._live(four, ('2024-01-01', 0, False), ('2024-02-01', 1, '2024-02-01'), ('2026-01-15', 0, '2024-02-01'))

    def test_stays(self):
        stays = self.env['crm.lifecycle.report'].search([('customer_id', '=', self.profiles[0].id)], order='date')
        self.assertEqual(stays.mapped('state_id'), self.unknown + self.buyer + self.regular)
        self.assertEqual([stay.next_state_id for stay in stays], [self.buyer, self.regular, self.State])
        self.assertEqual([(stay.days, stay.is_current) for stay in stays], [(10, False), (30, False), (0, True)])
        self.assertEqual(stays.mapped('moved_on'), [100.0, 100.0, 0.0])
        self.assertEqual(stays.ids, self._history(self.profiles[0]).ids, "ids are those of the history: they stay")
        average = self.env['crm.lifecycle.report']._read_group(
            [('customer_id', 'in', self.profiles.ids), ('state_id', '=', self.unknown.id)], [], ['days:avg', '__count'])
        self.assertEqual(average, [((10 + 20 + 31) / 3, 4)], "the present stay of the third does not count")

    def test_conversion(self):
        figures = self.State._conversion(self.company, date(2026, 1, 1), date(2026, 6, 15))
        self.assertEqual(figures[self.unknown.id], (3, 2, 2, 15.0), "three entered, two moved on and won; 10 and 20 days")
        self.assertEqual(figures[self.buyer.id][:3], (2, 1, 2))
        self.assertEqual(figures[self.buyer.id][3], 372.0, "median of 30 and 714 days")
        self.assertEqual(figures[self.gone.id], (1, 0, 0, 0.0), "nobody has come back")
        self.assertEqual(figures[self.friend.id], (0, 0, 0, 0.0))

    def test_period_and_planning_figure(self):
        self.assertEqual(self.unknown.needed_count, 1.5, "one contract takes one and a half unknown customers")
        self.assertEqual(self.unknown.forward_rate, 66.7)
        self.assertEqual(self.unknown.with_context(crm_lifecycle_months=36).entered_count, 4)
        self.assertEqual(self.unknown.with_context(crm_lifecycle_months=1).entered_count, 0)
        # 2026-06-15 minus 5 months, exclusive: 2026-01-16 is the first day
        self.assertEqual(self.gone.with_context(crm_lifecycle_months=5).entered_count, 0)
        self.assertEqual(self.gone.with_context(crm_lifecycle_months=6).entered_count, 1)

    def test_a_rep_sees_own_figures(self):
        self.partners[0].user_id = self.rep
        self.assertEqual(self.unknown.with_env(self._as(self.rep)).entered_count, 1)
        self.assertEqual(self.unknown.with_env(self._as(self.rep2)).entered_count, 0)
        self.assertEqual(self.unknown.with_env(self._as(self.manager)).entered_count, 3)
