from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ContractCommon


class ReportCase(ContractCommon):

    @classmethod
    def _invoice(cls, order, day, quantity=None):
        """Invoice what is open of an order (or a quantity of its first line) and post it."""
        invoice = order._create_invoices()
        if quantity:
            invoice.invoice_line_ids[:1].quantity = quantity
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    @classmethod
    def _bill(cls, contract, amount, product=None, move_type='in_invoice', **vals):
        """Post a vendor bill that names a contract."""
        company = contract.company_id
        journal = cls.env['account.journal'].search([('company_id', '=', company.id), ('type', '=', 'purchase')], limit=1)
        if not journal:
            journal = cls.env['account.journal'].create({
                'name': "Purchases", 'code': 'GP', 'type': 'purchase', 'company_id': company.id,
                'default_account_id': company.expense_account_id.id})
        bill = cls.env['account.move'].with_company(company).create({
            'move_type': move_type, 'partner_id': cls.customer2.id, 'journal_id': journal.id, 'invoice_date': cls.TODAY,
            'crm_contract_id': contract.id, 'invoice_line_ids': [Command.create({
                'name': "Freight", 'product_id': product and product.id, 'quantity': 1, 'price_unit': amount, 'tax_ids': False})], **vals})
        bill.action_post()
        return bill

    def _row(self, model, record, field='contract_id'):
        self.env.invalidate_all()    # rows of reports are read once per transaction
        return self.env[model].search([(field, '=', record.id)])


@tagged('post_install', '-at_install')
class TestContractResult(ReportCase):

    def test_plan_so_far_and_expected(self):
        """10 pieces at 100, cost 60; 4 delivered, 4 invoiced, 50 of freight."""
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self._deliver(order, 4)
        self._invoice(order, self.TODAY, quantity=4)
        self._bill(contract, 50)
        row = self._row('crm.contract.result', contract)
        self.assertEqual((row.planned_revenue, row.planned_cost, row.planned_margin), (1000, 600, 400))
        self.assertEqual((row.revenue, row.cost, row.expense, row.margin), (400, 240, 50, 110))
        self.assertEqual((row.expected_margin, row.deviation, row.margin_percent), (350, -50, 35))

    def test_cost_is_that_of_the_day_of_delivery(self):
        """A later change of the product's cost touches what is left, not what has gone."""
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self._deliver(order, 4)
        self.goods.with_company(self.company).standard_price = 80
        row = self._row('crm.contract.result', contract)
        self.assertEqual(row.cost, 240)
        self.assertEqual(row.expected_margin, 1000 - 240 - 6 * 80)

    def test_return_gives_the_cost_back(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        picking = self._deliver(order, 4)
        wizard = self.env['stock.return.picking'].with_context(active_id=picking.id, active_model='stock.picking').create({})
        wizard.product_return_moves.quantity = 1
        back = self.env['stock.picking'].browse(wizard.action_create_returns()['res_id'])
        back.move_ids.write({'quantity': 1, 'picked': True})
        back._action_done()
        self.assertEqual(self._row('crm.contract.result', contract).cost, 180)

    def test_ended_contract_expects_nothing_more(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self._deliver(order, 4)
        self._invoice(order, self.TODAY, quantity=4)
        contract.state = 'terminated'
        row = self._row('crm.contract.result', contract)
        self.assertEqual((row.expected_margin, row.deviation), (160, -240))

    def test_services_cost_when_invoiced(self):
        service = self.env['product.product'].create({
            'name': "Work", 'type': 'service', 'invoice_policy': 'order', 'taxes_id': False, 'list_price': 100})
        service.with_company(self.company).standard_price = 30
        order = self._order([(10, 100)], product=service, confirm=True)
        contract = self._contract(order, state='executing')
        invoice = self._invoice(order, self.TODAY)
        self.assertEqual(self._row('crm.contract.result', contract).cost, 300)
        credit = invoice._reverse_moves([{'invoice_date': self.TODAY}])
        credit.invoice_line_ids.quantity = 4
        credit.action_post()
        row = self._row('crm.contract.result', contract)
        self.assertEqual((row.revenue, row.cost), (600, 180))

    def test_goods_on_a_bill_are_no_expense(self):
        """They went into stock; their cost counts when they are delivered."""
        contract = self._contract(total=1000, state='executing')
        self._bill(contract, 70, product=self.goods)
        self._bill(contract, 30)
        self._bill(contract, 10, move_type='in_refund')
        self.assertEqual(self._row('crm.contract.result', contract).expense, 20)

    def test_other_currency(self):
        """Amounts in the company's currency: 4 USD are 1 EUR in 2026."""
        contract = self._contract(total=4000, untaxed=2000, state='executing', currency_id=self.usd.id)
        row = self._row('crm.contract.result', contract)
        self.assertEqual((row.planned_revenue, row.currency_id), (500, self.eur))

    def test_manual_contract(self):
        contract = self._contract(total=1200, untaxed=1000, state='executing', is_manual=True)
        contract.write({'invoiced_amount': 600, 'collected_amount': 300})
        row = self._row('crm.contract.result', contract)
        self.assertEqual((row.revenue, row.collected), (500, 300))

    def test_drafts_have_no_result(self):
        self.assertFalse(self._row('crm.contract.result', self._contract(total=100)))


@tagged('post_install', '-at_install')
class TestContractCash(ReportCase):

    def test_days(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='approved')
        contract.action_sign('2026-05-01')
        contract.action_start()
        self._deliver(order, 5, '2026-05-11')
        self._deliver(order, 5, '2026-05-21')
        self._pay([(self._invoice(order, '2026-05-26'), '2026-06-10', None)])
        row = self._row('crm.contract.cash', contract)
        self.assertEqual((row.deliver_days, row.invoice_days, row.collect_days, row.cash_days), (15, 10, 15, 25))

    def test_paid_ahead(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self._pay([(self._invoice(order, '2026-06-01'), '2026-06-02', None)])
        self.assertFalse(self._row('crm.contract.cash', contract).cash_days, "nothing was delivered")
        self._deliver(order, 10, '2026-06-12')
        self.assertEqual(self._row('crm.contract.cash', contract).cash_days, -10)


@tagged('post_install', '-at_install')
class TestContractProduct(ReportCase):

    def test_ranking(self):
        other = self.env['product.product'].create({'name': "Other", 'type': 'consu', 'invoice_policy': 'order', 'taxes_id': False})
        for product, day, quantity in (
                (self.goods, '2025-06-15', 10), (self.goods, '2025-06-16', 12), (other, '2026-06-15', 5), (other, '2024-06-15', 50)):
            self._invoice(self._order([(quantity, 100)], product=product, confirm=True, tax=False), day)
        goods, new = (self._row('crm.contract.product', product, 'product_id') for product in (self.goods, other))
        self.assertEqual((goods.revenue, goods.revenue_before, goods.growth_amount, goods.growth), (1200, 1000, 200, 20))
        self.assertEqual((goods.quantity, goods.margin, goods.margin_percent), (12, 480, 40))
        self.assertEqual((new.revenue, new.revenue_before, new.growth), (500, 0, 0))
        self.assertEqual((goods.revenue_rank, new.revenue_rank, goods.growth_rank, new.growth_rank), (1, 2, 2, 1))

    def test_part_under_contract(self):
        order = self._order([(2, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self._invoice(order, self.TODAY)
        self._invoice(self._order([(3, 100)], confirm=True), self.TODAY)
        row = self._row('crm.contract.product', self.goods, 'product_id')
        self.assertEqual((row.revenue, row.contract_revenue), (500, 200))
        lines = self._row('crm.contract.sale', contract)
        self.assertEqual((lines.revenue, lines.quantity), (200, 2))

    def test_companies_apart(self):
        partner = self._customers(1)
        for company in (self.company, self.company_usd):
            self._invoices([(partner, self.TODAY, 100)], company=company)
        rows = self.env['crm.contract.product'].search([('product_id', '=', self.product.id)])
        self.assertEqual(sorted((row.company_id.name, row.revenue, row.revenue_rank) for row in rows),
                         [("Grading America", 100, 1), ("Grading Europe", 100, 1)])


@tagged('post_install', '-at_install')
class TestContractCustomer(ReportCase):

    def test_stable_and_high_yield(self):
        """Each quarter something, evenly: stable. At a better margin than the company's mean: high-yield."""
        self.goods.with_company(self.company).standard_price = 20
        sold = [(self.customer, day, 500, self.goods) for day in ('2025-08-01', '2025-11-01', '2026-02-01', '2026-06-01')]
        sold += [(self.customer2, '2026-06-01', 3000, self.product)]   # cost 60 of 3000 is better still
        for partner, day, amount, product in sold:
            self._invoice(self._order([(5, amount / 5)], partner=partner, product=product, confirm=True, tax=False), day)
        self.env['crm.grading.run']._run(self.company)
        steady, once = (self._row('crm.contract.customer', partner, 'partner_id') for partner in (self.customer, self.customer2))
        self.assertEqual((steady.quarters, steady.fluctuation, steady.is_stable, steady.revenue), (4, 0, True, 2000))
        self.assertEqual((once.quarters, once.is_stable), (1, False))
        self.assertEqual((steady.margin, once.margin), (2000 - 400, 3000 - 300))
        self.assertEqual((steady.standing, once.standing), ('stable', 'yield'))


@tagged('post_install', '-at_install')
class TestReportAccess(ReportCase):
    MODELS = ('crm.contract.result', 'crm.contract.cash', 'crm.contract.delay')

    def test_own_contracts_only(self):
        contract = self._contract(total=100, state='executing')
        self.env['crm.contract.step'].create({
            'contract_id': contract.id, 'name': "Pay", 'kind': 'collect', 'date_due': self.TODAY, 'amount': 100})
        for model in self.MODELS:
            for user, number in ((self.rep, 1), (self.lead, 1), (self.rep2, 0), (self.leads_all, 1), (self.finance, 1)):
                with self.subTest(model=model, user=user.name):
                    self.assertEqual(self._as(user)[model].search_count([('contract_id', '=', contract.id)]), number)
            with self.assertRaises(AccessError):
                self._as(self.employee)[model].search([])

    def test_no_cost_for_reps(self):
        self._contract(total=100, state='executing')
        rows = self._as(self.rep)['crm.contract.result'].search([])
        self.assertTrue(rows)
        for name in ('cost', 'expense', 'margin', 'planned_margin', 'expected_margin', 'deviation'):
            with self.subTest(field=name), self.assertRaises(AccessError):
                rows.mapped(name)
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.contract.result'].search([('margin', '<', 0)])
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.contract.product'].search([])

    def test_other_company(self):
        contract = self._contract(total=100, state='executing')
        for model in self.MODELS:
            self.assertFalse(self._as(self.manager_usd)[model].search([('contract_id', '=', contract.id)]))
