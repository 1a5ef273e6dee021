from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContractOrder(ContractCommon):
    """Contracts of opportunities and orders, and orders that do not belong."""

    def _wizard(self, orders, **vals):
        return self._as(self.rep)['crm.contract.create'].create({'order_ids': [Command.set(orders.ids)], **vals})

    def test_of_several_orders(self):
        orders = self._order([(10, 100)]) | self._order([(1, 50)], partner=self.person)
        action = self._by(orders).action_crm_contract()
        wizard = self._as(self.rep)['crm.contract.create'].with_context(**action['context']).create({'title': "Machines"})
        self.assertEqual((wizard.partner_id, wizard.amount_total), (self.customer, 1260))
        contract = self.env['crm.contract'].browse(wizard.action_apply()['res_id'])
        self.assertEqual(
            (contract.order_ids, contract.partner_id, contract.amount_untaxed, contract.amount_total, contract.user_id, contract.title),
            (orders.sorted('id', reverse=True), self.customer, 1050, 1260, self.rep, "Machines"))
        self.assertEqual(self._by(orders[0]).action_crm_contract()['res_id'], contract.id)

    def test_person_signs(self):
        contract = self.env['crm.contract']._from_orders(self._order(partner=self.person), type_id=self.contract_type.id)
        self.assertEqual((contract.partner_id, contract.signatory_id), (self.customer, self.person))

    def test_add_to_draft(self):
        contract = self._contract(self._order([(10, 100)]))
        self._wizard(self._order([(1, 50)]), contract_id=contract.id).action_apply()
        self.assertEqual((contract.amount_total, contract.order_count), (1260, 2))
        contract.order_ids[0].crm_contract_id = False
        self.assertEqual(contract.order_count, 1)
        self.assertEqual(contract.amount_total, contract.order_ids.amount_total)

    def test_not_together(self):
        pricelist = self.env['product.pricelist'].create({'name': "USD", 'currency_id': self.usd.id, 'company_id': self.company.id})
        order, cancelled = self._order(), self._order()
        cancelled._action_cancel()
        for other in (self._order(partner=self.customer2), self._order(pricelist_id=pricelist.id), cancelled):
            with self.subTest(other=other.name), self.assertRaises(UserError):
                (order | other).action_crm_contract()
        with self.assertRaises(UserError):
            self.env['sale.order'].action_crm_contract()

    def test_refused(self):
        """Of another customer, company or currency: clear error, nothing saved, also past the dialog."""
        contract = self._contract(self._order())
        pricelist = self.env['product.pricelist'].create({'name': "USD", 'currency_id': self.usd.id, 'company_id': self.company.id})
        [shared] = self._customers(1, company_id=False)
        foreign = self._orders([(shared, '2026-06-01', 100)], company=self.company_usd)
        for order, error in (
                (self._order(partner=self.customer2), ValidationError), (self._order(pricelist_id=pricelist.id), ValidationError),
                (foreign, UserError)):
            with self.subTest(order=order.name):
                with self.assertRaises(error):
                    order.crm_contract_id = contract
                self.env.invalidate_all()
                self.assertFalse(order.crm_contract_id)
        with self.assertRaises(ValidationError):
            contract.order_ids.partner_id = self.customer2
        with self.assertRaises(ValidationError):
            contract.order_ids.pricelist_id = pricelist

    def test_one_order_one_contract(self):
        order = self._order()
        contract, other = self._contract(order), self._contract(total=10)
        with self.assertRaises(UserError):
            order.crm_contract_id = other
        contract.action_cancel("Lost")
        order.crm_contract_id = other
        self.assertEqual(other.amount_total, order.amount_total)

    def test_agreed_orders_stay(self):
        order, further = self._order(), self._order()
        contract = self._contract(order, state='signed')
        for call in (
                lambda: self._by(order).write({'crm_contract_id': False}), self._by(order).unlink,
                lambda: self._by(further).write({'crm_contract_id': contract.id}),
                lambda: self._by(contract).write({'order_ids': [Command.unlink(order.id)]}),
                lambda: self._as(self.rep)['sale.order'].create({'partner_id': self.customer.id, 'crm_contract_id': contract.id})):
            with self.assertRaises(UserError):
                call()
        self.assertEqual(contract.order_ids, order)

    def test_copies_are_free(self):
        contract = self._contract(self._order())
        self.assertFalse(contract.order_ids.copy().crm_contract_id)
        copy = contract.copy()
        self.assertEqual((copy.order_ids, copy.state, copy.date_signed), (self.env['sale.order'], 'draft', False))
        self.assertNotEqual(copy.name, contract.name)

    def test_of_opportunity(self):
        lead = self.env['crm.lead'].create({
            'name': "Press line", 'type': 'opportunity', 'partner_id': self.person.id, 'user_id': self.rep.id, 'expected_revenue': 5000,
            'company_id': self.company.id})
        action = self._by(lead).action_crm_contract_new()
        contract = self._as(self.rep)['crm.contract'].with_context(**action['context']).create({})
        self.assertEqual(
            (contract.lead_id, contract.partner_id, contract.signatory_id, contract.title, contract.amount_untaxed),
            (lead, self.customer, self.person, "Press line", 5000))
        order = self._order(partner=self.person, opportunity_id=lead.id)
        action = self._by(lead).action_crm_contract_new()
        self.assertEqual(action['res_model'], 'crm.contract.create')
        wizard = self._as(self.rep)['crm.contract.create'].with_context(**action['context']).create({})
        made = self.env['crm.contract'].browse(wizard.action_apply()['res_id'])
        self.assertEqual((made.order_ids, made.lead_id, made.title), (order, lead, "Press line"))
        self.assertEqual(self._by(lead).crm_contract_count, 2)
        with self.assertRaises(ValidationError):
            made.lead_id = self.env['crm.lead'].create({'name': "Else", 'type': 'opportunity', 'partner_id': self.customer2.id})
        nobody = self.env['crm.lead'].create({'name': "Whose", 'type': 'opportunity', 'company_id': self.company.id})
        with self.assertRaises(UserError):
            nobody.action_crm_contract_new()

    def test_cancelled_orders_do_not_count(self):
        order, other = self._order([(10, 100)]), self._order([(1, 50)])
        contract = self._contract(order | other)
        other._action_cancel()
        contract.action_submit()
        self.assertEqual((contract.amount_total, contract.order_count), (1200, 1))
