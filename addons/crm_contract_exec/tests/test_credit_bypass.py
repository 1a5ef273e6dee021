from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .credit_common import CreditCommon

SIGNATURE = 'R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=='


@tagged('post_install', '-at_install')
class TestCreditBypass(CreditCommon):
    """Ways around the credit limit that lead nowhere."""

    def test_split(self):
        """Ten small orders are as much as one large one, confirmed together or one by one."""
        orders = self.env['sale.order'].union(*(self._order([(1, 300)], tax=False) for _number in range(5)))
        orders.action_confirm()
        self.assertEqual(orders.mapped('state'), ['sale'] * 3 + ['draft'] * 2)
        orders[3].action_confirm()
        self.assertEqual(orders[3].state, 'draft')

    def test_context(self):
        """No key of the context lifts the check."""
        order = self._order([(10, 100)])
        context = dict.fromkeys((
            'crm_credit_checked', 'skip_credit_check', 'bypass_credit', 'force_confirm', 'no_credit_limit', 'import_file',
            'install_mode', 'tracking_disable', 'skip_sanity_check'), True)
        self._by(order).with_context(**context, crm_credit_release=order.ids).action_confirm()
        self.assertEqual(order.state, 'draft')

    def test_superuser(self):
        """Portal and payment providers confirm as superuser."""
        order = self._order([(10, 100)])
        order.sudo().action_confirm()
        self.assertEqual(order.state, 'draft')

    def test_state_written(self):
        """Setting the state, or creating an order in it, is no way around."""
        order = self._order([(10, 100)])
        with self.assertRaises(UserError):
            self._by(order).write({'state': 'sale'})
        self.assertEqual(order.state, 'draft')
        made = self._by(self.env['sale.order']).create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'state': 'sale', 'user_id': self.rep.id,
            'order_line': [Command.create({'product_id': self.goods.id, 'product_uom_qty': 20, 'price_unit': 100})]})
        self.assertEqual((self._hold(made).state, self._hold(made).origin), ('held', 'change'))

    def test_close_and_reopen(self):
        """A cancelled order is checked when it is confirmed again; giving it up ends its hold."""
        order = self._order([(8, 100)], confirm=True)
        self.assertEqual(order.state, 'sale')
        order._action_cancel()
        self._order([(8, 100)], confirm=True)
        order.action_draft()
        order.action_confirm()
        self.assertEqual((order.state, self._hold(order).state), ('draft', 'held'))
        order._action_cancel()
        self.assertEqual(self._hold(order).state, 'lifted')
        order.action_draft()
        self.env['crm.credit.hold']._cron_check()
        self.assertEqual(order.state, 'draft')

    def test_copy_of_released(self):
        order = self._over()
        self._release(order)
        copy = order.copy()
        copy.action_confirm()
        self.assertEqual((copy.state, self._hold(copy).state), ('draft', 'held'))

    def test_grown_while_waiting(self):
        """What is released is what was asked for, not what it has become since."""
        order = self._over()
        self._by(order.order_line).write({'product_uom_qty': 50, 'price_unit': 100})
        self._release(order)
        self.assertEqual((order.state, self._hold(order).mapped('state')), ('draft', ['held', 'released']))
        self.assertEqual(self._hold(order)[0].amount, 6000)

    def test_grown_after_confirmation(self):
        """Changing, adding and moving lines of a confirmed order, or its invoice address, is checked; its delivery waits."""
        self._stock(100)
        for name, change in {
            'quantity': lambda order: self._by(order.order_line).write({'product_uom_qty': 50}),
            'price': lambda order: self._by(order.order_line).write({'price_unit': 5000}),
            'tax': lambda order: self._by(order.order_line).write({'tax_ids': [Command.set(self._tax(self.company, 2000).ids)]}),
            'line': lambda order: self._by(order).write({'order_line': [Command.create({
                'product_id': self.goods.id, 'product_uom_qty': 9, 'price_unit': 500})]}),
            'debtor': lambda order: self._by(order).write({'partner_invoice_id': self.customer2.id}),
        }.items():
            with self.subTest(change=name), self.cr.savepoint() as savepoint:
                self._limit(self.customer2, 10)
                order = self._order([(1, 100)], confirm=True)
                change(order)
                hold = self._hold(order)
                self.assertEqual((hold.state, hold.origin, order.crm_on_hold), ('held', 'change', True))
                self.company.crm_credit_check = 'order'
                picking = order.picking_ids[:1]
                self.assertTrue(picking.crm_on_hold)
                with self.assertRaises(UserError):
                    picking.move_ids.picked = True
                    picking.move_ids._action_done()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_made_smaller(self):
        """Who is over the limit may still make an order smaller without a new hold."""
        order = self._over()
        self._release(order)
        order.order_line.product_uom_qty = 9
        self.assertEqual(self._hold(order).mapped('state'), ['released'])

    def test_prices_updated(self):
        """Prices that Odoo computes anew on a confirmed order are checked, too."""
        order = self._order([(5, 1)], confirm=True)
        self._by(order).action_update_prices()
        if order.amount_total > 1000:
            self.assertEqual((self._hold(order).state, self._hold(order).origin), ('held', 'change'))
        else:
            self.assertFalse(self._hold(order))
        self.goods.list_price = 10000
        self._by(order).action_update_prices()
        self.assertGreater(order.amount_total, 1000)
        self.assertEqual((self._hold(order).state, self._hold(order).origin), ('held', 'change'))

    def test_results_written(self):
        """Totals and rates that a client writes instead of prices are refused; those it creates an order with are computed anew."""
        order = self._order([(10, 100)])
        for records, vals in (
                (order, {'amount_total': 1}), (order, {'currency_rate': 1000000}), (order.order_line, {'price_total': 1}),
                (order, {'order_line': [Command.update(order.order_line.id, {'price_total': 1})]}),
                (order.order_line, {'qty_invoiced': 10})):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._by(records).write(vals)
        made = self._by(self.env['sale.order']).create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'user_id': self.rep.id, 'currency_rate': 1000000,
            'amount_total': 1, 'order_line': [Command.create({
                'product_id': self.goods.id, 'product_uom_qty': 20, 'price_unit': 100, 'price_total': 1, 'tax_ids': False})]})
        made.action_confirm()
        self.assertEqual((made.state, self._hold(made).amount), ('draft', 2000))

    def test_deleted_order(self):
        """History outlives the quotation it was about."""
        order = self._over()
        hold = self._hold(order)
        order.unlink()
        self.assertEqual((hold.state, hold.exists(), hold.order_id.id), ('lifted', hold, False))

    def test_limit_is_finances(self):
        for name in ('credit_limit', 'use_partner_credit_limit'):
            with self.assertRaises(AccessError):
                self._by(self.customer).write({name: 0})


@tagged('post_install', '-at_install')
class TestCreditOnline(CreditCommon, HttpCase):
    """Signature and payment in the portal."""

    def test_signed_in_the_portal(self):
        """The signature stays, the order waits, who decides is told, and a release confirms it."""
        order = self._order([(10, 100)], require_signature=True, require_payment=False)
        order.sudo().write({'signed_by': "Customer", 'signature': SIGNATURE.encode()})
        order.with_user(self.env.ref('base.public_user')).sudo()._validate_order()
        self.assertEqual((order.state, self._hold(order).state, bool(order.signature)), ('draft', 'held', True))
        self.assertEqual(self._hold(order).activity_ids.user_id, self.finance)
        self._release(order)
        self.assertEqual(order.state, 'sale')

    def _paid_online(self, order, amount):
        provider = self.env['payment.provider'].sudo().create({'name': "Test", 'company_id': self.company.id})
        return self.env['payment.transaction'].sudo().create({
            'provider_id': provider.id, 'payment_method_id': self.env.ref('payment.payment_method_unknown').id, 'amount': amount,
            'currency_id': order.currency_id.id, 'partner_id': order.partner_id.id, 'reference': f'T{amount}', 'state': 'done',
            'operation': 'online_direct', 'sale_order_ids': [Command.set(order.ids)]})

    def test_paid_online(self):
        """An order that is paid in full adds nothing to what is owed; one paid in part does."""
        self._invoices([(self.customer, '2026-06-01', 1500)])
        part, full = (
            self._order([(10, 100)], require_signature=False, require_payment=True, prepayment_percent=0.1) for _number in range(2))
        self._paid_online(part, 120)._check_amount_and_confirm_order()
        self.assertEqual((part.state, self._hold(part).state), ('draft', 'held'))
        self._paid_online(full, 1200)._check_amount_and_confirm_order()
        self.assertEqual((full.state, self._hold(full).ids), ('sale', []))

    def test_portal_page(self):
        """The customer signs on the page itself: accepted there, and waiting here."""
        order = self._order([(10, 100)], require_signature=True, require_payment=False)
        order.state = 'sent'
        token = order._portal_ensure_token()
        self.env.flush_all()
        answer = self.make_jsonrpc_request(
            f'/my/orders/{order.id}/accept', {'access_token': token, 'name': "Customer", 'signature': SIGNATURE})
        self.assertNotIn('error', answer)
        order.invalidate_recordset()
        self.assertEqual((order.state, order.signed_by, self._hold(order).state), ('sent', "Customer", 'held'))
        self.assertEqual(self.url_open(order.get_portal_url()).status_code, 200)
