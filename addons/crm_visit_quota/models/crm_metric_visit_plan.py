from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    def _metric_visits_behind(self, scope):
        """Visits that are missing by the plan; no value for customers without one.

        For a past day the visits made until then count, but the frequency that is in force today.
        """
        among = None if scope.subjects is None else SQL("customer.partner_id IN (%s)", scope.subjects)
        plan = self.env['crm.customer']._visit_plan_sql(scope.company, among, until=scope.date)
        fact = Fact('visit_plan', SQL(
            """SELECT plan.partner_id AS subject_id, %(today)s::date AS date,
                      CASE WHEN plan.days > 0 THEN GREATEST(0, CEIL((%(today)s::date - plan.due) / plan.days::float8)) END AS behind
                 FROM (%(plan)s) AS plan""", today=scope.date, plan=plan))
        return Measure(fact, SQL("MAX(fact.behind)"))
