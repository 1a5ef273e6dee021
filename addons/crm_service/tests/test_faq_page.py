import re

from odoo.tests import HttpCase, tagged

from .faq_common import FaqCommon


@tagged('post_install', '-at_install')
class TestFaqPage(HttpCase, FaqCommon):
    """The pages that customers read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        main = cls.env.ref('base.main_company')   # whose pages visitors see
        cls.category = cls.env['crm.faq.category'].create({'name': "Pumps of tests"})
        cls.public = cls._article("Pump leaks & <drips>", category_id=cls.category.id)
        cls.customers = cls._article("Pump of customers", audience='customers')
        cls.internal = cls._article("Pump of colleagues", audience='internal')
        cls.draft = cls._article("Pump of drafts", publish=False)
        cls.chinese = cls._article("水泵漏水", lang='zh_CN', original_id=cls.public.id)
        cls.abroad = cls._article("Pump abroad", company_id=cls.company_usd.id)
        cls.visitor_portal = cls._portal_user(cls.person)
        cls.visitor_portal.write({'company_ids': [(4, main.id)], 'company_id': main.id})

    def _titles(self, url):
        text = self.url_open(url).text
        return {article for article in (self.public, self.customers, self.internal, self.draft, self.chinese, self.abroad)
                if article._page() + '"' in text}

    def test_who_reads_what(self):
        self.assertEqual(self._titles('/service/faq?search=pump'), {self.public})
        self.assertEqual(self._titles(f'/service/faq?category={self.category.id}'), {self.public})
        self.authenticate('service_portal', 'service_portal')
        self.assertEqual(self._titles('/service/faq?search=pump'), {self.public, self.customers})
        self.authenticate('service_agent', 'service_agent')
        self.assertTrue({self.public, self.customers, self.internal} <= self._titles('/service/faq?search=pump'))

    def test_others_do_not_exist(self):
        for article in (self.customers, self.internal, self.draft, self.abroad):
            with self.subTest(article=article.name):
                response = self.url_open(article._page())
                self.assertEqual(response.status_code, 404)
                self.assertNotIn(article.name, response.text)
        self.assertEqual(self.url_open('/service/faq/999999999').status_code, 404)
        for odd in ('category=x', 'category=99999999999999999999', 'category=-1', 'page=2'):
            self.assertEqual(self.url_open(f'/service/faq?{odd}').status_code, 200)

    def test_names_are_text(self):
        text = self.url_open(self.public._page()).text
        self.assertIn("Pump leaks &amp; &lt;drips&gt;", text)
        self.assertNotIn('<script>alert', self.url_open('/service/faq?search=%3Cscript%3Ealert(1)%3C/script%3E').text)

    def test_vote_once_and_never_by_get(self):
        self.assertIn(self.url_open(f'{self.public._page()}/vote?helped=yes').status_code, (404, 405))
        self.assertEqual(self.public.helped_count, 0)
        self.url_open('/service/faq?search=pump')
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(self.public._page()).text)[1]
        for helped in ('no', 'yes'):
            self.url_open(f'{self.public._page()}/vote', data={'helped': helped, 'comment': "x", 'csrf_token': token})
        self.env.invalidate_all()
        self.assertEqual((self.public.helped_count, self.public.failed_count, self.public.view_count), (1, 0, 1))
        search = self.env['crm.faq.search'].search([], limit=1)
        self.assertEqual((search.query, search.outcome, search.article_id), ("pump", 'solved', self.public))
        self.url_open(f'{self.internal._page()}/vote', data={'helped': 'yes', 'csrf_token': token})
        self.assertEqual(self.internal.helped_count, 0)

    def test_chinese_page(self):
        self.opener.cookies.set('frontend_lang', 'zh_CN')
        self.assertEqual(self._titles('/service/faq'), {self.chinese})
        self.assertIn(self.public._page(), self.url_open(self.chinese._page()).text)   # in other languages
