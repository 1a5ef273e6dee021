import base64
import contextlib
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.crm_grading.models import crm_sales_import_documents, crm_sales_import_run

FILE = (
    'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'
    '100,A1,Lamp,2,2011-03-01,2.55,17,United Kingdom\n'
    '100,B2,Cup,3,2011-03-01,1.005,17,United Kingdom\n'
    '2010/7,A1,Lamp,1,2011-03-02,2.55,9,EIRE\n'
    'C101,A1,Lamp,-1,2011-03-05,2.55,17,United Kingdom\n'
    '102,A1,Lamp,1,2011-03-06,2.55,,France\n'
    '103,A1,Lamp,x,2011-03-06,2.55,12,France\n'
    '104,A1,Lamp,4,2011-03-07,0,12,France\n'
    '105,B2,Cup,10,2011-03-08,1,120,Unspecified\n')


class SalesImportCase(AccountTestInvoicingCommon):
    """A company with a chart of accounts in US dollars."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True, context={
            **cls.env.context, 'allowed_company_ids': cls.company_data['company'].ids, 'lang': 'en_US'})
        cls.company = cls.env.company
        cls.env['crm.sales.import'].search([]).state = 'done'  # the background job takes up whatever runs
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))

    def _import(self, text=FILE, run=True, **values):
        raw = text if isinstance(text, bytes) else text.encode()
        record = self.env['crm.sales.import'].create({
            'name': 'history.csv', 'data_file': base64.b64encode(raw), **values})
        return record._run() if run else record

    def _moves(self, company=None):
        return self.env['account.move'].search([
            ('journal_id.crm_is_sales_import', '=', True), ('company_id', '=', (company or self.company).id)], order='id')

    def _documents(self, company=None):
        return [(move.name, move.partner_id.ref, move.move_type, move.state, str(move.invoice_date), move.amount_total)
                for move in self._moves(company)]

    def _partners(self):
        return self.env['res.partner'].search([('company_id', '=', self.company.id), ('ref', '!=', False)], order='id')


EXPECTED = [
    ('100', '17', 'out_invoice', 'posted', '2011-03-01', 8.12),
    ('2010/7', '9', 'out_invoice', 'posted', '2011-03-02', 2.55),
    ('C101', '17', 'out_refund', 'posted', '2011-03-05', 2.55),
    ('105', '120', 'out_invoice', 'posted', '2011-03-08', 10.0),
]


@tagged('post_install', '-at_install')
class TestSalesImport(SalesImportCase):

    def test_documents_and_customers(self):
        record = self._import()
        self.assertEqual(self._documents(), EXPECTED)
        self.assertRecordValues(record, [{
            'state': 'done', 'phase': 'finished', 'progress': 100.0, 'line_count': 8, 'problem_count': 1, 'no_customer_count': 1,
            'note_count': 1, 'customer_count': 4, 'document_count': 4, 'invoice_count': 3, 'refund_count': 1,
            'existing_count': 0, 'failed_count': 0}])
        self.assertEqual(self._partners().mapped('ref'), ['9', '12', '17', '120'])
        self.assertEqual(self._partners().mapped('country_id.code'), ['IE', 'FR', 'GB'])
        self.assertTrue(all(self._partners().mapped('is_company')))

    def test_entries_are_those_of_odoo(self):
        """The entries given at once are the ones Odoo derives from an ordinary invoice."""
        self._import()
        for move in self._moves():
            twin = self.env['account.move'].create({
                'move_type': move.move_type, 'partner_id': move.partner_id.id, 'invoice_date': move.invoice_date,
                'invoice_payment_term_id': False, 'invoice_date_due': move.invoice_date,
                'journal_id': self.company_data['default_journal_sale'].id,
                'invoice_line_ids': [fields.Command.create({
                    'name': 'x', 'quantity': 1, 'price_unit': move.amount_total, 'tax_ids': [],
                    'account_id': move.invoice_line_ids.account_id.id})]})
            twin.action_post()
            names = ['display_type', 'account_id', 'balance', 'debit', 'credit', 'amount_currency', 'amount_residual',
                     'price_subtotal', 'price_total', 'currency_id',
                     'partner_id', 'date', 'date_maturity', 'parent_state', 'company_id', 'reconciled']
            self.assertRecordValues(move.line_ids, [
                {name: value for name, value in values.items() if name != 'id'}
                for values in twin.line_ids.read(names, load=None)])
            for name in ('amount_untaxed_signed', 'amount_total_signed', 'amount_residual', 'payment_state', 'invoice_date_due',
                         'date', 'commercial_partner_id', 'invoice_currency_rate', 'amount_tax'):
                self.assertEqual(move[name], twin[name], name)

    def test_line_detail(self):
        self._import(line_detail=True)
        self.assertEqual(self._documents(), EXPECTED)
        move = self._moves()[0]
        self.assertEqual(
            [(line.product_id.default_code, line.name, line.quantity, line.price_unit, line.price_subtotal)
             for line in move.invoice_line_ids], [('A1', 'Lamp', 2.0, 2.55, 5.1), ('B2', 'Cup', 3.0, 1.005, 3.02)])
        self.assertFalse(move.line_ids.tax_ids)
        self.assertEqual(self.env['product.product'].search_count([
            ('company_id', '=', self.company.id), ('default_code', '!=', False)]), 2)

    def test_problems_are_reported(self):
        record = self._import()
        self.assertEqual(
            [(problem.line, problem.kind, problem.reason) for problem in record.problem_ids],
            [(6, 'customer', "no customer"), (7, 'skipped', "not a quantity: x"),
             (8, 'note', "no line of document 104 has a price: nothing to invoice")])
        lines = base64.b64decode(record.problem_file).decode('utf-8-sig').splitlines()
        self.assertEqual(lines[1], '6,no customer,102,A1,Lamp,1,2011-03-06,2.55,,France')
        self.assertEqual(len(lines), 4)

    def test_again(self):
        """The same file twice, and a longer one that contains it: nothing twice."""
        self._import()
        again = self._import()
        self.assertEqual((again.existing_count, again.invoice_count, again.refund_count), (4, 0, 0))
        longer = self._import(FILE + '106,A1,Lamp,1,2011-03-09,5,17,United Kingdom\n')
        self.assertEqual((longer.existing_count, longer.invoice_count), (4, 1))
        self.assertEqual(self._documents(), [*EXPECTED, ('106', '17', 'out_invoice', 'posted', '2011-03-09', 5.0)])
        self.assertEqual(len(self._partners()), 4)

    def test_number_of_another_document(self):
        self._import()
        record = self._import(FILE.replace('105,B2,Cup,10,', '105,B2,Cup,11,'))
        self.assertEqual((record.existing_count, record.failed_count), (3, 1))
        self.assertEqual(self._documents(), EXPECTED)
        self.assertIn('105', record.problem_ids.filtered(lambda problem: problem.kind == 'document').reason)

    def test_killed_and_resumed(self):
        """Killed after any batch, run again: the same end state, nothing twice."""
        create = self.registry['crm.sales.import']._post_documents
        for survived in range(3):
            with self.subTest(survived=survived):
                company = self.setup_other_company(name=f"Killed {survived}")['company']
                calls = []

                def dying(records, todo, survived=survived, calls=calls):
                    calls.append(todo)
                    if len(calls) > survived:
                        raise KeyboardInterrupt
                    return create(records, todo)

                env = self.env(context={**self.env.context, 'allowed_company_ids': company.ids})
                record = self._import(run=False).with_env(env)
                record.company_id = company
                with patch.dict(crm_sales_import_documents.BATCH, documents=1, customers=2):
                    # assertRaises would roll back what was committed before the kill
                    with patch.object(self.registry['crm.sales.import'], '_post_documents', dying), \
                            contextlib.suppress(KeyboardInterrupt):
                        record._run()
                    self.assertEqual((record.state, record.position), ('running', survived))
                    self.assertEqual(self._documents(company), EXPECTED[:survived])
                    record._run()
                self.assertEqual(self._documents(company), EXPECTED)
                self.assertEqual((record.invoice_count, record.refund_count, record.existing_count), (3, 1, 0))

    def test_lost_position(self):
        """Even without its memory an import does not create a document twice."""
        record = self._import()
        record.write({'state': 'running', 'phase': 'read', 'position': 0})
        record._run()
        self.assertEqual(self._documents(), EXPECTED)
        self.assertEqual(record.existing_count, 4)

    def test_one_at_a_time(self):
        record = self._import(run=False)
        with self.env.registry.cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s, %s)", (crm_sales_import_run.LOCK_CLASS, self.company.id))
            with self.assertRaisesRegex(UserError, "running already"):
                record._run()
            other.execute("SELECT pg_advisory_unlock(%s, %s)", (crm_sales_import_run.LOCK_CLASS, self.company.id))
        record.action_start()
        for action in ('action_start', 'action_detect', 'unlink'):
            with self.assertRaisesRegex(UserError, "running already"):
                getattr(record, action)()

    def test_in_the_background(self):
        record = self._import(run=False)
        record.action_detect()
        record.action_start()
        self.assertEqual(record.state, 'running')
        record.action_pause()
        self.env['crm.sales.import']._cron_run()
        self.assertEqual(self._documents(), [])
        record.action_start()
        self.env['crm.sales.import']._cron_run()
        self.assertEqual(record.state, 'done')
        self.assertEqual(self._documents(), EXPECTED)

    def test_refused_document(self):
        """What Odoo refuses is reported with its line; the others of the batch go on."""
        post = self.registry['account.move']._post

        def refuse(moves, soft=True):
            if '2010/7' in moves.mapped('name'):
                raise ValidationError(self.env._("not this one"))
            return post(moves, soft)

        with patch.object(self.registry['account.move'], '_post', refuse):
            record = self._import()
        self.assertEqual([row[0] for row in self._documents()], ['100', 'C101', '105'])
        self.assertEqual((record.failed_count, record.invoice_count, record.refund_count), (1, 2, 1))
        self.assertIn(('document', 4, "not this one"), record.problem_ids.mapped(lambda p: (p.kind, p.line, p.reason)))

    def test_two_companies(self):
        self._import()
        other = self.setup_other_company(name="Other")['company']
        env = self.env(context={**self.env.context, 'allowed_company_ids': other.ids})
        self.env['crm.sales.import'].with_env(env).create({
            'name': 'history.csv', 'data_file': base64.b64encode(FILE.encode())})._run()
        self.assertEqual(self._documents(), EXPECTED)
        self.assertEqual(self._documents(other), EXPECTED)
        moves = self._moves() | self._moves(other)
        self.assertEqual(len(moves.partner_id), 6)
        for move in moves:
            self.assertEqual(move.partner_id.company_id, move.company_id)

    def test_currency(self):
        """A document in another currency counts at the rate of its day."""
        euro = self.env.ref('base.EUR')
        euro.active = True
        self.env['res.currency.rate'].create({
            'currency_id': euro.id, 'name': '2011-01-01', 'rate': 0.5, 'company_id': self.company.id})
        self._import('Number,Customer,Date,Amount,Currency\n1,K,2011-02-01,10,EUR\n2,K,2011-02-01,10,\n3,K,2011-02-01,10,ZZZ\n')
        moves = self._moves().sorted('name')
        self.assertEqual([(move.name, move.amount_total, move.amount_total_signed) for move in moves],
                         [('1', 10.0, 20.0), ('2', 10.0, 10.0)])


@tagged('post_install', '-at_install')
class TestSalesImportForm(SalesImportCase):

    def test_detect_map_preview(self):
        record = self._import('Beleg;Wer;Wann;Was\n1;K;03.04.2011;1.000,50\n2;L;13.04.2011;x\n', run=False)
        record.action_detect()
        self.assertEqual(record.column_ids.mapped('role'), ['ignore'] * 4)
        self.assertEqual(record.column_ids.mapped('example'), ['1', 'K', '03.04.2011', '1.000,50'])
        self.assertIn("Assign a column to", str(record.preview))
        with self.assertRaisesRegex(UserError, "Customer id / Customer name"):
            record.action_start()
        for column, role in zip(record.column_ids, ('number', 'customer', 'date', 'amount'), strict=True):
            column.role = role
        record.action_start()
        record._cron_run()
        self.assertEqual(self._documents(), [('1', 'K', 'out_invoice', 'posted', '2011-04-03', 1000.5)])

    def test_form_previews_while_assigning(self):
        record = self._import('Beleg;Wer;Wann;Was\n1;K;03.04.2011;1.000,50\n', run=False)
        record.action_detect()
        with Form(record) as form:
            for place, role in enumerate(('number', 'customer', 'date', 'amount')):
                with form.column_ids.edit(place) as column:
                    column.role = role
            self.assertIn("1000.50", str(form.preview))
        self.assertEqual(record._roles(), {'number': 0, 'customer': 1, 'date': 2, 'amount': 3})

    def test_how_dates_are_written_is_shown(self):
        record = self._import(run=False)
        record.action_detect()
        self.assertEqual(record.detected_note, "Year - month - day; decimals: Point: 1,234.56")
        record.column_ids.filtered(lambda column: column.role == 'date').role = 'ignore'
        self.assertEqual(record.detected_note, "Decimals: Point: 1,234.56")
        record = self._import(FILE.replace('2011-03-', '3/').replace(',2.55', '/2011,2.55').replace(',1.005', '/2011,1.005'), run=False)
        record.action_detect()
        self.assertIn("The dates allow both ways", record.detected_note)

    def test_preview(self):
        record = self._import(run=False)
        record.action_detect()
        self.assertIn("Credit note", str(record.preview))
        self.assertIn("Skipped: no customer", str(record.preview).replace('\n', ''))
        self.assertNotIn("<script", str(record.preview))
        evil = self._import(FILE.replace('Lamp', '<script>alert(1)</script>'), run=False)
        evil.action_detect()
        self.assertNotIn("<script", str(evil.preview))

    def test_two_columns_of_one_meaning(self):
        record = self._import(run=False)
        record.action_detect()
        with self.assertRaises(ValidationError):
            record.write({'column_ids': [fields.Command.update(record.column_ids[0].id, {'role': 'customer'})]})

    def test_unusable_file(self):
        for raw, text in ((b'\x00\x01\x02binary' * 50, "neither a text file"), (b'', "Choose a file"), (b'\n', "is empty")):
            with self.subTest(text), self.assertRaisesRegex(UserError, text):
                self._import(raw, run=False).action_detect()
        self.assertEqual(self._partners(), self.env['res.partner'])

    def test_no_chart_of_accounts(self):
        company = self.env['res.company'].create({'name': "Bare"})
        with self.assertRaisesRegex(UserError, "chart of accounts"):
            self._import(company_id=company.id)

    def test_same_file_is_noticed(self):
        first = self._import()
        second = self._import(run=False)
        second.action_detect()
        self.assertEqual(second.same_file_ids, first)

    def test_run_file(self):
        with self.assertRaisesRegex(UserError, "cannot be read"):
            self.env['crm.sales.import']._run_file('/nowhere/file.csv')

    def test_rights(self):
        record = self._import(run=False)
        manager = new_test_user(
            self.env, 'import_manager', 'base.group_user,sales_team.group_sale_manager', company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)])
        seller = new_test_user(
            self.env, 'import_seller', 'base.group_user,sales_team.group_sale_salesman', company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)])
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            record.with_user(seller).read(['name'])
        own = self.env['crm.sales.import'].with_user(manager).create({
            'name': 'x', 'data_file': base64.b64encode(FILE.encode())})
        own.action_detect()
        own.action_start()
        self.env['crm.sales.import'].sudo()._cron_run()
        self.assertEqual(own.state, 'done')
        other = self.env['res.company'].create({'name': "Elsewhere"})
        foreign = record.copy({'company_id': other.id})
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            foreign.with_user(manager).read(['name'])


@tagged('post_install', '-at_install')
class TestImportJournal(TransactionCase):

    def test_numbers_elsewhere_still_match_their_date(self):
        move = self.env['account.move'].new({'name': 'INV/2010/0001', 'date': '2011-01-01'})
        self.assertFalse(move._sequence_matches_date())
