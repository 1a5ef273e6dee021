from odoo import api, models
from odoo.tools import SQL


class CrmSigning(models.AbstractModel):
    """What counts as signing with a customer, and as money collected from one: whoever ranks people by it asks here.

    By itself a signing is a confirmed sale order, credited to its salesperson. An addon that knows more of it (contracts, shares of
    several people) extends the methods; no other addon has to know that one.
    """
    _name = 'crm.signing'
    _description = "Signings"

    @api.model
    def _signing_model(self, company):
        """Return the name of the model whose ids :meth:`_signing_sql` gives as ``res_id``."""
        return 'sale.order'

    @api.model
    def _signing_sql(self, company):
        """Return the relation ``(res_id, user_id, partner_id, date, amount)`` of all signings of a company.

        ``partner_id`` is the commercial partner, ``date`` the day in the company's time zone, ``amount`` untaxed in the
        company's currency. A signing that several people share has a row for each of them. Callers flush before they run it.
        """
        scope = company._crm_metric_scope()
        return SQL(
            """SELECT sale.id AS res_id, sale.user_id, partner.commercial_partner_id AS partner_id, %s AS date,
                      sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount
                 FROM sale_order AS sale JOIN res_partner AS partner ON partner.id = sale.partner_id
                WHERE sale.company_id = %s AND sale.state = 'sale'""", scope.day(SQL("sale.date_order")), company.id)

    @api.model
    def _collection_sql(self, company):
        """Return the relation ``(move_id, user_id, partner_id, date, amount)`` of money matched with customer invoices.

        ``move_id`` is the invoice, whose salesperson is credited, ``date`` the day of the match, ``amount`` what came in, taxes
        included, in the company's currency; what was paid back on credit notes is negative. Callers flush before they run it.
        """
        return SQL(
            """SELECT move.id AS move_id, move.invoice_user_id AS user_id, move.commercial_partner_id AS partner_id, side.date, side.amount
                 FROM account_move AS move
                 JOIN account_move_line AS term ON term.move_id = move.id AND term.display_type = 'payment_term'
                 JOIN LATERAL (
                      SELECT credit_move_id AS other_id, max_date AS date, amount
                        FROM account_partial_reconcile WHERE debit_move_id = term.id
                       UNION ALL
                      SELECT debit_move_id, max_date, -amount FROM account_partial_reconcile WHERE credit_move_id = term.id) AS side ON TRUE
                 JOIN account_move_line AS money ON money.id = side.other_id
                 JOIN account_journal AS journal ON journal.id = money.journal_id AND journal.type IN ('bank', 'cash', 'credit')
                WHERE move.company_id = %s AND move.state = 'posted'
                  AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
            company.id)
