from odoo import models
from odoo.tools import SQL

from ..tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """Products and profit, from the product lines of posted customer invoices, receipts and credit notes.

    The gross margin is the one of Odoo's invoice analysis (``account.invoice.report.price_margin``): the untaxed amount of
    the line in the company's currency minus its quantity, in the product's unit, at the company's present cost of the
    product; a line without a product or without a cost is all margin. It follows later changes of the cost, for past dates too.
    """
    _inherit = 'crm.metric'

    def _fact_invoice_line(self, scope):
        """Return the fact of product lines: ``amount``, ``margin`` (both negative on credit notes), ``product_id``."""
        return Fact('invoice_line', SQL(
            """SELECT move.commercial_partner_id AS subject_id, move.invoice_date AS date, move.move_type,
                      line.product_id, -line.balance AS amount,
                      -line.balance
                      - (CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END)
                      * COALESCE(line.quantity * COALESCE(line_uom.factor, 1) / NULLIF(COALESCE(uom.factor, 1), 0), 0)
                      * COALESCE((product.standard_price ->> %(company)s)::numeric, 0) AS margin
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
            LEFT JOIN uom_uom uom ON uom.id = template.uom_id
                WHERE line.display_type = 'product' AND line.account_id IS NOT NULL
                  AND move.company_id = %(company_id)s AND move.state = 'posted' AND move.invoice_date <= %(date)s
                  AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
            company=str(scope.company.id), company_id=scope.company.id, date=scope.date))

    def _metric_margin(self, scope):
        """Gross margin of what was invoiced and credited."""
        fact = self._fact_invoice_line(scope)
        return Measure(fact, fact.sum('margin', self._window(scope.date)))

    def _metric_margin_rate(self, scope):
        """Gross margin in percent of the net revenue; none without a positive revenue."""
        fact = self._fact_invoice_line(scope)
        window = self._window(scope.date)
        return Measure(fact, SQL(
            "CASE WHEN %(revenue)s > 0 THEN 100.0 * %(margin)s / %(revenue)s END",
            revenue=fact.sum('amount', window), margin=fact.sum('margin', window)))

    def _metric_product_count(self, scope):
        """Number of different products invoiced."""
        fact = self._fact_invoice_line(scope)
        return Measure(fact, SQL("NULLIF(%s, 0)", fact.aggregate(
            SQL("COUNT(DISTINCT fact.product_id)"), self._window(scope.date), SQL("fact.move_type <> 'out_refund'"))))
