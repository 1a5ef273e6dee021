from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

EVERY = SQL("TRUE")
MONEY_JOURNALS = ('bank', 'cash', 'credit')


class CrmContract(models.Model):
    """What the books know about contracts: relations of facts, which progress, ledger, metrics and reports all read.

    Each method returns SQL; callers flush before they run it. ``condition`` restricts the contracts, on the alias ``contract``.
    Amounts are in the contract's currency at the rate of the document, what is given back is negative.
    """
    _inherit = 'crm.contract'

    @api.model
    def _clock_sql(self, date=None):
        """Return the relation ``(company_id, tz, today)`` of all companies.

        :param date: day to take for today; default: the present day in the time zone of each company
        """
        companies = self.env['res.company'].sudo().search(Domain.TRUE)  # contracts of any company are brought up to date, whoever caused it
        rows = [(company.id, company._crm_tz(), date or company._crm_today()) for company in companies]
        ids, zones, days = map(list, zip(*rows))
        return SQL(
            "SELECT * FROM unnest(%s::int[], %s::text[], %s::date[]) AS clock (company_id, tz, today)", ids, zones, days)

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    @api.model
    def _delivered_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, order_line_id, step_id, move_id, date, quantity)`` of goods that left to the customer,
        and (negative) came back; in the unit of the order line, by the company's day on which the transfer was done. ``step_id`` is
        the step that the transfer was made for, if any; what comes back counts for the step of what had left."""
        return SQL(
            """SELECT contract.id AS contract_id, line.id AS order_line_id,
                      COALESCE(picking.crm_step_id, origin.crm_step_id) AS step_id, move.id AS move_id,
                      (move.date AT TIME ZONE 'UTC' AT TIME ZONE clock.tz)::date AS date,
                      move.quantity * unit.factor / line_unit.factor * CASE WHEN goes.usage = 'customer' THEN 1 ELSE -1 END AS quantity
                 FROM crm_contract AS contract
                 JOIN (%s) AS clock ON clock.company_id = contract.company_id
                 JOIN sale_order AS sale ON sale.crm_contract_id = contract.id
                 JOIN sale_order_line AS line ON line.order_id = sale.id
                 JOIN stock_move AS move ON move.sale_line_id = line.id AND move.state = 'done'
                 JOIN stock_location AS goes ON goes.id = move.location_dest_id
                 JOIN stock_location AS comes ON comes.id = move.location_id
                 JOIN uom_uom AS unit ON unit.id = move.product_uom
                 JOIN uom_uom AS line_unit ON line_unit.id = line.product_uom_id
            LEFT JOIN stock_picking AS picking ON picking.id = move.picking_id
            LEFT JOIN stock_move AS gone ON gone.id = move.origin_returned_move_id
            LEFT JOIN stock_picking AS origin ON origin.id = gone.picking_id
                WHERE (goes.usage = 'customer') <> (comes.usage = 'customer') AND %s""", self._clock_sql(), condition)

    # ------------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------------

    @api.model
    def _own_rate_sql(self, day):
        """Return the factor from the company's currency into the contract's on a day (aliases ``contract`` and ``company``)."""
        def rate(currency):
            return SQL(
                """COALESCE((SELECT rate.rate FROM res_currency_rate AS rate
                              WHERE rate.currency_id = %s AND rate.name <= %s
                                AND (rate.company_id IS NULL OR rate.company_id = split_part(company.parent_path, '/', 1)::int)
                              ORDER BY rate.company_id, rate.name DESC LIMIT 1), 1)""", currency, day)
        return SQL(
            "CASE WHEN contract.currency_id = company.currency_id THEN 1 ELSE %s / %s END",
            rate(SQL("contract.currency_id")), rate(SQL("company.currency_id")))

    @api.model
    def _parts_sql(self, condition):
        """Return the relation ``(contract_id, invoice_id, amount, untaxed)`` of what posted invoices hold of contracts, in the currency
        of the invoice: the lines of the contract's orders, and all lines of invoices that were put under the contract themselves.

        :param condition: on the alias ``contract``, and on ``item``: the lines of invoices
        """
        return SQL(
            """SELECT contract_id, invoice_id, SUM(amount) AS amount, SUM(untaxed) AS untaxed
                 FROM (SELECT contract.id AS contract_id, item.id, item.move_id AS invoice_id,
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
                GROUP BY contract_id, invoice_id""", condition=condition)

    @api.model
    def _invoiced_sql(self, condition=EVERY):
        """Return the relation ``(contract_id, step_id, move_id, date, amount, untaxed, share, rate, reversed)`` of posted invoices and
        (negative) credit notes: the part of each that belongs to the contract, by the day of the invoice. ``step_id`` is the step that
        the invoice was made for, if any; ``share`` the part's share of the whole invoice (1 = all of it); ``rate`` the factor from the
        invoice's currency; ``reversed`` says that credit notes took back all of an invoice, or that a credit note
        did so (what core calls reversed was credited in part and paid by a bank statement, too)."""
        return SQL(
            """SELECT part.contract_id, COALESCE(move.crm_step_id, origin.crm_step_id) AS step_id, move.id AS move_id,
                      move.invoice_date AS date, part.amount * rate.rate * side.sign AS amount,
                      part.untaxed * rate.rate * side.sign AS untaxed,
                      CASE WHEN move.amount_total = 0 THEN 1 ELSE part.amount / move.amount_total END AS share, rate.rate,
                      %(reversed)s AS reversed
                 FROM (%(parts)s) AS part
                 JOIN crm_contract AS contract ON contract.id = part.contract_id
                 JOIN res_company AS company ON company.id = contract.company_id
                 JOIN account_move AS move ON move.id = part.invoice_id
            LEFT JOIN account_move AS origin ON origin.id = move.reversed_entry_id
           CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign) AS side
           CROSS JOIN LATERAL (
                      SELECT CASE WHEN move.currency_id = contract.currency_id THEN 1
                                  WHEN move.amount_total = 0 THEN %(own_rate)s
                                  ELSE abs(move.amount_total_signed / move.amount_total) * %(own_rate)s END AS rate) AS rate
                WHERE move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
            parts=self._parts_sql(condition), reversed=self.env['account.move']._crm_reversed_sql(),
            own_rate=self._own_rate_sql(SQL("move.invoice_date")))

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    @api.model
    def _matched_sql(self, condition=EVERY, invoiced=None):
        """Return the relation ``(contract_id, step_id, move_id, payment_line_id, date, amount, is_money)`` of what the invoices of
        :meth:`_invoiced_sql` (``move_id``) were matched with, by the day of the match: money, or else write-offs and compensations.
        Credit notes are left out, they are invoices themselves; differences of exchange have no amount in the invoice's currency.

        :param SQL invoiced: the relation of :meth:`_invoiced_sql`, where it is at hand already; likewise below
        """
        return SQL(
            """SELECT invoiced.contract_id, invoiced.step_id, invoiced.move_id, other.id AS payment_line_id, side.date,
                      side.amount * invoiced.share * invoiced.rate AS amount, journal.type IN %(money)s AS is_money
                 FROM (%(invoiced)s) AS invoiced
                 JOIN account_move_line AS term ON term.move_id = invoiced.move_id AND term.display_type = 'payment_term'
                 JOIN LATERAL (
                      SELECT credit_move_id AS other_id, max_date AS date, debit_amount_currency AS amount
                        FROM account_partial_reconcile WHERE debit_move_id = term.id
                       UNION ALL
                      SELECT debit_move_id, max_date, -credit_amount_currency FROM account_partial_reconcile WHERE credit_move_id = term.id
                      ) AS side ON TRUE
                 JOIN account_move_line AS other ON other.id = side.other_id
                 JOIN account_move AS other_move ON other_move.id = other.move_id
                 JOIN account_journal AS journal ON journal.id = other.journal_id
                WHERE other_move.move_type NOT IN ('out_invoice', 'out_refund', 'out_receipt')""",
            invoiced=invoiced or self._invoiced_sql(condition), money=MONEY_JOURNALS)

    @api.model
    def _advanced_sql(self, condition=EVERY, matched=None):
        """Return the relation ``(contract_id, step_id, move_id, payment_line_id, date, amount)`` of money that came for a contract and
        is matched with nothing yet, ``move_id`` is NULL: payments that name the contract (advances) or were made online for one of its
        orders, and what is left of payments matched with its invoices (over-payments)."""
        return SQL(
            """SELECT contract.id AS contract_id, NULL::int AS step_id, NULL::int AS move_id, money.id AS payment_line_id, money.date,
                      -CASE WHEN money.currency_id = contract.currency_id THEN money.amount_residual_currency
                            ELSE money.amount_residual * %(own_rate)s END AS amount
                 FROM (SELECT DISTINCT ON (payment_line_id) payment_line_id, contract_id
                         FROM (SELECT 0 AS priority, item.id AS payment_line_id, contract.id AS contract_id
                                 FROM crm_contract AS contract
                                 JOIN account_payment AS payment ON payment.crm_contract_id = contract.id
                                 JOIN account_move_line AS item ON item.move_id = payment.move_id
                                WHERE %(condition)s
                                UNION ALL
                               SELECT 1, item.id, contract.id
                                 FROM crm_contract AS contract
                                 JOIN sale_order AS sale ON sale.crm_contract_id = contract.id
                                 JOIN sale_order_transaction_rel AS rel ON rel.sale_order_id = sale.id
                                 JOIN account_payment AS payment ON payment.payment_transaction_id = rel.transaction_id
                                 JOIN account_move_line AS item ON item.move_id = payment.move_id
                                WHERE payment.crm_contract_id IS NULL AND %(condition)s
                                UNION ALL
                               SELECT 2, payment_line_id, contract_id FROM (%(matched)s) AS matched WHERE is_money) AS source
                        ORDER BY payment_line_id, priority, contract_id) AS source
                 JOIN account_move_line AS money ON money.id = source.payment_line_id
                 JOIN account_account AS account ON account.id = money.account_id AND account.account_type = 'asset_receivable'
                 JOIN crm_contract AS contract ON contract.id = source.contract_id
                 JOIN res_company AS company ON company.id = contract.company_id
                WHERE money.parent_state = 'posted' AND money.amount_residual <> 0""",
            matched=matched or self._matched_sql(condition), own_rate=self._own_rate_sql(SQL("money.date")), condition=condition)

    @api.model
    def _collected_sql(self, condition=EVERY, matched=None):
        """Return the relation ``(contract_id, step_id, move_id, payment_line_id, date, amount)`` of money matched with the invoices of
        :meth:`_invoiced_sql` (``move_id``), and (negative) paid back on credit notes, by the day of the match; besides of advances and
        over-payments (``move_id`` NULL), see :meth:`_advanced_sql`."""
        return SQL(
            """SELECT contract_id, step_id, move_id, payment_line_id, date, amount FROM (%s) AS matched WHERE is_money
                UNION ALL
               SELECT contract_id, step_id, move_id, payment_line_id, date, amount FROM (%s) AS advanced""",
            matched or self._matched_sql(condition), self._advanced_sql(condition, matched))

    @api.model
    def _credited_sql(self, condition=EVERY, invoiced=None, matched=None):
        """Return the relation ``(contract_id, step_id, date, amount)`` of what the customer no longer has to pay: credit notes and
        what was written off or compensated.

        As long as more is to be invoiced than was, all credit notes count; what was invoiced beyond the contract makes up for them
        (credited and invoiced anew). An invoice that was taken back as a whole counts as never made.
        """
        return SQL(
            """SELECT credit.contract_id, credit.step_id, credit.date,
                      credit.amount * GREATEST(0, whole.credited - GREATEST(0, whole.invoiced - contract.amount_total))
                      / whole.credited AS amount
                 FROM (SELECT contract_id, step_id, date, -amount AS amount FROM (%(invoiced)s) AS note
                        WHERE amount < 0 AND NOT reversed) AS credit
                 JOIN (SELECT contract_id, SUM(amount) FILTER (WHERE amount > 0) AS invoiced,
                              -SUM(amount) FILTER (WHERE amount < 0) AS credited
                         FROM (%(invoiced)s) AS invoice WHERE NOT reversed GROUP BY contract_id) AS whole
                      ON whole.contract_id = credit.contract_id
                 JOIN crm_contract AS contract ON contract.id = credit.contract_id
                UNION ALL
               SELECT contract_id, step_id, date, amount FROM (%(matched)s) AS matched WHERE NOT is_money""",
            invoiced=invoiced or self._invoiced_sql(condition), matched=matched or self._matched_sql(condition))
