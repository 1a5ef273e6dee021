"""Following contracts at night, the ledger, reminders, ageing and the credit check of an order, against the raw SQL they cannot beat.

100,000 contracts with ten steps each (1,000,000 steps) are carried out; see ``_contracts_data.py``. The size is the number of
contracts. Each part returns its own ``<part>_seconds`` and ``<part>_floor_seconds``; ``seconds`` and ``floor_seconds`` are their sums.

* ``refresh`` and ``ledger``: see ``_contracts_follow.py``.
* ``reminder``: finding which reminders are due today. The floor finds the open steps whose day has come and that have no reminder yet.
  ``reminder_batch_seconds``: giving the next 500, with their activities and messages.
* ``ageing``: the open items of all customers by age, in the company's currency. The floor sums the open instalments by age, and what
  is open in the books and of no contract.
* ``exposure``: what the debtor of an order owes, as when an order is confirmed, for 100 debtors one after the other. The floor sums
  open items and what of open orders no posted invoice holds, in one currency and unit, without down payments and what is on its way.
* ``debtors``: the same of all customers at once, as the list "over the limit" reads it.
* ``confirm_queries``, ``post_queries``: all statements of confirming an order of ten lines and of posting its invoice, from a cold
  cache; ``confirm_ms``, ``post_ms``: how long that takes among so many contracts.
"""
from _contracts_data import generate
from _contracts_follow import PARTS as FOLLOWING
from _timing import timed

from odoo import Command
from odoo.tools import SQL

SIZES = [10_000, 100_000]
DEBTORS = 100


def run(env, size):
    customers = generate(env, size)
    result = {'steps': 10 * size}
    for part in PARTS.values():
        result.update(part(env, customers))
    result.update(order_flow(env, customers))
    for total in ('seconds', 'floor_seconds'):
        result[total] = round(sum(result[f'{part}_{total}'] for part in PARTS), 3)
    return result


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
        """SELECT width_bucket(CURRENT_DATE - date_due, ARRAY[1, 31, 61, 91]), SUM(amount), COUNT(*)
             FROM (SELECT date_due, open_amount AS amount FROM crm_contract_step
                    WHERE company_id = %(company)s AND kind = 'collect' AND open_amount > 0
                    UNION ALL
                   SELECT date_maturity, amount_residual FROM account_move_line AS item
                     JOIN account_account AS account ON account.id = item.account_id AND account.account_type = 'asset_receivable'
                    WHERE item.company_id = %(company)s AND parent_state = 'posted' AND reconciled IS NOT TRUE
                      AND NOT EXISTS (SELECT FROM account_move_line AS sold
                                        JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = sold.id
                                        JOIN sale_order_line AS line ON line.id = rel.order_line_id
                                        JOIN sale_order AS sale ON sale.id = line.order_id
                                       WHERE sold.move_id = item.move_id AND sale.crm_contract_id IS NOT NULL)) AS item
            GROUP BY 1""", company=env.company.id)), times=2)
    return {'ageing_seconds': round(seconds, 3), 'ageing_floor_seconds': round(floor, 3)}


def exposure(env, customers):
    credit, company = env['crm.credit'], env.company
    debtors = env['res.partner'].browse(customers[::max(1, len(customers) // DEBTORS)][:DEBTORS])
    found = []
    seconds = timed(env, lambda: found.extend(credit._figures(company, debtor) for debtor in debtors), times=2)
    assert all(found), 'every debtor has a limit'
    floor = timed(env, lambda: [env.execute_query(_exposure_floor(company, SQL("= %s", debtor.id))) for debtor in debtors], times=2)
    return {'exposure_seconds': round(seconds, 3), 'exposure_floor_seconds': round(floor, 3)}


def all_debtors(env, _customers):
    credit, company = env['crm.credit'], env.company
    seconds = timed(env, lambda: env.execute_query(SQL(
        "SELECT COUNT(*), SUM(exposure) FROM (%s) AS figure", credit._exposure_sql(company))), times=2)
    env.cr.commit()   # with it what the planner was told
    floor = timed(env, lambda: env.execute_query(_exposure_floor(company, SQL("IS NOT NULL"))), times=2)
    return {'debtors_seconds': round(seconds, 3), 'debtors_floor_seconds': round(floor, 3)}


def _exposure_floor(company, debtors):
    return SQL(
        """SELECT partner_id, SUM(amount)
             FROM (SELECT partner_id, amount_residual AS amount FROM account_move_line
                     JOIN account_account AS account ON account.id = account_id AND account.account_type = 'asset_receivable'
                    WHERE partner_id %(debtors)s AND company_id = %(company)s AND parent_state = 'posted' AND reconciled IS NOT TRUE
                    UNION ALL
                   SELECT sale.partner_invoice_id, GREATEST(line.product_uom_qty - COALESCE(SUM(item.quantity), 0), 0)
                                                   * line.price_total / line.product_uom_qty
                     FROM sale_order AS sale JOIN sale_order_line AS line ON line.order_id = sale.id
                LEFT JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
                LEFT JOIN account_move_line AS item ON item.id = rel.invoice_line_id AND item.parent_state = 'posted'
                    WHERE sale.partner_invoice_id %(debtors)s AND sale.company_id = %(company)s AND sale.state = 'sale'
                      AND line.qty_invoiced < line.product_uom_qty
                    GROUP BY sale.id, line.id) AS part
            GROUP BY partner_id""", debtors=debtors, company=company.id)


def order_flow(env, customers):
    """Confirm an order of ten lines and post its invoice."""
    product = env['product.product'].create({'name': "Flow", 'type': 'service', 'list_price': 1, 'invoice_policy': 'order'})
    order = env['sale.order'].create({
        'partner_id': customers[0], 'order_line': [Command.create({'product_id': product.id}) for _line in range(10)]})
    result = {}
    for name, record in (('confirm', lambda: order.action_confirm), ('post', lambda: order._create_invoices().action_post)):
        work = record()
        env.flush_all()
        before = env.cr.sql_log_count
        result[f'{name}_ms'] = round(1000 * timed(env, work), 1)
        result[f'{name}_queries'] = env.cr.sql_log_count - before
    return result


# what is measured, by the name that its figures begin with
PARTS = {**FOLLOWING, 'reminder': reminder, 'ageing': ageing, 'exposure': exposure, 'debtors': all_debtors}
