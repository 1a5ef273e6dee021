from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.crm_grading.tests.contract import MetricContractCase
from odoo.addons.crm_grading.tests.contract_points import TileContractCase, TimelineContractCase

from .performance_common import PerformanceCommon

OWN = {'contracted_value', 'executing_value', 'contract_collected', 'instalment_days_late', 'instalment_overdue', 'delivery_on_time'}


class ContractPointCase(PerformanceCommon):

    @classmethod
    def _signed_on(cls, day, partner=None, company=None, **vals):
        """Create a contract without Odoo's invoices that was signed on a day and is carried out."""
        user = cls.manager if company == cls.company_usd else cls.rep
        contract = cls._contract(**{
            'total': 1200, 'untaxed': 1000, 'partner': partner, 'company': company, 'is_manual': True, 'user_id': user.id, **vals})
        contract.write({'state': 'executing', 'date_signed': day})
        return contract

    @classmethod
    def _step(cls, contract, kind, due, done=None, **vals):
        return cls.env['crm.contract.step'].create({
            'name': f"Step {kind}", 'contract_id': contract.id, 'kind': kind, 'date_due': due,
            **({'date_confirmed': done, 'confirmed_amount': vals.get('amount', 0)} if done else {}), **vals})


@tagged('post_install', '-at_install')
class TestContractMetric(MetricContractCase, ContractPointCase):
    metric_module = 'crm_contract_exec'

    def _contract_metrics(self, subject='customer'):
        """Those of contracts and steps; other parts of the addon feed theirs in tests of their own."""
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code in OWN)

    def _feed(self, partner, company, day):
        contract = self._signed_on(day, partner, company)
        self._step(contract, 'collect', day - timedelta(days=3), day, amount=300)
        self._step(contract, 'collect', day, amount=900)
        self._step(contract, 'deliver', day, day)

    def test_values(self):
        contract = self._signed_on('2026-05-01')
        self._step(contract, 'collect', '2026-06-01', '2026-06-11', amount=300)
        self._step(contract, 'collect', '2026-06-05', '2026-06-01', amount=300)
        self._step(contract, 'collect', '2026-06-14', amount=400)
        self._step(contract, 'collect', '2026-06-15', amount=200)
        for due, done in (('2026-06-01', '2026-06-01'), ('2026-06-01', '2026-06-02'), ('2026-06-20', None)):
            self._step(contract, 'deliver', due, done)
        expected = {
            'contracted_value': 1000, 'executing_value': 1000, 'contract_collected': 50, 'instalment_days_late': 5,
            'instalment_overdue': 400, 'delivery_on_time': 50}
        for code, value in expected.items():
            with self.subTest(code):
                self.assertEqual(self._value(code, self.customer), value)

    def test_states(self):
        """A completed contract is contracted, not under way; a terminated one is neither; a draft is nothing."""
        contract = self._signed_on('2026-05-01')
        for state, expected in (('completed', (1000, 0)), ('terminated', (0, 0)), ('draft', (0, 0))):
            contract.state = state
            with self.subTest(state):
                self.assertEqual(
                    (self._value('contracted_value', self.customer), self._value('executing_value', self.customer)), expected)

    def test_window(self):
        """Twelve months on 15 June begin on 16 June of last year."""
        contract = self._signed_on('2025-06-15')
        self.assertEqual(self._value('contracted_value', self.customer), 0)
        contract.date_signed = '2025-06-16'
        self.assertEqual(self._value('contracted_value', self.customer), 1000)

    def test_collected_by_the_books(self):
        """Payments count from their own day on."""
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order)
        contract.write({'state': 'executing', 'date_signed': '2026-06-01'})
        invoice = self._invoice(order, '2026-06-01')
        self._pay([(invoice, '2026-06-10', 300)])
        self.assertEqual(self._value('contract_collected', self.customer, '2026-06-09'), 0)
        self.assertEqual(self._value('contract_collected', self.customer, '2026-06-10'), 25)

    def test_currency(self):
        """In the company's currency: 1 EUR is 4 USD since January."""
        self._signed_on('2026-05-01', currency_id=self.usd.id)
        self.assertEqual(self._value('contracted_value', self.customer), 250)

    def test_on_profile(self):
        """A run records the figures on the customer; amounts are for those who may see them."""
        self._signed_on('2026-05-01')
        profile = self._profiles(self.customer)
        self.env['crm.grading.run']._run(self.company, partners=self.customer)
        self.assertEqual((profile.contracted_value, profile.executing_value), (1000, 1000))
        self.assertNotIn('contracted_value', self._by(profile).fields_get())


@tagged('post_install', '-at_install')
class TestContractTimeline(TimelineContractCase, ContractPointCase):
    timeline_kinds = ('contract', 'contract_step')

    def _happen(self, kind, partner, company):
        contract = self._signed_on('2026-06-12', partner, company)
        return contract if kind == 'contract' else self._step(contract, 'deliver', '2026-06-12', '2026-06-13')

    def test_what_is_told(self):
        """What was signed and what was done; drafts and open steps have not happened."""
        contract = self._signed_on('2026-06-12', title="Pumps")
        self._contract(total=5)
        self._step(contract, 'deliver', '2026-06-20')
        [item] = self._timeline('contract', self.customer, user=self.rep)
        self.assertEqual((item['title'], item['text']), (contract.display_name, "Sales Contract"))
        self.assertFalse(self._timeline('contract_step', self.customer))


class PromiseCase(ContractPointCase):

    def _promise(self, partner, day, company=None, **vals):
        company = company or self.company
        return self.env['crm.payment.promise'].create({
            'partner_id': partner.id, 'company_id': company.id, 'amount': 100, 'date_given': day, 'date': day,
            'currency_id': company.currency_id.id, **vals})

    def _dispute(self, partner, day, company=None):
        invoice = self._invoices([(partner, day, 100)], company=company)
        return self.env['crm.payment.dispute'].create({
            'name': "Damaged", 'partner_id': partner.commercial_partner_id.id, 'company_id': invoice.company_id.id, 'move_id': invoice.id,
            'amount': 40, 'date': day})


@tagged('post_install', '-at_install')
class TestPromiseMetric(MetricContractCase, PromiseCase):
    metric_module = 'crm_contract_exec'

    def _contract_metrics(self, subject='customer'):
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code in ('broken_promises', 'disputes'))

    def _feed(self, partner, company, day):
        self._promise(partner, day, company).state = 'broken'
        self._dispute(partner, day, company)

    def test_values(self):
        """Kept and open promises are not broken ones; a settled dispute was one."""
        for state in ('kept', 'open', 'cancelled', 'broken'):
            self._promise(self.customer, '2026-06-01').state = state
        self._dispute(self.customer, '2026-06-01').state = 'settled'
        self.assertEqual((self._value('broken_promises', self.customer), self._value('disputes', self.customer)), (1, 1))
        self.assertEqual((self._value('broken_promises', self.customer2), self._value('disputes', self.customer2)), (0, 0))


@tagged('post_install', '-at_install')
class TestPromiseTimeline(TimelineContractCase, PromiseCase):
    timeline_kinds = ('promise', 'dispute')

    def _happen(self, kind, partner, company):
        return self._promise(partner, '2026-06-12', company) if kind == 'promise' else self._dispute(partner, '2026-06-12', company)


@tagged('post_install', '-at_install')
class TestContractTile(TileContractCase, ContractPointCase):
    tile_keys = {'contracts_running': 'overview', 'steps_overdue': 'overview', 'my_performance': 'overview'}

    def _fill(self, key, partner):
        if key == 'my_performance':
            if not self.env['crm.performance.rule'].search_count([('company_id', '=', self.company.id)]):
                self._rule(signed=100)
            for user in (self.manager, self.rep):
                self._signed_on(fields.Date.to_date('2026-06-02'), partner, user_id=user.id)._book_performance()
            return
        contract = self._signed_on('2026-06-01', partner)
        self._step(contract, 'deliver', '2026-06-14')
        self._step(contract, 'deliver', '2026-06-15')

    def test_customer(self):
        """On the customer page, those of the customer."""
        self._fill('steps_overdue', self.customer)
        self._fill('steps_overdue', self.customer2)
        tiles = {tile['key']: tile['value'] for tile in self._as(self.rep)['crm.tile'].get_tiles('customer', self.customer.id)}
        self.assertEqual((tiles['contracts_running'], tiles['steps_overdue']), (1, 1))
        self.assertNotIn('my_performance', tiles)
