from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.crm_grading.demo import cast, crm_grading_demo
from odoo.addons.crm_grading.tests.test_demo import FEW
from odoo.addons.crm_service.demo import desk, requests


@tagged('post_install', '-at_install')
class TestServiceDemo(TransactionCase):
    """The demo company has a past of tickets, a queue of today, promises kept and broken, and customers who said what they think."""

    def test_few_customers(self):
        few = tuple(customer for customer in cast.CAST if customer.key in {*FEW, *(request.customer for request in requests.TODAY)})
        with (patch.object(crm_grading_demo, 'CAST', few), patch.object(crm_grading_demo, 'CAST_USD', ()),
              patch.object(crm_grading_demo, 'SHOP', ()), patch.object(cast, 'MONTHS', 4), patch.object(desk, 'WEEKS', 6)):
            for name in ('crm_grading_demo.xml', 'product.product.csv', 'crm_grading_history.xml'):
                convert_file(self.env, 'crm_grading', f'demo/{name}', {}, mode='init', noupdate=True)
            convert_file(self.env, 'crm_service', 'demo/crm_service_demo.xml', {}, mode='init', noupdate=True)
        self.company = self.env.ref('crm_grading.demo_company')
        tickets = self._found('crm.ticket')
        self.assertEqual(len(tickets), 6 * desk.PER_WEEK + len(requests.TODAY))
        self.assertLessEqual({'new', 'open', 'waiting', 'solved', 'closed'}, set(tickets.mapped('state')))
        self.assertLess(min(tickets.mapped('date_opened')), max(tickets.mapped('date_opened')))
        self.assertLessEqual({'met', 'missed'}, set(self._found('crm.ticket.sla').mapped('state')))
        self.assertTrue(self._found('crm.ticket.feedback', ('date_answered', '!=', False)))
        self.assertGreaterEqual(self.env['crm.faq.article'].search_count([('state', '=', 'published')]), len(requests.ARTICLES))
        self.assertTrue(self._found('crm.care.contact'))
        self.assertFalse(self.env['mail.mail'].search([('model', '=', 'crm.ticket')]))
        self.assertEqual(set(self._found('crm.ticket.notice').mapped('state')), {'sent'}, "No customer of the demo is written to.")
        self.assertEqual(len(self._found('crm.mail.aside')), len(requests.ASIDE))

    def _found(self, model, *domain):
        return self.env[model].with_context(allowed_company_ids=self.company.ids).search([('company_id', '=', self.company.id), *domain])
