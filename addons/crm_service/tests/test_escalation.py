from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .sla_common import SlaCommon, at


@tagged('post_install', '-at_install')
class TestEscalation(SlaCommon):
    """What is done as the time runs out; now is Monday 14:00, the hotline works until 17:00."""

    def _step(self, percent=50, **vals):
        return (0, 0, {'trigger': 'percent', 'percent': percent, 'whom': 'assignee', 'how': 'activity', **vals})

    def _told(self, ticket, kind='escalation'):
        ticket.invalidate_recordset(['activity_ids'])
        return ticket.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(f'crm_service.mail_activity_{kind}')).mapped('user_id')

    def test_each_step_at_its_moment_and_once(self):
        policy = self._policy('resolution', 2, step_ids=[
            self._step(50), self._step(80, whom='leader'), self._step(100, whom='user', user_id=self.agent2.id),
            (0, 0, {'trigger': 'after', 'hours': 1, 'whom': 'managers', 'how': 'mail'})])
        ticket = self._ticket(user_id=self.agent.id)
        sla = self._sla(ticket)
        self.assertEqual(sla.date_step, at('Mon 15:00'))
        told = self.env['res.users']
        for moment, user, following in (
                ('Mon 14:59', told, 'Mon 15:00'), ('Mon 15:00', self.agent, 'Mon 15:36'), ('Mon 15:01', told, 'Mon 15:36'),
                ('Mon 15:36', self.service_lead, 'Mon 16:00'), ('Mon 16:01', self.agent2, 'Tue 08:00')):
            told |= user
            self._watch(moment)
            with self.subTest(moment=moment):
                self.assertEqual((self._told(ticket), sla.date_step), (told, at(following)))
        self.assertEqual((sla.is_breached, ticket.sla_state), (True, 'breached'))
        self._watch('Tue 08:00')
        self.assertFalse(sla.date_step)
        self.assertEqual(len(sla.step_log_ids), 4)
        last = sla.step_log_ids.filtered(lambda log: log.step_id == policy.step_ids.filtered(lambda step: step.trigger == 'after'))
        self.assertIn(self.service_manager, last.user_ids)
        note = self.env['mail.message'].search([
            ('model', '=', 'crm.ticket'), ('res_id', '=', ticket.id), ('message_type', '=', 'user_notification'), ('subject', '!=', False)],
            order='id desc', limit=1)
        self.assertIn(self.service_manager.partner_id, note.notified_partner_ids)
        self.assertIn("is overdue", note.subject)
        self.assertFalse(ticket.date_first_response)      # telling ourselves is no answer to the customer
        before = len(ticket.activity_ids)
        for moment in ('Tue 08:05', 'Wed 12:30', 'Thu 10:00'):
            self._watch(moment)
        self.assertEqual((len(ticket.activity_ids), len(sla.step_log_ids)), (before, 4))

    def test_steps_that_change(self):
        """They count for what is looked at next; those of other policies do not."""
        policy = self._policy('resolution', 2, step_ids=[self._step(50)])
        self._policy('resolution', 2, kind='complaint', step_ids=[self._step(10)])
        step = policy.step_ids
        self.assertEqual(self._sla(self._ticket()).date_step, at('Mon 15:00'))
        step.percent = 25
        self.assertEqual(self._sla(self._ticket()).date_step, at('Mon 14:30'))
        self.env['crm.escalation.step'].create({'policy_id': policy.id, 'percent': 5, 'whom': 'leader'})
        self.assertEqual(self._sla(self._ticket()).date_step, at('Mon 14:06'))
        policy.step_ids.unlink()
        self.assertFalse(self._sla(self._ticket()).date_step)

    def test_missed_run_takes_all_steps_in_their_order(self):
        self._policy('resolution', 2, step_ids=[self._step(80, whom='leader'), self._step(50)])
        ticket = self._ticket(user_id=self.agent.id)
        self._watch('Mon 15:50')
        self.assertEqual([log.step_id.percent for log in self._sla(ticket).step_log_ids.sorted('id')], [50, 80])
        self.assertEqual(self._told(ticket), self.agent + self.service_lead)

    def test_nobody_hears_the_same_twice(self):
        """Two steps are due at once, for the same person."""
        self._policy('resolution', 2, step_ids=[self._step(50), self._step(80)])
        ticket = self._ticket(user_id=self.agent.id)
        self._watch('Mon 15:50')
        self.assertEqual((len(ticket.activity_ids), len(self._sla(ticket).step_log_ids)), (1, 2))

    def test_not_at_night(self):
        """Around the clock, it is due at 22:00; the team is told in the morning."""
        self._policy('resolution', 16, clock='always', step_ids=[self._step(50)])
        ticket = self._ticket(user_id=self.agent.id)
        self.assertEqual((self._sla(ticket).date_due, self._sla(ticket).date_step), (at('Tue 06:00'), at('Tue 08:00')))
        for moment in ('Mon 22:01', 'Tue 06:01'):
            self._watch(moment)
            self.assertFalse(self._told(ticket))
        self.assertTrue(self._sla(ticket).is_breached)
        self._watch('Tue 08:00')
        self.assertEqual(self._told(ticket), self.agent)

    def test_late_run_waits_for_the_morning(self):
        """Due one minute before closing time, the job comes five minutes after it."""
        self._policy('resolution', 4, step_ids=[self._step(75)])
        ticket = self._ticket(user_id=self.agent.id)
        self.assertEqual(self._sla(ticket).date_step, at('Tue 08:00'))     # 17:00 is closing time already
        self._policy('resolution', 4, kind='question', step_ids=[self._step(74)])
        other = self._ticket(user_id=self.agent.id)
        self._watch('Mon 17:02')
        self.assertFalse(self._told(ticket) + self._told(other))
        self._watch('Tue 08:01')
        self.assertEqual(self._told(ticket) + self._told(other), self.agent)

    def test_only_while_it_runs(self):
        self._policy('resolution', 2, step_ids=[self._step(50)])
        waiting, solved, double, cancelled, running = tickets = self._tickets(5, user_id=self.agent.id)
        self._by(waiting).action_wait()
        self._by(solved).action_solve()
        self._by(cancelled).action_cancel()
        double.sudo().merged_into_id = running
        double._log('merged')
        self._watch('Tue 10:00')
        self.assertEqual(tickets.filtered(self._told), running)
        with self._at('Tue 11:00'):
            self._by(waiting).action_resume()
        self._watch('Tue 11:59')
        self.assertFalse(self._told(waiting))
        self._watch('Tue 13:00')
        self.assertEqual(self._told(waiting), self.agent)

    def test_nobody_has_it(self):
        self._policy('resolution', 2, step_ids=[self._step(50)])
        of_team, of_nobody = self._ticket(), self._ticket(team_id=self.workshop.id)
        self._watch('Mon 15:00')
        self.assertEqual(self._told(of_team), self.service_lead)
        self.assertIn(self.service_manager, self._told(of_nobody))
        self.assertNotIn(self.env.ref('base.user_root'), self._told(of_nobody))

    def test_reassign_and_raise(self):
        """A raised priority brings another promise, whose steps count from then on."""
        self._policy('resolution', 2, priority_to='1', step_ids=[
            self._step(50, how='none', reassign_id=self.agent2.id, raise_priority=True), self._step(90)])
        urgent = self._policy('resolution', 4, priority_from='2', step_ids=[self._step(50)])
        ticket = self._ticket(user_id=self.agent.id)
        self._watch('Mon 15:00')
        self.assertEqual((ticket.user_id, ticket.priority, self._sla(ticket).policy_id), (self.agent2, '2', urgent))
        self.assertEqual(self._sla(ticket).date_step, at('Mon 16:00'))
        self._watch('Mon 15:50')
        self.assertFalse(self._told(ticket))
        self._watch('Mon 16:00')
        self.assertEqual(self._told(ticket), self.agent2)

    def test_by_chat(self):
        self._policy('resolution', 2, step_ids=[self._step(50, how='chat')])
        ticket = self._ticket(user_id=self.agent.id)
        self._watch('Mon 15:00')
        message = self.env['mail.message'].search([('model', '=', 'discuss.channel'), ('body', 'ilike', ticket.name)], limit=1)
        self.assertIn("runs out", message.body)
        channel = self.env['discuss.channel'].browse(message.res_id)
        self.assertEqual(channel.channel_member_ids.partner_id, self.agent.partner_id + self.env.ref('base.partner_root'))

    def test_mails_go_by_the_queue(self):
        """A morning with many of them holds up nothing: the job that sends them is called once."""
        self._policy('resolution', 2, step_ids=[self._step(50, how='mail'), self._step(80, how='none', raise_priority=True)])
        tickets = self._tickets(3, user_id=self.agent.id)
        sender = self.env.ref('mail.ir_cron_mail_scheduler_action')
        self.env['ir.cron.trigger'].search([('cron_id', '=', sender.id)]).unlink()
        with patch.object(self.registry['mail.mail'], 'send_after_commit', side_effect=AssertionError("is sent at once")):
            self._watch('Mon 15:00')
        mails = self.env['mail.mail'].search([('model', '=', 'crm.ticket'), ('res_id', 'in', tickets.ids)])
        self.assertEqual((len(mails), set(mails.mapped('state'))), (3, {'outgoing'}))
        self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', sender.id)]), 1)
        self._watch('Mon 15:36')     # nobody is told
        self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', sender.id)]), 1)

    def test_in_the_language_and_time_zone_of_the_person(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.agent.write({'tz': 'Asia/Shanghai'})
        self._policy('resolution', 2, step_ids=[self._step(50)])
        ticket = self._ticket(user_id=self.agent.id)
        self._watch('Mon 15:00')
        self.assertIn("2026-06-15 22:00", ticket.activity_ids.note)      # 16:00 in Brussels

    def test_one_that_fails_holds_nobody_up(self):
        policy = self._policy('resolution', 2, step_ids=[self._step(50, how='none', reassign_id=self.agent_usd.id)])
        self._policy('resolution', 2, kind='question', step_ids=[self._step(50)])
        bad, good = self._ticket(type_id=self.repair.id, user_id=self.agent.id), self._ticket(user_id=self.agent.id)
        with self.assertLogs('odoo.addons.crm_service', 'WARNING'):
            self._watch('Mon 15:00')
        self.assertEqual(self._told(good), self.agent)
        self.assertEqual((bad.user_id, self._sla(bad).policy_id), (self.agent, policy))
        self.assertTrue(self._sla(bad).step_log_ids.note)

    def test_impossible_steps(self):
        for vals in ({'whom': 'user'}, {'how': 'none'}):
            with self.subTest(**vals), self.assertRaises(ValidationError):
                self._policy('resolution', 2, step_ids=[self._step(50, **vals)])

    # ------------------------------------------------------------------
    # Causes
    # ------------------------------------------------------------------

    def test_breach_asks_for_its_cause(self):
        self._policy('first_response', 1, cause_required=True)
        ticket = self._ticket(user_id=self.agent.id)
        self._watch('Mon 15:00')
        self.assertFalse(self._told(ticket, 'breach_cause'))
        with self._at('Mon 15:01'), self.assertRaisesRegex(UserError, "Say first why"):      # nobody has noticed yet: it is broken
            self._by(ticket).action_solve()
        self._watch('Mon 15:01')
        self.assertEqual(self._told(ticket, 'breach_cause'), self.agent)
        with self._at('Mon 15:30'):
            self._by(ticket).action_wait()
        with self.assertRaisesRegex(UserError, "Say first why"):
            self._by(ticket).action_close()
        cause = self.env.ref('crm_service.crm_breach_cause_unseen')
        self._by(self._sla(ticket, 'first_response')).write({'cause_id': cause.id, 'cause_note': "Holidays"})
        self.assertFalse(self._told(ticket, 'breach_cause'))
        self._by(ticket).action_solve()
        self.assertEqual(ticket.state, 'solved')

    def test_customer_closes_without_our_cause(self):
        self._policy('resolution', 1, cause_required=True)
        ticket = self._ticket()
        self._watch('Mon 15:01')
        self.assertEqual(self._told(ticket, 'breach_cause'), self.service_lead)
        self._by(ticket)._move('closed', role='customer')
        self.assertEqual(ticket.state, 'closed')

    def test_breach_as_it_is_answered(self):
        """Noticed by the answer itself, before the job comes: asked once."""
        self._policy('first_response', 1)
        ticket = self._ticket(user_id=self.agent.id)
        with self._at('Mon 15:30'):
            self._answer(ticket)
        self._watch('Mon 15:35')
        self.assertEqual(len(ticket.activity_ids), 1)

    def test_rights(self):
        self._policy('resolution', 1, step_ids=[self._step(50)])
        ticket = self._ticket(user_id=self.agent.id)
        self._watch('Mon 14:40')
        log = self._sla(ticket).step_log_ids
        self.assertEqual(self._by(log).user_ids, self.agent)
        for user in (self.agent3, self.rep):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(log, user).read(['note'])
        with self.assertRaises(AccessError):
            self._by(log, self.service_manager).unlink()
        with self.assertRaises(AccessError):
            self._by(log.step_id, self.service_lead).percent = 1
