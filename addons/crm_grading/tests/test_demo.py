import doctest
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.crm_grading.demo import cast, crm_grading_demo, people, shop

FEW = ('vandijk', 'stahlbau', 'suzhou', 'staal', 'molen', 'polska', 'zuivel', 'ziegelei', 'robotik', 'batterie')


@tagged('post_install', '-at_install')
class TestDemo(TransactionCase):
    """The demo company can be made, and its pages are full; with a few of its customers, for the sake of time."""

    def test_few_customers(self):
        few = tuple(customer for customer in cast.CAST if customer.key in FEW)
        with (patch.object(crm_grading_demo, 'CAST', few), patch.object(crm_grading_demo, 'CAST_USD', cast.CAST_USD[-2:]),
              patch.object(crm_grading_demo, 'SHOP', shop.SHOP[:4])):
            for name in ('crm_grading_demo.xml', 'product.product.csv', 'crm_grading_history.xml'):
                convert_file(self.env, 'crm_grading', f'demo/{name}', {}, mode='init', noupdate=True)
        company, company_usd = self.env.ref('crm_grading.demo_company'), self.env.ref('crm_grading.demo_company_usd')
        self.assertEqual((company.currency_id.name, company_usd.currency_id.name), ('EUR', 'USD'))
        self._check_business(company, len(few) + 4)
        self._check_shop(shop.SHOP[:4])
        self._check_judgement(company)
        self.assertTrue(self.env['crm.customer'].search([('company_id', '=', company_usd.id), ('grade_id', '!=', False)]))

    def _check_business(self, company, customers):
        def count(model, *domain):
            return self.env[model].search_count([('company_id', '=', company.id), *domain])

        profiles = self.env['crm.customer'].search([('company_id', '=', company.id)])
        ours = profiles.filtered(lambda profile: profile.partner_id.company_id == company)
        self.assertEqual(len(ours), customers)
        self.assertGreater(count('account.move', ('move_type', '=', 'out_invoice'), ('state', '=', 'posted')), 50)
        self.assertEqual(count('account.move', ('state', '=', 'draft')), 0)
        for model in ('account.payment', 'sale.order', 'crm.lead', 'crm.interest', 'crm.segment', 'crm.lifecycle.history'):
            self.assertTrue(count(model), model)
        paid = self.env['account.move'].search([('company_id', '=', company.id), ('move_type', '=', 'out_invoice')], order='date', limit=20)
        self.assertEqual(set(paid.mapped('payment_state')), {'paid'}, "The oldest invoices are settled.")

    def _check_shop(self, few):
        seller, today = self.env.ref('crm_grading.demo_user_shop'), self.env.ref('crm_grading.demo_company')._crm_today()
        for customer in few:
            partner = self.env.ref(f'crm_grading.demo_customer_{customer.key}')
            invoices = self.env['account.move'].search([('partner_id', '=', partner.id)], order='invoice_date')
            self.assertEqual(invoices.mapped('invoice_date'), [order.day for order in shop.orders(customer, today)], customer.name)
            self.assertEqual((partner.user_id, partner.category_id), (seller, self.env.ref('crm_grading.demo_tag_shop')))
            self.assertEqual(invoices.team_id, self.env.ref('crm_grading.demo_team_shop'))
            paid = invoices.filtered(lambda invoice: invoice.invoice_date < today - timedelta(days=7))
            self.assertEqual(set(paid.mapped('payment_state')), {'paid'} if paid else set())

    def _check_judgement(self, company):
        runs = self.env['crm.grading.run'].search([('company_id', '=', company.id)])
        self.assertEqual((len(runs), set(runs.mapped('state'))), (13, {'done'}))
        methods = self.env['crm.grading.scheme'].search([('company_id', '=', company.id), ('state', '=', 'active')]).mapped('method')
        self.assertEqual(set(methods), {'weighted', 'rfm', 'pareto', 'matrix'})
        verdicts = self.env['crm.grade.verdict'].search([('company_id', '=', company.id)])
        self.assertIn('too_new', verdicts.mapped('status'))
        self.assertEqual(verdicts.filtered('override_grade_id').partner_id, self.env.ref('crm_grading.demo_customer_molen'))
        effects = self.env['crm.grade.policy.effect'].search([('company_id', '=', company.id)])
        self.assertLessEqual({'applied', 'exception'}, set(effects.mapped('state')))

    def test_doctests(self):
        for module in (cast, people, shop):
            self.assertEqual(doctest.testmod(module).failed, 0)
