import tempfile
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged

from .plan_common import PlanCommon

HEAD = "customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate"
ROWS = ("C1,R1,2026-01-10,2026-02-09,100.50,No,2026-02-08", "C2,R2,2026-03-02,2026-04-01,40,Yes,")


@tagged('post_install', '-at_install')
class TestReceivablesImport(PlanCommon):

    def _run(self, *rows):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'receivables.csv'
            path.write_text("\n".join((HEAD, *rows)))
            return self.env['crm.receivables.import'].with_company(self.company).with_context(
                allowed_company_ids=self.company.ids)._run_file(str(path))

    def _imported(self):
        return self.env['account.move'].search([('company_id', '=', self.company.id), ('name', 'in', ('R1', 'R2'))], order='name')

    def setUp(self):
        super().setUp()
        for partner, ref in zip(self._customers(2, company_id=self.company.id), ('C1', 'C2'), strict=True):
            partner.ref = ref   # known already, with an account: the company has no chart
            partner.with_company(self.company).property_account_receivable_id = self._receivable()
        self.patch(self.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))

    def test_closed_period(self):
        """Into closed books nothing is imported at all: Odoo would book it on a later day. The last closed day is closed, the next open."""
        for field in ('fiscalyear_lock_date', 'sale_lock_date', 'hard_lock_date'):
            with self.subTest(field=field), self.cr.savepoint() as savepoint:
                self.company[field] = '2026-01-10'
                with self.assertRaisesRegex(UserError, r"Line 2: .* closed until 2026-01-10, but invoice R1 .*\(1 in all\)"):
                    self._run(*ROWS)
                self.assertFalse(self._imported())
                savepoint.rollback()
                self.env.invalidate_all()
        self.company.fiscalyear_lock_date = '2026-01-09'
        self._run(*ROWS)
        self.assertEqual([(move.name, str(move.date), move.amount_residual) for move in self._imported()],
                         [('R1', '2026-01-10', 0), ('R2', '2026-03-02', 40)])
