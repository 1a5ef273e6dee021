from unittest.mock import patch

from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged('post_install', '-at_install')
class TestCreditExposure(CreditCommon):
    """Each amount counts once on its way from the order to the payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_credit_check = 'none'

    def _invoice(self, order, day='2026-06-10'):
        invoice = order._create_invoices(final=True)
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    def test_from_order_to_payment(self):
        """1,200 gross stay 1,200 all the way, and are gone when paid."""
        self._stock(10)
        order = self._order([(10, 100)])
        self.assertEqual(self._exposure(), 0)   # a quotation owes nothing
        order.action_confirm()
        self.assertEqual(self._figure(), {
            'invoiced': 0, 'delivered': 0, 'ordered': 1200, 'advances': 0, 'exposure': 1200})
        self._deliver(order, 4)
        self.assertEqual(self._figure(), {
            'invoiced': 0, 'delivered': 480, 'ordered': 720, 'advances': 0, 'exposure': 1200})
        invoice = order._create_invoices()
        self.assertEqual(self._exposure(), 1200)   # a draft changes nothing
        invoice.write({'invoice_date': '2026-06-10', 'invoice_payment_term_id': False, 'invoice_date_due': '2026-06-14'})
        invoice.action_post()
        self.assertEqual(self._figure(), {
            'invoiced': 1200, 'delivered': 0, 'ordered': 0, 'advances': 0, 'exposure': 1200})
        self._pay([(invoice, '2026-06-12', 500)])
        self.assertEqual(self._exposure(), 700)
        self._pay([(invoice, '2026-06-13', None)])
        self.assertEqual(self._exposure(), 0)

    def test_invoiced_as_delivered(self):
        """What is delivered beyond the order counts; once the rest of the transfer is cancelled, nothing more is to come."""
        self.goods.invoice_policy = 'delivery'
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        self._deliver(order, 6)
        self.assertEqual((self._figure()['delivered'], self._figure()['ordered']), (720, 480))
        self._invoice(order)
        self.assertEqual((self._figure()['invoiced'], self._figure()['delivered'], self._figure()['ordered']), (720, 0, 480))
        order.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel')).action_cancel()
        self.assertEqual(self._exposure(), 720)

    def test_down_payment(self):
        """A down payment is part of the order, not on top of it, and is taken off the final invoice once."""
        order = self._order([(10, 100)], confirm=True)
        wizard = self.env['sale.advance.payment.inv'].with_context(active_ids=order.ids, active_model='sale.order').create({
            'advance_payment_method': 'percentage', 'amount': 30, 'sale_order_ids': order.ids})
        wizard.create_invoices()
        down = order.invoice_ids
        self.assertEqual(self._exposure(), 1200)
        down.invoice_date = '2026-06-10'
        down.action_post()
        self.assertEqual((self._figure()['invoiced'], self._figure()['ordered'], self._exposure()), (360, 840, 1200))
        self._pay([(down, '2026-06-11', None)])
        self.assertEqual(self._exposure(), 840)
        self._invoice(order)
        self.assertEqual((self._figure()['invoiced'], self._figure()['ordered']), (840, 0))

    def test_advances(self):
        """Credit notes and payments that are matched with nothing count against what is owed."""
        self._invoices([(self.customer, '2026-06-01', 900)])
        self._refunds([(self.customer, '2026-06-02', 100)])
        self.assertEqual((self._figure()['invoiced'], self._figure()['advances'], self._exposure()), (900, 100, 800))

    def test_payment_in_transit(self):
        """A payment that the bank has not confirmed has no journal entry, and its invoice stays open: no alarm for it."""
        invoice = self._invoices([(self.customer, '2026-06-01', 900)])
        journal = self.env['account.journal'].search([('company_id', '=', self.company.id), ('type', '=', 'bank')], limit=1)
        with patch.object(type(invoice), '_get_invoice_in_payment_state', lambda self: 'in_payment'):   # as with bank reconciliation
            payment = self.env['account.payment'].with_company(self.company).create({
                'partner_id': self.person.id, 'amount': 900, 'payment_type': 'inbound', 'partner_type': 'customer',
                'journal_id': journal.id})
            payment.action_post()
        self.assertFalse(payment.move_id)
        self.assertEqual((invoice.amount_residual, self._exposure()), (900, 0))

    def test_another_invoice_address(self):
        """The debtor is who gets the invoice."""
        order = self._order([(1, 100)])
        order.partner_invoice_id = self.customer2
        order.action_confirm()
        self.assertEqual((self._exposure(), self._exposure(self.customer2)), (0, 120))

    def test_negative_order_makes_no_room(self):
        self._order([(5, 100)], confirm=True)
        self._order([(1, -300)], confirm=True)
        self.assertEqual(self._exposure(), 600)

    def test_discount_line_counts_within_its_order(self):
        self._order([(5, 100), (1, -100)], confirm=True)
        self.assertEqual(self._exposure(), 480)

    def test_units(self):
        """An invoice in dozens of an order in pieces."""
        dozen = self.env.ref('uom.product_uom_dozen')
        order = self._order([(24, 10)], confirm=True)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.write({'product_uom_id': dozen.id, 'quantity': 1, 'price_unit': 120})
        invoice.invoice_date = '2026-06-10'
        invoice.action_post()
        self.assertEqual((self._figure()['invoiced'], self._figure()['ordered']), (144, 144))

    def test_companies_and_currencies(self):
        """Each company has its own exposure in its own currency; orders count at their own rate."""
        pricelist = self.env['product.pricelist'].create({'name': "USD", 'currency_id': self.usd.id, 'company_id': self.company.id})
        order = self._order([(4, 100)], tax=False, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, self.usd)
        order.action_confirm()
        self.assertEqual(self._exposure(), 100)   # 1 EUR = 4 USD
        shared = self._customers()
        self._invoices([(shared, '2026-06-01', 70)], company=self.company_usd)
        self._invoices([(shared, '2026-06-01', 40)], currency=self.usd)
        self.assertEqual((self._exposure(shared), self._exposure(shared, self.company_usd)), (10, 70))

    def test_one_is_all(self):
        """Asked for one or for all, the figures are the same; by one query."""
        self._invoices([(self.customer, '2026-06-01', 900), (self.customer2, '2026-06-01', 300)])
        self._order([(1, 100)], confirm=True)
        everybody = self._figure()
        self.env.flush_all()
        before = self.cr.sql_log_count
        alone = self.env['crm.credit']._figures(self.company, self.customer + self.customer2)
        self.assertEqual(self.cr.sql_log_count - before, 1)
        self.assertEqual(set(alone), {self.customer.id})   # the other has no limit
        self.assertEqual({key: alone[self.customer.id][key] for key in everybody}, everybody)

    def test_default_limit(self):
        """Who has no limit of his own has the company's; a limit of 0 is none, as in Odoo."""
        self.env['ir.default'].set('res.partner', 'credit_limit', 50, company_id=self.company.id)
        self.env.invalidate_all()
        figures = self.env['crm.credit']._figures(self.company, self.customer + self.customer2)
        self.assertEqual({partner: row['credit_limit'] for partner, row in figures.items()}, {
            self.customer.id: 1000, self.customer2.id: 50})
        self._limit(self.customer2, 0)
        self.env.flush_all()
        self.assertNotIn(self.customer2.id, self.env['crm.credit']._figures(self.company, self.customer2))

    def test_contact_with_another_company(self):
        """Items on a contact count for its commercial entity."""
        self._invoices([(self.person, '2026-06-01', 50)])
        self.assertEqual(self._exposure(), 50)
