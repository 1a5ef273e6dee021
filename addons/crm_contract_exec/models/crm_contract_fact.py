from odoo import api, models
from odoo.tools import SQL

EVERY = SQL("TRUE")


class CrmContract(models.Model):
    """What the books know about contracts: relations of facts, which progress, ledger, metrics and reports all read.

    Each method returns SQL; callers flush before they run it. ``condition`` restricts the contracts, on the alias ``contract``.
    Amounts are in the contract's currency, what is given back is negative.
    """
    _inherit = 'crm.contract'

    @api.model
    def _delivered_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, order_line_id, step_id, move_id, date, quantity)`` of goods that left to the customer,
        and (negative) came back; in the unit of the order line, by the day (UTC) on which the transfer was done. ``step_id`` is the
        step that the transfer was made for, if any."""
        return SQL(
            """SELECT contract.id AS contract_id, line.id AS order_line_id, picking.crm_step_id AS step_id, move.id AS move_id,
                      move.date::date AS date,
                      move.quantity * unit.factor / line_unit.factor * CASE WHEN goes.usage = 'customer' THEN 1 ELSE -1 END AS quantity
                 FROM crm_contract AS contract
                 JOIN sale_order AS sale ON sale.crm_contract_id = contract.id
                 JOIN sale_order_line AS line ON line.order_id = sale.id
                 JOIN stock_move AS move ON move.sale_line_id = line.id AND move.state = 'done'
                 JOIN stock_location AS goes ON goes.id = move.location_dest_id
                 JOIN stock_location AS comes ON comes.id = move.location_id
                 JOIN uom_uom AS unit ON unit.id = move.product_uom
                 JOIN uom_uom AS line_unit ON line_unit.id = line.product_uom_id
            LEFT JOIN stock_picking AS picking ON picking.id = move.picking_id
                WHERE (goes.usage = 'customer') <> (comes.usage = 'customer') AND %s""", condition)

    @api.model
    def _invoiced_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, step_id, move_id, date, amount, untaxed, share)`` of posted invoices and (negative) credit
        notes: the part of each that belongs to the contract, by the day of the invoice. ``step_id`` is the step that the invoice was
        made for, if any; ``share`` the part's share of the whole invoice (1 = all of it)."""
        return SQL(
            """SELECT part.contract_id, COALESCE(move.crm_step_id, origin.crm_step_id) AS step_id, move.id AS move_id,
                      move.invoice_date AS date, part.amount * side.sign AS amount, part.untaxed * side.sign AS untaxed,
                      CASE WHEN move.amount_total = 0 THEN 1 ELSE part.amount / move.amount_total END AS share
                 FROM (SELECT contract_id, invoice_id, SUM(amount) AS amount, SUM(untaxed) AS untaxed
                         FROM (SELECT DISTINCT contract.id AS contract_id, item.id, item.move_id AS invoice_id,
                                      item.price_total AS amount, item.price_subtotal AS untaxed
                                 FROM crm_contract AS contract
                                 JOIN sale_order AS sale ON sale.crm_contract_id = contract.id
                                 JOIN sale_order_line AS line ON line.order_id = sale.id
                                 JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
                                 JOIN account_move_line AS item ON item.id = rel.invoice_line_id
                                WHERE item.parent_state = 'posted' AND item.display_type = 'product' AND %(condition)s
                                UNION
                               SELECT contract.id, item.id, item.move_id, item.price_total, item.price_subtotal
                                 FROM crm_contract AS contract
                                 JOIN account_move AS own ON own.crm_contract_id = contract.id
                                 JOIN account_move_line AS item ON item.move_id = own.id
                                WHERE item.parent_state = 'posted' AND item.display_type = 'product' AND %(condition)s) AS item
                        GROUP BY contract_id, invoice_id) AS part
                 JOIN account_move AS move ON move.id = part.invoice_id
            LEFT JOIN account_move AS origin ON origin.id = move.reversed_entry_id
           CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign) AS side
                WHERE move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""", condition=condition)

    @api.model
    def _collected_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, step_id, move_id, payment_line_id, date, amount)`` of money matched with the invoices of
        :meth:`_invoiced_sql` (``move_id``), and (negative) paid back on credit notes, by the day of the match."""
        return SQL(
            """SELECT invoiced.contract_id, invoiced.step_id, invoiced.move_id, money.id AS payment_line_id, side.date,
                      side.amount * invoiced.share AS amount
                 FROM (%s) AS invoiced
                 JOIN account_move_line AS term ON term.move_id = invoiced.move_id AND term.display_type = 'payment_term'
                 JOIN LATERAL (
                      SELECT credit_move_id AS other_id, max_date AS date, debit_amount_currency AS amount
                        FROM account_partial_reconcile WHERE debit_move_id = term.id
                       UNION ALL
                      SELECT debit_move_id, max_date, -credit_amount_currency FROM account_partial_reconcile WHERE credit_move_id = term.id
                      ) AS side ON TRUE
                 JOIN account_move_line AS money ON money.id = side.other_id
                WHERE money.journal_id IN (SELECT id FROM account_journal WHERE type IN ('bank', 'cash', 'credit'))""",
            self._invoiced_sql(condition))

    # ------------------------------------------------------------------
    # Bringing what we show in line with the facts
    # ------------------------------------------------------------------

    @api.model
    def _refresh(self, contracts=None, date=None):
        """Bring due dates, progress and states of steps and contracts in line with the books; only what changes is written.

        :param contracts: default: all that run, of all companies
        :param date: as-of day for what is overdue; default: today in the time zone of each company
        :return: the number of steps and contracts that changed
        """
        return 0
