from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged('post_install', '-at_install')
class TestRetention(PlanCommon):
    """What the customer keeps until the warranty has ended, and when that is. Contracts over 1,200 with a warranty of 12 months."""

    def _planned(self, template='advance', retention=5, months=12, orders=True, **vals):
        """Return a contract with the plan of a template."""
        return self._with(self.env.ref(f'crm_contract_exec.crm_contract_template_{template}'), retention, months, orders, **vals)

    def _with(self, template, retention=5, months=12, orders=True, **vals):
        contract = self._contract(
            self._order([(10, 100)], confirm=True) if orders else None, total=0 if orders else 1200, template_id=template.id,
            retention_percent=retention, warranty_months=months, **vals)
        self._by(contract).action_apply_template()
        return contract

    def _money(self, contract):
        return [(step.name, step.percent, step.amount) for step in contract.step_ids if step.kind == 'collect']

    # ------------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------------

    def test_held_back(self):
        """Each instalment gives up the same share of itself; together they are the contract, to the last cent."""
        contract = self._planned()
        self.assertEqual(self._money(contract), [
            ("Advance", 28.5, 342), ("On delivery", 57, 684), ("On acceptance", 9.5, 114), ("Retention", 5, 60)])
        retention = contract.step_ids[-1]
        self.assertRecordValues(retention, [{
            'kind': 'collect', 'anchor': 'acceptance', 'anchor_step_id': False, 'anchor_offset': 12, 'anchor_unit': 'month'}])
        self._by(contract).action_apply_template()   # again: in its place, not on top
        self.assertEqual(len(self._money(contract)), 4)
        contract.action_submit()
        self.assertEqual(contract.state, 'approved')

    def test_rounding(self):
        """Twelve months of 1,000.01: the retention is 5 % of it, what does not come out even is with the last of the others."""
        template = self.env.ref('crm_contract_exec.crm_contract_template_monthly')
        contract = self._contract(total=1000.01, template_id=template.id, retention_percent=5, warranty_months=24)
        contract.action_apply_template()
        amounts = contract.step_ids.mapped('amount')
        self.assertEqual((amounts[:11], amounts[11:]), ([79.17] * 11, [79.17, 49.97]))
        self.assertEqual(round(sum(amounts), 2), 1000.01)
        self.assertEqual(round(sum(contract.step_ids.mapped('percent')), 4), 100)

    def test_not_held_back(self):
        """Without a share, without a warranty, or where the template has its own retention, nothing else is held back."""
        for template, retention, months, amounts in [
                ('advance', 0, 12, [360, 720, 120]), ('advance', 5, 0, [360, 720, 120]), ('retention', 5, 24, [1080, 120])]:
            with self.subTest(template=template, retention=retention, months=months):
                contract = self._planned(template, retention, months)
                self.assertEqual([amount for _name, _percent, amount in self._money(contract)], amounts)

    def test_retention_of_a_template(self):
        """What is due half a year or longer after a delivery or an acceptance; people may say otherwise."""
        line = {'name': "Rest", 'kind': 'collect', 'percent': 10, 'anchor': 'delivery', 'anchor_offset': 6, 'anchor_unit': 'month'}
        for vals, expected in [({}, True), ({'anchor': 'acceptance'}, True), ({'anchor_offset': 5}, False), ({'kind': 'task'}, False),
                               ({'anchor_unit': 'day', 'anchor_offset': 30}, False), ({'anchor': 'signing'}, False),
                               ({'anchor_offset': 2, 'is_retention': True}, True)]:
            with self.subTest(vals=vals):
                template = self.env['crm.contract.template'].create({'name': "One", 'line_ids': [Command.create({**line, **vals})]})
                self.assertEqual(template.line_ids.is_retention, expected)

    def test_plan_without_instalments(self):
        template = self.env['crm.contract.template'].create({'name': "Goods only", 'line_ids': [
            Command.create({'name': "Delivery", 'kind': 'deliver', 'anchor': 'signing'})]})
        self.assertEqual(self._with(template).step_ids.mapped('kind'), ['deliver'])

    def test_invoiced_in_full(self):
        """What is held back is money: invoices stay what they were."""
        template = self.env['crm.contract.template'].create({'name': "Billed", 'line_ids': [
            Command.create({'name': "Invoice", 'kind': 'invoice', 'percent': 100, 'anchor': 'signing', 'sequence': 1}),
            Command.create({'name': "Payment", 'kind': 'collect', 'percent': 100, 'anchor': 'signing', 'sequence': 2})]})
        contract = self._with(template, 10)
        self.assertEqual([(step.kind, step.amount) for step in contract.step_ids], [('invoice', 1200), ('collect', 1080), ('collect', 120)])

    def test_who_may(self):
        contract = self._planned()
        with self.assertRaises(AccessError):
            self._by(contract, self.rep2).action_apply_template()

    # ------------------------------------------------------------------
    # The day
    # ------------------------------------------------------------------

    def test_due_after_the_last_delivery(self):
        """A part of the goods begins no warranty; the last of them does. A month without that day ends it on its last one."""
        template = self.env.ref('crm_contract_exec.crm_contract_template_delivery')
        contract = self._with(template, 10, 6)
        retention = contract.step_ids[-1]
        self.assertEqual((retention.anchor, retention.amount), ('delivery', 120))
        self._advance(contract, 'executing')
        self._stock(10)
        self._deliver(contract.order_ids, 4, '2026-05-20')
        self.assertEqual((retention.date_due, contract.date_warranty_end), (False, False))
        self._deliver(contract.order_ids, 6, '2026-05-31')
        self.assertEqual((retention.date_due, contract.date_warranty_end), (date(2026, 11, 30), date(2026, 11, 30)))
        self._return(contract.order_ids.picking_ids[-1:], 1)
        self.assertEqual((retention.date_due, contract.date_warranty_end), (False, False), "Not all of it is with the customer any more")

    def test_due_after_acceptance(self):
        """Where something is to be accepted, the delivery begins nothing; before, on and after the day that it ends."""
        contract = self._planned(months=12)
        retention, accept = contract.step_ids[-1], contract.step_ids.filtered(lambda step: step.kind == 'accept')
        self._advance(contract, 'executing')
        self._stock(10)
        self._deliver(contract.order_ids, 10, '2026-06-01')
        self.assertFalse(contract.date_warranty_end)
        accept.action_accept("Person", date='2026-06-14')
        self.assertEqual((retention.date_due, contract.date_warranty_end), (date(2027, 6, 14), date(2027, 6, 14)))
        for day, state in [('2027-06-13', 'ready'), ('2027-06-14', 'ready'), ('2027-06-15', 'overdue')]:
            with self.subTest(day=day):
                self._refresh(contract, date.fromisoformat(day))
                self.assertEqual(retention.state, state)
        accept.action_withdraw()
        self.assertEqual((retention.date_due, contract.date_warranty_end), (False, False))

    def test_by_hand(self):
        """Of a contract without Odoo's documents, the last thing to be delivered counts; of services, the last thing to be done."""
        template = self.env.ref('crm_contract_exec.crm_contract_template_delivery')
        contract = self._with(template, orders=False, is_manual=True)
        self._advance(contract, 'executing')
        delivery, _payment, retention = contract.step_ids
        self.assertEqual((retention.anchor, retention.anchor_step_id), ('delivery', delivery))
        delivery.action_done('2026-06-10')
        self.assertEqual((retention.date_due, contract.date_warranty_end), (date(2027, 6, 10), date(2027, 6, 10)))
        monthly = self._with(self.env.ref('crm_contract_exec.crm_contract_template_monthly'), orders=False)
        retention = monthly.step_ids[-1]
        self.assertEqual((retention.anchor, retention.anchor_step_id), ('step', monthly.step_ids[-2]))

    def test_warranty_without_a_plan(self):
        """The end of the warranty needs no plan, and follows what is agreed."""
        contract, order = self._billed()
        self._stock(10)
        self._deliver(order, 10, '2026-06-01')
        self.assertFalse(contract.date_warranty_end)
        contract.sudo().write({'warranty_months': 3})
        self.assertEqual(contract.date_warranty_end, date(2026, 9, 1))
        found = self.env['crm.contract'].search([('date_warranty_end', '>=', '2026-09-01'), ('date_warranty_end', '<=', '2026-09-01')])
        self.assertIn(contract, found)
        with self.assertRaises(AccessError):
            self._by(contract).date_warranty_end = '2030-01-01'

    def test_companies(self):
        """The plan of another company's contract, in its currency."""
        contract = self._contract(
            total=400, company=self.company_usd, partner=self._customers(), user_id=self.manager_usd.id, retention_percent=10,
            warranty_months=12, template_id=self.env.ref('crm_contract_exec.crm_contract_template_delivery').id)
        self._by(contract, self.manager_usd).action_apply_template()
        self.assertEqual(contract.step_ids.filtered('amount').mapped('amount'), [360, 40])
        self.assertEqual(contract.step_ids.currency_id, self.usd)
