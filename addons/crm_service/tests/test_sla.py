from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .sla_common import SlaCommon, at


@tagged('post_install', '-at_install')
class TestSla(SlaCommon):
    """Promises on tickets as they go their way; now is Monday 14:00."""

    def test_deadlines_when_it_comes(self):
        self._policy('first_response', 2)
        self._policy('resolution', unit='days', days=1.5)
        ticket = self._ticket()
        self.assertSla(self._sla(ticket, 'first_response'), 'running', 0, 'Mon 16:00')
        self.assertSla(self._sla(ticket), 'running', 0, 'Wed 09:00')      # 12 hours: 3 on Monday, 8 on Tuesday, 1 on Wednesday
        self.assertEqual((ticket.date_due, ticket.sla_state), (at('Mon 16:00'), 'running'))
        self.assertFalse(self._sla(ticket, 'next_response'))

    def test_first_response(self):
        self._policy('first_response', 2)
        kept, late, silent = self._tickets(3)
        with self._at('Mon 16:00'):
            self._answer(kept)
        with self._at('Mon 16:01'):
            self._answer(late)
            self._by(silent).action_solve()      # solved is an answer, too
        self.assertSla(self._sla(kept, 'first_response'), 'met', 120, 'Mon 16:00')
        self.assertSla(self._sla(late, 'first_response'), 'missed', 121, 'Mon 16:00', breached=True)
        self.assertSla(self._sla(silent, 'first_response'), 'missed', 121, 'Mon 16:00', breached=True)
        self.assertEqual([ticket.sla_state for ticket in (kept, late, silent)], ['met', 'breached', 'breached'])
        self.assertFalse(kept.date_due)

    def test_after_closing_time_nothing_more_is_used(self):
        self._policy('resolution', 3)
        in_the_evening, next_morning = self._tickets(2)
        self.assertEqual(in_the_evening.date_due, at('Mon 17:00'))
        self._watch('Mon 17:05')
        self.assertFalse(self._sla(next_morning).is_breached)
        with self._at('Mon 20:00'):
            self._by(in_the_evening).action_solve()
        with self._at('Tue 08:01'):
            self._by(next_morning).action_solve()
        self.assertSla(self._sla(in_the_evening), 'met', 180, 'Mon 17:00')
        self.assertSla(self._sla(next_morning), 'missed', 181, 'Mon 17:00', breached=True)

    def test_pause_and_resume(self):
        self._policy('resolution', 4)
        ticket = self._ticket()
        with self._at('Mon 15:00'):
            self._by(ticket).action_wait()
        self.assertSla(self._sla(ticket), 'paused', 60)
        self.assertEqual((ticket.date_due, ticket.sla_state), (False, 'paused'))
        with self._at('Wed 09:00'):
            self._ask(ticket)
        self.assertSla(self._sla(ticket), 'running', 60, 'Wed 12:00')
        self.assertEqual((ticket.date_due, ticket.sla_state), (at('Wed 12:00'), 'running'))
        with self._at('Wed 11:59'):
            self._by(ticket).action_solve()
        self.assertSla(self._sla(ticket), 'met', 239, 'Wed 12:00')

    def test_solved_out_of_a_pause_and_reopened(self):
        self._policy('resolution', 4)
        ticket = self._ticket()
        with self._at('Mon 15:00'):
            self._by(ticket).action_wait()
        with self._at('Tue 15:00'):
            self._by(ticket).action_solve()
        self.assertSla(self._sla(ticket), 'met', 60)
        with self._at('Thu 09:00'):
            self._ask(ticket, "It still leaks")
        self.assertSla(self._sla(ticket), 'running', 60, 'Thu 12:00')
        with self._at('Thu 14:00'):
            self._by(ticket).action_close()
        self.assertSla(self._sla(ticket), 'missed', 300, 'Thu 12:00', breached=True)

    def test_that_does_not_pause(self):
        self._policy('resolution', 8, pauses=False, clock='always')
        ticket = self._ticket()
        with self._at('Mon 15:00'):
            self._by(ticket).action_wait()
        self.assertSla(self._sla(ticket), 'running', due='Mon 22:00')
        with self._at('Mon 16:00'):
            self._by(ticket).action_solve()
        self.assertSla(self._sla(ticket), 'met', 120)
        with self._at('Mon 20:00'):
            self._by(ticket).action_reopen()
        with self._at('Mon 22:01'):
            self._by(ticket).action_solve()
        self.assertSla(self._sla(ticket), 'missed', 481, 'Mon 22:00', breached=True)

    def test_next_response(self):
        self._policy('next_response', 2)
        ticket = self._ticket()
        with self._at('Mon 14:10'):
            self._ask(ticket, "Hello?")         # not answered yet: that is the first response
        self.assertFalse(ticket.sla_ids)
        with self._at('Mon 14:20'):
            self._answer(ticket)
        with self._at('Mon 14:30'):
            self._ask(ticket, "And the colour?")
        with self._at('Mon 14:40'):
            self._ask(ticket, "And the size?")  # still the same question
        self.assertSla(self._sla(ticket, 'next_response'), 'running', 0, 'Mon 16:30')
        with self._at('Mon 16:30'):
            self._answer(ticket)
        with self._at('Mon 16:45'):
            self._ask(ticket, "Thanks, and the price?")
        self.assertSla(self._sla(ticket, 'next_response'), 'met', 120, 'Mon 16:30')
        self.assertSla(self._sla(ticket, 'next_response', 2), 'running', 0, 'Tue 09:45')
        with self._at('Tue 08:00'):
            self._by(ticket).action_wait()
        self.assertSla(self._sla(ticket, 'next_response', 2), 'paused', 15)
        with self._at('Tue 09:00'):
            self._by(ticket).action_solve()
        self.assertSla(self._sla(ticket, 'next_response', 2), 'met', 15)

    def test_clock_of_the_sender_is_ahead(self):
        self._policy('next_response', 2)
        ticket = self._ticket()
        self._answer(ticket)
        with self._at('Mon 15:00'):
            ticket.message_post(
                body="From 2030", message_type='email', subtype_xmlid='mail.mt_comment', author_id=self.person.id, date=at('Sun 10:00'))
        self.assertEqual(ticket.date_last_asked, at('Mon 15:00'))
        self.assertSla(self._sla(ticket, 'next_response'), 'running', 0, 'Mon 17:00')

    def test_question_on_a_solved_ticket(self):
        self._policy('next_response', 2)
        ticket = self._ticket('solved')
        with self._at('Tue 08:00'):
            self._ask(ticket, "No")
        self.assertSla(self._sla(ticket, 'next_response'), 'running', 0, 'Tue 10:00')

    def test_cancelled_and_merged(self):
        self._policy('first_response', 2)
        self._policy('resolution', 4)
        spam, double, other = self._tickets(3)
        with self._at('Mon 15:00'):
            self._answer(spam)
            self._by(spam).action_cancel()
            double.sudo().write({'merged_into_id': other.id})
            double._log('merged')
        self.assertEqual([sla.state for sla in spam.sla_ids.sorted('promise')], ['met', 'void'])
        self.assertEqual(set(double.sla_ids.mapped('state')), {'void'})
        self.assertEqual((double.date_due, double.sla_state, spam.sla_state), (False, False, 'met'))
        with self._at('Mon 17:00'):
            self._by(spam, self.service_lead).action_reopen()
        self.assertSla(self._sla(spam), 'running', 60, 'Tue 11:00')      # the time for which it was cancelled does not count

    def test_merged_and_taken_up_again(self):
        self._policy('resolution', 4)
        double, other = self._tickets(2)
        with self._at('Mon 15:00'):
            double._merge_into(other)
        self.assertEqual((self._sla(double).state, self._sla(other).state), ('void', 'running'))
        with self._at('Mon 16:00'):
            self._by(double, self.service_lead).action_reopen()
        self.assertSla(self._sla(double), 'running', 60, 'Tue 10:00')
        with self._at('Mon 16:00'):
            self.assertFalse((double + other)._sla_recompute())

    # ------------------------------------------------------------------
    # Which hours
    # ------------------------------------------------------------------

    def test_whose_hours(self):
        policy = self._policy('resolution', 4)
        nights = self._calendar(self.company, 'America/New_York', [(9, 17)])
        self.customer.with_company(self.company).crm_service_calendar_id = nights
        for vals, due in (
                ({'clock': 'team'}, 'Tue 09:00'), ({'clock': 'always'}, 'Mon 18:00'),
                ({'clock': 'customer'}, 'Mon 19:00'),                                     # opens at 15:00 in Brussels
                ({'clock': 'calendar', 'calendar_id': nights.id}, 'Mon 19:00')):
            with self.subTest(**vals):
                policy.write(vals)
                self.assertSla(self._sla(self._ticket()), 'running', 0, due)
        policy.write({'clock': 'customer', 'calendar_id': False})
        other = self._ticket(partner_id=self.person2.id)
        self.assertSla(self._sla(other), 'running', 0, 'Tue 09:00')      # has no hours: those of the team
        self.customer.tz = 'America/Los_Angeles'
        self.assertSla(self._sla(self._ticket()), 'running', 0, 'Mon 22:00')

    def test_without_team_or_hours(self):
        self._policy('resolution', 4)
        self.company.resource_calendar_id = self.calendar
        self.assertSla(self._sla(self._ticket(team_id=False)), 'running', 0, 'Tue 09:00')
        self.hotline.calendar_id = False
        self.assertSla(self._sla(self._ticket()), 'running', 0, 'Mon 18:00')
        self.hotline.calendar_id = self._calendar(self.company, 'UTC', [])
        ticket = self._ticket()
        self.assertSla(self._sla(ticket), 'running', 0)
        self.assertEqual((self._sla(ticket).date_due, ticket.date_due, ticket.sla_state), (False, False, 'running'))

    def test_holiday_entered_later(self):
        self._policy('resolution', 4)
        ticket, done = self._tickets(2)
        with self._at('Mon 15:00'):
            self._by(done).action_solve()
        self.assertEqual(ticket.date_due, at('Tue 09:00'))
        holiday = self.env['resource.calendar.leaves'].create({
            'name': "Off", 'calendar_id': self.calendar.id, 'date_from': '2026-06-15 22:00:00', 'date_to': '2026-06-16 21:59:59'})
        self.assertEqual((self._sla(ticket).is_stale, self._sla(done).is_stale), (True, False))
        self._watch('Mon 16:00')
        self.assertSla(self._sla(ticket), 'running', 0, 'Wed 09:00')
        self.assertEqual((ticket.date_due, self._sla(ticket).is_stale), (at('Wed 09:00'), False))
        holiday.unlink()
        self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == '1' and line.hour_from == 8).hour_from = 9
        self._watch('Mon 16:00')
        self.assertEqual(ticket.date_due, at('Tue 10:00'))

    def test_day_off_of_a_person(self):
        self._policy('resolution', 4)
        ticket = self._ticket()
        person = self.env['resource.resource'].create({'name': "Somebody", 'calendar_id': self.calendar.id, 'company_id': self.company.id})
        self.env['resource.calendar.leaves'].create({
            'name': "Off", 'resource_id': person.id, 'calendar_id': self.calendar.id, 'date_from': '2026-06-15 22:00:00',
            'date_to': '2026-06-16 21:59:59'})
        self.assertFalse(self._sla(ticket).is_stale)

    # ------------------------------------------------------------------
    # Which promise
    # ------------------------------------------------------------------

    def test_the_most_specific(self):
        plain = self._policy('resolution', 8, sequence=1)
        complaint = self._policy('resolution', 4, kind='complaint', sequence=2)
        grade = self.env['crm.grade'].create({'name': "A1", 'company_id': self.company.id})
        best = self._policy('resolution', 3, grade_ids=grade.ids, sequence=9)
        both = self._policy('resolution', 1, kind='complaint', priority_from='2', sequence=99)
        self._profiles(self.customer).grade_id = grade
        for vals, expected in (
                ({'partner_id': self.person2.id}, plain), ({'partner_id': self.person2.id, 'type_id': self.complaint.id}, both),
                ({'partner_id': self.person2.id, 'type_id': self.complaint.id, 'priority': '1'}, complaint), ({}, best),
                ({'type_id': self.complaint.id, 'priority': '1'}, best), ({'type_id': self.complaint.id}, both)):
            with self.subTest(**vals):
                self.assertEqual(self._sla(self._ticket(**vals)).policy_id, expected)
        explanation = self._sla(self._ticket()).explanation
        self.assertIn("Chosen because of the grade.", explanation)
        self.assertIn("“resolution 8” (less specific)", explanation)
        self.assertIn("“resolution 4” (the sort does not fit)", explanation)

    def test_every_condition(self):
        category = self.env['product.category'].create({'name': "Pumps"})
        below = category.create({'name': "Small pumps", 'parent_id': category.id})
        pump = self.env['product.product'].create({'name': "Pump", 'categ_id': below.id})
        segment = self.env['crm.segment'].create({
            'name': "Contract", 'company_id': self.company.id, 'domain': "[('partner_id.ref', '=', 'C')]"})
        self.customer.ref = 'C'
        self._profiles(self.customer + self.customer2)
        self._policy('resolution', 8)
        for vals, fits, not_fits in (
                ({'type_ids': self.repair.ids}, {'type_id': self.repair.id}, {}),
                ({'team_ids': self.workshop.ids}, {'team_id': self.workshop.id}, {}),
                ({'tag_ids': self.tag_pump.ids}, {'tag_ids': (self.tag_pump + self.tag_bill).ids}, {'tag_ids': self.tag_bill.ids}),
                ({'category_ids': category.ids}, {'product_id': pump.id}, {'product_id': self.product.id}),
                ({'segment_ids': segment.ids}, {}, {'partner_id': self.person2.id}),
                ({'priority_to': '0'}, {'priority': '0'}, {'priority': '1'}),
                ({'domain': "[('channel', '=', 'web')]"}, {'channel': 'web'}, {})):
            with self.subTest(**vals):
                policy = self._policy('resolution', 1, **vals)
                self.assertEqual(self._sla(self._ticket(**fits)).policy_id, policy)
                self.assertNotEqual(self._sla(self._ticket(**not_fits)).policy_id, policy)
                policy.active = False

    def test_best_grades_to_begin_with(self):
        best, good = self.env['crm.grade'].create([
            {'name': name, 'company_id': self.company.id, 'sequence': number} for number, name in enumerate(("A1", "B"))])
        for _turn in range(2):
            self.env['crm.sla.policy']._promise_best_grades()
        policies = self.env['crm.sla.policy'].search([('company_id', '=', self.company.id)])
        self.assertEqual(
            [(policy.promise, policy[policy.unit], policy.grade_ids) for policy in policies],
            [('first_response', 2, best), ('resolution', 2, best)])
        self._profiles(self.customer).grade_id = good
        self.assertFalse(self._ticket().sla_ids)

    def test_companies_that_come_later(self):
        """They have promises from their first ticket on, those that come with the addon; what a company promises itself goes first."""
        general = self.env['crm.sla.policy'].with_context(active_test=False).search([('company_id', '=', False)])
        general.active = True
        new, other = self.env['res.company'].create([{'name': f"Newcomer {number}"} for number in (1, 2)])
        own = self._policy('resolution', 1, company_id=other.id)

        def promised(company, **vals):
            slas = self._tickets(1, company=company, team_id=False, **vals).sla_ids
            return {(sla.promise, sla.policy_id, sla.minutes) for sla in slas}
        answer, solution, complaint = (
            self.env.ref(f'crm_service.crm_sla_policy_{name}') for name in ('first_response', 'resolution', 'resolution_complaint'))
        day = new.resource_calendar_id.hours_per_day * 60
        self.assertEqual(promised(new), {('first_response', answer, 240), ('resolution', solution, 3 * day)})
        self.assertEqual(promised(other), {('first_response', answer, 240), ('resolution', own, 60)})
        of_complaint = promised(other, type_id=self.complaint.id)      # more conditions count more, whosever they are
        self.assertIn(('resolution', complaint, 2 * day), of_complaint)
        solution.active = False
        self.assertEqual(promised(new), {('first_response', answer, 240)})

    def test_general_promises_by_role(self):
        """Everybody in service reads what holds for all companies; managers change it, and apply it where they work."""
        policy = self._policy('resolution', 8, company_id=False)
        here, abroad = self._ticket(), self._ticket(company=self.company_usd)
        self.assertEqual((here + abroad).sla_ids.policy_id, policy)
        self.assertIn(policy, self._by(self.env['crm.sla.policy'], self.agent_usd).search([]))
        with self.assertRaises(AccessError):
            self._by(policy, self.agent).hours = 4
        self._by(policy, self.service_manager).hours = 4
        self.assertEqual((here + abroad).sla_ids.mapped('minutes'), [480, 480])
        policy.with_env(self._as(self.service_manager, self.company_usd)).action_apply_to_open()
        self.assertEqual((here.sla_ids.minutes, abroad.sla_ids.minutes), (480, 240))

    def test_companies_apart(self):
        self._policy('resolution', 8)
        self.assertFalse(self._ticket(company=self.company_usd).sla_ids)

    def test_changed_ticket(self):
        """Chosen anew; the time since the opening counts."""
        self._policy('resolution', 8)
        urgent = self._policy('resolution', 2, priority_from='3')
        self._policy('first_response', 4)
        ticket = self._ticket()
        with self._at('Mon 15:00'):
            self._answer(ticket)
            ticket.priority = '3'
        self.assertSla(self._sla(ticket), 'running', 0, 'Mon 16:00')
        self.assertEqual(self._sla(ticket).policy_id, urgent)
        self.assertSla(self._sla(ticket, 'first_response'), 'met', 60)      # that is done
        with self._at('Mon 16:30'):
            ticket.priority = '1'
        self.assertSla(self._sla(ticket), 'running', 0, 'Tue 14:00')
        urgent.company_id.flush_recordset()
        (self.env['crm.sla.policy'].search([('promise', '=', 'resolution'), ('company_id', '=', self.company.id)]) - urgent).active = False
        ticket.tag_ids = self.tag_bill
        self.assertEqual((self._sla(ticket).state, ticket.sla_state), ('void', 'met'))
        ticket.priority = '3'
        self.assertSla(self._sla(ticket), 'running', 0, 'Mon 16:00')

    def test_policy_switch_after_a_pause(self):
        self._policy('resolution', 8)
        self._policy('resolution', 2, tag_ids=self.tag_pump.ids)
        ticket = self._ticket()
        with self._at('Mon 15:00'):
            self._by(ticket).action_wait()
        with self._at('Tue 15:00'):
            ticket.tag_ids = self.tag_pump
        self.assertSla(self._sla(ticket), 'paused', 60)
        with self._at('Wed 08:00'):
            self._by(ticket).action_resume()
        self.assertSla(self._sla(ticket), 'running', 60, 'Wed 09:00')

    def test_changed_policy(self):
        policy = self._policy('resolution', 8)
        other = self._policy('first_response', 2)
        ticket = self._ticket()
        policy.hours = 4
        other.hours = 1
        self.assertEqual(policy.version_ids.sorted('number').mapped('terms'), [
            {**policy._terms(), 'time': 480}, {**policy._terms(), 'time': 240}])
        ticket.tag_ids = self.tag_bill       # the same promise is chosen: it stays as it was given
        self.assertSla(self._sla(ticket), 'running', 0, 'Tue 14:00')
        self.assertEqual((policy.version, self._sla(ticket).version), (2, 1))
        self.assertSla(self._sla(self._ticket()), 'running', 0, 'Tue 09:00')
        result = policy.action_apply_to_open()
        self.assertSla(self._sla(ticket), 'running', 0, 'Tue 09:00')
        self.assertEqual(self._sla(ticket).version, 2)
        self.assertSla(self._sla(ticket, 'first_response'), 'running', 0, 'Mon 16:00')      # another promise
        self.assertIn("1 of", result['params']['message'])
        policy.name = "Renamed"
        self.assertEqual(policy.version, 2)
        with self.assertRaises(AccessError):
            policy.version_ids[:1].with_user(self.service_manager).write({'terms': {}})
        with self.assertRaises(UserError):
            policy.version_ids.unlink()
        with self.assertRaisesRegex(UserError, "archive it"):
            policy.unlink()

    def test_impossible_policies(self):
        for vals, message in (
                ({'hours': 0.001}, "one minute"), ({'priority_from': '3', 'priority_to': '1'}, "lower priority first"),
                ({'domain': "[('nothing', '=', 1)]"}, "does not work"), ({'domain': "open('x')"}, "is not a domain")):
            with self.subTest(**vals), self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
                self._policy('resolution', **{'hours': 8, **vals}).flush_recordset()
        for vals in ({'hours': 0}, {'unit': 'days', 'days': 0}, {'clock': 'calendar'}):
            with self.subTest(**vals), self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._policy('resolution', **{'hours': 8, **vals}).flush_recordset()

    # ------------------------------------------------------------------
    # Figures from the log
    # ------------------------------------------------------------------

    def test_recomputed_from_the_log(self):
        """Whatever has happened: the log gives the same figures."""
        self._policy('first_response', 2)
        self._policy('next_response', 2)
        self._policy('resolution', 4)
        self._policy('resolution', 2, priority_from='3', pauses=False)
        tickets = self._tickets(6)
        story = [
            ('Mon 14:10', lambda t: self._answer(t[0])), ('Mon 14:30', lambda t: self._by(t[1:3]).action_wait()),
            ('Mon 15:00', lambda t: t[3].write({'priority': '3'})), ('Mon 15:10', lambda t: self._ask(t[0])),
            ('Mon 16:00', lambda t: self._by(t[2]).action_solve()), ('Mon 16:20', lambda t: self._by(t[4]).action_cancel()),
            ('Tue 08:30', lambda t: self._ask(t[1])), ('Tue 09:00', lambda t: self._by(t[2]).action_reopen()),
            ('Tue 11:00', lambda t: self._by(t[2]).action_close()), ('Tue 12:30', lambda t: self._by(t[0]).action_take()),
            ('Tue 14:30', lambda t: self._answer(t[0])), ('Tue 15:00', lambda t: self._by(t[3]).action_solve())]
        for moment, event in story:
            with self._at(moment):
                event(tickets)
        self._watch('Tue 16:00')
        names = [
            'state', 'date_start', 'date_due', 'date_breach', 'date_reached', 'worked_minutes', 'is_breached', 'date_step', 'minutes']
        before, shown = tickets.sla_ids.read(names), tickets.read(['date_due', 'sla_state'])
        self.assertEqual({row['state'] for row in before}, {'running', 'met', 'missed', 'void'})
        with self._at('Tue 16:00'):
            self.assertFalse(tickets._sla_recompute())
        self.assertEqual(tickets.sla_ids.read(names), before)
        tickets.sla_ids.sudo().write({'state': 'void', 'worked_minutes': 7, 'date_due': False, 'is_breached': False, 'date_breach': False})
        tickets.sudo().write({'date_due': False, 'sla_state': False})
        with self._at('Tue 16:00'):
            tickets._sla_recompute()
        self.assertEqual(tickets.sla_ids.read(names), before)
        self.assertEqual(tickets.read(['date_due', 'sla_state']), shown)

    def test_what_reports_group_by(self):
        self._policy('first_response', 2)
        self._policy('resolution', 8)
        ticket = self._ticket()
        self._by(ticket).action_take()
        self._answer(ticket)
        ticket.write({'user_id': self.agent2.id, 'team_id': self.workshop.id})
        first, resolution = self._sla(ticket, 'first_response'), self._sla(ticket)
        self.assertEqual((first.user_id, first.team_id), (self.agent, self.hotline))
        self.assertEqual((resolution.user_id, resolution.team_id), (self.agent2, self.workshop))

    # ------------------------------------------------------------------
    # Rights and cost
    # ------------------------------------------------------------------

    def test_rights(self):
        policy = self._policy('resolution', 8)
        sla = self._sla(self._ticket())
        with self.assertRaises(AccessError):
            self._by(sla).write({'state': 'met'})
        for user in (self.agent3, self.rep2):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(sla, user).read(['state'])
        self.assertEqual(self._by(sla, self.rep).state, 'running')
        cause = self.env['crm.breach.cause'].create({'name': "Flood"})
        self._by(sla).write({'cause_id': cause.id, 'cause_note': "Cellar"})
        for user in (self.rep, self.agent3):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(sla, user).write({'cause_note': "Mine"})
        with self.assertRaises(AccessError):
            self._by(policy, self.service_lead).write({'hours': 99})
        self._by(policy, self.service_manager).write({'hours': 9})
        with self.assertRaises(AccessError):
            self._by(sla, self.service_manager).unlink()

    def test_cost(self):
        """All numbers of statements are those of a batch, whatever its size."""
        self._policy('first_response', 2, step_ids=[(0, 0, {'percent': 80})])
        self._policy('next_response', 4)
        self._policy('resolution', 8, kind='question', step_ids=[(0, 0, {'percent': 50})])
        self._policy('resolution', 8, tag_ids=self.tag_bill.ids)
        self._tickets(1)
        stages = {
            name: self.env.ref(f'crm_service.crm_ticket_stage_{name}') for name in ('open', 'waiting', 'solved')}
        for count in (10, 100):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(count=count), self.assertQueryCount(95):
                tickets = self._tickets(count)
                self.env.flush_all()
            for name, stage in stages.items():
                self.env.invalidate_all()
                with self.subTest(stage=name, count=count), self.assertQueryCount(30):
                    tickets.write({'stage_id': stage.id})
                    self.env.flush_all()
            self.assertEqual(len(tickets.sla_ids), 2 * count)
