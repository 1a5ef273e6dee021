from odoo.tests import tagged

from .common import GradingCommon
from .contract_points import OwnershipContractCase


@tagged('post_install', '-at_install')
class TestOwnershipContract(OwnershipContractCase, GradingCommon):
    ownership_keys = ('lead', 'quotation', 'activity')

    def _own(self, key, partner, user):
        if key == 'lead':
            return self.env['crm.lead'].create({
                'name': "Deal", 'type': 'opportunity', 'partner_id': partner.id, 'user_id': user.id, 'team_id': False,
                'company_id': self.company.id})
        if key == 'quotation':
            order = self._orders([(partner, '2026-06-01', 10)], state='sent')
            order.user_id = user
            return order
        return partner.activity_schedule('mail.mail_activity_data_call', summary="Call", user_id=user.id)

    def _close(self, key, record):
        if key == 'lead':
            record.action_set_won()
        elif key == 'quotation':
            record.action_cancel()
        else:
            record.action_feedback()

    def test_customer_itself(self):
        """The contacts that the owner looks after move, those with another salesperson stay."""
        customer = self._customers(user_id=self.rep.id)
        mine, other = self.env['res.partner'].create([
            {'name': "Mine", 'parent_id': customer.id, 'user_id': self.rep.id},
            {'name': "Other", 'parent_id': customer.id, 'user_id': self.rep2.id}])
        self.assertEqual(self._owned('customer', customer, self.rep), sorted((customer + mine).ids))
        self.assertEqual(self._owned('customer', customer, self.rep2), other.ids)

    def test_activity_on_a_lead(self):
        """Activities on whatever else moves, move along."""
        customer = self._customers()
        lead = self._own('lead', customer, self.rep)
        activity = lead.activity_schedule('mail.mail_activity_data_call', summary="Call", user_id=self.rep.id)
        self.assertEqual(self._owned('activity', customer, self.rep), activity.ids)

    def test_rights(self):
        """What the user may not read does not appear."""
        customer = self._customers()
        self._own('lead', customer, self.rep2)
        self.assertFalse(self._as(self.rep)['crm.ownership']._records(customer).get('lead'))
