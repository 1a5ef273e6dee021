"""Journeys through the app in Chromium, as the people who use it: what each may open shows, and raises no error."""
from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import GradingCommon

# Opens every leaf of the app's menu in turn, waits for its view or dashboard, and complains about any dialog.
WALK = '''
    await until("the web client", () => odoo.__WOWL_DEBUG__?.root?.env?.services?.menu);
    const { menu, action } = odoo.__WOWL_DEBUG__.root.env.services;
    const leaves = (tree) => tree.childrenTree.length ? tree.childrenTree.flatMap(leaves) : [tree];
    const app = menu.getApps().find((candidate) => candidate.xmlid === "APP");
    if (!app) throw new Error("no app");
    const seen = [];
    for (const leaf of leaves(menu.getMenuAsTree(app.id)).filter((leaf) => leaf.actionID)) {
        await menu.selectMenu(leaf);
        await until(leaf.name, () => action.currentController?.action?.id === leaf.actionID || document.querySelector(".modal"));
        await until(leaf.name, () => document.querySelector(".o_action_manager > *") && !document.querySelector(".o_loading_indicator"));
        seen.push(leaf.xmlid.split(".")[1]);
    }
    const missing = EXPECTED.filter((name) => !seen.includes(name));
    const excess = FORBIDDEN.filter((name) => seen.includes(name));
    if (missing.length || excess.length) throw new Error("missing: " + missing + "; not for this role: " + excess);
'''
GRADING, VISITS = 'crm_grading.crm_grading_menu_root', 'crm_visit_quota.crm_visit_menu_root'
CONTRACTS = 'crm_contract_exec.crm_contract_menu_root'
SERVICE = 'crm_service.crm_service_menu_root'
RETENTION = 'crm_churn.crm_churn_menu_root'
# Presses every button of the overview in turn; each must lead somewhere without an error.
PRESS = '''
    const buttons = () => [...document.querySelectorAll(".o_crm_overview button:not([disabled])")];
    await until("the overview", () => buttons().length);
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    for (let place = 0; place < buttons().length; place++) {
        const name = buttons()[place].textContent.trim();
        buttons()[place].click();
        await until(name, () => !document.querySelector(".o_crm_overview") && document.querySelector(".o_view_controller"));
        await action.doAction("crm_grading.crm_overview_action", { clearBreadcrumbs: true });
        await until("the overview again", () => buttons().length);
    }
'''
MANAGERS_ONLY = ['crm_grading_scheme_menu', 'crm_grading_run_menu']
VISIT_MANAGERS_ONLY = ['crm_visit_menu_kinds']
CONTRACT_MANAGERS_ONLY = ['crm_contract_menu_types']
SERVICE_MANAGERS_ONLY = ['crm_ticket_menu_types']
RETENTION_MANAGERS_ONLY = ['crm_churn_menu_reason']
CONTRACT_WAREHOUSE = ['crm_contract_menu_delivery', 'crm_contract_menu_delay']
CONTRACT_MONEY = ['crm_contract_menu_due', 'crm_contract_menu_result', 'crm_contract_menu_workbook', 'crm_performance_menu_ledger']


class BrowserCommon(GradingCommon, JourneyCase):
    """Three graded customers, and the walk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stocker = cls._person('journey_stocker', 'stock.group_stock_user', cls.company)
        cls.agent = cls._person('journey_agent', 'crm_service.group_service_agent', cls.company)
        cls.service_manager = cls._person('journey_service', 'crm_service.group_service_manager', cls.company)
        cls.analyst = cls._person('journey_analyst', 'crm_churn.group_churn_analyst', cls.company)
        partners = cls._customers(3, name="Journey", user_id=cls.rep.id)
        cls._invoices([(partner, '2026-05-01', 1000 * number) for number, partner in enumerate(partners, start=1)])
        best, rest = cls.env['crm.grade'].create([
            {'name': name, 'sequence': sequence, 'company_id': cls.company.id} for name, sequence in (('Best', 1), ('Rest', 2))])
        revenue = cls.env.ref('crm_grading.crm_metric_revenue')
        cls.env['crm.grading.scheme'].create({
            'name': "Journey", 'company_id': cls.company.id, 'state': 'active', 'is_leading': True, 'share_metric_id': revenue.id,
            'dimension_ids': [Command.create({'metric_id': revenue.id, 'step_ids': [Command.create({'value': 1500, 'points': 100})]})],
            'band_ids': [Command.create({'grade_id': best.id, 'threshold': 50}), Command.create({'grade_id': rest.id, 'threshold': 0})]})
        cls.env['crm.grading.run']._run(cls.company)

    def _walk(self, user, expected=(), forbidden=(), app=GRADING):
        code = WALK.replace('APP', app).replace('EXPECTED', str(list(expected))).replace('FORBIDDEN', str(list(forbidden)))
        self._script('/odoo', code, user.login)


@tagged('post_install', '-at_install')
class TestBrowserRoles(BrowserCommon):

    def test_manager(self):
        self._walk(self.manager, expected=MANAGERS_ONLY)

    def test_rep(self):
        self._walk(self.rep, forbidden=MANAGERS_ONLY)

    def test_finance(self):
        self._walk(self.finance, forbidden=MANAGERS_ONLY)

    def test_visits_manager(self):
        self._walk(self.manager, expected=VISIT_MANAGERS_ONLY, app=VISITS)

    def test_visits_rep(self):
        self._walk(self.rep, forbidden=VISIT_MANAGERS_ONLY, app=VISITS)

    def test_contracts_manager(self):
        self._walk(self.manager, expected=CONTRACT_MANAGERS_ONLY, app=CONTRACTS)

    def test_contracts_rep(self):
        self._walk(self.rep, forbidden=CONTRACT_MANAGERS_ONLY, app=CONTRACTS)

    def test_contracts_finance(self):
        self._walk(self.finance, forbidden=CONTRACT_MANAGERS_ONLY, app=CONTRACTS)

    def test_contracts_warehouse(self):
        self._walk(self.stocker, expected=CONTRACT_WAREHOUSE, forbidden=CONTRACT_MANAGERS_ONLY + CONTRACT_MONEY, app=CONTRACTS)

    def test_service_manager(self):
        self._walk(self.service_manager, expected=SERVICE_MANAGERS_ONLY, app=SERVICE)

    def test_service_agent(self):
        self._walk(self.agent, forbidden=SERVICE_MANAGERS_ONLY, app=SERVICE)

    def test_service_rep(self):
        self._walk(self.rep, forbidden=SERVICE_MANAGERS_ONLY, app=SERVICE)

    def test_retention_manager(self):
        self._walk(self.manager, expected=RETENTION_MANAGERS_ONLY, app=RETENTION)

    def test_retention_rep(self):
        self._walk(self.rep, forbidden=RETENTION_MANAGERS_ONLY, app=RETENTION)

    def test_retention_analyst(self):
        self._walk(self.analyst, forbidden=RETENTION_MANAGERS_ONLY, app=RETENTION)

    def test_overview(self):
        """No button of the overview is a dead end, whatever the role."""
        for user in (self.rep, self.manager, self.finance):
            with self.subTest(user=user.login):
                self._script('/odoo/customer-overview', PRESS, user.login)


@tagged('post_install', '-at_install')
class TestBrowserPhone(PhoneJourney, BrowserCommon):
    """The same on a phone."""

    def test_manager(self):
        self._walk(self.manager, expected=MANAGERS_ONLY)

    def test_contracts_finance(self):
        self._walk(self.finance, forbidden=CONTRACT_MANAGERS_ONLY, app=CONTRACTS)

    def test_visits_rep(self):
        self._walk(self.rep, forbidden=VISIT_MANAGERS_ONLY, app=VISITS)

    def test_service_agent(self):
        self._walk(self.agent, forbidden=SERVICE_MANAGERS_ONLY, app=SERVICE)

    def test_retention_rep(self):
        self._walk(self.rep, forbidden=RETENTION_MANAGERS_ONLY, app=RETENTION)
