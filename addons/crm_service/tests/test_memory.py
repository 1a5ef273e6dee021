from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestMemory(ServiceCommon):
    """What is told of the customer beside a ticket, to whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._ticket(date_opened='2026-06-15 11:00:00')
        cls.order = cls._orders([(cls.person, '2026-06-01', 100)])
        cls.invoice = cls._invoices([(cls.customer, '2026-06-02', 100)])
        cls.earlier = cls._ticket('solved', date_opened='2026-06-14 22:30:00', user_id=cls.agent2.id, title="Earlier")
        cls._ticket(partner_id=cls.person2.id)
        cls._ticket(company=cls.company_usd)
        cls._ticket('cancelled')

    def _memory(self, user=None, ticket=None):
        return self._by(ticket or self.ticket, user).get_memory()

    def _keys(self, memory):
        return [section['key'] for section in memory['sections']]

    def test_agent_without_rights_to_sales(self):
        memory = self._memory()
        self.assertEqual((memory['state'], memory['partner']['name'], memory['salesperson']['name']), ('known', "Customer 1", "Rep"))
        self.assertEqual((memory['grade'], memory['lifecycle']), (False, False))
        self.assertFalse({'orders', 'money'} & set(self._keys(memory)))
        self.assertEqual(memory['tickets']['count'], 1)
        self.assertEqual(
            {key: memory['tickets']['items'][0][key] for key in ('id', 'title', 'state', 'state_label', 'who', 'date')},
            {'id': self.earlier.id, 'title': "Earlier", 'state': 'solved', 'state_label': "Solved", 'who': "Agent2",
             'date': '2026-06-15'})   # in Brussels the new day has begun

    def test_with_rights_to_sales_and_amounts(self):
        profile = self._profiles(self.customer)
        grade = self.env['crm.grade'].search([('company_id', '=', self.company.id)], limit=1) or self.env['crm.grade'].create(
            {'name': "A", 'company_id': self.company.id})
        profile.grade_id = grade
        self.agent.group_ids += self.env.ref('sales_team.group_sale_salesman_all_leads')
        memory = self._memory()
        self.assertEqual(memory['grade']['name'], grade.name)
        self.assertIn('orders', self._keys(memory))
        orders = next(section for section in memory['sections'] if section['key'] == 'orders')
        self.assertEqual(
            [(item['title'], item['res_id'], item['amount']) for item in orders['items']], [(self.order.name, self.order.id, False)])
        self.agent.group_ids += self.env.ref('crm_grading.group_customer_amounts') + self.env.ref('account.group_account_invoice')
        memory = self._memory()
        orders = next(section for section in memory['sections'] if section['key'] == 'orders')
        self.assertEqual(orders['items'][0]['amount'], 100)
        overdue = next(tile for tile in memory['tiles'] if tile['key'] == 'overdue_invoices')
        self.assertEqual((overdue['value'], overdue['unit']), (100, 'monetary'))

    def test_promises(self):
        self.earlier._move('open')
        self.earlier.date_due = '2026-06-15 11:59:59'
        self.ticket.date_due = '2026-06-16 09:00:00'
        self.customer.activity_schedule('mail.mail_activity_data_todo', '2026-06-20', summary="Send the drawing", user_id=self.rep.id)
        promises = self._memory()['promises']
        self.assertEqual(
            [(promise['text'], promise['date'], promise['who'], promise['late']) for promise in promises],
            [(self.earlier.display_name, '2026-06-15', "Agent2", True), (self.ticket.display_name, '2026-06-16', False, False),
             ("Send the drawing", '2026-06-20', "Rep", False)])
        with freeze_time('2026-06-15 11:59:59'):
            self.assertFalse(self._memory()['promises'][0]['late'])

    def test_somebody_unknown(self):
        self.assertEqual(self._memory(ticket=self._ticket(partner_id=False)), {'state': 'unknown'})

    def test_denied(self):
        for user in (self.agent3, self.rep2, self.employee, self.agent_usd):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._memory(user)
        self.assertEqual(self._memory(self.rep)['tickets']['count'], 1)   # the salesperson, too

    def test_cost_does_not_grow(self):
        self.agent.group_ids += self.env.ref('sales_team.group_sale_manager')
        self._memory()
        counts = []
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self._memory()
            counts.append(self.cr.sql_log_count - start)
            self._tickets(20)
            self._orders([(self.person, '2026-06-03', 5)] * 20)
            self._invoices([(self.customer, '2026-06-03', 5)] * 10)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)
        self.assertLess(counts[1], 140)
