import base64
from datetime import datetime, timedelta
from email.message import EmailMessage

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from .mail_common import UNKNOWN, ServiceMailCommon

PIXEL = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')


@tagged('post_install', '-at_install')
class TestTicketMail(ServiceMailCommon):
    """A mail to a team becomes a ticket of whom it is from."""

    def test_ticket_of_the_team(self):
        ticket = self._new(
            "It leaks.", subject="Re: AW: Fwd:  The pump ", attachments=[('leak.txt', b'drip')],
            Cc="Boss <boss@example.com>, hotline@our.example.com")
        self.assertEqual(
            (ticket.title, ticket.team_id, ticket.company_id, ticket.channel, ticket.state, ticket.type_id),
            ("The pump", self.hotline, self.company, 'email', 'new', self.question))
        self.assertEqual((ticket.partner_id, ticket.commercial_partner_id, ticket.lang), (self.person, self.customer, 'en_US'))
        self.assertEqual(ticket.email_cc, '"Boss" <boss@example.com>')
        self.assertIn("It leaks.", ticket.description)
        message = ticket.message_ids.filtered(lambda message: message.message_type == 'email')
        self.assertEqual((message.author_id, message.attachment_ids.mapped('name')), (self.person, ['leak.txt']))
        self.assertEqual(message.attachment_ids.raw, b'drip')
        self.assertEqual(ticket.log_ids.mapped('event'), ['created'])

    def test_type_of_the_team_and_company_of_the_address(self):
        self.workshop.type_id = self.repair
        ticket = self._new(to='workshop@our.example.com')
        self.assertEqual((ticket.type_id, ticket.priority), (self.repair, '2'))
        ticket = self._new(to='hotline@america.example.com', subject="Other")
        self.assertEqual((ticket.company_id, ticket.team_id, ticket.name), (self.company_usd, self.hotline_usd, 'T2026-00001'))

    def test_unknown_sender_is_kept_in_words(self):
        ticket = self._new(sender=UNKNOWN, subject="")
        self.assertEqual((ticket.partner_id, ticket.partner_name, ticket.email_from, ticket.title),
                         (self.env['res.partner'], "Ursula New", 'ursula@new.example.com', "(no subject)"))
        self.assertFalse(self.env['res.partner'].search([('email', 'ilike', 'ursula@new')]))

    def test_language_of_an_unknown_sender(self):
        self.env['res.lang']._activate_lang('zh_CN')
        for body, headers, lang in (
                ("水泵漏水了，请尽快处理。", {}, 'zh_CN'), ("It leaks", {'Content_Language': 'zh-CN'}, 'zh_CN'), ("It leaks", {}, 'en_US')):
            with self.subTest(body=body, headers=headers):
                ticket = self._new(body, sender=UNKNOWN, subject=f"{lang}{len(headers)}", **headers)
                self.company.partner_id.lang = 'en_US'
                self.assertEqual(ticket.lang, lang)

    def test_script_in_body_and_names(self):
        ticket = self._new(
            sender='"<b>Eve</b><script>x()</script>" <eve@new.example.com>', subject="<script>alert(1)</script>",
            html="<p onclick='x()'>Hi</p><script>x()</script><img src='https://x.example/a.png' onerror='x()'>")
        self.assertNotIn('script', ticket.description)
        self.assertNotIn('onclick', ticket.description)
        self.assertNotIn('onerror', ticket.description)
        mails = self._send_notices()
        self.assertNotIn('<script>', mails.body_html)
        self.assertIn('&lt;script&gt;', mails.body_html)

    def test_pictures_in_the_text(self):
        mail = EmailMessage()
        mail['From'], mail['To'], mail['Subject'] = 'person@example.com', 'hotline@our.example.com', "Photo"
        mail.set_content("See")
        mail.add_alternative("<p>See <img src='cid:photo1'></p>", subtype='html')
        mail.get_payload()[1].add_related(PIXEL, 'image', 'png', cid='<photo1>', filename='photo.png')
        ticket = self._new(raw=mail.as_bytes())
        self.assertNotIn('cid:', ticket.description)
        self.assertIn('/web/image/', ticket.description)

    # ------------------------------------------------------------------
    # Whose address it is
    # ------------------------------------------------------------------

    def test_contact_of_another_company(self):
        self.person.company_id = self.customer.company_id = self.company_usd
        ticket = self._new()
        self.assertEqual((ticket.partner_id, ticket.email_from), (self.env['res.partner'], 'person@example.com'))
        self.assertFalse(ticket.message_ids.filtered(lambda message: message.message_type == 'email').author_id)

    def test_address_shared_by_customers(self):
        self.person2.email = 'person@example.com'
        ticket = self._new()
        self.assertFalse(ticket.partner_id)
        self.assertIn("Several customers have the address person@example.com", self._notes(ticket))

    def test_address_shared_within_a_customer(self):
        self.env['res.partner'].create({'name': "Colleague Bee", 'parent_id': self.customer.id, 'email': 'person@example.com'})
        self.assertEqual(self._new(sender='colleague bee <person@example.com>').partner_id.name, "Colleague Bee")
        self.assertEqual(self._new(sender='Anybody <person@example.com>', subject="Two").partner_id, self.customer)

    def test_own_companies_are_no_customers(self):
        self.company.partner_id.email = 'office@our.example.com'
        _tickets, asides = self._receive(sender='office@our.example.com')
        self.assertEqual(asides.reason, 'loop')

    def test_portal_user_writes(self):
        self._portal_user(self.person)
        self.person.email = 'person@example.com'
        ticket = self._new()
        self.assertEqual((ticket.partner_id, ticket.company_id, ticket.state), (self.person, self.company, 'new'))

    def test_form_sends_for_a_person(self):
        ticket = self._new(sender='no-reply@forms.example.com', Reply_To='Person <person@example.com>')
        self.assertEqual(ticket.partner_id, self.person)

    # ------------------------------------------------------------------
    # Two teams, doubles
    # ------------------------------------------------------------------

    def test_two_teams_one_ticket(self):
        ticket = self._new(to='workshop@our.example.com, hotline@our.example.com')
        self.assertEqual(ticket.team_id, self.workshop)
        self.assertIn("Was also sent to Hotline", self._notes(ticket))
        tickets, _asides = self._receive(to='hotline@our.example.com, hotline@america.example.com', subject="Both")
        self.assertEqual(tickets.company_id, self.company + self.company_usd)

    def test_same_mail_twice(self):
        for raw in (self._raw(subject="A"), self._raw(subject="B", message_id=None)):
            self._new(raw=raw)
            self.assertEqual(self._receive(raw=raw), (self.env['crm.ticket'], self.env['crm.mail.aside']))

    def test_same_words_twice(self):
        ticket = self._new()
        with freeze_time(datetime(2026, 6, 15, 12, 10)):
            self.assertFalse(self._receive()[0])
            self.assertFalse(ticket.log_ids.filtered(lambda log: log.event == 'asked'))
        with freeze_time(datetime(2026, 6, 15, 12, 10, 1)):
            self.assertTrue(self._receive()[0])
        self.assertTrue(self._receive("Other words")[0])
        self.assertTrue(self._receive(sender='person2@example.com')[0])

    def test_same_words_again_with_what_was_forgotten(self):
        ticket = self._new()
        message = self._reply(ticket, attachments=[('photo.jpg', b'x')])
        self.assertEqual(message.attachment_ids.mapped('name'), ['photo.jpg'])
        self.assertTrue(self._reply(ticket, attachments=[('photo.jpg', b'another')]))
        before = ticket.message_ids
        self.assertFalse(any(self._receive(attachments=[('photo.jpg', b'x')])))
        self.assertEqual(ticket.message_ids, before)

    def test_identity_of_another_mail(self):
        self._new(message_id='<1@constant.example>')
        _tickets, asides = self._receive(sender='person2@example.com', subject="Bill", message_id='<1@constant.example>')
        self.assertEqual(asides.reason, 'same_id')
        asides.action_make_ticket()
        self.assertEqual((asides.state, asides.ticket_id.partner_id, asides.ticket_id.title), ('used', self.person2, "Bill"))

    # ------------------------------------------------------------------
    # Acknowledgement
    # ------------------------------------------------------------------

    def test_acknowledged_at_once_with_number_and_deadline(self):
        self.person.tz = 'America/New_York'
        raw = self._raw(subject="The pump", message_id='<pump@outside.example.com>')
        ticket = self._new(raw=raw)
        ticket.sudo().date_due = datetime(2026, 6, 15, 14, 0)
        mail = self._send_notices()
        self.assertEqual((mail.subject, mail.recipient_ids, mail.state), (f"[{ticket.name}] The pump", self.person, 'outgoing'))
        self.assertIn("Hello Person,", mail.body_html)
        self.assertIn("June 15, 2026", mail.body_html)
        self.assertIn("10:00", mail.body_html)
        self.assertIn("hotline@our.example.com", mail.reply_to)
        self.assertEqual(mail.email_from, '"Hotline" <hotline@our.example.com>')
        self.assertEqual(mail.references, '<pump@outside.example.com>')
        self.assertIn("'Auto-Submitted': 'auto-replied'", mail.headers)
        self.assertFalse(ticket.date_first_response)
        self.assertFalse(ticket.log_ids.filtered(lambda log: log.event == 'replied'))
        ticket._acknowledge()
        self._reply(ticket, "More", to_message=mail.mail_message_id, subject=f"Re: {mail.subject}")
        self.assertFalse(self._send_notices(), "once")

    def test_acknowledged_in_the_customers_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        template = self.env.ref('crm_service.mail_template_ticket_acknowledged')
        template.with_context(lang='zh_CN').subject = "[{{ object.name }}] 已收到：{{ object.title }}"
        self.person.lang = 'zh_CN'
        self._new()
        self._new(sender='person2@example.com')
        subjects = sorted(self._send_notices().mapped('subject'))
        self.assertIn("已收到：Pump", subjects[0] + subjects[1])
        self.assertEqual(sum("已收到" in subject for subject in subjects), 1)

    def test_not_acknowledged(self):
        for number, (sender, headers) in enumerate((
                ('no-reply@x.example.com', {}), (UNKNOWN, {'X_Auto_Response_Suppress': 'All'}), (UNKNOWN, {'List_Id': '<l.x.example>'}))):
            with self.subTest(sender=sender, headers=headers):
                self._new(sender=sender, subject=f"N{number}", **headers)
                self.assertFalse(self._send_notices())
        self.hotline.acknowledge_template_id = False
        self._new(subject="None")
        self.assertFalse(self._send_notices())

    def test_other_ways_are_acknowledged_too(self):
        self._tickets(1, channel='portal')
        self._tickets(1, channel='phone')
        self.assertEqual(len(self._send_notices()), 1)

    def test_broken_template_holds_up_nothing(self):
        broken = self.env.ref('crm_service.mail_template_ticket_acknowledged').copy()
        self.patch(self.registry['mail.template'], '_check_can_be_rendered', lambda *args, **kwargs: None)   # has been saved before
        broken.with_context(install_mode=True).write({'subject': "{{ object.name }}", 'email_to': "{{ 1 / 0 }}"})
        self.workshop.acknowledge_template_id = broken
        bad, good = self._new(to='workshop@our.example.com'), self._new(subject="Good")
        mails = self._send_notices()
        self.assertEqual(mails.mapped('res_id'), good.ids)
        self.assertEqual((bad.notice_ids.state, good.notice_ids.state), ('failed', 'sent'))
        self.assertTrue(bad.notice_ids.error)
        broken.with_context(install_mode=True).email_to = False
        bad.notice_ids.action_retry()
        self.assertEqual(self._send_notices().mapped('res_id'), bad.ids)

    # ------------------------------------------------------------------
    # Storms
    # ------------------------------------------------------------------

    def test_storm(self):
        self.hotline.write({'mail_quiet_limit': 2, 'mail_aside_limit': 4})
        for number in range(1, 5):
            self._new(f"Alarm {number}", sender=UNKNOWN, subject=f"Alarm {number}")
        tickets, asides = self._receive("Alarm 5", sender=UNKNOWN, subject="Alarm 5")
        self.assertEqual((len(tickets), asides.reason, asides.team_id), (0, 'storm', self.hotline))
        self.assertEqual(len(self._send_notices()), 2)
        self.assertTrue(self._receive("Else")[0], "others may write")
        self.env['mail.gateway.allowed'].create({'email': 'ursula@new.example.com'})
        self.assertTrue(self._receive("Alarm 6", sender=UNKNOWN, subject="Alarm 6")[0])
        self.env['mail.gateway.allowed'].search([]).unlink()
        with freeze_time(datetime(2026, 6, 15, 12, 0) + timedelta(hours=1, seconds=1)):
            self.assertTrue(self._receive("Alarm 7", sender=UNKNOWN, subject="Alarm 7")[0])

    def test_storm_on_one_ticket(self):
        self.hotline.mail_aside_limit = 3
        ticket = self._new()
        first = ticket.message_ids[-1]
        for number in range(3):
            self._reply(ticket, f"More {number}", to_message=first)
        _tickets, asides = self._receive("More 4", In_Reply_To=first.message_id)
        self.assertEqual(asides.reason, 'loop')

    def test_statements_of_a_mail(self):
        """With its ticket, number, promises, message and acknowledgement; no address is looked up twice."""
        self.env.ref('crm_service.crm_sla_policy_first_response').active = True
        self.env.ref('crm_service.crm_sla_policy_resolution').active = True
        self._new("First", subject="First")
        raw = self._raw("Second", subject="Second", sender='Person 2 <person2@example.com>')
        gateway = self.env['mail.thread'].with_user(self.env.ref('base.user_root')).with_context(allowed_company_ids=None)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        found = gateway.message_process(None, raw)
        self.env.flush_all()
        self.assertLessEqual(self.cr.sql_log_count - before, 55)
        ticket = self.env['crm.ticket'].browse(found)
        self.assertEqual((ticket.partner_id, len(ticket.sla_ids), ticket.notice_ids.kind), (self.person2, 2, 'acknowledged'))

    def test_colleague_abroad_is_not_the_customer(self):
        new_test_user(
            self.env, login='mail_abroad', email='abroad@our.example.com', groups='base.group_user', company_id=self.company_usd.id,
            company_ids=self.company_usd.ids)
        ticket = self._new(sender='abroad@our.example.com')
        self.assertFalse(ticket.partner_id)
