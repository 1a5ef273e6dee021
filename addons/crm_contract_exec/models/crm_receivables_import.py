from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.crm_grading.tools.planner import count_anew

from ..tools.receivables_file import COLUMNS, KEY, receivable

BATCH = 200
QUIET = {
    'tracking_disable': True, 'mail_notrack': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True,
    'skip_analytic_sync': True,
}


class CrmReceivablesImport(models.AbstractModel):
    """Customers' invoices of another system, with due day, dispute and the day on which each was settled, as posted invoices, matched
    payments and closed disputes. What is there already is left as it is, so an import that was interrupted goes on."""
    _name = 'crm.receivables.import'
    _inherit = ['crm.foreign.file']
    _description = "Import of Receivables"

    @api.model
    def _run_file(self, path, progress=None):
        """Import a file of this machine into the current company, in the foreground; commits batch by batch.

        :param str path: .csv, .csv.gz or .xlsx
        :param progress: called with (done, total) after every batch
        :return: the number of invoices of the file
        :raise UserError: where the file cannot be used, or the company has no chart of accounts
        """
        rows = self._file_rows(self._file_content(path), COLUMNS, receivable, key=KEY)
        return self.with_context(**QUIET)._import(rows, progress)

    @api.model
    def _import(self, rows, progress):
        journal = self.env['crm.sales.import'].new({'company_id': self.env.company.id})._sales_journal()
        bank = self.env['account.journal'].search(
            [('company_id', '=', self.env.company.id), ('type', '=', 'bank'), ('default_account_id', '!=', False)], limit=1)
        if not bank:
            raise UserError(self.env._("%s has no bank journal. Create one under Invoicing > Configuration, then start again.",
                                       self.env.company.name))
        self._check_periods(rows, journal)
        partners = self._customers(rows)
        done = 0
        for batch in split_every(BATCH, rows, list):
            self._import_batch(batch, journal, bank, partners)
            done += len(batch)
            self.env['ir.cron']._commit_progress(len(batch), remaining=len(rows) - done)
            if progress:
                progress(done, len(rows))
        return len(rows)

    @api.model
    def _check_periods(self, rows, journal):
        """:raise UserError: where the books are closed for a day of the file: Odoo would book on a later day, and figures would not be
        those of the file"""
        company = self.env.company
        locked = [
            (row, locks) for row in rows
            if (locks := company._get_violated_lock_dates(min(row.date, row.settled or row.date), False, journal))]
        if locked:
            raise UserError(self.env._(
                "Line %(line)s: the books of %(company)s are closed until %(date)s, but invoice %(number)s or its payment is not younger."
                " Open the period, or leave such rows out (%(count)s in all). Nothing was imported.", line=locked[0][0].line,
                company=company.name,
                date=fields.Date.to_string(locked[0][1][-1][0]), number=locked[0][0].number, count=len(locked)))

    @api.model
    def _customers(self, rows):
        """Return ``{reference: partner}``, those missing are created."""
        Partner = self.env['res.partner'].with_context(active_test=False)
        wanted = list(dict.fromkeys(row.customer for row in rows))
        domain = [('ref', 'in', wanted), ('company_id', 'in', (False, self.env.company.id))]
        known = {partner.ref: partner for partner in Partner.search(domain)}
        created = Partner.create([
            {'name': ref, 'ref': ref, 'is_company': True, 'company_id': self.env.company.id} for ref in wanted if ref not in known])
        return {**known, **{partner.ref: partner for partner in created}}

    @api.model
    def _import_batch(self, rows, journal, bank, partners):
        Move = self.env['account.move']
        known = {move.name: move for move in Move.search([('journal_id', '=', journal.id), ('name', 'in', [row.number for row in rows])])}
        new = Move.with_context(skip_invoice_sync=True).create([
            self._invoice_vals(row, journal, partners[row.customer]) for row in rows if row.number not in known])
        new.action_post()
        invoices = {**known, **{move.name: move for move in new}}
        self._pay([(row, invoices[row.number]) for row in rows if row.settled], bank)
        disputed = {dispute.move_id for dispute in self.env['crm.payment.dispute'].search(
            [('move_id', 'in', [move.id for move in invoices.values()])])}
        self.env['crm.payment.dispute'].create([
            self._dispute_vals(row, invoices[row.number]) for row in rows if row.disputed and invoices[row.number] not in disputed])

    @api.model
    def _invoice_vals(self, row, journal, partner):
        amount = float(row.amount)
        return {
            'move_type': 'out_invoice', 'journal_id': journal.id, 'company_id': self.env.company.id, 'name': row.number,
            'partner_id': partner.id, 'invoice_date': row.date, 'date': row.date, 'invoice_date_due': row.due,
            'invoice_payment_term_id': False, 'invoice_user_id': False, 'currency_id': self.env.company.currency_id.id,
            'line_ids': [
                Command.create({
                    'name': row.number, 'display_type': 'product', 'account_id': journal.default_account_id.id, 'quantity': 1,
                    'price_unit': amount, 'tax_ids': [Command.clear()], 'balance': -amount, 'amount_currency': -amount}),
                Command.create({
                    'name': row.number, 'display_type': 'payment_term', 'date_maturity': row.due, 'balance': amount,
                    'account_id': partner.property_account_receivable_id.id, 'amount_currency': amount})]}

    @api.model
    def _pay(self, pairs, bank):
        """Book the money for invoices that are settled and still open, and match it."""
        count_anew(self.env, 'account_move', 'account_move_line', 'account_partial_reconcile')
        pairs = [(row, move) for row, move in pairs if move.payment_state == 'not_paid']
        terms = [move.line_ids.filtered(lambda line: line.display_type == 'payment_term') for _row, move in pairs]
        entries = self.env['account.move'].create([{
            'move_type': 'entry', 'journal_id': bank.id, 'company_id': self.env.company.id, 'date': row.settled, 'ref': row.number,
            'line_ids': [
                Command.create({'name': row.number, 'partner_id': move.commercial_partner_id.id, 'account_id': account, 'balance': balance})
                for account, balance in ((bank.default_account_id.id, move.amount_total), (term.account_id.id, -move.amount_total))],
        } for (row, move), term in zip(pairs, terms, strict=True)])
        entries.action_post()
        self.env['account.move.line']._reconcile_plan([
            term + entry.line_ids.filtered(lambda line, term=term: line.account_id == term.account_id)
            for term, entry in zip(terms, entries, strict=True)])

    @api.model
    def _dispute_vals(self, row, move):
        closed = {'state': 'settled', 'date_closed': row.settled, 'outcome': self.env._("Imported: settled by payment.")}
        return {
            'name': self.env._("Disputed"), 'partner_id': move.commercial_partner_id.id, 'company_id': move.company_id.id,
            'move_id': move.id, 'amount': move.amount_total, 'date': row.date, **(closed if row.settled else {})}

    # ------------------------------------------------------------------
    # What is owed
    # ------------------------------------------------------------------

    @api.model
    def _figures(self, date=None):
        """Return what customers of the current company owe as of a day, as JSON values.

        :param date: as-of day, included; default: the day of the last invoice
        """
        company = self.env.company
        day = fields.Date.to_date(date) or self.env['account.move'].search(
            [('company_id', '=', company.id), ('move_type', '=', 'out_invoice'), ('state', '=', 'posted')],
            order='invoice_date desc', limit=1).invoice_date
        if not day:
            return {}
        receivables = self.env['crm.receivable'].with_context(crm_as_of=day, allowed_company_ids=company.ids)
        receivables.invalidate_model()  # as of another day
        items = receivables.search([('company_id', '=', company.id)])
        buckets = dict(self.env['crm.receivable']._fields['bucket'].selection)
        figures = self.env['crm.collection.month'].figures(day)
        return {
            'date': fields.Date.to_string(day), 'open_invoices': len(items), 'customers_open': len(items.partner_id),
            'overdue_customers': len(items.filtered('days_overdue').partner_id),
            'buckets': {
                label: [len(found), round(sum(found.mapped('open_company')), 2)]
                for key, label in buckets.items() if (found := items.filtered(lambda item, key=key: item.bucket == key))},
            **{name: round(value, 4) if value is not None else None for name, value in figures.items()}}
