from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.crm_contract_exec.demo import deals
from odoo.addons.crm_grading.demo import cast, crm_grading_demo
from odoo.addons.crm_grading.tests.test_demo import FEW


@tagged('post_install', '-at_install')
class TestContractDemo(TransactionCase):
    """The demo company has a contract in every state, and something to do about some of them."""

    def test_few_customers(self):
        few = tuple(customer for customer in cast.CAST if customer.key in {*FEW, *(deal.customer for deal in deals.DEALS)})
        with (patch.object(crm_grading_demo, 'CAST', few), patch.object(crm_grading_demo, 'CAST_USD', ()),
              patch.object(crm_grading_demo, 'SHOP', ()), patch.object(cast, 'MONTHS', 4)):   # of business besides the contracts
            for name in ('crm_grading_demo.xml', 'product.product.csv', 'crm_grading_history.xml'):
                convert_file(self.env, 'crm_grading', f'demo/{name}', {}, mode='init', noupdate=True)
            convert_file(self.env, 'crm_contract_exec', 'demo/crm_contract_demo.xml', {}, mode='init', noupdate=True)
        self.company = self.env.ref('crm_grading.demo_company')
        contracts = self._found('crm.contract')
        self.assertEqual(len(contracts), len(deals.DEALS))
        self.assertEqual(
            {'draft', 'approval', 'approved', 'executing', 'suspended', 'completed', 'terminated'}, set(contracts.mapped('state')))
        self._check_plans(contracts)
        self._check_work()

    def _found(self, model, *domain):
        return self.env[model].with_context(allowed_company_ids=self.company.ids).search([('company_id', '=', self.company.id), *domain])

    def _check_plans(self, contracts):
        done = contracts.filtered(lambda contract: contract.state == 'completed')
        self.assertEqual((done.delivered_percent, done.collected_percent), (100, 100))
        self.assertTrue(contracts.filtered('overdue_amount'))
        self.assertLessEqual({'wait', 'overdue', 'done', 'void'}, set(contracts.step_ids.mapped('state')))
        made = self._found('stock.picking').mapped('crm_step_id')
        self.assertEqual(set(made.mapped('kind')), {'deliver'})

    def _check_work(self):
        self.assertEqual(set(self._found('crm.payment.promise').mapped('state')), {'open', 'broken'})
        self.assertEqual(self._found('crm.payment.dispute').mapped('state'), ['open'])
        self.assertEqual(set(self._found('crm.dunning.run').mapped('state')), {'proposed', 'confirmed'})
        self.assertEqual(self._found('crm.credit.hold').mapped('state'), ['held'])
        self.assertEqual(self._found('crm.contract.amendment').mapped('state'), ['approved'])
        self.assertTrue(self._found('crm.performance.entry'))
        self.assertTrue(self._found('crm.collection.month', ('settled_amount', '>', 0)))
        self.assertTrue(self._found('crm.customer', ('credit_level', '!=', False)))
