"""Confirming an order and posting an invoice cost what they cost without the suite, but for a few statements that ask whether a
credit limit or a contract is concerned: as many whatever the size."""
import re
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, tagged

BUDGET = {'action_confirm': 4, 'action_post': 3}   # statements of ours, at most
# What may stand in the way of core flows, and what for: credit holds on orders, contracts that follow their documents.
EXTENDED = {
    'sale.order': {'action_confirm', 'create', 'write'}, 'sale.order.line': {'create', 'write'}, 'account.move': {'_post'},
}
ADDONS = ('crm_grading', 'crm_visit_quota', 'crm_contract_exec', 'crm_service', 'crm_churn')


class Statements:
    """The statements that a cursor executes while the block runs."""

    def __enter__(self):
        self.found = []
        execute = Cursor.execute

        def listening(cursor, query, params=None, log_exceptions=True):
            self.found.append(query.code if hasattr(query, 'code') else str(query))
            return execute(cursor, query, params, log_exceptions)

        self.patch = patch.object(Cursor, 'execute', listening)
        self.patch.start()
        return self

    def __exit__(self, *_exception):
        self.patch.stop()


@tagged('post_install', '-at_install')
class TestCoreFlowCost(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env['res.partner'].create({'name': "Customer", 'is_company': True})
        cls.product = cls.env['product.product'].create({
            'name': "Thing", 'type': 'service', 'list_price': 10, 'invoice_policy': 'order'})
        cls.env['crm.grading.run']._run(cls.env.company)   # the customer has a profile
        cls.ours = cls._names()

    @classmethod
    def _names(cls):
        """Return the names of our tables, and of the columns we added to tables of others."""
        data = cls.env['ir.model.data'].search([('module', 'in', ADDONS), ('model', 'in', ('ir.model', 'ir.model.fields'))])
        models = cls.env['ir.model'].browse(data.filtered(lambda name: name.model == 'ir.model').mapped('res_id'))
        fields = cls.env['ir.model.fields'].browse(data.filtered(lambda name: name.model == 'ir.model.fields').mapped('res_id'))
        tables = {
            cls.env[model.model]._table for model in models
            if model.model in cls.env and cls.env[model.model]._original_module in ADDONS and not cls.env[model.model]._abstract}
        columns = {
            field.name for field in fields
            if field.model in cls.env and cls.env[field.model]._original_module not in ADDONS and field.name.startswith('crm_')}
        return tables | columns

    def _order(self, lines):
        order = self.env['sale.order'].create({
            'partner_id': self.partner.id,
            'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 1}) for _line in range(lines)]})
        self.env.flush_all()
        return order

    def _measure(self, records, method):
        """Return the statements of a method, flushed, from a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        with Statements() as statements:
            getattr(records, method)()
            self.env.flush_all()
        return statements.found

    def _ours_in(self, statements):
        """Return which of our names the statements work with. A column of ours that Odoo reads along with a row that it
        reads anyway costs no statement, so the list of columns of a SELECT does not count."""
        statements = [re.sub(r'^\s*SELECT .*? FROM ', '', statement, count=1, flags=re.DOTALL) for statement in statements]
        words = re.compile(r'\b(%s)\b' % '|'.join(map(re.escape, sorted(self.ours))))
        return sorted({match.group(1) for statement in statements for match in words.finditer(statement)})

    def _count_ours(self, statements):
        return len([statement for statement in statements if self._ours_in([statement])])

    def test_the_net_catches_us(self):
        """What is looked for is there, and a statement of ours would be found."""
        self.assertLessEqual({'crm_customer', 'crm_grade_verdict', 'crm_grade_history', 'crm_is_competitor'}, self.ours)
        with Statements() as statements:
            self.env['crm.customer'].search([('partner_id', '=', self.partner.id)], limit=1).read(['score'])
        self.assertIn('crm_customer', self._ours_in(statements.found))

    def test_confirming_an_order(self):
        counts = []
        for lines in (1, 10):
            order = self._order(lines)
            counts.append(self._count_ours(self._measure(order, 'action_confirm')))
            self.assertEqual(order.state, 'sale')
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], BUDGET['action_confirm'])

    def test_posting_an_invoice(self):
        counts = []
        for lines in (1, 10):
            order = self._order(lines)
            order.action_confirm()
            invoice = order._create_invoices()
            counts.append(self._count_ours(self._measure(invoice, 'action_post')))
            self.assertEqual(invoice.state, 'posted')
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], BUDGET['action_post'])

    def test_what_we_extend(self):
        """No further method of ours stands in the way of confirming, posting, or of writing on orders and invoices and their lines."""
        methods = ('action_confirm', '_action_confirm', 'action_post', '_post', 'create', 'write', '_write', 'unlink')
        for model in ('sale.order', 'sale.order.line', 'account.move', 'account.move.line', 'account.payment'):
            for parent in type(self.env[model]).__mro__:
                if parent.__module__.startswith(tuple(f'odoo.addons.{addon}.' for addon in ADDONS)):
                    with self.subTest(model=model, module=parent.__module__):
                        self.assertLessEqual({name for name in methods if name in vars(parent)}, EXTENDED.get(model, set()))

    def test_nothing_of_ours_is_stored_or_computed_along(self):
        """No stored field of ours depends on orders, invoices or payments: nothing is recomputed when they change."""
        registry = self.env.registry
        for model in ('sale.order', 'sale.order.line', 'account.move', 'account.move.line', 'account.payment'):
            for field in self.env[model]._fields.values():
                dependents = {
                    dependent for dependent in registry.get_dependent_fields(field)
                    if dependent._module in ADDONS and dependent.store}
                with self.subTest(field=str(field)):
                    self.assertEqual(dependents, set())
