from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_grading.tests.contract_points import OwnershipContractCase

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContractAccess(ContractCommon):
    """Who reads and writes which contract, denied paths too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, login='contract_portal', groups='base.group_portal', company_id=cls.company.id, company_ids=[
            Command.set(cls.company.ids)])
        cls.draft = cls._contract(total=100)
        cls.running = cls._contract(total=100, state='executing')
        for contract in (cls.draft, cls.running):
            cls.env['crm.contract.party'].create({'contract_id': contract.id, 'partner_id': cls.customer2.id})
            cls.env['crm.contract.document'].create({'contract_id': contract.id, 'name': "Plan.pdf", 'file': b'UERG'})
        cls.draft.share_ids = [Command.create({'user_id': cls.rep.id, 'percent': 100})]
        cls.env.flush_all()

    def _may(self, call, *args):
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                call(*args)
                self.env.flush_all()
        except AccessError:
            return False
        return True

    def test_read(self):
        cases = [  # draft, running
            (self.rep, True, True), (self.lead, True, True), (self.leads_all, True, True), (self.manager, True, True),
            (self.finance, True, True), (self.stocker, False, True), (self.rep2, False, False), (self.employee, False, False),
            (self.portal, False, False), (self.manager_usd, False, False)]
        for user, *expected in cases:
            with self.subTest(user=user.login):
                self.assertEqual(
                    [self._may(self._by(contract, user).read, ['title']) for contract in (self.draft, self.running)], expected)

    def test_read_parts(self):
        """Parties and papers are read by whoever reads the contract; the warehouse reads no papers."""
        cases = [(self.rep, True, True), (self.lead, True, True), (self.finance, True, True), (self.stocker, True, False),
                 (self.rep2, False, False), (self.employee, False, False), (self.portal, False, False), (self.manager_usd, False, False)]
        for user, *expected in cases:
            with self.subTest(user=user.login):
                self.assertEqual(
                    [self._may(self._by(records, user).read, ['note'])
                     for records in (self.running.party_ids, self.running.document_ids)], expected)

    def test_warehouse_and_money(self):
        """As with orders in Odoo, the warehouse sees what was sold for how much; never what it costs or earns, nor what others are owed."""
        order = self._order([(2, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self.env['crm.contract.step'].create({'contract_id': contract.id, 'name': "Pay", 'kind': 'collect', 'amount': 240})
        theirs = self._by(contract, self.stocker)
        self.assertEqual((theirs.amount_total, self._by(order, self.stocker).amount_total), (240, 240))
        self.assertFalse(theirs.step_ids, "Instalments are not the warehouse's")
        self.assertNotIn('credit_margin', theirs.fields_get())
        with self.assertRaises(AccessError):
            theirs.mapped('credit_margin')
        self.assertEqual(theirs.credited_amount, 0)
        for model in ('crm.contract.result', 'crm.contract.cash', 'crm.contract.sale', 'crm.contract.product', 'crm.contract.customer',
                      'crm.performance.entry', 'crm.performance.statement', 'crm.receivable', 'crm.cash.forecast', 'crm.collection.month',
                      'crm.credit.exposure', 'crm.credit.provision', 'crm.payment.promise', 'crm.payment.dispute', 'crm.dunning.letter'):
            with self.subTest(model=model):
                self.assertFalse(self._as(self.stocker)[model].has_access('read'))

    def test_write(self):
        cases = [(self.rep, True), (self.lead, True), (self.leads_all, True), (self.manager, True), (self.finance, True),
                 (self.stocker, False), (self.rep2, False), (self.employee, False), (self.portal, False), (self.manager_usd, False)]
        for user, allowed in cases:
            with self.subTest(user=user.login):
                self.assertEqual(self._may(self._by(self.draft, user).write, {'title': "Changed"}), allowed)

    def test_create_and_delete(self):
        vals = {'partner_id': self.customer.id, 'manual_total': 100}
        for user, allowed in ((self.rep, True), (self.rep2, True), (self.finance, False), (self.stocker, False), (self.employee, False)):
            with self.subTest(user=user.login):
                self.assertEqual(self._may(self._as(user)['crm.contract'].create, vals), allowed)
        self.assertFalse(self._may(self._as(self.rep2)['crm.contract'].create, {**vals, 'user_id': self.rep.id}))
        self.assertFalse(self._may(self._by(self.draft, self.rep2).unlink))
        self.assertTrue(self._may(self._by(self.draft).unlink))

    def test_shares_give_sight(self):
        """Who is credited with a contract reads it; nobody makes oneself a share."""
        contract = self._contract(total=100)
        self.assertFalse(self._may(self._as(self.rep2)['crm.contract.share'].create, {
            'contract_id': contract.id, 'user_id': self.rep2.id, 'percent': 100}))
        contract.share_ids = [Command.create({'user_id': user.id, 'percent': 50}) for user in (self.rep, self.rep2)]
        self.assertTrue(self._may(self._by(contract, self.rep2).read, ['title']))
        self.assertFalse(self._may(self._by(contract, self.rep2).write, {'user_id': self.rep2.id}))

    def test_steps(self):
        """Nobody takes part in a contract by making oneself responsible for a step of it."""
        vals = {'contract_id': self.running.id, 'name': "Mine", 'kind': 'task', 'user_id': self.rep2.id}
        self.assertFalse(self._may(self._as(self.rep2)['crm.contract.step'].create, vals))
        step = self.env['crm.contract.step'].create(vals)
        self.assertTrue(self._may(self._by(step, self.rep2).read, ['name']))
        self.assertFalse(self._may(self._by(step, self.rep2).unlink))

    def test_types(self):
        for user, allowed in ((self.manager, True), (self.rep, False), (self.finance, False), (self.stocker, False)):
            with self.subTest(user=user.login):
                self.assertEqual(self._may(self._as(user)['crm.contract.type'].create, {'name': "Own"}), allowed)

    def test_forms_open(self):
        """Each role reads what the form shows to it."""
        order = self._order(confirm=True)
        contract = self._contract(order, state='executing')
        view = self.env.ref('crm_contract_exec.crm_contract_view_form')
        for user in (self.rep, self.manager, self.finance, self.stocker):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                record = self._by(contract, user)
                arch = etree.fromstring(record.get_view(view.id, 'form')['arch'])
                record.read([node.get('name') for node in arch.iter('field') if not list(node.iterancestors('field'))])

    def test_counts(self):
        order = self._order(confirm=True)
        contract = self._contract(order, state='executing')
        order._create_invoices().action_post()
        self.env.invalidate_all()
        self.assertEqual((contract.order_count, contract.invoice_count, contract.transfer_count), (1, 1, 1))
        self.assertEqual(self._by(contract, self.stocker).transfer_count, 1)
        self.assertEqual(self._by(self.person).crm_contract_count, 2)
        self.assertEqual(self._by(self.customer, self.rep2).crm_contract_count, 0)
        for name in ('orders', 'invoices', 'transfers'):
            action = getattr(contract, f'action_open_{name}')()
            self.assertEqual(self.env[action['res_model']].search_count(action['domain']), 1)
        self.assertEqual(
            self.env['crm.contract'].search(self._by(self.person).action_crm_contracts()['domain']), self.draft | self.running | contract)

    def test_contracts_follow_their_customer(self):
        """A customer that becomes a contact of another takes its contracts along."""
        self.customer.parent_id = self.customer2
        self.customer.is_company = False
        self.assertEqual(self.draft.partner_id, self.customer2)


@tagged('post_install', '-at_install')
class TestContractOwnership(OwnershipContractCase, ContractCommon):
    """Contracts move with the customer's owner until they are closed."""
    ownership_keys = ['contract']

    def _own(self, key, partner, user):
        return self._contract(total=100, partner=partner, user_id=user.id, state='executing')

    def _close(self, key, records):
        records.action_complete()
