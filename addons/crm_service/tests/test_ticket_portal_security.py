import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .portal_common import ServicePortalCommon


@tagged('post_install', '-at_install')
class TestTicketPortalSecurity(ServicePortalCommon):
    """Holes seen in other service desks, tried on ours: each of these has to fail for the attacker."""

    def _states(self):
        self.env.invalidate_all()
        return self.all.mapped('state')

    # ------------------------------------------------------------------
    # Changing what is not theirs
    # ------------------------------------------------------------------

    def test_closing_by_id_in_a_loop(self):
        before = [(ticket.state, len(ticket.log_ids)) for ticket in self.all]
        for user in (self.stranger, False):
            for ticket in self.ticket + self.of_mate:
                for path in ('close', 'reopen', 'rate'):
                    with self.subTest(user=user and user.login, path=path):
                        response = self._post(f'/my/tickets/{ticket.id}/{path}', user=user, access_token='guess')
                        self.assertNotIn('/my/tickets/', response.url)
        self.assertEqual([(ticket.state, len(ticket.log_ids)) for ticket in self.all], before)

    @mute_logger('odoo.http')
    def test_nothing_changes_by_get(self):
        self._sign_in(self.buyer)
        for path in ('close', 'reopen', 'rate'):
            response = self.url_open(f'/my/tickets/{self.ticket.id}/{path}?reason=x')
            self.assertEqual(response.status_code, 405, path)
        for url in ('/my/service-preferences?crm_service_channel=portal&lang=zh_CN', f'/my/company-people?scope_{self.person.id}=company',
                    f'/my/tickets/new?type={self.question.id}&title=By+GET&description=x',
                    f'/service/new?type={self.question.id}&title=By+GET'):
            self.url_open(url)
        self.assertEqual(self._states(), ['new'] * 3)
        self.assertFalse(self.env['crm.ticket'].search([('title', '=', "By GET")]))
        self.assertFalse(self.person.crm_service_channel or self.person.crm_service_scope)

    @mute_logger('odoo.http')
    def test_forged_forms_are_refused(self):
        for path in (f'/my/tickets/{self.ticket.id}/close', f'/my/tickets/{self.ticket.id}/reopen', '/my/tickets/new',
                     '/my/service-preferences', '/my/company-people'):
            self.assertEqual(self._post(path, token=False, type=self.question.id, title="Forged", description="x").status_code, 400, path)
        for path in ('/service/new', '/service/status'):
            self.assertEqual(self._post(path, user=False, token=False, type=self.question.id, title="Forged").status_code, 400, path)
        self.assertEqual(self._states(), ['new'] * 3)
        self.assertFalse(self.env['crm.ticket'].search([('title', '=', "Forged")]))

    def test_portal_users_write_nothing(self):
        stage = self.env.ref('crm_service.crm_ticket_stage_closed')
        question = self.env['crm.ticket.question'].create({'type_id': self.question.id, 'name': "Seats", 'kind': 'number'})
        answer = self.env['crm.ticket.answer'].create({'ticket_id': self.ticket.id, 'question_id': question.id, 'value': "3"})
        self.env['crm.service.attempt']._allow('test', 'x', 1)
        own = {
            'crm.ticket': self.ticket, 'crm.ticket.stage': stage, 'crm.ticket.type': self.question, 'crm.service.team': self.hotline,
            'crm.ticket.question': question, 'crm.ticket.answer': answer, 'crm.ticket.stage.log': self.ticket.log_ids,
            'crm.service.attempt': self.env['crm.service.attempt'].search([])}
        for user in (self.buyer, self.env.ref('base.public_user')):
            for model, vals in (
                    ('crm.ticket.stage', {'name': "Mine"}), ('crm.ticket.type', {'name': "Mine"}), ('crm.service.team', {'name': "Mine"}),
                    ('crm.ticket.question', {'name': "Mine"}), ('crm.ticket', {'stage_id': stage.id}), ('crm.ticket', {'title': "Mine"}),
                    ('crm.ticket', {'partner_id': self.person.id}), ('crm.ticket.answer', {'value': "Mine"}),
                    ('crm.ticket.stage.log', {'state': 'closed'}), ('crm.service.attempt', {'kind': 'x'}),
                    ('res.partner', {'crm_service_scope': 'company'}), ('res.partner', {'crm_service_admin': True})):
                records = self._by({**own, 'res.partner': user.partner_id}[model], user)
                with self.subTest(user=user.login, model=model), mute_logger('odoo.addons.base.models.ir_model'):
                    self.assertTrue(records)
                    with self.assertRaises(AccessError):
                        records.write(vals)
                    with self.assertRaises(AccessError):
                        records.create(vals)

    def test_rpc_methods_that_move(self):
        self._sign_in(self.buyer)
        for method in ('action_close', 'action_cancel', 'action_take', 'action_solve', 'write', 'unlink'):
            with self.subTest(method=method), mute_logger('odoo.http'):
                arguments = [[self.ticket.id]] + ([{'title': "x"}] if method == 'write' else [])
                with self.assertRaises(JsonRpcException):
                    self.make_jsonrpc_request('/web/dataset/call_kw', {
                        'model': 'crm.ticket', 'method': method, 'args': arguments, 'kwargs': {}})
        self.assertEqual(self._states(), ['new'] * 3)

    def test_address_form_of_odoo_sets_no_rights(self):
        writable = self.env['res.partner']._get_frontend_writable_fields()
        self.assertFalse({'crm_service_scope', 'crm_service_admin', 'crm_service_channel'} & writable)

    # ------------------------------------------------------------------
    # Reading what is not theirs
    # ------------------------------------------------------------------

    def test_who_finds_what(self):
        for user, found in ((self.buyer, self.ticket), (self.mate, self.of_mate), (self.stranger, self.of_stranger)):
            self.assertEqual(self._seen(user), found, user.name)
        self.person.crm_service_scope = 'company'
        self.assertEqual(self._seen(self.buyer), self.ticket + self.of_mate)
        self.person.crm_service_scope = 'own'
        self.assertEqual(self._seen(self.buyer), self.ticket)
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            self._seen(self.env.ref('base.public_user'))

    def test_pages_of_others(self):
        self._sign_in(self.stranger)
        for path in ('', '?access_token=x', f'?access_token={self.of_stranger._portal_ensure_token()}', '/files/1'):
            response = self.url_open(f'/my/tickets/{self.ticket.id}{path}')
            self.assertNotIn('/my/tickets/', response.url, path)
            self.assertNotIn("Pump leaks", response.text)

    def test_follower_of_another_company(self):
        self.ticket.message_subscribe(partner_ids=self.person2.ids)
        self.assertNotIn(self.ticket, self._seen(self.stranger))
        self.assertNotIn("Pump leaks", self._get(f'/my/tickets/{self.ticket.id}', user=self.stranger).text)

    def test_moved_to_another_company(self):
        """The tickets stay with the former customer, with the person goes nothing: neither pages nor links nor mail nor rights."""
        self.person.write({'crm_service_scope': 'company', 'crm_service_admin': True})
        token = self.ticket._portal_ensure_token()
        self.ticket.message_subscribe(partner_ids=(self.person + self.colleague).ids)
        self.assertEqual(self._seen(self.buyer), self.ticket + self.of_mate)
        self.person.parent_id = self.customer2
        self.assertEqual(self.ticket.commercial_partner_id, self.customer)
        self.assertFalse(self._seen(self.buyer))
        self.assertFalse(self.person.crm_service_scope or self.person.crm_service_admin)
        self.assertEqual(self.ticket.message_partner_ids & (self.person + self.colleague), self.colleague)
        for user in (self.buyer, False, self.stranger):
            self.assertNotIn("Pump leaks", self._get(f'/my/tickets/{self.ticket.id}?access_token={token}', user=user).text)
        self.person2.crm_service_scope = 'company'    # the new colleagues do not see what came before
        self.assertEqual(self._seen(self.stranger), self.of_stranger)
        self.colleague.crm_service_scope = 'company'  # those who stayed do
        self.assertEqual(self._seen(self.mate), self.ticket + self.of_mate)
        new = self._ticket()
        self.assertEqual(self._seen(self.stranger), self.of_stranger)
        self.assertTrue(self._sees(self.stranger, new))

    def test_company_of_the_company_changes(self):
        """The customer of a person may also change above: the rule asks anew each time."""
        self.person.crm_service_scope = 'company'
        self.assertEqual(self._seen(self.buyer), self.ticket + self.of_mate)
        self.person.is_company = True
        self.assertFalse(self._seen(self.buyer))
        self.assertEqual(self.ticket.commercial_partner_id, self.customer)

    def test_person_without_a_company_gets_one(self):
        alone = self.env['res.partner'].create({'name': "Alone", 'email': 'alone@example.com'})
        ticket = self._ticket(partner_id=alone.id)
        self.colleague.crm_service_scope = 'company'
        self.assertFalse(self._sees(self.mate, ticket))
        alone.parent_id = self.customer
        self.assertEqual(ticket.commercial_partner_id, self.customer)
        self.assertTrue(self._sees(self.mate, ticket))

    def test_archived_person(self):
        token = self.ticket._portal_ensure_token()
        self.buyer.active = False
        self.person.active = False
        self.env.flush_all()
        self.assertNotIn("Pump leaks", self._get(f'/my/tickets/{self.ticket.id}?access_token={token}', user=False).text)
        self.assertFalse(self._seen(self.buyer))

    def test_two_companies(self):
        """Customers find in the portal of a company what they asked that company."""
        abroad = self._ticket(company=self.company_usd)
        self.assertFalse(self._sees(self.buyer, abroad))
        self.assertNotIn('/my/tickets/', self._get(f'/my/tickets/{abroad.id}').url)
        self.buyer.company_ids = [Command.link(self.company_usd.id)]
        self.buyer.company_id = self.company_usd
        self.assertTrue(self._sees(self.buyer, abroad))

    def test_fields_that_are_ours(self):
        """By RPC a customer reads no more than on the pages."""
        ticket = self._by(self.ticket, self.buyer)
        self.assertEqual(ticket.read(['name', 'title', 'state'])[0]['title'], "Pump leaks")
        for name in ('user_id', 'team_id', 'sla_state', 'stage_id', 'tag_ids', 'is_unverified', 'rating_ids', 'ticket_properties',
                     'log_ids', 'answer_ids', 'activity_ids'):
            with self.subTest(field=name):
                with self.assertRaises(AccessError), mute_logger('odoo.models', 'odoo.orm.models'):
                    ticket.read([name])
                with self.assertRaises(AccessError), mute_logger('odoo.models', 'odoo.orm.models'):
                    ticket.search([], order=name)
        self.assertEqual(set(ticket.read()[0]) & {'user_id', 'team_id', 'log_ids'}, set())

    def test_token_opens_one_ticket(self):
        token = self.ticket._portal_ensure_token()
        page = self._get(f'/my/tickets/{self.ticket.id}?access_token={token}', user=False).text
        self.assertIn("Pump leaks", page)
        for ticket in self.of_mate + self.of_stranger:
            self.assertNotIn(ticket.title, self._get(f'/my/tickets/{ticket.id}?access_token={token}', user=False).text)
        for wrong in ('', token[:-1], token + 'x', token.upper() + ' ', 'False', 'None', '0'):
            self.assertNotIn("Pump leaks", self._get(f'/my/tickets/{self.ticket.id}?access_token={wrong}', user=False).text)
        self.assertFalse(self.of_mate.access_token)
        self.assertNotIn("Bill of", self._get(f'/my/tickets/{self.of_mate.id}?access_token=', user=False).text)

    def test_token_acts_for_one_ticket(self):
        token = self.ticket._portal_ensure_token()
        self._post(f'/my/tickets/{self.of_mate.id}/close', user=False, access_token=token)
        self._post(f'/my/tickets/{self.ticket.id}/close', user=False, access_token=token)
        self.assertEqual(self._states(), ['closed', 'new', 'new'])
        self._post(f'/my/tickets/{self.ticket.id}/reopen', user=False, access_token=token, reason="No")
        message = self.ticket.message_ids.filtered(lambda message: message.message_type == 'comment')
        self.assertEqual((message.author_id, message.body), (self.person, "<p>No</p>"))

    def test_page_for_the_signed_in_gives_no_token_away(self):
        """What is seen by right is seen as long as the right lasts: no link to keep for later."""
        token = self.ticket._portal_ensure_token()
        self.assertNotIn(token, self._get(f'/my/tickets/{self.ticket.id}').text)

    def test_colleagues_do_not_act_as_customers(self):
        """Somebody of ours who may read the ticket must not close it as if the customer had said so."""
        self.customer.user_id = self.rep
        self.rep.password = self.rep.login
        self.assertIn('message=colleague', self._post(f'/my/tickets/{self.ticket.id}/close', user=self.rep).url)
        self.assertEqual(self.ticket.state, 'new')

    def test_colleagues_do_not_judge_complaints(self):
        self.customer.user_id = self.rep
        self.rep.password = self.rep.login
        complaint = self._ticket('solved', type_id=self.complaint.id)
        url = f'/service/complaint/{complaint.id}/verdict'
        self.assertIn("not one of us", self._post(url, user=self.rep, verdict='satisfied').text)
        self.assertFalse(complaint.customer_verdict)
        self._post(url, verdict='satisfied')
        self.assertEqual(complaint.customer_verdict, 'satisfied')

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    def _message(self, user, ticket, **access):
        self._sign_in(user)
        response = self.url_open('/mail/message/post', data=json.dumps({'params': {
            'thread_model': 'crm.ticket', 'thread_id': ticket.id, 'post_data': {
                'body': "Injected", 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}, **access}}),
            headers={'Content-Type': 'application/json'})
        self.env.invalidate_all()
        return response

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_rule')
    def test_writing_to_others(self):
        token = self.of_stranger._portal_ensure_token()
        for user, access in (
                (self.stranger, {}), (self.mate, {}), (False, {}), (False, {'token': token}), (self.stranger, {'token': token}),
                (False, {'hash': self.of_stranger._sign_token(self.person2.id), 'pid': self.person2.id})):
            with self.subTest(user=user and user.login, access=access):
                self._message(user, self.ticket, **access)
                self.assertNotIn("Injected", ''.join(self.ticket.message_ids.mapped('body')))
        self._message(self.buyer, self.ticket)
        self.assertIn("Injected", self.ticket.message_ids[:1].body)
        self._message(False, self.of_mate, token=self.of_mate._portal_ensure_token())
        self.assertEqual(self.of_mate.message_ids[:1].author_id, self.colleague)

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_rule')
    def test_reading_messages(self):
        self._answer(self.ticket, "To the customer")
        self._by(self.ticket).message_post(body="Among ourselves", subtype_xmlid='mail.mt_note')
        self.env.flush_all()
        for user, route, access, expected in (
                (self.buyer, '/mail/chatter_fetch', {}, True), (self.buyer, '/mail/thread/messages', {}, True),
                (self.stranger, '/mail/chatter_fetch', {}, False), (self.stranger, '/mail/thread/messages', {}, False),
                (False, '/mail/chatter_fetch', {}, False), (False, '/mail/chatter_fetch', {'token': 'guess'}, False),
                (False, '/mail/chatter_fetch', {'token': self.ticket._portal_ensure_token()}, True)):
            with self.subTest(user=user and user.login, route=route, access=access):
                self._sign_in(user)
                text = self.url_open(
                    route, data=json.dumps({'params': {'thread_model': 'crm.ticket', 'thread_id': self.ticket.id, **access}}),
                    headers={'Content-Type': 'application/json'}).text
                self.assertEqual("To the customer" in text, expected)
                self.assertNotIn("Among ourselves", text)

    def test_files_of_ours_stay_ours(self):
        """What colleagues put on a ticket is not a file of the customer's page."""
        attachment = self.env['ir.attachment'].create({
            'name': "calculation.txt", 'raw': b"Margin", 'res_model': 'crm.ticket', 'res_id': self.ticket.id})
        self.assertNotIn("calculation.txt", self._get(f'/my/tickets/{self.ticket.id}').text)
        response = self._get(f'/my/tickets/{self.ticket.id}/files/{attachment.id}')
        self.assertNotIn(b"Margin", response.content)

    # ------------------------------------------------------------------
    # Markup and headers
    # ------------------------------------------------------------------

    def test_script_in_names_and_texts(self):
        script = "<script>alert(1)</script>"
        self._post(
            '/service/new', user=False, type=self.question.id, title=f"Hi {script}", description=f"{script}<img src=x onerror=alert(1)>",
            name=f"Eve {script}", email='eve@example.org')
        ticket = self.env['crm.ticket'].search([('email_from', '=', 'eve@example.org')])
        ticket.partner_id = self.person
        for page in (self._get(f'/my/tickets/{ticket.id}').text, self._get('/my/tickets').text):
            self.assertNotIn(script, page)
            self.assertIn("Hi &lt;script&gt;", page)
            self.assertNotIn("<img src=x", page)
        self.person.name = f"Eve {script}"
        self.person.crm_service_scope = 'company'
        self.assertNotIn(script, self._get('/my/tickets?groupby=person').text)
        self.assertNotIn(script, self._get(f'/my/tickets?search={script}').text)
        self.assertNotIn(script, self._post('/service/status', user=False, number=script, email=script).text)

    def test_headers_are_not_injected(self):
        self._post(
            '/service/new', user=False, type=self.question.id, title="Hi\r\nBcc: all@example.com", description="x\x00y",
            name="Eve\nBcc: all@example.com", email='eve@example.org')
        ticket = self.env['crm.ticket'].search([('email_from', '=', 'eve@example.org')])
        self.assertEqual(
            (ticket.title, ticket.partner_name, str(ticket.description)),
            ("Hi Bcc: all@example.com", "Eve Bcc: all@example.com", "<p>xy</p>"))
        response = self._post('/service/new', user=False, type=self.question.id, title="Hi", description="x", name="Eve",
                              email="eve@example.org\r\nBcc: all@example.com")
        self.assertEqual(response.status_code, 422)

    def test_mail_about_an_injected_ticket(self):
        """Nor by a subject that somebody of ours, a mail or an import brought: what goes out has its subject on one line."""
        self.ticket.title = "Hi\r\nBcc: all@example.com"
        message = self.env['ir.mail_server']._build_email__(
            'us@our.example.com', ['person@example.com'], self.ticket.title, "Body")
        self.assertNotIn('Bcc', message)
        self.assertEqual(message.as_bytes().count(b'\nSubject:'), 1)
        self.assertNotIn(b'\nBcc:', message.as_bytes())
