from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.crm_service.controllers.ticket_form import TRAP

from .portal_common import ServicePortalCommon


@tagged('post_install', '-at_install')
class TestTicketPublic(ServicePortalCommon):
    """The form and the state of tickets for people who have not signed in."""

    def _send(self, files=None, url='/service/new', **form):
        return self._post(url, user=False, files=files, **{
            'type': self.question.id, 'title': "Opening hours", 'description': "When?", 'name': "Nora New", 'email': 'nora@example.org',
            **form})

    def _sent(self, title="Opening hours"):
        return self.env['crm.ticket'].search([('title', '=', title)])

    # ------------------------------------------------------------------
    # Form
    # ------------------------------------------------------------------

    def test_somebody_unknown(self):
        self.env['res.lang']._activate_lang('zh_CN')
        page = self._get('/service/new', user=False).text
        self.assertIn(f'/service/new?type={self.question.id}', page)
        response = self._send(phone="+32 2 000", files=[self._file('plan.txt')])
        ticket = self._sent()
        self.assertIn('/service/sent', response.url)
        self.assertIn(ticket.name, response.text)
        self.assertEqual(
            (ticket.partner_name, ticket.email_from, ticket.phone, ticket.channel, ticket.is_unverified, ticket.company_id),
            ("Nora New", 'nora@example.org', "+32 2 000", 'web', True, self.company))
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.intake_attachment_ids.name, 'plan.txt')
        self.assertNotIn('access_token', response.text)
        self._send(url='/zh_CN/service/new', title="营业时间")      # the language of the form is the one in which we answer
        self.assertEqual(self._sent("营业时间").lang, 'zh_CN')

    def test_contact_is_found_and_not_told(self):
        unknown = self._send().text
        known = self._send(title="Known", email='PERSON@example.com').text
        ticket = self._sent("Known")
        self.assertEqual((ticket.partner_id, ticket.is_unverified), (self.person, True))
        self.assertEqual(*(
            page.split('<main>')[1].replace(sent.name, '#') for page, sent in ((known, ticket), (unknown, self._sent()))))

    def test_no_contact_where_there_are_several_or_a_colleague_of_ours(self):
        self.colleague.email = 'person@example.com'
        self._send(title="Which one", email='person@example.com')
        self._send(title="One of ours", email=self.agent.email)
        self.assertFalse((self._sent("Which one") + self._sent("One of ours")).partner_id)

    def test_customers_sign_in(self):
        self.assertIn('/my/tickets/new', self._get('/service/new').url)

    def test_what_is_missing(self):
        for form, text in (
                ({'name': " "}, "Enter your name."), ({'email': "nora"}, "Enter your e-mail address"),
                ({'email': "a@example.org, b@example.org"}, "Enter your e-mail address"),
                ({'description': "\n"}, "Describe what"), ({TRAP: "http://example.org"}, "hidden field")):
            with self.subTest(form=form):
                response = self._send(**form)
                self.assertEqual((response.status_code, text in response.text), (422, True))
        self.assertFalse(self._sent())

    def test_as_often_as_people_do(self):
        """Five from an address within an hour; the sixth has to wait, another address does not."""
        for number in range(1, 6):
            self._send(title=f"No. {number}")
        self.assertIn("wait a little", self._send(title="No. 6").text)
        self._send(title="Another", email='other@example.org')
        self.assertEqual(len(self._sent("No. 5") + self._sent("No. 6") + self._sent("Another")), 2)
        with freeze_time('2026-06-15 12:59:59'):
            self._send(title="No. 6")
            self.assertFalse(self._sent("No. 6"))
        with freeze_time('2026-06-15 13:00:00'):
            self._send(title="No. 6")
            self.assertTrue(self._sent("No. 6"))

    def test_limit_of_an_ip(self):
        self.env['ir.config_parameter'].set_param('crm_service.limit_form_ip', '2')
        for number in range(1, 4):
            self._send(title=f"No. {number}", email=f'n{number}@example.org')
        self.assertEqual(self.env['crm.ticket'].search_count([('title', 'like', "No. ")]), 2)

    def test_attempts_are_forgotten(self):
        attempts = self.env['crm.service.attempt']
        self.assertEqual([attempts._allow('test', 'x', 2) for _turn in range(3)], [True, True, False])
        self.assertTrue(attempts._allow('other', 'x', 2))
        self.assertNotIn('x', attempts.search([('kind', '=', 'test')]).mapped('key'))
        with freeze_time('2026-06-16 12:00:01'):
            attempts._gc_attempts()
        self.assertFalse(attempts.search([('kind', 'in', ('test', 'other'))]))

    # ------------------------------------------------------------------
    # Suggestions
    # ------------------------------------------------------------------

    def test_suggestions(self):
        """What may answer it, for the public only what is public; what was looked for leads to the ticket."""
        public, inner = self.env['crm.faq.article'].create([
            {'name': f"Opening hours {audience}", 'body': "<p>At nine.</p>", 'lang': 'en_US', 'audience': audience, 'state': 'published'}
            for audience in ('public', 'internal')])
        self._sign_in(False)
        found = self.make_jsonrpc_request('/service/suggest', {'text': "opening hours"})
        self.assertIn(public.id, [article['id'] for article in found])
        self.assertNotIn(inner.id, [article['id'] for article in found])
        self.assertEqual(self.make_jsonrpc_request('/service/suggest', {'text': "\x00"}), [])
        self.env['ir.config_parameter'].set_param('crm_service.limit_suggest', '2')
        self.assertEqual(self.make_jsonrpc_request('/service/suggest', {'text': "opening hours"}), [])

    def test_search_that_became_a_ticket(self):
        self._sign_in(self.buyer)
        self.make_jsonrpc_request('/service/suggest', {'text': "how to descale"})
        self._post('/my/tickets/new', type=self.question.id, title="How to descale", description="?")
        search = self.env['crm.faq.search'].search([('query', '=', "how to descale")])
        self.assertEqual((search.ticket_id.title, search.place), ("How to descale", 'portal'))

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def test_files_have_limits(self):
        parameters = self.env['ir.config_parameter']
        parameters.set_param('crm_service.attachment_mb', '1')
        parameters.set_param('crm_service.attachment_count', '2')
        small = [self._file(f'{number}.txt') for number in range(3)]
        self.assertIn("2 files at most", self._send(files=small).text)
        self.assertIn("too large", self._send(files=[self._file('big.bin', b"x" * (1024 ** 2 + 1))]).text)
        self.assertFalse(self._sent())
        self._send(files=[self._file('just.bin', b"x" * 1024 ** 2), self._file('empty.txt', b"")])
        self.assertEqual(sorted(self._sent().intake_attachment_ids.mapped('name')), ['empty.txt', 'just.bin'])
        parameters.set_param('crm_service.attachment_count', 'many')   # no number: the default
        self.assertEqual(self.env['crm.ticket']._intake_limits(), (5, 1024 ** 2))

    def test_odd_files_are_only_downloaded(self):
        page = b"<html><script>alert(1)</script></html>"
        self._send(files=[
            self._file('../../page.html', page, 'text/html'), self._file("run\r\nX-Evil: 1.exe", b"MZ\x90\x00", 'application/x-msdownload'),
            self._file('pic.svg', b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml')])
        ticket = self._sent()
        ticket.partner_id = self.person
        self._sign_in(self.buyer)
        for attachment in ticket.intake_attachment_ids:
            with self.subTest(name=attachment.name):
                response = self.url_open(f'/my/tickets/{ticket.id}/files/{attachment.id}')
                self.assertEqual(response.headers['Content-Type'], 'application/octet-stream')
                self.assertTrue(response.headers['Content-Disposition'].startswith('attachment'))
                self.assertEqual(response.headers['X-Content-Type-Options'], 'nosniff')
                self.assertNotIn('X-Evil', response.headers)
                self.assertNotIn(b'alert', self.url_open(f'/web/content/{attachment.id}').content)   # customers do not get it that way
        kept = {attachment.name: attachment.mimetype for attachment in ticket.intake_attachment_ids}
        self.assertFalse([name for name in kept if '/' in name or '\n' in name or '\r' in name])
        self.assertEqual((kept['page.html'], kept['pic.svg']), ('text/plain', 'text/plain'))   # nor do colleagues see a page

    # ------------------------------------------------------------------
    # State by number and address
    # ------------------------------------------------------------------

    def _status(self, number, email):
        return self._post('/service/status', user=False, number=number, email=email)

    def test_state(self):
        page = self._status(f' {self.ticket.name.lower()} ', 'Person@Example.com').text
        for text in (self.ticket.name, "Received", "We answer by", "3:00", "Europe/Brussels"):
            self.assertIn(text, page)
        for text in ("Pump leaks", "Person<", self.customer.name, '/my/tickets/%s' % self.ticket.id, 'access_token'):
            self.assertNotIn(text, page)

    def test_state_by_the_address_of_somebody_unknown(self):
        self._send()
        self.assertIn("Received", self._status(self._sent().name, 'nora@example.org').text)

    def test_same_answer_for_everything_wrong(self):
        pages = []
        for number, email in (
                (self.ticket.name, 'wrong@example.com'), ('T2026-99999', 'person@example.com'), ('T2026-99998', 'wrong@example.com'),
                (self.of_stranger.name, 'person@example.com'), (self.ticket.name, ''), (self.ticket.name, 'nobody@example.invalid'),
                ("'; --", 'x@example.com'), (f'{self.ticket.name}%', 'person@example.com')):
            page = self._status(number, email).text
            self.assertIn("There is no ticket with this number and this e-mail address.", page)
            pages.append(page.split('o_crm_ticket_status')[1].split('<form')[0])
        self.assertEqual(len(set(pages)), 1)

    def test_wrong_number_and_wrong_address_take_the_same_way(self):
        """As many statements for a number that is there as for one that is not."""
        tickets = self.env['crm.ticket']
        counts = []
        for number in (self.ticket.name, 'T2026-99999'):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertFalse(tickets._find_by_number(number, 'wrong@example.com'))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1])

    def test_same_number_in_two_companies(self):
        other = self._ticket(company=self.company_usd, partner_id=self.person2.id)
        self.assertEqual(other.name, self.ticket.name)
        self.assertEqual(self.env['crm.ticket']._find_by_number(other.name, 'person2@example.com'), other)
        self.assertEqual(self.env['crm.ticket']._find_by_number(other.name, 'person@example.com'), self.ticket)

    def test_looking_has_limits(self):
        """Ten looks at a number an hour, whoever looks; then the answer is the same for all numbers of that address."""
        for _turn in range(10):
            self._status(self.ticket.name, 'wrong@example.com')
        self.assertIn("Please wait an hour", self._status(self.ticket.name, 'person@example.com').text)
        self.env['ir.config_parameter'].set_param('crm_service.limit_status_ip', '10')
        for number in (self.of_mate.name, 'T2026-99999'):
            self.assertIn("Please wait an hour", self._status(number, 'colleague@example.com').text)
        with freeze_time('2026-06-15 13:00:01'):
            self.assertIn("Received", self._status(self.ticket.name, 'person@example.com').text)

    def test_asking_is_a_post(self):
        page = self._get(f'/service/status?number={self.ticket.name}&email=person@example.com', user=False).text
        self.assertNotIn("Received", page)
