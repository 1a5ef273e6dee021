from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """What customers promised and did not keep, and what they objected to."""
    _inherit = 'crm.metric'

    def _metric_broken_promises(self, scope):
        """Promises to pay whose day lies in the window and that were not kept."""
        fact = Fact('payment_promise', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, promise.date, promise.state
                 FROM crm_payment_promise AS promise JOIN res_partner AS partner ON partner.id = promise.partner_id
                WHERE promise.company_id = %s""", scope.company.id))
        return Measure(fact, fact.count(self._window(scope.date), SQL("fact.state = 'broken'")))

    def _metric_disputes(self, scope):
        """Objections raised in the window."""
        fact = Fact('payment_dispute', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, dispute.date
                 FROM crm_payment_dispute AS dispute JOIN res_partner AS partner ON partner.id = dispute.partner_id
                WHERE dispute.company_id = %s""", scope.company.id))
        return Measure(fact, fact.count(self._window(scope.date)))
