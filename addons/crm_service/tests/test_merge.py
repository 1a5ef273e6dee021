from freezegun import freeze_time
from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestMerge(ServiceCommon):
    """One ticket of several, and two of one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls._tickets(2, description="<p>It leaks</p>")
        cls.other = cls._ticket(partner_id=cls.person2.id)

    def _wizard(self, tickets, user=None, **vals):
        wizard = self.env['crm.ticket.merge'].with_env(self._as(user or self.agent)).with_context(active_ids=tickets.ids)
        return wizard.create(vals)

    def _words(self, ticket):
        return [str(message.preview) for message in ticket.message_ids.filtered(
            lambda message: message.message_type in ('comment', 'email')).sorted('id')]

    def test_everything_moves(self):
        self._ask(self.second, "The seal is gone")
        file = self.env['ir.attachment'].create({'name': "seal.png", 'raw': b'x', 'res_model': 'crm.ticket', 'res_id': self.second.id})
        colleague = self.agent3.partner_id
        self.second.message_subscribe((self.person + colleague).ids)
        self.second.write({
            'tag_ids': [Command.link(self.tag_pump.id)], 'email_cc': '"Boss" <boss@example.com>, person@example.com',
            'watcher_ids': [Command.link(self.agent2.id)], 'user_id': self.service_lead.id, 'linked_ids': [Command.link(self.other.id)]})
        self.first.email_cc = 'aunt@example.com'
        plan = self.second.activity_schedule('mail.mail_activity_data_todo', summary="Call", user_id=self.agent.id)
        self._by(self.second)._merge_into(self._by(self.first))
        self.assertEqual(self._words(self.first), ["The seal is gone"])
        self.assertEqual(self._words(self.second), [])
        self.assertEqual((file.res_id, plan.res_id), (self.first.id, self.first.id))
        self.assertLessEqual(self.person + colleague + self.agent2.partner_id, self.first.message_partner_ids)
        self.assertEqual(self.first.tag_ids, self.tag_pump)
        self.assertEqual(self.first.watcher_ids, self.agent2 + self.service_lead)
        self.assertEqual(set(self.first.email_cc.split(', ')), {'"Boss" <boss@example.com>', 'aunt@example.com'})
        self.assertEqual(self.first.linked_ids, self.other)
        self.assertEqual((self.second.state, self.second.merged_into_id, self.second.is_duplicate), ('cancelled', self.first, False))
        self.assertEqual((self.second._stays(), self.second._mail_destination()), (self.first, self.first))
        for ticket, note in ((self.first, self.second.name), (self.second, self.first.name)):
            log = ticket.log_ids.filtered(lambda log: log.event == 'merged')
            self.assertEqual((log.note, log.author_id), (note, self.agent.partner_id))
        note = self.first.message_ids.filtered(lambda message: "was merged into this ticket" in message.body)
        self.assertIn("It leaks", note.body)
        self.assertTrue(note.subtype_id.internal)

    def test_answers_thread_with_the_ticket_that_stays(self):
        mail = self._ask(self.second, "Hello?")
        self.second._merge_into(self.first)
        self.assertEqual((mail.model, mail.res_id), ('crm.ticket', self.first.id))

    def test_customers_are_kept_apart(self):
        self._ask(self.other, "Our secret", self.person2)
        self.other.message_subscribe((self.person2 + self.agent2.partner_id).ids)
        wizard = self._wizard(self.first + self.other, target_id=self.first.id)
        self.assertTrue(wizard.is_across)
        with self.assertRaisesRegex(UserError, "different customers: Customer 1, Customer 2"):
            wizard.action_apply()
        self.assertEqual(self.other.state, 'new')
        wizard.is_confirmed = True
        wizard.action_apply()
        self.assertEqual((self.other.state, self.other.merged_into_id), ('cancelled', self.first))
        self.assertEqual((self._words(self.first), self._words(self.other)), ([], ["Our secret"]))
        self.assertNotIn(self.person2, self.first.message_partner_ids)
        # its mail must not go to the other customer
        self.assertEqual((self.other._stays(), self.other._mail_destination()), (self.other, self.other))

    def test_somebody_unknown_turns_out_to_be_the_customer(self):
        unknown = self._ticket(partner_id=False, email_from='private@example.com')
        unknown.message_post(body="From home", message_type='email', subtype_xmlid='mail.mt_comment', email_from='private@example.com')
        wizard = self._wizard(self.first + unknown, target_id=self.first.id)
        self.assertTrue(wizard.is_across)
        wizard.is_confirmed = True
        wizard.action_apply()
        self.assertEqual(self._words(self.first), ["From home"])
        self.assertEqual(unknown._stays(), self.first)

    def test_chain(self):
        third = self._ticket()
        third._merge_into(self.second)
        self.second._merge_into(self.first)
        self.assertEqual(third.merged_into_id, self.first)

    def test_taken_up_again(self):
        self.second._merge_into(self.first)
        self._by(self.second, self.service_lead).action_reopen()
        self.assertFalse(self.second.merged_into_id)

    def test_what_cannot_be_merged(self):
        closed, cancelled = self._ticket('closed'), self._ticket('cancelled')
        abroad = self._ticket(company=self.company_usd)
        for tickets, target, words in (
                (closed, self.first, "is over"), (cancelled, self.first, "is over"), (self.first, cancelled, "is cancelled"),
                (self.first, self.first, "at least one other"), (abroad, self.first, "different companies")):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                tickets._merge_into(target)
        with self.assertRaises(AccessError):
            self._by(self.second, self.agent3)._merge_into(self._by(self.first, self.agent3))
        self.assertEqual((self.first + self.second).mapped('state'), ['new', 'new'])

    def test_work_that_is_left_opens_the_ticket_that_stays(self):
        self.first._move('solved')
        self.second._merge_into(self.first)
        self.assertEqual(self.first.state, 'open')

    def test_duplicate(self):
        self._ask(self.second, "Me too")
        wizard = self._wizard(self.first + self.second, mode='duplicate')
        self.assertEqual(wizard.target_id, self.first)   # the older one
        wizard.action_apply()
        self.assertEqual((self.second.state, self.second.is_duplicate, self.second.merged_into_id), ('cancelled', True, self.first))
        self.assertEqual((self._words(self.first), self._words(self.second)), ([], ["Me too"]))

    def test_links_go_both_ways(self):
        self._wizard(self.first + self.other, mode='link', target_id=self.first.id).action_apply()
        self.assertEqual((self.first.linked_ids, self.other.linked_ids), (self.other, self.first))
        self.assertEqual((self.first + self.other).mapped('state'), ['new', 'new'])
        self._by(self.other).linked_ids = [Command.unlink(self.first.id)]
        self.assertFalse(self.first.linked_ids)
        made = self._ticket(linked_ids=[Command.link(self.first.id)])
        self.assertEqual(self.first.linked_ids, made)

    # ------------------------------------------------------------------
    # Split
    # ------------------------------------------------------------------

    def test_split(self):
        colleague = self.env['res.partner'].create({'name': "Colleague", 'parent_id': self.customer.id})
        self._ask(self.first, "The pump leaks")
        about_bill = self._ask(self.first, "And the bill is wrong", colleague)
        about_bill.attachment_ids = self.env['ir.attachment'].create(
            {'name': "bill.pdf", 'raw': b'x', 'res_model': 'crm.ticket', 'res_id': self.first.id})
        wizard = self.env['crm.ticket.split'].with_env(self._as(self.agent)).with_context(active_id=self.first.id)
        with Form(wizard) as form:
            form.title = "Wrong bill"
            with form.line_ids.edit(0) as line:   # the newest first
                line.is_chosen = True
        action = form.record.action_apply()
        new = self.env['crm.ticket'].browse(action['res_id'])
        self.assertEqual((new.title, new.partner_id, new.commercial_partner_id), ("Wrong bill", colleague, self.customer))
        self.assertEqual((new.date_opened, new.linked_ids, self.first.linked_ids), (about_bill.date, self.first, new))
        self.assertEqual((self._words(self.first), self._words(new)), (["The pump leaks"], ["And the bill is wrong"]))
        self.assertEqual((new.description, about_bill.attachment_ids.res_id), (Markup("<p>And the bill is wrong</p>"), new.id))

    def test_promises_of_a_split(self):
        """What was promised on the first ticket runs on; on the new one it begins with the split, whenever the words were written."""
        self.env['crm.sla.policy'].create({
            'name': "Solve", 'promise': 'resolution', 'hours': 4, 'clock': 'always', 'company_id': self.company.id})
        ticket = self._ticket()
        about_bill = self._ask(ticket, "And the bill is wrong")
        with freeze_time('2026-06-15 15:00:00'):
            new = self._by(ticket)._split(about_bill, "Wrong bill")
        self.assertEqual(
            [(sla.state, str(sla.date_start), str(sla.date_due)) for sla in (ticket.sla_ids, new.sla_ids)],
            [('running', '2026-06-15 12:00:00', '2026-06-15 16:00:00'), ('running', '2026-06-15 15:00:00', '2026-06-15 19:00:00')])
        with freeze_time('2026-06-15 15:30:00'):
            new._move('solved')
        self.assertEqual((new.sla_ids.state, ticket.sla_ids.state), ('met', 'running'))

    def test_split_only_own_messages(self):
        foreign = self._ask(self.other, "Not yours", self.person2)
        with self.assertRaisesRegex(UserError, "messages of this ticket"):
            self._by(self.first)._split(foreign, "Stolen")
        self.assertEqual(foreign.res_id, self.other.id)
        wizard = self.env['crm.ticket.split'].with_env(self._as(self.agent)).create({'ticket_id': self.first.id, 'title': "Nothing"})
        with self.assertRaisesRegex(UserError, "messages of this ticket"):
            wizard.action_apply()
