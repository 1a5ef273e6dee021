from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..tools.planner import count_anew
from ..tools.sales_countries import country_code

JOURNAL_CODE = 'IMPS'
BATCH = {'customers': 500, 'products': 500, 'documents': 400}
FIRST_BATCH = 20


class CrmSalesImport(models.Model):
    """What a sales history becomes in Odoo: contacts, products, posted invoices and credit notes."""

    _inherit = 'crm.sales.import'

    def _quiet_context(self):
        """No mail, no tracking; and nothing to synchronise, because the lines are complete as they are created."""
        return {
            'tracking_disable': True, 'mail_notrack': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True,
            'mail_notify_force_send': False, 'skip_analytic_sync': True,
        }

    def _own_domain(self):
        return Domain('company_id', 'in', [False, self.company_id.id])

    # -- customers and products ------------------------------------------------------------------------------------------

    def _create_customers(self, rows):
        """Create the missing ones of (id, name, country), in this order, as company contacts with `ref` = id."""
        Partner = self.env['res.partner'].with_context(active_test=False)
        known = set(Partner.search(self._own_domain() & Domain('ref', 'in', [row[0] for row in rows])).mapped('ref'))
        countries = self._countries()
        Partner.create([{
            'name': name or self.env._("Customer %s", ref),
            'ref': ref,
            'is_company': True,
            'company_id': self.company_id.id,
            'country_id': countries.get(country_code(country) or country.strip().lower()),
        } for ref, name, country in rows if ref not in known])

    def _countries(self):
        """Country ids by code and by name, in English and every installed language, in lower case."""
        found = {}
        Country = self.env['res.country']
        for lang in {'en_US', *(code for code, _name in self.env['res.lang'].get_installed())}:
            found |= {country.name.lower(): country.id for country in Country.with_context(lang=lang).search([('code', '!=', False)])}
        for country in Country.search([('code', '!=', False)]):
            found[country.code] = found[country.code.lower()] = country.id
        return found

    def _create_products(self, rows):
        """Create the missing ones of (code, name). Without taxes: prices of the file are final."""
        Product = self.env['product.product'].with_context(active_test=False)
        known = set(Product.search(self._own_domain() & Domain('default_code', 'in', [row[0] for row in rows])).mapped('default_code'))
        Product.create([{
            'name': name or code,
            'default_code': code,
            'type': 'consu',
            'company_id': self.company_id.id,
            'list_price': 0,
            'taxes_id': [Command.clear()],
            'supplier_taxes_id': [Command.clear()],
        } for code, name in rows if code not in known])

    # -- documents -------------------------------------------------------------------------------------------------------

    def _sales_journal(self):
        """The company's journal of imported sales; created on first use.

        :raises UserError: the company has no chart of accounts
        """
        Journal = self.env['account.journal'].sudo()  # sudo: a sales manager may import without being an accountant
        company = self.company_id
        journal = Journal.search([('company_id', '=', company.id), ('crm_is_sales_import', '=', True)], limit=1)
        if journal:
            return journal
        account = Journal.search([
            ('company_id', '=', company.id), ('type', '=', 'sale'), ('default_account_id', '!=', False),
        ], limit=1).default_account_id
        if not account:
            raise UserError(self.env._(
                "%s has no chart of accounts. Choose one under Invoicing > Configuration > Settings, then start again.",
                company.name))
        taken = set(Journal.with_context(active_test=False).search([('company_id', '=', company.id)]).mapped('code'))
        code = next(code for code in [JOURNAL_CODE, *(f'IMP{number}' for number in range(1, 100))] if code not in taken)
        return Journal.create({
            'name': self.env._("Imported sales"), 'code': code, 'type': 'sale', 'company_id': company.id,
            'default_account_id': account.id, 'refund_sequence': False, 'crm_is_sales_import': True,
            'show_on_dashboard': False,
        })

    def _create_documents(self, documents):
        """Create and post those whose number is not in the journal yet; one that Odoo refuses is reported, the rest go on."""
        self._refresh_statistics()
        journal = self._sales_journal()
        partners = self._records_by('res.partner', 'ref', {doc.customer for doc in documents})
        products = self._records_by('product.product', 'default_code', {
            line[0] for doc in documents for line in doc.detail if line[0]})
        existing = self._existing_documents(journal, [doc.number for doc in documents])
        todo = []
        for doc in documents:
            if doc.number in existing:
                self._meet_existing(doc, existing[doc.number], partners)
            else:
                todo.append((doc, self._document_values(doc, journal, partners, products)))
        try:
            with self.env.cr.savepoint():
                self._post_documents(todo)
        except (UserError, ValidationError):
            self._post_one_by_one(todo)

    def _refresh_statistics(self):
        """Let PostgreSQL count what the batches before have committed, while that is little. Batches also start small for that."""
        if self.position < 4 * BATCH['documents']:
            count_anew(self.env, 'account_move', 'account_move_line', 'account_partial_reconcile')

    def _records_by(self, model, field, keys):
        """Map each key to its record; the company's own one before a shared one."""
        records = self.env[model].with_context(active_test=False).search(self._own_domain() & Domain(field, 'in', list(keys)))
        return {record[field]: record for record in records.sorted(lambda record: (bool(record.company_id), -record.id))}

    def _existing_documents(self, journal, numbers):
        return {move.name: move for move in self.env['account.move'].search([
            ('journal_id', '=', journal.id), ('name', 'in', numbers)])}

    def _meet_existing(self, doc, move, partners):
        """The same document again is what resuming and overlapping files are about; another one is reported."""
        same = (
            move.partner_id == partners.get(doc.customer) and str(move.invoice_date) == doc.date
            and move.currency_id.compare_amounts(move.amount_total, self._amount(doc, move.currency_id)) == 0
            and move.move_type == ('out_refund' if doc.is_refund else 'out_invoice'))
        if same:
            self.existing_count += 1
        else:
            self._report_document(doc, self.env._(
                "number %(number)s exists with another customer, date or amount", number=doc.number))

    def _report_document(self, doc, reason):
        self.failed_count += 1
        self.env['crm.sales.import.problem'].create({
            'import_id': self.id, 'line': doc.first_line, 'kind': 'document', 'reason': reason, 'content': doc.number})

    def _post_documents(self, todo):
        fast = [values for doc, values in todo if 'line_ids' in values]
        slow = [values for doc, values in todo if 'line_ids' not in values]
        Move = self.env['account.move']
        for moves in (Move.with_context(skip_invoice_sync=True).create(fast), Move.create(slow)):
            if moves:
                moves.action_post()
        counts = Counter(doc.is_refund for doc, _values in todo)
        self.invoice_count += counts[False]
        self.refund_count += counts[True]
        self.env.flush_all()

    def _post_one_by_one(self, todo):
        for doc, values in todo:
            try:
                with self.env.cr.savepoint():
                    self._post_documents([(doc, values)])
            except (UserError, ValidationError) as error:
                self._report_document(doc, str(error))

    # -- values ----------------------------------------------------------------------------------------------------------

    def _amount(self, doc, currency):
        return doc.amount / 10 ** currency.decimal_places

    def _document_currency(self, doc):
        if not doc.currency or doc.currency == self.company_id.currency_id.name:
            return self.company_id.currency_id
        return self.env['res.currency'].search([('name', '=', doc.currency)], limit=1)

    def _document_values(self, doc, journal, partners, products):
        """Values of the document. In the company currency it comes with all its entries, so nothing has to be derived;
        in another one Odoo derives them at the rate of the day."""
        currency = self._document_currency(doc)
        partner = partners[doc.customer]
        date = fields.Date.to_date(doc.date)
        lines = self._line_values(doc, journal, products, currency)
        values = {
            'move_type': 'out_refund' if doc.is_refund else 'out_invoice',
            'journal_id': journal.id,
            'company_id': self.company_id.id,
            'name': doc.number,
            'partner_id': partner.id,
            'invoice_date': date,
            'date': date,
            'invoice_date_due': date,
            'invoice_payment_term_id': False,
            'invoice_origin': doc.order or False,
            'invoice_user_id': False,
            'currency_id': currency.id,
        }
        if currency != self.company_id.currency_id:
            for line in lines:
                del line['amount']
            return values | {'invoice_line_ids': [Command.create(line) for line in lines]}
        sign = -1 if doc.is_refund else 1
        total = self._amount(doc, currency)
        for line in lines:
            balance = -sign * line.pop('amount')
            line.update({'display_type': 'product', 'balance': balance, 'amount_currency': balance})
        receivable = {
            'name': doc.number, 'display_type': 'payment_term', 'date_maturity': date,
            'account_id': partner.property_account_receivable_id.id, 'balance': sign * total, 'amount_currency': sign * total,
        }
        return values | {'line_ids': [Command.create(line) for line in [*lines, receivable]]}

    def _line_values(self, doc, journal, products, currency):
        common = {'account_id': journal.default_account_id.id, 'tax_ids': [Command.clear()]}
        if not doc.detail:
            total = self._amount(doc, currency)
            return [common | {
                'name': self.env._("%(count)s lines of the sales history", count=doc.line_count), 'quantity': 1,
                'price_unit': total, 'amount': total}]
        unit = 10 ** currency.decimal_places
        return [common | {
            'name': description or code or doc.number, 'quantity': float(quantity), 'price_unit': float(price),
            'product_id': products[code].id if code else False, 'amount': amount / unit,
        } for code, description, quantity, price, amount in doc.detail]
