from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContractApproval(ContractCommon):
    """``lead`` is asked from 1,000 EUR net or 15 % discount on, ``finance`` from 5,000 EUR on; whoever sells decides nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_lead, cls.of_finance = cls.env['crm.contract.approver'].create([
            {'type_id': cls.contract_type.id, 'user_id': cls.lead.id, 'from_amount': 1000, 'from_discount': 15, 'currency_id': cls.eur.id},
            {'type_id': cls.contract_type.id, 'user_id': cls.finance.id, 'from_amount': 5000, 'currency_id': cls.eur.id}])

    def _submitted(self, total, **vals):
        contract = self._contract(total=total, **vals)
        self._by(contract).action_submit()
        return contract

    def _open(self, contract):
        return contract.approval_ids.filtered(lambda approval: approval.state == 'open').user_id

    def test_thresholds(self):
        cases = [(999.99, self.env['res.users']), (1000, self.lead), (4999.99, self.lead), (5000, self.lead | self.finance)]
        for total, asked in cases:
            with self.subTest(total=total):
                contract = self._submitted(total)
                self.assertEqual((self._open(contract), contract.state), (asked, 'approval' if asked else 'approved'))

    def test_discount(self):
        """The discount field, a price below the list, and a price list that hides it: all the same."""
        self.goods.list_price = 400   # USD of the main company: 100 EUR
        for line, asked in (({'discount': 15}, True), ({'discount': 14.9}, False), ({'price_unit': 85}, True), ({'price_unit': 86}, False),
                            ({'price_unit': 80, 'technical_price_unit': 80}, True)):
            with self.subTest(line=line):
                order = self._order([(2, 100)])
                order.order_line.write(line)
                contract = self._contract(order)
                self._by(contract).action_submit()
                self.assertEqual(contract.state, 'approval' if asked else 'approved')

    def test_other_currency(self):
        """4,000 USD are 1,000 EUR."""
        self.assertEqual(self._submitted(3999, currency_id=self.usd.id).state, 'approved')
        self.assertEqual(self._submitted(4000, currency_id=self.usd.id).state, 'approval')

    def test_all_have_to(self):
        contract = self._submitted(5000)
        self._by(contract, self.lead).action_approve("Fine")
        self.assertEqual((contract.state, contract.approvals_left, self._open(contract)), ('approval', 1, self.finance))
        with self.assertRaises(AccessError):    # not twice
            self._by(contract, self.lead).action_approve()
        self._by(contract, self.finance).action_approve()
        self.assertEqual((contract.state, contract.approvals_left), ('approved', 0))
        self.assertEqual(
            [(item.user_id, item.state, item.decided_by_id, item.amount, item.note) for item in contract.approval_ids.sorted('id')],
            [(self.lead, 'approved', self.lead, 5000, "Fine"), (self.finance, 'approved', self.finance, 5000, False)])

    def test_others_may_not(self):
        contract = self._submitted(1000)
        for user in (self.rep, self.rep2, self.manager, self.finance, self.stocker, self.employee, self.manager_usd):
            with self.subTest(user=user.login):
                for call in (lambda item: item.action_approve(), lambda item: item.action_reject("No")):
                    with self.assertRaises(AccessError):
                        call(self._by(contract, user))
        self.assertEqual(contract.state, 'approval')

    def test_reject_and_again(self):
        contract = self._submitted(5000)
        self._by(contract, self.lead).action_approve()
        with self.assertRaises(UserError):
            self._by(contract, self.finance).action_reject()
        self._by(contract, self.finance).action_reject("Payment terms too long")
        self.assertEqual((contract.state, contract.state_reason, contract.approvals_left), ('draft', "Payment terms too long", 0))
        self._by(contract).action_submit()
        self.assertEqual((contract.state, self._open(contract)), ('approval', self.lead | self.finance))
        self.assertEqual(
            contract.approval_ids.sorted('id').mapped('state'), ['approved', 'rejected', 'open', 'open'])

    def test_reset_withdraws(self):
        contract = self._submitted(5000)
        self._by(contract).action_reset()
        self.assertEqual(contract.approval_ids.mapped('state'), ['withdrawn', 'withdrawn'])
        with self.assertRaises(UserError):
            self._by(contract, self.lead).action_approve()

    def test_four_eyes(self):
        """Who sells a contract does not approve it; without a delegate nobody could."""
        contract = self._contract(total=1000, user_id=self.lead.id)
        with self.assertRaises(UserError):
            self._by(contract, self.lead).action_submit()
        self.assertEqual(contract.state, 'draft')
        self.of_lead.delegate_id = self.rep2
        self._by(contract, self.lead).action_submit()
        with self.assertRaises(AccessError):
            self._by(contract, self.lead).action_approve()
        self._by(contract, self.rep2).action_approve()
        self.assertEqual((contract.state, contract.approval_ids.decided_by_id), ('approved', self.rep2))

    def test_delegate(self):
        """Before, on the first and last day, and after; the approver may decide all the while."""
        for since, until, allowed in (
                ('2026-06-16', '2026-06-20', False), ('2026-06-15', '2026-06-15', True), ('2026-06-01', '2026-06-14', False),
                (False, False, True)):
            with self.subTest(since=since, until=until):
                self.of_lead.write({'delegate_id': self.rep2.id, 'delegate_from': since, 'delegate_until': until})
                contract = self._submitted(1000)
                if allowed:
                    self._by(contract, self.rep2).action_approve()
                    self.assertEqual((contract.state, contract.approval_ids.decided_by_id), ('approved', self.rep2))
                else:
                    with self.assertRaises(AccessError):
                        self._by(contract, self.rep2).action_approve()
                    self._by(contract, self.lead).action_approve()

    def test_delegate_named_later(self):
        contract = self._submitted(1000)
        self._by(self.of_lead, self.lead).delegate_id = self.rep2
        self._by(contract, self.rep2).action_approve()
        self.assertEqual(contract.state, 'approved')

    def test_approvers_name_their_delegate_only(self):
        for user, vals in (
                (self.lead, {'from_amount': 0}), (self.lead, {'user_id': self.rep.id}), (self.rep2, {'delegate_id': self.rep2.id}),
                (self.rep, {'delegate_id': self.rep.id})):
            with self.subTest(user=user.login, vals=vals), self.assertRaises(AccessError):
                self._by(self.of_lead, user).write(vals)
        self._by(self.of_lead, self.manager).from_amount = 2000
        with self.assertRaises(AccessError):
            self._as(self.lead)['crm.contract.approver'].create({'type_id': self.contract_type.id, 'user_id': self.lead.id})

    def test_bad_approvers(self):
        for vals in ({'delegate_id': self.lead.id}, {'delegate_id': self.stocker.id}, {'user_id': self.employee.id},
                     {'delegate_id': self.rep2.id, 'delegate_from': '2026-06-20', 'delegate_until': '2026-06-19'}):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.of_lead.write(vals)

    def test_activities(self):
        contract = self._submitted(5000)
        self.assertEqual(contract.activity_ids.user_id, self.lead | self.finance)
        self._by(contract, self.lead).action_approve()
        self.assertEqual(contract.activity_ids.user_id, self.finance)
        self._by(contract, self.finance).action_reject("No")
        self.assertFalse(contract.activity_ids)

    def test_search(self):
        contract, other = self._submitted(1000), self._submitted(5000)
        domain = [('is_mine_to_approve', '=', True)]
        contracts = self.env['crm.contract']
        self.assertEqual(self._as(self.lead)['crm.contract'].search(domain).sudo(), (contract | other).sorted('id', reverse=True))
        self.assertEqual(self._as(self.finance)['crm.contract'].search(domain), other)
        self.assertEqual(self._as(self.rep)['crm.contract'].search(domain), contracts)
        self.assertTrue(self._by(contract, self.lead).is_mine_to_approve)
        self.assertFalse(self._by(contract).is_mine_to_approve)

    def test_who_is_asked_reads(self):
        """An approver of another team reads the contract while it is asked for, and changes nothing about it."""
        self.of_lead.user_id = self.rep2
        contract = self._contract(total=1000, clauses="<p>Secret</p>")
        with self.assertRaises(AccessError):
            self._by(contract, self.rep2).read(['clauses'])
        self._by(contract).action_submit()
        self.assertEqual(self._by(contract, self.rep2).clauses, "<p>Secret</p>")
        with self.assertRaises(AccessError):
            self._by(contract, self.rep2).write({'user_id': self.rep2.id})
        self._by(contract, self.rep2).action_approve()
        self.assertEqual(contract.state, 'approved')

    def test_other_company(self):
        """Approvers of one company are not asked by another: there nobody is named."""
        self.contract_type.approver_ids.company_id = self.company_usd
        for is_free, state in ((True, 'approved'), (False, 'approval')):
            with self.subTest(is_free=is_free):
                self.contract_type.is_free = is_free
                self.assertEqual(self._submitted(1000).state, state)

    def test_nobody_named(self):
        """One of the managers of the company decides, and no other; only what asks for no approval passes at once."""
        self.contract_type.approver_ids.unlink()
        other = new_test_user(
            self.env, login='other_manager', groups='sales_team.group_sale_manager', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        self.assertEqual(self._submitted(1).state, 'approved')
        self.contract_type.is_free = False
        contract = self._submitted(1)
        self.assertRecordValues(contract, [{'state': 'approval', 'approvals_left': 1}])
        self.assertRecordValues(contract.approval_ids, [{'state': 'open', 'user_id': False, 'amount': 1, 'asked_name': "A sales manager"}])
        self.assertLessEqual(self.manager | other, contract.activity_ids.user_id)
        self.assertFalse(contract.activity_ids.user_id & (self.rep | self.lead | self.finance | self.manager_usd))
        for user in (self.rep, self.rep2, self.lead, self.leads_all, self.finance, self.stocker, self.manager_usd):
            with self.subTest(user=user.login):
                for call in (lambda item: item.action_approve(), lambda item: item.action_reject("No")):
                    with self.assertRaises(AccessError):
                        call(self._by(contract, user))
        domain = [('is_mine_to_approve', '=', True)]
        self.assertEqual(self._as(self.manager, self.company)['crm.contract'].search(domain), contract)
        self.assertFalse(self._as(self.lead)['crm.contract'].search(domain))
        self._by(contract, other).action_approve("Fine")
        self.assertRecordValues(contract.approval_ids, [{'state': 'approved', 'decided_by_id': other.id, 'note': "Fine"}])
        self.assertEqual((contract.state, contract.activity_ids.ids), ('approved', []))
        with self.assertRaises(UserError):
            self._by(contract, self.manager).action_approve()

    def test_below_all_thresholds(self):
        """Where approvers are named their thresholds hold, whatever the type says about contracts without."""
        self.contract_type.is_free = False
        self.assertEqual([self._submitted(total).state for total in (999.99, 1000)], ['approved', 'approval'])

    def test_manager_sells(self):
        """A manager does not approve what is the own; where there is no other one, the way out is told."""
        self.contract_type.approver_ids.unlink()
        self.contract_type.is_free = False
        self.env.ref('sales_team.group_sale_manager').all_user_ids.filtered(
            lambda user: user != self.manager and self.company in user.company_ids).active = False
        contract = self._contract(total=100, user_id=self.manager.id)
        with self.assertRaises(UserError) as refused:
            self._by(contract, self.manager).action_submit()
        self.assertIn("Name approvers", str(refused.exception))
        self.assertEqual(contract.state, 'draft')
        contract.user_id = self.rep
        self._by(contract, self.rep).action_submit()
        self._by(contract, self.manager).action_reject("Too cheap")
        self.assertEqual((contract.state, contract.approval_ids.state), ('draft', 'rejected'))

    def test_approver_has_left(self):
        """A manager decides in the place of an approver whose account is archived, unless a delegate is there."""
        self.lead.active = False
        contract = self._submitted(5000)
        self.assertEqual((contract.approvals_left, set(contract.approval_ids.mapped('asked_name'))), (2, {"A sales manager", "Finance"}))
        self._by(contract, self.finance).action_approve()
        self._by(contract, self.manager).action_approve()
        self.assertEqual(contract.state, 'approved')
        self.of_lead.delegate_id = self.rep2
        self.assertEqual(self._open(self._submitted(1000)), self.lead)
