from ast import literal_eval
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged('post_install', '-at_install')
class TestSettlement(PlanCommon):
    """What a customer still pays after a contract of 1,200 was terminated, of which 400 and 100 of the next instalment are paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_contract_finance_user_id = cls.finance

    def _terminated(self, settlement, due=None):
        self.contract, order = self._billed()
        self.first, self.second = self._steps(self.contract, [
            {'kind': 'collect', 'amount': 400, 'date_due': '2026-06-05'}, {'kind': 'collect', 'amount': 800, 'date_due': '2026-07-01'}])
        self.delivery, = self._steps(self.contract, [{'kind': 'deliver', 'date_due': '2026-07-01'}])
        self.invoice = self._invoice(order)
        self._pay([(self.invoice, '2026-06-10', 500)])
        self._by(self.contract, self.manager).action_terminate("Given up", settlement, due=due)
        return self.contract.step_ids - self.first - self.second - self.delivery

    def _owed(self):
        self.env['crm.receivable'].invalidate_model()
        receivables = self.env['crm.receivable'].with_context(allowed_company_ids=self.company.ids)
        items = receivables.search([('partner_id', '=', self.customer.id)])
        return [(item.kind, item.step_id, item.open_amount) for item in items.sorted('kind', reverse=True)]

    def test_collected(self):
        """It is owed from then on, whatever a credit note of the rest takes off; what comes later pays it, nothing of the old plan."""
        claim = self._terminated(300, '2026-06-20')
        self.assertRecordValues(claim, [{
            'kind': 'collect', 'amount': 300, 'open_amount': 300, 'date_due': date(2026, 6, 20), 'state': 'ready',
            'is_settlement': True, 'acting_user_id': self.finance.id}])
        self.assertRecordValues(self.first + self.second + self.delivery, [
            {'state': 'done', 'amount': 400, 'done_amount': 400}, {'state': 'done', 'amount': 100, 'done_amount': 100},
            {'state': 'void', 'amount': 0, 'done_amount': 0}])
        self.assertIn("800.00", self.contract.message_ids.filtered(lambda message: "Paid of" in (message.body or '')).body)
        self.assertEqual(self._owed(), [('instalment', claim, 300), ('extra', self.first.browse(), 400)])
        self._credit(self.invoice, 400, '2026-06-15')
        self.assertEqual((claim.open_amount, claim.waived_amount, self._owed()), (300, 0, [('instalment', claim, 300)]))
        self._pay([(self.invoice, '2026-06-15', 120)])
        self.assertRecordValues(claim, [{'state': 'partial', 'done_amount': 120, 'open_amount': 180}])
        self._pay([(self.invoice, '2026-06-15', 180)])
        self.assertRecordValues(claim + self.second, [{'state': 'done', 'open_amount': 0}, {'state': 'done', 'open_amount': 0}])
        self.assertEqual((self.contract.collected_amount, self._owed()), (800, []))

    def test_overdue_by_the_night(self):
        """The nightly job follows it, although the contract runs no more; the due day itself is not overdue."""
        self.classPatch(self.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        claim = self._terminated(300, '2026-06-20')
        for day, state, overdue in (('2026-06-20', 'ready', 0), ('2026-06-21', 'overdue', 300)):
            with self.subTest(day=day):
                self.env['crm.contract']._refresh(date=date.fromisoformat(day))
                self.assertEqual((claim.state, self.contract.overdue_amount), (state, overdue))
        self.env['crm.contract']._cron_refresh()
        self.assertEqual((claim.state, self.contract.overdue_amount), ('ready', 0))

    def test_reminded_and_dunned(self):
        self.env['crm.contract.reminder'].search([]).active = False
        self.env['crm.contract.reminder'].create({'name': "Rule", 'days': 0, 'kind': 'collect'})
        claim = self._terminated(300)
        self.assertEqual(claim.date_due, self.TODAY)
        self.env['crm.contract.reminder']._remind(self.company)
        self.env['crm.contract.reminder']._silence()
        self.assertEqual(claim.activity_ids.user_id, self.finance)
        action = self.env.ref('crm_contract_exec.crm_contract_due_action')
        self.assertIn(claim, claim.search(literal_eval(action.domain)))
        self.env['crm.contract']._refresh(self.contract, date(2026, 6, 17))
        self.assertEqual(claim.state, 'overdue')

    def test_paid_in_the_portal(self):
        claim = self._terminated(300)
        self.assertTrue(claim._portal_can_pay() and claim.can_request_payment)
        self.assertFalse(self.second._portal_can_pay() or self.second.can_invoice)
        link = self.env['payment.link.wizard'].browse(self._by(claim, self.finance).action_payment_link()['res_id'])
        self.assertEqual((link.res_id, link.amount), (self.invoice.id, 300))

    def test_invoice_of_its_own(self):
        """What is invoiced for the settlement, and given up of that, closes it."""
        claim = self._terminated(300)
        self._credit(self.invoice, 700, '2026-06-15')
        own = self._own_invoice(self.contract, 300, claim, '2026-06-15')
        self.assertEqual((claim.open_amount, self._owed()), (300, [('instalment', claim, 300)]))
        self._pay([(own, '2026-06-15', 250)])
        self._write_off(own, 50, '2026-06-15')
        self.assertRecordValues(claim, [{'state': 'done', 'done_amount': 250, 'waived_amount': 50, 'open_amount': 0}])

    def test_nobody_owes_anything(self):
        """Without a settlement the plan stays as it was, void."""
        self.assertFalse(self._terminated(0))
        self.assertRecordValues(self.first + self.second, [{'state': 'done', 'amount': 400}, {'state': 'void', 'amount': 800}])
        self.assertFalse(self.contract.settlement_due)

    def test_paid_back(self):
        """Finance is asked to."""
        self.assertFalse(self._terminated(-50))
        [activity] = self.contract.activity_ids
        self.assertEqual(activity.user_id, self.finance)
        self.assertIn("50.00", activity.summary)

    def test_outlives_the_contract(self):
        """An instalment that is marked to stay when the contract is terminated stays; those beside it are worth what was paid of them."""
        contract = self._contract(total=1000, step_ids=[
            Command.create({'name': "All", 'kind': 'collect', 'amount': 1000, 'date_due': '2026-07-01'}),
            Command.create({'name': "Fee", 'kind': 'collect', 'amount': 100, 'date_due': '2026-07-01', 'is_settlement': True})])
        self._advance(contract, 'executing')
        self._advance_payment(contract, 250)
        contract.action_terminate("Given up")
        rest, fee = contract.step_ids
        self.assertRecordValues(rest + fee, [{'state': 'done', 'amount': 250}, {'state': 'ready', 'amount': 100}])
        self._advance_payment(contract, 100, '2026-06-15')
        self.env['crm.contract']._refresh(contract)
        self.assertRecordValues(fee, [{'state': 'done', 'done_amount': 100}])

    def test_without_odoo_invoices(self):
        contract = self._contract(total=100, state='executing', is_manual=True)
        step, = self._steps(contract, [{'kind': 'collect', 'amount': 100, 'date_due': '2026-06-20'}])
        contract.action_terminate("Given up", 30)
        claim = contract.step_ids - step
        self.assertEqual((step.state, claim.can_confirm), ('void', True))
        claim.action_done()
        self.assertRecordValues(claim, [{'state': 'done', 'done_amount': 30}])
        claim.action_withdraw()
        self.assertEqual(claim.state, 'ready')

    def test_bad_day(self):
        with self.assertRaisesRegex(UserError, "cannot be due before"), self.env.cr.savepoint():
            self._terminated(300, '2026-06-14')
        contract = self._contract(total=100, state='executing')
        self.env['crm.contract.decision'].with_user(self.manager).with_company(self.company).create({
            'contract_ids': contract.ids, 'decision': 'terminate', 'reason': "Over", 'settlement_amount': 20,
            'settlement_due': '2026-06-30'}).action_apply()
        self.assertRecordValues(contract, [{'state': 'terminated', 'settlement_due': date(2026, 6, 30)}])
        self.assertEqual(contract.step_ids.date_due, date(2026, 6, 30))
