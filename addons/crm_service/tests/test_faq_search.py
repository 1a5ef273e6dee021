from odoo.tests import tagged

from .faq_common import FaqCommon


@tagged('post_install', '-at_install')
class TestFaqSearch(FaqCommon):
    """Which articles a question finds, in languages with and without spaces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leak = cls._article("The pump leaks", "<p>Tighten the seal. If water drips on, replace the gasket.</p>")
        cls.bill = cls._article("Where do I find my invoice?", "<p>In the portal. The pump has nothing to do with it.</p>")
        cls.zh_leak = cls._article("水泵漏水怎么办？", "<p>请拧紧密封圈，若仍滴水请更换垫片。</p>", lang='zh_CN')
        cls.zh_bill = cls._article("在哪里可以查到发票？", "<p>请登录客户门户查看发票。</p>", lang='zh_CN')

    def _found(self, text, lang='en_US', audience='public', **kwargs):
        return self.env['crm.faq.article']._find(text, lang, audience, **kwargs)

    def test_words_and_their_forms(self):
        for text, first in (
                ("leaking pumps", self.leak), ("My pump is leaking, what now?", self.leak), ("invoices", self.bill), ("INVOICE", self.bill),
                ("gasket", self.leak), ("invo", self.bill), ("pump", self.leak)):
            with self.subTest(text=text):
                self.assertEqual(self._found(text)[:1], first)

    def test_chinese(self):
        for text, first in (
                ("漏水", self.zh_leak), ("我的水泵漏水了，怎么办", self.zh_leak), ("发票", self.zh_bill), ("查发票", self.zh_bill),
                ("垫片", self.zh_leak), ("门户", self.zh_bill), ("发 票", self.zh_bill.browse())):
            with self.subTest(text=text):
                self.assertEqual(self._found(text, 'zh_CN')[:1], first)
        self.assertFalse(self._found("怎么办呢", 'zh_CN') - self.zh_leak)

    def test_slip_of_the_pen(self):
        self.assertEqual(self._found("invoise")[:1], self.bill)

    def test_language_audience_state_company(self):
        customers = self._article("Leaks for customers", audience='customers')
        internal = self._article("Leaks for colleagues", audience='internal')
        draft = self._article("Leaks in draft", publish=False)
        abroad = self._article("Leaks abroad", company_id=self.company_usd.id)
        self.assertEqual(set(self._found("leaks")), {self.leak})
        self.assertEqual(set(self._found("leaks", audience='customers')), {self.leak, customers})
        self.assertEqual(set(self._found("leaks", audience='internal')), {self.leak, customers, internal})
        self.assertEqual(set(self._found("leaks", company=self.company_usd)), {self.leak, abroad})
        self.assertFalse(self._found("leaks", 'zh_CN'))
        draft.action_publish()
        self.leak.action_retire()
        self.assertEqual(self._found("leaks"), draft)

    def test_index_follows_the_article(self):
        self.leak.write({'name': "The valve squeaks", 'body': "<p>Oil it.</p>"})
        self.assertEqual(self._found("squeaking"), self.leak)
        self.assertNotIn(self.leak, self._found("gasket"))

    def test_better_ones_first(self):
        other = self._article("The pump leaks")
        self.assertEqual(self._found("pump leaks")[:2], self.leak + other)
        self.env['crm.faq.vote']._vote(other, 'a', True)
        self.assertEqual(self._found("pump leaks")[:2], other + self.leak)

    def test_odd_questions(self):
        for text in ("", "   ", "?!", "'; DROP TABLE x; --", "a & | ! ( ) : *", "\\", "%s %(x)s", "𠀀", "x" * 5000, "a\x00b"):
            with self.subTest(text=text[:20]):
                self.assertLessEqual(len(self._found(text)), 20)

    def test_suggestions(self):
        [suggestion] = self.env['crm.faq.article'].with_user(self.employee)._suggest("leak", 'en_US', 'public')
        self.assertEqual(suggestion['title'], "The pump leaks")
        self.assertEqual(suggestion['url'], f'/service/faq/{self.leak.id}')
        self.assertTrue(suggestion['excerpt'].startswith("Tighten the seal"))

    def test_constant_cost(self):
        self._article("One")
        self.env.flush_all()
        with self.assertQueryCount(40):
            self.env['crm.faq.article'].create([
                {'name': f"Question {number}", 'body': "<p>Answer</p>", 'lang': 'en_US'} for number in range(50)])
            self.env.flush_all()
