from odoo.tests import tagged

from odoo.addons.crm_grading.tests.dashboards import dashboard_sources, read_dashboard

from .common import ContractCommon

DASHBOARD = 'crm_contract_exec/data/dashboards/contracts_dashboard.json'


@tagged('post_install', '-at_install')
class TestContractDashboard(ContractCommon):

    def test_everything_named_exists(self):
        content = read_dashboard(DASHBOARD)
        sources = list(dashboard_sources(content))
        self.assertGreater(len(sources), 8)
        self._contract(total=100, state='executing')
        for model, domain, names in sources:
            with self.subTest(model=model, names=names):
                self.assertLessEqual(set(names) - {'__count'}, set(self.env[model]._fields))
                self._as(self.manager)[model].search(domain, limit=1)
        for menu in content['chartOdooMenusReferences'].values():
            self.assertTrue(self.env.ref(menu))

    def test_for_whom(self):
        dashboard = self.env.ref('crm_contract_exec.spreadsheet_dashboard_contracts')
        action = self.env.ref('crm_contract_exec.crm_contract_dashboard_action')
        self.assertEqual(action.params['dashboard_id'], dashboard.id)
        for user, allowed in ((self.manager, True), (self.finance, True), (self.rep, False), (self.stocker, False)):
            with self.subTest(user=user.name):
                self.assertEqual(dashboard.with_env(self._as(user)).has_access('read'), allowed)
