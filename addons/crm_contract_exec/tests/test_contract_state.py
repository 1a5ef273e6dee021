from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.contract_state import STATES, TRANSITIONS
from .common import ContractCommon

CALLS = {
    'submit': lambda contract: contract.action_submit(), 'approve': lambda contract: contract.action_approve(),
    'reject': lambda contract: contract.action_reject("No"), 'sign': lambda contract: contract.action_sign(),
    'start': lambda contract: contract.action_start(), 'suspend': lambda contract: contract.action_suspend("Strike"),
    'resume': lambda contract: contract.action_resume(), 'complete': lambda contract: contract.action_complete(),
    'terminate': lambda contract: contract.action_terminate("Insolvent"), 'cancel': lambda contract: contract.action_cancel("Lost"),
    'reset': lambda contract: contract.action_reset(),
}


@tagged('post_install', '-at_install')
class TestContractState(ContractCommon):

    def _in(self, state):
        contract = self._contract(total=100)
        contract.state = state
        return contract

    def test_every_transition_in_every_state(self):
        """What the decision table allows happens, everything else is refused and changes nothing."""
        for transition, (sources, result, _roles) in TRANSITIONS.items():
            for state, _label in STATES:
                with self.subTest(transition=transition, state=state):
                    contract = self._in(state)
                    if state in sources:
                        CALLS[transition](contract)
                        self.assertEqual(contract.state, 'approved' if transition == 'submit' else result)
                    else:
                        with self.assertRaises(UserError):
                            CALLS[transition](contract)
                        self.assertEqual(contract.state, state)

    def test_roles(self):
        """Who may do what; a representative with a foreign contract, nothing."""
        people = {'rep': self.rep, 'manager': self.manager, 'finance': self.finance}
        for transition, (sources, _result, roles) in TRANSITIONS.items():
            if transition in ('approve', 'reject'):
                continue
            for role, user in people.items():
                with self.subTest(transition=transition, role=role):
                    contract = self._in(min(sources))
                    if role in roles:
                        CALLS[transition](self._by(contract, user))
                    else:
                        with self.assertRaises(AccessError):
                            CALLS[transition](self._by(contract, user))
            for user in (self.rep2, self.stocker, self.employee, self.manager_usd):
                with self.subTest(transition=transition, user=user.login), self.assertRaises(AccessError):
                    CALLS[transition](self._by(self._in(min(sources)), user))

    def test_reasons(self):
        for transition, state in (('suspend', 'executing'), ('terminate', 'executing'), ('cancel', 'draft'), ('reject', 'approval')):
            with self.subTest(transition=transition):
                contract = self._in(state)
                with self.assertRaises(UserError):
                    getattr(contract, f'action_{transition}')("  ")
                self.assertEqual((contract.state, contract.state_reason), (state, False))
        contract = self._in('executing')
        contract.action_suspend("Strike at the port")
        self.assertEqual(contract.state_reason, "Strike at the port")
        self.assertIn("Strike at the port", contract.message_ids[:1].body)
        contract.action_resume()
        self.assertEqual((contract.state, contract.state_reason), ('executing', False))

    def test_hooks_run_once_on_all(self):
        contracts = self._contract(total=100) | self._contract(total=200)
        seen = []
        for name in ('sign', 'start', 'suspend', 'resume', 'terminate'):
            self.patch(type(contracts), f'_after_{name}', lambda records, name=name: seen.append((name, records)))
        contracts.action_submit()
        contracts.action_sign()
        contracts.action_start()
        contracts.action_suspend("x")
        contracts.action_resume()
        contracts.action_terminate("x")
        self.assertEqual(seen, [(name, contracts) for name in ('sign', 'start', 'suspend', 'resume', 'terminate')])

    def test_sign(self):
        contract = self._contract(total=100, state='approved', signatory_id=self.person.id)
        with self.assertRaises(UserError):
            contract.action_sign('2026-06-16')
        contract.action_sign('2026-06-15')
        self.assertEqual((str(contract.date_signed), contract.signed_by), ('2026-06-15', "Person"))

    def test_sign_today_of_the_company(self):
        """On the morning of the 16th in Brussels it is still the 15th in New York."""
        contract = self._contract(
            total=100, company=self.company_usd, state='approved', user_id=self.manager.id,
            partner=self._customers(1, company_id=False))
        with freeze_time('2026-06-16 03:30:00'):
            contract.action_sign()
        self.assertEqual(str(contract.date_signed), '2026-06-15')

    def test_proof_of_signature(self):
        self.contract_type.is_document_required = True
        contract, other = self._contract(total=100, state='approved'), self._contract(total=100, state='approved')
        with self.assertRaises(UserError):
            contract.action_sign()
        contract.document_ids = [Command.create({'name': "Scan.pdf", 'kind': 'signed', 'file': b'UERG'})]
        contract.action_sign()
        self.assertEqual(contract.state, 'signed')
        image = b'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
        wizard = self.env['crm.contract.sign'].create({'contract_id': other.id, 'signed_by': "Ms Person", 'signature': image})
        self.assertTrue(wizard.is_proof_required)
        wizard.action_apply()
        self.assertEqual((other.state, other.signed_by, bool(other.signature)), ('signed', "Ms Person", True))

    def test_proof_stays(self):
        contract = self._contract(total=100, state='approved')
        paper = self.env['crm.contract.document'].create({
            'contract_id': contract.id, 'name': "Scan.pdf", 'kind': 'signed', 'file': b'UERG'})
        contract.action_sign()
        for change in (paper.unlink, lambda: paper.write({'file': b'QUJD'})):
            with self.assertRaises(UserError):
                change()
        paper.note = "Original in the safe"

    def test_starts_at_once(self):
        self.contract_type.starts_at_once = True
        self.assertEqual(self._contract(total=100, state='signed').state, 'executing')

    def test_complete_waits_for_the_plan(self):
        contract = self._contract(total=100, state='executing')
        step = self.env['crm.contract.step'].create({'contract_id': contract.id, 'name': "Training", 'kind': 'task'})
        with self.assertRaisesRegex(UserError, "Training"):
            contract.action_complete()
        step.state = 'done'
        contract.action_complete()
        self.assertEqual((contract.state, contract.date_completed), ('completed', self.TODAY))

    def test_terminate(self):
        contract = self._contract(total=100, state='executing')
        for day in ('2026-06-16', '2026-06-14'):
            with self.assertRaises(UserError):
                contract.action_terminate("Insolvent", 20, day)
        self.env['crm.contract.decision'].create({
            'contract_ids': contract.ids, 'decision': 'terminate', 'reason': "Insolvent", 'settlement_amount': -20}).action_apply()
        self.assertEqual(
            (contract.state, contract.state_reason, contract.settlement_amount, contract.date_terminated),
            ('terminated', "Insolvent", -20, self.TODAY))

    def test_changed_orders_are_not_signed(self):
        order = self._order([(10, 100)])
        contract = self._contract(order, state='approved')
        order.order_line.price_unit = 90
        with self.assertRaises(UserError):
            contract.action_sign()
        contract.action_reset()
        contract.action_submit()
        contract.action_sign()
        self.assertEqual((contract.amount_untaxed, contract.amount_total), (900, 1080))
        order.order_line.price_unit = 80
        self.assertEqual((contract.amount_total, contract.order_difference), (1080, -120))
