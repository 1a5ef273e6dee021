from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """What was lost with a customer: opportunities, contracts, the customer itself. What came back was lost all the same."""
    _inherit = 'crm.metric'

    def _fact_loss(self, scope):
        """Return the fact of losses."""
        return Fact('loss', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, event.date, event.amount
                 FROM crm_churn_event AS event JOIN res_partner AS partner ON partner.id = event.partner_id
                WHERE event.company_id = %s AND event.date <= %s""", scope.company.id, scope.date))

    def _metric_loss_count(self, scope):
        """Number of losses."""
        fact = self._fact_loss(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_loss_recency(self, scope):
        """Days since the last loss; 0 on the day itself."""
        fact = self._fact_loss(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date))))
