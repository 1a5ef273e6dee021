"""The customer page in a browser: on a desktop, on a phone, in Chinese, for a manager and for a salesperson."""
import unittest

from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged


class CustomerPageCase(JourneyCase):
    journey_login = 'page_manager'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref('base.user_admin').lang = 'en_US'
        company = cls.env.ref('base.main_company')
        cls.manager = cls._person('page_manager', 'sales_team.group_sale_manager', company)
        cls.rep = cls._person('page_rep', 'sales_team.group_sale_salesman', company)
        cls.customer, cls.foreign = cls.env['res.partner'].create([
            {'name': "Hammond Hardware", 'is_company': True, 'customer_rank': 1, 'user_id': cls.rep.id},
            {'name': "Nordwind", 'is_company': True, 'customer_rank': 1, 'user_id': cls.manager.id}])
        cls.env['res.partner'].create({'name': "Anna Hammond", 'function': "Owner", 'parent_id': cls.customer.id})
        cls._grade(company)
        for number in range(25):
            cls.customer.message_post(
                body=f"Message {number}", subject=f"Subject {number}", message_type='comment', subtype_xmlid='mail.mt_comment')

    @classmethod
    def _grade(cls, company):
        """Put a leading scheme in force that finds both customers worth an A, whatever the database holds, and run it."""
        schemes = cls.env['crm.grading.scheme'].search([('company_id', '=', company.id), ('is_leading', '=', True)])
        schemes.is_leading = False
        grade = cls.env['crm.grade'].create({
            'name': "Gold", 'company_id': company.id, 'color': 3, 'strategy': 'keep', 'strategy_note': "<p>Visit every month</p>"})
        cls.env['crm.grading.scheme'].create({
            'name': "Browser value", 'company_id': company.id, 'is_leading': True, 'state': 'active', 'population': 'prospect',
            'dimension_ids': [Command.create({
                'metric_id': cls.env.ref('crm_grading.crm_metric_revenue').id, 'scoring': 'linear', 'high_value': 1000})],
            'band_ids': [Command.create({'grade_id': grade.id, 'threshold': 0})]})
        cls.env['crm.grading.run']._run(company, partners=cls.customer + cls.foreign)

    def _walk_the_page(self):
        self._journey(f'/odoo/customer-contacts/{self.customer.id}', [
            ('text', '.o_crm_badge', "Gold"), ('text', '.o_crm_strategy', "Visit every month"),
            ('text', '.o_crm_explanation', "Browser value"), ('see', '.o_crm_state_current'),
            ('text', '.o_crm_contacts', "Anna Hammond"), ('see', '.o_crm_happening[data-kind=mail]'),
            ('click', '.o_crm_more'), ('text', '.o_crm_timeline', "Subject 0"),
            ('click', '[data-group=status]'), ('without', '.o_crm_happening[data-kind=mail]'), ('text', '.o_crm_timeline', "Gold"),
            ('type', '.o_crm_interests input', "A heat pump"), ('click', '.o_crm_add_interest'),
            ('text', '.o_crm_interests .o_crm_row', "A heat pump"),
            ('click', '.o_crm_happening[data-kind=grade]'), ('see', '.o_form_view'), ('without', '.o_crm_page'),
        ])
        self.assertEqual(
            self.env['crm.interest'].search([('partner_id', '=', self.customer.id)]).note, "A heat pump")


@tagged('post_install', '-at_install')
class TestCustomerPageDesktop(CustomerPageCase):

    def test_page(self):
        """Grade, reasons, timeline page by page and by kind; a need is noted on the spot; every item leads somewhere."""
        self._walk_the_page()

    def test_list_leads_to_the_page(self):
        self._journey('/odoo/customer-overview', [
            ('see', '.o_crm_tile[data-tile=grades]'), ('click', '.o_crm_tile[data-tile=grades] button'),
            ('see', '.o_data_row'), ('click', '.o_data_row .o_data_cell[name=partner_id]'), ('see', '.o_crm_page .o_crm_badge'),
            ('click', 'button[name=action_open_partner]'), ('see', '.o_crm_page'), ('see', '[name=child_ids], .o_notebook'),
        ])

    def test_salesperson(self):
        """The salesperson sees the own customer without amounts, and of another's only who looks after it."""
        self._journey(f'/odoo/customer-contacts/{self.customer.id}', [
            ('text', '.o_crm_badge', "Gold"), ('see', '.o_crm_happening'), ('without', '[data-metric=revenue]'),
            ('without', '.o_crm_grade_now')], login='page_rep')
        self._journey(f'/odoo/customer-contacts/{self.foreign.id}', [
            ('text', '.o_crm_page .alert', self.manager.name), ('without', '.o_crm_timeline')], login='page_rep')

    def test_unmeasured(self):
        """A contact without a profile: a manager grades it there and then."""
        fresh = self.env['res.partner'].create({'name': "Fresh", 'is_company': True, 'customer_rank': 1})
        self._journey(f'/odoo/customer-contacts/{fresh.id}', [
            ('see', '.o_crm_unmeasured'), ('click', '.o_crm_unmeasured .o_crm_grade_now'), ('text', '.o_crm_badge', "Gold")])

    def test_chinese(self):
        if 'zh_CN' not in dict(self.env['res.lang'].get_installed()):
            raise unittest.SkipTest("Chinese is not installed")
        self.manager.lang = 'zh_CN'
        self._journey(f'/odoo/customer-contacts/{self.customer.id}', [
            ('text', '.o_crm_badge', "Gold"), ('see', '.o_crm_happening'), ('click', '[data-group=contact]'),
            ('see', '.o_crm_happening')])


@tagged('post_install', '-at_install')
class TestCustomerPagePhone(PhoneJourney, CustomerPageCase):
    """The same on a phone, where nothing may be wider than the screen."""

    def test_page(self):
        self._walk_the_page()

    def test_cards_lead_to_the_page(self):
        self._journey('/odoo/crm-customers', [
            ('see', '.o_kanban_record:not(.o_kanban_ghost)'), ('click', '.o_kanban_record:not(.o_kanban_ghost)'),
            ('see', '.o_crm_page .o_crm_badge')])
