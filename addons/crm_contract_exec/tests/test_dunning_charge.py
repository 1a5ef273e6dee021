from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .dunning_common import DunningCommon


@tagged('post_install', '-at_install')
class TestDunningCharge(DunningCommon):
    """Fees and interest are billed: 5 EUR from the second letter on, 10 % a year; of fees 20 % tax, of interest none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee_product, cls.interest_product = cls.env['product.product'].create([
            {'name': "Dunning fee", 'type': 'service', 'taxes_id': [Command.set(cls.tax.ids)]},
            {'name': "Interest", 'type': 'service', 'taxes_id': False}])
        cls.income = cls.env['account.account'].with_company(cls.company).create(
            {'name': "Late payers", 'code': 'G9', 'account_type': 'income_other'})
        cls.policy.with_company(cls.company).write({
            'is_charged': True, 'fee_product_id': cls.fee_product.id, 'interest_product_id': cls.interest_product.id,
            'charge_account_id': cls.income.id})

    def _overdue(self, amount=1460, due='2026-05-26', **kwargs):
        """An invoice that was dunned with the first letter: the second one is to come."""
        invoice = self._invoices([(self.customer, '2026-05-01', amount)], due=[due], **kwargs)
        self._sent(invoice, self.first, '2026-06-01')
        return invoice

    def _confirmed(self, date='2026-06-15', **kwargs):
        run = self._run(date, **kwargs)
        self._by(run, self.finance).action_confirm()
        return run

    def test_invoice(self):
        """20 days of 1,460 at 10 % are 8; the draft waits for somebody to post it."""
        invoice = self._overdue()
        run = self._run()
        self.assertFalse(run.letter_ids.charge_move_ids, "A proposal costs nothing")
        self._by(run, self.finance).action_confirm()
        charge = run.letter_ids.charge_move_ids
        self.assertRecordValues(charge, [{
            'move_type': 'out_invoice', 'state': 'draft', 'company_id': self.company.id, 'partner_id': self.customer.id,
            'currency_id': self.eur.id, 'amount_untaxed': 13, 'amount_tax': 1, 'amount_total': 14, 'invoice_user_id': self.rep.id}])
        self.assertRecordValues(charge.invoice_line_ids, [
            {'product_id': self.fee_product.id, 'price_unit': 5, 'tax_ids': self.tax.ids, 'account_id': self.income.id,
             'name': "Fee for the reminder of 06/15/2026"},
            {'product_id': self.interest_product.id, 'price_unit': 8, 'tax_ids': [], 'account_id': self.income.id,
             'name': f"Interest on {invoice.name} until 06/15/2026"}])
        letter = self._by(run.letter_ids, self.finance)
        self.assertEqual(letter.action_open_charge()['res_id'], charge.id)
        self.assertEqual(self._by(charge, self.finance).action_open_dunning_letter()['res_id'], letter.id)

    def test_option_off(self):
        self.policy.is_charged = False
        self._overdue()
        run = self._confirmed()
        self.assertEqual((run.letter_ids.fee, run.letter_ids.interest, len(run.letter_ids.charge_move_ids)), (5, 8, 0))

    def test_nothing_to_bill(self):
        """The first letter is free."""
        self._invoices([(self.customer, '2026-06-01', 100)])
        run = self._confirmed()
        self.assertEqual((run.letter_ids.state, len(run.letter_ids.charge_move_ids)), ('confirmed', 0))

    def test_never_twice(self):
        """Neither by sending, by calling again, nor for a copy; and the database takes no second one."""
        self._overdue()
        run = self._confirmed()
        self.env['crm.dunning.letter']._cron_send()
        letter = run.letter_ids
        charge = letter.charge_move_ids
        self.assertFalse(letter._book_charges())
        self.assertFalse(charge.copy().crm_dunning_letter_id)
        charge.button_cancel()
        self.assertFalse(letter._book_charges(), "What finance has cancelled is not billed again")
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
            charge.copy({'crm_dunning_letter_id': letter.id})
            self.env.flush_all()

    def test_interest_once_for_a_day(self):
        """The next letter claims interest since the last one that billed it; where that was only named, since the due day."""
        self.last.write({'interest_percent': 10, 'group_id': False})
        for charged, days, interest in ((True, 15, 6), (False, 35, 14)):
            with self.subTest(charged=charged), self.cr.savepoint() as savepoint:
                self.policy.is_charged = charged
                invoice = self._overdue()
                self._confirmed()
                with freeze_time('2026-06-30 12:00:00'):
                    run = self._run('2026-06-30')
                line = run.line_ids
                self.assertRecordValues(line, [{'move_id': invoice.id, 'days_overdue': 35, 'level_id': self.last.id, 'interest': interest}])
                self.assertEqual(run._interest_days(self.env['crm.receivable'].browse(line.receivable_key)), {line.receivable_key: days})
                savepoint.rollback()

    def test_dollars(self):
        """Of items in dollars in dollars: the fee of 5 EUR is 20 USD, as the letter says."""
        self._overdue(currency=self.usd)
        run = self._confirmed()
        self.assertRecordValues(run.letter_ids.charge_move_ids, [
            {'currency_id': self.usd.id, 'amount_untaxed': 28, 'amount_tax': 4, 'amount_total': 32, 'amount_total_signed': 8}])
        html = self.env['ir.actions.report']._render_qweb_html('crm_contract_exec.report_dunning_letter', run.letter_ids.ids)[0].decode()
        for text in ("20.00", "8.00", "an invoice of its own"):
            self.assertIn(text, html)

    def test_two_currencies(self):
        """Of items in two currencies in the company's: 8 EUR and 8 USD are 10 EUR."""
        self._overdue()
        self._overdue(currency=self.usd)
        charge = self._confirmed().letter_ids.charge_move_ids
        self.assertEqual((charge.currency_id, charge.invoice_line_ids.mapped('price_unit')), (self.eur, [5, 8, 2]))

    def test_promised_and_disputed(self):
        """What is left out bears no interest, and where all is, there is no fee; of what is disputed in part the rest bears some."""
        first, second = self._overdue(), self._overdue()
        self.env['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'amount': 1460, 'date': '2026-06-20', 'currency_id': self.eur.id,
            'move_ids': first.ids})
        dispute = self.env['crm.payment.dispute'].create({
            'name': "Damaged", 'move_id': second.id, 'company_id': self.company.id, 'amount': 730, 'effect': 'part'})
        for effect, prices in (('part', [[5, 4]]), ('all', [])):
            with self.subTest(effect=effect), self.cr.savepoint() as savepoint:
                dispute.effect = effect
                charges = self._confirmed().letter_ids.charge_move_ids
                self.assertEqual([charge.invoice_line_ids.mapped('price_unit') for charge in charges], prices)
                savepoint.rollback()

    def test_settled_since(self):
        """Paid between proposal and confirmation: nothing is billed."""
        invoice = self._overdue()
        run = self._run()
        self._pay([(invoice, '2026-06-15', None)])
        run.action_confirm()
        self.assertEqual((run.letter_ids.state, len(run.letter_ids.charge_move_ids)), ('out', 0))

    def test_no_fees_upon_fees(self):
        """The invoice of fees is dunned like any other one, at no charge; beside another item only that one bears them."""
        invoice = self._overdue()
        charge = self._confirmed().letter_ids.charge_move_ids
        charge.write({'invoice_date': '2026-06-15', 'invoice_date_due': '2026-06-15', 'invoice_payment_term_id': False})
        charge.action_post()
        self._pay([(invoice, '2026-06-15', None)])
        self._sent(charge, self.first, '2026-06-20')
        with freeze_time('2026-07-15 12:00:00'):
            run = self._run('2026-07-15')
            self.assertEqual(self._dunned(run), [(charge.name, 14, "Second")])
            self.assertRecordValues(run.line_ids, [{'interest': 0, 'is_charge': True}])
            self.assertRecordValues(run.letter_ids, [{'amount': 14, 'fee': 0, 'interest': 0}])
            self.assertEqual(self.env['crm.receivable'].browse(run.line_ids.receivable_key).kind, 'invoice')
            self._overdue(730, due='2026-06-25')
            run.action_propose()
            self.assertRecordValues(run.line_ids.sorted('date_due'), [{'interest': 0, 'amount': 14}, {'interest': 4, 'amount': 730}])
            self.assertRecordValues(run.letter_ids, [{'fee': 5, 'interest': 4}])
            run.action_confirm()
            self.assertEqual(run.letter_ids.charge_move_ids.invoice_line_ids.mapped('price_unit'), [5, 4])

    def test_product_of_the_fees(self):
        """Without a product and an account of their own, interest and fees are booked as the product of the fees says."""
        self.policy.with_company(self.company).write({'interest_product_id': False, 'charge_account_id': False})
        self._overdue()
        lines = self._confirmed().letter_ids.charge_move_ids.invoice_line_ids
        self.assertEqual((lines.product_id, lines.tax_ids), (self.fee_product, self.tax))
        self.assertEqual(lines.account_id, self.company.income_account_id)

    def test_language(self):
        """In the customer's language, as the letter."""
        self.env['res.lang']._activate_lang('zh_CN')
        self.customer.lang = 'zh_CN'
        self._overdue()
        name = self._confirmed().letter_ids.charge_move_ids.invoice_line_ids[0].name
        self.assertNotIn("Fee", name)
        self.assertIn("2026", name)

    def test_access(self):
        """Only finance bills; who may not confirm leaves no invoice, and sales people set no policies."""
        self._overdue()
        run = self._run()
        for user in (self.rep, self.rep2, self.lead, self.manager, self.stocker):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._by(run, user).action_confirm()
                with self.assertRaises(AccessError):
                    self._by(run.letter_ids, user)._book_charges()
        for user in (self.rep, self.finance):
            with self.assertRaises(AccessError):
                self._by(self.policy, user).is_charged = False
        self.assertFalse(run.letter_ids.charge_move_ids)
        self._by(run, self.finance).action_confirm()
        self.assertEqual(len(run.letter_ids.charge_move_ids), 1)

    def test_other_company(self):
        """A policy of all companies books in each company on its own account."""
        self.customer2.company_id = False
        self._invoices([(self.customer2, '2026-05-01', 365)], company=self.company_usd, due=['2026-05-26'])
        self.first.write({'fee': 5, 'interest_percent': 10})
        run = self._run(company=self.company_usd)
        run.action_confirm()
        charge = run.letter_ids.charge_move_ids
        self.assertEqual((charge.company_id, charge.currency_id), (self.company_usd, self.usd))
        self.assertEqual(charge.invoice_line_ids.mapped('price_unit'), [20, 2])
        self.assertNotIn(self.income, charge.invoice_line_ids.account_id)

    def test_bad_policy(self):
        with self.assertRaises(ValidationError):
            self.policy.fee_product_id = False
