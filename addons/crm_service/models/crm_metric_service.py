from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure

COMPLAINT = SQL("fact.kind = 'complaint'")
COUNT = SQL("COUNT(*)")


class CrmMetric(models.Model):
    """What customers asked of us, how we kept our promises, and what they say of it.

    Tickets that were cancelled or merged into another one are none. Days are those of the company; what a ticket is today it was on a past
    day as well, except that it was open until the day on which it was solved.
    """
    _inherit = 'crm.metric'

    def _fact_ticket(self, scope):
        """Return the fact of tickets: ``date`` opened, ``kind``, ``solved`` (day), ``hours`` from opening to solution, ``reopened``."""
        opened, solved = scope.day(SQL("ticket.date_opened")), scope.day(SQL("ticket.date_solved"))
        return Fact('ticket', SQL(
            """SELECT ticket.commercial_partner_id AS subject_id, %(opened)s AS date, ticket.kind, %(solved)s AS solved,
                      EXTRACT(EPOCH FROM ticket.date_solved - ticket.date_opened) / 3600 AS hours,
                      COALESCE(ticket.reopen_count, 0) AS reopened
                 FROM crm_ticket AS ticket
                WHERE ticket.company_id = %(company)s AND ticket.state <> 'cancelled' AND %(opened)s <= %(day)s AND %(among)s""",
            opened=opened, solved=solved, company=scope.company.id, day=scope.date,
            among=scope.among(SQL("ticket.commercial_partner_id"))))

    def _fact_ticket_solved(self, scope):
        """Return the same tickets by the day on which they were solved."""
        return Fact('ticket_solved', SQL(
            "SELECT subject_id, solved AS date, kind, hours, reopened FROM (%s) AS ticket WHERE solved IS NOT NULL",
            self._fact_ticket(scope).relation))

    def _fact_ticket_feedback(self, scope):
        """Return the fact of answers: ``date``, ``moment``, ``rating`` (1 to 5) and ``points`` of the Net Promoter Score."""
        day = scope.day(SQL("date_answered"))
        return Fact('ticket_feedback', SQL(
            """SELECT commercial_partner_id AS subject_id, %(day)s AS date, date_answered AS moment, NULLIF(rating, 0) AS rating,
                      CASE WHEN has_nps THEN nps_points END AS points
                 FROM crm_ticket_feedback WHERE company_id = %(company)s AND date_answered IS NOT NULL AND %(among)s""",
            day=day, company=scope.company.id, among=scope.among(SQL("commercial_partner_id"))))

    # ------------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------------

    def _metric_tickets(self, scope):
        """Tickets opened in the window."""
        fact = self._fact_ticket(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_open_complaints(self, scope):
        """Complaints that were not solved by the end of the day."""
        fact = self._fact_ticket(scope)
        return Measure(fact, fact.count(
            self._window(scope.date), SQL("%s AND (fact.solved IS NULL OR fact.solved > %s)", COMPLAINT, scope.date)))

    def _metric_ticket_recency(self, scope):
        """Days since the last ticket was opened; 0 on the day itself."""
        fact = self._fact_ticket(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date))))

    def _metric_resolution_days(self, scope):
        """Median days, around the clock, from opening to solution, of the tickets solved in the window."""
        fact = self._fact_ticket_solved(scope)
        return Measure(fact, SQL(
            "%s / 24", fact.aggregate(SQL("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY fact.hours)"), self._window(scope.date))))

    def _metric_reopen_rate(self, scope):
        """Percent of the tickets solved in the window that had been reopened."""
        fact, window = self._fact_ticket_solved(scope), self._window(scope.date)
        return Measure(fact, SQL(
            "100.0 * %s / NULLIF(%s, 0)", fact.aggregate(COUNT, window, SQL("fact.reopened > 0")), fact.aggregate(COUNT, window)))

    def _metric_sla_breaches(self, scope):
        """Promises whose time ran out in the window before they were kept."""
        fact = Fact('ticket_sla', SQL(
            """SELECT ticket.commercial_partner_id AS subject_id, %s AS date
                 FROM crm_ticket_sla AS sla JOIN crm_ticket AS ticket ON ticket.id = sla.ticket_id
                WHERE sla.company_id = %s AND sla.is_breached AND sla.state <> 'void' AND %s""",
            scope.day(SQL("sla.date_due")), scope.company.id, scope.among(SQL("ticket.commercial_partner_id"))))
        return Measure(fact, fact.count(self._window(scope.date)))

    # ------------------------------------------------------------------
    # What they say
    # ------------------------------------------------------------------

    def _metric_last_rating(self, scope):
        """The last rating given in the window, 1 to 5."""
        fact = self._fact_ticket_feedback(scope)
        return Measure(fact, SQL("(%s)[1]", fact.aggregate(
            SQL("ARRAY_AGG(fact.rating ORDER BY fact.moment DESC)"), self._window(scope.date), SQL("fact.rating IS NOT NULL"))))

    def _metric_nps(self, scope):
        """Net Promoter Score of the answers in the window: percent of promoters (9, 10) minus percent of detractors (0 to 6)."""
        fact = self._fact_ticket_feedback(scope)
        return Measure(fact, fact.aggregate(SQL("AVG(fact.points)"), self._window(scope.date)))
