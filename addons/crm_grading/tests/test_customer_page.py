import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import json_default

from .common import GradingCommon

AMOUNT = 4321


@tagged('post_install', '-at_install')
class TestCustomerPage(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._customers(2)
        cls.customer.user_id, cls.other.user_id = cls.rep, cls.rep2
        cls.person = cls.env['res.partner'].create({
            'name': "Anna", 'parent_id': cls.customer.id, 'function': "Owner", 'email': 'anna@example.com'})
        cls.grades = cls.env['crm.grade'].create([
            {'name': name, 'sequence': sequence, 'company_id': cls.company.id, 'strategy': 'keep'}
            for sequence, name in enumerate("AB")])
        revenue = cls.env.ref('crm_grading.crm_metric_revenue')
        cls.scheme = cls.env['crm.grading.scheme'].create({
            'name': "Value", 'company_id': cls.company.id, 'is_leading': True, 'state': 'active',
            'dimension_ids': [(0, 0, {'metric_id': revenue.id, 'scoring': 'linear', 'low_value': 0, 'high_value': 10000})],
            'band_ids': [(0, 0, {'grade_id': grade.id, 'threshold': threshold}) for grade, threshold in zip(cls.grades, (80, 0))]})
        cls._invoices([(cls.customer, '2026-06-01', AMOUNT), (cls.other, '2026-06-02', 9999)])

    def _run(self):
        self.env['crm.grading.run']._run(self.company)

    def _page(self, user=None, partner=None, company=None):
        return self._as(user or self.manager, company)['crm.customer'].get_page((partner or self.customer).id)

    def test_before_the_first_run(self):
        """Without a profile the page says so and shows what is known already."""
        page = self._page()
        self.assertEqual((page['state'], page['may_grade']), ('none', True))
        self.assertNotIn('grade', page)
        self.assertEqual([person['name'] for person in page['contacts']], ["Anna"])
        self.assertFalse(self._page(self.rep)['may_grade'])

    def test_grade_now(self):
        self._as(self.manager)['crm.customer'].action_grade_now(self.person.id)
        page = self._page()
        self.assertEqual((page['state'], page['grade']['name']), ('profile', "B"))
        self.assertEqual(self._page(partner=self.other)['state'], 'none', "Only this customer.")

    def test_grade_now_refused(self):
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.customer'].action_grade_now(self.customer.id)
        with self.assertRaisesRegex(UserError, "not graded"):
            self._as(self.manager)['crm.customer'].action_grade_now(self.employee.partner_id.id)

    def test_page(self):
        """Grade with explanation and history, life cycle, figures: everything of the customer in this company."""
        self._run()
        page = self._page(partner=self.person)
        json.dumps(page, default=json_default)
        self.assertEqual(page['partner']['id'], self.customer.id)
        self.assertEqual((page['grade']['name'], page['grade']['score'], page['grade']['move']), ("B", 43.21, 'new'))
        self.assertEqual(page['verdicts'][0]['why']['scheme'], "Value")
        self.assertTrue(page['verdicts'][0]['is_leading'])
        self.assertEqual([change['name'] for change in page['history']], ["B"])
        self.assertEqual([grade['name'] for grade in page['grades']], ["A", "B"])
        self.assertTrue(page['lifecycle']['name'])
        self.assertIn(page['lifecycle']['id'], [state['id'] for state in page['lifecycle']['states']])
        figures = {metric['code']: metric for metric in page['metrics']}
        self.assertEqual((figures['revenue']['value'], figures['revenue']['unit']), (AMOUNT, 'monetary'))

    def test_days_since_are_counted_today(self):
        """A profile keeps the day of the last purchase; the page counts the days to today."""
        self._run()
        [figure] = [metric for metric in self._page()['metrics'] if metric['date']][:1]
        self.assertEqual((figure['value'], figure['unit'], figure['date']), (14, 'day', '2026-06-01'))

    def test_no_amount_leaks(self):
        """A salesperson without amounts sees grade and explanation of the own customer, and no restricted figure anywhere."""
        self._run()
        manager, rep = (
            json.dumps(page, default=json_default) for page in (self._page(), self._page(self.rep)))
        for digits in (str(AMOUNT), "4,321", "4.321"):
            self.assertNotIn(digits, rep.replace('43.21', ''))
        self.assertIn(str(AMOUNT), manager)
        page = self._page(self.rep)
        self.assertEqual(page['grade']['name'], "B")
        self.assertNotIn('monetary', {metric['unit'] for metric in page['metrics']})
        timeline = json.dumps(self._as(self.rep)['crm.timeline'].get_timeline(self.customer.id))
        self.assertNotIn(str(AMOUNT), timeline)

    def test_somebody_elses_customer(self):
        """Another's customer: nothing is told but who looks after it."""
        self._run()
        told = {key: value for key, value in self._page(self.rep, self.other).items() if not key.startswith('may_')}
        self.assertEqual(told, {
            'state': 'hidden', 'partner': {'id': self.other.id, 'name': self.other.display_name},
            'salesperson': {'id': self.rep2.id, 'name': "Rep2"}})
        self.assertFalse(self._page(self.rep, self.other)['may_grade'])
        self.assertEqual(self._page(self.lead)['state'], 'profile', "Who leads the team sees its customers.")
        self.assertEqual(self._page(self.lead, self.other)['state'], 'hidden')

    def test_other_company(self):
        """In another company the customer has not been measured."""
        self._run()
        self.assertEqual(self._page(company=self.company_usd)['state'], 'none')

    def test_finance_and_employee(self):
        self._run()
        self.assertEqual(self._page(self.finance)['grade']['name'], "B")
        self.assertFalse(self._page(self.finance)['interests'])
        self.assertEqual(self._page(self.employee)['state'], 'hidden')

    def test_next_steps(self):
        """What is planned on the customer and on its documents, the most urgent first; overdue from the day after."""
        order = self._orders([(self.person, '2026-06-01', 10)], state='sent')
        order.user_id = self.rep
        for record, day in ((self.customer, '2026-06-15'), (order, '2026-06-14')):
            record.activity_schedule('mail.mail_activity_data_call', date_deadline=day, user_id=self.rep.id)
        steps = self._page()['activities']
        self.assertEqual([(step['date'], step['overdue'], step['res_model']) for step in steps],
                         [('2026-06-14', True, 'sale.order'), ('2026-06-15', False, 'res.partner')])

    def test_interests(self):
        interest = self._as(self.rep)['crm.interest'].create({'partner_id': self.person.id, 'note': "Pump"})
        [shown] = self._page()['interests']
        self.assertEqual((shown['id'], shown['name'], shown['contact']), (interest.id, "Pump", "Anna"))

    def test_several_schemes(self):
        """The leading verdict comes first, the others after it."""
        self.scheme.copy({'name': "Credit", 'is_leading': False, 'state': 'active', 'sequence': 1})
        self._run()
        self.assertEqual([verdict['why']['scheme'] for verdict in self._page()['verdicts']], ["Value", "Credit"])

    def test_queries(self):
        """The page costs the same for a small and for a big customer."""
        self._run()
        counts = []
        for number in (1, 12):
            self.env['res.partner'].create([
                {'name': f"Person {index}", 'parent_id': self.customer.id} for index in range(number)])
            self._orders([(self.customer, '2026-06-01', 10)] * number, state='sent')
            self.env['crm.interest'].create([
                {'partner_id': self.customer.id, 'note': "Pump", 'company_id': self.company.id} for _index in range(number)])
            self._page()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_actions(self):
        self._run()
        profile = self.env['crm.customer'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual(profile.action_open_partner()['res_id'], self.customer.id)
        self.assertEqual(self.person.action_crm_open_customer()['res_id'], profile.id)
