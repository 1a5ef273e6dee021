from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_grading.report.crm_sales_history import LOST_AFTER

PARTS = ('start', 'new', 'won_back', 'grew', 'shrank', 'lost', 'end')


class CrmSalesHistory(models.AbstractModel):
    """What the bridge is worth: the business with the customers that one has.

    The *book* at the end of a month is what was invoiced (less credit notes) in the twelve months up to there to the customers who are
    not lost then. It begins the next month; who came, came back, buys more or less than before, or was lost explains how it ends.
    Amounts are in the company's currency; the margin is that of the metric *margin*.
    """
    _inherit = 'crm.sales.history'

    @api.model
    def _bridge_amounts(self, company, until, months=12, lost_after=LOST_AFTER, subjects=None):
        """Return the bridge of revenue and margin.

        :return: ``{month: {'revenue': {part: amount}, 'margin': {part: amount}}}``; the parts are start, new, won_back, grew, shrank,
            lost and end, what goes off is negative: they add up
        """
        self.env.flush_all()
        first = until.replace(day=1) - relativedelta(months=months - 1)
        rows = self.env.execute_query_dict(SQL(
            """SELECT TO_CHAR(first_day, 'YYYY-MM') AS month, %s FROM (%s) AS moved GROUP BY 1 ORDER BY 1""",
            SQL(", ").join(self._part_sql(measure, part) for measure in ('revenue', 'margin') for part in PARTS),
            self._moved_sql(company, first, until, lost_after, subjects)))
        return {row['month']: {
            measure: {part: row[f'{measure}_{part}'] for part in PARTS} for measure in ('revenue', 'margin')} for row in rows}

    @api.model
    def _part_sql(self, measure, part):
        now, before = SQL.identifier(f'{measure}_now'), SQL.identifier(f'{measure}_before')
        value, condition = {
            'start': (before, SQL("was")), 'end': (now, SQL("stays")), 'new': (now, SQL("NOT was AND is_new")),
            'won_back': (now, SQL("NOT was AND NOT is_new")), 'lost': (SQL("-%s", before), SQL("NOT stays")),
            'grew': (SQL("%s - %s", now, before), SQL("was AND stays AND %s > %s", now, before)),
            'shrank': (SQL("%s - %s", now, before), SQL("was AND stays AND %s < %s", now, before)),
        }[part]
        return SQL(
            "COALESCE(SUM(%s) FILTER (WHERE %s), 0)::float8 AS %s", value, condition, SQL.identifier(f'{measure}_{part}'))

    @api.model
    def _moved_sql(self, company, first, until, lost_after, subjects=None):
        """Return the relation of customers and months: in the book before (was), in it at the end (stays), and with how much.

        :param date first: first day of the first month
        """
        fact = self.env['crm.metric']._fact_invoice_line(company._crm_metric_scope(until))
        return SQL(
            """WITH purchase AS MATERIALIZED (%(purchases)s),
                    birth AS MATERIALIZED (SELECT subject_id, MIN(day) AS day FROM purchase GROUP BY 1),
                    month AS (
                    SELECT start::date AS first_day, LEAST((start + INTERVAL '1 month - 1 day')::date, %(until)s) AS last_day
                      FROM generate_series(%(first)s::date - INTERVAL '1 month', %(until)s, '1 month') AS start),
                    amount AS MATERIALIZED (
                    SELECT subject_id, DATE_TRUNC('month', date)::date AS month, SUM(amount) AS revenue, SUM(margin) AS margin
                      FROM (%(fact)s) AS fact WHERE date >= %(since)s GROUP BY 1, 2),
                    alive AS MATERIALIZED (
                    SELECT DISTINCT first_day, subject_id
                      FROM month JOIN purchase ON day BETWEEN last_day - %(lost_after)s AND last_day),
                    book AS MATERIALIZED (
                    SELECT alive.first_day, alive.subject_id, COALESCE(SUM(revenue), 0) AS revenue, COALESCE(SUM(margin), 0) AS margin
                      FROM alive LEFT JOIN amount
                           ON amount.subject_id = alive.subject_id
                          AND amount.month BETWEEN alive.first_day - INTERVAL '11 months' AND alive.first_day
                     GROUP BY 1, 2)
               SELECT COALESCE(now.first_day, (before.first_day + INTERVAL '1 month')::date) AS first_day, subject_id,
                      before.subject_id IS NOT NULL AS was, now.subject_id IS NOT NULL AS stays,
                      birth.day >= now.first_day AS is_new,
                      now.revenue AS revenue_now, before.revenue AS revenue_before, now.margin AS margin_now, before.margin AS margin_before
                 FROM (SELECT *, (first_day - INTERVAL '1 month')::date AS last_month FROM book WHERE first_day >= %(first)s) AS now
                 FULL JOIN (SELECT *, first_day AS last_month FROM book WHERE first_day < DATE_TRUNC('month', %(until)s::date)) AS before
                      USING (subject_id, last_month)
                 JOIN birth USING (subject_id)""",
            purchases=self._purchases_sql(company, until, subjects), fact=fact.relation, first=first, until=until,
            since=first - relativedelta(months=12), lost_after=lost_after)

    @api.model
    def _amount_movement_sql(self, company, movement, measure, first, last, lost_after=LOST_AFTER):
        """Return the sub-select of the customers behind a figure of the bridge of revenue or margin in the month of ``first``."""
        now, before = SQL.identifier(f'{measure}_now'), SQL.identifier(f'{measure}_before')
        condition = {
            'start': SQL("was"), 'end': SQL("stays"), 'new': SQL("NOT was AND is_new"), 'won_back': SQL("NOT was AND NOT is_new"),
            'lost': SQL("NOT stays"), 'grew': SQL("was AND stays AND %s > %s", now, before),
            'shrank': SQL("was AND stays AND %s < %s", now, before)}[movement]
        return SQL(
            "SELECT subject_id FROM (%s) AS moved WHERE first_day = %s AND %s",
            self._moved_sql(company, first, last, lost_after), first, condition)
