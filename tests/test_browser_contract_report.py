"""Journeys through the figures: a manager looks at results, delays, dashboard and workbook; finance at what is due, by whom and when."""
from datetime import timedelta

from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged

# press a button that downloads; the file has to be a workbook
DOWNLOAD = """
steps.download = async (target) => {
    const { browser } = odoo.loader.modules.get("@web/core/browser/browser");
    const asked = new Promise((resolve) => { browser.open = (url) => { resolve(url); return { closed: false }; }; });
    (await until(target, () => shown(target))).click();
    const answer = await fetch(await asked);
    const content = new Uint8Array(await answer.arrayBuffer());
    if (answer.status !== 200 || String.fromCharCode(...content.slice(0, 2)) !== "PK" || content.length < 5000) {
        throw new Error(`${target}: status ${answer.status}, ${content.length} bytes`);
    }
};
"""


class ReportCase(JourneyCase):
    journey_login = 'report_manager'
    journey_helpers = DOWNLOAD

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.manager, cls.finance, cls.rep = (
            cls._person(login, groups, company, name=login.replace('_', ' ').title()) for login, groups in (
                ('report_manager', 'sales_team.group_sale_manager'), ('report_finance', 'account.group_account_invoice'),
                ('report_rep', 'sales_team.group_sale_salesman')))
        company.crm_contract_finance_user_id = cls.finance
        today = cls.today = company._crm_today()
        cls.kind = cls.env['crm.contract.type'].create({'name': "Journey Type"})
        customers = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'user_id': cls.rep.id} for name in ("Hammond Hardware", "Nordwind")])
        cls.contracts = cls.env['crm.contract'].create([{
            'partner_id': customer.id, 'title': title, 'user_id': cls.rep.id, 'type_id': cls.kind.id, 'manual_untaxed': 1000,
            'manual_total': 1000, 'step_ids': [
                Command.create({'name': name, 'kind': kind, 'amount': amount, 'sequence': number, 'date_due': today + timedelta(days=days)})
                for number, (name, kind, amount, days) in enumerate(plan)],
        } for customer, title, plan in (
            (customers[0], "Pumping station", (("Permit", 'task', 0, -9), ("Advance", 'collect', 400, -4), ("Rest", 'collect', 600, 70))),
            (customers[1], "Yaw gearboxes", (("At once", 'collect', 1000, 0),)))])
        cls.contracts.write({'state': 'executing', 'date_signed': today - timedelta(days=20)})
        cls.env['crm.contract']._refresh(cls.contracts, today)


@tagged('post_install', '-at_install')
class TestReportDesktop(ReportCase):

    def test_results(self):
        """Results by contract, as pivot and graph; a line leads to its contract."""
        self._journey('/odoo/contract-results', [
            ('text', '.o_data_row', "Pumping station"), ('click', '.o_switch_view.o_pivot'), ('text', '.o_pivot th', "Journey Type"),
            ('text', '.o_pivot', "2,000.00"), ('click', '.o_switch_view.o_graph'), ('see', '.o_graph_renderer canvas'),
            ('click', '.o_switch_view.o_list'), ('text', '.o_data_row', "Pumping station"), ('click', '.o_data_row .o_data_cell'),
            ('see', '.o_form_view [name=step_ids]'),
        ])

    def test_delays(self):
        """The permit was nine days late, the advance inherits that; whose turn it is, is named."""
        self._journey('/odoo/contract-delays', [
            ('see', '.o_graph_renderer canvas'), ('click', '.o_switch_view.o_pivot'), ('text', '.o_pivot th', "Sales"),
            ('text', '.o_pivot th', "Task not done in time"), ('click', '.o_switch_view.o_list'), ('text', '.o_data_row', "Permit"),
            ('text', '.o_data_row', "Advance"), ('text', '.o_data_row', "An earlier step was late"),
            ('click', '.o_data_row .o_data_cell'), ('see', '.o_form_view [name=step_ids]'),
        ])
        delays = self.env['crm.contract.delay'].search([('contract_id', '=', self.contracts[0].id), ('days_late', '>', 0)])
        self.assertEqual(
            {(delay.step_id.name, delay.own_days, delay.inherited_days) for delay in delays}, {("Permit", 9, 0), ("Advance", 0, 4)})

    def test_dashboard(self):
        action = self.env.ref('crm_contract_exec.crm_contract_dashboard_action')
        self._journey(f'/odoo/action-{action.id}', [
            ('see', '.o-spreadsheet canvas.o-grid-overlay, .o-spreadsheet canvas'), ('see', '.o-figure'),
            ('text', '.o_spreadsheet_dashboard_action', "Contracts")])

    def test_workbook(self):
        """The dialog checks the days that it is given, then the workbook comes."""
        action = self.env.ref('crm_contract_exec.crm_contract_workbook_action')
        far = (self.today + timedelta(days=6 * 366)).strftime('%m/%d/%Y')
        self._journey(f'/odoo/action-{action.id}', [
            ('see', '.modal [name=date_to]'), ('download', '.modal button[name=action_download]')])
        self._journey(f'/odoo/action-{action.id}', [
            ('click', '.modal [name=date_to] button'), ('type', '.modal [name=date_to] input', far),
            ('click', '.modal button[name=action_download]'), ('warned', "five years")])

    def test_finance(self):
        """What is due this week and this month, by whom to dun: list, calendar, pivot."""
        self._journey('/odoo/contract-due', [
            ('text', '.o_data_row', "Advance"), ('text', '.o_data_row', "At once"), ('text', '.o_data_row', "Report Finance"),
            ('text', '.o_list_footer, tfoot', "1,400.00"),
            ('click', '.o_switch_view.o_calendar'),
            ('text', '.o_calendar_renderer .fc-event', "Nordwind"), ('click', '.o_switch_view.o_pivot'), ('text', '.o_pivot', "1,400.00"),
            ('text', '.o_pivot th', "Report Finance"), ('click', '.o_switch_view.o_graph'), ('see', '.o_graph_renderer canvas'),
        ], 'report_finance')

    def test_finance_this_week(self):
        """Only what is due in this week is left."""
        self._journey('/odoo/contract-due', [
            ('text', '.o_data_row', "At once"), ('click', '.o_searchview_dropdown_toggler'),
            ('press', '.o_filter_menu .o_menu_item', "Due By the End"),
            ('press', '.o_filter_menu .o_menu_item', "Due This Week"), ('text', '.o_searchview_facet', "Due This Week"),
            ('text', '.o_data_row', "At once"), ('absent', '.o_data_row', "Rest"),
        ], 'report_finance')


@tagged('post_install', '-at_install')
class TestReportPhone(PhoneJourney, ReportCase):

    def test_finance(self):
        self._journey('/odoo/contract-due', [('text', '.o_kanban_record', "Advance")], 'report_finance')

    def test_results(self):
        self._journey('/odoo/contract-results', [('text', '.o_kanban_record', "Hammond Hardware")])

    def test_delays(self):
        self._journey('/odoo/contract-delays', [('see', '.o_graph_renderer canvas')])
