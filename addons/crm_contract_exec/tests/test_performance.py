from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import crm_performance_book
from .performance_common import PerformanceCommon


@tagged('post_install', '-at_install')
class TestPerformance(PerformanceCommon):
    """What people are credited with, event by event, and what takes it back."""

    def test_without_a_rule(self):
        contract = self._contract(total=1200, untaxed=1000, state='signed')
        self.assertEqual(self._rows(contract), [])

    def test_rule_adds_up(self):
        """Percentages make 100, none is negative, and a day has one rule."""
        self._rule(signed=33.3, delivered=33.3, collected=33.4)
        for weights in ({'signed': 50}, {'signed': 120, 'collected': -20}, {'signed': 100, 'date_from': '2026-01-01'}):
            with self.subTest(weights), mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
                self._rule(**{'date_from': '2026-02-01', **weights})

    def test_signed(self):
        """A rule credits contracts signed from its day on, day included."""
        self._rule(signed=100, date_from='2026-06-15')
        contract = self._contract(total=1200, untaxed=1000, state='approved')
        contract.action_sign('2026-06-15')
        self.assertEqual(self._rows(contract), [('2026-06-15', 'signed', 'event', 1000)])
        early = self._contract(total=1200, untaxed=1000, state='approved')
        early.action_sign('2026-06-14')
        self.assertEqual(self._rows(early), [])

    def test_twice_is_once(self):
        self._rule(signed=100)
        contract = self._contract(total=1000, state='signed')
        for _time in range(2):
            self.assertEqual(self.entries._book(contract), 0)
        self.assertEqual(self.entries._book(), 0)
        self.assertEqual(len(self._rows(contract)), 1)

    def test_all_four(self):
        """Each event brings its part; net of the documents, by their own days."""
        self._rule(signed=10, delivered=20, invoiced=30, collected=40)
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='approved')
        contract.action_sign('2026-06-01')
        self._deliver(order, 4, '2026-06-10')
        invoice = self._invoice(order, '2026-06-11')
        self._pay([(invoice, '2026-06-12', 300)])
        self.assertEqual(self._rows(contract), [
            ('2026-06-01', 'signed', 'event', 100),
            ('2026-06-10', 'delivered', 'event', 80),
            ('2026-06-11', 'invoiced', 'event', 300),
            ('2026-06-12', 'collected', 'event', 100)])
        self._pay([(invoice, '2026-06-13', None)])
        self.assertEqual(self._credit(contract, 'collected'), 400)
        self._deliver(order, 6, '2026-06-14')
        self.assertEqual(self._credit(contract), 1000)

    def test_shares_add_up(self):
        """Three thirds of 1,000.01 make 1,000.01."""
        self._rule(signed=100)
        people = self.rep, self.rep2, self.lead
        contract = self._contract(total=1000.01, state='approved', share_ids=[
            Command.create({'user_id': user.id, 'percent': percent}) for user, percent in zip(people, (33.33, 33.33, 33.34), strict=True)])
        contract.action_sign('2026-06-01')
        self.assertEqual([self._credit(contract, user=user) for user in people], [333.3, 333.31, 333.4])
        self.assertEqual(self._credit(contract), 1000.01)

    def test_refund(self):
        """A credit note takes back what the invoice brought, and its pay-back what the payment brought."""
        self._rule(invoiced=50, collected=50)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='signed')
        invoice = self._invoice(order, '2026-06-11')
        self._pay([(invoice, '2026-06-12', None)])
        self.assertEqual(self._credit(contract), 1000)
        refund = invoice._reverse_moves([{'invoice_date': '2026-06-13', 'date': '2026-06-13'}])
        refund.action_post()
        self.assertEqual((self._credit(contract, 'invoiced'), self._credit(contract, 'collected')), (0, 500))
        self._pay([(refund, '2026-06-14', None)])
        self.assertEqual((self._credit(contract), self._credit(contract, 'collected')), (0, 0))

    def test_unmatched_payment(self):
        """A payment taken off its invoice takes its credit with it, as of the day on which it is found; matched again, it comes back."""
        self._rule(collected=100)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='signed')
        invoice = self._invoice(order, '2026-06-01')
        payment = self._pay([(invoice, '2026-06-15', 600)])
        self.assertEqual(self._credit(contract), 500)
        lines = (payment + invoice).line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')
        lines.remove_move_reconcile()
        self.assertEqual(self._credit(contract), 0)
        lines.reconcile()
        self.assertEqual(
            self._rows(contract), [('2026-06-15', 'collected', 'event', 500), ('2026-06-15', 'collected', 'back', -500),
                                   ('2026-06-15', 'collected', 'more', 500)])
        self.assertEqual(self.entries.search([('contract_id', '=', contract.id)], order='id').mapped('number'), [1, 2, 3])

    def test_return(self):
        """Goods that come back take back what their delivery brought."""
        self._rule(delivered=100)
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='signed')
        picking = self._deliver(order, 10)
        self.assertEqual(self._credit(contract), 1000)
        wizard = self.env['stock.return.picking'].with_context(active_id=picking.id, active_ids=picking.ids, active_model='stock.picking')
        wizard = wizard.create({'picking_id': picking.id})
        wizard.product_return_moves.quantity = 3
        back = self.env['stock.picking'].browse(wizard.action_create_returns()['res_id'])
        back.move_ids.write({'quantity': 3, 'picked': True})
        back._action_done()
        self.assertEqual(self._credit(contract), 700)

    def test_write_off(self):
        """What was given up brings nothing, whether an entry of its own gave it up or the payment that closed the invoice."""
        self._rule(signed=50, collected=50)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='signed')
        invoice = self._invoice(order, '2026-06-01')
        self._pay([(invoice, '2026-06-10', 600)])
        self.assertEqual(self._credit(contract), 750)
        self._close(invoice, 'general', paid=0, lost=600)
        self.assertEqual((self._credit(contract, 'written_off'), self._credit(contract)), (-250, 500))

    def test_write_off_by_payment(self):
        self._rule(signed=50, collected=50)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='signed')
        invoice = self._invoice(order, '2026-06-01')
        self._close(invoice, 'bank', paid=1080, lost=120)
        self.assertEqual((self._credit(contract, 'collected'), self._credit(contract, 'written_off')), (500, -100))
        self.assertEqual(self._credit(contract), 900)

    def _close(self, invoice, journal_type, paid, lost):
        """Close an invoice by an entry that brings ``paid`` to the bank and the rest to an expense."""
        journal = self.env['account.journal'].create({
            'name': f"Close {journal_type}", 'code': 'GW', 'type': journal_type, 'company_id': self.company.id})
        accounts = {account.name: account for account in self.env['account.account'].search([('company_ids', 'in', self.company.ids)])}
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'company_id': self.company.id, 'journal_id': journal.id, 'date': '2026-06-14',
            'line_ids': [
                Command.create({'account_id': accounts[name].id, 'balance': balance, 'partner_id': invoice.partner_id.id})
                for name, balance in (("Bank", paid), ("Expense", lost), ("Receivable", -paid - lost)) if balance]})
        entry.action_post()
        lines = (invoice + entry).line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')
        lines.filtered(lambda line: not line.reconciled).reconcile()

    def test_change_of_terms(self):
        """Another amount or other shares after signing: the difference, as of the day of the change."""
        self._rule(signed=100)
        contract = self._contract(total=1000, state='approved')
        contract.action_sign('2026-06-01')
        contract.manual_untaxed = 800
        self.assertEqual(self._credit(contract), 800)
        contract.share_ids = [Command.create({'user_id': self.rep2.id, 'percent': 100})]
        self.assertEqual((self._credit(contract, user=self.rep), self._credit(contract, user=self.rep2)), (0, 800))
        self.assertEqual(self._rows(contract)[:2], [('2026-06-01', 'signed', 'event', 1000), ('2026-06-15', 'signed', 'back', -200)])

    def test_amended(self):
        """What an amendment changes in amount and shares is booked as it comes into force: a difference, the earlier entries stay."""
        self._rule(signed=100)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='approved')
        contract.action_sign('2026-06-01')
        before = self.entries.search([('contract_id', '=', contract.id)])
        amendment = self._by(self.env['crm.contract.amendment']).create({'contract_id': contract.id, 'reason': "Cheaper", 'share_ids': [
            Command.create({'user_id': self.rep.id, 'percent': 75}), Command.create({'user_id': self.rep2.id, 'percent': 25})]})
        amendment.line_ids.price_unit = 80
        amendment.action_submit()
        self.assertEqual(sum(self.entries.search([('contract_id', '=', contract.id)]).mapped('amount')), 1000)
        amendment.action_apply()
        entries = self.entries.search([('contract_id', '=', contract.id)])
        self.assertLess(before, entries)
        self.assertEqual(
            {user: sum(rows.mapped('amount')) for user, rows in entries.grouped('user_id').items()}, {self.rep: 600, self.rep2: 200})
        back = (entries - before).filtered(lambda entry: entry.user_id == self.rep)
        self.assertEqual((set(back.mapped('date')), sum(back.mapped('amount'))), ({self.TODAY}, -400))

    def test_terminated(self):
        """Of a contract that was terminated only what was invoiced counts as signed; of a completed one no more than that."""
        self._rule(signed=100)
        order = self._order([(10, 100)], confirm=True)
        for state, expected in (('terminated', 300), ('completed', 300), ('executing', 1000)):
            with self.subTest(state=state):
                order = self._order([(10, 100)], confirm=True)
                contract = self._contract(order, state='executing')
                invoice = self._invoice(order, '2026-06-11', post=False)
                invoice.invoice_line_ids.quantity = 3
                invoice.action_post()
                contract.state = state
                self.assertEqual(self._credit(contract), expected)

    def test_other_currency(self):
        """Amounts are in the company's currency, at the rate of the day of signature: 1 EUR was 2 USD, and is 4 since January."""
        self._rule(signed=50, collected=50, date_from='2025-01-01')
        contract = self._contract(total=1000, state='approved', currency_id=self.usd.id)
        contract.action_sign('2025-12-31')
        self.assertEqual(self._credit(contract), 250)
        contract = self._contract(total=1000, state='approved', currency_id=self.usd.id)
        contract.action_sign('2026-01-01')
        self.assertEqual(self._credit(contract), 125)

    def test_margin(self):
        """By margin at the costs of the day of signature; a later change of costs changes nothing."""
        self._rule(invoiced=100, basis='margin')
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='signed')
        self.goods.with_company(self.company).standard_price = 90
        self._invoice(order, '2026-06-11')
        self.assertEqual((contract.credit_margin, self._credit(contract)), (40, 400))

    def test_manual_contract(self):
        """Without Odoo's invoices, the steps say what was invoiced and collected: here half of the gross amount."""
        self._rule(collected=100)
        contract = self._contract(total=1200, untaxed=1000, is_manual=True, state='executing')
        step = self.env['crm.contract.step'].create({
            'name': "First", 'contract_id': contract.id, 'kind': 'collect', 'amount': 600})
        step.write({'done_amount': 600, 'date_done': '2026-06-10', 'state': 'done'})
        self.assertEqual(self._rows(contract)[-1][1:], ('collected', 'event', 500))

    def test_other_company(self):
        """Each company by its own rule."""
        self._rule(signed=100)
        contract = self._contract(
            total=1000, company=self.company_usd, partner=self._customers(name="American"), user_id=self.manager.id, state='signed')
        self.assertEqual(self._credit(contract), 0)
        self._rule(self.company_usd, collected=50, signed=50)
        self.assertEqual(self._credit(contract), 500)

    def test_append_only(self):
        self._rule(signed=100)
        contract = self._contract(total=1000, state='signed')
        entry = self.entries.search([('contract_id', '=', contract.id)])
        with self.assertRaises(UserError):
            entry.amount = 5
        with self.assertRaises(UserError):
            entry.unlink()
        with self.assertRaises(UserError):
            contract.unlink()

    def test_nightly(self):
        """The night books what nothing has booked before, of contracts at their end too, batch by batch."""
        self.classPatch(self.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        self.patch(crm_performance_book, 'BATCH', 1)
        self._rule(signed=100)
        contracts = self._contract(total=100) + self._contract(total=200)
        contracts.sudo().write({'state': 'completed', 'date_signed': '2026-06-01'})
        self.assertFalse(self.entries.search([('contract_id', 'in', contracts.ids)]))
        for _night in range(2):
            self.entries._cron_book()
            self.assertEqual(self.entries.search([('contract_id', 'in', contracts.ids)], order='amount').mapped('amount'), [100, 200])

    def test_queries(self):
        """Booking takes as many queries for ten contracts as for one."""
        self._rule(signed=100)
        counts = []
        for number in (1, 10):
            contracts = self.env['crm.contract'].union(*(self._contract(total=100, state='approved') for _number in range(number)))
            contracts.write({'state': 'signed', 'date_signed': '2026-06-01'})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.entries.sudo()._book(contracts), number)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 9)
