"""Quotas: closing a month for everybody, and opening the monthly report as a browser does, against raw SQL."""
import datetime
import time

from _timing import timed
from _visits_data import MONTHS

from odoo.tools import SQL

REPORT_MEASURES = ['visit_count:sum', 'average:avg', 'distinct_share:avg', 'change_previous:sum']


def close(env, _people):
    """``close``: a month over two years of visits is counted a last time, frozen, and the next one corrected. The floor counts
    the same visits, distinct and new customers, per person, month, quarter and year, and stores a row for each."""
    env['crm.visit.quota'].create({'company_id': env.company.id, 'date_from': '2000-01-01', 'new_target': 5})
    months = env['crm.visit.quota.month']
    start = time.perf_counter()
    for month in months._ensure(env.company):
        month._refresh()
    env.cr.commit()
    history = time.perf_counter() - start
    closing = months._ensure(env.company)[:-1]
    for month in closing[:-1]:
        month.action_close()
    env.cr.commit()
    last = closing[-1]
    floor = timed(env, lambda: env.cr.execute(_floor(env, last)), times=2, undo=True)
    again = timed(env, last._refresh, undo=True)
    start = time.perf_counter()
    last.action_close()
    env.cr.commit()
    seconds = time.perf_counter() - start
    results = env['crm.visit.quota.result'].search([('month_id', '=', last.id), ('kind', '=', 'regular')])
    counted, states = sum(results.mapped('visit_count')), set(results.mapped('state'))
    env.cr.execute(SQL(
        """SELECT COUNT(DISTINCT (user_id, partner_id, date)) FROM crm_visit
            WHERE company_id = %s AND state = 'done' AND counts_for_quota AND date BETWEEN %s AND %s""",
        env.company.id, last.date, last.date_to))
    assert (counted, states) == (env.cr.fetchone()[0], {'closed'}), 'every visit counts once, and is frozen'
    return {'close_seconds': round(seconds, 3), 'close_floor_seconds': round(floor, 3), 'close_again_seconds': round(again, 3),
            'close_history_seconds': round(history, 2)}


def report(env, _people):
    """``report``: the pivot of two years and the list of the last closed month, as a sales manager's browser asks for them. The
    floor is the same sums in SQL."""
    manager = env['res.users'].with_context(no_reset_password=True).create({
        'name': "Bench Reporter", 'login': 'benchreporter', 'group_ids': [(4, env.ref('sales_team.group_sale_manager').id)]})
    env.cr.commit()
    seconds = timed(env, lambda: _open_report(env, manager), times=3, undo=True)
    floor = timed(env, lambda: _report_floor(env), times=3, undo=True)
    return {'report_seconds': round(seconds, 4), 'report_floor_seconds': round(floor, 4)}


def _open_report(env, manager):
    results = env(user=manager)['crm.visit.quota.result'].with_context(allowed_company_ids=env.company.ids)
    domain = [('period', '=', 'month'), ('date_from', '>=', datetime.date.today() - datetime.timedelta(days=31 * MONTHS))]
    for groupby in ([], ['team_id'], ['team_id', 'user_id'], ['date_from:month'], ['team_id', 'date_from:month'],
                    ['team_id', 'user_id', 'date_from:month']):
        groups = results.formatted_read_group(domain, groupby, REPORT_MEASURES)
    assert groups, 'something was counted'
    page = results.web_search_read(
        domain, {'visit_count': {}, 'fulfilment': {}, 'status': {}, 'user_id': {'fields': {'display_name': {}}}}, limit=80)
    assert page['length']


def _report_floor(env):
    for columns in ("NULL", "team_id", "team_id, user_id", "date_from", "team_id, date_from", "team_id, user_id, date_from"):
        env.cr.execute(SQL(
            """SELECT %s, SUM(visit_count), SUM(visit_count) / NULLIF(SUM(working_days_to_date), 0),
                      100 * SUM(distinct_count) / NULLIF(SUM(visit_count), 0), SUM(change_previous)
                 FROM crm_visit_quota_result WHERE company_id = %s AND period = 'month' GROUP BY %s""",
            SQL(columns), env.company.id, SQL(columns if columns != "NULL" else "()")))
        env.cr.fetchall()
    env.cr.execute(SQL(
        """SELECT result.id, visit_count, fulfilment, status, partner.name
             FROM crm_visit_quota_result AS result JOIN res_users AS person ON person.id = result.user_id
             JOIN res_partner AS partner ON partner.id = person.partner_id
            WHERE result.company_id = %s AND period = 'month'
            ORDER BY date_from DESC, rank_company NULLS LAST, fulfilment DESC NULLS LAST, result.id LIMIT 80""", env.company.id))
    env.cr.fetchall()


def _floor(env, month):
    """Count a month, its quarter and its year for everybody and store a row for each, in one statement."""
    return SQL(
        """
        WITH span (period, first, last) AS (VALUES
                ('b_month', %(first)s::date, %(last)s::date),
                ('b_quarter', date_trunc('quarter', %(first)s::date)::date,
                 (date_trunc('quarter', %(first)s::date) + interval '3 months - 1 day')::date),
                ('b_year', date_trunc('year', %(first)s::date)::date,
                 (date_trunc('year', %(first)s::date) + interval '1 year - 1 day')::date)),
        counted AS (
            SELECT span.*, user_id, COUNT(DISTINCT (partner_id, date)) AS visits, COUNT(DISTINCT partner_id) AS partners,
                   COUNT(DISTINCT partner_id) FILTER (WHERE NOT EXISTS (
                       SELECT FROM crm_visit AS before
                        WHERE before.company_id = %(company)s AND before.partner_id = visit.partner_id AND before.state = 'done'
                          AND before.counts_for_quota AND before.date < visit.date)) AS news
              FROM crm_visit AS visit JOIN span ON visit.date BETWEEN span.first AND span.last
             WHERE visit.company_id = %(company)s AND visit.state = 'done' AND visit.counts_for_quota
             GROUP BY span.period, span.first, span.last, user_id)
        INSERT INTO crm_visit_quota_result (company_id, user_id, period, kind, date_from, date_to, state, visit_count, distinct_count,
                                            new_count, distinct_share, rank_company, create_date)
        SELECT %(company)s, user_id, period, 'regular', first, last, 'open', visits, partners, news, 100.0 * partners / visits,
               RANK() OVER (PARTITION BY period ORDER BY visits DESC), NOW()
          FROM counted
        """, company=env.company.id, first=month.date, last=month.date_to)


# what is measured, by the name that its figures begin with
PARTS = {'close': close, 'report': report}
