from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestReminder(ContractCommon):
    """Monday 2026-06-15; the company works Monday to Friday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.contract.reminder'].search([]).active = False
        cls.contract = cls._contract(total=1000)
        cls.contract.write({'state': 'executing', 'date_signed': cls.TODAY})
        cls.company.crm_contract_finance_user_id = cls.finance
        cls.company.crm_contract_warehouse_user_id = cls.stocker

    def _step(self, due='2026-06-20', kind='collect', contract=None, **vals):
        return self.env['crm.contract.step'].create({
            'contract_id': (contract or self.contract).id, 'kind': kind, 'name': f"{kind} {due}", 'date_due': due, 'state': 'ready',
            **vals})

    def _rule(self, days=0, timing='before', **vals):
        return self.env['crm.contract.reminder'].create({'name': "Rule", 'days': days, 'timing': timing, **vals})

    def _days(self, step, *days):
        """Return on which of the days somebody was reminded, and who."""
        found = []
        for day in days:
            before = self.env['crm.contract.reminder.log'].search([('step_id', '=', step.id)])
            self.env['crm.contract.reminder']._remind(self.company, date.fromisoformat(day))
            new = self.env['crm.contract.reminder.log'].search([('step_id', '=', step.id)]) - before
            found += [(day[-2:], log.user_id) for log in new.sorted('id')]
        return found

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def test_before_at_after(self):
        """A day before, on the day, a day after: each day has its own, and only once."""
        step = self._step('2026-06-17')
        self._rule(1), self._rule(0), self._rule(1, 'after')
        days = self._days(step, '2026-06-15', '2026-06-16', '2026-06-16', '2026-06-17', '2026-06-18', '2026-06-19')
        self.assertEqual(days, [('16', self.finance), ('17', self.finance), ('18', self.finance)])

    def test_working_days_only(self):
        """Due on Sunday: a day before is Friday, the day itself Monday."""
        before, on = self._step('2026-06-21'), self._step('2026-06-21', kind='invoice')
        self._rule(1, kind='collect'), self._rule(0, kind='invoice')
        self.assertEqual(self._days(before, '2026-06-18', '2026-06-19', '2026-06-20', '2026-06-22'), [('19', self.finance)])
        self.assertEqual([str(log.date) for log in self.env['crm.contract.reminder.log'].search([('step_id', '=', on.id)])], ['2026-06-22'])

    def test_every_day(self):
        step = self._step('2026-06-21')
        self._rule(1, is_working_days=False)
        self.assertEqual(self._days(step, '2026-06-19', '2026-06-20'), [('20', self.finance)])

    def test_public_holiday(self):
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'calendar_id': self.company.resource_calendar_id.id, 'company_id': self.company.id,
            'date_from': '2026-06-15 22:00:00', 'date_to': '2026-06-16 21:59:59'})
        step = self._step('2026-06-17')
        self._rule(1)
        self.assertEqual(self._days(step, '2026-06-15', '2026-06-16'), [('15', self.finance)])

    def test_latest_of_a_series(self):
        """After a long silence nobody gets the whole series."""
        step = self._step('2026-05-01')
        self._rule(7), self._rule(1, 'after'), self._rule(30, 'after')
        self._days(step, '2026-06-15', '2026-06-16')
        logs = self.env['crm.contract.reminder.log'].search([('step_id', '=', step.id)])
        self.assertEqual(logs.reminder_id.mapped('days'), [30])

    def test_moved_due_day_is_new(self):
        step = self._step('2026-06-15')
        self._rule(0)
        self.assertEqual(len(self._days(step, '2026-06-15')), 1)
        step.date_due = '2026-06-18'
        self.assertEqual(self._days(step, '2026-06-17', '2026-06-18'), [('18', self.finance)])

    # ------------------------------------------------------------------
    # Which steps
    # ------------------------------------------------------------------

    def test_not_for_what_is_over(self):
        self._rule(0)
        done, void, empty = self._step('2026-06-15', state='done'), self._step('2026-06-15', state='void'), self._step(False)
        other = self._contract(total=10)
        other.state = 'suspended'
        suspended = self._step('2026-06-15', contract=other)
        self._days(done, '2026-06-15')
        self.assertFalse(self.env['crm.contract.reminder.log'].search([('step_id', 'in', (done + void + empty + suspended).ids)]))

    def test_type_and_grade(self):
        grade = self.env['crm.grade'].create({'name': "R", 'company_id': self.company.id})
        step, step2 = self._step('2026-06-15'), self._step('2026-06-15', contract=self._contract(total=1, partner=self.customer2))
        step2.contract_id.state = 'executing'
        rule = self._rule(0, grade_ids=[Command.set(grade.ids)])
        self._profiles(self.customer2).grade_id = grade
        self.assertFalse(self._days(step, '2026-06-15'))
        self.assertEqual(rule.log_count, 1)
        project = self.env.ref('crm_contract_exec.crm_contract_type_project')
        by_type = self._rule(0, type_ids=[Command.set(project.ids)], role='rep')
        self.contract.type_id = project
        self.assertEqual(self._days(step, '2026-06-15'), [('15', self.rep)])
        self.assertEqual(by_type.log_count, 1)

    def test_companies(self):
        self._rule(0, company_id=self.company_usd.id)
        self.assertFalse(self._days(self._step('2026-06-15'), '2026-06-15'))

    # ------------------------------------------------------------------
    # Whom and how
    # ------------------------------------------------------------------

    def test_whose_turn(self):
        steps = [self._step(kind=kind) for kind in ('deliver', 'accept', 'invoice', 'collect', 'task')]
        named = self._step(kind='deliver', user_id=self.rep2.id)
        self.assertEqual(
            [step.acting_user_id for step in steps], [self.stocker, self.rep, self.finance, self.finance, self.rep])
        self.company.crm_contract_finance_user_id = False
        self.assertEqual([step.acting_user_id for step in steps], [self.stocker, self.rep, self.rep, self.rep, self.rep])
        self.assertEqual(named.acting_user_id, self.rep2)

    def test_activity_and_message(self):
        step = self._step('2026-06-15')
        self._rule(0, by_mail=True, note="Call")
        self._rule(0, by_mail=True, role='rep')
        self.env['crm.contract.reminder']._remind(self.company)
        self.assertEqual(step.activity_ids.user_id, self.finance + self.rep)
        self.assertIn("Call", step.activity_ids.filtered(lambda activity: activity.user_id == self.finance).summary)
        messages = self.env['mail.message'].search([
            ('message_type', '=', 'user_notification'), ('partner_ids', 'in', self.finance.partner_id.ids)])
        self.assertIn(step.name, messages[0].body)

    def test_queries(self):
        """As many for ten steps as for one: rules, steps and what people may see are read once, and each person costs one search and
        one batch of activities and one message with all that is new."""
        self._rule(0, by_mail=True), self._rule(0, by_mail=True, role='rep')
        counts = []
        for number in (1, 1, 10):    # the first one fills caches
            steps = [self._step('2026-06-15') for _number in range(number)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.env['crm.contract.reminder']._remind(self.company), 2 * len(steps))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[1])
        self.assertLessEqual(counts[2], 70)

    def test_one_activity_per_person(self):
        step = self._step('2026-06-17')
        self._rule(1), self._rule(0)
        self._days(step, '2026-06-16', '2026-06-17')
        self.assertEqual(len(step.activity_ids), 1)

    def test_silenced(self):
        step, other = self._step('2026-06-15'), self._step('2026-06-15', kind='invoice')
        self._rule(0)
        self._days(step, '2026-06-15')
        step.state = 'done'
        self.env['crm.contract.reminder']._silence(self.contract)
        self.assertFalse(step.activity_ids)
        self.assertTrue(other.activity_ids)
        self.contract.state = 'suspended'
        self.env['crm.contract.reminder']._cron_remind()
        self.assertFalse(other.activity_ids)

    def test_escalation(self):
        """The team leader, three days after the reminder, once; not for what was done meanwhile."""
        step, done = self._step('2026-06-15'), self._step('2026-06-15')
        self._rule(0, escalate_days=3)
        self._days(step, '2026-06-15')
        done.state = 'done'
        self.assertEqual(self._days(step, '2026-06-17', '2026-06-18', '2026-06-19'), [('18', self.lead)])
        self.assertEqual(len(self.env['crm.contract.reminder.log'].search([('step_id', '=', done.id)])), 1)

    def test_nobody_to_see_it(self):
        """Whoever may not see the step is not told; its team leader is."""
        self.company.crm_contract_warehouse_user_id = self.employee
        step = self._step('2026-06-15', kind='deliver')
        self._rule(0, role='warehouse')
        self.assertEqual(self._days(step, '2026-06-15'), [('15', self.lead)])

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_log_is_append_only(self):
        step = self._step('2026-06-15')
        rule = self._rule(0)
        self._days(step, '2026-06-15')
        log = rule.env['crm.contract.reminder.log'].search([('step_id', '=', step.id)])
        for user in (self.manager, self.finance, self.rep):
            with self.subTest(user=user.name):
                self.assertEqual(self._by(log, user).date_due, date(2026, 6, 15))
                with self.assertRaises(AccessError):
                    self._by(log, user).user_id = False
                with self.assertRaises(AccessError):
                    self._by(log, user).unlink()
        self.assertFalse(self._by(log, self.rep2).search([('id', '=', log.id)]))
        with self.assertRaises(AccessError):
            self._by(rule, self.rep).days = 3
        self._by(rule, self.manager).days = 3
        with mute_logger('odoo.sql_db'), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            log.copy()
