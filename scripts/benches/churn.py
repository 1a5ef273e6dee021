"""Churn models fitted and tried out, all customers scored, the cohort table, against the raw SQL that they cannot beat.

Customers have ten invoices each over two years, 1,000,000 have three. Each part returns its own ``<part>_seconds`` and
``<part>_floor_seconds``; ``seconds`` and ``floor_seconds`` are their sums. Memory is flat: fits look at a sample.

* ``fit``: the purchase model, fitted and tried out on four past dates. The floor reads what any fit has to: purchases, first and
  last day of every customer on the five dates. ``fit_figures_seconds``: the same of the figures model.
* ``score``: risk, expected purchases and yearly value of every customer by the purchase model, stored. The floor stores first day,
  last day, number and money of every customer. ``score_figures_seconds``: the same by the figures model.
* ``cohort``: the table of cohorts. The floor counts customers by month.
* ``recycle``: all customers are looked at, a hundredth of them goes to a pool. The floor finds and moves the same in SQL.
* ``claims``: up to 10,000 customers of the pool claimed by 50 people at once. The floor makes as many claims in SQL, one after the other.
"""
from datetime import timedelta

from _churn_pool import claims, recycle
from _sales_history import generate
from _timing import timed

from odoo.tools import SQL

SIZES = [50_000, 200_000, 1_000_000]


def run(env, size):
    generate(env, size, 10 if size < 1_000_000 else 3)
    date = env.company._crm_today()
    result = {}
    for part in PARTS.values():
        result.update(part(env, size, date))
    for total in ('seconds', 'floor_seconds'):
        result[total] = round(sum(result[f'{part}_{total}'] for part in PARTS), 3)
    return result


def _models(env):
    """Return the purchase model and the figures model of the company."""
    env['crm.churn.model']._ensure_models()
    found = env['crm.churn.model'].search([('company_id', '=', env.company.id)])
    return tuple(found.filtered(lambda model, kind=kind: model.kind == kind) for kind in ('purchases', 'figures'))


def fit(env, size, date):
    purchases, figures = _models(env)
    days = [date - timedelta(days=purchases.horizon_days * step) for step in range(5)]
    floor = timed(env, lambda: [_read_buyers(env, day) for day in days])
    seconds = timed(env, purchases._refit)
    learned = timed(env, figures._refit)
    env.cr.commit()
    for model in (purchases, figures):
        assert model.parameters and model.customer_count == size, f'{model.name}: {model.verdict}'
    return {'fit_seconds': round(seconds, 3), 'fit_floor_seconds': round(floor, 3), 'fit_figures_seconds': round(learned, 3)}


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


def score(env, size, date):
    purchases, figures = _models(env)
    floor = timed(env, lambda: _store(env, SQL(
        """SELECT commercial_partner_id, COUNT(DISTINCT invoice_date) AS bought, MIN(invoice_date) AS first,
                  MAX(invoice_date) AS last, SUM(amount_untaxed_signed) AS money
             FROM account_move WHERE %s GROUP BY commercial_partner_id""", _posted(env, date))), times=2)
    seconds, learned = (timed(env, lambda model=model: _score(env, model, size, date), times=2) for model in (purchases, figures))
    return {'score_seconds': round(seconds, 3), 'score_floor_seconds': round(floor, 3), 'score_figures_seconds': round(learned, 3)}


def _score(env, model, size, date):
    _store(env, model._score_relation(env.company._crm_metric_scope(date)))
    env.cr.execute("SELECT COUNT(*) FROM bench_score WHERE risk BETWEEN 0 AND 1 AND expected >= 0 AND value >= 0")
    assert env.cr.fetchone()[0] == size, 'every customer is judged'


def _store(env, query):
    env.cr.execute("DROP TABLE IF EXISTS bench_score")
    env.cr.execute("SET LOCAL jit = off")
    env.cr.execute(SQL("CREATE TEMP TABLE bench_score AS %s", query))


def cohort(env, _size, date):
    floor = timed(env, lambda: env.cr.execute(SQL(
        """SELECT DATE_TRUNC('month', invoice_date), COUNT(DISTINCT commercial_partner_id) FROM account_move
            WHERE %s GROUP BY 1""", _posted(env, date))), times=2)
    seconds = timed(env, lambda: env['crm.sales.history']._cohorts(env.company, date), times=2)
    return {'cohort_seconds': round(seconds, 3), 'cohort_floor_seconds': round(floor, 3)}


# what is measured, by the name that its figures begin with
PARTS = {'fit': fit, 'score': score, 'cohort': cohort, 'recycle': recycle, 'claims': claims}
