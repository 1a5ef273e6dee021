from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .mail_common import UNKNOWN, ServiceMailCommon


@tagged('post_install', '-at_install')
class TestTicketMailReply(ServiceMailCommon):
    """Answers find their ticket by headers; by the number only for those who belong to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket('waiting')

    def _opens_new(self, *args, **kwargs):
        before = self.ticket.message_ids
        ticket = self._new(*args, **kwargs)
        self.assertEqual(self.ticket.message_ids, before, "nothing on the other's ticket")
        return ticket

    # ------------------------------------------------------------------
    # By headers
    # ------------------------------------------------------------------

    def test_answer_to_our_mail(self):
        ours = self._answer(self.ticket, "Have you tried the valve?")
        self.assertEqual(self.ticket.state, 'waiting')
        message = self._reply(self.ticket, "Yes", to_message=ours, subject="Anything")
        self.assertEqual((message.author_id, message.subtype_id, message.is_internal),
                         (self.person, self.env.ref('mail.mt_comment'), False))
        self.assertEqual((self.ticket.state, self.ticket.is_answer_due), ('open', True))
        self.assertEqual(str(self.ticket.date_last_asked), '2026-06-15 12:00:00', "when it came, not what its clock says")

    def test_answer_to_own_first_mail_counts(self):
        ticket = self._new()
        ticket._move('waiting')
        self._reply(ticket, "One more thing", to_message=ticket.message_ids.filtered(lambda message: message.message_type == 'email'))
        self.assertEqual(ticket.state, 'open')
        self.assertEqual(ticket.log_ids.mapped('event').count('asked'), 1)

    def test_people_in_copy_are_kept(self):
        ours = self._answer(self.ticket)
        self._reply(self.ticket, "Yes", to_message=ours, to='hotline@our.example.com, Ben <ben@example.com>',
                    Cc="boss@example.com, bounce@our.example.com, person@example.com")
        self.assertEqual(set(self.ticket._mail_cc_sanitized_raw_dict(self.ticket.email_cc)), {'ben@example.com', 'boss@example.com'})
        self._reply(self.ticket, "I, too", sender='Ben <ben@example.com>', subject=f"Re: [{self.ticket.name}]", message_id='<x1@x.example>')

    def test_colleague_answers_by_mail(self):
        ticket = self._new()
        first = ticket.message_ids.filtered(lambda message: message.message_type == 'email')
        message = self._reply(ticket, "On the way", sender='agent@our.example.com', to_message=first)
        self.assertEqual((message.author_id, message.is_internal, message.partner_ids), (self.agent.partner_id, False, self.person))
        self.assertEqual((ticket.is_answer_due, str(ticket.date_first_response)), (False, '2026-06-15 12:00:00'))
        note = self._by(ticket).message_post(body="Between us", subtype_xmlid='mail.mt_note')
        message = self._reply(ticket, "Right", sender='agent2@our.example.com', to_message=note)
        self.assertEqual((message.subtype_id, message.is_internal), (self.env.ref('mail.mt_note'), True))

    # ------------------------------------------------------------------
    # By number
    # ------------------------------------------------------------------

    def test_number_for_those_who_belong_to_it(self):
        self.env['res.partner'].create({'name': "Buyer", 'parent_id': self.customer.id, 'email': 'buyer@example.com'})
        self.ticket.email_cc = '"Cc" <cc@elsewhere.example.com>'
        for sender in ('person@example.com', 'buyer@example.com', 'cc@elsewhere.example.com', 'agent@our.example.com'):
            with self.subTest(sender=sender):
                self.assertTrue(self._reply(self.ticket, f"I {sender}", sender=sender, subject=f"Re: [{self.ticket.name}] Ticket 1"))

    def test_number_guessed(self):
        for sender in ('person2@example.com', UNKNOWN):
            ticket = self._opens_new(sender=sender, subject=f"Re: [{self.ticket.name}] Ticket 1")
            self.assertEqual(ticket.title, f"[{self.ticket.name}] Ticket 1")
        self._opens_new(sender='rep@elsewhere.example.com', subject=f"{self.ticket.name}")

    def test_colleague_without_the_right(self):
        self._opens_new(sender=self.agent_usd.email, subject=f"[{self.ticket.name}]")

    def test_number_of_another_company(self):
        abroad = self._ticket(company=self.company_usd)
        self.assertEqual(abroad.name, self.ticket.name)
        self._reply(abroad, subject=f"Re: [{abroad.name}]", to='hotline@america.example.com')
        other = self._ticket(company=self.company_usd)
        self._opens_new(subject=f"[{other.name}]")

    def test_first_own_number_of_several(self):
        other = self._ticket(partner_id=self.person2.id)
        self._reply(self.ticket, subject=f"[{other.name}] and [{self.ticket.name}]")

    def test_answer_to_the_address_for_everything(self):
        self._reply(self.ticket, subject=f"Re: [{self.ticket.name}] Ticket 1", to='catchall@our.example.com')
        mails = self.env['mail.mail'].search([])
        self._receive(sender=UNKNOWN, subject=f"Re: [{self.ticket.name}] Ticket 1", to='catchall@our.example.com')
        self.assertIn("ursula@new.example.com", (self.env['mail.mail'].search([]) - mails).email_to, "Odoo tells the sender")

    # ------------------------------------------------------------------
    # Closed, cancelled, merged
    # ------------------------------------------------------------------

    def test_closed_before_at_and_after_the_days(self):
        ours = self._answer(self.ticket)
        self.ticket._move('closed')
        closed = self.ticket.date_closed
        for delta, reopened in ((timedelta(days=14, seconds=-1), True), (timedelta(days=14), True), (timedelta(days=14, seconds=1), False)):
            with self.subTest(delta=delta), freeze_time(closed + delta):
                self.ticket.sudo()._move('closed')
                self.ticket.sudo().date_closed = closed
                if reopened:
                    self._reply(self.ticket, f"Again {delta}", to_message=ours)
                    self.assertEqual(self.ticket.state, 'open')
                    continue
                new, _asides = self._receive("Later", In_Reply_To=ours.message_id, subject=f"Re: [{self.ticket.name}] Ticket 1")
                self.assertEqual(
                    (new.previous_id, new.title, new.team_id, new.type_id, new.partner_id, self.ticket.state),
                    (self.ticket, "Ticket 1", self.hotline, self.question, self.person, 'closed'))
                self.assertIn(f"goes on as {new.name}", self._notes(self.ticket))
                self.assertIn(f"Goes on from {self.ticket.name}", self._notes(new))

    def test_never_reopened(self):
        self.question.reopen_days = 0
        self.ticket._move('closed')
        new = self._new("Now", subject=f"[{self.ticket.name}] Ticket 1")
        self.assertEqual((new.previous_id, self.ticket.state), (self.ticket, 'closed'))

    def test_cancelled_stays_so(self):
        self.ticket._move('cancelled')
        new = self._new("Why?", subject=f"[{self.ticket.name}] Ticket 1")
        self.assertEqual((new.previous_id, self.ticket.state, new.state), (self.ticket, 'cancelled', 'new'))

    def test_solved_is_reopened_however_late(self):
        self.ticket._move('solved')
        with freeze_time(datetime(2026, 12, 1, 12)):
            self._reply(self.ticket, "Leaks", subject=f"[{self.ticket.name}]")
        self.assertEqual(self.ticket.state, 'open')

    def test_merged(self):
        ours = self._answer(self.ticket)
        middle, target = self._tickets(2)
        self.ticket._move('cancelled')
        self.ticket.sudo().merged_into_id = middle
        middle.sudo().merged_into_id = target
        self.assertTrue(self._reply(target, "By headers", to_message=ours))
        self.assertTrue(self._reply(target, "By number", subject=f"[{self.ticket.name}]"))

    def test_colleague_on_a_closed_ticket(self):
        ours = self._answer(self.ticket)
        self.ticket._move('closed')
        with freeze_time(datetime(2026, 12, 1, 12)):
            self._reply(self.ticket, "For the record", sender='agent@our.example.com', to_message=ours)
        self.assertEqual(self.ticket.state, 'closed')

    # ------------------------------------------------------------------
    # Loops
    # ------------------------------------------------------------------

    def test_own_addresses_as_sender(self):
        for sender in ('hotline@our.example.com', 'catchall@our.example.com', 'bounce@our.example.com', 'workshop@our.example.com'):
            with self.subTest(sender=sender):
                tickets, asides = self._receive(sender=sender, subject=f"Re: [{self.ticket.name}]")
                self.assertEqual((len(tickets), asides.reason), (0, 'loop'))

    def test_our_own_mail_comes_back(self):
        ours = self._answer(self.ticket, "Hello")
        before = self.ticket.message_ids
        self.assertEqual(self._receive("Hello", sender='agent@our.example.com', message_id=ours.message_id),
                         (self.env['crm.ticket'], self.env['crm.mail.aside']))
        self.assertEqual(self.ticket.message_ids, before)

    def test_everybody_answers_all(self):
        """Four people with the team in copy: one ticket, whatever they answer."""
        ticket = self._new(Cc="a@example.com, b@example.com")
        first = ticket.message_ids.filtered(lambda message: message.message_type == 'email')
        for sender in ('a@example.com', 'b@example.com', 'agent@our.example.com', 'a@example.com'):
            self._reply(ticket, f"From {sender} {len(ticket.message_ids)}", sender=sender, to='person@example.com, hotline@our.example.com',
                        Cc="a@example.com, b@example.com, workshop@our.example.com", to_message=first)
        self.assertEqual(len(self._send_notices()), 1)
