from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import GradingCommon
from odoo.addons.crm_grading.tests.contract import MetricContractCase
from odoo.addons.crm_grading.tests.contract_points import OwnershipContractCase, TileContractCase, TimelineContractCase


def open_case(case, partner, company, **vals):
    return case.env['crm.churn.case'].create({
        'partner_id': partner.id, 'company_id': company.id, 'user_id': case.rep.id, **vals})


@tagged('post_install', '-at_install')
class TestCasePoints(TimelineContractCase, TileContractCase, GradingCommon):
    """Cases on the timeline and on tiles. A case that has ended does not keep another one from being opened."""
    timeline_kinds = ('win_back',)
    tile_keys = {'win_back': 'overview'}

    def _happen(self, kind, partner, company):
        case = open_case(self, partner, company)
        case._close('won_back')
        return case

    def _fill(self, key, partner):
        open_case(self, partner, self.company)


@tagged('post_install', '-at_install')
class TestCaseOwnership(OwnershipContractCase, GradingCommon):
    ownership_keys = ('win_back',)

    def _own(self, key, partner, user):
        """A customer has one open case: the second owner's is of another company."""
        company = self.company if user == self.rep else self.company_usd
        return open_case(self, partner, company, user_id=user.id)

    def _owned(self, key, partners, user=None):
        records = self.env(user=self.manager)['crm.ownership'].with_context(
            allowed_company_ids=(self.company + self.company_usd).ids)._records(partners, user)
        return records[key].ids if key in records else []

    def _close(self, key, record):
        record._close('won_back')


@tagged('post_install', '-at_install')
class TestCaseMetrics(MetricContractCase, GradingCommon):
    metric_module = 'crm_churn'

    def _feed(self, partner, company, day):
        case = open_case(self, partner, company, date_open=day)
        case._close('won_back')
        case.sudo().date_closed = day

    def _contract_metrics(self, subject='customer'):
        """Of win-backs only: other areas of the addon try their own."""
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code == 'win_backs')

    def test_values(self):
        customer = self.contract_partners[0]
        for day in ('2024-05-31', '2024-06-01', '2026-05-20'):
            self._feed(customer, self.company, day)
        self.assertEqual(self._value('win_backs', customer, date=self.DAY), 2)
