import doctest
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.crm_grading.demo import cast, crm_grading_demo
from odoo.addons.crm_grading.tests.test_demo import FEW
from odoo.addons.crm_visit_quota.demo import diary

MORE = ('vandijk', 'solventum', 'bouwgroep', 'agrar', 'brasserie', 'haitian', 'shenyang', 'qingdao', 'hangzhou', 'wuxi', 'nordwind',
        'glas', 'kabel', 'muehle')


@tagged('post_install', '-at_install')
class TestVisitDemo(TransactionCase):
    """The demo company's people have visits behind and ahead of them, and every page has something to show."""

    def test_few_customers(self):
        few = tuple(customer for customer in cast.CAST if customer.key in {*FEW, *MORE})
        with (patch.object(crm_grading_demo, 'CAST', few), patch.object(crm_grading_demo, 'CAST_USD', ()),
              patch.object(crm_grading_demo, 'SHOP', ()), patch.object(diary, 'DAYS_BACK', 60)):
            for name in ('crm_grading_demo.xml', 'product.product.csv', 'crm_grading_history.xml'):
                convert_file(self.env, 'crm_grading', f'demo/{name}', {}, mode='init', noupdate=True)
            convert_file(self.env, 'crm_visit_quota', 'demo/crm_visit_demo.xml', {}, mode='init', noupdate=True)
        self.company = self.env.ref('crm_grading.demo_company')
        self._check_visits()
        self._check_work()

    def _found(self, model, *domain):
        return self.env[model].with_context(allowed_company_ids=self.company.ids).search([('company_id', '=', self.company.id), *domain])

    def _check_visits(self):
        visits = self._found('crm.visit')
        self.assertLessEqual({'planned', 'done', 'missed', 'cancelled', 'rescheduled'}, set(visits.mapped('state')))
        for login in ('rep', 'rep2', 'lead'):
            mine = visits.filtered(lambda visit, login=login: visit.user_id == self.env.ref(f'crm_grading.demo_user_{login}'))
            self.assertGreater(len(mine.filtered(lambda visit: visit.state == 'done')), 10, login)
            self.assertTrue(mine.filtered(lambda visit: visit.date == self.company._crm_today()), login)
        planned = visits.filtered(lambda visit: visit.state == 'planned')
        self.assertEqual(planned.filtered('calendar_event_id'), planned, "What is planned stands in the calendar.")
        self.assertTrue(self._found('crm.customer', ('next_visit_date', '!=', False)))

    def _check_work(self):
        states = self._found('crm.visit.task').line_ids.mapped('state')
        self.assertLessEqual({'new', 'done', 'declined'}, set(states))
        self.assertTrue(self._found('crm.stakeholder'))
        results = self._found('crm.visit.quota.result', ('period', '=', 'month'))
        self.assertLessEqual({'open', 'closed'}, set(results.mapped('state')))
        self.assertEqual(self._found('crm.handover').mapped('state'), ['done'])
        self.assertTrue(self._found('crm.standin'))
        self.assertTrue(self._found('crm.assignment.rule'))

    def test_doctests(self):
        self.assertEqual(doctest.testmod(diary).failed, 0)
