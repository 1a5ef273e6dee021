from odoo import models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure

INVOICE = SQL("fact.amount > 0")


class CrmMetric(models.Model):
    """Payment: what customers owe, when it was due and when it came, as it stood on the day.

    The unit is the instalment, a receivable line of a posted customer invoice, with its own due day. What is open on a day
    is the amount of the line minus all that was matched with it up to that day (payments, credit notes, write-offs), so a
    payment that came later does not hide an overdue invoice of the past. Amounts include taxes, in the company's currency.
    """
    _inherit = 'crm.metric'

    def _customer_instalments(self, scope, alias):
        """Return the condition that the journal item ``alias`` is an instalment of a posted customer document.

        Journals of the type "sale" hold customer documents only, and only documents have payment term lines: that spares
        joining ``account_move``.
        """
        return SQL(
            """%(line)s.company_id = %(company)s AND %(line)s.parent_state = 'posted' AND %(line)s.display_type = 'payment_term'
               AND %(line)s.journal_id IN (SELECT id FROM account_journal WHERE type = 'sale')
               AND %(line)s.invoice_date <= %(date)s AND %(among)s""",
            line=SQL.identifier(alias), company=scope.company.id, date=scope.date,
            among=scope.among(SQL.identifier(alias, 'partner_id')))

    def _matches(self, scope):
        """Return what was matched up to the day, seen from each side: ``line_id``, ``other_id``, ``date``, ``amount`` in the
        company's currency and ``amount_currency`` in the line's; positive on the debit side and negative on the credit side."""
        return SQL(
            """SELECT debit_move_id AS line_id, credit_move_id AS other_id, max_date AS date,
                      amount, debit_amount_currency AS amount_currency
                 FROM account_partial_reconcile WHERE max_date <= %(date)s
                UNION ALL
               SELECT credit_move_id, debit_move_id, max_date, -amount, -credit_amount_currency
                 FROM account_partial_reconcile WHERE max_date <= %(date)s""",
            date=scope.date)

    def _fact_receivable(self, scope):
        """Return the fact of instalments: ``date`` of the invoice (``move_id``), ``due`` day, ``amount`` (negative on credit notes),
        what is still ``open`` on the as-of day (at the rate of the document) and the day ``settled`` of the last match."""
        # in the currency of the line: Odoo dates exchange differences, which are matched too, at the end of the month
        matched = SQL(
            """SELECT line_id, SUM(amount_currency) AS amount, MAX(date) AS date
                 FROM (%s) AS side WHERE amount_currency <> 0""", self._matches(scope))
        if scope.subjects is not None:  # for a few customers look up their lines instead of summing everybody's
            matched = SQL("%s AND line_id IN (SELECT line.id FROM account_move_line line WHERE %s)",
                          matched, self._customer_instalments(scope, 'line'))
        return Fact('receivable', SQL(
            """SELECT line.partner_id AS subject_id, line.move_id, line.invoice_date AS date,
                      COALESCE(line.date_maturity, line.invoice_date) AS due, line.balance AS amount,
                      COALESCE(line.balance * (line.amount_currency - matched.amount) / NULLIF(line.amount_currency, 0),
                               line.balance) AS open, matched.date AS settled
                 FROM account_move_line line
            LEFT JOIN (%s GROUP BY line_id) AS matched ON matched.line_id = line.id
                WHERE %s""",
            matched, self._customer_instalments(scope, 'line')))

    def _is_open(self, scope):
        return SQL("fact.open >= %s", scope.company.currency_id.rounding / 2)

    def _metric_receivable(self, scope):
        """Open amount of invoices minus open credit notes."""
        fact = self._fact_receivable(scope)
        return Measure(fact, fact.sum('open', self._window(scope.date)))

    def _metric_overdue(self, scope):
        """Open amount of instalments whose due day has passed; on the due day itself nothing is overdue yet. Open credit
        notes and unmatched payments do not reduce it."""
        fact = self._fact_receivable(scope)
        return Measure(fact, fact.sum('open', self._window(scope.date), SQL("%s AND fact.due < %s", INVOICE, scope.date)))

    def _metric_overdue_days(self, scope):
        """Days since the oldest open instalment fell due; none if nothing is overdue."""
        fact = self._fact_receivable(scope)
        where = SQL("%s AND %s AND fact.due < %s", INVOICE, self._is_open(scope), scope.date)
        return Measure(fact, SQL("%s - %s", scope.date, fact.aggregate(SQL("MIN(fact.due)"), self._window(scope.date), where)))

    def _metric_days_late(self, scope):
        """Mean days by which instalments settled in the window were late; early or punctual ones count as 0, every
        instalment alike. Open ones are not in it: see the overdue metrics."""
        fact = self._fact_receivable(scope)
        return Measure(fact, SQL(
            "AVG(GREATEST(fact.settled - fact.due, 0)) FILTER (WHERE %s AND NOT %s AND %s)",
            INVOICE, self._is_open(scope), self._window(scope.date).contains(SQL("fact.settled"))))

    def _metric_share_paid(self, scope):
        """Percent of the invoiced amount of the window that is settled by the as-of day."""
        fact = self._fact_receivable(scope)
        window = self._window(scope.date)
        return Measure(fact, SQL(
            "100.0 * %s / NULLIF(%s, 0)",
            fact.aggregate(SQL("SUM(fact.amount - fact.open)"), window, INVOICE), fact.sum('amount', window, INVOICE)))

    def _metric_dso(self, scope):
        """Days sales outstanding, by the closing balance: what is open on the day, divided by what was invoiced in the window,
        times the days of the window (the usual formula of credit management: receivables / credit sales × days). None
        without an invoice in the window."""
        fact = self._fact_receivable(scope)
        window = self._window(scope.date)
        start = window.start or SQL("MIN(fact.date)")
        return Measure(fact, SQL(
            "GREATEST(SUM(fact.open), 0) / NULLIF(%s, 0) * (%s - %s + 1)",
            fact.sum('amount', window, INVOICE), scope.date, start))

    def _fact_collection(self, scope):
        """Return the fact of money received: matches of customer documents with items of bank, cash and card journals, on the
        day of the match. Money paid back on credit notes is negative; write-offs and exchange differences are not money."""
        return Fact('collection', SQL(
            """SELECT line.partner_id AS subject_id, side.date, side.amount
                 FROM (%s) AS side
                 JOIN account_move_line line ON line.id = side.line_id
                 JOIN account_move_line money ON money.id = side.other_id
                WHERE %s
                  AND money.journal_id IN (SELECT id FROM account_journal WHERE type IN ('bank', 'cash', 'credit'))""",
            self._matches(scope), self._customer_instalments(scope, 'line')))

    def _metric_collected(self, scope):
        """Money received for invoices, minus money paid back on credit notes."""
        fact = self._fact_collection(scope)
        return Measure(fact, fact.sum('amount', self._window(scope.date)))
