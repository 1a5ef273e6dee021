from odoo.tests import tagged

from .common import ContractCommon
from .credit_common import CreditCommon


class DelayCommon(ContractCommon):

    def _step(self, contract, kind, late=0, state='done', sequence=10, **vals):
        """Create a step in the state that the nightly refresh would have brought it into."""
        return self.env['crm.contract.step'].create({
            'contract_id': contract.id, 'name': kind, 'kind': kind, 'date_due': '2026-06-01', 'sequence': sequence, 'state': state,
            'days_late': late, **vals})

    def _delay(self, step):
        self.env.invalidate_all()    # rows of reports are read once per transaction
        row = self.env['crm.contract.delay'].search([('step_id', '=', step.id)])
        return row.department, row.cause, row.own_days


@tagged('post_install', '-at_install')
class TestContractDelay(DelayCommon):

    def test_cause_by_kind(self):
        for kind, department, cause in (
                ('deliver', 'warehouse', 'warehouse'), ('accept', 'customer', 'accept'), ('invoice', 'finance', 'invoicing'),
                ('collect', 'customer', 'payment'), ('task', 'sales', 'task')):
            with self.subTest(kind=kind):
                contract = self._contract(total=100, state='executing')
                self.assertEqual(self._delay(self._step(contract, kind, late=3)), (department, cause, 3))

    def test_in_time_has_no_cause(self):
        contract = self._contract(total=100, state='executing')
        self.assertEqual(self._delay(self._step(contract, 'deliver')), ('warehouse', False, 0))

    def test_inherited(self):
        """Who waits for a late step is not to blame for its days, only for those on top."""
        contract = self._contract(total=100, state='executing')
        self._step(contract, 'deliver', late=5, sequence=1)
        same, more = self._step(contract, 'accept', late=5, sequence=2), self._step(contract, 'task', late=7, sequence=3)
        self.assertEqual(self._delay(same), ('customer', 'earlier', 0))
        self.assertEqual(self._delay(more), ('sales', 'task', 2))

    def test_moving_due_day_inherits_nothing(self):
        """What counts from a step is late by its own days once that step is done; until then it waits for it."""
        contract = self._contract(total=100, state='executing')
        first = self._step(contract, 'deliver', late=5, sequence=1)
        then = self._step(contract, 'accept', late=4, sequence=2, anchor='step', anchor_step_id=first.id)
        self.assertEqual(self._delay(then), ('customer', 'accept', 4))
        first.state = then.state = 'overdue'
        self.assertEqual(self._delay(then), ('customer', 'earlier', 0))

    def test_unpaid_for_want_of_an_invoice(self):
        """An overdue instalment that nobody invoiced is finance's turn; invoiced, the customer's."""
        contract = self._contract(total=100, state='executing')
        first, second = (self._step(contract, 'collect', late=4, state='overdue', sequence=number, amount=50) for number in (1, 2))
        contract.invoiced_amount = 50
        self.assertEqual(self._delay(first), ('customer', 'payment', 4))
        self.assertEqual(self._delay(second)[0], 'finance')

    def test_shortage(self):
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        step = self._step(contract, 'deliver', late=4, state='overdue')
        self.assertEqual(self._delay(step), ('warehouse', 'supply', 4))
        self._stock(10)
        order.picking_ids.action_assign()
        self.assertEqual(self._delay(step), ('warehouse', 'warehouse', 4))

    def test_void_and_undated_steps_are_left_out(self):
        contract = self._contract(total=100, state='executing')
        steps = self._step(contract, 'task', state='void') + self._step(contract, 'task', state='wait', date_due=False)
        self.assertFalse(self.env['crm.contract.delay'].search([('step_id', 'in', steps.ids)]))


@tagged('post_install', '-at_install')
class TestCreditDelay(DelayCommon, CreditCommon):
    """What waits for finance to release an order is finance's delay, by 14 days on June 15."""

    def _late(self, order, kind):
        contract = self._contract(order)
        contract.write({'state': 'executing', 'date_signed': '2026-05-01'})
        return self._step(contract, kind, late=14, state='overdue', amount=100)

    def test_order_on_hold(self):
        """Before it is confirmed neither goods nor invoices leave; tasks go on."""
        for kind, before, after in (
                ('deliver', ('finance', 'credit', 14), ('warehouse', 'supply', 14)),
                ('invoice', ('finance', 'credit', 14), ('finance', 'invoicing', 14)),
                ('collect', ('finance', 'credit', 14), ('finance', 'invoicing', 14)),
                ('task', ('sales', 'task', 14), ('sales', 'task', 14)),
                ('accept', ('customer', 'accept', 14), ('customer', 'accept', 14))):
            with self.subTest(kind=kind):
                order = self._over()
                step = self._late(order, kind)
                self.assertEqual(self._delay(step), before)
                self._release(order)
                self.assertEqual(self._delay(step), after)

    def test_transfer_on_hold(self):
        """The customer came over the limit after the order: its transfer waits, whatever is on the shelf; invoices do not."""
        self._stock(10)
        order = self._order([(5, 100)], confirm=True)
        step = self._late(order, 'deliver')
        bill = self._step(step.contract_id, 'invoice', late=14, state='overdue', sequence=1)
        step.sequence = 1
        self.assertEqual(self._delay(step), ('warehouse', 'warehouse', 14))
        self._invoices([(self.customer, '2026-06-01', 700)])
        order.picking_ids.move_ids.write({'quantity': 5, 'picked': True})
        self._by(order.picking_ids, self.stocker).button_validate()
        self.assertEqual(self._delay(step), ('finance', 'credit', 14))
        self.assertNotEqual(self._delay(bill)[1], 'credit')
        step.write({'state': 'done', 'date_done': '2026-06-05'})
        self.assertEqual(self._delay(step), ('warehouse', 'warehouse', 14), "Once done, nothing waits for credit")
