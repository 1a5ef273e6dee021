from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContract(ContractCommon):

    def test_amounts_of_orders(self):
        contract = self._contract(self._order([(10, 100)]), state='executing')
        self.assertEqual((contract.amount_untaxed, contract.amount_total, contract.state), (1000, 1200, 'executing'))

    def test_order_of_transitions(self):
        contract = self._contract(total=100)
        with self.assertRaises(UserError):
            contract.action_sign()
        self.assertEqual(contract.state, 'draft')

    def test_facts(self):
        self._stock(10)
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self._deliver(order, 4, '2026-06-10')
        invoice = order._create_invoices()
        invoice.invoice_date = '2026-06-11'
        invoice.action_post()
        self._pay([(invoice, '2026-06-12', 300)])
        self.env.flush_all()
        facts = {
            name: self.env.execute_query_dict(getattr(self.env['crm.contract'], f'_{name}_sql')())
            for name in ('delivered', 'invoiced', 'collected')}
        self.assertEqual([(row['contract_id'], row['quantity']) for row in facts['delivered']], [(contract.id, 4)])
        self.assertEqual([(row['amount'], row['untaxed']) for row in facts['invoiced']], [(1200, 1000)])
        self.assertEqual([row['amount'] for row in facts['collected']], [300])
