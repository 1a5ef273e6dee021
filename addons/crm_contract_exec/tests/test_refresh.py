from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_contract_exec.models import crm_contract_fact_store, crm_contract_refresh

from .plan_common import PlanCommon


@tagged('post_install', '-at_install')
class TestRefresh(PlanCommon):
    """Steps and contracts follow the books."""

    def test_staged_deliveries(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        line = order.order_line
        first, second = self._steps(contract, [
            {'kind': 'deliver', 'date_due': '2026-06-10', 'line_ids': [Command.create({'order_line_id': line.id, 'quantity': 4})]},
            {'kind': 'deliver', 'date_due': '2026-06-30', 'line_ids': [Command.create({'order_line_id': line.id, 'quantity': 6})]}])
        self._refresh(contract)
        self.assertEqual(self._states(first + second), ['overdue', 'ready'])
        self.assertEqual(first.days_late, 5)
        self._deliver(order, 3, '2026-06-12')
        self._refresh(contract)
        self.assertEqual((first.state, first.done_percent, first.line_ids.done_quantity), ('overdue', 75, 3))
        self._deliver(order, 3, '2026-06-13')
        self._refresh(contract)
        self.assertEqual(self._states(first + second), ['done', 'partial'])
        self.assertEqual((str(first.date_done), first.days_late), ('2026-06-13', 3))
        self.assertEqual((second.line_ids.done_quantity, contract.delivered_percent), (2, 60))

    def test_many_at_once(self):
        """Many contracts, whose facts are kept in tables, come out as a few do, twice in a transaction, too."""
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        steps = self._steps(contract, [
            {'kind': 'deliver', 'date_due': '2026-06-10'}, {'kind': 'invoice', 'date_due': '2026-06-10', 'amount': contract.amount_total},
            {'kind': 'collect', 'date_due': '2026-06-12', 'amount': contract.amount_total}])
        self._deliver(order, 4, '2026-06-10')
        self._pay([(self._invoice(order, '2026-06-11'), '2026-06-12', 300)])

        def found():
            return steps.read(crm_contract_refresh.STEP_COLUMNS), contract.read(crm_contract_refresh.CONTRACT_COLUMNS)

        self._refresh(contract)
        few = found()
        self.assertEqual(steps[2].done_amount, 300)
        with patch.object(crm_contract_fact_store, 'LARGE', 0):
            for _time in range(2):
                steps.flush_recordset()
                self.env.cr.execute("UPDATE crm_contract_step SET state = 'wait', done_amount = 0 WHERE id = ANY(%s)", [steps.ids])
                self.env.cr.execute("UPDATE crm_contract SET collected_amount = 0 WHERE id = %s", [contract.id])
                self.assertTrue(self.env['crm.contract']._refresh(contract))
                self.assertEqual(found(), few)

    def test_transfer_made_for_a_later_step(self):
        """What was made for a step counts for it, whatever comes first in the plan; what is too much there goes to the first."""
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        first, second = self._steps(contract, [
            {'kind': 'deliver', 'line_ids': [Command.create({'order_line_id': order.order_line.id, 'quantity': quantity})]}
            for quantity in (6, 4)])
        order.picking_ids.crm_step_id = second
        self._deliver(order, 5)
        self._refresh(contract)
        self.assertEqual((first.line_ids.done_quantity, second.line_ids.done_quantity), (1, 4))
        self.assertEqual(self._states(first + second), ['partial', 'done'])

    def test_return(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        step, = self._steps(contract, [{'kind': 'deliver'}])
        picking = self._deliver(order, 10, '2026-06-10')
        self._refresh(contract)
        self.assertEqual((step.state, contract.delivered_percent), ('done', 100))
        self._return(picking, 4)
        self._refresh(contract)
        self.assertEqual((step.state, step.done_percent, step.date_done, contract.delivered_percent), ('partial', 60, False, 60))

    def test_company_day_of_a_delivery(self):
        """23:30 UTC is the next day in Brussels."""
        self._stock(1)
        order = self._order([(1, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        step, = self._steps(contract, [{'kind': 'deliver', 'date_due': '2026-06-10'}])
        picking = self._deliver(order, 1)
        picking.move_ids.date = '2026-06-10 23:30:00'
        self._refresh(contract)
        self.assertEqual((str(step.date_done), step.days_late), ('2026-06-11', 1))

    def test_payments_run_through_the_plan(self):
        """Paid too much spills over to the next instalment, each with the day since when it is paid."""
        contract, order = self._billed()
        first, second, third = self._steps(contract, [
            {'kind': 'collect', 'amount': amount, 'date_due': due}
            for amount, due in ((300, '2026-06-01'), (400, '2026-06-14'), (500, '2026-06-15'))])
        invoice = self._invoice(order)
        self._pay([(invoice, '2026-06-02', 200), (invoice, '2026-06-08', 300)])
        self._refresh(contract)
        self.assertEqual(self._states(first + second + third), ['done', 'overdue', 'ready'])
        self.assertEqual((str(first.date_done), first.days_late), ('2026-06-08', 7))
        self.assertEqual((second.done_amount, second.open_amount, second.done_percent, second.days_late), (200, 200, 50, 1))
        self.assertEqual((contract.collected_amount, contract.collected_percent, contract.overdue_amount), (500, 41.67, 200))
        self.assertEqual((contract.invoiced_percent, contract.planned_percent), (100, 100))
        self._pay([(invoice, '2026-06-15', 700)])
        self._refresh(contract)
        self.assertEqual(self._states(first + second + third), ['done'] * 3)
        self.assertEqual([str(step.date_done) for step in first + second + third], ['2026-06-08', '2026-06-15', '2026-06-15'])

    def test_invoice_made_for_an_instalment(self):
        """The payment of the second invoice pays the second instalment, although the first is open."""
        contract, _order = self._billed()
        first, second = self._steps(contract, [
            {'kind': 'collect', 'amount': 600, 'date_due': '2026-06-01'}, {'kind': 'collect', 'amount': 600, 'date_due': '2026-07-01'}])
        self._own_invoice(contract, 600, first)
        invoice = self._own_invoice(contract, 600, second)
        self._pay([(invoice, '2026-06-10', None)])
        self._refresh(contract)
        self.assertEqual(self._states(first + second), ['overdue', 'done'])

    def test_invoice_step_ties_its_instalment(self):
        contract, _order = self._billed()
        invoice1, invoice2 = self._steps(contract, [{'kind': 'invoice', 'amount': 600}, {'kind': 'invoice', 'amount': 600}])
        pay1, pay2 = self._steps(contract, [
            {'kind': 'collect', 'amount': 600, 'anchor': 'step', 'anchor_step_id': step.id, 'anchor_offset': 30}
            for step in (invoice1, invoice2)])
        move = self._own_invoice(contract, 600, invoice2)
        self._pay([(move, '2026-06-10', None)])
        self._refresh(contract)
        self.assertEqual(self._states(invoice1 + invoice2 + pay1 + pay2), ['ready', 'done', 'wait', 'done'])

    def test_overpayment_and_refund(self):
        """Money that no invoice has taken yet pays the next instalment; paid back, it no longer does."""
        contract, _order = self._billed()
        first, second = self._steps(contract, [{'kind': 'collect', 'amount': 600, 'date_due': '2026-06-20'} for _number in range(2)])
        invoice = self._own_invoice(contract, 600, first)
        payment = self._money(self.customer, '2026-06-10', 900)
        self._match(invoice, payment)
        self._refresh(contract)
        self.assertEqual((first.state, second.state, second.done_amount), ('done', 'partial', 300))
        self.assertEqual(contract.collected_amount, 900)
        back = self._money(self.customer, '2026-06-12', -300)
        self._match(payment, back)
        self._refresh(contract)
        self.assertEqual((second.state, second.done_amount, contract.collected_amount), ('ready', 0, 600))

    def test_advance(self):
        """A payment that names the contract counts before there is an invoice, once."""
        contract, order = self._billed()
        first, second = self._steps(contract, [{'kind': 'collect', 'amount': 600, 'date_due': '2026-06-20'} for _number in range(2)])
        payment = self._advance_payment(contract, 600)
        self._refresh(contract)
        self.assertEqual((self._states(first + second), contract.collected_amount), (['done', 'ready'], 600))
        invoice = self._invoice(order)
        self._match(invoice, payment.move_id)
        self._refresh(contract)
        self.assertEqual((self._states(first + second), contract.collected_amount), (['done', 'ready'], 600))

    def test_credit_note(self):
        """A credit note takes off what is to be paid; it is not money."""
        contract, order = self._billed()
        first, second = self._steps(contract, [{'kind': 'collect', 'amount': 600, 'date_due': '2026-06-20'} for _number in range(2)])
        bill, = self._steps(contract, [{'kind': 'invoice', 'amount': 1200}])
        invoice = self._invoice(order)
        self._pay([(invoice, '2026-06-02', 700)])
        self._credit(invoice, 200)
        self._refresh(contract)
        self.assertEqual((self._states(first + second), second.done_amount, second.waived_amount, second.open_amount),
                         (['done', 'partial'], 100, 200, 300))
        self.assertEqual((contract.invoiced_amount, contract.waived_amount, contract.invoiced_percent, contract.collected_percent),
                         (1000, 200, 100, 70))
        self.assertEqual((bill.state, bill.done_amount, bill.waived_amount), ('done', 1000, 200))
        self._pay([(invoice, '2026-06-03', 300)])
        self._refresh(contract)
        self.assertEqual((second.state, contract.collected_percent), ('done', 100))

    def test_invoice_taken_back_and_made_anew(self):
        contract, order = self._billed()
        step, bill = self._steps(contract, [{'kind': 'collect', 'amount': 1200}, {'kind': 'invoice', 'amount': 1200}])
        invoice = self._invoice(order)
        self._reverse(invoice)
        self._refresh(contract)
        self.assertEqual((step.state, step.open_amount, bill.state, bill.open_amount), ('ready', 1200, 'ready', 1200))
        self._invoice(order)
        self._refresh(contract)
        self.assertEqual((step.open_amount, bill.state), (1200, 'done'))

    def test_write_off(self):
        contract, order = self._billed()
        step, = self._steps(contract, [{'kind': 'collect', 'amount': 1200}])
        invoice = self._invoice(order)
        self._pay([(invoice, '2026-06-02', 1190)])
        self._write_off(invoice, 10)
        self._refresh(contract)
        self.assertEqual((step.state, step.done_amount, step.waived_amount, contract.collected_amount), ('done', 1190, 10, 1190))

    def test_other_currency(self):
        """An invoice in another currency counts at its own rate, whatever the rate when it is paid."""
        contract = self._contract(total=250, state='executing')
        step, bill = self._steps(contract, [{'kind': 'collect', 'amount': 250}, {'kind': 'invoice', 'amount': 250}])
        invoice = self._invoices([(self.customer, '2026-06-01', 1000)], currency=self.usd)      # 1 EUR = 4 USD
        invoice.crm_contract_id = contract
        self.env['res.currency.rate'].create(
            {'name': '2026-06-05', 'currency_id': self.usd.id, 'company_id': self.company.id, 'rate': 5})
        self._pay([(invoice, '2026-06-10', 400)])
        self._refresh(contract)
        self.assertEqual((bill.state, bill.done_amount, step.done_amount, step.done_percent), ('done', 250, 100, 40))
        self._pay([(invoice, '2026-06-11', 600)])
        self._refresh(contract)
        self.assertEqual((step.state, step.done_amount, step.waived_amount, contract.collected_amount), ('done', 250, 0, 250))

    def test_contract_in_another_currency_than_the_company(self):
        contract = self._contract(total=1000, state='executing', currency_id=self.usd.id)
        step, = self._steps(contract, [{'kind': 'invoice', 'amount': 1000}])
        euros, dollars = self._invoices([(self.customer, '2026-06-01', 100)]), self._invoices(
            [(self.customer, '2026-06-01', 600)], currency=self.usd)
        (euros + dollars).crm_contract_id = contract
        self._refresh(contract)
        self.assertEqual((step.state, step.done_amount), ('done', 1000))

    def test_nothing_is_written_twice(self):
        contract, order = self._billed()
        self._steps(contract, [{'kind': 'collect', 'amount': 1200, 'date_due': '2026-06-01'}])
        self._pay([(self._invoice(order), '2026-06-02', 700)])
        self._refresh(contract)
        self.assertEqual(self.env['crm.contract']._refresh(contract), 0)

    def test_cost_does_not_grow(self):
        contracts = self.env['crm.contract'].union(*(self._contract(total=100, state='executing') for _number in range(6)))
        for contract in contracts:
            self._steps(contract, [{'kind': 'collect', 'amount': 100, 'date_due': '2026-06-01'}])
        self._refresh(contracts)
        counts = []
        for some in (contracts[:1], contracts):
            before = self.env.cr.sql_log_count
            self.env['crm.contract']._refresh(some, '2026-06-14')
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
