from odoo import models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """Buying rhythm: the days from one purchase day to the next. Several invoices on one day are one purchase day."""
    _inherit = 'crm.metric'

    def _fact_purchase_gap(self, scope):
        """Return the fact of purchase days with the ``gap`` in days since the purchase day before (NULL for the first)."""
        return Fact('purchase_gap', SQL(
            """SELECT subject_id, date, date - LAG(date) OVER (PARTITION BY subject_id ORDER BY date) AS gap
                 FROM (SELECT DISTINCT subject_id, date
                         FROM (%s) AS invoice
                        WHERE move_type <> 'out_refund') AS purchase_day""",
            self._fact_invoice(scope).relation))

    def _fact_purchase_day(self, scope):
        """Return the fact of purchase days with the ``amount`` bought; credit notes take none of it back."""
        return Fact('purchase_day', SQL(
            """SELECT subject_id, date, SUM(amount) AS amount
                 FROM (%s) AS invoice WHERE move_type <> 'out_refund' GROUP BY subject_id, date""",
            self._fact_invoice(scope).relation))

    def _metric_purchase_days(self, scope):
        """Number of days with a purchase."""
        fact = self._fact_purchase_day(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_purchase_months(self, scope):
        """Number of calendar months with a purchase."""
        fact = self._fact_purchase_day(scope)
        return Measure(fact, SQL("NULLIF(%s, 0)", fact.aggregate(
            SQL("COUNT(DISTINCT DATE_TRUNC('month', fact.date))"), self._window(scope.date))))

    def _metric_purchase_last(self, scope):
        """Amount bought on the last purchase day."""
        fact = self._fact_purchase_day(scope)
        return Measure(fact, SQL("(%s)[1]", fact.aggregate(
            SQL("ARRAY_AGG(fact.amount ORDER BY fact.date DESC)"), self._window(scope.date))))

    def _metric_purchase_gap_mean(self, scope):
        """Mean days between purchase days, both in the window; none with fewer than two."""
        fact = self._fact_purchase_gap(scope)
        return Measure(fact, self._gaps(fact, scope, SQL("AVG(fact.gap)")))

    def _metric_purchase_gap_median(self, scope):
        """Median days between purchase days, both in the window; none with fewer than two."""
        fact = self._fact_purchase_gap(scope)
        return Measure(fact, self._gaps(fact, scope, SQL("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY fact.gap)")))

    def _gaps(self, fact, scope, function):
        window = self._window(scope.date)
        return fact.aggregate(function, window, window.contains(SQL("(fact.date - fact.gap)")))
