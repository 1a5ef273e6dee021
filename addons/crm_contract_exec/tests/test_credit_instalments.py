from odoo.tests import tagged
from odoo.tools import SQL

from .credit_common import CreditCommon
from .plan_common import PlanCommon


@tagged('post_install', '-at_install')
class TestCreditInstalments(PlanCommon, CreditCommon):
    """Under a plan the due days of its instalments count, not that of the invoice. The clock stands at 2026-06-15."""

    SECOND = [('2026-06-16', 0), ('2026-06-15', 0), ('2026-06-14', 1)]   # due day of the second instalment, days by which it is overdue

    def _one_invoice(self, second, partner=None, company=None, currency=None, paid=None, amount=1200):
        """Return the plan of a contract over ``amount`` in three equal parts, due on May 1, on ``second`` and on July 30, and the one
        invoice for all of it, due on the day of it, April 5.

        :param paid: day on which the first instalment was paid
        """
        company = company or self.company
        contract = self._contract(
            total=amount, state='executing', partner=partner or self.customer, company=company, user_id=self.manager.id,
            currency_id=(currency or company.currency_id).id)
        contract.date_signed = '2026-04-01'
        steps = self._steps(contract, [
            {'kind': 'collect', 'date_due': day, 'amount': amount / 3} for day in ('2026-05-01', second, '2026-07-30')])
        invoice = self._invoices(
            [(contract.partner_id, '2026-04-05', amount)], company=company, currency=currency, due=['2026-04-05'], post=False)
        invoice.crm_contract_id = contract
        invoice.action_post()
        if paid:
            self._pay([(invoice, paid, amount / 3)])
        self._refresh(contract)
        return steps, invoice

    def _provision(self, partner, company=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self._as(user or self.finance, company)['crm.credit.provision'].search([('partner_id', '=', partner.id)], order='date_due')
        return [(row.step_id, row.days_overdue, row.amount, row.percent, row.provision) for row in rows]

    def _overdue(self, partner, company=None):
        company = company or self.company
        self.env['crm.customer']._create_credit_profiles(company)
        self.env.flush_all()
        self.env['crm.credit.exposure'].invalidate_model()
        row = self.env['crm.credit.exposure'].with_context(allowed_company_ids=company.ids).search([('partner_id', '=', partner.id)])
        return row.invoiced, row.overdue

    def _standing(self, partner, company=None):
        company = company or self.company
        self.env['crm.customer']._update_credit_standing(company)
        return self.env['crm.customer'].search([('partner_id', '=', partner.id), ('company_id', '=', company.id)]).sudo().credit_values

    # ------------------------------------------------------------------
    # Before, at and after the due day of the second instalment
    # ------------------------------------------------------------------

    def test_provision(self):
        for second, days in self.SECOND:
            with self.subTest(second=second):
                partner = self._customers(company_id=self.company.id)
                steps, _invoice = self._one_invoice(second, partner, paid='2026-05-01')
                percent, provision = (2, 8) if days else (0.5, 2)
                self.assertEqual(self._provision(partner), [
                    (steps[1], days, 400, percent, provision), (steps[2], 0, 400, 0.5, 2)])

    def test_exposure(self):
        for second, days in self.SECOND:
            with self.subTest(second=second):
                partner = self._customers(company_id=self.company.id)
                self._one_invoice(second, partner, paid='2026-05-01')
                self.assertEqual(self._overdue(partner), (800, 400 if days else 0))

    def test_standing(self):
        """The first instalment was paid two days late; from its own day on the second is late, too."""
        for second, days in self.SECOND:
            with self.subTest(second=second):
                partner = self._customers(company_id=self.company.id)
                self._one_invoice(second, partner, paid='2026-05-03')
                values = self._standing(partner)
                self.assertEqual((values['late'], values['overdue']), (1.5, 50) if days else (2, 0))

    def test_warning(self):
        """Silence counts from the due day of the instalment that is open, not from that of the invoice."""
        others = self._customers(6, "Other", company_id=self.company.id)
        self._invoices([(partner, '2026-06-01', 10000) for partner in others], due=['2026-07-01'] * 6)   # nobody's share is large
        for first, silent in [('2026-04-17', 0), ('2026-04-16', 60), ('2026-04-15', 61)]:
            with self.subTest(first=first):
                partner = self._customers(company_id=self.company.id)
                steps, _invoice = self._one_invoice('2026-07-01', partner)
                steps[0].date_due = first
                self._refresh(steps.contract_id)
                self.env['crm.credit.warning']._warn(self.company)
                warning = self.env['crm.credit.warning'].search([('partner_id', '=', partner.id)])
                self.assertEqual((warning.silent_days, warning.overdue_amount, warning.open_amount), (silent, 400, 1200) if silent else (
                    0, 0, 0))

    def test_hold(self):
        """What is overdue is told to who decides about an order on hold."""
        self._one_invoice('2026-06-15')
        order = self._order([(10, 100)])
        self._by(order).action_confirm()
        self.assertEqual((self._hold(order).invoiced, self._hold(order).overdue), (1200, 400))

    # ------------------------------------------------------------------
    # What is in the books
    # ------------------------------------------------------------------

    def test_not_invoiced(self):
        """An instalment that was not invoiced is owed by the plan, and is no receivable to provide for; invoices cover the first ones."""
        contract = self._contract(total=1200, state='executing')
        contract.date_signed = '2026-04-01'
        steps = self._steps(contract, [
            {'kind': 'collect', 'date_due': day, 'amount': 400} for day in ('2026-05-01', '2026-06-14', '2026-06-20')])
        self._own_invoice(contract, 500)
        self._refresh(contract)
        self.assertEqual(self._provision(self.customer), [(steps[0], 45, 400, 7, 28), (steps[1], 1, 100, 2, 2)])
        self.assertEqual(self._overdue(self.customer), (500, 500))
        self.assertEqual(self._standing(self.customer), {'late': 23, 'overdue': 100})

    def test_invoiced_beyond_the_plan(self):
        """What is invoiced beyond the plan is due by the invoice."""
        steps, _invoice = self._one_invoice('2026-06-20')
        self._own_invoice(steps.contract_id, 90, day='2026-06-10')
        self._refresh(steps.contract_id)
        self.assertEqual(self._overdue(self.customer), (1290, 490))
        self.assertEqual([row[1:3] for row in self._provision(self.customer)], [(45, 400), (5, 90), (0, 400), (0, 400)])

    def test_advance(self):
        """Money on account pays the first instalment: what is left in the books are the others."""
        steps, _invoice = self._one_invoice('2026-06-14')
        self._advance_payment(steps.contract_id, 400, day='2026-05-02')
        self._refresh(steps.contract_id)
        self.assertEqual([row[:3] for row in self._provision(self.customer)], [(steps[1], 1, 400), (steps[2], 0, 400)])
        self.assertEqual(self._overdue(self.customer), (1200, 400))

    def test_as_of(self):
        """On a day of the past, what was paid since was open."""
        self._one_invoice('2026-06-14', paid='2026-06-10')
        figures = self.env['crm.metric'].evaluate(['credit_standing'], '2026-06-09', self.company, self.customer)
        late, overdue = 39, 100 / 3   # the first for 39 days, a third of what is open
        self.assertAlmostEqual(figures[self.customer.id]['credit_standing'], 100 - min(late, 35) - overdue * 0.2, 4)

    # ------------------------------------------------------------------
    # Companies and currencies
    # ------------------------------------------------------------------

    def test_companies(self):
        """Each company sees its own plan, in its own currency."""
        shared = self._customers()
        here, _invoice = self._one_invoice('2026-06-14', shared, paid='2026-05-01')
        there, _invoice = self._one_invoice('2026-06-16', shared, company=self.company_usd, amount=300)
        self.manager.group_ids += self.env.ref('account.group_account_invoice')
        for company, rows, overdue, standing in [
                (self.company, [(here[1], 1, 400, 2, 8), (here[2], 0, 400, 0.5, 2)], (800, 400), {'late': 0.5, 'overdue': 50}),
                (self.company_usd, [(there[0], 45, 100, 7, 7), (there[1], 0, 100, 0.5, 0.5), (there[2], 0, 100, 0.5, 0.5)], (300, 100),
                 {'late': 45, 'overdue': 33.33})]:
            with self.subTest(company=company.name):
                self.assertEqual(self._provision(shared, company, self.manager), rows)
                self.assertEqual(self._overdue(shared, company), overdue)
                values = self._standing(shared, company)
                self.assertEqual({name: values[name] for name in standing}, standing)

    def test_currency(self):
        """1,200 USD at 4 USD for 1 EUR, the rate of the invoice; the rate of today is for the ageing only."""
        steps, _invoice = self._one_invoice('2026-06-14', currency=self.usd, paid='2026-05-01')
        self.env['res.currency.rate'].create({
            'name': '2026-06-15', 'currency_id': self.usd.id, 'company_id': self.company.id, 'rate': 5})
        self.assertEqual(self._provision(self.customer), [(steps[1], 1, 100, 2, 2), (steps[2], 0, 100, 0.5, 0.5)])
        self.assertEqual(self._overdue(self.customer), (200, 100))
        values = self._standing(self.customer)
        self.assertEqual((values['late'], values['overdue']), (0.5, 50))
        items = self.env['crm.receivable'].with_context(allowed_company_ids=self.company.ids).search(
            [('partner_id', '=', self.customer.id)])
        self.assertEqual(items.mapped('open_company'), [80, 80])

    def test_invoiced_to_another(self):
        """The instalments are the debt of who signed the contract, whoever gets the invoice; asked for alone as among all."""
        steps, invoice = self._one_invoice('2026-06-14')
        self._own_invoice(self._contract(total=50), 50)   # without a plan
        payer = self.customer2
        contract = self._contract(total=300, state='executing')
        contract.date_signed = '2026-04-01'
        self._steps(contract, [{'kind': 'collect', 'date_due': '2026-06-01', 'amount': 300}])
        bill = self._invoices([(payer, '2026-05-01', 300)], post=False)
        bill.crm_contract_id = contract
        bill.action_post()
        self._refresh(contract)
        self.env.flush_all()
        receivables = self.env['crm.receivable']
        rows = dict(self.env.execute_query(receivables._overdue_sql(self.company)))
        for partner in (self.customer, payer):
            with self.subTest(partner=partner.name):
                own = dict(self.env.execute_query(receivables._overdue_sql(self.company, SQL("%s", partner.id))))
                self.assertEqual(own.get(partner.id), rows.get(partner.id))
                self.assertEqual(set(own) - {partner.id}, set())
        self.assertEqual((rows[self.customer.id], rows.get(payer.id)), (400 + 400 + 50 + 300, None))
        self.assertEqual(invoice.amount_residual, sum(steps.mapped('open_amount')))
