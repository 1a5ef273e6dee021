import io

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..report.crm_performance_workbook import statements_content
from .performance_common import PerformanceCommon


@tagged('post_install', '-at_install')
class TestPerformanceStatement(PerformanceCommon):
    """Months, statements and who sees them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._rule(signed=100)
        cls.may = cls._signed('2026-05-20', 1000)
        cls.june = cls._signed('2026-06-02', 500)

    @classmethod
    def _signed(cls, day, amount, **vals):
        contract = cls._contract(total=amount, state='approved', **vals)
        contract.action_sign(day)
        return contract

    def _month(self, day):
        return self.env['crm.performance.month'].search([('company_id', '=', self.company.id), ('date', '=', day)])

    def _statement(self, day, user=None):
        return self.env['crm.performance.statement'].search([
            ('company_id', '=', self.company.id), ('date', '=', day), ('user_id', '=', (user or self.rep).id)])

    def test_months(self):
        """An entry counts in the month of its day; the statement is the sum of its entries."""
        self.assertEqual((self._statement('2026-05-01').amount, self._statement('2026-06-01').amount), (1000, 500))
        self.assertEqual((self._month('2026-05-01').amount, self._month('2026-05-01').person_count), (1000, 1))
        self.assertEqual(self._month('2026-05-01').date_to, self.TODAY.replace(month=5, day=31))
        self.assertEqual(self._statement('2026-05-01').entry_ids.team_id, self.team)
        self.assertEqual(self._month('2026-05-01').with_context(lang='en_US').display_name, "May 2026")
        self.assertEqual(self._month('2026-05-01').with_context(lang='zh_CN').display_name, "2026年5月")

    def test_taken_back_apart(self):
        self.june.manual_untaxed = 200
        self.june._book_performance()
        statement = self._statement('2026-06-01')
        self.assertEqual(
            (statement.signed_amount, statement.back_amount, statement.amount, statement.entry_count), (500, -300, 200, 2))

    def test_write_off_undone(self):
        """What was given up and came in after all: both stand in what was taken back, and the statement opens."""
        self.entries.flush_model()
        vals = {
            'company_id': self.company.id, 'month': '2026-06-01', 'date': '2026-06-10', 'user_id': self.rep.id, 'contract_id': self.june.id,
            'partner_id': self.customer.id, 'event': 'written_off', 'res_model': 'account.move', 'res_id': 1, 'number': 1,
            'contract_currency_id': self.eur.id, 'statement_id': self._statement('2026-06-01').id}
        self.entries.create([
            {**vals, 'reason': 'event', 'is_back': True, 'amount': -80}, {**vals, 'reason': 'more', 'number': 2, 'amount': 80}])
        statement = self._statement('2026-06-01')
        self.assertEqual((statement.signed_amount, statement.back_amount, statement.amount), (500, 0, 500))

    def test_close(self):
        """Only a month that is over, and the oldest first."""
        with self.assertRaisesRegex(UserError, "not over"):
            self._month('2026-06-01').action_close()
        april = self._signed('2026-04-10', 100)
        with self.assertRaisesRegex(UserError, "one after the other"):
            self._month('2026-05-01').action_close()
        self.assertEqual(self._month('2026-05-01').state, 'open')
        (self._month('2026-04-01') + self._month('2026-05-01')).action_close()
        self.assertEqual(self._month('2026-05-01').closed_by_id, self.env.user)
        self.assertTrue(april)

    def test_later(self):
        """What is found out after the closing counts in the first open month, also a contract signed in the closed one."""
        self._month('2026-05-01').action_close()
        late = self._signed('2026-05-31', 70)
        entry = self.entries.search([('contract_id', '=', late.id)])
        self.assertEqual((str(entry.date), str(entry.month)), ('2026-05-31', '2026-06-01'))
        self.may.manual_untaxed = 900
        self.may._book_performance()
        self.assertEqual(self._statement('2026-05-01').amount, 1000)
        self.assertEqual(self._statement('2026-06-01').amount, 500 + 70 - 100)

    def test_close_books(self):
        """Closing enters what was not entered yet, into the month itself."""
        self.may.manual_untaxed = 1000
        contract = self._contract(total=10, state='approved')
        contract.write({'state': 'signed', 'date_signed': '2026-05-31'})
        self._month('2026-05-01').action_close()
        self.assertEqual(self._statement('2026-05-01').amount, 1010)

    def test_rule_of_closed_months(self):
        """The rule of a closed month is not changed; one from a later day is added instead."""
        rule = self.env['crm.performance.rule'].search([('company_id', '=', self.company.id)])
        rule.write({'signed_weight': 50, 'collected_weight': 50})
        self._month('2026-05-01').action_close()
        for change in (lambda: rule.write({'basis': 'margin'}), rule.unlink):
            with self.assertRaisesRegex(UserError, "later day"):
                change()
        self._rule(date_from='2026-06-01', signed=100)

    def test_confirm(self):
        """The person confirms the statement of a closed month; nobody else, and not earlier."""
        statement = self._by(self._statement('2026-05-01'))
        with self.assertRaisesRegex(UserError, "still open"):
            statement.action_confirm()
        self._month('2026-05-01').action_close()
        with self.assertRaises(AccessError):
            self._by(statement, self.manager).action_confirm()
        statement.action_confirm()
        self.assertTrue(statement.confirmed_on)

    # ------------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------------

    def _seen(self, user, model='crm.performance.entry', company=None):
        return self._as(user, company)[model].search([('company_id', '=', self.company.id)]).user_id

    def test_access(self):
        self._signed('2026-06-02', 5, user_id=self.rep2.id)
        everybody = self.rep + self.rep2
        for model in ('crm.performance.entry', 'crm.performance.statement'):
            for user, expected in (
                    (self.rep, self.rep), (self.rep2, self.rep2), (self.lead, self.rep), (self.leads_all, everybody),
                    (self.manager, everybody), (self.finance, everybody), (self.manager_usd, self.env['res.users'])):
                with self.subTest(model=model, user=user.name):
                    self.assertEqual(self._seen(user, model), expected)
            for user in (self.employee, self.stocker):
                with self.subTest(model=model, user=user.name), self.assertRaises(AccessError):
                    self._seen(user, model)
        self.assertFalse(self._seen(self.manager, company=self.company_usd))

    def test_nobody_writes(self):
        """Not even managers; months are closed by managers and accountants only."""
        for user in (self.rep, self.manager, self.finance):
            env = self._as(user)
            for model in ('crm.performance.entry', 'crm.performance.statement', 'crm.performance.month'):
                with self.subTest(user=user.name, model=model):
                    self.assertFalse(env[model].has_access('create'))
                    self.assertFalse(env[model].has_access('unlink'))
            self.assertFalse(env['crm.performance.entry'].has_access('write'))
        with self.assertRaises(AccessError):
            self._by(self._month('2026-05-01')).action_close()
        with self.assertRaises(AccessError):
            self._by(self.env['crm.performance.rule'].search([])).write({'signed_weight': 100})
        self._by(self._month('2026-05-01'), self.manager).action_close()

    def test_share_of_colleague(self):
        """Who has a share sees the own part only."""
        contract = self._contract(total=1000, state='approved', share_ids=[
            Command.create({'user_id': self.rep.id, 'percent': 60}), Command.create({'user_id': self.rep2.id, 'percent': 40})])
        contract.action_sign('2026-06-03')
        self.assertEqual(self._by(contract, self.rep2).credited_amount, 400)
        self.assertEqual(self._by(contract, self.manager).credited_amount, 1000)

    def test_documents(self):
        entry = self.entries.search([('contract_id', '=', self.may.id)])
        self.assertEqual(entry.document, self.may.display_name)
        action = self._by(entry).action_open_document()
        self.assertEqual((action['res_model'], action['res_id']), ('crm.contract', self.may.id))
        action = self._statement('2026-05-01').action_open_entries()
        self.assertEqual(self.entries.search(action['domain']), entry)

    # ------------------------------------------------------------------
    # On paper
    # ------------------------------------------------------------------

    def test_print(self):
        report = self.env.ref('crm_contract_exec.crm_performance_statement_report')
        html, _kind = report.with_env(self._as(self.rep))._render_qweb_html(report.report_name, self._statement('2026-05-01').ids)
        text = html.decode()
        for expected in ("Performance Statement", "May 2026", self.may.name, "1,000.00", "100 %"):
            self.assertIn(expected, text)

    def test_workbook(self):
        statements = self._by(self._statement('2026-05-01') + self._statement('2026-06-01'))
        book = openpyxl.load_workbook(io.BytesIO(statements_content(statements)))
        totals, entries = book['Statements'], book['Entries']
        self.assertEqual([row[-1] for row in totals.iter_rows(min_row=5, max_row=6, values_only=True)], [1000, 500])
        self.assertEqual([row[-1] for row in entries.iter_rows(min_row=5, values_only=True)], [1000, 500])
        with self.assertRaises(AccessError):
            statements_content(self._by(self._statement('2026-05-01'), self.rep2))


@tagged('post_install', '-at_install')
class TestPerformanceDownload(HttpCase, PerformanceCommon):

    def test_download(self):
        """One's own statement downloads, somebody else's does not exist."""
        self._rule(signed=100)
        contract = self._contract(total=100, state='signed')
        statement = self.entries.search([('contract_id', '=', contract.id)]).statement_id
        url = statement.action_workbook()['url']
        for user in (self.rep, self.rep2):
            user.password = user.login
            self.authenticate(user.login, user.login)
            response = self.url_open(url)
            with self.subTest(user=user.name):
                self.assertEqual(response.status_code, 200 if user == self.rep else 404)
        self.assertEqual(self.url_open('/crm_contract_exec/statements?ids=x').status_code, 404)
