from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_visit_quota.tools.visit_task import LINE_STATES, TRANSITIONS, split_evenly

from .common import VisitCommon


class TaskCommon(VisitCommon):
    """Profiles of ``customer``, ``customer2`` (rep) and ``foreign`` (rep2), and a task of the manager about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profiles = cls.profile, cls.profile2, cls.profile_foreign = cls._profiles(cls.customer + cls.customer2 + cls.foreign)
        cls.task = cls._task()

    @classmethod
    def _task(cls, user=None, **vals):
        env = cls.env(user=user or cls.manager, context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        return env['crm.visit.task'].create({
            'name': "New range", 'date_deadline': '2026-06-20', 'customer_ids': [(6, 0, cls.profiles.ids)],
            'question_ids': [(0, 0, {'name': "Interested?", 'kind': 'yes_no'}),
                             (0, 0, {'name': "How often?", 'kind': 'selection', 'choices': "Weekly; Monthly ;Never"}),
                             (0, 0, {'name': "How many?", 'kind': 'number'}), (0, 0, {'name': "What else?", 'kind': 'text'})], **vals})

    def _line(self, profile, task=None):
        return (task or self.task).sudo().line_ids.filtered(lambda line: line.customer_id.id == profile.id)

    def _mine(self, profile, user, task=None):
        return self._line(profile, task).with_env(self._as(user))

    def _states(self, task=None):
        return [self._line(profile, task).state for profile in self.profiles]

    def _answer(self, line, *values):
        names = [question['name'] for question in line.task_id.sudo().questions]
        line.answers = dict(zip(names, values, strict=False))


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
        wizard = env[action['res_model']].with_context(action['context']).create({})
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_decline()
        wizard.reason = "On holiday"
        wizard.action_decline()
        line = self._line(self.profile)
        self.assertEqual((line.state, line.decline_reason, self.task.declined_count), ('declined', "On holiday", 1))
        note = self.env['mail.message'].search([('model', '=', 'crm.visit.task'), ('res_id', '=', self.task.id), ('body', 'ilike', "On holiday")])
        self.assertIn(self.manager.partner_id, note.notified_partner_ids)
        action = self._mine(self.profile, self.manager).action_reassign()
        self._as(self.manager)[action['res_model']].with_context(action['context']).create({'user_id': self.lead.id}).action_reassign()
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
        visit = env['crm.visit'].with_context(context).create({'date_start': '2026-06-15 09:00:00'})
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
                ('2026-06-20 21:59:00', ['declined', 'done', 'new']), ('2026-06-20 22:00:00', ['cancelled', 'done', 'expired'])):
            with self.subTest(moment=moment), freeze_time(moment):
                self._expire()
                self.assertEqual(self._states(), expected)
        self.assertEqual(self.task.state, 'done')
        told = self.env['mail.message'].search([('model', '=', 'crm.visit.task'), ('res_id', '=', self.task.id), ('body', 'ilike', "1 of 2 visits")])
        self.assertEqual(told.notified_partner_ids, self.manager.partner_id)
        self.assertFalse(self.task.activity_ids)
        with freeze_time('2026-06-20 22:00:00'):
            self._expire()
        self.assertEqual(len(self.env['mail.message'].search([('id', 'in', told.ids)])), 1, "Told once.")

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

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    def _three_answers(self):
        self.task.action_dispatch()
        self.env['crm.visit']._record([
            {'partner_id': partner.id, 'kind_id': self.onsite.id, 'user_id': partner.user_id.id}
            for partner in self.customer + self.customer2 + self.foreign])
        for profile, values in zip(self.profiles, (('yes', 'Weekly', 3, "Prices"), ('yes', 'Never', 6, False), (False, False, 0, "Colours"))):
            self._answer(self._line(profile), *values)

    def test_results(self):
        self._three_answers()
        interested, often, many, else_ = self.task._results()
        self.assertEqual(interested['options'], [("Yes", 2, 100), ("No", 0, 0)])
        self.assertEqual(often['options'], [("Weekly", 1, 50), ("Monthly", 0, 0), ("Never", 1, 50)])
        self.assertEqual((many['total'], many['mean'], many['least'], many['most']), (3, 3, 0, 6))
        self.assertEqual(else_['texts'], [("Foreign 1", "Colours"), ("Customer 1", "Prices")])
        self.assertIn("Colours", self.task.result_html)
        self.assertIn("3.00", self.task.result_html)

    def test_results_keep_what_was_said(self):
        """Choices that are taken away later do not take the answers away."""
        self._three_answers()
        self.task.question_ids[1].choices = "Weekly; Monthly"
        self.assertEqual(self.task._results()[1]['options'][-1], ("Never", 1, 50))

    def test_results_of_whom(self):
        """A representative sees what came of the own customers, not of all."""
        self._three_answers()
        mine = self.task.with_env(self._as(self.rep2))._results()
        self.assertEqual((mine[2]['total'], mine[3]['texts']), (1, [("Foreign 1", "Colours")]))

    def test_results_are_text(self):
        """What people write is shown as they wrote it."""
        self._three_answers()
        self._answer(self._line(self.profile), 'yes', 'Weekly', 3, "<script>alert(1)</script>")
        self.assertNotIn("<script>", self.task.result_html)
        self.assertIn("&lt;script&gt;", self.task.result_html)

    def test_results_queries(self):
        self._three_answers()
        self.task._results()
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.task._results()

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_who_reads(self):
        self.task.action_dispatch()
        for user, count in (
                (self.rep, 2), (self.rep2, 1), (self.lead, 2), (self.leads_all, 3), (self.manager, 3), (self.manager_usd, 0)):
            lines = self._as(user)['crm.visit.task.line'].search([('task_id', '=', self.task.id)])
            tasks = self._as(user)['crm.visit.task'].search([('id', '=', self.task.id)])
            with self.subTest(user=user.name):
                self.assertEqual((len(lines), len(tasks)), (count, int(count > 0)))
        for model in ('crm.visit.task', 'crm.visit.task.line', 'crm.visit.task.question'):
            for user in (self.finance, self.employee):
                with self.subTest(model=model, user=user.name), self.assertRaises(AccessError):
                    self._as(user)[model].search([])

    def test_who_writes(self):
        self.task.action_dispatch()
        for user in (self.rep, self.lead):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.task.with_env(self._as(user)).name = "Mine"
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.task.question_ids[0].with_env(self._as(user)).name = "Mine"
        for values in ({'state': 'done'}, {'user_id': self.rep2.id}, {'customer_id': self.profile2.id}):
            for user in (self.rep, self.manager):
                with self.subTest(values=values, user=user.name), self.assertRaises(AccessError):
                    self._mine(self.profile, user).write(values)
        self._mine(self.profile, self.rep).note = "Mine"
        for user in (self.rep2, self.manager_usd):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._mine(self.profile, user).note = "Mine, too"
        with self.assertRaises(AccessError):
            self._mine(self.profile, self.rep2).action_accept()
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.visit.task.line'].create({'task_id': self.task.id, 'customer_id': self.profile.id})

    def test_leader_dispatches_to_the_team(self):
        task = self._task(self.lead, customer_ids=[(6, 0, self.profile.ids)])
        task.with_env(self._as(self.lead)).action_dispatch()
        self.assertEqual(task.sudo().line_ids.user_id, self.rep)
        task = self._task(self.lead, customer_ids=[(6, 0, self.profile.ids)], split='even', assignee_ids=[(6, 0, self.rep2.ids)])
        with self.assertRaises(AccessError):
            task.with_env(self._as(self.lead)).action_dispatch()

    def test_company(self):
        """A task is about customers of its company."""
        other = self._profiles(self._customers(name="Other"), self.company_usd)
        task = self._task(customer_ids=[(6, 0, (self.profile + other).ids)])
        task.action_dispatch()
        self.assertEqual(task.line_ids.customer_id, self.profile)

    def test_moves_with_the_owner(self):
        """Open customers of tasks are told of when a customer gets another owner."""
        self.task.action_dispatch()
        found = self._as(self.manager)['crm.ownership']._records(self.customer, self.rep)
        self.assertEqual(found['visit_task_line'], self._mine(self.profile, self.manager))


@tagged('post_install', '-at_install')
class TestVisitReassign(TaskCommon):

    def _wizard(self, user=None, **vals):
        return self._as(user or self.manager)['crm.visit.reassign'].create({
            'user_id': self.rep.id, 'to_user_id': self.rep2.id, 'date_from': '2026-06-16', 'date_to': '2026-06-18', 'reason': "Ill", **vals})

    def test_reassign(self):
        """Planned visits of the days move, others stay; both people are told why."""
        inside = self._visits([(self.customer, '2026-06-16'), (self.customer2, '2026-06-18')], state='planned')
        outside = self._visits([(self.customer, '2026-06-19')], state='planned') + self._visits([(self.customer, '2026-06-15')])
        cancelled = self._visits([(self.customer, '2026-06-17')], state='planned')
        cancelled.action_cancel("No time")
        wizard = self._wizard()
        self.assertEqual(set(wizard.visit_ids.ids), set(inside.ids))
        wizard.action_reassign()
        self.assertEqual((inside.user_id, (outside + cancelled).user_id), (self.rep2, self.rep))
        self.assertIn("Ill", inside[0].message_ids[0].body)
        note = self.env['mail.message'].search([('body', 'ilike', "Moved from Rep to Rep2")]).notified_partner_ids
        self.assertEqual(note, (self.rep + self.rep2).partner_id)

    def test_keep_some(self):
        visits = self._visits([(self.customer, '2026-06-16'), (self.customer2, '2026-06-18')], state='planned')
        wizard = self._wizard()
        wizard.visit_ids -= visits[0].with_env(wizard.env)
        wizard.action_reassign()
        self.assertEqual([visit.user_id for visit in visits], [self.rep, self.rep2])

    def test_refused(self):
        self._visits([(self.customer, '2026-06-16')], state='planned')
        for vals, message in (
                ({'reason': ' '}, "reason"), ({'date_to': '2026-06-15'}, "before the first"), ({'date_from': '2026-06-17'}, "no planned visits")):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, message):
                self._wizard(**vals).action_reassign()
        for user in (self.rep, self.lead):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._wizard(user).action_reassign()
        self._wizard(self.lead, to_user_id=self.lead.id).action_reassign()
