from contextlib import nullcontext

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.crm_grading.tests.common import GradingCommon


class ContractCommon(GradingCommon):
    """A customer of ``rep`` with a person, storable goods with a tax of 20 %, and contracts of a type
    that passes without approver.

    See :class:`GradingCommon` for the companies and people; the clock stands at 2026-06-15 12:00 UTC (a Monday). Besides:
      stocker ........ inventory user, no sales group (in ``company``)
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stocker = new_test_user(
            cls.env, login='grading_stocker', name="Stocker", groups='stock.group_stock_user', tz='Europe/Brussels',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.customer, cls.customer2 = cls._customers(2, company_id=cls.company.id, user_id=cls.rep.id)
        cls.person = cls.env['res.partner'].create({'name': "Person", 'parent_id': cls.customer.id, 'email': 'person@example.com'})
        cls.contract_type = cls.env.ref('crm_contract_exec.crm_contract_type_sale')
        cls.contract_type.is_free = True
        cls.warehouse = cls.env['stock.warehouse'].search([('company_id', '=', cls.company.id)], limit=1)
        cls.tax = cls._tax(cls.company)
        cls.goods = cls.env['product.product'].create({
            'name': "Goods", 'type': 'consu', 'is_storable': True, 'list_price': 100, 'invoice_policy': 'order',
            'taxes_id': [Command.set(cls.tax.ids)], 'supplier_taxes_id': False})
        cls.goods.with_company(cls.company).standard_price = 60

    @classmethod
    def _tax(cls, company, amount=20):
        group = cls.env['account.tax.group'].create({
            'name': f"Tax {amount}", 'company_id': company.id, 'country_id': cls.env.ref('base.be').id})
        return cls.env['account.tax'].create({
            'name': f"Tax {amount}", 'amount': amount, 'company_id': company.id, 'tax_group_id': group.id,
            'country_id': cls.env.ref('base.be').id})

    @classmethod
    def _stock(cls, quantity, product=None):
        """Put goods on the shelf."""
        cls.env['stock.quant']._update_available_quantity(product or cls.goods, cls.warehouse.lot_stock_id, quantity)

    @classmethod
    def _order(cls, lines=((10, 100),), partner=None, product=None, tax=True, confirm=False, user=None, **vals):
        """Create an order in ``company``.

        :param lines: list of (quantity, untaxed unit price)
        """
        product = product or cls.goods
        order = cls.env['sale.order'].with_company(cls.company).create({
            'partner_id': (partner or cls.customer).id, 'company_id': cls.company.id, 'user_id': (user or cls.rep).id,
            'order_line': [Command.create({
                'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': price,
                'tax_ids': [Command.set(cls.tax.ids if tax else [])]}) for quantity, price in lines], **vals})
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def _contract(cls, orders=None, state='draft', total=0, untaxed=None, partner=None, company=None, **vals):
        """Create a contract with orders, or with an amount entered, and bring it into a state by its own transitions.

        :param state: draft, approval, approved, signed or executing
        """
        company = company or cls.company
        contract = cls.env['crm.contract'].with_company(company).create({
            'partner_id': (partner or cls.customer).id, 'company_id': company.id, 'user_id': cls.rep.id, 'type_id': cls.contract_type.id,
            'currency_id': company.currency_id.id, 'manual_total': total, 'manual_untaxed': total if untaxed is None else untaxed, **vals})
        if orders:
            orders.crm_contract_id = contract
            contract._take_over_amounts()
        cls._advance(contract, state)
        return contract

    @classmethod
    def _advance(cls, contract, state):
        """Bring a draft contract into a state."""
        path = ['draft', 'approval', 'approved', 'signed', 'executing']
        moves = {'approval': 'action_submit', 'approved': 'action_approve', 'signed': 'action_sign', 'executing': 'action_start'}
        for name in path[1:path.index(state) + 1]:
            if contract.state not in path[path.index(name):]:
                getattr(contract, moves[name])()

    @classmethod
    def _deliver(cls, order, quantity, day=None):
        """Deliver a quantity of the first line of an order, the rest stays as a backorder.

        :param day: 'YYYY-MM-DD' on which it is done; default: today
        :return: the transfer
        """
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel'))[:1]
        picking.move_ids[:1].write({'quantity': quantity, 'picked': True})
        with freeze_time(f'{day} 09:00:00') if day else nullcontext():
            picking.with_context(skip_backorder=True, skip_sms=True)._action_done()
        return picking

    def _by(self, records, user=None):
        """Return records as a user at work in the own company sees them (default: the rep)."""
        return records.with_env(self._as(user or self.rep))
