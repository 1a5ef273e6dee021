from datetime import datetime, time

from odoo.tests import tagged

from .common import GradingCommon
from .contract import MetricContractCase


@tagged('post_install', '-at_install')
class TestMetricContract(MetricContractCase, GradingCommon):
    """Every metric that crm_grading ships keeps the contract."""
    metric_module = 'crm_grading'
    company_neutral = frozenset({'completeness'})  # an address belongs to no company

    def setUp(self):
        super().setUp()
        self.unpaid = {}

    def _feed(self, partner, company, day):
        paid, late = self._invoices([(partner, day, 500), (partner, day, 90)], company=company, due=[day, day])
        self._refunds([(partner, day, 50)], company=company)
        earlier = self.unpaid.get((partner, company), late.browse())
        self._pay([(invoice, day, None) for invoice in paid + earlier])  # a payment must not rewrite the days before it
        self.unpaid[partner, company] = late
        self._orders([(partner, day, 700)], company=company)
        self._orders([(partner, day, 70)], company=company, state='draft')
        self._feed_pipeline(partner, company, day)

    def _feed_pipeline(self, partner, company, day):
        noon = datetime.combine(day, time(12))
        contact = self.env['res.partner'].create({
            'name': "Person", 'parent_id': partner.id, 'company_id': False, 'email': "person@example.com"})
        lead = self.env['crm.lead'].with_company(company).create({
            'name': "Chance", 'type': 'opportunity', 'partner_id': contact.id, 'company_id': company.id, 'team_id': False,
            'user_id': False, 'expected_revenue': 1000, 'probability': 30})
        planned = lead.activity_schedule('mail.mail_activity_data_todo', user_id=self.env.uid)
        contact.company_id = company
        self._backdate([contact, lead, planned], noon)
        message = lead.message_post(body="Hello", message_type='email', author_id=contact.id, subtype_xmlid='mail.mt_comment')
        message.date = noon

    def _backdate(self, records, moment):
        self.env.flush_all()
        for record in records:
            self.cr.execute(f"UPDATE {record._table} SET create_date = %s WHERE id = ANY(%s)", (moment, record.ids))
        self.env.invalidate_all()
