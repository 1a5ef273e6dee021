"""Journeys of carrying out a contract: finance invoices an instalment and sends a link, the warehouse takes what is due out of stock."""
from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import tagged


class DocumentCase(JourneyCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        today = company._crm_today()
        for login, groups in (
                ('documents_finance', 'account.group_account_invoice'), ('documents_stocker', 'stock.group_stock_user'),
                ('documents_rep', 'sales_team.group_sale_salesman')):
            cls._person(login, groups, company)
        rep = cls.env['res.users'].search([('login', '=', 'documents_rep')])
        customer = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'user_id': rep.id})
        pump = cls.env['product.product'].create({'name': "Pump", 'type': 'consu', 'is_storable': True, 'taxes_id': False})
        warehouse = cls.env['stock.warehouse'].search([('company_id', '=', company.id)], limit=1)
        cls.env['stock.quant']._update_available_quantity(pump, warehouse.lot_stock_id, 6)
        order = cls.env['sale.order'].create({'partner_id': customer.id, 'user_id': rep.id, 'order_line': [
            Command.create({'product_id': pump.id, 'product_uom_qty': 10, 'price_unit': 100, 'tax_ids': False})]})
        order.action_confirm()
        cls.contract = cls.env['crm.contract'].create({
            'partner_id': customer.id, 'title': "Pumping station", 'user_id': rep.id, 'currency_id': order.currency_id.id})
        order.crm_contract_id = cls.contract
        cls.contract._take_over_amounts()
        cls.contract.write({'state': 'executing', 'date_signed': today})
        cls.steps = cls.env['crm.contract.step'].create([
            {'contract_id': cls.contract.id, 'name': name, 'kind': kind, 'amount': amount, 'date_due': fields.Date.add(today, days=days),
             'line_ids': [Command.create({'order_line_id': order.order_line.id, 'quantity': 5})] if kind == 'deliver' else []}
            for name, kind, amount, days in (
                ("Advance", 'collect', 300, -2), ("Balance", 'collect', 700, 90), ("First delivery", 'deliver', 0, 2),
                ("Second delivery", 'deliver', 0, 9))])
        cls.env['crm.contract']._refresh(cls.contract, today)


@tagged('post_install', '-at_install')
class TestDocumentsDesktop(DocumentCase):

    def test_finance(self):
        """What is due, its invoice, and the link by which it is paid."""
        self._journey('/odoo/contract-due', [
            ('text', '.o_data_row', "Advance"), ('without', '.o_data_row:nth-child(2)'),
            ('click', '.o_data_row button[name=action_create_invoice]'), ('text', '.o_form_view', "Advance"),
            ('click', 'button[name=action_post]'), ('text', '.o_arrow_button_current', "Posted"),
        ], 'documents_finance')
        self.assertEqual((self.steps[0].invoice_ids.amount_total, self.steps[0].invoice_ids.state), (300, 'posted'))
        self._journey('/odoo/contract-due', [
            ('text', '.o_data_row', "Advance"), ('see', '.o_data_row button[name=action_open_invoices]'),
            ('without', '.o_data_row button[name=action_create_invoice]'),
            ('click', '.o_data_row button[name=action_payment_link]'), ('text', '.modal', "300"),
        ], 'documents_finance')

    def test_warehouse(self):
        """What is to be delivered, what is missing, and the transfer."""
        self._journey('/odoo/contract-deliveries', [
            ('text', '.o_data_row', "Second delivery"), ('text', '.o_data_row.text-danger', "4.00"),
            ('click', '.o_data_row button[name=action_create_picking]'), ('text', '.o_form_view', "Pump"),
        ], 'documents_stocker')
        self.assertEqual(self.steps[2].picking_ids.move_ids.product_uom_qty, 5)

    def test_contract(self):
        """The salesperson goes from the contract to what is to be done."""
        self._journey(f'/odoo/contracts/{self.contract.id}', [
            ('click', 'button[name=action_open_to_document]'), ('text', '.o_data_row', "First delivery"),
            ('click', '.o_data_row button[name=action_create_invoice]'), ('text', '.o_notification', "Advance"),
            ('click', '.o_data_row button[name=action_create_picking]'), ('text', '.o_notification', "First delivery"),
        ], 'documents_rep')
        self.assertEqual((self.steps[0].invoice_count, self.steps[2].picking_count), (1, 1))


@tagged('post_install', '-at_install')
class TestDocumentsPhone(PhoneJourney, DocumentCase):

    def test_finance(self):
        self._journey('/odoo/contract-due', [
            ('text', '.o_kanban_record', "Advance"), ('fits',), ('click', '.o_kanban_record button[name=action_payment_link]'),
            ('text', '.modal', "300"),
        ], 'documents_finance')

    def test_warehouse(self):
        self._journey('/odoo/contract-deliveries', [
            ('text', '.o_kanban_record', "Missing"), ('fits',),
            ('click', '.o_kanban_record button[name=action_create_picking]'), ('text', '.o_form_view', "Pump"),
        ], 'documents_stocker')
        self.assertEqual(self.steps[2].picking_count, 1)
