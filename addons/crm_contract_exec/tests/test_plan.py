from datetime import date

from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .plan_common import PlanCommon


@tagged('post_install', '-at_install')
class TestPlan(PlanCommon):
    """What may be planned, and when it is due."""

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def test_three_thirds(self):
        contract = self._contract(total=1000.01)
        steps = self._steps(contract, [{'kind': 'collect', 'percent': 33.3333} for _number in range(3)])
        self.assertEqual(steps.mapped('amount'), [333.34, 333.34, 333.33])
        contract.action_submit()

    def test_shares_follow_the_draft(self):
        contract = self._contract(total=100)
        steps = self._steps(contract, [{'kind': 'collect', 'percent': percent} for percent in (30, 70)])
        contract.manual_total = 99.99
        self.assertEqual(steps.mapped('amount'), [30, 69.99])
        steps[1].percent = 50
        self.assertEqual(steps.mapped('amount'), [30, 50])

    def test_shares_are_of_the_gross_amount(self):
        contract = self._contract(self._order([(3, 33.37)]))
        steps = self._steps(contract, [{'kind': 'collect', 'percent': percent} for percent in (30, 60, 10)])
        self.assertEqual(round(sum(steps.mapped('amount')), 2), contract.amount_total)

    def test_a_plan_adds_up(self):
        for percents, allowed in (((99,), False), ((50, 51), False), ((50, 50), True), ((), True)):
            with self.subTest(percents=percents):
                contract = self._contract(total=100)
                self._steps(contract, [{'kind': 'collect', 'percent': percent} for percent in percents])
                if allowed:
                    contract.action_submit()
                else:
                    with self.assertRaises(ValidationError):
                        contract.action_submit()
                    self.assertEqual(contract.state, 'draft')

    def test_no_more_is_delivered_than_ordered(self):
        order = self._order([(10, 100)])
        contract = self._contract(order)
        step, = self._steps(contract, [{'kind': 'deliver', 'line_ids': [
            Command.create({'order_line_id': order.order_line.id, 'quantity': 11})]}])
        with self.assertRaises(ValidationError):
            contract.action_submit()
        step.line_ids.quantity = 10
        contract.action_submit()

    @mute_logger('odoo.sql_db')
    def test_bad_input(self):
        contract = self._contract(total=100)
        for vals in ({'percent': -1}, {'percent': 101}, {'amount': -5}):
            with self.subTest(vals=vals), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._steps(contract, [{'kind': 'collect', **vals}])
        other = self._order([(1, 10)])
        with self.assertRaises(ValidationError):
            self._steps(contract, [{'line_ids': [Command.create({'order_line_id': other.order_line.id, 'quantity': 1})]}])

    # ------------------------------------------------------------------
    # Due days
    # ------------------------------------------------------------------

    def test_month_ends(self):
        """Each counts from the signing, not from the one before: the 31st comes back after February."""
        contract = self._contract(total=400, state='approved')
        cases = [
            (1, False, '2026-02-28'), (2, False, '2026-03-31'), (3, False, '2026-04-30'), (1, True, '2026-02-28'),
            (13, False, '2027-02-28')]
        steps = self._steps(contract, [
            {'kind': 'task', 'anchor': 'signing', 'anchor_offset': months, 'anchor_unit': 'month', 'anchor_month_end': end}
            for months, end, _day in cases])
        self.assertEqual(set(steps.mapped('date_due')), {False})
        contract.action_sign('2026-01-31')
        self.assertEqual([str(step.date_due) for step in steps], [day for _months, _end, day in cases])

    def test_moves_with_its_anchor(self):
        contract = self._contract(total=100, state='executing')
        first, = self._steps(contract, [{'kind': 'task', 'date_due': '2026-06-20'}])
        second, = self._steps(contract, [{'kind': 'task', 'anchor': 'step', 'anchor_step_id': first.id, 'anchor_offset': 10}])
        third, = self._steps(contract, [{
            'kind': 'collect', 'amount': 100, 'anchor': 'step', 'anchor_step_id': second.id, 'anchor_offset': 1,
            'anchor_unit': 'month'}])
        self.assertEqual((str(second.date_due), str(third.date_due)), ('2026-06-30', '2026-07-30'))
        first.date_due = '2026-06-25'
        self.assertEqual((str(second.date_due), str(third.date_due)), ('2026-07-05', '2026-08-05'))
        self.assertEqual((second.state, third.state), ('wait', 'wait'))
        first.action_done('2026-06-10')
        self.assertEqual((str(second.date_due), str(third.date_due), second.state), ('2026-06-20', '2026-07-20', 'ready'))
        first.action_withdraw()
        self.assertEqual((str(second.date_due), second.state), ('2026-07-05', 'wait'))

    def test_from_delivery_and_acceptance(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        accept, on_delivery, on_acceptance = self._steps(contract, [
            {'kind': 'accept', 'date_due': '2026-06-30'},
            {'kind': 'collect', 'amount': 600, 'anchor': 'delivery', 'anchor_offset': 30},
            {'kind': 'collect', 'amount': 600, 'anchor': 'acceptance', 'anchor_offset': 12, 'anchor_unit': 'month'}])
        self._deliver(order, 4)
        self.assertEqual((on_delivery.date_due, on_delivery.state), (False, 'wait'))
        self._deliver(order, 6)
        self.assertEqual((str(on_delivery.date_due), on_delivery.state), ('2026-07-15', 'ready'))
        accept.action_accept("Person", date='2026-06-14')
        self.assertEqual((str(on_acceptance.date_due), on_acceptance.state), ('2027-06-14', 'ready'))
        self.assertEqual(contract.accepted_percent, 100)

    def test_due_day_itself_is_not_overdue(self):
        contract = self._contract(total=100, state='executing')
        step, = self._steps(contract, [{'kind': 'collect', 'amount': 100, 'date_due': '2026-06-15'}])
        for day, state, late in (('2026-06-14', 'ready', 0), ('2026-06-15', 'ready', 0), ('2026-06-16', 'overdue', 1)):
            with self.subTest(day=day):
                self._refresh(contract, date.fromisoformat(day))
                self.assertEqual((step.state, step.days_late), (state, late))

    def test_bad_anchors(self):
        contract, other = self._contract(total=100), self._contract(total=100)
        first, second = self._steps(contract, [{'kind': 'task'}, {'kind': 'task'}])
        foreign, = self._steps(other, [{'kind': 'task'}])
        for vals in (
            {'anchor': 'step'}, {'anchor': 'step', 'anchor_step_id': foreign.id}, {'anchor': 'delivery', 'anchor_step_id': first.id},
            {'kind': 'collect', 'anchor': 'signing', 'anchor_offset': -1},
            {'kind': 'collect', 'anchor': 'step', 'anchor_step_id': first.id, 'anchor_offset': -1},
            {'kind': 'task', 'anchor': 'delivery', 'anchor_offset': -1},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._steps(contract, [{'kind': 'task', **vals}])
        second.write({'anchor': 'step', 'anchor_step_id': first.id})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            first.write({'anchor': 'step', 'anchor_step_id': second.id})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            first.unlink()
        self.assertEqual(len(contract.step_ids), 2)

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def test_states_of_contracts(self):
        contract = self._contract(total=100)
        task, money = self._steps(contract, [
            {'kind': 'task', 'date_due': '2026-06-01'}, {'kind': 'collect', 'amount': 100, 'date_due': '2026-06-01'}])
        self.assertEqual(self._states(task + money), ['wait', 'wait'])
        self._advance(contract, 'executing')
        self.assertEqual(self._states(task + money), ['overdue', 'overdue'])
        contract.action_suspend("Dispute")
        self.assertEqual(self._states(task + money), ['wait', 'overdue'])
        contract.action_resume()
        task.action_done()
        contract.action_terminate("Given up")
        self.assertEqual(self._states(task + money), ['done', 'void'])
        self.assertEqual((contract.overdue_amount, contract.next_date), (0, False))
        money.is_settlement = True
        self.assertEqual(money.state, 'overdue')

    def test_without_odoo_invoices(self):
        """Run by hand, and no document counts."""
        contract = self._contract(total=100, state='executing', is_manual=True)
        step, = self._steps(contract, [{'kind': 'collect', 'amount': 100, 'date_due': '2026-06-20'}])
        self._own_invoice(contract, 100)
        self.assertEqual(contract.invoiced_amount, 0)
        step.action_done('2026-06-10', 40)
        self.assertEqual((step.state, step.open_amount, contract.collected_percent), ('partial', 60, 40))
        step.action_done('2026-06-14', 100)
        self.assertEqual((step.state, str(step.date_done), contract.collected_percent), ('done', '2026-06-14', 100))

    def test_how_many_are_paid(self):
        """Lists tell how many instalments are paid of how many, and set what is planned, delivered, accepted, invoiced and collected side
        by side."""
        contract, order = self._billed()
        self._steps(contract, [{'kind': 'collect', 'amount': amount} for amount in (300, 400, 500)])
        self._steps(contract, [{'kind': 'deliver'}])
        without = self._contract(total=100)
        self.assertEqual((contract.instalment_progress, without.instalment_progress), ("0 / 3", False))
        self._pay([(self._invoice(order), '2026-06-02', 750)])
        self.assertEqual(contract.instalment_progress, "2 / 3")
        contract.step_ids[2]._drop("Given up")
        self.assertEqual(contract.instalment_progress, "2 / 2")
        arch = etree.fromstring(contract.get_view(self.env.ref('crm_contract_exec.crm_contract_view_list').id, 'list')['arch'])
        shown = [node.get('name') for node in arch.iter('field') if node.get('optional') == 'show']
        names = ['planned_percent', 'delivered_percent', 'accepted_percent', 'invoiced_percent', 'collected_percent', 'instalment_progress']
        self.assertEqual([name for name in shown if name in names], names)

    def test_nothing_is_ticked_that_the_books_know(self):
        contract, _order = self._billed()
        steps = self._steps(contract, [
            {'kind': 'deliver'}, {'kind': 'collect', 'amount': 1200}, {'kind': 'invoice', 'amount': 1200}])
        for step in steps:
            with self.subTest(kind=step.kind), self.assertRaises(UserError):
                step.action_done()

    def test_accept(self):
        contract = self._contract(total=100, state='executing')
        step, = self._steps(contract, [{'kind': 'accept', 'date_due': '2026-06-10'}])
        for name, day in (("", None), ("Person", '2026-06-16')):
            with self.subTest(name=name, day=day), self.assertRaises(UserError):
                step.action_accept(name, date=day)
        wizard = self._by(self.env['crm.contract.step.confirm']).create({
            'step_id': step.id, 'name': "Person", 'date': '2026-06-12', 'document': b'c2lnbmVk', 'document_name': "signed.pdf"})
        wizard.action_confirm()
        self.assertEqual((step.state, str(step.date_done), step.days_late, step.confirmed_by, step.confirmed_user_id),
                         ('done', '2026-06-12', 2, "Person", self.rep))
        self.assertEqual(step.message_ids.attachment_ids.mapped('name'), ["signed.pdf"])
        with self.assertRaises(UserError):
            step.action_accept("Person")

    # ------------------------------------------------------------------
    # Who may do what
    # ------------------------------------------------------------------

    def test_fixed_after_draft(self):
        contract = self._contract(total=100)
        step = self._by(self.env['crm.contract.step']).create(
            {'contract_id': contract.id, 'name': "Pay", 'kind': 'collect', 'amount': 100, 'date_due': '2026-06-20'})
        step.amount = 100
        with self.assertRaises(AccessError):
            step.write({'state': 'done'})
        with self.assertRaises(AccessError):
            step.with_context(default_date_confirmed='2026-06-01').create({'contract_id': contract.id, 'name': "Trick", 'kind': 'task'})
        self._advance(contract, 'signed')
        for values in ({'amount': 50}, {'date_due': '2026-07-20'}, {'anchor': 'signing'}, {'kind': 'task'}):
            with self.subTest(values=values), self.assertRaises(UserError):
                step.write(values)
        with self.assertRaises(UserError):
            step.unlink()
        with self.assertRaises(UserError):
            step.create({'contract_id': contract.id, 'name': "More", 'kind': 'task'})
        step.write({'name': "Pay soon", 'user_id': self.rep.id})

    def test_roles(self):
        contract = self._contract(total=100, state='executing')
        accept, task = self._steps(contract, [{'kind': 'accept'}, {'kind': 'task'}])
        with self.assertRaises(AccessError):
            self._by(task, self.rep2).action_done()
        with self.assertRaises(AccessError):
            self._by(task, self.employee).action_done()
        with self.assertRaises(AccessError):
            self._by(accept, self.manager_usd).action_accept("Person")
        self._by(accept, self.stocker).action_accept("Person")
        self._by(task, self.finance).action_done()
        self.assertEqual(self._states(accept + task), ['done', 'done'])
        template = self.env.ref('crm_contract_exec.crm_contract_template_advance')
        with self.assertRaises(AccessError):
            self._by(template).name = "Mine"
        self._by(template, self.manager).name = "Ours"
        foreign = self.env['crm.contract.template'].create({'name': "America", 'company_id': self.company_usd.id})
        self.assertNotIn(foreign, self._by(template).search([]))

    # ------------------------------------------------------------------
    # Templates
    # ------------------------------------------------------------------

    def test_templates(self):
        expected = {'advance': ['360.00', '', '720.00', '', '120.00'], 'delivery': ['', '1200.00'], 'retention': ['', '1080.00', '120.00']}
        for name, amounts in expected.items():
            with self.subTest(template=name):
                template = self.env.ref(f'crm_contract_exec.crm_contract_template_{name}')
                contract = self._contract(self._order([(10, 100)]), template_id=template.id)
                self._by(contract).action_apply_template()
                self._by(contract).action_apply_template()
                self.assertEqual([f"{step.amount:.2f}" if step.amount else '' for step in contract.step_ids], amounts)
                contract.action_submit()

    def test_monthly_template(self):
        contract = self._contract(total=1000, template_id=self.env.ref('crm_contract_exec.crm_contract_template_monthly').id)
        contract.action_apply_template()
        self.assertEqual(contract.step_ids.mapped('amount'), [83.33] * 11 + [83.37])
        self._advance(contract, 'approved')
        contract.action_sign('2026-01-15')
        self.assertEqual([str(day) for day in contract.step_ids.mapped('date_due')][:3], ['2026-02-28', '2026-03-31', '2026-04-30'])

    def test_staged_template(self):
        """Whole pieces, and all of them."""
        template = self.env['crm.contract.template'].create({'name': "Staged", 'line_ids': [
            Command.create({'name': "Batch", 'kind': 'deliver', 'percent': percent, 'anchor': 'signing', 'sequence': number})
            for number, percent in enumerate((33.33, 33.33, 33.34))]})
        contract = self._contract(self._order([(10, 100)]), template_id=template.id)
        contract.action_apply_template()
        self.assertEqual(contract.step_ids.line_ids.mapped('quantity'), [3, 4, 3])

    # ------------------------------------------------------------------
    # Events and the night
    # ------------------------------------------------------------------

    def test_events(self):
        """Steps follow without anybody asking: invoice, payment, its taking back, delivery."""
        self._stock(10)
        contract, order = self._billed()
        deliver, bill, money = self._steps(contract, [
            {'kind': 'deliver'}, {'kind': 'invoice', 'amount': 1200}, {'kind': 'collect', 'amount': 1200}])
        invoice = self._invoice(order)
        self.assertEqual(self._states(deliver + bill + money), ['ready', 'done', 'ready'])
        self._deliver(order, 10)
        self.assertEqual(deliver.state, 'done')
        payment = self._pay([(invoice, '2026-06-02', 500)])
        self.assertEqual((money.state, money.done_amount), ('partial', 500))
        payment.line_ids.remove_move_reconcile()
        self.assertEqual((money.state, money.done_amount), ('ready', 0))
        invoice.button_draft()
        self.assertEqual(bill.state, 'ready')

    def test_the_night(self):
        """Stopped halfway, it goes on where it was; the end is the same."""
        contracts = self.env['crm.contract'].union(*(self._contract(total=100, state='executing') for _number in range(3)))
        steps = self.env['crm.contract.step'].union(*(
            self._steps(contract, [{'kind': 'collect', 'amount': 100, 'date_due': '2026-06-01'}]) for contract in contracts))
        self.env.cr.execute("UPDATE crm_contract_step SET state = 'wait' WHERE id = ANY(%s)", [steps.ids])
        steps.invalidate_recordset()
        times = iter([0, 60, 60, 60, 60, 60, 60, 60, 60])
        self.patch(self.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: next(times))
        self.env['ir.config_parameter'].set_param('crm_contract_exec.refreshed_until', f'2026-06-15:{contracts[0].id - 1}')
        self.env['crm.contract']._cron_refresh(batch=1)
        self.assertEqual(self._states(steps), ['overdue', 'wait', 'wait'])
        self.env['crm.contract']._cron_refresh(batch=1)
        self.assertEqual(self._states(steps), ['overdue'] * 3)
