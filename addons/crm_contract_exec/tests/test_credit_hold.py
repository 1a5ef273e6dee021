from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged('post_install', '-at_install')
class TestCreditHold(CreditCommon):

    def _hold(self, order):
        return order.sudo().crm_credit_hold_ids.sorted('id', reverse=True)

    def _over(self, **vals):
        """Return a quotation over the limit that the rep has tried to confirm."""
        order = self._order([(10, 100)], **vals)
        self._by(order).action_confirm()
        return order

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def test_at_the_limit(self):
        """1,000 may be owed, 1,000.01 may not."""
        order = self._order([(1, 1000)], tax=False, confirm=True)
        self.assertEqual((order.state, self._hold(order).ids), ('sale', []))
        other = self._order([(1, 0.01)], tax=False)
        other.action_confirm()
        self.assertEqual((other.state, self._hold(other).state), ('draft', 'held'))

    def test_on_hold(self):
        order = self._order([(10, 100)])
        action = self._by(order).action_confirm()
        hold = self._hold(order)
        self.assertEqual((order.state, hold.state, hold.origin, action['tag']), ('draft', 'held', 'confirm', 'display_notification'))
        self.assertEqual((hold.amount, hold.exposure, hold.credit_limit, hold.excess), (1200, 1200, 1000, 200))
        self.assertEqual((hold.user_id, hold.requester_id, order.crm_on_hold), (self.rep, self.rep, True))
        self.assertEqual(hold.activity_ids.user_id, self.finance)
        self.assertIn("over the credit limit", order.message_ids[0].body)
        self.assertIn(self.rep.partner_id, order.message_ids[0].partner_ids | order.message_ids[0].notified_partner_ids)

    def test_asking_twice_is_one_hold(self):
        order = self._over()
        self._by(order).action_confirm()
        self.assertEqual(len(self._hold(order)), 1)
        self.assertEqual(len(self._hold(order).activity_ids), 1)

    def test_release_confirms(self):
        order = self._over()
        hold = self._release(order)
        self.assertEqual((order.state, hold.state, hold.decided_by_id, hold.reason), ('sale', 'released', self.finance, "Paid on Friday"))
        self.assertFalse(hold.activity_ids)
        self.assertFalse(order.crm_on_hold)

    def test_refuse(self):
        order = self._over()
        hold = self._hold(order)
        self._as(self.finance)['crm.credit.decision'].create({'hold_ids': hold.ids, 'reason': "Overdue for a year"}).action_refuse()
        self.assertEqual((order.state, hold.state), ('draft', 'refused'))

    def test_decision_needs_reason_and_day(self):
        hold = self._hold(self._over())
        for values in ({'reason': " "}, {'reason': "Good", 'until': False}, {'reason': "Good", 'until': '2026-06-14'}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._as(self.finance)['crm.credit.decision'].create({'hold_ids': hold.ids, **values}).action_release()
        self.assertEqual(hold.state, 'held')

    def test_release_lapses(self):
        """The last day counts; the day after, the order is checked again."""
        order = self._over()
        hold = self._hold(order)
        with patch.object(type(order), 'action_confirm', lambda self: True):
            self._release(order, until='2026-06-15')
        self.assertEqual(self.env['crm.credit.hold']._releases(order), order)
        hold.until = '2026-06-14'
        order.action_confirm()
        self.assertEqual((order.state, self._hold(order).mapped('state')), ('draft', ['held', 'released']))

    def test_enough_is_paid(self):
        """The hold lifts itself, and the order goes on, once payments have come in."""
        invoice = self._invoices([(self.customer, '2026-06-01', 600)])
        order = self._order([(5, 100)])
        self._by(order).action_confirm()
        hold = self._hold(order)
        with self.assertRaises(UserError):
            self._by(hold).action_check_again()
        self._pay([(invoice, '2026-06-12', None)])
        self._by(hold).action_check_again()
        self.assertEqual((hold.state, order.state), ('lifted', 'sale'))

    def test_no_limit_no_check(self):
        order = self._order([(100, 100)], partner=self.customer2, confirm=True)
        self.assertEqual(order.state, 'sale')

    def test_check_switched_off(self):
        self.company.crm_credit_check = 'delivery'
        order = self._order([(100, 100)], confirm=True)
        self.assertEqual(order.state, 'sale')

    def test_others_go_through(self):
        """Of several orders confirmed together only those over the limit wait."""
        over, fine = self._order([(10, 100)]), self._order([(10, 100)], partner=self.customer2)
        action = (over + fine).action_confirm()
        self.assertEqual((over.state, fine.state, action['tag']), ('draft', 'sale', 'display_notification'))
        self.assertIn(over.name, action['params']['message'])

    # ------------------------------------------------------------------
    # Ways around
    # ------------------------------------------------------------------

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

    def test_who_may_decide(self):
        """By the form, by its buttons and by the methods behind them, in the open and as superuser."""
        hold = self._hold(self._over())
        for user in (self.rep, self.rep2, self.lead, self.leads_all, self.stocker, self.employee):
            with self.subTest(user=user.name):
                own = self._by(hold, user)
                for attempt in (
                        own.action_decide, own.sudo().action_decide, lambda own=own: own._decide('released', "Me", self.TODAY),
                        lambda own=own: own.sudo()._decide('released', "Me", self.TODAY),
                        lambda own=own: own.write({'state': 'released', 'until': '2027-01-01'}), own.unlink,
                        lambda user=user: self._as(user)['crm.credit.decision'].create({'hold_ids': hold.ids, 'reason': "Me"}),
                        lambda user=user: self._as(user)['crm.credit.hold'].create({'partner_id': self.customer.id})):
                    with self.assertRaises(AccessError):
                        attempt()
        for user in (self.finance, self.manager):   # nobody rewrites history
            for attempt in (lambda user=user: self._by(hold, user).write({'state': 'released'}), self._by(hold, user).unlink):
                with self.assertRaises(AccessError):
                    attempt()
        self.assertEqual(hold.state, 'held')

    def test_wizard_of_somebody_else(self):
        """The buttons of a form that another person opened."""
        hold = self._hold(self._over())
        wizard = self._as(self.finance)['crm.credit.decision'].create({'hold_ids': hold.ids, 'reason': "Good"})
        for user in (self.rep, self.employee):
            for button in ('action_release', 'action_refuse'):
                with self.assertRaises(AccessError):
                    getattr(wizard.with_env(self._as(user)), button)()
                with self.assertRaises(AccessError):
                    getattr(wizard.with_env(self._as(user)).sudo(), button)()
        self.assertEqual(hold.state, 'held')

    def test_nobody_releases_own_orders(self):
        order = self._order([(10, 100)], user=self.manager)
        self._by(order, self.manager).action_confirm()
        with self.assertRaises(AccessError):
            self._release(order, self.manager)
        self.company.crm_credit_four_eyes = False
        self._release(order, self.manager)
        self.assertEqual(order.state, 'sale')

    def test_decided_once(self):
        order = self._over()
        hold = self._release(order)
        with self.assertRaises(UserError):
            self._as(self.finance)['crm.credit.decision'].create({'hold_ids': hold.ids, 'reason': "Again"}).action_refuse()

    def test_other_company(self):
        """The limit of one company is none in another, and its holds are not seen from there."""
        order = self._over()
        self.assertFalse(self._as(self.manager_usd)['crm.credit.hold'].search([('order_id', '=', order.id)]))
        with self.assertRaises(AccessError):
            self._hold(order).with_env(self._as(self.manager_usd)).action_decide()

    def test_who_sees_holds(self):
        hold = self._hold(self._over())
        for user, sees in ((self.rep, True), (self.lead, True), (self.rep2, False), (self.finance, True), (self.stocker, True)):
            with self.subTest(user=user.name):
                self.assertEqual(bool(self._as(user)['crm.credit.hold'].search([('id', '=', hold.id)])), sees)
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.credit.hold'].search([])

    # ------------------------------------------------------------------
    # Portal
    # ------------------------------------------------------------------

    def test_signed_in_the_portal(self):
        """The signature stays, the order waits, who decides is told, and a release confirms it."""
        order = self._order([(10, 100)], require_signature=True, require_payment=False)
        order.sudo().write({'signed_by': "Customer", 'signature': b'R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=='})
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

    # ------------------------------------------------------------------
    # Deliveries
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_cost(self):
        """Nothing where the company does not check; else a constant few statements, however many orders and lines."""
        def cost(orders):
            orders.flush_recordset()
            before = self.cr.sql_log_count
            with patch.object(type(self.env['sale.order']).__mro__[0], 'write', lambda self, vals: True):
                self.env['crm.credit']._to_hold(orders)
            return self.cr.sql_log_count - before
        one = self._order([(1, 10)])
        many = self._order([(1, 10)] * 10) + self._order([(1, 10)])
        cost(one)
        self.assertEqual(cost(one), cost(many))

    def test_nightly(self):
        """What came within the limit overnight goes on without anybody asking."""
        order = self._over()
        self._limit(self.customer, 5000)
        self.env['crm.credit.hold']._cron_check()
        self.assertEqual((order.state, self._hold(order).state), ('sale', 'lifted'))
