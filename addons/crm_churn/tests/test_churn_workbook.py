from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_grading.tests.workbook import downloaded, opened, table

from ..report.crm_churn_workbook import workbook_content
from .test_churn_analysis import AnalysisCase

SHEETS = ["Customer bridge", "Revenue bridge", "Margin bridge", "Cohorts", "How long they stay", "Reasons", "Losses", "Competitors"]
AMOUNT_SHEETS = ("Revenue bridge", "Margin bridge")


class ChurnWorkbookCase(AnalysisCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lost.name = "=1+1"
        rival = cls.env['crm.competitor'].create({'partner_id': cls._customers(name="Rival").id})
        cls.event = cls._loss(cls.lost, phase='use', kind='silent', date='2026-04-21', amount=200, competitor_id=rival.id)
        cls.event.sudo().reason_ids = [(0, 0, {'reason_id': cls.price.id, 'is_main': True})]
        cls._loss(cls.back, user_id=cls.rep2.id, date='2026-04-06')
        cls._loss(cls.back, date='2025-06-30')      # before the twelve months

    def _wizard(self, user=None, **vals):
        return self._as(user or self.manager)['crm.churn.workbook'].create({'company_id': self.company.id, **vals})

    def _book(self, *args, **vals):
        return opened(workbook_content(self._wizard(*args, **vals)))


@tagged('post_install', '-at_install')
class TestChurnWorkbook(ChurnWorkbookCase):

    def test_sheets(self):
        book = self._book()
        self.assertEqual(book.sheetnames, SHEETS)
        for name, charts in zip(SHEETS, (1, 1, 1, 0, 0, 1, 0, 1), strict=True):
            self.assertEqual((len(book[name]._charts), book[name].freeze_panes), (charts, 'B5'), name)
        self.assertIn("Grading Europe, 07/01/2025 to 06/15/2026, lost after 90 days", book["Losses"]['A2'].value)
        self.assertFalse([cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == 'f'])

    def test_figures(self):
        book = self._book()
        april = {row["Month"]: row for row in table(book["Customer bridge"])}["Apr 2026"]
        self.assertEqual((april["At start"], april["Lost"], april["At end"]), (3, -2, 1))
        self.assertAlmostEqual(april["Churn"], 2 / 3)
        april = {row["Month"]: row for row in table(book["Revenue bridge"])}["Apr 2026"]
        self.assertEqual((april["At start"], april["Lost"], april["At end"]), (450, -250, 200))
        cohort = {row["First bought"]: row for row in table(book["Cohorts"])}["Jan 2026"]
        self.assertEqual((cohort["Customers"], cohort["+4 months"], cohort["+6 months"]), (3, 2 / 3, None))
        life = table(book["How long they stay"])[0]
        self.assertEqual((life["Group"], life["Customers"], life["Left"]), ("All customers", 5, 3))
        self.assertAlmostEqual(life["Median life (months)"], 91 * 12 / 365.25)

    def test_losses(self):
        book = self._book()
        first, second = table(book["Losses"])
        self.assertEqual(
            [first[title] for title in ("Customer", "Main reason", "Lost to", "Lost amount")], ["=1+1", "Price", "Rival 1", 200])
        self.assertEqual(second["Lost on"], '2026-04-06')
        reasons = {row["Main reason"]: row for row in table(book["Reasons"])}
        self.assertEqual((reasons["Price"]["Losses"], reasons["Price"]["Lost amount"]), (1, 200))
        [row] = table(book["Competitors"])
        self.assertEqual((row["Competitor"], row["Lost to it"], row["Win rate"]), ("Rival 1", 1, 0))

    def test_what_one_may_see(self):
        """A representative gets the own customers and losses, without amounts."""
        book = self._book(self.rep)
        self.assertEqual(book.sheetnames, [name for name in SHEETS if name not in AMOUNT_SHEETS])
        [row] = table(book["Losses"])
        self.assertEqual((row["Customer"], "Lost amount" in row), ("=1+1", False))
        self.assertEqual(table(book["How long they stay"])[0]["Customers"], 2)
        self.assertEqual(self._book(self.analyst).sheetnames, SHEETS)
        with self.assertRaises(AccessError):
            self._wizard(self.employee)
        with self.assertRaises(AccessError):
            workbook_content(self._wizard().with_env(self._as(self.rep)))

    def test_nothing(self):
        company = self.env['res.company'].create({'name': "Empty"})
        book = opened(workbook_content(self.env['crm.churn.workbook'].create({'company_id': company.id})))
        self.assertEqual(book.sheetnames, SHEETS)

    def test_refused(self):
        for vals in ({'months': 0}, {'months': 61}, {'lost_after': 6}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._wizard(**vals).action_download()


@tagged('post_install', '-at_install')
class TestChurnWorkbookDownload(ChurnWorkbookCase, HttpCase):

    def test_download(self):
        self.assertEqual(downloaded(self, self._wizard(), self.manager, self.rep).sheetnames, SHEETS)
