"""Following contracts at night, reminders, the ageing report and the credit check of an order, against the raw SQL that they cannot beat.

100,000 contracts with ten steps each (1,000,000 steps) are carried out; see ``_contracts_data.py``. The size is the number of
contracts. Each part returns its own ``<part>_seconds`` and ``<part>_floor_seconds``; ``seconds`` and ``floor_seconds`` are their sums.

* ``refresh``: the nightly job that brings states, amounts and due days of all steps and contracts in line with the books, from
  nothing, killed halfway and run again. The floor is two hand-written statements that store the sums without staged deliveries,
  moving due days, credit notes, other currencies and contracts by hand. ``refresh_again_seconds``: all at once, when nothing has
  changed; ``same_after_kill``: it finds nothing to change after the killed job.
* ``reminder``: finding which reminders are due today. The floor finds the open steps whose day has come and that have no reminder yet.
  ``reminder_batch_seconds``: giving the next 500, with their activities and messages.
* ``ageing``: the open items of all customers by age, in the company's currency. The floor sums the open instalments by age.
* ``exposure``: what the debtor of an order owes, as when an order is confirmed, for 100 debtors one after the other. The floor sums
  open items and open orders of each. ``exposure_all_seconds``: of all customers at once, as the list "over the limit" reads it.
"""
from contextlib import suppress
from unittest.mock import patch

from _contracts_data import generate
from _timing import timed

from odoo.tools import SQL

from odoo.addons.crm_contract_exec.models.crm_contract_refresh_cron import BATCH

SIZES = [10_000, 100_000]
DEBTORS = 100


def run(env, size):
    customers = generate(env, size)
    result = {'steps': 10 * size}
    for part in PARTS.values():
        result.update(part(env, customers))
    for total in ('seconds', 'floor_seconds'):
        result[total] = round(sum(result[f'{part}_{total}'] for part in PARTS), 3)
    return result


# ----------------------------------------------------------------------
# Following the plans
# ----------------------------------------------------------------------

def refresh(env, _customers):
    contracts = env['crm.contract']
    floor = timed(env, lambda: [env.cr.execute(statement) for statement in REFRESH_FLOOR], times=2, undo=True)
    batches = -(-contracts.search_count([]) // BATCH)
    with patch.object(type(env['ir.cron']), '_commit_progress', _killed(env, after=-(-batches // 2))):
        seconds = timed(env, lambda: _until_killed(contracts._cron_refresh))
    env.cr.execute("SELECT COUNT(*) FROM crm_contract_step WHERE state = 'wait'")
    assert batches == 1 or env.cr.fetchone()[0], 'it was killed before the end'
    with patch.object(type(env['ir.cron']), '_commit_progress', _killed(env)):
        seconds += timed(env, contracts._cron_refresh)
    stored, changed = _stored(env), []
    again = timed(env, lambda: changed.append(contracts._refresh()))
    return {'refresh_seconds': round(seconds, 3), 'refresh_floor_seconds': round(floor, 3), 'refresh_again_seconds': round(again, 3),
            'same_after_kill': changed == [0] and _stored(env) == stored}


def _until_killed(job):
    with suppress(InterruptedError):
        job()


def _killed(env, after=None):
    """Return a stand-in that saves each batch as a cron job does, and dies behind some of them."""
    done = []

    def commit(_self, processed=0, **_kwargs):
        env.cr.commit()
        done.append(processed)
        if len(done) == after:
            raise InterruptedError
        return float('inf')
    return commit


def _stored(env):
    """Return what a refresh has stored, in short."""
    env.cr.execute("""SELECT state, COUNT(*), SUM(done_amount), SUM(open_amount), SUM(days_late), SUM(hashtext(id || ' ' || state)::bigint)
                        FROM crm_contract_step GROUP BY state ORDER BY state""")
    steps = env.cr.fetchall()
    env.cr.execute("""SELECT COUNT(*), SUM(invoiced_amount), SUM(collected_amount), SUM(overdue_amount), SUM(delivered_percent::numeric)
                        FROM crm_contract""")
    return steps, env.cr.fetchall()


REFRESH_FLOOR = ("""
    WITH invoiced AS (
             SELECT sale.crm_contract_id AS contract_id, SUM(item.price_total) AS amount
               FROM sale_order AS sale JOIN sale_order_line AS line ON line.order_id = sale.id
               JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
               JOIN account_move_line AS item ON item.id = rel.invoice_line_id AND item.parent_state = 'posted' GROUP BY 1),
         collected AS (
             SELECT sale.crm_contract_id AS contract_id, SUM(part.debit_amount_currency) AS amount
               FROM sale_order AS sale JOIN sale_order_line AS line ON line.order_id = sale.id
               JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
               JOIN account_move_line AS item ON item.id = rel.invoice_line_id
               JOIN account_move_line AS term ON term.move_id = item.move_id AND term.display_type = 'payment_term'
               JOIN account_partial_reconcile AS part ON part.debit_move_id = term.id GROUP BY 1),
         delivered AS (
             SELECT line.step_id, SUM(move.quantity) AS quantity
               FROM crm_contract_step_line AS line
               JOIN stock_move AS move ON move.sale_line_id = line.order_line_id AND move.state = 'done' GROUP BY 1),
         planned AS (
             SELECT step.id, step.date_due, step.amount, CASE WHEN kind = 'invoice' THEN invoiced.amount ELSE collected.amount END
                    - SUM(step.amount) OVER (PARTITION BY step.contract_id, kind ORDER BY sequence) + step.amount AS available,
                    kind IN ('invoice', 'collect') AS is_money,
                    COALESCE(delivered.quantity, 0) > 0 OR date_confirmed IS NOT NULL AS is_there
               FROM crm_contract_step AS step LEFT JOIN invoiced USING (contract_id) LEFT JOIN collected USING (contract_id)
          LEFT JOIN delivered ON delivered.step_id = step.id)
    UPDATE crm_contract_step AS step SET done_amount = value.done, open_amount = value.amount - value.done, state = value.state,
           done_percent = CASE WHEN value.state = 'done' THEN 100 ELSE 0 END,
           date_done = CASE WHEN value.state = 'done' THEN value.date_due END,
           days_late = CASE WHEN value.state = 'overdue' THEN CURRENT_DATE - value.date_due ELSE 0 END
      FROM (SELECT planned.*, CASE WHEN is_money AND done >= amount OR NOT is_money AND is_there THEN 'done'
                                   WHEN date_due < CURRENT_DATE THEN 'overdue' WHEN done > 0 THEN 'partial' ELSE 'ready' END AS state, done
              FROM planned, LATERAL (
                   SELECT CASE WHEN is_money THEN GREATEST(0, LEAST(amount, available)) ELSE 0 END AS done) AS money) AS value
     WHERE value.id = step.id""", """
    UPDATE crm_contract AS contract
       SET invoiced_amount = value.invoiced, collected_amount = value.collected, overdue_amount = value.overdue,
           next_date = value.next_date,
           invoiced_percent = 100 * value.invoiced / amount_total, collected_percent = 100 * value.collected / amount_total,
           delivered_percent = value.delivered
      FROM (SELECT contract_id, SUM(done_amount) FILTER (WHERE kind = 'invoice') AS invoiced,
                   SUM(done_amount) FILTER (WHERE kind = 'collect') AS collected,
                   AVG(done_percent) FILTER (WHERE kind = 'deliver') AS delivered,
                   SUM(open_amount) FILTER (WHERE kind = 'collect' AND state = 'overdue') AS overdue,
                   MIN(date_due) FILTER (WHERE state <> 'done') AS next_date
              FROM crm_contract_step GROUP BY contract_id) AS value
     WHERE value.contract_id = contract.id""")


# ----------------------------------------------------------------------
# Reminders
# ----------------------------------------------------------------------

def reminder(env, _customers):
    rules, company = env['crm.contract.reminder'], env.company
    today = _working_day(env)
    due = rules.search([('company_id', 'in', (company.id, False))])._due_sql(company, today)
    seconds = timed(env, lambda: env.execute_query(SQL("SELECT COUNT(*) FROM (%s) AS due", due)), times=2)
    floor = timed(env, lambda: env.execute_query(SQL(
        """SELECT COUNT(*) FROM crm_contract_step AS step
            WHERE company_id = %s AND date_due <= %s AND state NOT IN ('done', 'void') AND contract_state IN ('signed', 'executing')
              AND NOT EXISTS (SELECT FROM crm_contract_reminder_log AS log WHERE log.step_id = step.id)""", company.id, today)), times=2)
    given = []
    batch = timed(env, lambda: given.append(rules._remind(company, today)))
    env.cr.commit()
    return {'reminder_seconds': round(seconds, 3), 'reminder_floor_seconds': round(floor, 3), 'reminder_batch_seconds': round(batch, 3),
            'reminder_batch': given[0]}


def _working_day(env):
    """Return the first day from today on that is no day off: most rules are silent on those."""
    today = env.company._crm_today()
    return today if today.weekday() < 5 else today.fromordinal(today.toordinal() + 7 - today.weekday())


# ----------------------------------------------------------------------
# What customers owe
# ----------------------------------------------------------------------

def ageing(env, _customers):
    seconds = timed(env, lambda: env['crm.receivable'].formatted_read_group([], ['bucket'], ['open_company:sum', '__count']), times=2)
    floor = timed(env, lambda: env.execute_query(SQL(
        """SELECT width_bucket(CURRENT_DATE - date_due, ARRAY[1, 31, 61, 91]), SUM(open_amount), COUNT(*)
             FROM crm_contract_step WHERE company_id = %s AND kind = 'collect' AND open_amount > 0 GROUP BY 1""", env.company.id)), times=2)
    return {'ageing_seconds': round(seconds, 3), 'ageing_floor_seconds': round(floor, 3)}


def exposure(env, customers):
    credit, company = env['crm.credit'], env.company
    debtors = env['res.partner'].browse(customers[::max(1, len(customers) // DEBTORS)][:DEBTORS])
    found = []
    seconds = timed(env, lambda: found.extend(credit._figures(company, debtor) for debtor in debtors), times=2)
    assert all(found), 'every debtor has a limit'
    floor = timed(env, lambda: [env.execute_query(_exposure_floor(company, debtor)) for debtor in debtors], times=2)
    whole = timed(env, lambda: env.execute_query(SQL(
        "SELECT COUNT(*), SUM(exposure) FROM (%s) AS figure", credit._exposure_sql(company))))
    return {'exposure_seconds': round(seconds, 3), 'exposure_floor_seconds': round(floor, 3), 'exposure_all_seconds': round(whole, 3)}


def _exposure_floor(company, debtor):
    return SQL(
        """SELECT (SELECT SUM(amount_residual) FROM account_move_line
                    WHERE partner_id = %(debtor)s AND company_id = %(company)s AND parent_state = 'posted' AND reconciled IS NOT TRUE
                      AND amount_residual <> 0),
                  (SELECT SUM(line.price_total) FROM sale_order AS sale JOIN sale_order_line AS line ON line.order_id = sale.id
                    WHERE sale.partner_invoice_id = %(debtor)s AND sale.company_id = %(company)s AND sale.state = 'sale')""",
        debtor=debtor.id, company=company.id)


# what is measured, by the name that its figures begin with
PARTS = {'refresh': refresh, 'reminder': reminder, 'ageing': ageing, 'exposure': exposure}
