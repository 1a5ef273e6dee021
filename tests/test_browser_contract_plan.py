"""Journeys of a plan: a representative makes it from a template and moves it, it has to add up, the warehouse sees what is coming."""
from datetime import timedelta

from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged

PLAN = '[name=step_ids] .o_data_row'


def row(number, name=''):
    """Return the selector of a row of the plan, counted from 1, or of a cell there."""
    return f'{PLAN}:nth-child({number})' + (f' td[name={name}]' if name else '')


class PlanCase(JourneyCase):
    journey_login = 'plan_rep'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.rep, cls.stocker = (
            cls._person(login, groups, company)
            for login, groups in (('plan_rep', 'sales_team.group_sale_salesman'), ('plan_stocker', 'stock.group_stock_user')))
        cls.today = company._crm_today()
        cls.customer = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'user_id': cls.rep.id})
        cls.pump = cls.env['product.product'].create({
            'name': "Pump", 'type': 'consu', 'is_storable': True, 'list_price': 100, 'taxes_id': False})
        warehouse = cls.env['stock.warehouse'].search([('company_id', '=', company.id)], limit=1)
        cls.env['stock.quant']._update_available_quantity(cls.pump, warehouse.lot_stock_id, 6)
        cls.order = cls.env['sale.order'].create({'partner_id': cls.customer.id, 'user_id': cls.rep.id, 'order_line': [
            Command.create({'product_id': cls.pump.id, 'product_uom_qty': 10, 'price_unit': 100, 'tax_ids': False})]})
        cls.contract = cls.env['crm.contract'].create({
            'partner_id': cls.customer.id, 'title': "Pumping station", 'user_id': cls.rep.id, 'currency_id': cls.order.currency_id.id})
        cls.order.crm_contract_id = cls.contract
        cls.contract._take_over_amounts()
        cls.template = cls.env['crm.contract.template'].create({'name': "Journey 30 / 70", 'sequence': -1, 'line_ids': [
            Command.create({'name': name, 'kind': kind, 'sequence': number, 'percent': percent, 'anchor_offset': days})
            for number, (name, kind, percent, days) in enumerate((
                ("Advance", 'collect', 30, 14), ("Delivery", 'deliver', 0, 30), ("Balance", 'collect', 70, 30)))]})
        delivery, balance = cls.template.line_ids[1:]
        balance.write({'anchor': 'step', 'anchor_line_id': delivery.id})

    def _day(self, days):
        return (self.today + timedelta(days=days)).strftime('%m/%d/%Y')

    def _staged(self):
        """The plan of a running contract: two deliveries, 4 pumps too few for the second one, which is due in nine days."""
        self.order.action_confirm()
        self.contract.write({'state': 'executing', 'date_signed': self.today})
        steps = self.env['crm.contract.step'].create([
            {'contract_id': self.contract.id, 'name': name, 'kind': kind, 'amount': amount, 'date_due': self.today + timedelta(days=days),
             'line_ids': [Command.create({'order_line_id': self.order.order_line.id, 'quantity': 5})] if kind == 'deliver' else []}
            for name, kind, amount, days in (
                ("First delivery", 'deliver', 0, 2), ("Second delivery", 'deliver', 0, 9), ("Handover", 'accept', 0, 12),
                ("All of it", 'collect', 1000, 30))])
        self.env['crm.contract']._refresh(self.contract, self.today)
        return steps


@tagged('post_install', '-at_install')
class TestPlanDesktop(PlanCase):

    def test_template_and_anchor(self):
        """From a template to a plan; the balance counts from the delivery and moves with its day."""
        self._journey(f'/odoo/contracts/{self.contract.id}', [
            ('pick', '[name=template_id] input', "Journey 30 / 70"), ('click', 'button[name=action_apply_template]'),
            ('text', row(1), "300.00"), ('text', row(3), "700.00"), ('text', row(3), "Earlier step"),
            ('click', row(2, 'anchor')), ('select', row(2, 'anchor') + ' input', "Fixed day"),
            ('type', row(2, 'date_due') + ' input', self._day(10)), ('save',),
            ('text', row(3, 'date_due'), self._shown(40)),
            ('click', row(2, 'date_due')), ('type', row(2, 'date_due') + ' input', self._day(17)), ('save',),
            ('text', row(3, 'date_due'), self._shown(47)),
        ])
        advance, delivery, balance = self.contract.step_ids
        self.assertEqual([step.amount for step in (advance, delivery, balance)], [300, 0, 700])
        self.assertEqual(
            [step.date_due for step in (advance, delivery, balance)],
            [False, self.today + timedelta(days=17), self.today + timedelta(days=47)])

    def _shown(self, days):
        """Return a day as lists show it: without the year where it is the present one."""
        day = self.today + timedelta(days=days)
        return f"{day:%b} {day.day}"

    def test_does_not_add_up(self):
        """A plan that leaves 50 out is not submitted: the difference is named, and once it is corrected the contract goes on."""
        self.template._apply(self.contract)
        self._journey(f'/odoo/contracts/{self.contract.id}', [
            ('click', row(3, 'percent')), ('type', row(3, 'percent') + ' input', "65"), ('save',), ('text', row(3, 'amount'), "650.00"),
            ('click', 'button[name=action_submit]'), ('warned', "add up to"), ('click', '.modal .btn-primary'),
            ('without', '.modal'), ('see', 'button[name=action_submit]')])
        self.assertEqual((self.contract.state, sum(self.contract.step_ids.mapped('amount'))), ('draft', 950))
        self._journey(f'/odoo/contracts/{self.contract.id}', [
            ('click', row(3, 'percent')), ('type', row(3, 'percent') + ' input', "70"), ('save',), ('text', row(3, 'amount'), "700.00"),
            ('click', 'button[name=action_submit]'), ('without', 'button[name=action_submit]')])
        self.assertIn(self.contract.state, ('approval', 'approved'))

    def test_warehouse(self):
        """What is coming and what is missing; the transfer is made once, found again, and delays are looked at."""
        steps = self._staged()
        self._journey('/odoo/contract-deliveries', [
            ('text', '.o_data_row:not(.text-danger)', "First delivery"), ('text', '.o_data_row.text-danger', "Second delivery"),
            ('text', '.o_data_row.text-danger td[name=shortage]', "4.00"),
            ('click', '.o_data_row:not(.text-danger) button[name=action_create_picking]'), ('text', '.o_form_view', "Pump"),
        ], 'plan_stocker')
        picking = steps[0].picking_ids
        self.assertEqual((picking.move_ids.product_uom_qty, picking.state), (5, 'assigned'))
        self._journey('/odoo/contract-deliveries', [
            ('text', '.o_data_row', "First delivery"), ('click', '.o_data_row:not(.text-danger) button[name=action_open_pickings]'),
            ('text', '.o_form_view', picking.name)], 'plan_stocker')
        self._journey('/odoo/contract-delays', [('see', '.o_graph_view, .o_view_nocontent')], 'plan_stocker')
        self.assertEqual(steps[0].picking_ids, picking)

    def test_same_actions(self):
        """What can be done about a step is offered in the same words on the plan, in the list of what is to do, and on the step."""
        self._staged()
        for button in ('action_create_invoice', 'action_create_picking'):
            self._journey(f'/odoo/contracts/{self.contract.id}', [('see', f'{PLAN} button[name={button}]')])
        self._journey(f'/odoo/contracts/{self.contract.id}', [
            ('click', f'{row(3)} .fa-check'), ('text', '.modal', "Handover"), ('click', '.modal [special=cancel]'), ('without', '.modal'),
            ('click', 'button[name=action_open_to_document]'), ('see', '.o_list_view'), ('without', '.o_form_view'),
            ('text', '.o_data_row', "Handover"),
            ('see', '.o_data_row button[name=action_create_picking]'), ('see', '.o_data_row button[name=action_create_invoice]'),
            ('see', '.o_data_row button[name=action_payment_link]'), ('see', '.o_data_row button .fa-check'),
            ('click', '.o_data_row .o_data_cell[name=name]'), ('click', '.o_form_view button[name=action_create_picking]'),
            ('text', '.o_notification', "First delivery")])
        self.assertEqual(self.contract.step_ids[0].picking_count, 1)


@tagged('post_install', '-at_install')
class TestPlanPhone(PhoneJourney, PlanCase):

    def test_plan(self):
        """The plan is a list of cards that fits the screen; a step opens and its transfer is made."""
        steps = self._staged()
        card = '[name=step_ids] .o_kanban_record:not(.o_kanban_ghost)'
        self._journey(f'/odoo/contracts/{self.contract.id}', [
            ('text', card, "First delivery"), ('text', card, "1,000.00"), ('fits',)])
        self._journey(f'/odoo/contract-plan/{steps[0].id}', [
            ('text', '.o_form_view', "Hammond Hardware"), ('fits',), ('click', 'button[name=action_create_picking]'),
            ('text', '.o_notification', "First delivery")])
        self.assertEqual(steps[0].picking_count, 1)

    def test_warehouse(self):
        self._staged()
        self._journey('/odoo/contract-deliveries', [('text', '.o_kanban_record', "Missing: 4.00"), ('fits',)], 'plan_stocker')

