from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import GradingCommon
from odoo.addons.crm_grading.tests.contract import MetricContractCase
from odoo.addons.crm_grading.tests.contract_points import TimelineContractCase


def record(case, partner, company, day, **vals):
    return case.env['crm.churn.event']._record([{
        'name': "Deal", 'company_id': company.id, 'partner_id': partner.id, 'kind': 'opportunity', 'phase': 'sale', 'date': day,
        'amount': 100, **vals}])


@tagged('post_install', '-at_install')
class TestLossTimeline(TimelineContractCase, GradingCommon):
    """Losses on the timeline of a customer."""
    timeline_kinds = ('loss',)

    def _happen(self, kind, partner, company):
        return record(self, partner, company, self.TODAY)

    def test_told_once(self):
        """An opportunity lost at present is told by Odoo's own record of it; open again, by the loss that it was."""
        customer = self._customers(user_id=self.rep.id)
        lead = self.env['crm.lead'].create({
            'name': "Deal", 'type': 'opportunity', 'partner_id': customer.id, 'company_id': self.company.id,
            'user_id': False, 'team_id': False})

        def told():
            items = self._as(self.manager)['crm.timeline'].get_timeline(customer.id, kinds=['lost', 'loss'])['items']
            return [(item['kind'], item['title']) for item in items]
        lead.action_set_lost()
        self.assertEqual(told(), [('lost', "Deal")])
        lead.action_restore()
        self.assertEqual(told(), [('loss', "Deal")])


@tagged('post_install', '-at_install')
class TestLossMetrics(MetricContractCase, GradingCommon):
    """Losses as numbers of a customer."""
    metric_module = 'crm_churn'

    def _feed(self, partner, company, day):
        record(self, partner, company, day)

    def _contract_metrics(self, subject='customer'):
        """Of losses only: other areas of the addon try their own."""
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code in ('losses', 'days_since_loss'))

    def test_values(self):
        customer = self.contract_partners[0]
        for day in ('2025-05-31', '2025-06-01', '2026-05-20'):
            record(self, customer, self.company, day)
        values = self.env['crm.metric'].evaluate(['losses', 'days_since_loss'], date=self.DAY, company=self.company, partners=customer)
        self.assertEqual(values[customer.id], {'losses': 2, 'days_since_loss': 11})
