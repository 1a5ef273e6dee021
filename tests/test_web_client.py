"""The web client starts with the suite installed, in English and in Chinese, without an error in the console."""
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

READY = "!!document.querySelector('.o_web_client .o_main_navbar, .o_web_client .o_home_menu, .o_navbar')"


@tagged('post_install', '-at_install')
class TestWebClient(HttpCase):

    def test_starts(self):
        self.browser_js('/odoo', 'console.log("test successful")', READY, login='admin')

    def test_starts_in_chinese(self):
        self.env.ref('base.user_admin').lang = 'zh_CN'
        shown = r"/[\u4e00-\u9fff]/.test(document.body?.innerText)"
        self.browser_js('/odoo', 'console.log("test successful")', shown, login='admin')


@tagged('post_install', '-at_install')
class TestStartPage(TransactionCase):

    def test_left_alone(self):
        """The web client starts with the first app: whoever switches the suite on keeps Odoo's."""
        person = new_test_user(self.env, 'starter', groups='base.group_user,sales_team.group_sale_manager,account.group_account_invoice')
        menus = self.env['ir.ui.menu'].with_user(person).load_menus(debug=False)
        apps = [menus[app]['xmlid'] for app in menus['root']['children']]
        self.assertEqual(apps[0], 'mail.menu_root_discuss')
        self.assertIn('crm_grading.crm_grading_menu_root', apps)
