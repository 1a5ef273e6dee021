"""Churn models fitted and tried out, all customers scored and judged, cohorts, the bridge, recycling and claims, against raw SQL.

Customers have four invoices each on average over three years, whatever the size. Each part returns its own ``<part>_seconds`` and
``<part>_floor_seconds``; ``seconds`` and ``floor_seconds`` are their sums; ``<part>_mb`` is how much Odoo has needed at most until then.

* ``fit``: the purchase model, fitted and tried out on four past dates. The floor reads what any fit has to: purchases, first and
  last day of every customer on the five dates. Above 50,000 customers a fit looks at a sample. ``fit_figures``: the figures model, the
  same floor for the nine days that it learns from and is judged on.
* ``score``: risk, expected purchases and yearly value of every customer by the purchase model, stored. The floor stores first day,
  last day, number and money of every customer. ``score_figures``: the same by the figures model, whose floor stores its six figures too.
* ``judge``: risk, reasons, priority and trend written to all profiles and to the history for the first time;
  ``judge_again_seconds``: the same again. The floor writes the same columns and the same rows of the history with a risk by a simple rule.
* ``cohort``: the table of cohorts. The floor counts customers by month. ``bridge``: the bridge of customers. The floor looks at every
  purchase and the one before, and counts by month.
* ``find``: the list of whom rules will recycle. ``recycle``: 10,000 of them go to a pool. ``claims``: claimed by 50 people at once, each
  claim a transaction of its own. Their floors are in ``_churn_pool.py``.
"""
import resource
import sys
from datetime import timedelta

from _churn_data import buyers, profiles
from _churn_pool import claims, recycle
from _sales_history import vacuum
from _timing import timed

from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import over_everybody

SIZES = [20_000, 100_000, 1_000_000]


def run(env, size):
    date = env.company._crm_today()
    buyers(env, size)
    profiles(env, date)
    result = {}
    for name, part in PARTS.items():
        found = part(env, size, date)
        found[f'{name}_mb'] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        sys.stderr.write(f'  {size:,}: {found}\n')   # a million takes long
        result.update(found)
    for total in ('seconds', 'floor_seconds'):
        result[total] = round(sum(result[f'{part}_{total}'] for part in TIMED), 3)
    return result


def _models(env):
    """Return the purchase model and the figures model of the company."""
    env['crm.churn.model']._ensure_models()
    found = env['crm.churn.model'].search([('company_id', '=', env.company.id)])
    return tuple(found.filtered(lambda model, kind=kind: model.kind == kind) for kind in ('purchases', 'figures'))


def fit(env, size, date):
    purchases, figures = _models(env)
    days = [date - timedelta(days=purchases.horizon_days * step) for step in range(9)]
    floors = [timed(env, lambda day=day: _read_buyers(env, day)) for day in days]
    seconds = timed(env, purchases._refit)
    learned = timed(env, figures._refit)
    env.cr.commit()
    for model in (purchases, figures):
        assert model.parameters and model.customer_count == size, f'{model.name}: {model.verdict}'
    return {'fit_seconds': round(seconds, 3), 'fit_floor_seconds': round(sum(floors[:5]), 3), 'fit_count': purchases.sample_count,
            'fit_figures_seconds': round(learned, 3), 'fit_figures_floor_seconds': round(sum(floors), 3)}


def _read_buyers(env, day):
    env.cr.execute(SQL(
        """SELECT SUM(bought), SUM(last - first)
             FROM (SELECT COUNT(DISTINCT invoice_date) AS bought, MIN(invoice_date) AS first, MAX(invoice_date) AS last
                     FROM account_move WHERE %s GROUP BY commercial_partner_id) AS buyer""", _posted(env, day)))
    env.cr.fetchall()


def _posted(env, day):
    return SQL(
        "company_id = %s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND invoice_date <= %s",
        env.company.id, day)


def _buyer(env, date, more=None):
    """Return the hand-written query of what scores are made of: a row per customer."""
    return SQL(
        """SELECT commercial_partner_id AS subject_id, COUNT(DISTINCT invoice_date) AS bought, MIN(invoice_date) AS first,
                  MAX(invoice_date) AS last, SUM(amount_untaxed_signed) AS money%s
             FROM account_move WHERE %s GROUP BY commercial_partner_id""", more or SQL(), _posted(env, date))


def score(env, size, date):
    purchases, figures = _models(env)
    six = SQL(
        """, COUNT(DISTINCT DATE_TRUNC('month', invoice_date)) AS months,
             (ARRAY_AGG(amount_untaxed_signed ORDER BY invoice_date DESC))[1] AS latest,
             SUM(amount_untaxed_signed) FILTER (WHERE move_type <> 'out_refund') AS invoiced""")
    floors = [timed(env, lambda more=more: _store(env, _buyer(env, date, more))) for more in (None, six)]
    seconds, learned = (timed(env, lambda model=model: _score(env, model, size, date)) for model in (purchases, figures))
    return {'score_seconds': round(seconds, 3), 'score_floor_seconds': round(floors[0], 3),
            'score_figures_seconds': round(learned, 3), 'score_figures_floor_seconds': round(floors[1], 3)}


def _score(env, model, size, date):
    _store(env, model._score_relation(env.company._crm_metric_scope(date)))
    env.cr.execute("SELECT COUNT(*) FROM bench_score WHERE risk BETWEEN 0 AND 1 AND expected >= 0 AND value >= 0")
    assert env.cr.fetchone()[0] == size, 'every customer is judged'


def _store(env, query):
    env.cr.execute("DROP TABLE IF EXISTS bench_score")
    with over_everybody(env):
        env.cr.execute(SQL("CREATE TEMP TABLE bench_score AS %s", query))


def judge(env, size, date):
    """The risk of all customers by the purchase model, with the signals that hold."""
    purchases, figures = _models(env)
    figures.is_speaking = False
    purchases.write({'verdict': 'good', 'is_speaking': True})   # whatever was found out about made-up customers
    env['crm.churn.signal']._ensure_defaults(env.company)
    env.cr.commit()
    floor = timed(env, lambda: _judge_floor(env, date), undo=True)
    vacuum(env, 'crm_customer', 'crm_churn_risk')
    customers = env['crm.customer']
    seconds = timed(env, lambda: customers._assess_churn(env.company, date))
    env.cr.commit()
    vacuum(env, 'crm_customer', 'crm_churn_risk')
    again = timed(env, lambda: customers._assess_churn(env.company, date))
    env.cr.commit()
    env.cr.execute("SELECT COUNT(*) FROM crm_churn_risk")
    assert env.cr.fetchone()[0] == size, 'every risk is on record'
    return {'judge_seconds': round(seconds, 3), 'judge_floor_seconds': round(floor, 3), 'judge_again_seconds': round(again, 3)}


def _judge_floor(env, date):
    with over_everybody(env):
        env.cr.execute(SQL(
            """WITH judged AS (
                   SELECT customer.id, LEAST(100, 10 * (%(date)s - last) / 30)::numeric(5, 1) AS risk, bought, money
                     FROM crm_customer AS customer JOIN (%(buyer)s) AS buyer ON buyer.subject_id = customer.partner_id
                    WHERE customer.company_id = %(company)s)
               UPDATE crm_customer AS customer
                  SET churn_risk = risk, churn_level = CASE WHEN risk >= 70 THEN 'high' ELSE 'low' END, churn_source = 'purchases',
                      churn_value = money, churn_at_stake = money * risk / 100, churn_priority = risk,
                      churn_reasons = jsonb_build_object('signals', ARRAY[1, 2], 'single', bought = 1), churn_date = %(date)s,
                      write_uid = %(uid)s, write_date = NOW()
                 FROM judged WHERE judged.id = customer.id""",
            buyer=_buyer(env, date), date=date, company=env.company.id, uid=env.uid))
        env.cr.execute(SQL(
            """INSERT INTO crm_churn_risk (customer_id, company_id, date, risk, level, source, at_stake,
                                           create_uid, create_date, write_uid, write_date)
               SELECT id, company_id, churn_date, churn_risk, churn_level, churn_source, churn_at_stake, %(uid)s, NOW(), %(uid)s, NOW()
                 FROM crm_customer WHERE company_id = %(company)s""", company=env.company.id, uid=env.uid))


def cohort(env, _size, date):
    floor = timed(env, lambda: env.cr.execute(SQL(
        """SELECT DATE_TRUNC('month', invoice_date), COUNT(DISTINCT commercial_partner_id) FROM account_move
            WHERE %s GROUP BY 1""", _posted(env, date))))
    seconds = timed(env, lambda: env['crm.sales.history']._cohorts(env.company, date))
    return {'cohort_seconds': round(seconds, 3), 'cohort_floor_seconds': round(floor, 3)}


def bridge(env, _size, date):
    floor = timed(env, lambda: env.cr.execute(SQL(
        """SELECT DATE_TRUNC('month', day), COUNT(*) FILTER (WHERE before IS NULL), COUNT(*) FILTER (WHERE day - before > 91)
             FROM (SELECT invoice_date AS day, LAG(invoice_date) OVER (PARTITION BY commercial_partner_id ORDER BY invoice_date) AS before
                     FROM account_move WHERE %s) AS purchase GROUP BY 1""", _posted(env, date))))
    seconds = timed(env, lambda: env['crm.sales.history']._bridge(env.company, date))
    return {'bridge_seconds': round(seconds, 3), 'bridge_floor_seconds': round(floor, 3)}


PARTS = {'fit': fit, 'score': score, 'judge': judge, 'cohort': cohort, 'bridge': bridge, 'recycle': recycle, 'claims': claims}
# what is measured, by the name that its figures begin with
TIMED = ('fit', 'fit_figures', 'score', 'score_figures', 'judge', 'cohort', 'bridge', 'find', 'recycle', 'claims')
