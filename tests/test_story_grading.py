"""From the first invoice to the grade and back: what a company lives through with crm_grading, across Odoo."""
from contextlib import contextmanager
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import GradingCommon


@tagged('post_install', '-at_install')
class TestStory(GradingCommon):
    """Loyal buys for 2,000 a month; Riser starts small; Fader bought a lot until half a year ago; Stranger has only asked.

    A from 20,000 in 12 months on, with 10 % off; B from 5,000 on; C below. Two runs of grace before a demotion.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loyal, cls.riser, cls.fader, cls.stranger = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'user_id': cls.rep.id} for name in ("Loyal", "Riser", "Fader", "Stranger")])
        cls.product.company_id = cls.company   # its price is in euros
        cls.usual = cls.env['product.pricelist'].create({
            'name': "Usual", 'company_id': cls.company.id, 'currency_id': cls.eur.id, 'sequence': 1})
        cls.list_a = cls.env['product.pricelist'].create({
            'name': "A: 10 % off", 'company_id': cls.company.id, 'currency_id': cls.eur.id, 'sequence': 50,
            'item_ids': [Command.create({'compute_price': 'percentage', 'percent_price': 10})]})
        cls.a, cls.b, cls.c = cls.env['crm.grade'].create([
            {'name': "Grade A", 'sequence': 1, 'company_id': cls.company.id, 'pricelist_id': cls.list_a.id},
            {'name': "Grade B", 'sequence': 2, 'company_id': cls.company.id},
            {'name': "Grade C", 'sequence': 3, 'company_id': cls.company.id}])
        revenue = cls.env.ref('crm_grading.crm_metric_revenue')
        cls.scheme = cls.env['crm.grading.scheme'].create({
            'name': "Value", 'company_id': cls.company.id, 'share_metric_id': revenue.id, 'is_leading': True,
            'demotion': 'runs', 'demotion_count': 2,
            'dimension_ids': [Command.create({'metric_id': revenue.id, 'step_ids': [
                Command.create({'value': 5000, 'points': 50}), Command.create({'value': 20000, 'points': 100})]})],
            'band_ids': [Command.create({'grade_id': grade.id, 'threshold': threshold})
                         for grade, threshold in ((cls.a, 100), (cls.b, 50), (cls.c, 0))]})
        cls.months = [date(2025 + (month > 12), (month - 1) % 12 + 1, 20) for month in range(6, 18)]   # June 2025 to May 2026

    @contextmanager
    def _on(self, day):
        """It is noon of a day: the night's run is through and its policies are carried over."""
        with freeze_time(f'{day} 12:00:00'):
            self.env['crm.grading.run']._run(self.company, kind='nightly')
            self.env['crm.grade']._apply_policies(self.company)
            self.env.invalidate_all()
            yield

    def _profile(self, partner):
        return self.env['crm.customer'].search([('partner_id', '=', partner.id), ('company_id', '=', self.company.id)])

    def _grades(self):
        return [self._profile(partner).grade_id.name for partner in (self.loyal, self.riser, self.fader, self.stranger)]

    def _quoted(self, partner):
        """Return the unit price that a salesperson's new quotation offers."""
        order = self._as(self.rep)['sale.order'].create({
            'partner_id': partner.id, 'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 1})]})
        return order.order_line.price_unit * (1 - order.order_line.discount / 100)

    def _history(self, partner):
        changes = self.env['crm.grade.history'].search([('customer_id', '=', self._profile(partner).id)], order='id')
        return [(change.old_grade_id.name, change.grade_id.name, change.move, change.reason) for change in changes]

    def test_story(self):
        self._a_year_of_sales()
        self._first_grades()
        self._promotion_at_once()
        self._demotion_with_grace()
        self._override_and_back()
        self._merge_keeps_history()
        self._lapse()

    def _a_year_of_sales(self):
        order = self._orders([(self.loyal, '2026-05-18', 2000)], state='draft')
        order.action_confirm()
        self.product.invoice_policy = 'order'
        order.order_line.product_uom_qty = 1
        invoice = order._create_invoices()
        invoice.invoice_date = date(2026, 5, 20)
        invoice.action_post()
        self._invoices([(self.loyal, day, 2000) for day in self.months[:-1]])
        self._invoices([(self.riser, '2026-04-20', 6000)])
        self._invoices([(self.fader, day, 5000) for day in self.months[:5]])   # June to October
        self._refunds([(self.riser, '2026-04-25', 500)])

    def _first_grades(self):
        with self._on('2026-06-15'):
            self.assertEqual(self._grades(), [False, False, False, False], "A draft scheme grades nobody.")
            self.assertEqual(self._quoted(self.loyal), 100)
        self.scheme.action_activate()
        with self._on('2026-06-16'):
            self.assertEqual(self._grades(), ["Grade A", "Grade B", "Grade A", False])
            self.assertEqual(self._profile(self.riser).revenue, 5500)
            self.assertEqual([self._quoted(partner) for partner in (self.loyal, self.riser, self.fader)], [90, 100, 90])
            states = [self._profile(partner).lifecycle_id.sequence for partner in (self.stranger, self.riser, self.loyal)]
            self.assertEqual(states, sorted(states))
            self.assertLess(states[0], states[1])
            self.assertLess(states[1], states[2])
            self.assertEqual(
                self._as(self.rep)['res.partner'].search([('crm_grade_id', '=', self.a.id)]), self.loyal + self.fader)

    def _promotion_at_once(self):
        self._invoices([(self.riser, '2026-07-01', 14499.99)])
        with self._on('2026-07-02'):
            self.assertEqual(self._grades()[1], "Grade B", "19,999.99 is not 20,000.")
        self._invoices([(self.riser, '2026-07-02', 0.01)])
        with self._on('2026-07-03'):
            self.assertEqual(self._grades()[1], "Grade A")
            self.assertEqual(self._quoted(self.riser), 90)
            self.assertEqual(self._history(self.riser), [
                (False, "Grade B", 'new', 'run'), ("Grade B", "Grade A", 'up', 'run')])

    def _demotion_with_grace(self):
        """Twelve months end on the day: on 20 July the purchase of 20 July last year is out of them, and 15,000 are left."""
        with self._on('2026-07-19'):
            self.assertEqual(self._profile(self.fader).revenue, 20000)
            self.assertEqual(self._grades()[2], "Grade A", "Exactly on the boundary is in.")
        with self._on('2026-07-20'):
            verdict = self._profile(self.fader).verdict_id
            self.assertEqual((verdict.grade_id, verdict.computed_grade_id, verdict.pending_runs), (self.a, self.b, 1))
            self.assertEqual(self._quoted(self.fader), 90)
        with self._on('2026-07-21'):
            self.assertEqual(self._grades()[2], "Grade B", "The second run below.")
            self.assertEqual(self._quoted(self.fader), 100, "The price list goes with the grade.")

    def _override_and_back(self):
        with freeze_time('2026-07-23 12:00:00'):
            verdict = self._profile(self.fader).verdict_id
            verdict.with_env(self._as(self.manager, self.company))._set_override(
                self.a, "New plant next year", until=date(2026, 7, 25))
            self.env['crm.grade']._apply_policies(self.company)
            self.assertEqual(self._grades()[2], "Grade A")
            self.assertEqual(self._quoted(self.fader), 90)
        with self._on('2026-07-25'):
            self.assertEqual(self._grades()[2], "Grade A", "The last day is included.")
        with self._on('2026-07-26'):
            self.assertEqual(self._grades()[2], "Grade B")
            self.assertEqual(self._quoted(self.fader), 100)
        self.assertEqual(self._history(self.fader)[-2:], [
            ("Grade B", "Grade A", 'up', 'override'), ("Grade A", "Grade B", 'down', 'expiry')])

    def _merge_keeps_history(self):
        double = self.env['res.partner'].create({'name': "Riser Ltd", 'is_company': True, 'user_id': self.rep.id})
        self._invoices([(double, '2026-07-10', 600)])
        with self._on('2026-07-27'):
            self.assertEqual(self._profile(double).grade_id, self.c)
        before = self._history(self.riser) + self._history(double)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((self.riser + double).ids, self.riser, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(double.exists())
        self.assertEqual(sorted(map(str, self._history(self.riser))), sorted(map(str, before)))
        with self._on('2026-07-28'):
            self.assertEqual(self._profile(self.riser).revenue, 20600)
            self.assertEqual(self._grades()[1], "Grade A")

    def _lapse(self):
        """Fader's last purchase was on 20 October 2025: after 365 days still there, a day later lapsed."""
        lost = self.env['crm.lifecycle.state'].search([('company_id', '=', self.company.id)], order='sequence DESC', limit=1)
        with self._on('2026-10-20'):
            self.assertNotEqual(self._profile(self.fader).lifecycle_id, lost)
        with self._on('2026-10-21'):
            self.assertEqual(self._profile(self.fader).lifecycle_id, lost)
        self._invoices([(self.fader, '2026-10-22', 100)])
        with self._on('2026-10-22'):
            self.assertNotEqual(self._profile(self.fader).lifecycle_id, lost, "Who buys again is back.")
        moves = self.env['crm.lifecycle.history'].search([('customer_id', '=', self._profile(self.fader).id)], order='id')
        self.assertEqual((moves[-2].state_id, moves[-1].old_state_id), (lost, lost), "Both moves are on record.")
