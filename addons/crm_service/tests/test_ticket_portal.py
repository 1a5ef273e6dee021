import json

from freezegun import freeze_time

from odoo import Command, http
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .portal_common import ServicePortalCommon


@tagged('post_install', '-at_install')
class TestTicketPortal(ServicePortalCommon):
    """What customers see of their tickets and do with them."""

    def test_home_counts(self):
        self.ticket._move('waiting')
        self._ticket('closed')
        self._sign_in(self.buyer)
        names = ['crm_ticket_count', 'crm_ticket_waiting_count']
        counters = self.make_jsonrpc_request('/my/counters', {'counters': names})
        self.assertEqual([counters[name] for name in names], [1, 1])
        page = self.url_open('/my').text
        for text in ("/my/tickets", "Tickets awaiting your answer", "Service Preferences"):
            self.assertIn(text, page)

    def test_home_shows_the_other_documents(self):
        """Orders, invoices … have cards of Odoo's own on the same home."""
        page = self._get('/my').text
        for url in ('/my/orders', '/my/invoices', '/my/tickets'):
            self.assertIn(f'href="{url}', page)

    def test_list(self):
        page = self._get('/my/tickets').text
        self.assertIn("Pump leaks", page)
        self.assertNotIn("Bill of the colleague", page)
        self.assertNotIn("Secret of others", page)
        self.assertIn("There are no such tickets", self._get('/my/tickets?filterby=done').text)
        self.assertIn("Pump leaks", self._get('/my/tickets?search=pump&search_in=title&groupby=state&sortby=name').text)
        self.assertNotIn("Pump leaks", self._get('/my/tickets?search=pump&search_in=name').text)
        self.assertIn("Pump leaks", self._get(f'/my/tickets?search={self.ticket.name}&search_in=name&sortby=nonsense').text)

    def test_list_of_the_company(self):
        self.person.crm_service_scope = 'company'
        page = self._get('/my/tickets?groupby=person').text
        for text in ("Pump leaks", "Bill of the colleague", "Tickets of your company"):
            self.assertIn(text, page)
        self.assertNotIn("Secret of others", page)
        self.assertIn("Bill of the colleague", self._get(f'/my/tickets/{self.of_mate.id}').text)

    def test_page(self):
        """State in the customer's words, the promise in the customer's time zone."""
        self.ticket.answer_ids = [Command.create({'label': "Serial number", 'value': "S-17"})]
        self.buyer.tz = 'America/New_York'
        page = self._get(f'/my/tickets/{self.ticket.id}').text    # promised to be answered at 15:00 in Brussels, solved at 16:00
        for text in (self.ticket.name, "Received", "We answer by", "9:00", "America/New_York", "Serial number", "S-17", "It is solved"):
            self.assertIn(text, page)
        for moment, late in (('2026-06-15 13:00:00', False), ('2026-06-15 13:00:01', True)):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual("We are late" in self._get(f'/my/tickets/{self.ticket.id}').text, late)
        self._answer(self.ticket)
        page = self._get(f'/my/tickets/{self.ticket.id}').text
        self.assertIn("We solve it by", page)
        self.assertIn("10:00", page)
        self.ticket._move('waiting')
        page = self._get(f'/my/tickets/{self.ticket.id}').text
        self.assertIn("Please answer our question", page)
        self.assertNotIn("We solve it by", page)

    def test_in_the_language_of_the_customer(self):
        """Whoever signs in on an English page reads on in the own language."""
        self.env['res.lang']._activate_lang('zh_CN')
        self.person.lang = 'zh_CN'
        self.question.with_context(lang='zh_CN').name = "咨询"
        self._sign_in(False)
        self.url_open('/web/login')
        response = self.url_open('/web/login', data={
            'login': self.buyer.login, 'password': self.buyer.login, 'csrf_token': http.Request.csrf_token(self),
            'redirect': f'/my/tickets/{self.ticket.id}'})
        self.assertIn(f'/zh_CN/my/tickets/{self.ticket.id}', response.url)
        self.assertIn("咨询", response.text)

    def test_merged_ticket_leads_on(self):
        self.ticket.sudo().merged_into_id = self.of_mate
        self.assertNotIn(self.of_mate.name, self._get(f'/my/tickets/{self.ticket.id}').text)
        self.person.crm_service_scope = 'company'
        self.assertIn(self.of_mate.name, self._get(f'/my/tickets/{self.ticket.id}').text)

    # ------------------------------------------------------------------
    # Close, reopen, rate
    # ------------------------------------------------------------------

    def test_close(self):
        response = self._post(f'/my/tickets/{self.ticket.id}/close')
        self.assertIn('message=closed', response.url)
        self.assertEqual((self.ticket.state, str(self.ticket.date_closed)), ('closed', self.NOW))
        self.assertEqual(self.ticket.log_ids.sorted('id')[-1].author_id, self.person)
        self.assertIn('message=not_possible', self._post(f'/my/tickets/{self.ticket.id}/close').url)

    def test_close_before_anybody_took_it(self):
        self.ticket._portal_close()
        with self.assertRaisesRegex(UserError, "closed already"):
            self.ticket._portal_close()

    def test_reopen(self):
        self.ticket._move('closed')
        self._post(f'/my/tickets/{self.ticket.id}/reopen', reason="It <b>still</b> leaks")
        self.assertEqual((self.ticket.state, self.ticket.reopen_count), ('open', 1))
        message = self.ticket.message_ids.filtered(lambda message: message.message_type == 'comment')
        self.assertEqual((message.author_id, str(message.body)), (self.person, "<p>It &lt;b&gt;still&lt;/b&gt; leaks</p>"))

    def test_reopen_without_a_word(self):
        self.ticket._move('solved')
        self._post(f'/my/tickets/{self.ticket.id}/reopen')
        self.assertEqual(self.ticket.state, 'open')

    def test_reopen_in_time(self):
        self.ticket._move('closed')   # at 12:00 on the 15th
        self.question.reopen_days = 14
        for moment, possible in (('2026-06-29 11:59:59', True), ('2026-06-29 12:00:00', True), ('2026-06-29 12:00:01', False)):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual((self.ticket._portal_can('reopen'), self.ticket._portal_can('write')), (possible, possible))
        with freeze_time('2026-06-29 12:00:01'):
            with self.assertRaisesRegex(UserError, "open a new one"):
                self.ticket._portal_reopen('', self.person)
            page = self._get(f'/my/tickets/{self.ticket.id}').text
            self.assertIn("Open a new one", page)
            self.assertNotIn("o_crm_ticket_reopen", page)
            self.assertIn('data-allow_composer="0"', page)

    def test_nobody_writes_on_what_is_over(self):
        """Nor by a request of one's own making: the page offers no way to."""
        self.ticket._move('closed')
        for moment, reopened in (('2026-06-29 12:00:01', False), ('2026-06-29 12:00:00', True)):
            with self.subTest(moment=moment), freeze_time(moment):
                self._sign_in(self.buyer)
                self.url_open('/mail/message/post', data=json.dumps({'params': {
                    'thread_model': 'crm.ticket', 'thread_id': self.ticket.id, 'post_data': {
                        'body': "Once more", 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}}}),
                    headers={'Content-Type': 'application/json'})
                self.env.invalidate_all()
                self.assertEqual((self.ticket.state, "Once more" in ''.join(self.ticket.message_ids.mapped('body'))), (
                    'open' if reopened else 'closed', reopened))

    def test_never_reopened(self):
        self.question.reopen_days = 0
        self.ticket._move('closed')
        self.assertEqual((self.ticket._portal_can('reopen'), self.ticket._portal_reopen_until()), (False, None))

    def test_cancelled_is_over(self):
        self.ticket._move('cancelled')
        self.assertEqual([self.ticket._portal_can(what) for what in ('close', 'reopen', 'rate', 'write')], [False] * 4)

    def test_rate(self):
        self.assertIn('not_possible', self._post(f'/my/tickets/{self.ticket.id}/rate').url)
        self.ticket.user_id = self.agent
        self.ticket._move('solved')
        response = self._post(f'/my/tickets/{self.ticket.id}/rate')
        feedback = self.ticket.feedback_ids
        self.assertIn(f'/service/feedback/{feedback.token}', response.url)
        self.assertEqual((feedback.partner_id, feedback.user_id, feedback.date_sent), (self.person, self.agent, False))
        self._post(f'/my/tickets/{self.ticket.id}/rate')   # the same question once more
        self.assertEqual(self.ticket.feedback_ids, feedback)
        feedback._answer(rating=5)
        self.assertFalse(self.ticket._portal_can('rate'))

    def test_reply(self):
        """The customer's answer brings a waiting ticket back to us."""
        self.ticket._move('waiting')
        self._sign_in(self.buyer)
        self.make_jsonrpc_request('/mail/message/post', {
            'thread_model': 'crm.ticket', 'thread_id': self.ticket.id, 'post_data': {
                'body': "Here it is", 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}})
        self.env.invalidate_all()
        self.assertEqual((self.ticket.state, self.ticket.is_answer_due), ('open', True))
        self.assertEqual(self.ticket.message_ids[:1].author_id, self.person)

    # ------------------------------------------------------------------
    # New tickets
    # ------------------------------------------------------------------

    def test_new_in_the_portal(self):
        os, seats, since, works, text = self.env['crm.ticket.question'].create([
            {'type_id': self.repair.id, 'name': name, 'kind': kind, 'options': options, 'required': bool(options)}
            for name, kind, options in (
                ("System", 'choice', "Linux\nWindows"), ("Seats", 'number', False), ("Since", 'date', False),
                ("Does it work at all?", 'yesno', False), ("What was done?", 'long', False))])
        self.repair.team_id = self.workshop
        page = self._get(f'/my/tickets/new?type={self.repair.id}').text
        for question in self.repair.question_ids:
            self.assertIn(question.name, page)
        for number, choice in enumerate(("Linux", "Windows")):      # the first one, too, is told from what is shown
            self.assertRegex(page, rf'<option value="{number}">\s*{choice}')
        form = {
            'type': self.repair.id, 'title': "Does not start", 'description': "No <sound>\nat all",
            f'question_{os.id}': '1', f'question_{seats.id}': '12,5',
            f'question_{since.id}': '2026-06-01', f'question_{works.id}': 'no', f'question_{text.id}': "A\nB"}
        response = self._post('/my/tickets/new', files=[self._file('photo.txt')], **form)
        ticket = self.env['crm.ticket'].search([('title', '=', "Does not start")])
        self.assertIn(f'/my/tickets/{ticket.id}', response.url)
        self.assertEqual(
            (ticket.partner_id, ticket.commercial_partner_id, ticket.type_id, ticket.team_id, ticket.channel, ticket.company_id),
            (self.person, self.customer, self.repair, self.workshop, 'portal', self.company))
        self.assertEqual(str(ticket.description), "<p>No &lt;sound&gt;<br>at all</p>")
        self.assertEqual(
            [(answer.label, answer.value) for answer in ticket.answer_ids],
            [("System", "Windows"), ("Seats", "12.5"), ("Since", "2026-06-01"), ("Does it work at all?", "No"),
             ("What was done?", "A\nB")])
        self.assertEqual(ticket.intake_attachment_ids.mapped('name'), ['photo.txt'])
        self.assertEqual(self.url_open(f'/my/tickets/{ticket.id}/files/{ticket.intake_attachment_ids.id}').content, b"Hello")
        self.assertFalse(ticket.is_unverified)

    def test_new_says_what_is_missing(self):
        question = self.env['crm.ticket.question'].create({
            'type_id': self.repair.id, 'name': "Seats", 'kind': 'number', 'required': True})
        before = self.env['crm.ticket'].search_count([])
        response = self._post('/my/tickets/new', **{
            'type': self.repair.id, 'title': "", 'description': "Kept text", f'question_{question.id}': "many"})
        self.assertEqual(response.status_code, 422)
        for text in ("Say in a few words", "“Seats”: enter a number.", "Kept text", 'role="alert"'):
            self.assertIn(text, response.text)
        self.assertEqual(self.env['crm.ticket'].search_count([]), before)

    def test_only_offered_types(self):
        self.repair.is_public = False
        self.complaint.company_id = self.company_usd
        page = self._get('/my/tickets/new').text
        self.assertIn(f'type={self.question.id}"', page)
        for kind in (self.repair, self.complaint):
            self.assertNotIn(f'type={kind.id}"', page)
            self._post('/my/tickets/new', type=kind.id, title="Not offered", description="x")
        self.assertFalse(self.env['crm.ticket'].search([('title', '=', "Not offered")]))

    def test_answers(self):
        choice = self.env['crm.ticket.question'].new({'name': "Which", 'kind': 'choice', 'options': "One\n\n Two \n"})
        for kind, given, kept in (
                ('choice', '1', "Two"), ('choice', '2', None), ('choice', '-1', None), ('choice', "Two", None), ('choice', '', ''),
                ('yesno', 'yes', "Yes"), ('yesno', 'perhaps', None), ('date', '2026-02-30', None), ('date', '2026-02-28', '2026-02-28'),
                ('number', '1e5', None), ('number', '7', '7'), ('text', "a\r\nb", "a b"), ('text', "x" * 600, "x" * 500),
                ('long', "a\r\nb", "a\nb")):
            with self.subTest(kind=kind, given=given):
                choice.kind = kind
                if kept is None:
                    with self.assertRaises(ValidationError):
                        choice._answer(given)
                else:
                    self.assertEqual(choice._answer(given), kept)
        choice.required = True
        with self.assertRaisesRegex(ValidationError, "Please answer"):
            choice._answer(" ")
        with self.assertRaisesRegex(ValidationError, "at least two choices"):
            self.env['crm.ticket.question'].create({'type_id': self.repair.id, 'name': "Which", 'kind': 'choice', 'options': "One"})

    def test_mail_repeats_the_answers(self):
        self.ticket.answer_ids = [Command.create({'label': "Serial <number>", 'value': "S-17"})]
        template = self.env.ref('crm_service.mail_template_ticket_acknowledged')
        body = template._render_field('body_html', self.ticket.ids)[self.ticket.id]
        self.assertIn("<li>Serial &lt;number&gt;: S-17</li>", body)
        self.assertNotIn("<li>", template._render_field('body_html', self.of_mate.ids)[self.of_mate.id])

    def test_question_stays_as_it_was_asked(self):
        question = self.env['crm.ticket.question'].create({'type_id': self.repair.id, 'name': "Seats", 'kind': 'number'})
        self.ticket.answer_ids = [Command.create({'question_id': question.id, 'value': "3"})]
        question.name = "Chairs"
        self.assertEqual(self.ticket.answer_ids.label, "Seats")
        question.unlink()
        self.assertEqual((self.ticket.answer_ids.label, self.ticket.answer_ids.value), ("Seats", "3"))

    # ------------------------------------------------------------------
    # Preferences
    # ------------------------------------------------------------------

    def test_preferences(self):
        self.env['res.lang']._activate_lang('zh_CN')
        page = self._get('/my/service-preferences').text
        self.assertIn("that a ticket has arrived", page)
        self._post(
            '/my/service-preferences', crm_service_mute_acknowledged='1', crm_service_mute_care='1', crm_service_channel='mail',
            lang='zh_CN', crm_service_scope='company', crm_service_admin='1')
        self.assertEqual(
            [self.person._crm_wants(notice) for notice in ('acknowledged', 'status', 'solved', 'survey', 'care')],
            [True, False, False, False, True])
        self.assertEqual((self.person.lang, self.person.crm_service_scope, self.person.crm_service_admin), ('zh_CN', False, False))

    def test_scope_on_the_contact(self):
        """Colleagues set it on the form of the contact, beside what the customer wants to hear."""
        with Form(self._by(self.person)) as contact:
            contact.crm_service_scope = 'company'
            contact.crm_service_mute_care = True
        self.assertEqual(self._seen(self.buyer), self.ticket + self.of_mate)
        self.assertFalse(self.person._crm_wants('care'))

    def test_portal_only(self):
        self.assertTrue(self.person._crm_wants('solved'))
        self.person.crm_service_channel = 'portal'
        self.assertFalse(self.person._crm_wants('solved'))
        self.buyer.active = False   # nobody can read it there any more
        self.assertTrue(self.person._crm_wants('solved'))
        self.assertTrue(self.env['res.partner']._crm_wants('acknowledged'))
        with self.assertRaises(ValueError):
            self.person._crm_wants('gossip')

    def test_people_of_the_company(self):
        self.assertIn('/my/service-preferences', self._get('/my/company-people').url)
        self.person.crm_service_admin = True
        page = self._get('/my/company-people').text
        self.assertIn("Colleague", page)
        self.assertNotIn(self.person2.name, page)
        self._post('/my/company-people', **{
            f'scope_{self.colleague.id}': 'company', f'scope_{self.person2.id}': 'company', f'scope_{self.person.id}': 'all'})
        self.assertEqual(
            (self.colleague.crm_service_scope, self.person2.crm_service_scope, self.person.crm_service_scope), ('company', False, False))
        self.assertEqual(self._seen(self.mate), self.ticket + self.of_mate)
        self._post('/my/company-people', user=self.mate, **{f'scope_{self.person.id}': 'company'})   # no administrator
        self.assertFalse(self.person.crm_service_scope)
