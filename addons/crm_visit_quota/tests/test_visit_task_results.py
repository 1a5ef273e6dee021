from odoo.exceptions import AccessError
from odoo.tests import tagged

from .visit_task_common import TaskCommon


@tagged('post_install', '-at_install')
class TestVisitTaskResults(TaskCommon):
    """What comes of a task, and who sees and writes what."""

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    def _three_answers(self):
        self.task.action_dispatch()
        self.env['crm.visit']._record([
            {'partner_id': partner.id, 'kind_id': self.onsite.id, 'user_id': partner.user_id.id}
            for partner in self.customer + self.customer2 + self.foreign])
        answers = ('yes', 'Weekly', 3, "Prices"), ('yes', 'Never', 6, False), (False, False, 0, "Colours")
        for profile, values in zip(self.profiles, answers):
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

    def test_answered(self):
        """Every question has to be answered; zero is an answer, nothing and blank are none."""
        self._three_answers()
        self.assertEqual([self._line(profile).is_answered for profile in self.profiles], [True, False, False])
        line = self._line(self.profile)
        for values, answered in ((('no', 'Never', 0, "None"), True), (('no', 'Never', 0, ""), False), (('no', 'Never'), False)):
            self._answer(line, *values)
            with self.subTest(values=values):
                self.assertEqual(line.is_answered, answered)

    def test_results_keep_what_was_said(self):
        """Choices that are taken away later do not take the answers away."""
        self._three_answers()
        self.task.question_ids[1].choices = "Weekly; Monthly"
        self.assertEqual(self.task._results()[1]['options'][-1], ("Never", 1, 50))

    def test_choices_by_either_semicolon(self):
        """A Chinese keyboard writes another semicolon."""
        self.task.question_ids[1].choices = "每周；每月; 从不"
        self.assertEqual([label for label, _value in self.task.question_ids[1]._options()], ["每周", "每月", "从不"])

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
        with self.assertRaises(AccessError):
            self.task.customer_ids += other
        self.task.sudo().customer_ids += other
        self.task.with_env(self._as(self.manager, self.company + self.company_usd)).action_dispatch()
        self.assertEqual(self.task.sudo().line_ids.customer_id, self.profile + self.profile2 + self.profile_foreign)

    def test_moves_with_the_owner(self):
        """Open customers of tasks are told of when a customer gets another owner."""
        self.task.action_dispatch()
        found = self._as(self.manager)['crm.ownership']._records(self.customer, self.rep)
        self.assertEqual(found['visit_task_line'], self._mine(self.profile, self.manager))
