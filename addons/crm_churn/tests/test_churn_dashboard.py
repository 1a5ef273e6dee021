from odoo.tests import tagged

from odoo.addons.crm_grading.tests.dashboards import dashboard_sources, read_dashboard

from .common import ChurnCommon

DASHBOARD = 'crm_churn/data/dashboards/churn_dashboard.json'


@tagged('post_install', '-at_install')
class TestChurnDashboard(ChurnCommon):

    def test_everything_named_exists(self):
        content = read_dashboard(DASHBOARD)
        sources = list(dashboard_sources(content))
        self.assertGreater(len(sources), 12)
        self._loss(amount=100)
        for model, domain, names in sources:
            with self.subTest(model=model, names=names):
                self.assertLessEqual(set(names) - {'__count'}, set(self.env[model]._fields))
                for user in (self.manager, self.analyst):
                    self._as(user)[model].search(domain, limit=1)
        for menu in content['chartOdooMenusReferences'].values():
            self.assertTrue(self.env.ref(menu))

    def test_for_whom(self):
        dashboard = self.env.ref('crm_churn.spreadsheet_dashboard_churn')
        action = self.env.ref('crm_churn.crm_churn_dashboard_action')
        self.assertEqual(action.params['dashboard_id'], dashboard.id)
        for user, allowed in ((self.manager, True), (self.analyst, True), (self.rep, False), (self.finance, False)):
            with self.subTest(user=user.name):
                self.assertEqual(dashboard.with_env(self._as(user)).has_access('read'), allowed)
