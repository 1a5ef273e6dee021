from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_visit_quota.tools.week_plan import Stop, propose

from .common import VisitCommon

HOUR = timedelta(hours=1)


@tagged('post_install', '-at_install')
class TestWeekPlan(VisitCommon):
    """Weeks of ``rep`` (Brussels, UTC+2 in June): 08:00 to 12:00 and 13:00 to 17:00 local, Monday to Friday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls._customers(6, "Planned", company_id=cls.company.id, user_id=cls.rep.id)
        for partner, city in zip(cls.partners, ("Ghent", "Liège", "ghent ", "Namur", "Liège", False)):
            partner.city = city
        cls.profiles = cls._profiles(cls.partners)
        cls.profiles.write({'visit_interval_days': 30})
        for number, profile in enumerate(cls.profiles):
            profile.next_visit_date = date(2026, 6, 1) + timedelta(days=number)

    def _wizard(self, user=None, **vals):
        env = self._as(user or self.rep)
        return env['crm.visit.plan'].create({
            'week': '2026-06-22', 'kind_id': self.onsite.id, 'duration': 1, 'gap': 0, 'per_day': 2, 'source': 'list',
            'customer_ids': [(6, 0, self.profiles.ids)], **vals})

    def _times(self, wizard):
        """Return ``{number of the customer: local time as 'Mon 08:00'}``."""
        numbers = {profile: number for number, profile in enumerate(self.profiles, start=1)}
        return {
            numbers[line.customer_id.with_env(self.env)]: f'{line.date_start + 2 * HOUR:%a %H:%M}' for line in wizard.line_ids}

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

    def test_cities_share_days(self):
        wizard = self._wizard()
        wizard.action_propose()
        self.assertEqual(self._times(wizard), {
            1: 'Mon 08:00', 3: 'Mon 09:00', 2: 'Tue 08:00', 5: 'Tue 09:00', 4: 'Wed 08:00', 6: 'Wed 09:00'})
        self.assertFalse(wizard.left_ids)

    def test_no_room(self):
        """Whoever does not fit is listed with the reason, the least urgent ones."""
        wizard = self._wizard(per_day=1)
        wizard.action_propose()
        self.assertEqual((sorted(self._times(wizard)), wizard.left_ids.customer_id.with_env(self.env)), ([1, 2, 3, 4, 5], self.profiles[5]))
        self.assertIn("No room left", wizard.left_ids.reason)

    def test_again_is_the_same(self):
        wizard = self._wizard()
        wizard.action_propose()
        first = self._times(wizard)
        wizard.action_back()
        self.assertFalse(wizard.line_ids)
        wizard.action_propose()
        self.assertEqual(self._times(wizard), first)

    def test_busy_times(self):
        """Visits, appointments, whole days off and lunch are left alone; what is declined, shown as free or somebody else's is not."""
        self._visits([(self.customer, '2026-06-22 06:00')], state='planned', hours=2)          # Mon 08:00–10:00
        me = self.rep.partner_id
        event = {'user_id': self.rep.id, 'partner_ids': [(6, 0, me.ids)], 'show_as': 'busy'}
        events = self.env['calendar.event'].create([
            {**event, 'name': "Meeting", 'start': '2026-06-22 08:00:00', 'stop': '2026-06-22 10:00:00'},      # Mon 10:00–12:00
            {**event, 'name': "Fair", 'allday': True, 'start_date': '2026-06-23', 'stop_date': '2026-06-23',
             'start': '2026-06-23', 'stop': '2026-06-23'},
            {**event, 'name': "Free", 'show_as': 'free', 'start': '2026-06-24 06:00:00', 'stop': '2026-06-24 10:00:00'},
            {**event, 'name': "Other", 'partner_ids': [(6, 0, self.rep2.partner_id.ids)],
             'start': '2026-06-24 06:00:00', 'stop': '2026-06-24 10:00:00'},
            {**event, 'name': "Declined", 'start': '2026-06-24 06:00:00', 'stop': '2026-06-24 10:00:00'}])
        events[-1].attendee_ids.state = 'declined'
        wizard = self._wizard(per_day=9, customer_ids=[(6, 0, self.profiles[:3:2].ids)])
        wizard.action_propose()
        self.assertEqual(self._times(wizard), {1: 'Mon 13:00', 3: 'Mon 14:00'})
        wizard = self._wizard(per_day=1, customer_ids=[(6, 0, self.profiles[:1].ids)])
        wizard.action_propose()
        self.assertEqual(self._times(wizard), {1: 'Wed 08:00'}, "Monday has its visit, Tuesday is a fair.")

    def test_city_of_planned_visits(self):
        """Where the person is anyway, the others of the city go, too."""
        self.customer.city = "NAMUR"
        self._visits([(self.customer, '2026-06-25 06:00')], state='planned')
        wizard = self._wizard(customer_ids=[(6, 0, self.profiles[3].ids)], gap=30)
        wizard.action_propose()
        self.assertEqual(self._times(wizard), {4: 'Thu 09:30'})

    def test_holidays_and_leave(self):
        calendar = self.company.resource_calendar_id
        resource = self.env['resource.resource'].create({
            'name': "Rep", 'user_id': self.rep.id, 'company_id': self.company.id, 'calendar_id': calendar.id})
        leave = {'date_from': '2026-06-21 22:00:00', 'date_to': '2026-06-22 21:59:59', 'company_id': self.company.id}
        self.env['resource.calendar.leaves'].create([
            {**leave, 'name': "Holiday", 'calendar_id': calendar.id},
            {**leave, 'name': "Leave", 'date_from': '2026-06-22 22:00:00', 'date_to': '2026-06-23 21:59:59', 'calendar_id': calendar.id,
             'resource_id': resource.id},
            {**leave, 'name': "Elsewhere", 'date_from': '2026-06-23 22:00:00', 'date_to': '2026-06-24 21:59:59',
             'calendar_id': self.company_usd.resource_calendar_id.id, 'company_id': self.company_usd.id}])
        wizard = self._wizard(customer_ids=[(6, 0, self.profiles[0].ids)])
        wizard.action_propose()
        self.assertEqual(self._times(wizard), {1: 'Wed 08:00'})

    def test_no_working_time(self):
        """A calendar without working time is said so."""
        self.company.resource_calendar_id.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, "no working time"):
            self._wizard().action_propose()

    def test_no_calendar(self):
        self.company.resource_calendar_id = False
        with self.assertRaisesRegex(UserError, "no working time"):
            self._wizard().action_propose()

    def test_person_in_another_zone(self):
        """Working hours are those where the person works."""
        self.rep.tz = 'Asia/Kolkata'   # UTC+5:30
        wizard = self._wizard(customer_ids=[(6, 0, self.profiles[0].ids)])
        wizard.action_propose()
        self.assertEqual(wizard.line_ids.date_start, datetime(2026, 6, 22, 2, 30))

    def test_clock_change(self):
        """The morning after the clock was put back begins an hour later in UTC."""
        with freeze_time('2026-10-20 12:00:00'):
            wizard = self._wizard(week='2026-10-19', customer_ids=[(6, 0, self.profiles[0].ids)])
            wizard.action_propose()
            self.assertEqual(wizard.line_ids.date_start, datetime(2026, 10, 20, 12, 0), "Today, from now on; 14:00 there.")
            wizard = self._wizard(week='2026-10-26', customer_ids=[(6, 0, self.profiles[0].ids)])
            wizard.action_propose()
            self.assertEqual(wizard.line_ids.date_start, datetime(2026, 10, 26, 7, 0))

    def test_sunday_of_the_clock_change(self):
        """On the day itself no hour is lost or visited twice, nor does the week reach into the next one."""
        calendar = self.company.resource_calendar_id
        calendar.attendance_ids.unlink()
        calendar.attendance_ids = [(0, 0, {
            'name': "Night", 'dayofweek': '6', 'hour_from': 1, 'hour_to': 5, 'day_period': 'morning'})]
        with freeze_time('2026-10-20 12:00:00'):
            wizard = self._wizard(week='2026-10-19', per_day=9)
            wizard.action_propose()
            starts = wizard.line_ids.mapped('date_start')
            self.assertEqual(starts, [datetime(2026, 10, 24, 23) + hour * HOUR for hour in range(5)], "Five hours from one to five.")

    def test_due_in_the_week(self):
        """One's own customers due until Sunday, without those planned already."""
        self.profiles[4].next_visit_date = date(2026, 6, 28)
        self.profiles[5].next_visit_date = date(2026, 6, 29)
        self._visits([(self.partners[0], '2026-07-10')], state='planned')
        foreign = self._profiles(self.foreign)
        foreign.next_visit_date = date(2026, 6, 1)
        wizard = self._wizard(source='due', customer_ids=False)
        wizard.action_propose()
        self.assertEqual(sorted(self._times(wizard)), [2, 3, 4, 5])

    def test_segment(self):
        segment = self.env['crm.segment'].create({
            'name': "Liège", 'company_id': self.company.id, 'domain': "[('partner_id.city', '=', 'Liège')]"})
        wizard = self._wizard(source='segment', segment_id=segment.id, customer_ids=False)
        wizard.action_propose()
        self.assertEqual(self._times(wizard), {2: 'Mon 08:00', 5: 'Mon 09:00'})

    def test_already_planned(self):
        """Who has a visit in the week is listed with it, and not called upon twice."""
        self._visits([(self.partners[0], '2026-06-24')], state='planned', user=self.rep2)
        wizard = self._wizard()
        wizard.action_propose()
        self.assertNotIn(1, self._times(wizard))
        self.assertIn("2026-06-24", wizard.left_ids.reason)

    def test_days_off(self):
        """The calendar shades the days on which the person does not work."""
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'calendar_id': self.company.resource_calendar_id.id, 'company_id': self.company.id,
            'date_from': '2026-06-23 22:00:00', 'date_to': '2026-06-24 21:59:59'})
        off = self._as(self.rep)['crm.visit'].get_unusual_days('2026-06-22 00:00:00', '2026-06-29 00:00:00')
        self.assertEqual([day for day, is_off in off.items() if is_off], ['2026-06-24', '2026-06-27', '2026-06-28'])

    def test_queries(self):
        """However many customers: the same number of queries, but for making the lines."""
        wizard = self._wizard()
        counts = []
        start, end = wizard._period()
        for customers in (self.profiles[:1], self.profiles[:1], self.profiles):  # the first one fills caches
            wizard.customer_ids = customers
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            candidates, _booked = wizard._candidates(start, end)
            propose([Stop(customer.id, customer.city, customer.next_visit_date) for customer in candidates], wizard._days(start, end))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_refused(self):
        for vals, message in (
                ({'week': '2026-06-08'}, "is over"), ({'customer_ids': False}, "nobody to visit"),
                ({'source': 'segment'}, "Choose the segment")):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, message):
                self._wizard(**vals).action_propose()

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def test_confirm(self):
        wizard = self._wizard()
        wizard.action_propose()
        wizard.line_ids[0].date_start = datetime(2026, 6, 26, 12, 30)
        wizard.line_ids[1].unlink()
        action = wizard.action_confirm()
        visits = self.env['crm.visit'].search([('partner_id', 'in', self.partners.ids)])
        self.assertEqual((len(visits), visits.mapped('state'), visits.user_id, visits.kind_id), (5, ['planned'] * 5, self.rep, self.onsite))
        moved = visits.filtered(lambda visit: visit.partner_id == self.partners[0])
        self.assertEqual((moved.date_start, moved.date_end), (datetime(2026, 6, 26, 12, 30), datetime(2026, 6, 26, 13, 30)))
        self.assertEqual((action['res_model'], action['views'][0][1]), ('crm.visit', 'calendar'))

    def test_confirm_refuses_clashes(self):
        self._visits([(self.customer, '2026-06-26 12:00')], state='planned')
        for moment, message in (
                (datetime(2026, 6, 22, 6, 30), "overlap"), (datetime(2026, 6, 26, 12, 30), "overlap"),
                (datetime(2026, 6, 15, 11), "in the past")):
            with self.subTest(moment=moment):
                wizard = self._wizard()
                wizard.action_propose()
                wizard.line_ids.sorted('date_start')[-1].date_start = moment
                with self.assertRaisesRegex(UserError, message):
                    wizard.action_confirm()
        self.assertFalse(self.env['crm.visit'].search([('partner_id', 'in', self.partners.ids)]))
        wizard = self._wizard()
        wizard.action_propose()
        wizard.line_ids.sorted('date_start')[-1].date_start = datetime(2026, 6, 26, 13)   # touching is no clash
        wizard.action_confirm()

    def test_for_whom(self):
        """Oneself; a leader for the team; managers for everybody in sales; nobody else."""
        for user, person, allowed in (
                (self.rep, self.rep, True), (self.rep, self.rep2, False), (self.rep, self.lead, False), (self.lead, self.rep, True),
                (self.lead, self.rep2, False), (self.leads_all, self.rep2, True), (self.manager, self.rep2, True),
                (self.manager, self.employee, False), (self.manager, self.manager_usd, False)):
            with self.subTest(user=user.name, person=person.name):
                wizard = self._wizard(self.manager, user_id=person.id).with_env(self._as(user))
                if allowed:
                    wizard.env['res.users']._crm_check_plannable(person)
                    self.assertIn(person, wizard.plannable_ids)
                else:
                    with self.assertRaises(AccessError):
                        wizard.env['res.users']._crm_check_plannable(person)

    def test_leader_plans_for_the_team(self):
        wizard = self._wizard(self.lead, user_id=self.rep.id)
        wizard.action_propose()
        wizard.action_confirm()
        self.assertEqual(self.env['crm.visit'].search([('partner_id', 'in', self.partners.ids)]).user_id, self.rep)
        with self.assertRaises(AccessError):
            self._wizard(self.lead, user_id=self.rep2.id).action_propose()

    def test_from_the_list(self):
        env = self._as(self.rep)
        action = self.profiles.with_env(env).action_plan_visits()
        wizard = env['crm.visit.plan'].with_context(**action['context']).create({})
        self.assertEqual((wizard.source, wizard.customer_ids, str(wizard.week)), ('list', self.profiles.with_env(env), '2026-06-15'))
        with self.assertRaises(UserError):
            self.profiles.browse().with_env(env).action_plan_visits()

    def test_plan_one_visit(self):
        """A visit from the list is for the customer's salesperson where one plans for them, else for oneself."""
        for user, person in ((self.rep, self.rep), (self.lead, self.rep), (self.rep2, self.rep2)):
            context = self.profiles[0].with_env(self._as(user)).action_plan_visit()['context']
            with self.subTest(user=user.name):
                self.assertEqual((context['default_user_id'], context['default_partner_id']), (person.id, self.partners[0].id))
