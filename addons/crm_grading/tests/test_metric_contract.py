from odoo.tests import tagged

from .common import GradingCommon
from .contract import MetricContractCase


@tagged('post_install', '-at_install')
class TestMetricContract(MetricContractCase, GradingCommon):
    """Every metric that crm_grading ships keeps the contract."""
    metric_module = 'crm_grading'

    def _feed(self, partner, company, day):
        self._invoices([(partner, day, 500)], company=company)
        self._refunds([(partner, day, 50)], company=company)
        self._orders([(partner, day, 700)], company=company)
