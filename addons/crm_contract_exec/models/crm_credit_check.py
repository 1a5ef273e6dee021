from odoo import api, models
from odoo.tools import SQL

from ..tools import credit


class CrmCredit(models.AbstractModel):
    """The check of orders against the limits of who is to pay for them."""
    _inherit = 'crm.credit'

    @api.model
    def _to_hold(self, orders):
        """Return which quotations must not be confirmed: they would lead over the limit, and nobody has released them.

        Orders of one debtor that are confirmed together count one after the other.

        :return: ``{order: figures}``, see :meth:`_figures`, with ``reached``: the exposure with the order
        """
        return self._check(orders, lambda figures, own: credit.to_hold(
            figures['exposure'], figures['credit_limit'], [
                (order, order.amount_total / (order.currency_rate or 1), self._paid_online(order)) for order in own],
            own.company_id.currency_id.rounding), claim=True)

    @api.model
    def _over_limit(self, orders):
        """Return which confirmed orders are not to be carried on with: their debtor is over the limit, something of them is still to be
        paid, and nobody has released them.

        :return: ``{order: figures}``, see :meth:`_to_hold`
        """
        def over(figures, own):
            rounding = own.company_id.currency_id.rounding
            if not credit.is_over(figures['exposure'], figures['credit_limit'], rounding):
                return []
            unpaid = self._unpaid(own)
            return [(order, figures['exposure']) for order in own if unpaid.get(order.id, 0) >= rounding / 2]
        return self._check(orders, over)

    def _check(self, orders, rule, claim=False):
        held = {}
        for company, of_company in orders.grouped('company_id').items():
            figures = self._figures(company, of_company.partner_invoice_id.commercial_partner_id)
            if claim:
                self.env['crm.credit.guard']._claim(company, list(figures))
            for debtor, own in of_company.grouped(lambda order: order.partner_invoice_id.commercial_partner_id).items():
                found = figures.get(debtor.id)
                for order, reached in rule(found, own.sorted('id')) if found else []:
                    held[order] = {**found, 'reached': reached}
        if not held:
            return held
        orders = self.env['sale.order'].union(*held)
        orders -= self.env['crm.credit.hold']._releases(orders)
        overdue = self._overdue(orders)
        return {order: {**figures, 'overdue': overdue.get((order.company_id.id, figures['partner_id']), 0)}
                for order, figures in held.items() if order in orders}

    @api.model
    def _overdue(self, orders):
        """Return ``{(company id, partner id): amount}``: what is overdue of what the debtors of orders owe."""
        found = {}
        for company, own in orders.grouped('company_id').items():
            debtors = SQL(", ").join(SQL("%s", debtor) for debtor in own.partner_invoice_id.commercial_partner_id.ids)
            found.update({(company.id, partner): float(amount) for partner, amount in self.env.execute_query(
                self.env['crm.receivable']._overdue_sql(company, debtors))})
        return found

    @api.model
    def _figures(self, company, debtors):
        """Return ``{partner id: {partner_id, invoiced, delivered, ordered, advances, exposure, credit_limit}}`` of those debtors
        who have a limit, by one query."""
        if not debtors:
            return {}
        ids = tuple(debtors.ids)
        self.env.flush_all()
        rows = self.env.execute_query_dict(SQL(
            """SELECT partner.id AS partner_id, %(limit)s AS credit_limit, COALESCE(figure.exposure, 0) AS exposure,
                      COALESCE(figure.invoiced, 0) AS invoiced, COALESCE(figure.delivered, 0) AS delivered,
                      COALESCE(figure.ordered, 0) AS ordered, COALESCE(figure.advances, 0) AS advances
                 FROM res_partner AS partner
            LEFT JOIN (%(exposure)s) AS figure ON figure.partner_id = partner.id
                WHERE partner.id IN %(ids)s AND %(limit)s IS NOT NULL""",
            limit=self._limit_sql(company, 'partner'), ids=ids,
            exposure=self._exposure_sql(company, SQL(", ").join(SQL("%s", debtor) for debtor in ids))))
        return {row['partner_id']: {key: float(value) if key != 'partner_id' else value for key, value in row.items()} for row in rows}

    @api.model
    def _paid_online(self, order):
        """Return what was paid or authorized online for a quotation and has not become a payment yet, in the company's currency."""
        order = order.sudo()   # the money that came in counts, whoever confirms
        pending = order.transaction_ids.filtered(
            lambda paid: paid.state in ('authorized', 'done') and not paid.payment_id and paid.operation != 'validation')
        return sum(
            paid.currency_id._convert(paid.amount, order.company_id.currency_id, order.company_id, order.company_id._crm_today())
            for paid in pending)

    @api.model
    def _unpaid(self, orders):
        """Return ``{order id: amount}``: what of confirmed orders is not invoiced, or invoiced and not paid; company currency."""
        company = orders.company_id
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT order_id, SUM(amount)
                 FROM (SELECT order_id, remaining AS amount FROM (%(orders)s) AS open_order
                        UNION ALL
                       SELECT invoice.order_id, GREATEST(move.amount_residual_signed, 0)
                         FROM (SELECT DISTINCT line.order_id, item.move_id
                                 FROM sale_order_line AS line
                                 JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = line.id
                                 JOIN account_move_line AS item ON item.id = rel.invoice_line_id AND item.parent_state = 'posted'
                                WHERE line.order_id IN %(ids)s) AS invoice
                         JOIN account_move AS move ON move.id = invoice.move_id) AS part
             GROUP BY order_id""",
            orders=self._open_orders_sql(company, SQL("sale.id IN %s", tuple(orders.ids))), ids=tuple(orders.ids)))
        return {order: float(amount) for order, amount in rows}
