from odoo import models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure

PURCHASE = SQL("fact.move_type <> 'out_refund'")
REFUND = SQL("fact.move_type = 'out_refund'")


class CrmMetric(models.Model):
    """Sales: what was invoiced, credited and bought, from posted customer invoices, receipts and credit notes.

    Amounts are untaxed, in the company's currency at the rate of each document, on the day of the invoice. A *purchase* is
    a posted invoice or receipt; credit notes reduce revenue but are no purchase, and take no purchase back.
    """
    _inherit = 'crm.metric'

    def _fact_invoice(self, scope):
        """Return the fact of posted customer invoices and credit notes (one scan of ``account_move``, nothing joined).

        The subjects are taken out here already: what groups invoices by the day would otherwise group those of everybody first, since
        PostgreSQL moves no sub-select through a grouping.
        """
        return Fact('invoice', SQL(
            """SELECT commercial_partner_id AS subject_id, invoice_date AS date, move_type, amount_untaxed_signed AS amount
                 FROM account_move
                WHERE company_id = %s AND state = 'posted' AND invoice_date <= %s
                  AND move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND %s""",
            scope.company.id, scope.date, scope.among(SQL("commercial_partner_id"))))

    def _metric_revenue(self, scope):
        """Net revenue: invoices minus credit notes."""
        fact = self._fact_invoice(scope)
        return Measure(fact, fact.sum('amount', self._window(scope.date)))

    def _metric_revenue_before(self, scope):
        """Net revenue of the same days one year earlier."""
        fact = self._fact_invoice(scope)
        return Measure(fact, fact.sum('amount', self._window(scope.date).year_before()))

    def _metric_revenue_growth(self, scope):
        """Growth of the net revenue over the same days one year earlier, in percent; none if there was none then."""
        return self._growth(scope, self._window(scope.date).year_before())

    def _metric_revenue_trend(self, scope):
        """Growth of the net revenue over the window just before, in percent; none if there was none then."""
        return self._growth(scope, self._window(scope.date).before())

    def _growth(self, scope, base_window):
        fact = self._fact_invoice(scope)
        return Measure(fact, SQL(
            "CASE WHEN %(base)s > 0 THEN 100.0 * (COALESCE(%(now)s, 0) - %(base)s) / %(base)s END",
            base=fact.sum('amount', base_window), now=fact.sum('amount', self._window(scope.date))))

    def _metric_invoiced(self, scope):
        """Invoiced amount before credit notes."""
        fact = self._fact_invoice(scope)
        return Measure(fact, fact.sum('amount', self._window(scope.date), PURCHASE))

    def _metric_credited(self, scope):
        """Amount of the credit notes, as a positive number."""
        fact = self._fact_invoice(scope)
        return Measure(fact, SQL("-%s", fact.sum('amount', self._window(scope.date), REFUND)))

    def _metric_invoice_count(self, scope):
        """Number of purchases: posted invoices and receipts, credit notes not counted."""
        fact = self._fact_invoice(scope)
        return Measure(fact, fact.count(self._window(scope.date), PURCHASE))

    def _metric_recency(self, scope):
        """Days since the last purchase; 0 on the day itself."""
        fact = self._fact_invoice(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date), PURCHASE)))

    def _metric_tenure(self, scope):
        """Days since the first purchase."""
        fact = self._fact_invoice(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.first(self._window(scope.date), PURCHASE)))
