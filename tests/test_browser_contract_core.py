"""From an opportunity's quotation to a signed contract: a representative makes it, a manager approves it, both see how it stands."""
from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged


class ContractCase(JourneyCase):
    journey_login = 'contract_rep'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.manager, cls.rep = (
            cls._person(login, f'sales_team.{group}', company)
            for login, group in (('contract_manager', 'group_sale_manager'), ('contract_rep', 'group_sale_salesman')))
        cls.partner = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'user_id': cls.rep.id})
        cls.person = cls.env['res.partner'].create({'name': "Anna Hammond", 'parent_id': cls.partner.id})
        cls.type = cls.env['crm.contract.type'].create({'name': "Journey", 'sequence': -1, 'clauses': "<p>Ex works.</p>"})
        cls.type.approver_ids = [Command.create({'user_id': cls.manager.id, 'from_amount': 1000})]
        product = cls.env['product.product'].create({'name': "Press", 'type': 'consu', 'list_price': 1000, 'taxes_id': False})
        cls.lead = cls.env['crm.lead'].create({
            'name': "Press line", 'type': 'opportunity', 'partner_id': cls.person.id, 'user_id': cls.rep.id})
        cls.order = cls.env['sale.order'].create({
            'partner_id': cls.person.id, 'user_id': cls.rep.id, 'opportunity_id': cls.lead.id,
            'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 2, 'price_unit': 1000, 'tax_ids': False})]})

    def _contract(self):
        return self.env['crm.contract'].search([('partner_id', '=', self.partner.id)])


@tagged('post_install', '-at_install')
class TestContractDesktop(ContractCase):

    def test_opportunity_to_signature(self):
        self._journey(f'/odoo/crm/{self.lead.id}', [
            ('click', 'button[name=action_crm_contract_new]'), ('text', '.modal', self.order.name),
            ('click', '.modal button[name=action_apply]'), ('text', '.o_form_view .o_field_widget[name=title]', ""),
            ('click', 'button[name=action_submit]'), ('text', '.alert-info', "approval"), ('without', 'button[name=action_approve]')])
        contract = self._contract()
        self.assertEqual((contract.state, contract.lead_id, contract.amount_total), ('approval', self.lead, 2000))
        self._journey('/odoo/contracts-to-approve', [
            ('click', '.o_data_row .o_data_cell[name=partner_id]'), ('click', 'button[name=action_approve]'),
            ('without', 'button[name=action_approve]')], 'contract_manager')
        self.assertEqual((contract.state, contract.approval_ids.decided_by_id), ('approved', self.manager))
        self._journey(f'/odoo/contracts/{contract.id}', [
            ('click', 'button[name=action_open_sign]'), ('click', '.modal button[name=action_apply]'),
            ('click', 'button[name=action_start]'), ('see', 'button[name=action_complete]')])
        self.assertEqual((contract.state, contract.signed_by), ('executing', "Anna Hammond"))

    def test_terminate(self):
        contract = self.env['crm.contract']._from_orders(self.order, type_id=self.type.id)
        for name in ('submit', 'approve', 'sign', 'start'):
            getattr(contract, f'action_{name}')()
        self._journey(f'/odoo/contracts/{contract.id}', [
            ('click', 'button[name=action_open_decision]:nth-of-type(1), button[name=action_open_decision]'), ('see', '.modal'),
            ('type', '.modal [name=reason] textarea', "Strike at the port"), ('click', '.modal .btn-primary'),
            ('text', '.alert-warning', "Strike at the port")], 'contract_manager')
        self.assertEqual(contract.state, 'suspended')


@tagged('post_install', '-at_install')
class TestContractPhone(PhoneJourney, ContractCase):

    def test_list_and_contract(self):
        contract = self.env['crm.contract']._from_orders(self.order, type_id=self.type.id)
        self._journey('/odoo/contracts', [('text', '.o_kanban_record', "Hammond Hardware"), ('click', '.o_kanban_record'),
                                          ('click', 'button[name=action_submit]'), ('text', '.alert-info', "approval")])
        self.assertEqual(contract.state, 'approval')
