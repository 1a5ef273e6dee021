"""Customers of the service in a browser: the public form with answers while typing and by keyboard only; the portal in Chinese, on a
desktop and on a phone, from opening a ticket to reopening it."""
import json
import time
from unittest.mock import patch

from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tests.common import ChromeBrowser

LEAVE = """
// press a button that sends a form; the journey stays here, the form is sent as the browser would send it
steps.send = async (target) => {
    const button = await until(target, () => shown(target));
    await new Promise((resolve, reject) => {
        navigation.addEventListener("navigate", async (event) => {
            event.preventDefault();
            const response = await fetch(event.destination.url, { method: "POST", body: event.formData });
            response.ok ? resolve() : reject(new Error(`${response.status} ${await response.text()}`));
        }, { once: true });
        button.click();
    });
};
steps.focus = (target) => until(`focus on ${target}`, () => document.activeElement && document.activeElement.matches(target));
steps.chat = async (value) => {   // the conversation lives in a shadow of its own
    const root = await until("conversation", () => document.querySelector("#discussion div")?.shadowRoot);
    const input = await until("composer", () => root.querySelector(".o-mail-Composer-input"));
    type(input, value);
    (await until("send", () => root.querySelector(".o-mail-Composer-send:not(:disabled)"))).click();
    await until("message", () => [...root.querySelectorAll(".o-mail-Message")].find((message) => message.textContent.includes(value)));
};
"""


class ServicePortalJourney(JourneyCase):
    journey_helpers = LEAVE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('zh_CN')
        cls.company = cls.env.ref('base.main_company')
        cls.repair = cls.env.ref('crm_service.crm_ticket_type_repair')
        cls.question = cls.env.ref('crm_service.crm_ticket_type_question')
        cls.repair.question_ids = [
            Command.clear(), Command.create({'name': "Serial number", 'required': True}),
            Command.create({'name': "System", 'kind': 'choice', 'options': "Linux\nWindows"})]
        cls.env['crm.faq.article'].create([
            {'name': name, 'body': "<p>Fill in, wait, rinse.</p>", 'lang': lang, 'audience': 'public', 'state': 'published'}
            for name, lang in (("How to descale a kettle", 'en_US'), ("水壶如何除垢", 'zh_CN'))])

    def _walk(self, url, steps):
        script = f'for (const [name, ...values] of {json.dumps(steps)}) {{ await steps[name](...values); }}'
        self._script(url, script, ready="document.readyState === 'complete'")

    def _last(self):
        return self.env['crm.ticket'].search([], order='id desc', limit=1)


@tagged('post_install', '-at_install')
class TestServicePublicDesktop(ServicePortalJourney):

    def test_public_form(self):
        """Answers show up while the subject is typed; what is sent gets a number, with which the state is found."""
        self._walk(f'/service/new?type={self.repair.id}', [
            ('type', '#crm_title', "how do I descale"), ('text', '.o_crm_suggestions', "How to descale a kettle"), ('fits',),
            ('type', '#crm_description', "It is full of lime"), ('type', f'#crm_question_{self.repair.question_ids[0].id}', "S-1"),
            ('choose', 'form select', "Windows"), ('type', '#crm_name', "Nora New"), ('type', '#crm_email', "nora@example.org"), ('fits',),
            ('send', '.o_crm_ticket_form button[type=submit]')])
        ticket = self._last()
        self.assertEqual(
            (ticket.title, ticket.partner_name, ticket.channel, ticket.answer_ids.mapped('value')),
            ("how do I descale", "Nora New", 'web', ["S-1", "Windows"]))
        self._walk('/service/new', [('text', '.o_crm_ticket_types a', ticket.type_id.name), ('fits',)])
        self._walk(f'/service/status?number={ticket.name}', [
            ('type', '#crm_email', "nora@example.org"), ('fits',), ('send', '.o_crm_ticket_status button[type=submit]')])

    def test_public_form_in_chinese(self):
        self._walk(f'/zh_CN/service/new?type={self.question.id}', [
            ('type', '#crm_title', "水壶除垢"), ('text', '.o_crm_suggestions', "水壶如何除垢"), ('fits',)])


@tagged('post_install', '-at_install')
class TestServicePublicPhone(PhoneJourney, TestServicePublicDesktop):
    pass


@tagged('post_install', '-at_install')
class TestServiceKeyboard(ServicePortalJourney):
    """With nothing but a keyboard: every key goes to the browser as if pressed."""
    KEYS = {'Tab': 9, 'Enter': 13}

    def _press(self, browser, key):
        for kind in ('keyDown', 'keyUp'):
            browser._websocket_request('Input.dispatchKeyEvent', params={
                'type': kind, 'key': key, 'code': key, 'windowsVirtualKeyCode': self.KEYS[key],
                **({'text': '\r'} if (key, kind) == ('Enter', 'keyDown') else {})})

    def _ask(self, browser, expression):
        """Return what a JavaScript expression says on the page."""
        return browser._websocket_request('Runtime.evaluate', params={'expression': expression})['result'].get('value')

    def _tab_to(self, browser, selector):
        """Press Tab until the focus is there, at most 20 times; return the names of what was passed."""
        passed = []
        for _turn in range(20):
            self._press(browser, 'Tab')
            passed.append(self._ask(browser, 'document.activeElement.name'))
            if self._ask(browser, f'document.activeElement.matches({json.dumps(selector)})'):
                return passed
        self.fail(f"No way by Tab to {selector}: {passed}")

    def _arrive(self, browser, url):
        self._press(browser, 'Enter')
        for _turn in range(600):
            if self._ask(browser, f"(location.pathname + location.search).startsWith('{url}') && document.readyState === 'complete'"):
                return
            time.sleep(0.05)   # the browser works on its own
        self.fail(f"{url} did not come")

    def test_public_form_by_keyboard(self):
        """What it is about, the form field by field in the order in which they are read, and off; the trap is passed over."""
        passed = []

        def walk(browser, *args, **kwargs):
            self._tab_to(browser, f'a[href*="type={self.question.id}"]')
            self._arrive(browser, f'/service/new?type={self.question.id}')
            self._tab_to(browser, '[name=title]')
            for text, following in (
                    ("By keys", 'description'), ("No mouse here", 'files'), ("", 'name'), ("Kay Board", 'email'),
                    ("kay@example.org", 'phone')):
                browser._websocket_request('Input.insertText', params={'text': text})
                passed.extend(self._tab_to(browser, f'[name={following}]'))
            self._tab_to(browser, '[type=submit]')
            self._arrive(browser, '/service/sent')
            return wait(browser, *args, **kwargs)

        wait = ChromeBrowser._wait_code_ok
        with patch.object(ChromeBrowser, '_wait_code_ok', walk):
            self._walk('/service/new', [('see', '.o_crm_ticket_number')])
        self.assertEqual(passed, ['description', 'files', 'name', 'email', 'phone'])
        self.assertEqual((self._last().title, self._last().email_from), ("By keys", 'kay@example.org'))


@tagged('post_install', '-at_install')
class TestServicePortalDesktop(ServicePortalJourney):
    journey_login = 'service_journey'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env['res.partner'].create({'name': "蓝河工厂", 'is_company': True})
        cls.person = cls.env['res.partner'].create({
            'name': "王芳", 'parent_id': cls.customer.id, 'email': 'wang.fang@example.com', 'lang': 'zh_CN', 'tz': 'Asia/Shanghai'})
        new_test_user(
            cls.env, login=cls.journey_login, groups='base.group_portal', partner_id=cls.person.id, name=cls.person.name,
            email=cls.person.email, lang='zh_CN', tz='Asia/Shanghai', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])

    def test_customer_in_chinese(self):
        """Opens a ticket, answers, says that it is solved, and that it was not."""
        self._walk('/zh_CN/my', [('see', '.o_portal_index_card a[href*="/my/tickets"]'), ('fits',)])
        self._walk(f'/zh_CN/my/tickets/new?type={self.repair.id}', [
            ('type', '#crm_title', "水泵漏水"), ('type', '#crm_description', "从昨天开始漏水。"),
            ('type', f'#crm_question_{self.repair.question_ids[0].id}', "编号 17"), ('fits',),
            ('send', '.o_crm_ticket_form button[type=submit]')])
        ticket = self._last()
        self.assertEqual((ticket.title, ticket.partner_id, ticket.lang, ticket.state), ("水泵漏水", self.person, 'zh_CN', 'new'))
        ticket._move('waiting')
        url = f'/zh_CN/my/tickets/{ticket.id}'
        self._walk('/zh_CN/my/tickets?filterby=waiting', [('text', 'table', "水泵漏水"), ('fits',)])
        self._walk(url, [('text', '.o_crm_ticket_description', "从昨天开始漏水。"), ('fits',), ('chat', "照片在这里")])
        self.assertEqual((ticket.state, ticket.message_ids[:1].author_id), ('open', self.person))
        self._walk(url, [('send', '.o_crm_ticket_close')])
        self.assertEqual(ticket.state, 'closed')
        self._walk(url, [
            ('without', '.o_crm_ticket_close'), ('type', '#crm_reopen_reason', "还在漏"), ('fits',), ('send', '.o_crm_ticket_reopen')])
        self.assertEqual((ticket.state, ticket.reopen_count), ('open', 1))
        self._walk('/zh_CN/my/service-preferences', [
            ('click', '#crm_service_mute_care'), ('fits',), ('send', '.o_crm_preferences button[type=submit]')])
        self.assertFalse(self.person._crm_wants('care'))


@tagged('post_install', '-at_install')
class TestServicePortalPhone(PhoneJourney, TestServicePortalDesktop):
    pass
