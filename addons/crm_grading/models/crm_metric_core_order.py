from odoo import models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """Orders: confirmed sale orders, untaxed, in the company's currency at the rate of each order, on the company's day."""
    _inherit = 'crm.metric'

    def _fact_order(self, scope):
        """Return the fact of confirmed sale orders."""
        day = scope.day(SQL("sale.date_order"))
        return Fact('order', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, %s AS date,
                      sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount
                 FROM sale_order sale
                 JOIN res_partner partner ON partner.id = sale.partner_id
                WHERE sale.company_id = %s AND sale.state = 'sale' AND %s <= %s""",
            day, scope.company.id, day, scope.date))

    def _metric_ordered(self, scope):
        """Ordered amount."""
        fact = self._fact_order(scope)
        return Measure(fact, fact.sum('amount', self._window(scope.date)))

    def _metric_order_count(self, scope):
        """Number of confirmed orders."""
        fact = self._fact_order(scope)
        return Measure(fact, fact.count(self._window(scope.date)))

    def _metric_order_recency(self, scope):
        """Days since the last confirmed order; 0 on the day itself."""
        fact = self._fact_order(scope)
        return Measure(fact, SQL("%s - %s", scope.date, fact.last(self._window(scope.date))))
