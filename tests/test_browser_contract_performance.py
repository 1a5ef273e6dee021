"""Performance in a browser: a rep checks the own statement down to the documents, a manager closes the month; on desktop and phone."""
from datetime import date

from dateutil.relativedelta import relativedelta
from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged


class PerformanceCase(JourneyCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company = cls.env['res.company'].create({'name': "Performance Company"})
        company.resource_calendar_id.tz = 'UTC'

        def user(login, group):
            return cls._person(login, group, company, name=login.replace('_', ' ').title())
        cls.rep = user('performance_rep', 'sales_team.group_sale_salesman')
        cls.colleague = user('performance_colleague', 'sales_team.group_sale_salesman')
        cls.manager = user('performance_manager', 'sales_team.group_sale_manager')
        cls.before = date.today().replace(day=1) - relativedelta(months=1)
        cls.env['crm.performance.rule'].create({
            'company_id': company.id, 'date_from': cls.before, 'signed_weight': 100, 'collected_weight': 0})
        customer = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'company_id': company.id})
        cls.contracts = cls.env['crm.contract'].create([{
            'title': title, 'partner_id': customer.id, 'company_id': company.id, 'user_id': cls.rep.id, 'manual_untaxed': 1000,
            'manual_total': 1200, 'currency_id': company.currency_id.id} for title in ("Pumps", "Valves")])
        for contract, day in zip(cls.contracts, (cls.before, date.today()), strict=True):
            contract.sudo().write({'state': 'executing', 'date_signed': day})
        cls.contracts[0].share_ids = [
            Command.create({'user_id': user.id, 'percent': percent}) for user, percent in ((cls.rep, 75), (cls.colleague, 25))]
        cls.contracts._book_performance()
        cls.statement = cls.env['crm.performance.statement'].search([('user_id', '=', cls.rep.id), ('date', '=', cls.before)])

    def _rep_checks(self):
        self._journey(f'/odoo/performance-statements/{self.statement.id}', [
            ('text', '.o_form_view', "750.00"), ('click', 'button[name=action_open_entries]'),
            ('text', '.o_content', "Pumps"), ('without', '.o_form_view')], 'performance_rep')


@tagged('post_install', '-at_install')
class TestPerformanceDesktop(PerformanceCase):

    def test_rep(self):
        """The own statement leads to its entries, and an entry to its document."""
        self._rep_checks()
        self._journey('/odoo/performance-ledger', [
            ('text', '.o_list_view', "Valves"), ('click', 'button[name=action_open_document]'), ('see', '.o_form_view .o_field_widget')],
            'performance_rep')

    def test_manager_closes(self):
        """A month that is over is closed from its page, and the person confirms the statement."""
        month = self.statement.month_id
        self._journey(f'/odoo/performance-months/{month.id}', [
            ('click', 'button[name=action_close]'), ('click', '.modal-footer .btn-primary'),
            ('text', '.o_arrow_button_current', "Closed"), ('click', 'button[name=action_open_statements]'),
            ('text', '.o_list_view', "Performance Colleague")], 'performance_manager')
        self.assertEqual(month.state, 'closed')
        self._journey(f'/odoo/performance-statements/{self.statement.id}', [
            ('click', 'button[name=action_confirm]'), ('without', 'button[name=action_confirm]'),
            ('see', '.o_field_widget[name=confirmed_on]')], 'performance_rep')
        self.assertTrue(self.statement.confirmed_on)

    def test_reports(self):
        self._journey('/odoo/performance-analysis', [
            ('see', '.o_graph_renderer canvas'), ('click', '.o_switch_view.o_pivot'), ('text', '.o_pivot_view', "Performance Rep")],
            'performance_manager')

    def test_contract(self):
        """The contract shows what it has brought, and leads there."""
        self._journey(f'/odoo/contracts/{self.contracts[0].id}', [
            ('text', 'button[name=action_open_performance]', "1,000.00"), ('click', 'button[name=action_open_performance]'),
            ('text', '.o_list_view', "Performance Colleague")], 'performance_manager')


@tagged('post_install', '-at_install')
class TestPerformancePhone(PhoneJourney, PerformanceCase):

    def test_rep(self):
        """On a phone the buttons to other records are behind one button: the statement itself is what counts."""
        self._journey(f'/odoo/performance-statements/{self.statement.id}', [('text', '.o_form_view', "750.00")], 'performance_rep')

    def test_lists(self):
        self._journey('/odoo/performance-statements', [('text', '.o_kanban_renderer', "Performance Rep")], 'performance_rep')
