"""A full grading run (figures, RFM verdicts, history) against one SQL statement that computes and stores the same.

50,000 and 200,000 customers have ten invoices each, 1,000,000 have three. The floor is one hand-written statement: it scans
the invoices once, scores recency, frequency and money by fifths with percentiles, and stores the same rows (profile,
verdict with explanation, life-cycle state, both histories) into the same tables with their constraints and indexes, and is
rolled back. Both start from no verdict at all.
``again_seconds`` is a second run on the same day, when nothing has changed, ``next_seconds`` one on the day after.
"""
import datetime
import time

from _sales_history import generate, vacuum

from odoo.tools import SQL

SIZES = [50_000, 200_000, 1_000_000]


def run(env, size):
    generate(env, size, 10 if size < 1_000_000 else 3)
    scheme, states = _scheme(env), _lifecycle(env)
    env.cr.commit()
    date = env.company._crm_today()
    floor = _floor(env, scheme, states, date)
    runs = env['crm.grading.run']
    seconds, again, following = (
        _timed(env, lambda day=day: runs._run(env.company, day)) for day in (date, date, date + datetime.timedelta(days=1)))
    customers = env['crm.customer'].search_count([('grade_id', '!=', False)])
    assert customers == size, f'{customers} of {size} customers graded'
    return {
        'seconds': round(seconds, 2), 'floor_seconds': round(floor, 2), 'again_seconds': round(again, 2),
        'next_seconds': round(following, 2), 'us_per_customer': round(1e6 * seconds / size, 1)}


def _timed(env, work):
    start = time.perf_counter()
    work()
    env.cr.commit()
    return time.perf_counter() - start


def _scheme(env):
    """RFM by fifths, five segments, three grades."""
    env['crm.grading.scheme'].search([]).write({'state': 'draft'})
    metric = env['crm.metric']._from_codes
    grades = env['crm.grade'].create([
        {'name': f"Bench {name}", 'sequence': number, 'company_id': env.company.id} for number, name in enumerate('ABC')])
    segments = [("Champions", {'r_min': 4, 'f_min': 4, 'm_min': 4}, 0), ("At risk", {'r_max': 2, 'f_min': 4, 'm_min': 4}, 0),
                ("Lost", {'r_max': 1, 'f_max': 2}, 2), ("New", {'r_min': 5, 'f_max': 1}, 1), ("Others", {}, 1)]
    return env['crm.grading.scheme'].create({
        'name': "Bench RFM", 'method': 'rfm', 'state': 'active', 'is_leading': True, 'share_metric_id': metric(['revenue']).id,
        'dimension_ids': [
            (0, 0, {'metric_id': metric([code]).id, 'axis': axis, 'scoring': 'quantile', 'groups': 5})
            for axis, code in (('r', 'recency'), ('f', 'invoice_count'), ('m', 'revenue'))],
        'segment_ids': [
            (0, 0, {'name': name, 'sequence': number, 'grade_id': grades[grade].id, **ranges})
            for number, (name, ranges, grade) in enumerate(segments)]})


def _lifecycle(env):
    """Two states: customers, and those who have not bought for half a year."""
    env['crm.lifecycle.state'].search([]).active = False
    states = env['crm.lifecycle.state'].create([
        {'name': f"Bench {name}", 'sequence': number, 'company_id': env.company.id}
        for number, name in enumerate(("customer", "lapsed"))])
    env['crm.lifecycle.rule'].create({
        'state_id': states[1].id, 'metric_id': env['crm.metric']._from_codes(['recency']).id, 'operator': '>', 'value': 180})
    return states


def _floor(env, scheme, states, date):
    """Compute and store what the run does, in one statement; return the seconds and leave nothing behind."""
    start = time.perf_counter()
    env.cr.execute(_floor_sql(env, scheme, states, date))
    seconds = time.perf_counter() - start
    env.cr.rollback()
    vacuum(env, 'crm_customer', 'crm_grade_verdict', 'crm_grade_history', 'crm_lifecycle_history')
    return seconds


def _floor_sql(env, scheme, states, date):
    r, f, m = (scheme.dimension_ids.filtered(lambda dimension, axis=axis: dimension.axis == axis) for axis in 'rfm')

    def case(target):
        return SQL("CASE %s END", SQL(" ").join(
            SQL("WHEN r BETWEEN %s AND %s AND f BETWEEN %s AND %s AND m BETWEEN %s AND %s THEN %s", segment.r_min, segment.r_max,
                segment.f_min, segment.f_max, segment.m_min, segment.m_max, target(segment)) for segment in scheme.segment_ids))

    return SQL(
        """
        WITH invoice AS (
            SELECT commercial_partner_id AS partner_id, %(date)s - MAX(invoice_date) AS days, MAX(invoice_date) AS last,
                   COUNT(*) FILTER (WHERE invoice_date > %(date)s::date - 365) AS frequency,
                   COALESCE(SUM(amount_untaxed_signed) FILTER (WHERE invoice_date > %(date)s::date - 365), 0) AS revenue,
                   COALESCE(SUM(amount_untaxed_signed) FILTER (WHERE invoice_date <= %(date)s::date - 365
                                                               AND invoice_date > %(date)s::date - 730), 0) AS revenue_before
              FROM account_move
             WHERE company_id = %(company)s AND state = 'posted' AND invoice_date <= %(date)s
               AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
             GROUP BY commercial_partner_id),
        scored AS (
            SELECT invoice.*, NTILE(5) OVER (ORDER BY days DESC, partner_id) AS r, NTILE(5) OVER (ORDER BY frequency, partner_id) AS f,
                   NTILE(5) OVER (ORDER BY revenue, partner_id) AS m, PERCENT_RANK() OVER (ORDER BY days DESC) AS pr,
                   PERCENT_RANK() OVER (ORDER BY frequency) AS pf, PERCENT_RANK() OVER (ORDER BY revenue) AS pm
              FROM invoice),
        graded AS (SELECT scored.*, r + f + m AS score, %(segment)s AS segment_id, %(grade)s AS grade_id FROM scored),
        customer AS (
            INSERT INTO crm_customer (partner_id, company_id, active, user_id, revenue, revenue_before, revenue_growth,
                                            order_count, last_order_date, grade_id, score, rfm_segment_id, grade_date, create_date,
                                            lifecycle_id, lifecycle_date)
            SELECT partner_id, %(company)s, partner.active, partner.user_id, revenue, revenue_before,
                   CASE WHEN revenue_before > 0 THEN 100 * (revenue - revenue_before) / revenue_before END,
                   frequency, last, grade_id, score, segment_id, %(date)s, NOW(),
                   CASE WHEN days > 180 THEN %(lapsed)s ELSE %(current)s END, %(date)s
              FROM graded JOIN res_partner AS partner ON partner.id = graded.partner_id
            RETURNING id, partner_id, lifecycle_id),
        verdict AS (
            INSERT INTO crm_grade_verdict (scheme_id, company_id, customer_id, status, grade_id, settled_grade_id,
                                                 computed_grade_id, score, segment_id, since, create_date, dimension_values)
            SELECT %(scheme)s, %(company)s, customer.id, 'graded', grade_id, grade_id, grade_id, score, segment_id, %(date)s, NOW(),
                   jsonb_build_object(%(r)s, jsonb_build_array(days, round((100 * pr)::numeric, 2), 25 * (r - 1), r),
                                      %(f)s, jsonb_build_array(frequency, round((100 * pf)::numeric, 2), 25 * (f - 1), f),
                                      %(m)s, jsonb_build_array(revenue, round((100 * pm)::numeric, 2), 25 * (m - 1), m))
              FROM graded JOIN customer USING (partner_id)),
        lived AS (
            INSERT INTO crm_lifecycle_history (customer_id, company_id, date, state_id, days, direction, manual, plan_done)
            SELECT id, %(company)s, %(date)s, lifecycle_id, 0, 'first', FALSE, TRUE FROM customer)
        INSERT INTO crm_grade_history (customer_id, scheme_id, company_id, date, grade_id, move, reason, score, policy_done,
                                             create_date)
        SELECT customer.id, %(scheme)s, %(company)s, %(date)s, grade_id, 'new', 'run', score, FALSE, NOW()
          FROM graded JOIN customer USING (partner_id)
        """,
        date=date, company=env.company.id, scheme=scheme.id, segment=case(lambda segment: segment.id),
        grade=case(lambda segment: segment.grade_id.id), r=str(r.id), f=str(f.id), m=str(m.id),
        current=states[0].id, lapsed=states[1].id)
