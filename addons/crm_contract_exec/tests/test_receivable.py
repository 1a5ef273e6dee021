from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged('post_install', '-at_install')
class TestReceivable(PlanCommon):
    """Open items as of any day. The clock stands at 2026-06-15."""

    def _items(self, day=None, partner=None, user=None, **context):
        self.env.flush_all()
        self.env['crm.receivable'].invalidate_model()  # the same items on another day
        model = self._as(user)['crm.receivable'] if user else self.env['crm.receivable']
        model = model.with_context(allowed_company_ids=self.company.ids, **({'crm_as_of': day} if day else {}), **context)
        return model.search([('partner_id', '=', (partner or self.customer).id)])

    def _rows(self, day=None, **kwargs):
        return [(item.kind, item.open_amount, item.bucket, item.days_overdue) for item in self._items(day, **kwargs)]

    @classmethod
    def _instalments(cls, contract, rows):
        """Plan instalments: list of (due day or False, amount)."""
        return cls.env['crm.contract.step'].create([{
            'name': f"Instalment {number}", 'contract_id': contract.id, 'kind': 'collect', 'sequence': number, 'date_due': day,
            'amount': amount} for number, (day, amount) in enumerate(rows, 1)])

    def test_buckets(self):
        for due, bucket, days in [
                ('2026-06-16', '0_due', 0), ('2026-06-15', '0_due', 0), ('2026-06-14', '1_30', 1), ('2026-05-16', '1_30', 30),
                ('2026-05-15', '2_60', 31), ('2026-04-16', '2_60', 60), ('2026-04-15', '3_90', 61), ('2026-03-17', '3_90', 90),
                ('2026-03-16', '4_more', 91)]:
            with self.subTest(due=due):
                partner = self._customers(company_id=self.company.id)
                self._invoices([(partner, '2026-01-01', 100)], due=[due])
                self.assertEqual(self._rows(partner=partner), [('invoice', 100, bucket, days)])

    def test_terms(self):
        """Two due lines of one invoice are two items."""
        term = self.env['account.payment.term'].create({'name': "Half", 'line_ids': [
            Command.create({'value': 'percent', 'value_amount': 50, 'nb_days': days}) for days in (0, 30)]})
        self._invoices([(self.customer, '2026-06-01', 100)], due=term)
        self.assertEqual(self._rows(), [('invoice', 50, '1_30', 14), ('invoice', 50, '0_due', 0)])

    def test_as_of(self):
        """A payment of June is not known in May, nor the invoice in April."""
        invoice = self._invoices([(self.customer, '2026-05-01', 100)], due=['2026-05-10'])
        self._pay([(invoice, '2026-06-01', 60), (invoice, '2026-06-10', 40)])
        for day, rows in [
                ('2026-04-30', []), ('2026-05-10', [('invoice', 100, '0_due', 0)]), ('2026-05-31', [('invoice', 100, '1_30', 21)]),
                ('2026-06-01', [('invoice', 40, '1_30', 22)]), ('2026-06-10', []), (None, [])]:
            with self.subTest(day=day):
                self.assertEqual(self._rows(day), rows)

    def test_on_account(self):
        """A payment that nobody matched stands beside what is owed."""
        first, other = self._invoices([(self.customer, '2026-06-01', 100), (self.customer, '2026-06-02', 30)])
        self._pay([(other, '2026-06-03', 80)])
        self.assertEqual(self._rows(), [('invoice', 100, '1_30', 14), ('credit', -50, '9_credit', 12)])
        self._refunds([(self.customer, '2026-06-05', 20)])
        self.assertEqual(sum(self._items().mapped('open_amount')), 30)
        self.assertEqual(first.amount_residual, 100)

    def test_currency(self):
        """400 USD at 4 USD for 1 EUR."""
        self._invoices([(self.customer, '2026-06-01', 400)], currency=self.usd)
        self.assertRecordValues(self._items(), [{'open_amount': 400, 'open_company': 100, 'currency_id': self.usd.id}])

    def test_instalments_instead_of_invoices(self):
        """One invoice over all, three instalments: each is due on its own day, long before the last."""
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing', date_signed='2026-04-01')
        contract.date_signed = '2026-04-01'
        self._instalments(contract, [('2026-05-01', 400), ('2026-06-15', 400), (False, 400)])
        invoice = order._create_invoices()
        invoice.invoice_date = '2026-04-05'
        invoice.action_post()
        self.assertEqual(self._rows(), [
            ('instalment', 400, '2_60', 45), ('instalment', 400, '0_due', 0), ('instalment', 400, '0_due', 0)])
        self.assertEqual(self._items()[0].display_name, f"{contract.name}: Instalment 1")

    def test_invoiced_beyond_the_plan(self):
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self._instalments(contract, [('2026-06-20', 1000)])
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual([(item.kind, item.open_amount) for item in self._items()], [('extra', 200), ('instalment', 1000)])

    def test_no_plan(self):
        """Without instalments the invoice itself is due; of a draft nothing is."""
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='draft')
        self._instalments(contract, [('2026-05-01', 1200)])
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual([(item.kind, item.open_amount) for item in self._items()], [('invoice', 1200)])

    def test_instalment_as_of(self):
        """Money collected in June was open in May, from the last instalment backwards."""
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        contract.date_signed = '2026-04-01'
        steps = self._instalments(contract, [('2026-05-01', 400), ('2026-05-20', 400), ('2026-07-01', 400)])
        invoice = order._create_invoices()
        invoice.invoice_date = '2026-04-05'
        invoice.action_post()
        self._pay([(invoice, '2026-05-03', 400), (invoice, '2026-06-01', 300)])
        steps[0].write({'done_amount': 400, 'state': 'done'})
        steps[1].write({'done_amount': 300, 'state': 'overdue'})
        self.assertEqual(self._rows(), [('instalment', 100, '1_30', 26), ('instalment', 400, '0_due', 0)])
        self.assertEqual(self._rows('2026-05-31'), [('instalment', 400, '1_30', 11), ('instalment', 400, '0_due', 0)])
        self.assertEqual(self._rows('2026-05-02'), [
            ('instalment', 400, '1_30', 1), ('instalment', 400, '0_due', 0), ('instalment', 400, '0_due', 0)])
        self.assertEqual(self._rows('2026-03-31'), [])

    def _half_invoiced(self):
        """Return the invoice of the first of two instalments of 600, due on June 5 and July 1."""
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        contract.date_signed = '2026-05-01'
        steps = self._instalments(contract, [('2026-06-05', 600), ('2026-07-01', 600)])
        invoice = self._invoices([(self.customer, '2026-06-01', 600)], due=['2026-06-05'], post=False)
        invoice.write({'crm_contract_id': contract.id, 'crm_step_id': steps[0].id})
        invoice.action_post()
        return invoice

    def test_paid_too_much_under_a_plan(self):
        """What pays the next instalment is not on account besides; what no instalment has room for is. On each day, before and after."""
        for amount, rows in [
                (600, [('instalment', 600, '0_due', 0)]), (700, [('instalment', 500, '0_due', 0)]), (1200, []),
                (1300, [('credit', -100, '9_credit', 5)])]:
            with self.subTest(amount=amount), self.cr.savepoint() as savepoint:
                self._pay([(self._half_invoiced(), '2026-06-10', amount)])
                self.assertEqual(self._rows(), rows)
                self.assertEqual([row[:2] for row in self._rows('2026-06-10')], [row[:2] for row in rows])
                self.assertEqual(self._rows('2026-06-09'), [('instalment', 600, '1_30', 4), ('instalment', 600, '0_due', 0)])
                savepoint.rollback()

    def test_advance_without_an_invoice(self):
        """A payment that names the contract lowers what is due of its instalments, and is not on account besides."""
        contract = self._contract(total=1200, state='executing')
        self._instalments(contract, [('2026-06-05', 600), ('2026-07-01', 600)])
        contract.date_signed = '2026-05-01'
        self._advance_payment(contract, 700)
        self.env['crm.contract']._refresh(contract)
        self.assertEqual(self._rows(), [('instalment', 500, '0_due', 0)])
        self.assertEqual(self._rows('2026-06-04'), [('instalment', 600, '0_due', 0)] * 2)   # the day before it came
        self._advance_payment(contract, 600)
        self.env['crm.contract']._refresh(contract)
        self.assertEqual([row[:2] for row in self._rows()], [('credit', -100)])

    def test_credited_under_a_plan(self):
        """A credit note lowers its instalment, matched or not; of what was paid already it is still to be given back."""
        for paid, rows in [
                (0, [('instalment', 500, '1_30', 10), ('instalment', 600, '0_due', 0)]), (600, [('instalment', 500, '0_due', 0)]),
                (1200, [('credit', -100, '9_credit', 3)])]:
            with self.subTest(paid=paid), self.cr.savepoint() as savepoint:
                invoice = self._half_invoiced()
                if paid:
                    self._pay([(invoice, '2026-06-10', paid)])
                note = self._refunds([(self.customer, '2026-06-12', 100)], post=False)
                note.write({'crm_contract_id': invoice.crm_contract_id.id, 'reversed_entry_id': invoice.id})
                note.action_post()
                self.assertEqual(sum(self._items().mapped('open_amount')), 1100 - paid)
                self.assertEqual(self._rows(), rows)
                self.assertEqual(sum(self._items('2026-06-11').mapped('open_amount')), 1200 - paid)
                savepoint.rollback()

    def test_promised_and_disputed(self):
        first, second = self._invoices([(self.customer, '2026-06-01', 100), (self.customer, '2026-06-02', 100)])
        self.env['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'amount': 100, 'date': '2026-06-20', 'currency_id': self.eur.id,
            'move_ids': first.ids})
        self.env['crm.payment.dispute'].create({
            'name': "Damaged", 'move_id': second.id, 'company_id': self.company.id, 'amount': 10})
        self.assertEqual([(item.is_promised, item.is_disputed) for item in self._items()], [(True, False), (False, True)])
        self.assertEqual([item.is_promised for item in self._items('2026-06-21')], [False, False])

    def test_instalments_of_a_disputed_invoice(self):
        """An invoice under a plan stands for the instalment it was made for, else for all instalments of its contract."""
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        steps = self._instalments(contract, [('2026-05-01', 600), ('2026-07-01', 600)])
        invoice = order._create_invoices()
        invoice.invoice_date = '2026-04-05'
        invoice.action_post()
        self.env['crm.payment.dispute'].create({
            'name': "Damaged", 'move_id': invoice.id, 'company_id': self.company.id, 'amount': 10})
        self.assertEqual([item.is_disputed for item in self._items()], [True, True])
        invoice.crm_step_id = steps[1]
        self.env['crm.receivable'].invalidate_model()
        self.assertEqual([item.is_disputed for item in self._items().sorted('date_due')], [False, True])

    def test_companies(self):
        self._invoices([(self.customer2, '2026-06-01', 100)])
        item = self._items(partner=self.customer2)
        self.assertFalse(item.with_context(allowed_company_ids=self.company_usd.ids).search([('id', 'in', item.ids)]))
        self.assertFalse(self._as(self.manager_usd)['crm.receivable'].search([]))

    def test_access(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        for user, count in [(self.rep, 1), (self.lead, 1), (self.leads_all, 1), (self.finance, 1), (self.rep2, 0)]:
            with self.subTest(user=user.login):
                self.assertEqual(len(self._items(user=user)), count)

    def test_queries(self):
        """As many queries for many items as for one."""
        partners = self._customers(20, company_id=self.company.id)
        self._invoices([(partner, '2026-06-01', 100) for partner in partners])
        self._items()
        with self.assertQueryCount(default=4):
            self.assertEqual(len(self.env['crm.receivable'].with_context(allowed_company_ids=self.company.ids).search_fetch(
                [('partner_id', 'in', partners.ids)], ['open_amount', 'bucket'])), 20)

    def test_day(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        self.assertEqual(self._items().day, date(2026, 6, 15))
        self.assertEqual(self._items('2026-06-03').day, date(2026, 6, 3))

    def test_as_of_wizard(self):
        wizard = self.env['crm.receivable.as.of'].create({'date': '2026-05-31'})
        self.assertEqual(wizard.action_show()['context'], {'crm_as_of': '2026-05-31'})
        wizard.date = '2026-06-16'
        with self.assertRaises(UserError):
            wizard.action_show()

    def test_buttons(self):
        """From the contact and the contract to what is owed; from an item to what is behind it, and to a promise about it."""
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        self.assertEqual(self.person.action_crm_receivables()['domain'], [('partner_id', '=', self.customer.id)])
        contract = self._contract(total=100)
        self.assertEqual(contract.action_open_receivables()['domain'], [('contract_id', '=', contract.id)])
        item = self._items()
        self.assertEqual(item.action_open()['res_id'], invoice.id)
        context = item.action_promise()['context']
        self.assertEqual((context['default_amount'], context['default_partner_id']), (100, self.customer.id))
        self.assertEqual(item.action_dispute()['context']['default_move_id'], invoice.id)
