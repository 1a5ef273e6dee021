import random

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestStepDocuments(ContractCommon):

    def _step(self, contract, kind, name="Step", **vals):
        return self.env['crm.contract.step'].create({'contract_id': contract.id, 'kind': kind, 'name': name, **vals})

    def _running(self, *orders, steps=()):
        contract = self._contract(self.env['sale.order'].union(*orders))
        made = self.env['crm.contract.step'].union(*(self._step(contract, **vals) for vals in steps))
        self._advance_to_executing(contract)
        return contract, made

    def _advance_to_executing(self, contract):
        contract.write({'state': 'executing', 'date_signed': self.TODAY})

    def _invoice(self, step, post=True, user=None):
        (self._by(step, user) if user else step).action_create_invoice()
        invoice = step._live_invoices()
        if post:
            invoice.filtered(lambda move: not move.invoice_date).invoice_date = self.TODAY
            invoice.action_post()
        return invoice

    # ------------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------------

    def test_three_thirds(self):
        """Instalments are exactly what is planned, and together what was sold: whole pieces are not scaled."""
        order = self._order([(1, 833.34)], confirm=True)
        total = order.amount_total
        third = round(total / 3, 2)
        _contract, steps = self._running(order, steps=[
            {'kind': 'invoice', 'name': name, 'amount': amount}
            for name, amount in (("First", third), ("Second", third), ("Third", total - 2 * third))])
        invoices = [self._invoice(step) for step in steps]
        self.assertEqual(total, 1000.01)
        self.assertEqual([invoice.amount_total for invoice in invoices], [333.34, 333.34, 333.33])
        self.assertEqual(order.order_line.filtered(lambda line: not line.is_downpayment).qty_invoiced, 1)
        self.assertEqual(order.invoice_status, 'invoiced')
        self.assertEqual(invoices[0].invoice_line_ids.filtered('product_id').mapped('quantity') or [1], [1])

    def test_reversed(self):
        """An invoice that was taken back as a whole may be made anew; one that was credited in part and paid may not."""
        order = self._order([(10, 100)], confirm=True)
        contract, step = self._running(order, steps=[{'kind': 'invoice', 'amount': 1200}])
        invoice = self._invoice(step)
        note = invoice._reverse_moves([{'invoice_date': self.TODAY, 'date': self.TODAY}])
        self.assertEqual(step._live_invoices(), invoice, "A draft takes nothing back")
        note.invoice_line_ids.filtered('product_id').quantity = 4
        note.action_post()
        self._pay([(invoice, str(self.TODAY), 720)])
        self.assertEqual(step._live_invoices(), invoice)
        self.env.flush_all()
        facts = self.env.execute_query(contract._invoiced_sql(SQL("contract.id = %s", contract.id)))
        self.assertEqual({row[-1] for row in facts}, {False})
        invoice._reverse_moves([{'invoice_date': self.TODAY, 'date': self.TODAY}]).action_post()
        self.assertFalse(step._live_invoices())
        self.env.flush_all()
        facts = self.env.execute_query(contract._invoiced_sql(SQL("contract.id = %s", contract.id)))
        self.assertEqual({row[-1] for row in facts}, {True})

    def test_any_order(self):
        """Whatever prices, pieces, discounts and shares there are: instalments add up to the order, and nothing is left to invoice."""
        dice = random.Random(4)
        for number in range(8):
            order = self._order([(dice.randint(1, 7), round(dice.uniform(0.01, 999), 2)) for _line in range(dice.randint(1, 3))])
            order.order_line[:1].discount = dice.choice((0, 7.5, 33.33))
            first = dice.choice((30, 33, 33.3333))
            contract = self._contract(order)
            steps = self.env['crm.contract.step'].union(*(
                self._step(contract, 'invoice', percent=percent, sequence=index)
                for index, percent in enumerate((first, first, 100 - 2 * first))))
            self._by(contract).action_submit()
            order.action_confirm()
            self._advance_to_executing(contract)
            with self.subTest(number=number, total=order.amount_total):
                total = order.amount_total
                self.assertAlmostEqual(sum(steps.mapped('amount')), total, 2)
                invoices = [self._invoice(step) for step in steps]
                self.assertEqual([invoice.amount_total for invoice in invoices], [round(step.amount, 2) for step in steps])
                self.assertEqual((order.invoice_status, contract.invoiced_amount), ('invoiced', total))

    def test_price_change_after_first(self):
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[
            {'kind': 'invoice', 'name': "Advance", 'amount': 360}, {'kind': 'invoice', 'name': "Rest", 'amount': 840}])
        self.assertEqual(self._invoice(steps[0]).amount_total, 360)
        order.order_line.filtered(lambda line: not line.is_downpayment and not line.display_type).price_unit = 110
        self.assertEqual(self._invoice(steps[1]).amount_total, 1320 - 360)

    def test_several_orders_on_one_invoice(self):
        first, second = self._order([(3, 100)], confirm=True), self._order([(1, 100)], confirm=True)
        _contract, steps = self._running(first, second, steps=[
            {'kind': 'invoice', 'amount': 100.01}, {'kind': 'invoice', 'amount': 379.99}])
        advance = self._invoice(steps[0])
        self.assertEqual((len(advance), advance.amount_total), (1, 100.01))
        self.assertEqual(advance.invoice_line_ids.sale_line_ids.order_id, first + second)
        last = self._invoice(steps[1])
        self.assertEqual((len(last), last.amount_total), (1, 379.99))

    def test_never_twice(self):
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[{'kind': 'invoice', 'amount': 360}, {'kind': 'invoice', 'amount': 840}])
        draft = self._invoice(steps[0], post=False)
        with self.assertRaisesRegex(UserError, "has its document already"):
            steps[0].action_create_invoice()
        self.assertFalse(steps[0].can_invoice)
        draft.button_cancel()
        again = self._invoice(steps[0])
        self.assertEqual((again.amount_total, again.crm_step_id), (360, steps[0]))

    def test_more_than_is_left(self):
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[{'kind': 'invoice', 'amount': 1300}, {'kind': 'invoice', 'amount': 1}])
        with self.assertRaisesRegex(UserError, "only .*1,200.00.* of the orders is not invoiced"):
            steps[0].action_create_invoice()
        self.assertFalse(order.invoice_ids)

    def test_instalment_without_invoice_steps(self):
        """A plan of instalments only: each is invoiced, and due when the plan says."""
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[
            {'kind': 'collect', 'amount': 400, 'date_due': '2026-07-31'}, {'kind': 'collect', 'amount': 800, 'date_due': '2026-08-31'}])
        invoices = [self._invoice(step) for step in steps]
        self.assertEqual([invoice.amount_total for invoice in invoices], [400, 800])
        self.assertEqual([str(invoice.invoice_date_due) for invoice in invoices], ['2026-07-31', '2026-08-31'])

    def test_instalment_of_a_plan_with_invoices(self):
        _contract, steps = self._running(self._order(confirm=True), steps=[
            {'kind': 'invoice', 'amount': 1200}, {'kind': 'collect', 'amount': 1200}])
        with self.assertRaisesRegex(UserError, "invoiced by another step"):
            steps[1].action_create_invoice()
        self.assertEqual(steps.mapped('can_invoice'), [True, False])

    def test_last_waits_for_delivery(self):
        self.goods.invoice_policy = 'delivery'
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[{'kind': 'invoice', 'amount': 360}, {'kind': 'invoice', 'amount': 840}])
        self._invoice(steps[0])
        with self.assertRaisesRegex(UserError, "not delivered in full"):
            steps[1].action_create_invoice()
        self._deliver(order, 10)
        self.assertEqual(self._invoice(steps[1]).amount_total, 840)

    def test_states(self):
        order = self._order()
        contract, steps = self._running(order, steps=[{'kind': 'invoice', 'amount': 1200}, {'kind': 'task'}])
        with self.assertRaisesRegex(UserError, "Confirm S"):
            steps[0].action_create_invoice()
        with self.assertRaisesRegex(UserError, "another kind"):
            steps[1].action_create_invoice()
        contract.is_manual = True
        with self.assertRaisesRegex(UserError, "kept elsewhere"):
            steps[0].action_create_invoice()
        contract.state = 'suspended'
        with self.assertRaisesRegex(UserError, "resume it first"):
            steps[0].action_create_invoice()

    def test_who_may_invoice(self):
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[
            {'kind': 'invoice', 'amount': 400}, {'kind': 'invoice', 'amount': 400}, {'kind': 'invoice', 'amount': 400}])
        self.assertEqual(self._invoice(steps[0], user=self.rep).amount_total, 400)
        self.assertEqual(self._invoice(steps[1], user=self.finance).amount_total, 400)
        for user in (self.rep2, self.stocker, self.employee):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(steps[2], user).action_create_invoice()
        self.assertFalse(steps[2].invoice_ids)

    # ------------------------------------------------------------------
    # Transfers
    # ------------------------------------------------------------------

    def _deliveries(self, *quantities):
        self._stock(100)
        order = self._order([(10, 100)], confirm=True)
        contract, steps = self._running(order, steps=[
            {'kind': 'deliver', 'date_due': f'2026-07-{10 + number}', 'line_ids': [
                (0, 0, {'order_line_id': order.order_line[:1].id, 'quantity': quantity})] if quantity else []}
            for number, quantity in enumerate(quantities)])
        return order, contract, steps

    def test_staged_transfers(self):
        order, _contract, steps = self._deliveries(4, 6)
        steps[0].action_create_picking()
        steps[1].action_create_picking()
        self.assertEqual(len(order.picking_ids), 2)
        self.assertEqual([step.picking_ids.move_ids.product_uom_qty for step in steps], [4, 6])
        self.assertEqual([step.picking_ids.state for step in steps], ['assigned', 'assigned'])
        self.assertEqual([str(step.picking_ids.scheduled_date) for step in steps], ['2026-07-10 10:00:00', '2026-07-11 10:00:00'])
        self.assertEqual(sum(order.order_line.move_ids.mapped('product_uom_qty')), 10)

    def test_transfer_never_twice(self):
        order, _contract, steps = self._deliveries(4, 6)
        steps[0].action_create_picking()
        with self.assertRaisesRegex(UserError, "has its document already"):
            steps[0].action_create_picking()
        self.assertFalse(steps[0].can_deliver)
        self.assertEqual(sum(order.order_line.move_ids.mapped('product_uom_qty')), 10)

    def test_more_than_ordered(self):
        order, _contract, steps = self._deliveries(4, 7)
        steps[0].action_create_picking()
        with self.assertRaisesRegex(UserError, "7 .* planned, but the order has only 6 left"):
            steps[1].action_create_picking()
        self.assertEqual(len(order.picking_ids), 2)

    def test_without_quantities(self):
        order, _contract, steps = self._deliveries(4, 0)
        steps[0].action_create_picking()
        steps[1].action_create_picking()
        self.assertEqual(steps[1].picking_ids.move_ids.product_uom_qty, 6)
        self.assertEqual(len(order.picking_ids), 2)

    def test_rest_stays_with_the_step(self):
        _order, _contract, steps = self._deliveries(4, 6)
        steps[0].action_create_picking()
        picking = steps[0].picking_ids
        picking.move_ids.write({'quantity': 1, 'picked': True})
        picking.with_context(skip_backorder=True, skip_sms=True)._action_done()
        self.assertEqual(len(steps[0].picking_ids), 2)
        self.assertEqual(steps[0].picking_ids.filtered(lambda transfer: transfer.state != 'done').move_ids.product_uom_qty, 3)

    def test_return_is_the_steps(self):
        _order, _contract, steps = self._deliveries(4, 6)
        steps[0].action_create_picking()
        picking = steps[0].picking_ids
        picking.move_ids.write({'quantity': 4, 'picked': True})
        picking._action_done()
        wizard = self.env['stock.return.picking'].with_context(active_model='stock.picking', active_id=picking.id).create({})
        wizard.product_return_moves.quantity = 1
        self.assertEqual(wizard._create_return().crm_step_id, steps[0])

    def test_who_may_deliver(self):
        _order, _contract, steps = self._deliveries(4, 6)
        self._by(steps[0], self.stocker).action_create_picking()
        self._by(steps[1], self.rep).action_create_picking()
        self.assertEqual(steps.mapped('picking_count'), [1, 1])
        steps[1].picking_ids.action_cancel()
        for user in (self.rep2, self.finance, self.employee):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(steps[1], user).action_create_picking()

    # ------------------------------------------------------------------
    # Payment links
    # ------------------------------------------------------------------

    def test_payment_link(self):
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[{'kind': 'collect', 'amount': 400}, {'kind': 'collect', 'amount': 800}])
        action = self._by(steps[0]).action_payment_link()
        link = self.env['payment.link.wizard'].browse(action['res_id'])
        self.assertEqual((link.res_model, link.res_id, link.amount), ('sale.order', order.id, 400))
        draft = self._invoice(steps[0], post=False)
        with self.assertRaisesRegex(UserError, "Post the invoice"):
            steps[0].action_payment_link()
        draft.invoice_date = self.TODAY
        draft.action_post()
        for user in (self.rep, self.finance):
            link = self.env['payment.link.wizard'].browse(self._by(steps[0], user).action_payment_link()['res_id'])
            self.assertEqual((link.res_model, link.res_id, link.amount), ('account.move', draft.id, 400))
            self.assertIn('amount=400', link.link)
        with self.assertRaises(AccessError):
            self._by(steps[0], self.rep2).action_payment_link()

    def test_payment_link_in_another_currency(self):
        """An invoice in dollars is paid in dollars: 400 EUR of it are 1,600 USD, and no more than what is open of it."""
        contract, steps = self._running(steps=[{'kind': 'collect', 'amount': 400}, {'kind': 'collect', 'amount': 800}])
        invoice = self._invoices([(self.customer, '2026-06-01', 2000)], currency=self.usd, post=False)
        invoice.crm_contract_id = contract
        invoice.action_post()
        for step, amount in zip(steps, (1600, 2000), strict=True):
            link = self.env['payment.link.wizard'].browse(self._by(step).action_payment_link()['res_id'])
            self.assertEqual((link.res_id, link.currency_id, link.amount), (invoice.id, self.usd, amount))

    def test_payment_link_of_what_is_on_its_way(self):
        """What the customer has paid online and is not booked yet is not asked for again."""
        order = self._order([(10, 100)], confirm=True)
        _contract, steps = self._running(order, steps=[{'kind': 'collect', 'amount': 400}, {'kind': 'collect', 'amount': 800}])
        provider = self.env['payment.provider'].sudo().create({'name': "Test", 'company_id': self.company.id})
        paid = self.env['payment.transaction'].sudo().create({
            'provider_id': provider.id, 'payment_method_id': self.env.ref('payment.payment_method_unknown').id, 'amount': 150,
            'currency_id': self.eur.id, 'partner_id': self.customer.id, 'reference': 'T150', 'state': 'pending',
            'operation': 'online_direct', 'sale_order_ids': [(6, 0, order.ids)]})
        link = self.env['payment.link.wizard'].browse(self._by(steps[0]).action_payment_link()['res_id'])
        self.assertEqual(link.amount, 250)
        paid.amount = 400
        with self.assertRaisesRegex(UserError, "on its way"):
            self._by(steps[0]).action_payment_link()
