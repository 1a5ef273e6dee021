from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged('post_install', '-at_install')
class TestCreditDelivery(CreditCommon):
    """What leaves to customers over the limit, and what does not."""

    def _late_over(self):
        """Return an order within the limit, whose customer came over it since."""
        self._stock(10)
        order = self._order([(5, 100)], confirm=True)
        self._invoices([(self.customer, '2026-06-01', 700)])
        picking = order.picking_ids
        picking.move_ids.write({'quantity': 5, 'picked': True})
        return order, picking

    def test_delivery_is_no_second_amount(self):
        """An order that fills the limit is delivered without alarm: delivering it adds nothing."""
        self._stock(10)
        order = self._order([(10, 100)], tax=False, confirm=True)
        self._deliver(order, 10)
        self.assertEqual(order.picking_ids.state, 'done')

    def test_delivery_on_hold(self):
        order, picking = self._late_over()
        action = self._by(picking, self.stocker).button_validate()
        hold = self._hold(order)
        self.assertEqual((action['tag'], picking.state), ('display_notification', 'assigned'))
        self.assertEqual((hold.state, hold.origin, hold.picking_id), ('held', 'delivery', picking))
        self.assertEqual(hold.activity_ids.user_id, self.finance)
        self.assertTrue(picking.crm_on_hold)
        self.assertIn(picking, self.env['stock.picking'].search([('crm_on_hold', '=', True)]))
        self._release(order)
        self._by(picking, self.stocker).with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, 'done')

    def test_delivery_by_the_back_door(self):
        """Batches, scripts and wizards validate moves without the button; no context lets them out."""
        _order, picking = self._late_over()
        for attempt in (
                picking._action_done, picking.move_ids._action_done,
                picking.with_context(button_validate_picking_ids=picking.ids, skip_sanity_check=True, skip_backorder=True)._action_done):
            with self.assertRaises(UserError):
                attempt()
        wizard = self.env['stock.backorder.confirmation'].with_context(button_validate_picking_ids=picking.ids).create({
            'pick_ids': [Command.set(picking.ids)]})
        wizard.process()
        self.assertEqual(picking.state, 'assigned')

    def test_delivery_of_what_is_paid(self):
        """A paid order leaves, whatever else is open."""
        order, picking = self._late_over()
        invoice = order._create_invoices()
        invoice.invoice_date = '2026-06-10'
        invoice.action_post()
        self._pay([(invoice, '2026-06-11', None)])
        self._invoices([(self.customer, '2026-06-01', 700)])
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual((picking.state, self._hold(order).ids), ('done', []))

    def test_return_is_not_held(self):
        """Goods that come back are welcome."""
        self._stock(10)
        order = self._order([(5, 100)], confirm=True)
        self._deliver(order, 5)
        self._invoices([(self.customer, '2026-06-01', 900)])
        picking = order.picking_ids
        wizard = self.env['stock.return.picking'].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model='stock.picking').create({})
        wizard.product_return_moves.quantity = 5
        back = wizard._create_return()
        back.move_ids.write({'quantity': 5, 'picked': True})
        back.with_context(skip_sms=True).button_validate()
        self.assertEqual(back.state, 'done')

    def test_orders_only(self):
        self.company.crm_credit_check = 'order'
        _order, picking = self._late_over()
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, 'done')

    def test_line_taken_off(self):
        """A move that somebody cut off from its order is still known by its reference."""
        _order, picking = self._late_over()
        picking.move_ids.sale_line_id = False
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, 'assigned')

    def test_more_than_ordered(self):
        """A small order is no vehicle for a large delivery."""
        self._stock(50)
        order = self._order([(5, 100)], confirm=True)
        picking = order.picking_ids
        picking.move_ids.write({'quantity': 50, 'picked': True})
        with self.assertRaises(UserError):
            picking.with_context(skip_sms=True).button_validate()
        self._limit(self.customer, 10000)
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, 'done')
