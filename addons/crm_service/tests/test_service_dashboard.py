from odoo.tests import tagged

from odoo.addons.crm_grading.tests.dashboards import dashboard_sources, read_dashboard

from .common import ServiceCommon

DASHBOARD = 'crm_service/data/dashboards/service_dashboard.json'


@tagged('post_install', '-at_install')
class TestServiceDashboard(ServiceCommon):

    def test_everything_named_exists(self):
        content = read_dashboard(DASHBOARD)
        sources = list(dashboard_sources(content))
        self.assertEqual(len(sources), 16)
        self._ticket()
        for model, domain, names in sources:
            with self.subTest(model=model, names=names):
                self.assertLessEqual(set(names) - {'__count'}, set(self.env[model]._fields))
                self._by(self.env[model], self.service_lead).search(domain, limit=1)
        menus = list(content['chartOdooMenusReferences'].values())
        menus += [text.split('ir_menu_xml_id/')[1].rstrip(')') for sheet in content['sheets'] for text in sheet['cells'].values()
                  if 'ir_menu_xml_id' in text]
        self.assertEqual(len(menus), 8)
        for menu in menus:
            self.assertTrue(self.env.ref(menu).action)

    def test_for_whom(self):
        dashboard = self.env.ref('crm_service.spreadsheet_dashboard_service')
        action = self.env.ref('crm_service.crm_service_dashboard_action')
        self.assertEqual(action.params['dashboard_id'], dashboard.id)
        for user, allowed in ((self.service_manager, True), (self.service_lead, True), (self.agent, False), (self.rep, False)):
            with self.subTest(user=user.name):
                self.assertEqual(dashboard.with_env(self._as(user)).has_access('read'), allowed)
