import re

from odoo.tests import HttpCase, tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestFeedbackPage(HttpCase, ServiceCommon):
    """The page behind the link in the mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.question.survey = 'full'
        ticket = cls._ticket('solved', user_id=cls.agent.id, title="The <b>pump</b>")
        ticket.action_close()
        cls.feedback = ticket.feedback_ids
        cls.url = f'/service/feedback/{cls.feedback.token}'

    def _send(self, **values):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(self.url).text)[1]
        response = self.url_open(f'{self.url}/answer', data={'csrf_token': token, **values})
        self.env.invalidate_all()
        return response

    def test_opening_changes_nothing(self):
        text = self.url_open(f'{self.url}?rating=1').text
        self.env.invalidate_all()
        self.assertFalse(self.feedback.date_answered)
        self.assertRegex(text, r'id="crm_rating_1" value="1" checked')
        self.assertIn("The &lt;b&gt;pump&lt;/b&gt;", text)

    def test_answer(self):
        response = self._send(rating='5', nps='9', effort='6', comment='<script>alert(1)</script>')
        self.assertIn('thanks=1', response.url)
        self.assertEqual((self.feedback.rating, self.feedback.nps, self.feedback.effort), (5, 9, 6))
        self.assertNotIn('<script>alert', response.text)
        self.assertNotIn('<script>alert', self.feedback.ticket_id.message_ids[0].body)

    def test_in_the_customers_language(self):
        """Whatever language the browser is in: that of the person who was asked."""
        self.env['res.lang']._activate_lang('zh_CN')
        self.env.ref('crm_service.feedback_page').update_field_translations('arch_db', {'zh_CN': {"How did we do?": "我们做得如何？"}})
        for lang, code, title in (('zh_CN', 'zh-CN', "我们做得如何？"), ('en_US', 'en-US', "How did we do?")):
            with self.subTest(lang=lang):
                self.feedback.partner_id.lang = lang
                text = self.url_open(self.url).text
                self.assertIn(title, text)
                self.assertIn(f'<html lang="{code}"', text)

    def test_every_answer_can_be_chosen(self):
        """Also 0, which says most."""
        text = self.url_open(self.url).text
        for name, low, high in (('rating', 1, 5), ('effort', 1, 7), ('nps', 0, 10)):
            for value in range(low, high + 1):
                self.assertRegex(text, rf'<input [^>]*id="crm_{name}_{value}" value="{value}"')
        self._send(nps='0')
        self.assertEqual((self.feedback.has_nps, self.feedback.nps_points, self.feedback.is_low), (True, -100, True))

    def test_odd_answers(self):
        for values in ({'rating': '6'}, {'rating': 'x'}, {'nps': '11'}, {'effort': '-1'}, {}):
            with self.subTest(values=values):
                self.assertEqual(self._send(**values).status_code, 200)
                self.assertFalse(self.feedback.date_answered)

    def test_nobodys_link(self):
        for token in ('x', 'y' * 5000, f'{self.feedback.token}x'):
            self.assertIn(self.url_open(f'/service/feedback/{token}').status_code, (404, 414))

    def test_one_of_us_cannot_answer(self):
        self.authenticate('service_agent', 'service_agent')
        text = self.url_open(self.url).text
        self.assertIn("who served does not rate", text)
        self.assertNotIn('crm_feedback_form', text)

    def test_another_customer_cannot_answer(self):
        self._portal_user(self.person2, 'service_stranger')
        self.authenticate('service_stranger', 'service_stranger')
        self.assertEqual(self.url_open(self.url).status_code, 404)
