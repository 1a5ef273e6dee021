from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged('post_install', '-at_install')
class TestSettlementInvoice(PlanCommon):
    """The invoice of what a customer still pays after a contract was terminated, made by a button on the settlement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.damages = cls.env['product.product'].create({
            'name': "Damages", 'type': 'service', 'taxes_id': [Command.set(cls.tax.ids)], 'supplier_taxes_id': False})
        cls.contract_type.settlement_product_id = cls.damages

    def _claim(self, amount=300, due='2026-06-20', **vals):
        """Return the settlement of a contract over 1,200 of which nothing was invoiced yet."""
        contract = self._contract(total=1200, state='executing', **vals)
        self._steps(contract, [{'kind': 'collect', 'amount': 1200, 'date_due': '2026-07-01'}])
        contract.action_terminate("Given up", amount, due=due)
        return contract.step_ids.filtered('is_settlement')

    def _invoice_of(self, claim, user=None):
        (self._by(claim, user) if user else claim).action_create_invoice()
        return claim.invoice_ids

    def test_draft(self):
        """A draft of the gross amount, taxed as the product, due when the settlement is; posted and paid it closes the settlement."""
        claim = self._claim()
        self.assertTrue(claim.can_invoice)
        invoice = self._invoice_of(claim, self.finance)
        self.assertRecordValues(invoice, [{
            'state': 'draft', 'move_type': 'out_invoice', 'amount_untaxed': 250, 'amount_tax': 50, 'amount_total': 300,
            'partner_id': self.customer.id, 'currency_id': self.eur.id, 'invoice_date_due': date(2026, 6, 20),
            'crm_contract_id': claim.contract_id.id, 'crm_step_id': claim.id, 'invoice_user_id': self.rep.id}])
        self.assertRecordValues(invoice.invoice_line_ids, [{
            'product_id': self.damages.id, 'tax_ids': self.tax.ids, 'name': f"{claim.contract_id.name} Settlement"}])
        self.assertEqual((claim.invoice_count, claim.can_invoice, claim.open_amount), (1, False, 300))
        invoice.invoice_date = '2026-06-15'
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 300)
        self._pay([(invoice, '2026-06-15', 300)])
        self.assertRecordValues(claim, [{'state': 'done', 'done_amount': 300, 'open_amount': 0}])

    def test_any_amount(self):
        """To the cent, whatever the tax makes of it, with taxes in the price, too; posted as well."""
        included = self._tax(self.company, 19)
        included.price_include_override = 'tax_included'
        for taxes, amount in [(self.tax, 100.03), (self.tax, 0.05), (self.tax + self._tax(self.company, 7), 99.99), (included, 300.01),
                              (self.env['account.tax'], 33.33)]:
            with self.subTest(taxes=taxes.mapped('amount'), amount=amount):
                self.damages.taxes_id = taxes
                invoice = self._invoice_of(self._claim(amount))
                self.assertEqual((invoice.amount_total, invoice.invoice_line_ids.tax_ids), (amount, taxes))
                invoice.invoice_date = '2026-06-15'
                invoice.action_post()
                self.assertEqual(invoice.amount_total, amount)

    def test_fiscal_position(self):
        """Of a customer whose country taxes otherwise, as core maps it."""
        reduced = self._tax(self.company, 5)
        position = self.env['account.fiscal.position'].create({
            'name': "Abroad", 'company_id': self.company.id})
        reduced.write({'fiscal_position_ids': [Command.set(position.ids)], 'original_tax_ids': [Command.set(self.tax.ids)]})
        self.customer.with_company(self.company).property_account_position_id = position
        invoice = self._invoice_of(self._claim(210))
        self.assertEqual((invoice.fiscal_position_id, invoice.amount_untaxed, invoice.amount_tax), (position, 200, 10))

    def test_currency_and_company(self):
        """In the currency of the contract, with the taxes of its company."""
        invoice = self._invoice_of(self._claim(400, currency_id=self.usd.id))
        self.assertEqual((invoice.currency_id, invoice.amount_total, invoice.amount_total_signed), (self.usd, 400, 100))
        other = self._tax(self.company_usd, 10)
        self.damages.taxes_id = self.tax + other
        claim = self._claim(110, company=self.company_usd, user_id=self.manager_usd.id, partner=self._customers())
        invoice = self._invoice_of(claim, self.manager_usd)
        self.assertRecordValues(invoice, [{'company_id': self.company_usd.id, 'currency_id': self.usd.id, 'amount_total': 110}])
        self.assertEqual((invoice.invoice_line_ids.tax_ids, invoice.amount_untaxed), (other, 100))

    def test_never_twice(self):
        claim = self._claim()
        invoice = self._invoice_of(claim)
        with self.assertRaisesRegex(UserError, "has its document already"):
            claim.action_create_invoice()
        invoice.button_cancel()
        self.assertEqual(self._invoice_of(claim) - invoice, claim._live_invoices())

    def test_open_invoices(self):
        """What is open of the contract's invoices pays the settlement: a second claim to it is not made before that is credited."""
        contract, order = self._billed()
        self._steps(contract, [{'kind': 'collect', 'amount': 1200, 'date_due': '2026-07-01'}])
        invoice = self._invoice(order)
        self._pay([(invoice, '2026-06-10', 500)])
        contract.action_terminate("Given up", 300, due='2026-06-20')
        claim = contract.step_ids.filtered('is_settlement')
        with self.assertRaisesRegex(UserError, "is not paid yet"):
            self._by(claim, self.finance).action_create_invoice()
        self.assertFalse(claim.invoice_ids)
        self._credit(invoice, 700, '2026-06-15')
        self.assertEqual(self._invoice_of(claim, self.finance).amount_total, 300)

    def test_refused(self):
        """Without a product nobody knows the tax; what is paid is not invoiced; nor is what was kept outside Odoo."""
        claim = self._claim()
        self.contract_type.settlement_product_id = False
        with self.assertRaisesRegex(UserError, "Choose on the contract type"):
            claim.action_create_invoice()
        self.assertFalse(claim.invoice_ids)
        self.contract_type.settlement_product_id = self.damages
        self._advance_payment(claim.contract_id, 300, '2026-06-15')
        self._refresh(claim.contract_id)
        with self.assertRaisesRegex(UserError, "Nothing is left to do"):
            claim.action_create_invoice()
        by_hand = self._claim(is_manual=True)
        self.assertFalse(by_hand.can_invoice)
        with self.assertRaises(UserError):
            by_hand.action_create_invoice()

    def test_roles(self):
        """Who sells it, manages sales or invoices may; the warehouse, colleagues, other companies and others may not."""
        for user in (self.rep, self.manager, self.finance):
            with self.subTest(user=user.name):
                claim = self._claim()
                self.assertTrue(self._by(claim, user).can_invoice)
                self.assertEqual(self._invoice_of(claim, user).amount_total, 300)
        claim = self._claim()
        for user in (self.stocker, self.rep2, self.employee, self.manager_usd):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(claim, user).action_create_invoice()
        self.assertFalse(claim.invoice_ids)
