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
    def _ending_sql(self, company):
        """Return the relation ``(res_model, res_id, partner_id, user_id, date, amount, margin, name, phase)`` of what was signed and ended.

        By itself that is a sale order which had been confirmed (its chatter knows) and was cancelled, on the day of its last change of
        state. ``partner_id`` is the commercial partner, ``amount`` what was still open of it and ``margin`` its margin where one is
        known, untaxed in the company's currency; ``phase`` is 'execution' for what ended before its time, 'use' for what was
        not renewed. Callers flush before they run it.
        """
        state = self.env['ir.model.fields']._get('sale.order', 'state')
        return SQL(
            """SELECT 'sale.order' AS res_model, sale.id AS res_id, partner.commercial_partner_id AS partner_id, sale.user_id,
                      %(day)s AS date, (sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0), 1))::numeric AS amount,
                      NULL::numeric AS margin, sale.name, 'execution' AS phase
                 FROM sale_order AS sale
                 JOIN res_partner AS partner ON partner.id = sale.partner_id
                 JOIN LATERAL (
                      SELECT MAX(message.date) AS date
                        FROM mail_message AS message JOIN mail_tracking_value AS tracked ON tracked.mail_message_id = message.id
                       WHERE message.model = 'sale.order' AND message.res_id = sale.id AND tracked.field_id = %(state)s) AS change
                   ON change.date IS NOT NULL
                WHERE sale.company_id = %(company)s AND sale.state = 'cancel'
                  AND EXISTS (SELECT FROM mail_message AS message
                               WHERE message.model = 'sale.order' AND message.res_id = sale.id AND message.subtype_id = %(confirmed)s)""",
            day=company._crm_metric_scope().day(SQL("change.date")), state=state.id, company=company.id,
            confirmed=self.env.ref('sale.mt_order_confirmed').id)

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
