"""A care plan plans a call; where visits are recorded, the call that was made is a visit."""
from odoo.tests import tagged

from odoo.addons.crm_service.tests.common import ServiceCommon


@tagged('post_install', '-at_install')
class TestServiceCareVisit(ServiceCommon):

    def test_call_of_a_plan_becomes_a_visit(self):
        self._profiles(self.customer)
        self._orders([(self.customer, '2026-06-08', 100)])
        plan = self.env['crm.care.plan'].create({
            'name': "How it runs", 'company_id': self.company.id, 'trigger': 'order', 'offset_days': 7, 'action': 'activity',
            'activity_type_id': self.env.ref('mail.mail_activity_data_call').id, 'summary': "Ask how it runs", 'date_from': '2026-06-01'})
        plan._propose()._give()
        activity = self.customer.activity_ids
        self.assertEqual((activity.user_id, activity.summary, str(activity.date_deadline)), (self.rep, "Ask how it runs", '2026-06-15'))
        visits = self.env['crm.visit'].search([('partner_id', '=', self.customer.id)])
        self._by(activity, self.rep).action_feedback(feedback="It runs well")
        visit = self.env['crm.visit'].search([('partner_id', '=', self.customer.id)]) - visits
        self.assertEqual(
            (visit.state, visit.mode, visit.user_id, visit.note, str(visit.date)),
            ('done', 'phone', self.rep, "It runs well", '2026-06-15'))
