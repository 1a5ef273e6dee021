from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_grading.tests.workbook import downloaded, opened, table

from ..report.crm_visit_quota_workbook import workbook_content
from .quota_common import QuotaCommon


class QuotaWorkbookCase(QuotaCommon):

    def setUp(self):
        super().setUp()
        self.rep.name = "=1+1"
        self._visits([(self.customer, '2026-05-04'), (self.customer, '2026-06-01'), (self.customer2, '2026-06-02')])
        self._visits([(self.customer, '2026-06-03')], user=self.lead)
        self._orders([(self.customer, '2026-06-03', 500)]).user_id = self.rep
        self._count()

    def _wizard(self, user=None, **vals):
        env = self._as(user or self.manager)
        return env['crm.visit.quota.workbook'].create({
            'company_id': self.company.id, 'date_from': '2026-05-20', 'date_to': '2026-06-15', **vals})

    def _book(self, *args, **vals):
        return opened(workbook_content(self._wizard(*args, **vals)))



@tagged('post_install', '-at_install')
class TestQuotaWorkbook(QuotaWorkbookCase):

    def test_sheets(self):
        book = self._book()
        self.assertEqual(book.sheetnames, ["Months", "Persons", "Teams", "Month by month", "Quotas"])
        for name, charts in (("Months", 1), ("Persons", 1), ("Teams", 1), ("Month by month", 1), ("Quotas", 0)):
            self.assertEqual(len(book[name]._charts), charts, name)
            self.assertEqual(book[name].freeze_panes, 'B5', name)
        self.assertIn("Grading Europe, all teams", book["Months"]['A2'].value)

    def test_figures(self):
        """What is in the workbook is what is in the results."""
        book = self._book()
        results = self.env['crm.visit.quota.result'].search([
            ('company_id', '=', self.company.id), ('period', '=', 'month'), ('date_from', '>=', '2026-05-01')])
        months = {row["Month"]: row for row in table(book["Months"])}
        for label, day in (("May 2026", '2026-05-01'), ("Jun 2026", '2026-06-01')):
            of_month = results.filtered(lambda result, day=day: str(result.date_from) == day)
            self.assertEqual(months[label]["Visits"], sum(of_month.mapped('visit_count')))
            self.assertEqual(months[label]["Target"], sum(of_month.mapped('target_visits')))
        self.assertEqual((months["May 2026"]["Change"], months["Jun 2026"]["Change"]), (None, 2))
        persons = {row["Person"]: row for row in table(book["Persons"])}
        self.assertEqual((persons["=1+1"]["Visits"], persons["=1+1"]["Distinct customers"], persons["=1+1"]["New customers"]), (3, 2, 2))
        self.assertEqual((persons["=1+1"]["Signed"], persons["=1+1"]["Team"]), (500, "Grading Team"))
        self.assertAlmostEqual(persons["=1+1"]["Distinct"], 2 / 3)
        team = table(book["Teams"])[0]
        self.assertEqual((team["Persons"], team["Visits"], team["Distinct customers"]), (2, 4, 2))
        matrix = {row["Person"]: row for row in table(book["Month by month"])}
        self.assertEqual((matrix["=1+1"]["May 2026"], matrix["=1+1"]["Jun 2026"], matrix["=1+1"]["Total"]), (1, 2, 3))
        self.assertEqual(len(table(book["Quotas"])), 4)

    def test_no_formulas(self):
        self.assertFalse([cell for sheet in self._book() for row in sheet.iter_rows() for cell in row if cell.data_type == 'f'])

    def test_own_only(self):
        """Everybody gets what they may see; the choice of a team narrows it down."""
        self.assertEqual({row["Person"] for row in table(self._book(self.rep)["Persons"])}, {"=1+1"})
        self.assertEqual(len(table(self._book(self.lead)["Persons"])), 2)
        empty = self.env['crm.team'].create({'name': "Empty", 'company_id': self.company.id})
        self.assertFalse(table(self._book(team_id=empty.id)["Persons"]))

    def test_refused(self):
        for vals in ({'date_from': '2026-07-01'}, {'date_from': '2021-05-31'}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._wizard(**vals).action_download()
        wizard = self._wizard(self.manager)
        with self.assertRaises(AccessError):
            workbook_content(wizard.with_env(self._as(self.rep)))


@tagged('post_install', '-at_install')
class TestQuotaWorkbookDownload(QuotaWorkbookCase, HttpCase):

    def test_download(self):
        self.assertEqual(downloaded(self, self._wizard(), self.manager, self.rep).sheetnames[0], "Months")
