from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure

from ..tools.credit_standing import COMPONENTS, TREND_DAYS


class CrmMetric(models.Model):
    """Credit standing: how a customer pays, out of the same instalments as the other payment metrics."""
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
        and ``first_due`` (due day of what has been open for longest)."""
        year, recent = scope.date - relativedelta(years=1), scope.date - relativedelta(days=TREND_DAYS)
        before = scope._replace(date=recent)
        return Fact('credit_standing', SQL(
            """SELECT subject_id, %(date)s AS date, MAX(late) AS late, MAX(late_recent) - MAX(late_before) AS trend,
                      100.0 * SUM(overdue_amount) / NULLIF(SUM(open), 0) AS overdue,
                      100.0 * (SUM(open) / NULLIF(SUM(open_before), 0) - 1) AS growth,
                      SUM(broken) AS broken, SUM(disputes) AS disputes, COALESCE(SUM(open), 0) AS open,
                      COALESCE(SUM(overdue_amount), 0) AS overdue_amount, SUM(partial) AS partial, MAX(paid_on) AS paid_on,
                      MIN(first_due) AS first_due
                 FROM (%(now)s UNION ALL %(before)s UNION ALL %(events)s) AS part
             GROUP BY subject_id""",
            date=scope.date, now=self._standing_now_sql(scope, year, recent), before=self._standing_before_sql(before),
            events=self._standing_events_sql(scope, year)))

    def _standing_now_sql(self, scope, year, recent):
        is_open = self._is_open(scope)
        days = SQL("CASE WHEN %s THEN %s ELSE fact.settled END - fact.due", is_open, scope.date)
        counts = SQL("CASE WHEN %(open)s THEN fact.due < %(date)s ELSE fact.settled > %(year)s END",
                     open=is_open, date=scope.date, year=year)
        lately = SQL("(%s OR fact.settled > %s)", is_open, recent)
        return SQL(
            """SELECT subject_id, AVG(GREATEST(%(days)s, 0)) FILTER (WHERE %(counts)s) AS late,
                      AVG(GREATEST(%(days)s, 0)) FILTER (WHERE %(counts)s AND %(lately)s) AS late_recent,
                      AVG(GREATEST(%(days)s, 0)) FILTER (WHERE %(counts)s AND NOT %(lately)s) AS late_before,
                      SUM(fact.open) FILTER (WHERE %(open)s) AS open,
                      SUM(fact.open) FILTER (WHERE %(open)s AND fact.due < %(date)s) AS overdue_amount,
                      NULL::numeric AS open_before, NULL::bigint AS broken, NULL::bigint AS disputes,
                      COUNT(*) FILTER (WHERE %(open)s AND fact.amount - fact.open >= %(half)s) AS partial, MAX(fact.settled) AS paid_on,
                      MIN(fact.due) FILTER (WHERE %(open)s) AS first_due
                 FROM (%(fact)s) AS fact
                WHERE fact.amount > 0
             GROUP BY subject_id""",
            days=days, counts=counts, lately=lately, open=is_open, date=scope.date, half=scope.company.currency_id.rounding / 2,
            fact=self._fact_receivable(scope).relation)

    def _standing_before_sql(self, before):
        return SQL(
            """SELECT subject_id, NULL, NULL, NULL, NULL, NULL, SUM(fact.open), NULL, NULL, NULL, NULL::date, NULL::date
                 FROM (%s) AS fact WHERE fact.amount > 0 AND %s GROUP BY subject_id""",
            self._fact_receivable(before).relation, self._is_open(before))

    def _standing_events_sql(self, scope, year):
        return SQL(
            """SELECT partner_id AS subject_id, NULL, NULL, NULL, NULL, NULL, NULL, COUNT(*), NULL, NULL, NULL::date, NULL::date
                 FROM crm_payment_promise
                WHERE company_id = %(company)s AND state = 'broken' AND date > %(year)s AND date < %(date)s AND %(among)s
             GROUP BY partner_id
                UNION ALL
               SELECT partner_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, COUNT(*), NULL, NULL::date, NULL::date
                 FROM crm_payment_dispute
                WHERE company_id = %(company)s AND date > %(year)s AND date <= %(date)s AND %(among)s
             GROUP BY partner_id""",
            company=scope.company.id, year=year, date=scope.date, among=scope.among(SQL("partner_id")))
