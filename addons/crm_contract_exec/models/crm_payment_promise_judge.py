from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..tools.promise import Money, Promise, received
from .crm_payment_promise import GRACE_DAYS


class CrmPaymentPromise(models.Model):
    """Whether promises were kept: money in the books against what was promised."""
    _inherit = 'crm.payment.promise'

    def _judge(self):
        """Bring state and received amount of the promises in line with the books, judged with all promises of their customers.

        A promise is kept as soon as the money has come, and broken when it has not come :data:`GRACE_DAYS` after the promised day.
        """
        judged = self.sudo()  # all money and promises of the customer count, whoever asks
        for company, promises in judged.grouped('company_id').items():
            siblings = judged.search([
                ('company_id', '=', company.id), ('partner_id', 'in', promises.partner_id.ids), ('state', '!=', 'cancelled')])
            money = siblings._money(company)
            today = company._crm_today()
            for (partner, currency), group in siblings.grouped(lambda promise: (promise.partner_id, promise.currency_id)).items():
                found = received(
                    [Promise(promise.id, promise.date_given, promise.date, promise.amount, frozenset(promise._about_moves()))
                     for promise in group],
                    [Money(row['date'], self.env['res.currency'].browse(row['currency_id'])._convert(
                        row['amount'], currency, company, row['date']), row['move_id']) for row in money[partner.id]])
                for promise in group & promises:
                    promise._note(*found[promise.id], today)

    def _about_moves(self):
        """Return the ids of the invoices that the promise is about, none where it is about whatever is due."""
        self.ensure_one()
        steps = self.step_ids
        invoices = self.env['account.move'].search([('crm_step_id', 'in', steps.ids)]) if steps else self.env['account.move']
        return (self.move_ids | invoices).ids

    def _note(self, amount, day, today):
        """Write what was received, and the state that follows."""
        vals = {'received_amount': amount}
        if self.currency_id.compare_amounts(amount, self.amount) >= 0:
            vals.update(state='kept', date_kept=day)
        elif self.state == 'open' and self.date + timedelta(days=GRACE_DAYS) < today:
            vals['state'] = 'broken'
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if not changed:
            return
        self.write(changed)
        if changed.get('state') == 'kept':
            self._end_follow_up()
        elif changed.get('state') == 'broken':
            self._tell_broken()

    def _tell_broken(self):
        self.message_post(body=self.env._(
            "Promise broken: %(received)s of %(amount)s came until %(date)s.", date=self.date,
            received=self.currency_id.format(self.received_amount), amount=self.currency_id.format(self.amount)))

    def _money(self, company):
        """Return ``{partner id: [{date, currency_id, amount, move_id}]}``: money received from the customers since their first
        promise was given, by the document that it was matched with (None: on account, or not booked by the bank yet).

        Money that bounced does not count: a payment matched with another item of a bank journal was given back.
        """
        result = defaultdict(list)
        if not self:
            return result
        self.env.flush_all()
        rows = self.env.execute_query_dict(SQL(
            """WITH money AS (
                   SELECT item.id, partner.commercial_partner_id AS partner_id, item.date, item.currency_id, item.amount_residual_currency
                     FROM account_move_line AS item
                     JOIN res_partner AS partner ON partner.id = item.partner_id
                     JOIN account_account AS account ON account.id = item.account_id AND account.account_type = 'asset_receivable'
                     JOIN account_journal AS journal ON journal.id = item.journal_id AND journal.type IN ('bank', 'cash', 'credit')
                    WHERE item.company_id = %(company)s AND item.parent_state = 'posted' AND item.balance < 0
                      AND item.date >= %(since)s AND partner.commercial_partner_id IN %(partners)s)
               SELECT money.partner_id, money.date, money.currency_id, part.credit_amount_currency AS amount, invoice.move_id
                 FROM money
                 JOIN account_partial_reconcile AS part ON part.credit_move_id = money.id
                 JOIN account_move_line AS invoice ON invoice.id = part.debit_move_id
                 JOIN account_journal AS journal ON journal.id = invoice.journal_id AND journal.type NOT IN ('bank', 'cash', 'credit')
                UNION ALL
               SELECT partner_id, date, currency_id, -amount_residual_currency, NULL FROM money WHERE amount_residual_currency < 0
                UNION ALL
               SELECT partner.commercial_partner_id, payment.date, payment.currency_id, payment.amount, NULL
                 FROM account_payment AS payment
                 JOIN res_partner AS partner ON partner.id = payment.partner_id
                WHERE payment.company_id = %(company)s AND payment.state = 'in_process' AND payment.move_id IS NULL
                  AND payment.payment_type = 'inbound' AND payment.date >= %(since)s
                  AND partner.commercial_partner_id IN %(partners)s""",
            company=company.id, since=min(self.mapped('date_given')), partners=tuple(self.partner_id.ids)))
        for row in rows:
            result[row['partner_id']].append(row)
        return result
