from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_grading.tests.workbook import downloaded, opened, table

from ..report.crm_service_workbook import workbook_content
from .sla_common import SlaCommon

SHEETS = ["Months", "Promises", "Agents", "When customers call", "Causes", "Tickets"]


class ServiceWorkbookCase(SlaCommon):
    """Three tickets in the week of tests: one solved in time, one too late, one of another team open; one of the month before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(hours=4, promise='resolution')
        case = cls('setUp')
        cls.good = cls._made(case, "=1+1", 'Mon 09:00', 'Mon 11:00', user_id=cls.agent.id)
        cls.late = cls._made(case, "Too late", 'Mon 13:00', 'Tue 13:00', user_id=cls.agent2.id, type_id=cls.complaint.id)
        cls.open = cls._made(case, "Open", 'Tue 08:30', None, team_id=cls.workshop.id)
        cls.before = cls._made(case, "Before", 'Mon 09:00', None)
        cls.before.sudo().date_opened = '2026-05-31 21:59:59'     # a second before June in Brussels
        cls.late.sla_ids.sudo().cause_id = cls.env['crm.breach.cause'].create({'name': "Part missing"})
        cls.env.flush_all()

    @staticmethod
    def _made(case, title, start, solved, **vals):
        with case._at(start):
            ticket = case._ticket(title=title, **vals)
        if solved:
            with case._at(solved):
                ticket._move('solved')
        return ticket

    def _wizard(self, user=None, **vals):
        return self._by(self.env['crm.service.workbook'], user or self.service_manager).create({
            'company_id': self.company.id, 'date_from': '2026-06-01', 'date_to': '2026-06-30', **vals})

    def _book(self, *args, **vals):
        return opened(workbook_content(self._wizard(*args, **vals)))


@tagged('post_install', '-at_install')
class TestServiceWorkbook(ServiceWorkbookCase):

    def test_sheets(self):
        book = self._book()
        self.assertEqual(book.sheetnames, SHEETS)
        for name, charts in zip(SHEETS, (1, 1, 0, 0, 1, 0), strict=True):
            self.assertEqual((len(book[name]._charts), book[name].freeze_panes), (charts, 'B5'), name)
        self.assertIn("Grading Europe, all teams", book["Causes"]['A2'].value)

    def test_months(self):
        [june] = table(self._book()["Months"])
        self.assertEqual(
            (june["Month"], june["Tickets Opened"], june["Complaints"], june["Tickets Solved"], june["Median hours to solution"]),
            ("Jun 2026", 3, 1, 2, 13))
        self.assertAlmostEqual(june["90th percentile of hours to solution"], 2 + 0.9 * 22)
        self.assertEqual(june["Open at the end"], 2)      # of three that came and one that was there, two were solved
        may, june = table(self._book(date_from='2026-05-31')["Months"])
        self.assertEqual((may["Month"], may["Tickets Opened"], may["Tickets Solved"], june["Tickets Opened"]), ("May 2026", 1, 0, 3))
        self.assertEqual([month["Open at the end"] for month in (may, june)], [1, 2])

    def test_promises_and_causes(self):
        book = self._book()
        [row] = table(book["Promises"])
        self.assertEqual(
            [row[title] for title in ("Policy and promise", "Given", "Kept", "Broken", "Kept (%)", "Mean working hours used")],
            ["resolution 4: Resolution", 4, 1, 1, 0.5, 5])   # 2 and 8 working hours; those that run are given, not decided
        self.assertEqual([tuple(row.values()) for row in table(book["Causes"])], [("Part missing", 1)])

    def test_agents_and_hours(self):
        book = self._book()
        self.assertEqual(
            [(row["Agent and team"], row["Tickets"], row["Median hours to solution"]) for row in table(book["Agents"])],
            [("Agent (Hotline)", 1, 2), ("Agent2 (Hotline)", 1, 24), ("Nobody (Workshop)", 1, None)])
        rows = {row["Hour"]: row for row in table(book["When customers call"])}
        self.assertEqual(len(rows), 24)
        self.assertEqual(
            (rows["09:00"]["Monday"], rows["13:00"]["Monday"], rows["08:00"]["Tuesday"], rows["08:00"]["Monday"]), (1, 1, 1, 0))

    def test_tickets(self):
        rows = table(self._book()["Tickets"])
        self.assertEqual([row["Subject"] for row in rows], ["=1+1", "Too late", "Open"])
        self.assertEqual(
            [rows[1][title] for title in ("Customer", "Sort", "Channel", "Team", "Agent", "State", "Opened", "Hours to solution")],
            [self.customer.name, "Complaint", "Phone", "Hotline", "Agent2", "Solved", "2026-06-15 13:00", 24])
        self.assertFalse([cell for sheet in self._book() for line in sheet.iter_rows() for cell in line if cell.data_type == 'f'])

    def test_what_one_may_see(self):
        for user, vals, subjects in (
                (self.agent3, {}, ["Open"]), (self.agent, {}, ["=1+1", "Too late"]),
                (self.service_manager, {'team_id': self.workshop.id}, ["Open"])):
            with self.subTest(user=user.name):
                self.assertEqual([row["Subject"] for row in table(self._book(user, **vals)["Tickets"])], subjects)
        book = self._book(date_from='2026-07-01', date_to='2026-07-31')
        self.assertFalse([name for name in SHEETS if table(book[name])])

    def test_refused(self):
        for vals in ({'date_from': '2027-01-01'}, {'date_from': '2021-06-29'}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._wizard(**vals).action_download()
        self.assertTrue(self._wizard(date_from='2021-06-30').action_download())
        with self.assertRaises(AccessError):
            workbook_content(self._wizard().with_env(self._as(self.agent)))
        with self.assertRaises(AccessError):
            self._wizard(self.rep)


@tagged('post_install', '-at_install')
class TestServiceWorkbookDownload(ServiceWorkbookCase, HttpCase):

    def test_download(self):
        self.assertEqual(downloaded(self, self._wizard(), self.service_manager, self.agent).sheetnames, SHEETS)
