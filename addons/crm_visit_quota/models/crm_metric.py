from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure

VISITED = SQL("EXISTS (SELECT FROM crm_visit WHERE crm_visit.activity_id = activity.id AND crm_visit.state = 'done')")
HELD = SQL("EXISTS (SELECT FROM crm_visit WHERE crm_visit.calendar_event_id = event.id AND crm_visit.state = 'done')")


class CrmMetric(models.Model):
    """Visits made, by the day on which they were made where their owner works; and visits as touches.

    A visit stands for its activity and its calendar event, so those are no touches of their own any more.
    """
    _inherit = 'crm.metric'

    def _fact_visit(self, scope):
        """Return the fact of visits made, with ``user_id`` and the ``mode`` of their kind."""
        made = self.env['crm.visit']._done_sql(scope.company, SQL("visit.date <= %s", scope.date))
        return Fact('visit', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, made.date, made.user_id, kind.mode
                 FROM (%s) AS made
                 JOIN res_partner partner ON partner.id = made.partner_id
                 JOIN crm_visit_kind kind ON kind.id = made.kind_id""", made))

    def _metric_visit_count(self, scope):
        """Number of visits made."""
        fact = self._fact_visit(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_visit_visitors(self, scope):
        """Number of different people of ours who made visits."""
        fact = self._fact_visit(scope)
        return Measure(fact, SQL("NULLIF(%s, 0)", fact.aggregate(SQL("COUNT(DISTINCT fact.user_id)"), self._window(scope.date))))

    def _metric_visit_recency(self, scope):
        """Days since the last visit; 0 on the day itself."""
        fact = self._fact_visit(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date))))

    def _metric_visit_onsite(self, scope):
        """Number of visits at the customer's."""
        return self._visits_by(scope, 'onsite')

    def _metric_visit_phone(self, scope):
        """Number of visits by phone."""
        return self._visits_by(scope, 'phone')

    def _metric_visit_online(self, scope):
        """Number of online meetings."""
        return self._visits_by(scope, 'online')

    def _metric_visit_hosted(self, scope):
        """Number of visits that the customer paid us."""
        return self._visits_by(scope, 'hosted')

    def _visits_by(self, scope, mode):
        fact = self._fact_visit(scope)
        return Measure(fact, fact.count(self._window(scope.date), SQL("fact.mode = %s", mode)))

    # ------------------------------------------------------------------
    # Touches
    # ------------------------------------------------------------------

    def _touch_sources(self, scope):
        return [*super()._touch_sources(scope), SQL(
            "SELECT subject_id, date, 'visit' AS channel FROM (%s) AS visit", self._fact_visit(scope).relation)]

    def _lead_touch_sources(self, scope):
        return [*super()._lead_touch_sources(scope), SQL(
            "SELECT visit.lead_id, visit.date FROM crm_visit visit WHERE visit.state = 'done' AND visit.lead_id IS NOT NULL")]

    def _is_touching_activity(self):
        return SQL("%s AND NOT %s", super()._is_touching_activity(), VISITED)

    def _is_touching_meeting(self):
        return SQL("%s AND NOT %s", super()._is_touching_meeting(), HELD)
