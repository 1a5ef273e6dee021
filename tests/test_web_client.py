"""The web client starts with the suite installed, in English and in Chinese, without an error in the console."""
from odoo.tests import HttpCase, tagged

READY = "!!document.querySelector('.o_web_client .o_main_navbar, .o_web_client .o_home_menu, .o_navbar')"


@tagged('post_install', '-at_install')
class TestWebClient(HttpCase):

    def test_starts(self):
        self.browser_js('/odoo', 'console.log("test successful")', READY, login='admin')

    def test_starts_in_chinese(self):
        self.env.ref('base.user_admin').lang = 'zh_CN'
        shown = r"/[\u4e00-\u9fff]/.test(document.body?.innerText)"
        self.browser_js('/odoo', 'console.log("test successful")', shown, login='admin')
