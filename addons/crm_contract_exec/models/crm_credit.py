from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import without_compiling


class CrmCredit(models.AbstractModel):
    """What customers owe and are about to owe: one relation for the check of an order, the list of all, and the search.

    The debtor is the commercial partner of the invoice address. Each amount counts once on its way from the order over the delivery to
    the invoice; what was paid and is not yet matched, or is on its way in, counts against it. Company currency, gross, at the
    documents' own rates, as it stands now. Callers flush.
    """
    _name = 'crm.credit'
    _description = "Credit Exposure of Customers"

    @api.model
    def _exposure_sql(self, company, debtors=None):
        """Return the relation ``(partner_id, invoiced, delivered, ordered, advances, exposure)`` of a company.

        :param company: one company
        :param SQL debtors: sub-select or list of ids of commercial partners; None for all
        """
        if debtors is None:
            without_compiling(self.env)

        def among(column):
            if debtors is None:
                return SQL("TRUE")
            return SQL("%s IN (SELECT id FROM res_partner WHERE commercial_partner_id IN (%s))", column, debtors)

        parts = SQL(" UNION ALL ").join(
            part(company, among) for part in (self._receivable_sql, self._in_transit_sql, self._online_sql, self._not_invoiced_sql))
        return SQL(
            """SELECT debtor.commercial_partner_id AS partner_id, SUM(part.invoiced) AS invoiced, SUM(part.delivered) AS delivered,
                      SUM(part.ordered) AS ordered, SUM(part.advances) AS advances,
                      SUM(part.invoiced + part.delivered + part.ordered - part.advances) AS exposure
                 FROM (%s) AS part
                 JOIN res_partner AS debtor ON debtor.id = part.partner_id
             GROUP BY debtor.commercial_partner_id""", parts)

    @api.model
    def _limit_sql(self, company, alias):
        """Return the SQL of the credit limit of the ``res_partner`` row ``alias`` in a company; NULL for none (Odoo: a limit of 0)."""
        default = self.env['res.partner'].with_company(company)._fields['credit_limit'].get_company_dependent_fallback(
            self.env['res.partner'].with_company(company))
        return SQL(
            "NULLIF(COALESCE((%s ->> %s)::numeric, %s), 0)", SQL.identifier(alias, 'credit_limit'), str(company.id), default or 0)

    # ------------------------------------------------------------------
    # Parts: partner_id, invoiced, delivered, ordered, advances
    # ------------------------------------------------------------------

    @api.model
    def _receivable_sql(self, company, among):
        """Return open items of receivable accounts: what is owed, and payments and credit notes that are matched with nothing yet."""
        return SQL(
            """SELECT partner_id, GREATEST(amount_residual, 0) AS invoiced, 0 AS delivered, 0 AS ordered,
                      GREATEST(-amount_residual, 0) AS advances
                 FROM account_move_line
                WHERE company_id = %s AND parent_state = 'posted' AND reconciled IS NOT TRUE AND amount_residual <> 0
                  AND account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable') AND %s""",
            company.id, among(SQL("partner_id")))

    @api.model
    def _in_transit_sql(self, company, among):
        """Return payments that were registered and have no journal entry yet: the bank has not confirmed them, the invoices stay open."""
        return SQL(
            """SELECT partner_id, 0, 0, 0, amount_company_currency_signed
                 FROM account_payment
                WHERE company_id = %s AND state = 'in_process' AND move_id IS NULL AND partner_type = 'customer' AND %s""",
            company.id, among(SQL("partner_id")))

    @api.model
    def _online_sql(self, company, among):
        """Return what customers paid or authorized online and what has not become a payment yet."""
        return SQL(
            "SELECT online.partner_id, 0, 0, 0, %s FROM payment_transaction AS online WHERE online.company_id = %s AND %s AND %s",
            self._online_amount_sql(company), company.id, self._online_pending_sql(), among(SQL("online.partner_id")))

    @api.model
    def _online_pending_sql(self):
        """Return the condition that the transaction ``online`` has brought money that no payment shows yet."""
        return SQL(
            """online.state IN ('authorized', 'done') AND online.payment_id IS NULL AND online.operation <> 'validation'
               AND NOT EXISTS (SELECT FROM payment_transaction AS part
                                WHERE part.source_transaction_id = online.id AND part.state IN ('done', 'cancel'))""")

    @api.model
    def _online_amount_sql(self, company):
        """Return the SQL of the amount of the transaction ``online`` in the company's currency, at the present rate."""
        def rate(currency):
            return SQL(
                """COALESCE((SELECT rate.rate FROM res_currency_rate AS rate
                              WHERE rate.currency_id = %s AND rate.name <= %s AND (rate.company_id = %s OR rate.company_id IS NULL)
                           ORDER BY rate.name DESC, rate.company_id LIMIT 1), 1)""",
                currency, company._crm_today(), company.root_id.id)
        return SQL("online.amount / %s * %s", rate(SQL("online.currency_id")), rate(SQL("%s", company.currency_id.id)))

    @api.model
    def _not_invoiced_sql(self, company, among):
        """Return what of confirmed orders is not invoiced: down payments first pay for what is not delivered."""
        return SQL(
            """SELECT partner_id, 0, LEAST(GREATEST(delivered, 0), remaining), remaining - LEAST(GREATEST(delivered, 0), remaining), 0
                 FROM (%s) AS open_order""", self._open_orders_sql(company, among(SQL("sale.partner_invoice_id"))))

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    @api.model
    def _open_orders_sql(self, company, condition):
        """Return the relation ``(order_id, partner_id, delivered, remaining)`` of confirmed orders that are not fully invoiced.

        ``remaining`` is what is left of the order after posted invoices and down payments, never less than nothing: an order with a
        negative total makes no room for others. ``delivered`` is the part that is delivered.

        :param SQL condition: on the alias ``sale``
        """
        return SQL(
            """SELECT line.order_id, line.partner_id, SUM(line.delivered * line.unit) / line.rate AS delivered,
                      GREATEST(SUM(line.remaining * line.unit) - COALESCE(MAX(down.amount), 0), 0) / line.rate AS remaining
                 FROM (%s) AS line
            LEFT JOIN LATERAL (%s) AS down ON TRUE
             GROUP BY line.order_id, line.partner_id, line.rate""",
            self._open_lines_sql(company, condition), self._down_payments_sql())

    @api.model
    def _open_lines_sql(self, company, condition):
        """Return order lines with what is left of them, in their own unit, and the gross price of a unit.

        As Odoo invoices, by quantity: what was ordered or delivered, whichever is more, less what posted invoices hold. Where goods are
        invoiced as delivered and all their transfers are done or cancelled, nothing more is to come. ``OFFSET 0`` has what was
        committed worked out once, not wherever it is named.
        """
        return SQL(
            """SELECT order_id, partner_id, currency_id, rate, unit,
                      CASE WHEN committed < 0 THEN LEAST(committed - invoiced, 0) ELSE GREATEST(committed - invoiced, 0) END AS remaining,
                      GREATEST(LEAST(qty_delivered, committed) - invoiced, 0) AS delivered
                 FROM (SELECT line.order_id, sale.partner_invoice_id AS partner_id, sale.currency_id,
                              COALESCE(NULLIF(sale.currency_rate, 0), 1) AS rate, line.qty_delivered,
                              COALESCE(line.price_total / NULLIF(line.product_uom_qty, 0), line.price_reduce_taxinc, 0) AS unit,
                              CASE WHEN template.invoice_policy = 'delivery'
                                        AND (SELECT bool_and(state IN ('done', 'cancel')) FROM stock_move WHERE sale_line_id = line.id)
                                   THEN line.qty_delivered
                                   ELSE GREATEST(line.product_uom_qty, line.qty_delivered) END AS committed,
                              COALESCE(posted.quantity, 0) AS invoiced
                         FROM sale_order AS sale
                         JOIN sale_order_line AS line ON line.order_id = sale.id
                         JOIN product_product AS product ON product.id = line.product_id
                         JOIN product_template AS template ON template.id = product.product_tmpl_id
                    LEFT JOIN LATERAL (%(posted)s) AS posted ON TRUE
                        WHERE sale.company_id = %(company)s AND sale.state = 'sale' AND line.is_downpayment IS NOT TRUE
                          AND (line.qty_invoiced < GREATEST(line.product_uom_qty, line.qty_delivered)
                               OR line.untaxed_amount_to_invoice <> 0 OR line.product_uom_qty < 0)
                          AND %(condition)s OFFSET 0) AS base""",
            posted=self._posted_quantity_sql(), company=company.id, condition=condition)

    @api.model
    def _posted_quantity_sql(self):
        """Return the quantity of the order line ``line`` on posted invoices less that on credit notes, in the unit of the line."""
        return SQL(
            """SELECT SUM(item.quantity * COALESCE(unit.factor / line_unit.factor, 1)
                          * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END) AS quantity
                 FROM sale_order_line_invoice_rel AS rel
                 JOIN account_move_line AS item ON item.id = rel.invoice_line_id AND item.parent_state = 'posted'
                 JOIN account_move AS move ON move.id = item.move_id
            LEFT JOIN uom_uom AS unit ON unit.id = item.product_uom_id
            LEFT JOIN uom_uom AS line_unit ON line_unit.id = line.product_uom_id
                WHERE rel.order_line_id = line.id""")

    @api.model
    def _down_payments_sql(self):
        """Return the gross amount, in the order's currency, of the posted down payments of the order of ``line`` that no later invoice
        has taken off."""
        return SQL(
            """SELECT SUM(item.price_total * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                          * CASE WHEN move.currency_id = line.currency_id THEN 1
                                 ELSE line.rate / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) END) AS amount
                 FROM sale_order_line AS advance
                 JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = advance.id
                 JOIN account_move_line AS item ON item.id = rel.invoice_line_id AND item.parent_state = 'posted'
                 JOIN account_move AS move ON move.id = item.move_id
                WHERE advance.order_id = line.order_id AND advance.is_downpayment""")
