from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged('post_install', '-at_install')
class TestCreditHold(CreditCommon):
    """Orders over the limit wait, are decided upon by who may, and go on."""

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


@tagged('post_install', '-at_install')
class TestCreditDecision(CreditCommon):
    """Who may decide, and who sees what."""

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
