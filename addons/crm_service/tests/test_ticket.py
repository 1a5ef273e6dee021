from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestTicket(ServiceCommon):

    def test_number_by_company_and_year(self):
        first, second = self._tickets(2)
        other = self._ticket(company=self.company_usd)
        self.assertEqual(
            [first.name, second.name, other.name], ['T2026-00001', 'T2026-00002', 'T2026-00001'])
        with freeze_time('2026-12-31 23:30:00'):  # the new year has come in Brussels, not in New York
            self.assertEqual(self._ticket().name, 'T2027-00001')
            self.assertEqual(self._ticket(company=self.company_usd).name, 'T2026-00002')

    def test_numbers_of_the_coming_year_are_ready(self):
        sequence = self.env['ir.sequence'].search([('code', '=', 'crm.ticket'), ('company_id', '=', self.company.id)])
        with freeze_time('2026-11-30 12:00:00'):
            self.env['crm.ticket']._prepare_numbers()
            self.assertNotIn(2027, [part.date_from.year for part in sequence.date_range_ids])
        with freeze_time('2026-12-01 12:00:00'):
            self.env['crm.ticket']._prepare_numbers()
            self.env['crm.ticket']._prepare_numbers()
        self.assertEqual([part.date_from.year for part in sequence.date_range_ids].count(2027), 1)

    def test_numbers_without_gaps(self):
        sequence = self.env['ir.sequence'].search([('code', '=', 'crm.ticket'), ('company_id', '=', self.company.id)])
        sequence.write({'implementation': 'no_gap', 'use_date_range': False, 'prefix': 'S'})
        self.assertEqual(self._tickets(2).mapped('name'), ['S00001', 'S00002'])

    def test_new_company_has_numbers(self):
        company = self.env['res.company'].create({'name': "Later"})
        self.assertEqual(self.env['ir.sequence'].search_count([('code', '=', 'crm.ticket'), ('company_id', '=', company.id)]), 1)

    def test_customer_is_the_commercial_partner(self):
        ticket = self._ticket()
        self.assertEqual(ticket.commercial_partner_id, self.customer)
        self.assertEqual((ticket.email_from, ticket.lang, ticket.owner_id), ('person@example.com', 'en_US', self.rep))

    def test_defaults_of_type_and_team(self):
        self.hotline.type_id = self.repair
        ticket = self.env['crm.ticket'].create({'title': "Leaks", 'team_id': self.hotline.id})
        self.assertEqual(
            (ticket.type_id, ticket.priority, ticket.stage_id.state, ticket.company_id), (self.repair, '2', 'new', self.company))
        self.complaint.team_id = self.workshop
        self.assertEqual(self.env['crm.ticket'].create({'title': "Late", 'type_id': self.complaint.id}).team_id, self.workshop)

    def test_own_stages_of_a_type(self):
        desk = self.env['crm.ticket.stage'].create({'name': "On the Bench", 'state': 'open', 'type_ids': [self.repair.id]})
        ticket = self._ticket(type_id=self.repair.id)
        self._by(ticket).action_take()
        self.assertEqual((ticket.stage_id, ticket.user_id, ticket.state), (desk, self.agent, 'open'))
        ticket.type_id = self.question   # does not go there: the stage of the same state takes its place
        self.assertEqual(ticket.stage_id, self.env.ref('crm_service.crm_ticket_stage_open'))
        with self.assertRaises(ValidationError):
            ticket.stage_id = desk

    def test_stage_in_use_keeps_its_meaning(self):
        stage = self.env.ref('crm_service.crm_ticket_stage_waiting')
        self._ticket('waiting')
        with self.assertRaisesRegex(ValidationError, "Make a new stage"):
            stage.state = 'open'

    # ------------------------------------------------------------------
    # Moves
    # ------------------------------------------------------------------

    def test_moves_write_what_goes_with_them(self):
        ticket = self._ticket()
        with freeze_time('2026-06-15 13:00:00'):
            self._by(ticket).action_solve()
        self.assertEqual((str(ticket.date_solved), ticket.date_closed), ('2026-06-15 13:00:00', False))
        with freeze_time('2026-06-16 13:00:00'):
            self._by(ticket).action_close()
        self.assertEqual((str(ticket.date_solved), str(ticket.date_closed)), ('2026-06-15 13:00:00', '2026-06-16 13:00:00'))
        self._by(ticket).action_reopen()
        self.assertEqual((ticket.state, ticket.date_solved, ticket.date_closed, ticket.reopen_count), ('open', False, False, 1))

    def test_forbidden_moves(self):
        ticket = self._ticket('cancelled')
        with self.assertRaisesRegex(UserError, "cannot become"):
            self._by(ticket).action_reopen()
        self._by(ticket, self.service_lead).action_reopen()
        self.assertEqual(ticket.state, 'open')

    def test_what_is_kept_is_not_entered(self):
        ticket = self._by(self._ticket())
        for vals in ({'date_solved': '2026-01-01'}, {'sla_state': 'met'}, {'name': "T1"}, {'date_due': False}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                ticket.write(vals)
        with self.assertRaises(AccessError):
            self._by(self.env['crm.ticket']).create({'title': "Old", 'date_closed': '2026-01-01'})

    # ------------------------------------------------------------------
    # Log and conversation
    # ------------------------------------------------------------------

    def test_log_tells_the_story(self):
        ticket = self._ticket()
        self._by(ticket).action_take()
        ticket.priority = '3'
        self._answer(ticket)
        self._by(ticket).action_wait()
        self._ask(ticket)
        self.assertEqual(
            [(log.event, log.state_from, log.state) for log in ticket.log_ids.sorted('id')],
            [('created', False, 'new'), ('assigned', False, 'new'), ('stage', 'new', 'open'), ('changed', False, 'open'),
             ('replied', False, 'open'), ('stage', 'open', 'waiting'), ('asked', False, 'waiting'), ('stage', 'waiting', 'open')])
        with self.assertRaises(AccessError):
            self._by(ticket.log_ids)[:1].write({'state': 'closed'})
        with self.assertRaises(UserError):
            ticket.log_ids.unlink()

    def test_who_wrote_last(self):
        ticket = self._ticket()
        self.assertTrue(ticket.is_answer_due)
        with freeze_time('2026-06-15 12:30:00'):
            self._by(ticket).message_post(body="Between us", subtype_xmlid='mail.mt_note')
        self.assertFalse(ticket.date_first_response)
        with freeze_time('2026-06-15 13:00:00'):
            self._answer(ticket)
        self.assertEqual((str(ticket.date_first_response), ticket.is_answer_due), ('2026-06-15 13:00:00', False))
        with freeze_time('2026-06-15 14:00:00'):
            self._ask(ticket)
        self.assertEqual((str(ticket.date_last_asked), ticket.is_answer_due), ('2026-06-15 14:00:00', True))
        with freeze_time('2026-06-15 15:00:00'):
            self._answer(ticket)
        self.assertEqual(
            (str(ticket.date_first_response), str(ticket.date_last_replied)), ('2026-06-15 13:00:00', '2026-06-15 15:00:00'))

    def test_customer_answers_a_solved_ticket(self):
        ticket = self._ticket('solved')
        self._ask(ticket, "It still leaks")
        self.assertEqual((ticket.state, ticket.reopen_count), ('open', 1))

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_batches_are_cheap(self):
        self._tickets(1)
        self.env.flush_all()
        with self.assertQueryCount(60):
            tickets = self._tickets(100)
            self.env.flush_all()
        stage = self.env.ref('crm_service.crm_ticket_stage_solved')
        with self.assertQueryCount(30):
            tickets.write({'stage_id': stage.id})
            self.env.flush_all()

    def test_no_more_statements_than_leads_take(self):
        """A hundred at once, with their promises and the messages that both leave."""
        self.env.ref('crm_service.crm_sla_policy_first_response').active = True
        self.env.ref('crm_service.crm_sla_policy_resolution').active = True
        env = self.env(context={'allowed_company_ids': self.company.ids})
        tickets = [{'title': "Leaks", 'partner_id': self.person.id, 'team_id': self.hotline.id, 'channel': 'phone'}]
        leads = [{'name': "Wants a pump", 'partner_id': self.person.id}]

        def statements(model, vals_list):
            env[model].create(vals_list)
            env.flush_all()
            env.invalidate_all()
            before = env.cr.sql_log_count
            made = env[model].create(vals_list * 100)
            env.flush_all()
            return env.cr.sql_log_count - before, made
        of_leads, _leads = statements('crm.lead', leads)
        of_tickets, made = statements('crm.ticket', tickets)
        self.assertLessEqual(of_tickets, of_leads)
        self.assertEqual((len(made.sla_ids), len(made.message_ids)), (200, 100))

    def test_statements_of_a_single_one(self):
        """With its number, its two promises and their deadlines; what is configured has been read before."""
        self.env.ref('crm_service.crm_sla_policy_first_response').active = True
        self.env.ref('crm_service.crm_sla_policy_resolution').active = True
        env = self.env(context={'allowed_company_ids': self.company.ids})
        counts = []
        for _turn in range(2):
            env.flush_all()
            env.invalidate_all()
            before = env.cr.sql_log_count
            ticket = env['crm.ticket'].create(
                {'title': "Leaks", 'partner_id': self.person.id, 'team_id': self.hotline.id, 'channel': 'phone'})
            env.flush_all()
            counts.append(env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], 22)
        self.assertEqual((len(ticket.sla_ids), len(ticket.message_ids), len(ticket.log_ids)), (2, 1, 1))
        self.env.cr.execute("SELECT rating_last_value FROM crm_ticket WHERE id = %s", [ticket.id])
        self.assertEqual(self.env.cr.fetchone(), (0,))

    # ------------------------------------------------------------------
    # What is kept of the configuration
    # ------------------------------------------------------------------

    def test_stages_that_change(self):
        """Whatever becomes of stages and types counts for the next ticket."""
        new = self.env.ref('crm_service.crm_ticket_stage_new')
        self.assertEqual(self._ticket().stage_id, new)
        own = self.env['crm.ticket.stage'].create({'name': "Own", 'state': 'new', 'sequence': 99, 'type_ids': self.question.ids})
        self.assertEqual([self._ticket().stage_id, self._ticket(type_id=self.repair.id).stage_id], [own, new])
        own.type_ids = self.repair
        self.assertEqual([self._ticket().stage_id, self._ticket(type_id=self.repair.id).stage_id], [new, own])
        self.question.stage_ids = own
        self.assertEqual(self._ticket().stage_id, own)
        own.active = False
        self.assertEqual(self._ticket().stage_id, new)
        first = self.env['crm.ticket.stage'].create({'name': "Before", 'state': 'new', 'sequence': new.sequence - 1})
        self.assertEqual((first.sequence, first.type_ids.ids), (new.sequence - 1, []))
        self.assertEqual(self._ticket().stage_id, first)
        first.active = False
        self.env['crm.ticket.stage'].create({'name': "Mistake", 'state': 'new', 'sequence': new.sequence - 2}).unlink()
        self.assertEqual(self._ticket().stage_id, new)

    def test_first_type_that_changes(self):
        def made():
            return self.env['crm.ticket'].create({'title': "Which?", 'company_id': self.company.id}).type_id
        before = made()
        kind = self.env['crm.ticket.type'].create({'name': "First", 'sequence': -1, 'company_id': self.company.id})
        self.assertEqual(made(), kind)
        kind.company_id = self.company_usd
        self.assertEqual(made(), before)
        kind.write({'company_id': False, 'sequence': -2})
        self.assertEqual(made(), kind)
        kind.active = False
        self.assertEqual(made(), before)

    def test_messages_thread(self):
        """The first message has none before it, those that follow it have, in the same transaction and later."""
        tickets = self.env(context={})['crm.ticket'].create(
            [{'title': title, 'partner_id': self.person.id, 'team_id': self.hotline.id} for title in ("Now", "Later")])
        openings = self.env['mail.message'].search([('model', '=', 'crm.ticket'), ('res_id', 'in', tickets.ids)], order='id')
        self.assertEqual((openings.mapped('res_id'), openings.parent_id.ids), (tickets.ids, []))
        self.assertEqual([message.preview for message in openings], ["Ticket created"] * 2)
        self.assertEqual(self._answer(tickets[0]).parent_id, openings[0])
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._answer(tickets[1]).parent_id, openings[1])
