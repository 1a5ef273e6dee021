from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..report.crm_grading_workbook import workbook_content
from .test_grading_run import GradingRunCase
from .workbook import downloaded, opened, table


class WorkbookCase(GradingRunCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good.name = "=HYPERLINK(\"http://evil.example\")"
        cls.fair.name = "@SUM(1)"
        cls.poor.name = "-2+3"
        cls.early = cls.TODAY - timedelta(days=20)

    def _grade_all(self):
        self._run(self.early)
        self._invoices([(self.fair, self.TODAY, 500)])
        self._run()

    def _wizard(self, user=None, **values):
        env = self._as(user) if user else self.env
        return env['crm.grading.workbook'].create({
            'company_id': self.company.id, 'scheme_id': self.scheme.id, 'date': self.TODAY, 'date_from': self.early, **values})

    def _book(self, wizard):
        return opened(workbook_content(wizard))



@tagged('post_install', '-at_install')
class TestWorkbook(WorkbookCase):

    def test_sheets_and_figures(self):
        self._grade_all()
        book = self._book(self._wizard())
        self.assertEqual(book.sheetnames, ["Summary", "Grades", "Pareto", "Top customers", "Movers", "Migration"])
        self.assertIn("Grading Europe, By revenue, as of", book["Summary"]['A2'].value)
        figures = {row[0].value: row[1].value for row in book["Summary"].iter_rows(min_row=4)}
        self.assertEqual(figures["Customers in the scheme"], 3)
        self.assertEqual(figures["Revenue of the last 12 months"], 2100)
        self.assertAlmostEqual(figures["Share of the top 20 % of customers"], 1000 / 2100)
        self.assertEqual(figures["Customers making 80 % of the revenue"], 2)
        self.assertEqual([row["Grade"] for row in table(book["Grades"])], ["A", "C"])
        best = table(book["Grades"])[0]
        self.assertEqual((best["Customers"], best["Revenue"]), (2, 2000))
        self.assertAlmostEqual(best["Share of revenue"], 2000 / 2100)
        self.assertEqual(table(book["Movers"])[0]["From"], "B")
        migration = {row["From \\ to"]: row for row in table(book["Migration"])}
        self.assertEqual((migration["B"]["A"], migration["A"]["A"], migration["C"]["Total"]), (1, 1, 1))

    def test_layout(self):
        """Charts, frozen header, currency, filter, print setup."""
        self._grade_all()
        book = self._book(self._wizard())
        for name in ("Grades", "Pareto"):
            self.assertEqual(len(book[name]._charts), 1, name)
        for name in book.sheetnames[1:]:
            self.assertEqual(book[name].freeze_panes, 'B5', name)
            self.assertEqual(book[name].page_setup.orientation, 'landscape', name)
            self.assertEqual(book[name].print_title_rows, '$4:$4', name)
        revenue = next(cell for cell in book["Top customers"][4] if cell.value == "Revenue")
        self.assertIn("€", book["Top customers"].cell(5, revenue.column).number_format)

    def test_names_are_no_formulas(self):
        self._grade_all()
        book = self._book(self._wizard())
        rows = {row[1].value: row[1].data_type for row in book["Top customers"].iter_rows(min_row=5)}
        self.assertEqual(rows, {self.good.name: 's', self.fair.name: 's', self.poor.name: 's'})
        self.assertFalse([cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == 'f' or cell.hyperlink])

    def test_amounts_left_out(self):
        """Who sees everybody but no amounts gets the shares, and no column, line or cell with an amount."""
        self._grade_all()
        book = self._book(self._wizard(self.leads_all))
        titles = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        self.assertFalse([title for title in titles if title in ("Revenue", "Revenue last year", "Gross margin")])
        self.assertNotIn("Revenue of the last 12 months", titles)
        self.assertFalse([cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value in (2100, 2000, 1000)])
        self.assertEqual(table(book["Grades"])[0]["Customers"], 2)
        self.assertFalse([cell for sheet in book for row in sheet.iter_rows() for cell in row if "€" in (cell.number_format or "")])

    def test_past_day_replayed(self):
        """Nothing recorded: the scheme as it is now, on the figures of then."""
        self._invoices([(self.fair, self.TODAY, 500)])
        rows = table(self._book(self._wizard(
            source='replayed', date=self.TODAY - timedelta(days=1), date_from=self.TODAY - timedelta(days=60)))["Grades"])
        self.assertEqual([(row["Grade"], row["Customers"], row["Revenue"]) for row in rows], [("A", 1, 1000), ("B", 1, 500), ("C", 1, 100)])

    def test_rfm_sheet(self):
        """The segments of the company's RFM scheme get a sheet with a chart, whatever scheme the workbook is about."""
        metrics = self.env['crm.metric']._from_codes
        self.env['crm.grading.scheme'].create({
            'name': "RFM", 'company_id': self.company.id, 'method': 'rfm', 'state': 'active', 'share_metric_id': self.revenue.id,
            'dimension_ids': [Command.create({'metric_id': metrics([code]).id, 'axis': axis, 'scoring': 'quantile', 'groups': 5})
                              for axis, code in (('r', 'recency'), ('f', 'invoice_count'), ('m', 'revenue'))],
            'segment_ids': [
                Command.create({'name': "Biggest", 'sequence': 1, 'm_min': 3}),
                Command.create({'name': "Others", 'sequence': 2})]})
        self._grade_all()
        sheet = self._book(self._wizard())["RFM segments"]
        self.assertEqual({row["Segment"]: row["Customers"] for row in table(sheet)}, {"Biggest": 1, "Others": 2})
        self.assertEqual(len(sheet._charts), 1)

    def test_nobody(self):
        """An empty company makes an empty workbook, not an error."""
        scheme = self._revenue_scheme(self.company_usd, self._grades(self.company_usd))
        book = self._book(self._wizard(company_id=self.company_usd.id, scheme_id=scheme.id))
        self.assertEqual(table(book["Grades"]), [])

    def test_other_currency(self):
        scheme = self._revenue_scheme(self.company_usd, self._grades(self.company_usd))
        self._invoices([(self.good, self.bought, 40)], company=self.company_usd)
        book = self._book(self._wizard(company_id=self.company_usd.id, scheme_id=scheme.id, source='replayed'))
        row = table(book["Top customers"])
        self.assertEqual([(line["Customer"], line["Revenue"]) for line in row], [(self.good.name, 40)])
        self.assertIn("$", book["Summary"]['B6'].number_format)

    def test_refused(self):
        for values in ({'date_from': self.TODAY}, {'date': self.TODAY + timedelta(days=1)}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._wizard(**values).action_download()
        with self.assertRaises(AccessError):
            self._wizard(self.rep)
        with self.assertRaises(AccessError):
            workbook_content(self._wizard(self.manager).with_env(self._as(self.finance)))
        foreign = self._revenue_scheme(self.company_usd, self._grades(self.company_usd))
        wizard = self._wizard(self.finance)
        wizard.sudo().scheme_id = foreign
        with self.assertRaises(AccessError):
            workbook_content(wizard)


@tagged('post_install', '-at_install')
class TestWorkbookDownload(WorkbookCase, HttpCase):

    def test_download(self):
        self._grade_all()
        self.assertEqual(downloaded(self, self._wizard(self.manager), self.manager, self.finance).sheetnames[0], "Summary")
