from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure

from ..tools.credit_standing import COMPONENTS, TREND_DAYS


class CrmMetric(models.Model):
    """Credit standing: how a customer pays, by the due days of what was invoiced, under a plan by those of its instalments."""
    _inherit = 'crm.metric'

    def _metric_credit_standing(self, scope):
        """Points from 0 to 100: 100 less what late payment, its trend, broken promises, disputes, overdue amounts and a growing balance
        cost, see ``tools/credit_standing.py``. None for who never owed anything."""
        fact = self._fact_credit_standing(scope)
        return Measure(fact, SQL("MAX(%s)", self._standing_score_sql(SQL("fact"))))

    def _standing_score_sql(self, alias):
        """Return the points by the components in the columns of a relation, NULL without any instalment."""
        costs = SQL(" - ").join(
            SQL("LEAST(GREATEST(COALESCE(%s.%s, 0) * %s, 0), %s)", alias, SQL.identifier(part.key), part.per_unit, part.weight)
            for part in COMPONENTS)
        return SQL("CASE WHEN %s.late IS NULL AND %s.overdue IS NULL THEN NULL ELSE 100 - %s END", alias, alias, costs)

    def _fact_credit_standing(self, scope):
        """Return the fact of the components of the standing, a row per customer: ``late``, ``trend``, ``broken``, ``disputes``,
        ``overdue``, ``growth``, beside them ``open``, ``partial`` (instalments paid in part), ``paid_on`` (day of the last money)
        and ``first_due`` (due day of what has been open for longest).

        What is due when, invoices say, and plans of what was invoiced under them; what was open in all needs only the invoices.
        """
        year, recent = scope.date - relativedelta(years=1), scope.date - relativedelta(days=TREND_DAYS)
        before = scope._replace(date=recent)
        return Fact('credit_standing', SQL(
            """SELECT subject_id, %(date)s AS date, MAX(late) AS late, MAX(late_recent) - MAX(late_before) AS trend,
                      100.0 * SUM(overdue_amount) / NULLIF(SUM(open), 0) AS overdue,
                      100.0 * (SUM(open_now) / NULLIF(SUM(open_before), 0) - 1) AS growth,
                      SUM(broken) AS broken, SUM(disputes) AS disputes, COALESCE(SUM(open), 0) AS open,
                      COALESCE(SUM(overdue_amount), 0) AS overdue_amount, SUM(partial) AS partial, MAX(paid_on) AS paid_on,
                      MIN(first_due) AS first_due
                 FROM (%(now)s UNION ALL %(before)s UNION ALL %(events)s) AS part
             GROUP BY subject_id""",
            date=scope.date, now=self._standing_now_sql(scope, year, recent), before=self._standing_before_sql(before),
            events=self._standing_events_sql(scope, year)))

    def _standing_now_sql(self, scope, year, recent):
        lately = SQL("(item.settled IS NULL OR item.settled > %s)", recent)
        return SQL(
            """(WITH invoice AS MATERIALIZED (SELECT * FROM (%(invoices)s) AS fact WHERE fact.amount > 0),
                     item AS (%(items)s)
               SELECT subject_id, AVG(item.late) AS late, AVG(item.late) FILTER (WHERE %(lately)s) AS late_recent,
                      AVG(item.late) FILTER (WHERE NOT %(lately)s) AS late_before, SUM(item.open) AS open,
                      SUM(item.open) FILTER (WHERE item.due < %(date)s) AS overdue_amount,
                      NULL::numeric AS open_now, NULL::numeric AS open_before, NULL::bigint AS broken, NULL::bigint AS disputes,
                      COUNT(*) FILTER (WHERE item.is_partial) AS partial, NULL::date AS paid_on,
                      MIN(item.due) FILTER (WHERE item.settled IS NULL) AS first_due
                 FROM item GROUP BY subject_id
                UNION ALL
               SELECT subject_id, NULL, NULL, NULL, NULL, NULL, SUM(fact.open) FILTER (WHERE %(open)s), NULL, NULL, NULL, NULL,
                      MAX(fact.settled), NULL
                 FROM invoice AS fact GROUP BY subject_id)""",
            invoices=self._fact_receivable(scope).relation, items=self._standing_items_sql(scope, year), lately=lately, date=scope.date,
            open=self._is_open(scope))

    def _standing_items_sql(self, scope, year):
        """Return what is open in the books on the day, and what was settled in the year before: ``(subject_id, due, settled, open, late,
        is_partial)``. Invoices under a plan count by its instalments; the relation ``invoice`` is at hand."""
        return SQL(
            """SELECT owed.partner_id AS subject_id, owed.date_due AS due, NULL::date AS settled, owed.booked_company AS open,
                      CASE WHEN owed.date_due < %(date)s THEN %(date)s - owed.date_due END AS late,
                      owed.amount - owed.open_amount > 0.004 AS is_partial
                 FROM (%(owed)s) AS owed
                WHERE owed.kind IN ('instalment', 'invoice', 'extra') AND owed.booked_company >= %(half)s
                UNION ALL
               SELECT step.partner_id, step.date_due, step.date_done, 0, GREATEST(step.date_done - step.date_due, 0), FALSE
                 FROM crm_contract_step AS step
                 JOIN crm_contract AS contract ON contract.id = step.contract_id AND contract.is_manual IS NOT TRUE
                WHERE step.company_id = %(company)s AND step.kind = 'collect' AND step.state = 'done' AND step.amount > 0
                  AND step.date_done > %(year)s AND step.date_done <= %(date)s AND %(among)s
                UNION ALL
               SELECT fact.subject_id, fact.due, fact.settled, 0, GREATEST(fact.settled - fact.due, 0), FALSE
                 FROM invoice AS fact
            LEFT JOIN (%(planned)s) AS planned ON planned.invoice_id = fact.move_id
                WHERE NOT %(open)s AND fact.settled > %(year)s AND planned.invoice_id IS NULL""",
            date=scope.date, owed=self.env['crm.receivable']._of(scope.company, scope.date)._relation_sql(scope.subjects),
            half=scope.company.currency_id.rounding / 2, company=scope.company.id, year=year, among=scope.among(SQL("step.partner_id")),
            open=self._is_open(scope), planned=self._standing_planned_sql(scope))

    def _standing_planned_sql(self, scope):
        """Return the invoices of contracts with instalments, of a few customers those of the relation ``invoice``: of everybody's the
        planner knows how many there are, and joins them at once."""
        among = SQL("contract.company_id = %s", scope.company.id) if scope.subjects is None else SQL(
            "item.move_id IN (SELECT move_id FROM invoice)")
        return self.env['crm.contract']._parts_sql(SQL("%s AND %s", among, self.env['crm.receivable']._has_plan_sql()))

    def _standing_before_sql(self, before):
        return SQL(
            """SELECT subject_id, NULL, NULL, NULL, NULL, NULL, NULL, SUM(fact.open), NULL, NULL, NULL, NULL::date, NULL::date
                 FROM (%s) AS fact WHERE fact.amount > 0 AND %s GROUP BY subject_id""",
            self._fact_receivable(before).relation, self._is_open(before))

    def _standing_events_sql(self, scope, year):
        return SQL(
            """SELECT partner_id AS subject_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, COUNT(*), NULL, NULL, NULL::date, NULL::date
                 FROM crm_payment_promise
                WHERE company_id = %(company)s AND state = 'broken' AND date > %(year)s AND date < %(date)s AND %(among)s
             GROUP BY partner_id
                UNION ALL
               SELECT partner_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, COUNT(*), NULL, NULL::date, NULL::date
                 FROM crm_payment_dispute
                WHERE company_id = %(company)s AND date > %(year)s AND date <= %(date)s AND %(among)s
             GROUP BY partner_id""",
            company=scope.company.id, year=year, date=scope.date, among=scope.among(SQL("partner_id")))
