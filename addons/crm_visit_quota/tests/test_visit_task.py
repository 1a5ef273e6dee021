from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_visit_quota.tools.visit_task import LINE_STATES, TRANSITIONS, split_evenly

from .visit_task_common import TaskCommon


@tagged('post_install', '-at_install')
class TestVisitTask(TaskCommon):

    # ------------------------------------------------------------------
    # Dispatching
    # ------------------------------------------------------------------

    def test_split_evenly(self):
        """Nobody gets two more than another, everybody's own first, always in the same way."""
        for count in (0, 1, 7, 30):
            for people in (['a'], ['a', 'b'], ['a', 'b', 'c', 'd']):
                customers = [(number, 'abcx'[number % 4], "City"[number % 3]) for number in range(count)]
                shares = split_evenly(customers, people)
                loads = [list(shares.values()).count(person) for person in people]
                with self.subTest(count=count, people=len(people)):
                    self.assertEqual(len(shares), count)
                    self.assertLessEqual(max(loads) - min(loads), 1)
                    self.assertEqual(split_evenly(customers[::-1], people), shares)
        self.assertEqual(split_evenly([(1, None, '')], []), {})

    def test_each_to_its_salesperson(self):
        self.task.action_dispatch()
        self.assertEqual(self.task.state, 'running')
        self.assertEqual([self._line(profile).user_id for profile in self.profiles], [self.rep, self.rep, self.rep2])
        self.assertEqual(self._states(), ['new'] * 3)
        activities = self.task.activity_ids
        self.assertEqual(sorted(activities.user_id.mapped('name')), ["Rep", "Rep2"], "One reminder each, however many customers.")
        self.assertEqual(set(activities.mapped('date_deadline')), {date(2026, 6, 20)})

    def test_without_salesperson(self):
        """A customer that nobody looks after is left to the dispatcher."""
        self.foreign.user_id = False
        self.task.action_dispatch()
        self.assertEqual(self._states(), ['new', 'new', 'unassigned'])
        self.assertEqual(self.task.declined_count, 1)

    def test_evenly(self):
        task = self._task(split='even', assignee_ids=[(6, 0, (self.rep + self.rep2 + self.lead).ids)])
        task.action_dispatch()
        self.assertEqual(sorted(task.line_ids.user_id.ids), sorted((self.rep + self.rep2 + self.lead).ids))
        self.assertEqual(self._line(self.profile_foreign, task).user_id, self.rep2, "Everybody's own first.")
        with self.assertRaisesRegex(UserError, "Choose the people"):
            self._task(split='even').action_dispatch()

    def test_segment(self):
        self.customer.city = self.foreign.city = "Liège"
        segment = self.env['crm.segment'].create({
            'name': "Liège", 'company_id': self.company.id, 'domain': "[('partner_id.city', '=', 'Liège')]"})
        task = self._task(source='segment', segment_id=segment.id)
        task.action_dispatch()
        self.assertEqual(task.line_ids.customer_id, self.profile + self.profile_foreign)

    def test_no_duplicates(self):
        """Dispatching again gives out what was added, and nothing twice."""
        self.task.customer_ids = self.profile
        self.task.action_dispatch()
        self._mine(self.profile, self.rep).action_accept()
        self.task.customer_ids = self.profiles
        self.task.action_dispatch()
        self.assertEqual(self._states(), ['accepted', 'new', 'new'])
        self.task.action_dispatch()
        self.assertEqual(len(self.task.line_ids), 3)
        self.assertEqual(len(self.task.activity_ids), 2)

    def test_refused(self):
        with self.assertRaisesRegex(UserError, "no customers"):
            self._task(customer_ids=False).action_dispatch()
        with self.assertRaisesRegex(UserError, "no customers"):
            self._task(source='segment').action_dispatch()
        with self.assertRaisesRegex(UserError, "deadline"):
            self._task(date_deadline='2026-06-14').action_dispatch()
        self._task(date_deadline='2026-06-15').action_dispatch()
        self.task.action_dispatch()
        self.task.action_cancel()
        with self.assertRaisesRegex(UserError, "is over"):
            self.task.action_dispatch()
        with self.assertRaisesRegex(UserError, "two answers"):
            self._task(question_ids=[(0, 0, {'name': "Which?", 'kind': 'selection', 'choices': "Only"})])

    def test_dispatch_queries(self):
        """Ten times the customers are given out with the same number of statements, but for the inserts."""
        partners = self._customers(30, "Many", company_id=self.company.id, user_id=self.rep.id)
        profiles = self._profiles(partners)
        counts = []
        for number in (1, 2, 20):
            task = self._task(customer_ids=[(6, 0, profiles[:number].ids)], question_ids=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            task.action_dispatch()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 2)

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def test_every_transition(self):
        """Each transition from each state: allowed as the table says, refused else, and then nothing changes."""
        self.task.action_dispatch()
        line = self._line(self.profile)
        for transition, (sources, result) in TRANSITIONS.items():
            for state, _label in LINE_STATES:
                line.state = state
                with self.subTest(transition=transition, state=state):
                    if state in sources:
                        line._move(transition)
                        self.assertEqual(line.state, result)
                    else:
                        with self.assertRaises(UserError):
                            line._move(transition)
                        self.assertEqual(line.state, state)

    def test_accept(self):
        """Who has answered for all customers is not reminded any more."""
        self.task.action_dispatch()
        self._mine(self.profile, self.rep).action_accept()
        self.assertIn(self.rep, self.task.activity_ids.user_id)
        self._mine(self.profile2, self.rep).action_accept()
        self.assertEqual(self.task.activity_ids.user_id, self.rep2)
        self.assertEqual(self._states(), ['accepted', 'accepted', 'new'])

    def test_decline_and_reassign(self):
        """A customer that was declined goes back to the dispatcher with the reason, who finds somebody else."""
        self.task.action_dispatch()
        env = self._as(self.rep)
        action = self._mine(self.profile, self.rep).action_decline()
        wizard = env[action['res_model']].with_context(**action['context']).create({})
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_decline()
        wizard.reason = "On holiday"
        wizard.action_decline()
        line = self._line(self.profile)
        self.assertEqual((line.state, line.decline_reason, self.task.declined_count), ('declined', "On holiday", 1))
        self.assertIn(self.manager.partner_id, self._told("On holiday").notified_partner_ids)
        action = self._mine(self.profile, self.manager).action_reassign()
        self._as(self.manager)[action['res_model']].with_context(**action['context']).create({'user_id': self.lead.id}).action_reassign()
        self.assertEqual((line.state, line.user_id, line.decline_reason), ('new', self.lead, False))
        self.assertIn(self.lead, self.task.activity_ids.user_id)

    def test_reassign_refused(self):
        self.task.action_dispatch()
        for user in (self.rep, self.rep2):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._mine(self.profile, user)._reassign(user)
        with self.assertRaises(AccessError):
            self._mine(self.profile, self.manager)._reassign(self.employee)
        with freeze_time('2026-06-21 12:00:00'), self.assertRaisesRegex(UserError, "deadline"):
            self._mine(self.profile, self.manager)._reassign(self.rep2)

    # ------------------------------------------------------------------
    # Visits
    # ------------------------------------------------------------------

    def test_finish_by_visiting(self):
        """Planning a visit to the customer serves the task, finishing it finishes the line; the questions are asked."""
        self.task.action_dispatch()
        env = self._as(self.rep)
        line = self._mine(self.profile, self.rep)
        line.action_accept()
        context = line.action_plan_visit()['context']
        visit = env['crm.visit'].with_context(**context).create({'date_start': '2026-06-15 09:00:00'})
        self.assertEqual((visit.partner_id, visit.purpose, visit.user_id), (self.customer, "New range", self.rep))
        self.assertEqual(line.visit_id, visit)
        self.assertEqual(line.action_plan_visit()['res_id'], visit.id)
        visit.action_finish()
        self.assertEqual((line.state, line.date_done, visit.unanswered_count), ('done', self.TODAY, 1))
        self.assertEqual(visit.action_answer_tasks()['res_id'], line.id)
        self._answer(line, 'yes', 'Weekly', 3, "Prices")
        self.assertTrue(line.is_answered)
        self.assertFalse(visit.unanswered_count)

    def test_unplanned_visit(self):
        """A visit recorded on the way finishes the line, accepted or not."""
        self.task.action_dispatch()
        self._as(self.rep)['crm.visit']._record([{'partner_id': self.customer.id, 'kind_id': self.onsite.id, 'user_id': self.rep.id}])
        self.assertEqual(self._states(), ['done', 'new', 'new'])
        self.assertTrue(self._line(self.profile).visit_id.is_off_plan)

    def test_whose_visit(self):
        """Neither a colleague's visit nor one of another kind finishes the line."""
        self.task.kind_id = self.onsite
        self.task.action_dispatch()
        self.env['crm.visit']._record([
            {'partner_id': self.customer.id, 'kind_id': self.onsite.id, 'user_id': self.rep2.id},
            {'partner_id': self.customer2.id, 'kind_id': self.phone.id, 'user_id': self.rep.id}])
        self.assertEqual(self._states(), ['new', 'new', 'new'])

    def test_planned_before(self):
        """A visit that was planned before the task came serves it, when it is within the deadline."""
        visits = self._visits([(self.customer, '2026-06-20'), (self.customer2, '2026-06-21')], state='planned')
        self.task.action_dispatch()
        self.assertEqual([self._line(profile).visit_id for profile in self.profiles[:2]], [visits[0], visits.browse()])

    def test_put_off(self):
        """A visit put off takes the task along; a visit cancelled leaves it open."""
        visit = self._visits([(self.customer, '2026-06-16')], state='planned')
        self.task.action_dispatch()
        new = visit.action_reschedule('2026-06-17 08:00:00')
        self.assertEqual(self._line(self.profile).visit_id, new)
        new.action_cancel("No time")
        self.assertEqual((self._line(self.profile).visit_id, self._states()[0]), (self.env['crm.visit'], 'new'))

    def test_queries_of_a_visit(self):
        """Planning visits asks for tasks once, however many there are."""
        partners = self._customers(9, "Many", company_id=self.company.id, user_id=self.rep.id)
        counts = []
        for some in (partners[:1], partners[:1], partners):
            self.env.invalidate_all()
            visits = self._visits([(partner, '2026-06-16') for partner in some], state='planned')
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env['crm.visit.task.line'].sudo()._served_by(visits)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def test_all_done(self):
        self.task.action_dispatch()
        self.env['crm.visit']._record([
            {'partner_id': partner.id, 'kind_id': self.onsite.id, 'user_id': partner.user_id.id}
            for partner in self.customer + self.customer2 + self.foreign])
        self.assertEqual((self.task.state, self.task.progress, self.task.done_count), ('done', 100, 3))
        self.assertFalse(self.task.activity_ids)

    def _expire(self):
        with patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 100):
            self.env['crm.visit.task']._cron_expire()
        self.env.invalidate_all()

    def test_deadline(self):
        """On the last day nothing expires; the day after, where the company is, what is open does, and the dispatcher is told."""
        self.task.action_dispatch()
        self._mine(self.profile, self.rep)._decline("No")
        self._visits([(self.customer2, '2026-06-15 09:00')], state='planned').action_finish()
        for moment, expected in (
                ('2026-06-20 21:59:00', ['declined', 'done', 'new']), ('2026-06-20 22:00:00', ['expired', 'done', 'expired'])):
            with self.subTest(moment=moment), freeze_time(moment):
                self._expire()
                self.assertEqual(self._states(), expected)
        self.assertEqual(self.task.state, 'done')
        told = self._told("1 of 3 visits")
        self.assertEqual(told.notified_partner_ids, self.manager.partner_id)
        self.assertFalse(self.task.activity_ids)
        with freeze_time('2026-06-20 22:00:00'):
            self._expire()
        self.assertEqual(self._told("1 of 3 visits"), told, "Told once.")

    def test_cancel(self):
        self.task.action_dispatch()
        self.env['crm.visit']._record([{'partner_id': self.customer.id, 'kind_id': self.onsite.id, 'user_id': self.rep.id}])
        self.task.action_cancel()
        self.assertEqual((self._states(), self.task.state), (['done', 'cancelled', 'cancelled'], 'cancelled'))
        self.assertFalse(self.task.activity_ids)

    def test_delete(self):
        self.task.action_dispatch()
        with self.assertRaises(UserError):
            self.task.unlink()
        self.task.action_cancel()
        self.task.unlink()
