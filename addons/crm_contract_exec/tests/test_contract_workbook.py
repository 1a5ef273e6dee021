from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_grading.tests.workbook import downloaded, opened, table

from ..report.crm_contract_workbook import workbook_content
from .test_contract_report import ReportCase

SHEETS = ["Collection plan", "Contract register", "Instalments", "Contract results", "Margin detail", "Delays"]


class ContractWorkbookCase(ReportCase):
    """A contract of 1,000 (1,200 gross) in two instalments, the first one overdue, and one of a colleague in dollars."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.name = "=1+1"
        cls._stock(10)
        order = cls._order([(10, 100)], confirm=True)
        cls.contract = cls._contract(order, state='executing', title="=2+2")
        cls._deliver(order, 10)
        cls._invoice(order, cls.TODAY)
        cls.contract.invoiced_amount = 1200
        cls.dollars = cls._contract(total=4000, state='executing', currency_id=cls.usd.id, user_id=cls.rep2.id, partner=cls.customer2)
        cls.env['crm.contract.step'].create([
            {'contract_id': contract.id, 'name': name, 'kind': 'collect', 'date_due': day, 'amount': amount, 'done_amount': done,
             'open_amount': amount - done, 'state': state, 'days_late': late} for contract, name, day, amount, done, state, late in (
                (cls.contract, "First", '2026-05-31', 400, 100, 'overdue', 15), (cls.contract, "Rest", '2026-07-01', 800, 0, 'wait', 0),
                (cls.dollars, "All", '2026-05-20', 4000, 4000, 'done', 2))])

    def _wizard(self, user=None, **vals):
        return self._as(user or self.manager)['crm.contract.workbook'].create({
            'company_id': self.company.id, 'date_from': '2026-01-01', 'date_to': '2026-12-31', **vals})

    def _book(self, *args, **vals):
        return opened(workbook_content(self._wizard(*args, **vals)))



@tagged('post_install', '-at_install')
class TestContractWorkbook(ContractWorkbookCase):

    def test_sheets(self):
        book = self._book()
        self.assertEqual(book.sheetnames, SHEETS)
        for name, charts in zip(SHEETS, (1, 0, 0, 1, 0, 1), strict=True):
            self.assertEqual((len(book[name]._charts), book[name].freeze_panes), (charts, 'B5'), name)
        self.assertIn("Grading Europe, all teams", book["Delays"]['A2'].value)

    def test_collection_plan(self):
        """Due, collected and open by month, in the company's currency; a month between with nothing is there."""
        rows = {row["Month"]: row for row in table(self._book()["Collection plan"])}
        self.assertEqual(list(rows), ["May 2026", "Jun 2026", "Jul 2026"])
        may, june, july = rows.values()
        self.assertEqual((may["Due"], may["Collected"], may["Open"], may["Overdue"], may["Open in total"]), (1400, 1100, 300, 300, 300))
        self.assertEqual((june["Due"], june["Contracts signed"], june["Signed (net)"], june["Open in total"]), (0, 2, 2000, 300))
        self.assertEqual((july["Due"], july["Overdue"], july["Open in total"]), (800, 0, 1100))
        self.assertAlmostEqual(may["Collected (%)"], 1100 / 1400)

    def test_register_and_instalments(self):
        book = self._book()
        rows = {row["Number"]: row for row in table(book["Contract register"])}
        own, other = rows[self.contract.name], rows[self.dollars.name]
        self.assertEqual((own["Customer"], own["Subject"], own["Net amount"], own["Gross amount"], own["State"]),
                         ("=1+1", "=2+2", 1000, 1200, "Executing"))
        self.assertEqual((other["Currency"], other["Gross amount"]), ("USD", 1000))
        first = table(book["Instalments"])[1]
        self.assertEqual((first["Due on"], first["Instalment"], first["Open"], first["Days late"]), ('2026-05-31', "First", 300, 15))

    def test_margins(self):
        book = self._book()
        result = {row["Contract"]: row for row in table(book["Contract results"])}[self.contract.name]
        self.assertEqual((result["Cost of goods"], result["Margin so far"], result["Expected margin"]), (600, 400, 400))
        detail = table(book["Margin detail"])
        self.assertEqual([(row["Product"], row["Quantity"], row["Revenue"], row["Margin"]) for row in detail], [("Goods", 10, 1000, 400)])

    def test_delays(self):
        rows = {row["Whose turn, and why"]: row for row in table(self._book()["Delays"])}
        self.assertEqual(rows["Customer: Not paid in time"]["Days late"], 17)

    def test_no_formulas(self):
        self.assertFalse([cell for sheet in self._book() for row in sheet.iter_rows() for cell in row if cell.data_type == 'f'])

    def test_what_one_may_see(self):
        """A representative gets the own contracts, without costs and margins; the choice of a team narrows it down."""
        book = self._book(self.rep)
        self.assertEqual(book.sheetnames, [name for name in SHEETS if name not in ("Contract results", "Margin detail")])
        self.assertEqual([row["Number"] for row in table(book["Contract register"])], [self.contract.name])
        self.assertEqual(len(table(book["Instalments"])), 2)
        empty = self.env['crm.team'].create({'name': "Empty", 'company_id': self.company.id})
        book = self._book(team_id=empty.id)
        self.assertFalse([name for name in SHEETS if table(book[name])])

    def test_refused(self):
        for vals in ({'date_from': '2027-01-01'}, {'date_from': '2021-12-30'}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._wizard(**vals).action_download()
        with self.assertRaises(AccessError):
            workbook_content(self._wizard().with_env(self._as(self.rep)))
        with self.assertRaises(AccessError):
            self._wizard(self.stocker)


@tagged('post_install', '-at_install')
class TestContractWorkbookDownload(ContractWorkbookCase, HttpCase):

    def test_download(self):
        self.assertEqual(downloaded(self, self._wizard(), self.manager, self.rep).sheetnames, SHEETS)
