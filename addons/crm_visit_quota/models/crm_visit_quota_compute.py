from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.quota import MONTHS, period_end, period_start

# Columns of a row, written only where one of them changes. What came out of the visits is stored apart: it goes on after a closing.
COUNTED = (
    'team_id', 'month_id', 'date_to', 'state', 'working_days', 'working_days_to_date', 'working_days_left',
    'visit_count', 'average', 'distinct_count', 'distinct_share', 'new_count', 'new_share', 'repeat_count',
    'late_count', 'withdrawn_count', 'rule_id', 'target_daily', 'target_visits', 'target_distinct', 'target_new',
    'target_stretch', 'new_definition', 'new_months', 'once_a_day', 'fulfilment', 'reached_visits',
    'reached_distinct', 'reached_new', 'status', 'reached_count', 'is_stretch', 'behind', 'missing',
    'change_previous', 'change_year', 'has_previous', 'has_year', 'rank_team', 'rank_company', 'signing_count',
    'signing_amount', 'new_signed_count', 'collected_amount', 'portfolio_count', 'portfolio_over',
)
PERSON = (
    ('user_id', 'int'), ('team_id', 'int'), ('working_days', 'float8'), ('working_days_to_date', 'float8'),
    ('working_days_left', 'float8'), ('rule_id', 'int'),
    ('target_daily', 'float8'), ('target_distinct', 'float8'), ('target_new', 'float8'), ('stretch', 'float8'), ('new_definition', 'text'),
    ('new_months', 'int'), ('once_a_day', 'bool'), ('portfolio_limit', 'int'),
)
# of the months of a quarter or a year
LATEST = (
    'team_id', 'rule_id', 'target_daily', 'new_definition', 'new_months', 'once_a_day', 'portfolio_count', 'portfolio_over',
)
SUMMED = (
    ('working_days', SQL("")), ('working_days_to_date', SQL("")), ('working_days_left', SQL("")), ('target_visits', SQL("::numeric")),
    ('signing_count', SQL("::int")), ('signing_amount', SQL("")), ('new_signed_count', SQL("::int")),
    ('collected_amount', SQL("")),
)
NO_RULE = ('company', 12, True, 0)   # how to count people for whom no rule holds
EXACT = SQL("NUMERIC(24, 4)")        # comparisons must not depend on the last bit of a float


def _columns(names):
    return SQL(", ").join(map(SQL.identifier, names))


class CrmVisitQuotaResult(models.Model):
    """One statement stores the results of a month, or of the quarter or year around it, for everybody."""
    _inherit = 'crm.visit.quota.result'

    @api.model
    def _people_sql(self, persons):
        """Return the relation of :class:`~.crm_visit_quota_person.Person` tuples with what their rules say."""
        rows = []
        for person in persons:
            rule = person.rule
            rows.append((
                person.user_id, person.team_id, person.working_days, person.to_date, person.left, rule.id or None,
                rule.daily_target, rule.distinct_target, rule.new_target, rule.stretch,
                *((rule.new_definition, rule.new_months, rule.once_a_day, rule.portfolio_limit) if rule else NO_RULE)))
        columns = list(zip(*rows)) or [()] * len(PERSON)
        return SQL(
            "SELECT * FROM unnest(%s) AS person (%s)",
            SQL(", ").join(SQL("%s::%s[]", list(values), SQL(kind)) for values, (_name, kind) in zip(columns, PERSON)),
            _columns(name for name, _kind in PERSON))

    # ------------------------------------------------------------------
    # A month
    # ------------------------------------------------------------------

    @api.model
    def _store_month(self, month, people):
        """Store the results of an open month, its correction rows included."""
        company = month.company_id
        base = SQL(
            """SELECT person.user_id, person.team_id, %(month_id)s AS month_id, 'open' AS state,
                      working_days, working_days_to_date, working_days_left, rule_id, target_daily, target_distinct, target_new,
                      round((target_daily * working_days)::numeric, 2) AS target_visits, stretch, new_definition, new_months,
                      once_a_day,
                      round((target_daily * (working_days - working_days_left))::numeric, 4) AS expected,
                      COALESCE(entry.visit_count, 0) AS visit_count, COALESCE(entry.distinct_count, 0) AS distinct_count,
                      COALESCE(entry.new_count, 0) AS new_count, COALESCE(entry.repeat_count, 0) AS repeat_count,
                      0 AS late_count, 0 AS withdrawn_count,
                      COALESCE(signing.signing_count, 0) AS signing_count, COALESCE(signing.signing_amount, 0) AS signing_amount,
                      COALESCE(signing.new_signed_count, 0) AS new_signed_count,
                      COALESCE(collected.collected_amount, 0) AS collected_amount, COALESCE(owned.count, 0) AS portfolio_count,
                      CASE WHEN portfolio_limit > 0
                           THEN GREATEST(COALESCE(owned.count, 0) - portfolio_limit, 0) ELSE 0 END AS portfolio_over
                 FROM (%(people)s) AS person
                 LEFT JOIN (%(entries)s) AS entry USING (user_id)
                 LEFT JOIN (%(signed)s) AS signing USING (user_id)
                 LEFT JOIN (%(collected)s) AS collected USING (user_id)
                 LEFT JOIN (SELECT user_id, COUNT(*)::int AS count FROM crm_customer
                             WHERE company_id = %(company)s AND active AND user_id IS NOT NULL GROUP BY user_id) AS owned
                           USING (user_id)""",
            people=people, month_id=month.id, company=company.id,
            entries=self._entries_sql(company, month.date, month.date, 'regular'),
            signed=self._signed_sql(company, month.date, month.date_to),
            collected=self._collected_sql(company, month.date, month.date_to))
        self._upsert(company, 'month', month.date, month.date_to, base)
        self._store_corrections(month)

    @api.model
    def _entries_sql(self, company, first, last, kind=None):
        """Return the figures per person of the entries booked in the months from ``first`` to ``last``.

        A customer is visited in a period when more of its visits were entered than taken back.
        """
        return SQL(
            """SELECT user_id, SUM(visits)::int AS visit_count, COUNT(*) FILTER (WHERE visits > 0)::int AS distinct_count,
                      COUNT(*) FILTER (WHERE visits > 0 AND news > 0)::int AS new_count, SUM(repeats)::int AS repeat_count,
                      SUM(late)::int AS late_count, SUM(withdrawn)::int AS withdrawn_count
                 FROM (SELECT user_id, partner_id, COALESCE(SUM(sign) FILTER (WHERE NOT is_repeat), 0) AS visits,
                              COALESCE(SUM(sign) FILTER (WHERE is_new), 0) AS news, COUNT(*) FILTER (WHERE is_repeat) AS repeats,
                              COUNT(*) FILTER (WHERE kind = 'correction' AND sign > 0) AS late,
                              COUNT(*) FILTER (WHERE kind = 'correction' AND sign < 0) AS withdrawn
                         FROM crm_visit_quota_entry
                        WHERE company_id = %s AND month BETWEEN %s AND %s AND %s
                        GROUP BY user_id, partner_id) AS visited
                GROUP BY user_id""",
            company.id, first, last, SQL("kind = %s", kind) if kind else SQL("TRUE"))

    @api.model
    def _store_corrections(self, month):
        """Store a row per person with what has changed about closed months; it counts visits and nothing else."""
        base = SQL(
            """SELECT entry.user_id, person.team_id, %(month_id)s AS month_id, 'open' AS state, 0::float8 AS working_days,
                      0::float8 AS working_days_to_date, 0::float8 AS working_days_left, NULL::int AS rule_id, 0::float8 AS target_daily,
                      0::float8 AS target_distinct, 0::float8 AS target_new, 0::numeric AS target_visits, 0::float8 AS stretch,
                      NULL AS new_definition, NULL::int AS new_months, NULL::bool AS once_a_day, 0::numeric AS expected, entry.visit_count,
                      0 AS distinct_count, 0 AS new_count, 0 AS repeat_count, entry.late_count,
                      entry.withdrawn_count, 0 AS signing_count, 0::numeric AS signing_amount,
                      0 AS new_signed_count, 0::numeric AS collected_amount, 0 AS portfolio_count, 0 AS portfolio_over
                 FROM (%(entries)s) AS entry
                 LEFT JOIN crm_visit_quota_result AS person
                        ON person.company_id = %(company)s AND person.user_id = entry.user_id AND person.period = 'month'
                       AND person.kind = 'regular' AND person.date_from = %(first)s""",
            month_id=month.id, company=month.company_id.id, first=month.date,
            entries=self._entries_sql(month.company_id, month.date, month.date, 'correction'))
        self._upsert(month.company_id, 'month', month.date, month.date_to, base, 'correction')

    # ------------------------------------------------------------------
    # A quarter, a year
    # ------------------------------------------------------------------

    @api.model
    def _store_period(self, month, period):
        """Store the results of the quarter or year around a month: visits and customers from the entries, so that a customer
        visited in two months is one; the rest is the sum of the months. Shares are expected of a month only: of a longer time,
        the share of distinct customers is smaller by nature."""
        company, first = month.company_id, period_start(month.date, period)
        last = period_end(first, period)
        base = SQL(
            """SELECT month.user_id, month.team_id, NULL::int AS month_id, month.state, working_days, working_days_to_date,
                      working_days_left, rule_id, target_daily, 0::float8 AS target_distinct, 0::float8 AS target_new, target_visits,
                      stretch, new_definition, new_months, once_a_day, expected,
                      COALESCE(entry.visit_count, 0) AS visit_count, COALESCE(entry.distinct_count, 0) AS distinct_count,
                      COALESCE(entry.new_count, 0) AS new_count, COALESCE(entry.repeat_count, 0) AS repeat_count,
                      COALESCE(entry.late_count, 0) AS late_count, COALESCE(entry.withdrawn_count, 0) AS withdrawn_count,
                      signing_count, signing_amount, new_signed_count, collected_amount, portfolio_count, portfolio_over
                 FROM (SELECT user_id, %(latest)s, %(sums)s, CASE WHEN BOOL_OR(state = 'open') THEN 'open' ELSE 'closed' END AS state,
                              SUM(round((target_daily * (working_days - working_days_left))::numeric, 4)) AS expected,
                              100 * (SUM(target_stretch) / NULLIF(SUM(target_visits), 0) - 1)::float8 AS stretch
                         FROM crm_visit_quota_result
                        WHERE company_id = %(company)s AND period = 'month' AND kind = 'regular'
                          AND date_from BETWEEN %(first)s AND %(last)s
                        GROUP BY user_id) AS month
                 LEFT JOIN (%(entries)s) AS entry USING (user_id)""",
            company=company.id, first=first, last=last, entries=self._entries_sql(company, first, last),
            latest=SQL(", ").join(
                SQL("(array_agg(%(name)s ORDER BY date_from DESC))[1] AS %(name)s", name=SQL.identifier(name)) for name in LATEST),
            sums=SQL(", ").join(SQL("SUM(%(name)s)%(cast)s AS %(name)s", name=SQL.identifier(name), cast=cast) for name, cast in SUMMED))
        self._upsert(company, period, first, last, base)
        self._store_outcome(company, period, first, last)

    @api.model
    def _store_outcome(self, company, period, first, last):
        """Add up what came out of the visits of the months in a quarter or a year."""
        self.env.cr.execute(SQL(
            """
            WITH month AS (
                SELECT user_id, leads, orders, round(100.0 * leads / NULLIF(visits, 0), 2)::float8 AS lead_share,
                       round(100.0 * orders / NULLIF(visits, 0), 2)::float8 AS order_share
                  FROM (SELECT user_id, SUM(lead_visit_count) AS leads, SUM(order_visit_count) AS orders, SUM(visit_count) AS visits
                          FROM crm_visit_quota_result
                         WHERE company_id = %(company)s AND period = 'month' AND kind = 'regular'
                           AND date_from BETWEEN %(first)s AND %(last)s
                         GROUP BY user_id) AS summed)
            UPDATE crm_visit_quota_result AS result
               SET lead_visit_count = leads, order_visit_count = orders, lead_share = month.lead_share, order_share = month.order_share
              FROM month
             WHERE result.company_id = %(company)s AND result.period = %(period)s AND result.date_from = %(first)s
               AND result.user_id = month.user_id
               AND (result.lead_visit_count, result.order_visit_count, result.lead_share, result.order_share)
                   IS DISTINCT FROM (leads, orders, month.lead_share, month.order_share)
            """, company=company.id, first=first, last=last, period=period))

    # ------------------------------------------------------------------
    # Judging and storing
    # ------------------------------------------------------------------

    @api.model
    def _upsert(self, company, period, first, last, base, kind='regular'):
        """Judge the rows of ``base`` and store them, writing only rows that change; take away what is not there any more."""
        scope = {
            'company': company.id, 'period': period, 'first': first, 'last': last, 'kind': kind,
            'before': first - relativedelta(months=MONTHS[period]), 'year_before': first - relativedelta(years=1)}
        columns = _columns(COUNTED)
        self.env.cr.execute(SQL(
            """
            WITH base AS MATERIALIZED (%(base)s),
            judged AS (%(judged)s),
            ranked AS (%(ranked)s),
            gone AS (
                DELETE FROM crm_visit_quota_result
                 WHERE company_id = %(company)s AND period = %(period)s AND date_from = %(first)s AND kind = %(kind)s
                   AND user_id NOT IN (SELECT user_id FROM base))
            INSERT INTO crm_visit_quota_result AS result
                   (company_id, user_id, period, kind, date_from, create_date, write_date, %(columns)s)
            SELECT %(company)s, user_id, %(period)s, %(kind)s, %(first)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC', %(columns)s
              FROM ranked
            ON CONFLICT (company_id, user_id, period, date_from, kind) DO UPDATE
               SET (write_date, %(columns)s) = ROW(EXCLUDED.write_date, %(excluded)s)
             WHERE (%(present)s) IS DISTINCT FROM (%(excluded)s)
            """,
            base=base, judged=self._judged_sql(scope), ranked=self._ranked_sql(), columns=columns,
            excluded=SQL(", ").join(SQL.identifier('excluded', name) for name in COUNTED),
            present=SQL(", ").join(SQL.identifier('result', name) for name in COUNTED), **scope))

    @api.model
    def _judged_sql(self, scope):
        """Return the rows with shares, what is reached and what has changed. Without visits there is no share, without working
        days no average, and a missing share reaches no target."""
        past = SQL(
            """SELECT user_id, visit_count FROM crm_visit_quota_result
                WHERE company_id = %(company)s AND period = %(period)s AND kind = 'regular' AND date_from = """, **scope)
        return SQL(
            """
            SELECT base.*, %(last)s::date AS date_to,
                   round((base.visit_count / NULLIF(working_days_to_date, 0))::numeric, 2)::float8 AS average,
                   round(100.0 * distinct_count / NULLIF(GREATEST(base.visit_count, 0), 0), 2)::float8 AS distinct_share,
                   round(100.0 * new_count / NULLIF(distinct_count, 0), 2)::float8 AS new_share,
                   round(target_visits * (1 + COALESCE(stretch, 0)::numeric / 100), 2) AS target_stretch,
                   100.0 * base.visit_count / NULLIF(target_visits, 0) AS exact,
                   target_visits > 0 AND base.visit_count >= target_visits AS reached_visits,
                   target_distinct > 0 AND base.visit_count > 0
                   AND (100 * distinct_count)::numeric >= (target_distinct * base.visit_count)::%(exact)s AS reached_distinct,
                   target_new > 0 AND distinct_count > 0
                   AND (100 * new_count)::numeric >= (target_new * distinct_count)::%(exact)s AS reached_new,
                   COALESCE(stretch, 0) > 0 AND target_visits > 0
                   AND base.visit_count >= round(target_visits * (1 + stretch::numeric / 100), 2) AS is_stretch,
                   GREATEST(0, floor(expected - base.visit_count))::int AS behind,
                   GREATEST(0, ceil(target_visits - base.visit_count))::int AS missing,
                   base.visit_count - previous.visit_count AS change_previous, base.visit_count - year.visit_count AS change_year,
                   previous.user_id IS NOT NULL AS has_previous, year.user_id IS NOT NULL AS has_year,
                   CASE WHEN %(kind)s = 'correction' THEN NULL
                        WHEN target_visits = 0 AND target_daily + target_distinct + target_new = 0 THEN 'no_target'
                        WHEN working_days = 0 THEN 'no_days'
                        ELSE 'counts' END AS standing
              FROM base
              LEFT JOIN (%(past)s %(before)s) AS previous ON previous.user_id = base.user_id AND %(kind)s = 'regular'
              LEFT JOIN (%(past)s %(year_before)s) AS year ON year.user_id = base.user_id AND %(kind)s = 'regular'
            """, exact=EXACT, past=past, **scope)

    @api.model
    def _ranked_sql(self):
        """Return the judged rows with their status and places. Who has no target or no working days has no place; equals share one."""
        return SQL(
            """
            SELECT placed.*, round(exact, 2)::float8 AS fulfilment, (status = 'reached')::int AS reached_count,
                   CASE WHEN takes_part AND team_id IS NOT NULL
                        THEN RANK() OVER (PARTITION BY takes_part, team_id ORDER BY exact DESC) END AS rank_team,
                   CASE WHEN takes_part THEN RANK() OVER (PARTITION BY takes_part ORDER BY exact DESC) END AS rank_company
              FROM (SELECT judged.*, target_visits > 0 AS takes_part,
                           CASE WHEN standing IS DISTINCT FROM 'counts' THEN standing
                                WHEN (target_visits = 0 OR reached_visits) AND (target_distinct = 0 OR reached_distinct)
                                     AND (target_new = 0 OR reached_new) THEN 'reached'
                                WHEN working_days_left > 0 THEN 'running'
                                ELSE 'missing' END AS status
                      FROM judged) AS placed
            """)
