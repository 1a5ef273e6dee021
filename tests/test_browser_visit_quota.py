"""Visit quotas in a browser: the rep's own month down to the visits, a manager closing a month, the board, on desktop and phone."""
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged


class VisitQuotaCase(JourneyCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company = cls.env['res.company'].create({'name': "Quota Company"})
        company.resource_calendar_id.tz = 'UTC'

        def user(login, group):
            return cls._person(login, group, company, name=login.replace('_', ' ').title())
        cls.rep, cls.manager = user('quota_rep', 'sales_team.group_sale_salesman'), user('quota_manager', 'sales_team.group_sale_manager')
        cls.env['crm.team'].create({
            'name': "Quota Team", 'company_id': company.id, 'user_id': cls.manager.id, 'member_ids': [Command.set(cls.rep.ids)]})
        cls.first = date.today().replace(day=1)
        before = cls.first - relativedelta(months=1)
        cls.env['crm.visit.quota'].create({'company_id': company.id, 'date_from': before, 'daily_target': 2})
        customers = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'company_id': company.id, 'user_id': cls.rep.id}
            for name in ("Hammond Hardware", "Nordwind")])
        kind = cls.env.ref('crm_visit_quota.crm_visit_kind_onsite')
        for customer, day in zip(customers, (cls.first, before)):
            start = datetime.combine(day, time(0, 5))
            cls.env['crm.visit'].create({
                'partner_id': customer.id, 'company_id': company.id, 'user_id': cls.rep.id, 'kind_id': kind.id, 'date_start': start,
                'date_end': start + timedelta(minutes=10), 'actual_start': start, 'actual_end': start + timedelta(minutes=10),
                'state': 'done'})
        for month in cls.env['crm.visit.quota.month']._ensure(company):
            month._refresh()

    def _rep_sees_the_month(self):
        self._journey('/odoo/my-visit-month', [
            ('text', '.o_crm_my_visits', "1"), ('see', '.o_crm_my_month .progress'), ('text', '.o_crm_my_rank', "1"),
            ('click', '.o_crm_my_visits'), ('text', '.o_content', "Hammond Hardware"), ('without', '.o_crm_my_month')], 'quota_rep')

    def _board(self):
        self._journey('/odoo/visit-board', [
            ('text', '.o_crm_board', "Quota Company"), ('text', '.o_crm_ranking[data-measure=fulfilment]', "Quota Rep"),
            ('see', '.o_crm_ranking[data-measure=order_share]')], 'quota_rep')


@tagged('post_install', '-at_install')
class TestVisitQuotaDesktop(VisitQuotaCase):

    def test_rep(self):
        """My month leads to exactly my visits."""
        self._rep_sees_the_month()

    def test_manager_closes(self):
        """A month that is over is closed from its page; its results are frozen."""
        month = self.env['crm.visit.quota.month'].search([('company_id', '=', self.company.id)], order='date', limit=1)
        self._journey(f'/odoo/visit-months/{month.id}', [
            ('click', 'button[name=action_close]'), ('click', '.modal-footer .btn-primary'), ('see', 'button[name=action_ask_reopen]'),
            ('click', 'button[name=action_open_results]'), ('text', '.o_list_view', "Quota Rep")], 'quota_manager')
        month.invalidate_recordset()
        self.assertEqual((month.state, set(month.result_ids.mapped('state'))), ('closed', {'closed'}))

    def test_board(self):
        self._board()

    def test_rankings(self):
        self._journey('/odoo/visit-rankings', [
            ('text', '.o_crm_rankings', "Quota Rep"), ('click', '[data-period=quarter]'), ('see', '[data-period=quarter].active'),
            ('text', '.o_crm_ranking_title', "Q"), ('click', '.o_crm_ranking_row button'),
            ('see', '.o_form_view button[name=action_open_visits]'),
            ('click', 'button[name=action_open_visits]'), ('text', '.o_list_view', "Hammond Hardware")], 'quota_manager')

    def test_reports(self):
        """The pivot, the graph and the form of the workbook open."""
        self._journey('/odoo/visit-results', [
            ('see', '.o_list_view .o_data_row'), ('click', '.o_switch_view.o_pivot'), ('text', '.o_pivot_view', "Quota Team"),
            ('click', '.o_switch_view.o_graph'), ('see', '.o_graph_renderer canvas')], 'quota_manager')


@tagged('post_install', '-at_install')
class TestVisitQuotaPhone(PhoneJourney, VisitQuotaCase):
    """The same on a phone, where nothing may be wider than the screen."""

    def test_rep(self):
        self._rep_sees_the_month()

    def test_board(self):
        self._board()

    def test_results(self):
        self._journey('/odoo/visit-results', [('text', '.o_kanban_renderer', "Quota Rep")], 'quota_rep')
