from unittest.mock import patch

import psycopg2.errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .mail_common import UNKNOWN, ServiceMailCommon

BOUNCE = """From: MAILER-DAEMON@mx.example.com
To: bounce@our.example.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <dsn{serial}@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=="

--==
Content-Type: text/plain

No such mailbox.
--==
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; person@example.com
Action: failed
Status: 5.1.1

--==
Content-Type: text/rfc822-headers

Message-Id: {message_id}
Subject: x

--==--
"""


@tagged('post_install', '-at_install')
class TestTicketMailMachine(ServiceMailCommon):
    """Machines open no tickets and move none; what is not delivered is kept aside, and somebody decides."""

    def test_machines_open_nothing(self):
        for reason, sender, subject, headers in (
                ('automatic', UNKNOWN, "Re: Pump", {'Auto_Submitted': 'auto-replied'}),
                ('automatic', UNKNOWN, "Sale!", {'Precedence': 'bulk'}),
                ('automatic', UNKNOWN, "Alarm", {'Auto_Submitted': 'auto-generated'}),
                ('automatic', UNKNOWN, "Away", {'X_Autoreply': 'yes'}),
                ('automatic', UNKNOWN, "Abwesenheitsnotiz: Pumpe", {}),
                ('automatic', UNKNOWN, "自动回复：水泵", {}),
                ('automatic', UNKNOWN, "Null", {'Return_Path': '<>'}),
                ('bounce', 'MAILER-DAEMON@mx.example.com', "Undelivered", {})):
            with self.subTest(subject=subject):
                tickets, asides = self._receive(sender=sender, subject=subject, **headers)
                self.assertEqual((len(tickets), asides.reason, asides.name), (0, reason, subject))
                self.assertEqual(asides.team_id, self.hotline)
        self.assertFalse(self._send_notices())

    def test_machines_where_they_are_welcome(self):
        self.hotline.takes_machine_mail = True
        self._new(sender=UNKNOWN, subject="Alarm", Auto_Submitted='auto-generated')
        self.assertFalse(self._send_notices())
        self.assertEqual(self._receive(sender=UNKNOWN, subject="Away", Auto_Submitted='auto-replied')[1].reason, 'automatic')

    def test_automatic_answer_on_a_ticket(self):
        for state in ('waiting', 'solved', 'closed', 'cancelled'):
            with self.subTest(state=state):
                ticket = self._ticket()
                ours = self._answer(ticket)
                ticket._move(state)
                sent = self.env['mail.mail'].search_count([])
                message = self._reply(ticket, "I am away", to_message=ours, subject="Out of office: Pump")
                self.assertEqual(
                    (message.is_internal, message.subtype_id, message.author_id), (True, self.env.ref('mail.mt_note'), self.person))
                self.assertEqual((ticket.state, ticket.is_answer_due), (state, False))
                self.assertFalse(ticket.log_ids.filtered(lambda log: log.event == 'asked'))
                self.assertEqual(self.env['mail.mail'].search_count([]), sent, "nobody is told")

    def test_bounce_is_noted_on_its_ticket(self):
        ticket = self._ticket('waiting')
        ours = self._answer(ticket)
        self.assertEqual(self._receive(raw=BOUNCE.format(serial=1, message_id=ours.message_id).encode()),
                         (self.env['crm.ticket'], self.env['crm.mail.aside']))
        self.assertIn("A mail to person@example.com did not arrive", self._notes(ticket))
        self.assertIn("No such mailbox", self._notes(ticket))
        self.assertEqual(ticket.state, 'waiting')
        _tickets, asides = self._receive(raw=BOUNCE.format(serial=2, message_id='<x@x.example>').replace('bounce@', 'hotline@').encode())
        self.assertEqual(asides.reason, 'bounce')

    # ------------------------------------------------------------------
    # Kept aside
    # ------------------------------------------------------------------

    def test_our_own_mistake_loses_nothing(self):
        raw = self._raw("It leaks.", attachments=[('a.bin', b'\x00\xff')])
        with patch.object(self.registry['crm.ticket'], '_mail_sender', side_effect=KeyError("broken")), \
                mute_logger('odoo.addons.crm_service.models.mail_thread'):
            tickets, aside = self._receive(raw=raw)
        self.assertEqual((len(tickets), aside.reason, aside.detail, aside.team_id), (0, 'error', "KeyError('broken')", self.hotline))
        self.assertEqual(aside.attachment_id.raw, raw)
        self.assertIn("Subject: Pump", aside.headers)
        self.assertEqual(aside.text, "It leaks.")
        self.assertEqual(self.hotline.alias_id.alias_status, 'not_tested', "the address stays in use")
        self.assertFalse(self.env['mail.mail'].search([('email_to', 'ilike', 'person@example.com')]), "the customer hears nothing of it")

    def test_collision_is_tried_again_by_who_can(self):
        fails = patch.object(self.registry['crm.ticket'], '_mail_sender', side_effect=psycopg2.errors.SerializationFailure("x"))
        with fails, self.assertRaises(psycopg2.errors.SerializationFailure), mute_logger('odoo.addons.crm_service.models.mail_thread'):
            self._receive()
        server = self.env['fetchmail.server'].create({'name': "In", 'server_type': 'imap', 'server': 'x.example'})
        before = self._asides()
        with fails, mute_logger('odoo.addons.crm_service.models.mail_thread'):
            self.env['mail.thread'].with_context(default_fetchmail_server_id=server.id).message_process(False, self._raw())
        self.assertEqual((self._asides() - before).reason, 'error')

    def test_mail_for_nobody(self):
        raw = self._raw(to='sevice@our.example.com')
        with self.assertRaises(ValueError):   # who hands it over tells the sender
            self._receive(raw=raw)
        server = self.env['fetchmail.server'].create({'name': "In", 'server_type': 'imap', 'server': 'x.example'})
        before = self._asides()
        self.env['mail.thread'].with_context(default_fetchmail_server_id=server.id).message_process(False, raw)
        self.assertEqual((self._asides() - before).reason, 'no_route')

    def test_mailbox_without_team(self):
        _tickets, asides = self._receive(to='box@elsewhere.example.com', model='crm.ticket')
        self.assertEqual((asides.reason, asides.team_id), ('no_team', self.env['crm.service.team']))
        with self.assertRaisesRegex(UserError, "Choose the team"):
            asides.action_make_ticket()
        asides.team_id = self.workshop
        asides.action_make_ticket()
        self.assertEqual((asides.ticket_id.team_id, asides.ticket_id.partner_id), (self.workshop, self.person))

    def test_refused_sender_is_kept_as_well(self):
        self.hotline.alias_contact = 'partners'
        _tickets, asides = self._receive(sender=UNKNOWN)
        self.assertEqual(asides.reason, 'refused')

    def test_other_mail_takes_odoos_way(self):
        lead = self.env['mail.alias'].create({
            'alias_name': 'offers', 'alias_domain_id': self.domain.id, 'alias_model_id': self.env['ir.model']._get('crm.lead').id,
            'alias_defaults': '{}'})
        leads = self.env['crm.lead'].search([])
        self.assertFalse(any(self._receive(to=lead.alias_full_name, subject="Offer")))
        self.assertEqual((self.env['crm.lead'].search([]) - leads).name, "Offer")
        ticket = self._new(to=f'{lead.alias_full_name}, hotline@our.example.com', subject="Both")
        self.assertEqual(ticket.title, "Both")
        self.assertEqual((self.env['crm.lead'].search([]) - leads).mapped('name').count("Both"), 1)

    def test_unreadable_mail_becomes_a_ticket_by_hand(self):
        with patch.object(self.registry['mail.thread'], '_message_parse_extract_payload', side_effect=LookupError("unknown encoding")):
            _tickets, aside = self._receive("It leaks & drips.")
            self.assertEqual(aside.reason, 'unreadable')
            self._by(aside, self.service_manager).action_make_ticket()
        ticket = aside.ticket_id
        self.assertEqual((ticket.title, ticket.partner_id, ticket.team_id, ticket.channel), ("Pump", self.person, self.hotline, 'email'))
        self.assertIn("It leaks &amp; drips.", ticket.description)
        self.assertEqual(ticket.message_ids.attachment_ids.mapped('name'), ['mail.eml'])
        self.assertEqual((aside.state, aside.decided_id), ('used', self.service_manager))

    def test_add_to_a_ticket_and_dismiss(self):
        first, second = (self._receive(sender=UNKNOWN, subject=subject, Precedence='bulk')[1] for subject in "AB")
        ticket = self._ticket('waiting')
        first.ticket_id = ticket
        self._by(first, self.service_manager).action_make_ticket()
        self.assertEqual(ticket.state, 'open')
        self._by(second, self.service_lead).action_dismiss()
        self.assertEqual((second.state, str(second.date_decided)), ('dismissed', '2026-06-15 12:00:00'))
        with self.assertRaisesRegex(UserError, "decided already"):
            (first + second).action_make_ticket()

    def test_who_sees_it(self):
        ours = self._receive(sender=UNKNOWN, subject="A", Precedence='bulk')[1]
        workshops = self._receive(sender=UNKNOWN, subject="B", Precedence='bulk', to='workshop@our.example.com')[1]
        abroad = self._receive(sender=UNKNOWN, subject="C", Precedence='bulk', to='hotline@america.example.com')[1]
        every = ours + workshops + abroad

        def seen(user):
            return self.env['crm.mail.aside'].with_env(self._as(user)).search([('id', 'in', every.ids)]).ids
        self.assertEqual(seen(self.service_lead), ours.ids)
        self.assertEqual(set(seen(self.service_manager)), set((ours + workshops).ids))
        for user in (self.agent, self.rep):
            with self.assertRaises(AccessError):
                seen(user)
        with self.assertRaises(AccessError):
            self._by(workshops, self.service_lead).action_dismiss()
        with self.assertRaises(AccessError):
            self._by(ours.attachment_id).read(['raw'])
