"""Bringing plans in line with the books and booking the performance ledger, both as nightly jobs that are killed halfway.

* ``refresh``: the nightly job that brings states, amounts and due days of all steps and contracts in line with the books, from
  nothing, killed halfway and run again. The floor is two hand-written statements that store the sums without staged deliveries,
  moving due days, credit notes, other currencies and contracts by hand. ``refresh_again_seconds``: all at once, when nothing has
  changed; ``same_after_kill``: it finds nothing to change after the killed job.
* ``ledger``: the nightly job that credits people with every signature, delivery, invoice and payment, killed halfway and run again.
  The floor is one hand-written statement that enters the same without shares, teams, refunds, write-offs, rates and closed months.
  ``ledger_again_seconds``: all at once, when nothing is new; ``ledger_same_after_kill``: it enters nothing after the killed job, and
  what was entered adds up to what the floor enters.
"""
from contextlib import suppress
from unittest.mock import patch

from _timing import timed

from odoo.addons.crm_contract_exec.models.crm_contract_refresh_cron import BATCH
from odoo.addons.crm_contract_exec.models.crm_performance_book import BATCH as BOOKED

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
# The ledger
# ----------------------------------------------------------------------

def ledger(env, _customers):
    entries, contracts = env['crm.performance.entry'], env['crm.contract'].search_count([])
    env['crm.performance.rule'].create({
        'company_id': env.company.id, 'date_from': '2000-01-01', 'signed_weight': 10, 'delivered_weight': 20, 'invoiced_weight': 30,
        'collected_weight': 40})
    env.cr.commit()
    right = []

    def enter():
        env.cr.execute(LEDGER_FLOOR)
        right[:] = _entered(env)
    floor = timed(env, enter, times=2, undo=True)
    batch = min(BOOKED, -(-contracts // 2))
    half = max(1, -(-contracts // batch) // 2)
    with patch.object(type(env['ir.cron']), '_commit_progress', _killed(env, after=half)):
        seconds = timed(env, lambda: _until_killed(lambda: entries._cron_book(batch)))
    part = _entered(env)
    with patch.object(type(env['ir.cron']), '_commit_progress', _killed(env)):
        seconds += timed(env, lambda: entries._cron_book(batch))
    made = []
    again = timed(env, lambda: made.append(entries._book()))
    env.cr.commit()
    return {'ledger_seconds': round(seconds, 3), 'ledger_floor_seconds': round(floor, 3), 'ledger_again_seconds': round(again, 3),
            'entries': sum(count for _event, count, _amount in right),
            'ledger_same_after_kill': made == [0] and part != right and _entered(env) == right}


def _entered(env):
    """Return what the ledger holds, in short."""
    env.cr.execute("SELECT event, COUNT(*), SUM(amount) FROM crm_performance_entry GROUP BY event ORDER BY event")
    return env.cr.fetchall()


LEDGER_FLOOR = """
    INSERT INTO crm_performance_entry (
           company_id, month, date, user_id, contract_id, partner_id, event, reason, number, is_back, res_model, res_id,
           contract_currency_id, base_amount, rule_id, share_percent, weight_percent, rate, target_amount, amount)
    SELECT contract.company_id, date_trunc('month', fact.date)::date, fact.date, contract.user_id, contract.id, contract.partner_id,
           event, 'event', 1, FALSE, res_model, res_id, contract.currency_id, base, rule.id, 100, weight, 1, value, value
      FROM (SELECT id AS contract_id, 'signed' AS event, 'crm.contract' AS res_model, id AS res_id, date_signed AS date,
                   amount_untaxed AS base, 10 AS weight
              FROM crm_contract
             UNION ALL
            SELECT sale.crm_contract_id, 'delivered', 'stock.move', move.id, move.date::date,
                   move.quantity * line.price_subtotal / line.product_uom_qty, 20
              FROM sale_order AS sale JOIN sale_order_line AS line ON line.order_id = sale.id
              JOIN stock_move AS move ON move.sale_line_id = line.id AND move.state = 'done'
             UNION ALL
            SELECT sale.crm_contract_id, 'invoiced', 'account.move', item.move_id, item.date, item.price_subtotal, 30
              FROM sale_order AS sale JOIN sale_order_line AS line ON line.order_id = sale.id
              JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
              JOIN account_move_line AS item ON item.id = rel.invoice_line_id AND item.parent_state = 'posted'
             UNION ALL
            SELECT sale.crm_contract_id, 'collected', 'account.move', money.move_id, part.max_date, part.debit_amount_currency, 40
              FROM sale_order AS sale JOIN sale_order_line AS line ON line.order_id = sale.id
              JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
              JOIN account_move_line AS item ON item.id = rel.invoice_line_id
              JOIN account_move_line AS term ON term.move_id = item.move_id AND term.display_type = 'payment_term'
              JOIN account_partial_reconcile AS part ON part.debit_move_id = term.id
              JOIN account_move_line AS money ON money.id = part.credit_move_id) AS fact
      JOIN crm_contract AS contract ON contract.id = fact.contract_id
      JOIN crm_performance_rule AS rule ON rule.company_id = contract.company_id,
           LATERAL (SELECT round((base * weight / 100)::numeric, 2) AS value) AS due"""

# what is measured, by the name that its figures begin with
PARTS = {'refresh': refresh, 'ledger': ledger}
