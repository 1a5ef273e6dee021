from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestChurnCall(ChurnCommon):
    """A manager asks teams and people; what they return is added up."""

    def _call(self, **vals):
        return self._as(self.manager)['crm.churn.call'].create({
            'name': "Why?", 'team_ids': [Command.set(self.team.ids)], 'user_ids': [Command.set(self.employee.ids)], 'question_ids': [
                Command.create({'name': "How many?", 'kind': 'number'}), Command.create({'name': "Again?", 'kind': 'yes'}),
                Command.create({'name': "Why?", 'kind': 'reason'}),
                Command.create({'name': "What else?", 'kind': 'text', 'is_required': False})], **vals})

    def _return(self, call, user):
        return call.return_ids.filtered(lambda found: found.user_id == user).with_env(self._as(user))

    def _answer(self, found, number=0, yes='no', reason=None):
        how_many, again, why, _else = found.answer_ids
        found.write({'answer_ids': [
            Command.update(how_many.id, {'value_number': number}), Command.update(again.id, {'value_yes': yes}),
            Command.update(why.id, {'reason_id': reason and reason.id})]})
        found.action_submit()

    def test_asked(self):
        """The members of the teams and the people named, each once, by an activity; more people are asked when they are added."""
        call = self._call(answer_days=2)
        self.assertFalse(call.return_ids)
        call.action_start()
        self.assertEqual(call.return_ids.user_id, self.lead + self.rep + self.employee)
        self.assertEqual(set(call.return_ids.mapped('date_due')), {date(2026, 6, 17)})
        self.assertEqual(call.return_ids.sudo().activity_ids.user_id, self.lead + self.rep + self.employee)
        call.user_ids += self.rep2
        self.env['crm.churn.call']._cron_ask()
        self.assertEqual((call.return_count, call.done_count), (4, 0))

    def test_not_started(self):
        with self.assertRaisesRegex(UserError, "Add a question"):
            self._call(question_ids=[]).action_start()
        with self.assertRaisesRegex(UserError, "Choose teams or people"):
            self._call(team_ids=[], user_ids=[]).action_start()
        with self.assertRaisesRegex(UserError, "Choose a later day"):
            self._call(date_start='2026-06-01', date_end='2026-06-14').action_start()

    def test_answers_added_up(self):
        call = self._call()
        call.action_start()
        self._answer(self._return(call, self.rep), 3, 'yes', self.price)
        self._answer(self._return(call, self.lead), 0, 'no', self.price)
        mine = self._return(call, self.employee)
        mine.answer_ids[0].value_number = 100   # not handed in
        call.invalidate_recordset()
        self.assertEqual(call.question_ids.mapped('summary'), [
            "2 answers, sum 3, mean 1.5", "1 of 2 say yes", f"{self.price.name} (2)", "None yet"])
        self.assertEqual((call.return_count, call.done_count), (3, 2))
        done = self._return(call, self.rep)
        self.assertEqual(done.kinds, 'number,reason,text,yes')
        self.assertEqual(done.answer_ids.mapped('value'), ["3", "Yes", self.price.name, False])
        self.assertEqual((done.state, done.date_done), ('done', self.TODAY))
        self.assertFalse(done.activity_ids)

    def test_handing_in(self):
        """With all required answers, by the person itself, once; then it stays as it is."""
        call = self._call()
        call.action_start()
        mine = self._return(call, self.rep)
        with self.assertRaisesRegex(UserError, "Please answer: Again\\?, Why\\?"):
            mine.action_submit()
        with self.assertRaisesRegex(AccessError, "Only Rep"):
            mine.with_env(self._as(self.manager)).action_submit()
        self._answer(mine, 1, 'yes', self.need)
        for change in (mine.action_submit, lambda: mine.answer_ids[0].write({'value_number': 2})):
            with self.assertRaisesRegex(UserError, "not open any more"):
                change()
        for change in ({'state': 'open'}, {'user_id': self.rep2.id}, {'date_due': '2026-07-01'}):
            with self.assertRaisesRegex(UserError, "kept by the call"):
                mine.write(change)

    def test_periods(self):
        """Weekly from the first day on, until the last one; what was not answered by then is missed."""
        call = self._call(frequency='weekly', date_start='2026-06-10', date_end='2026-06-24', team_ids=[], user_ids=self.employee.ids)
        call.action_start()
        cron = self.env['crm.churn.call']._cron_ask
        self.assertEqual(call.return_ids.mapped('date'), [date(2026, 6, 10)])
        with freeze_time('2026-06-16 21:59:00'):
            cron()
            self.assertEqual(len(call.return_ids), 1)
        with freeze_time('2026-06-16 22:01:00'):   # the 17th in Brussels
            cron()
            cron()
        self.assertRecordValues(call.return_ids.sorted('date'), [
            {'date': date(2026, 6, 10), 'state': 'missed'}, {'date': date(2026, 6, 17), 'state': 'open'}])
        self.assertEqual(len(call.return_ids.sudo().activity_ids), 1)
        with freeze_time('2026-06-24 12:00:00'):
            cron()
            self.assertEqual((len(call.return_ids), call.state), (3, 'running'))
        with freeze_time('2026-06-25 12:00:00'):
            cron()
        self.assertEqual(call.state, 'closed')
        self.assertEqual(set(call.return_ids.mapped('state')), {'missed'})

    def test_answers_by_period(self):
        """Returns add up day by day, week by week, or month by month, as they are asked for; what was not handed in counts nowhere."""
        for frequency, period, days in (
                ('daily', 'day', ('2026-06-15', '2026-06-16')), ('weekly', 'week', ('2026-06-15', '2026-06-22')),
                ('monthly', 'month', ('2026-06-15', '2026-07-15'))):
            with self.subTest(frequency):
                call = self._call(frequency=frequency, date_start='2026-06-15', user_ids=[])
                for day, numbers in zip(days, ((3, 5), (10, None)), strict=True):
                    with freeze_time(f'{day} 12:00:00'):
                        call.action_start() if call.state == 'draft' else self.env['crm.churn.call']._cron_ask()
                        for user, number in zip((self.rep, self.lead), numbers, strict=True):
                            if number is not None:
                                self._answer(call.return_ids.filtered(
                                    lambda found, day=day, user=user: str(found.date) == day and found.user_id == user
                                ).with_env(self._as(user)), number, 'yes', self.price)
                action = call.action_open_answers()
                self.assertEqual(action['context']['pivot_column_groupby'], [f'date:{period}'])
                self.assertEqual(action['context'][f'search_default_group_{period}'], 2)
                answers = self._as(self.manager)['crm.churn.call.answer']._read_group(
                    [*action['domain'], ('kind', '=', 'number')], [f'date:{period}'], ['value_number:sum', 'value_number:avg', '__count'])
                self.assertEqual([row[1:] for row in answers], [(8, 4, 2), (10, 10, 1)])
        self.assertNotIn('pivot_column_groupby', self._call().action_open_answers()['context'])

    def test_who_sees(self):
        call = self._call()
        call.action_start()
        returns = call.return_ids

        def seen(user, model, ids):
            return self._as(user)[model].search([('id', 'in', ids)])
        for user in (self.manager, self.analyst):
            self.assertEqual(seen(user, 'crm.churn.call.return', returns.ids), returns)
        self.assertEqual(seen(self.rep, 'crm.churn.call.return', returns.ids).user_id, self.rep)
        self.assertEqual(seen(self.rep, 'crm.churn.call.answer', returns.answer_ids.ids).user_id, self.rep)
        self.assertEqual(seen(self.employee, 'crm.churn.call', call.ids), call)
        for user in (self.rep2, self.manager_usd):
            self.assertFalse(seen(user, 'crm.churn.call', call.ids))
            self.assertFalse(seen(user, 'crm.churn.call.return', returns.ids))
        for user in (self.rep, self.analyst):
            with self.assertRaises(AccessError):
                call.with_env(self._as(user)).write({'name': "Other"})
        with self.assertRaises(AccessError):
            self._return(call, self.rep).answer_ids.with_env(self._as(self.lead)).write({'value_number': 1})
        with self.assertRaises(AccessError):
            self._return(call, self.rep).answer_ids.with_env(self._as(self.manager)).write({'value_number': 1})

    def test_answered_question_stays(self):
        call = self._call()
        call.action_start()
        self._answer(self._return(call, self.rep), 1, 'yes', self.need)
        with self.assertRaisesRegex(UserError, "has been answered"):
            call.question_ids[1].unlink()
