"""Journeys of credit: a representative's order waits over the limit, finance releases it, and sees who owes how much; on the phone, too."""
from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import tagged


class CreditCase(JourneyCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        company.write({'account_use_credit_limit': True, 'crm_credit_check': 'both'})
        cls.rep, cls.clerk = (
            cls._person(login, group, company)
            for login, group in (('credit_rep', 'sales_team.group_sale_salesman'), ('credit_clerk', 'account.group_account_invoice')))
        company.crm_credit_approver_id = cls.clerk
        cls.partner = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'user_id': cls.rep.id})
        cls.partner.with_company(company).credit_limit = 1000
        product = cls.env['product.product'].create({'name': "Pump", 'type': 'service', 'list_price': 100, 'taxes_id': False})
        cls.order = cls.env['sale.order'].create({
            'partner_id': cls.partner.id, 'user_id': cls.rep.id,
            'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 15, 'price_unit': 100, 'tax_ids': False})]})
        cls.env['crm.customer'].create({'partner_id': cls.partner.id, 'company_id': company.id, 'credit_level': 'watch'})


@tagged('post_install', '-at_install')
class TestCreditDesktop(CreditCase):

    def test_hold_and_release(self):
        """The rep confirms and is told why not; finance gives a reason; the order is confirmed."""
        self._journey(f'/odoo/sales/{self.order.id}', [
            ('click', 'button[name=action_confirm]'),
            ('text', '.o_notification', "over the credit limit"), ('text', '.alert-warning', "On credit hold"),
        ], 'credit_rep')
        hold = self.order.crm_credit_hold_ids
        self.assertEqual((self.order.state, hold.state, hold.activity_ids.user_id), ('draft', 'held', self.clerk))
        self._journey('/odoo/credit-holds', [
            ('text', '.o_data_row', "Hammond Hardware"), ('click', '.o_data_row .o_data_cell[name=partner_id]'),
            ('text', '.o_form_view [name=excess]', "500"), ('click', 'button[name=action_decide]'), ('see', '.modal [name=reason] input'),
            ('type', '.modal [name=reason] input', "Bank statement seen"), ('click', '.modal button[name=action_release]'),
            ('without', '.modal'), ('text', '.o_statusbar_status .o_arrow_button_current', "Released"),
        ], 'credit_clerk')
        self.assertEqual((self.order.state, hold.reason, hold.decided_by_id), ('sale', "Bank statement seen", self.clerk))
        self._journey('/odoo/credit-exposure', [
            ('text', '.o_data_row', "Hammond Hardware"), ('text', '.o_data_row [name=credit_level]', "Watch"),
            ('text', '.o_data_row [name=excess]', "500"),
        ], 'credit_clerk')


@tagged('post_install', '-at_install')
class TestCreditPhone(PhoneJourney, CreditCase):

    def test_decide(self):
        self.order.with_user(self.rep).action_confirm()
        self.env['crm.credit.warning'].create({
            'partner_id': self.partner.id, 'company_id': self.env.company.id, 'user_id': self.rep.id, 'date': fields.Date.today(),
            'is_silent': True, 'silent_days': 70})
        self._journey('/odoo/credit-holds', [
            ('text', '.o_kanban_record', "Hammond Hardware"), ('fits',), ('click', '.o_kanban_record'),
            ('text', '.o_form_view [name=excess]', "500"), ('fits',),
        ], 'credit_clerk')
        self._journey('/odoo/credit-warnings', [
            ('text', '.o_kanban_record', "no money for 70 days"), ('fits',), ('click', '.o_kanban_record'),
            ('click', 'button[name=action_handle]'), ('without', 'button[name=action_handle]'), ('fits',),
        ], 'credit_rep')
        self.assertEqual(self.env['crm.credit.warning'].search([('partner_id', '=', self.partner.id)]).handled_by_id, self.rep)
