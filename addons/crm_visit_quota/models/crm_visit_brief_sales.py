from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from odoo.addons.crm_grading.tools.extension import AMOUNTS

from ..tools.talking_points import is_quiet

FEW = 6


class CrmVisitBrief(models.AbstractModel):
    """The part of the brief about business: what is open, what they buy, what they owe."""
    _inherit = 'crm.visit.brief'

    def _sees_amounts(self):
        return self.env.su or self.env.user.has_group(AMOUNTS)

    # ------------------------------------------------------------------
    # Open business: documents that the user may open, with their amounts
    # ------------------------------------------------------------------

    def _brief_leads(self, customer):
        leads = self.env['crm.lead']
        if not leads.has_access('read'):
            return []
        found = leads.search(
            customer.of('partner_id') & Domain('won_status', '=', 'pending') & Domain('company_id', 'in', [False, customer.company.id]),
            order='date_deadline, expected_revenue DESC, id', limit=FEW)
        return [{
            'id': lead.id, 'name': lead.name, 'stage': lead.stage_id.name or False, 'amount': lead.expected_revenue,
            'currency_id': lead.company_currency.id, 'text': self._amount_text(lead.expected_revenue, lead.company_currency),
            'probability': round(lead.probability), 'closing': fields.Date.to_string(lead.date_deadline) or False,
            'gaps': 'crm_gaps' in lead._fields and lead.crm_gaps or False,  # where buying centers are kept
        } for lead in found]

    def _brief_quotations(self, customer, today):
        orders = self.env['sale.order']
        if not orders.has_access('read'):
            return []
        found = orders.search(
            customer.of('partner_id') & Domain('state', 'in', ('draft', 'sent')) & Domain('company_id', '=', customer.company.id),
            order='date_order, id', limit=FEW)
        return [{
            'id': order.id, 'name': order.name, 'amount': order.amount_total, 'currency_id': order.currency_id.id,
            'text': self._amount_text(order.amount_total, order.currency_id),
            'date': fields.Date.to_string(self.env.user._crm_local_date(order.date_order, customer.company)),
            'until': fields.Date.to_string(order.validity_date) or False,
            'is_expired': bool(order.validity_date) and order.validity_date < today,
        } for order in found]

    def _amount_text(self, amount, currency):
        return format_amount(self.env, amount, currency) if amount else False

    def _brief_overdue(self, customer, today):
        """Return what is overdue, for those who may see amounts."""
        moves = self.env['account.move']
        if not self._sees_amounts() or not moves.has_access('read'):
            return False
        [(count, amount, oldest)] = moves._read_group(
            Domain('commercial_partner_id', '=', customer.partner.id) & Domain('move_type', '=', 'out_invoice')
            & Domain('state', '=', 'posted') & Domain('payment_state', 'in', ('not_paid', 'partial'))
            & Domain('invoice_date_due', '<', today) & Domain('company_id', '=', customer.company.id),
            [], ['__count', 'amount_residual_signed:sum', 'invoice_date_due:min'])
        if not count:
            return False
        return {
            'count': count, 'amount': amount, 'text': format_amount(self.env, amount, customer.company.currency_id),
            'days': (today - oldest).days}

    # ------------------------------------------------------------------
    # What they buy
    # ------------------------------------------------------------------

    def _brief_products(self, customer, today):
        """Return the products of the last 12 months against the 12 months before, and those not bought any more.

        From posted invoices, credit notes taken off. What a customer buys is known to whoever looks after it, also where the invoice
        is a colleague's, or the brief would say that something is not bought any more which is; amounts need the right to see them.
        """
        if not self._may_know(customer.partner):
            return {'bought': [], 'stopped': []}
        rows = self.env.execute_query_dict(self._products_sql(customer, today))
        products = self.env['product.product'].sudo().browse(row['product_id'] for row in rows)  # names are no secret
        names = {product.id: product.display_name for product in products}
        amounts = self._sees_amounts()
        bought = [row for row in rows if row['amount'] > 0]
        stopped = [
            row for row in rows if row['last'] and (
                row['amount'] <= 0 < row['before'] or is_quiet(row['first'], row['last'], row['times'], today))]
        return {
            'bought': [{
                'id': row['product_id'], 'name': names[row['product_id']], 'last': fields.Date.to_string(row['last']) or False,
                'trend': self._trend(row['amount'], row['before']),
                'text': format_amount(self.env, row['amount'], customer.company.currency_id) if amounts else False,
            } for row in bought[:FEW]],
            'stopped': [{
                'id': row['product_id'], 'name': names[row['product_id']], 'last': fields.Date.to_string(row['last']),
            } for row in sorted(stopped, key=lambda row: -max(row['before'], row['amount']))[:FEW]],
        }

    @staticmethod
    def _trend(amount, before):
        if before <= 0:
            return 'new'
        return 'up' if amount > before * 1.1 else 'down' if amount < before * 0.9 else 'same'

    def _products_sql(self, customer, today):
        """Return the statement: per product both amounts, and when it was bought. Windows include today and exclude their first day."""
        middle, start = today - relativedelta(months=12), today - relativedelta(months=24)
        self.env['account.move'].flush_model()
        self.env['account.move.line'].flush_model()
        sold = SQL("move.move_type <> 'out_refund'")
        return SQL(
            """SELECT line.product_id,
                      COALESCE(SUM(-line.balance) FILTER (WHERE move.invoice_date > %(middle)s), 0) AS amount,
                      COALESCE(SUM(-line.balance) FILTER (WHERE move.invoice_date <= %(middle)s), 0) AS before,
                      MIN(move.invoice_date) FILTER (WHERE %(sold)s) AS first, MAX(move.invoice_date) FILTER (WHERE %(sold)s) AS last,
                      COUNT(DISTINCT move.invoice_date) FILTER (WHERE %(sold)s) AS times
                 FROM account_move move
                 JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product' AND line.product_id IS NOT NULL
                WHERE move.partner_id = ANY(%(contacts)s) AND move.company_id = %(company)s AND move.state = 'posted'
                  AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND move.invoice_date > %(start)s AND move.invoice_date <= %(today)s
             GROUP BY line.product_id
             ORDER BY amount DESC, line.product_id""",
            middle=middle, start=start, today=today, sold=sold, contacts=customer.contacts.ids, company=customer.company.id)
