"""The sales pipeline of another CRM, as opportunities and losses: what its files say, counted without Odoo, the imported pipeline gives."""
import csv
import gzip
import pathlib
import statistics
import tempfile
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

DATA = pathlib.Path(__file__).parent / 'data'
FILE = DATA / 'crm_sales_pipeline_small_mod10_0.csv.gz'     # each tenth line
BESIDE = {kind: str(DATA / f'{name}.csv.gz') for kind, name in (
    ('accounts', 'crm_accounts'), ('products', 'crm_products'), ('teams', 'crm_sales_teams'))}


def expected(rows):
    """Count the lines of a file, the products by their name in the catalogue."""
    won, lost = ([row for row in rows if row['deal_stage'] == stage] for stage in ('Won', 'Lost'))

    def mean(found):
        days = [(date.fromisoformat(row['close_date']) - date.fromisoformat(row['engage_date'])).days for row in found]
        return round(statistics.fmean(days), 4) if days else None
    return {
        'won': len(won), 'lost': len(lost), 'open': len(rows) - len(won) - len(lost),
        'win_rate': round(len(won) / (len(won) + len(lost)), 6) if won or lost else None,
        'value': sum(float(row['close_value']) for row in won), 'cycle_won': mean(won), 'cycle_lost': mean(lost), 'cycle': mean(won + lost)}


def lines(path):
    with gzip.open(path, 'rt', newline='') as file:
        return list(csv.DictReader(file))


@tagged('post_install', '-at_install')
class TestPipelineReference(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.company = cls.env['res.company'].create({'name': "Hardware Seller"})
        cls.env = cls.env(su=True, context={**cls.env.context, 'allowed_company_ids': cls.company.ids, 'lang': 'en_US', 'tz': 'UTC'})
        cls.service = cls.env['crm.pipeline.import']
        cls.seen = []
        cls.deals = cls.service._run_file(str(FILE), progress=lambda *done: cls.seen.append(done), **BESIDE)
        cls.leads = cls.service._leads()
        cls.rows = lines(FILE)

    def test_figures(self):
        figures = self.service._figures('2017-06-30')
        self.assertEqual(figures['stages'], {'Engaging': 147, 'Lost': 271, 'Prospecting': 50, 'Won': 412})
        self.assertEqual(figures['total'], expected(self.rows))
        for name, column in (('agents', 'sales_agent'), ('products', 'product')):
            groups = {}
            for row in self.rows:
                groups.setdefault({'GTXPro': 'GTX Pro'}.get(row[column], row[column]), []).append(row)
            self.assertEqual(figures[name], {key: expected(rows) for key, rows in groups.items()})
        day = '2017-06-30'
        self.assertEqual(figures['open'], sum(
            bool(row['engage_date']) and row['engage_date'] <= day and not (row['close_date'] and row['close_date'] <= day)
            for row in self.rows))
        self.assertEqual(self.seen, [(500, 880), (880, 880)])

    def test_losses(self):
        """Each lost deal is a loss: on its day, from its first follow-up on, with its product; those open or won are none."""
        events = self.env['crm.churn.event'].search([('company_id', '=', self.company.id)], order='id')
        lost = {row['opportunity_id']: row for row in self.rows if row['deal_stage'] == 'Lost'}
        self.assertEqual(len(events), 271)
        stages = self.service.env['crm.pipeline.import.masters']._stages()
        for event in events:
            row = lost.pop(event.name.rpartition('(')[2].rstrip(')'))
            self.assertEqual(
                (str(event.date), str(event.date_first), event.kind, event.phase, event.stage_id, event.stage_reached_id,
                 event.user_id.name),
                (row['close_date'], row['engage_date'], 'opportunity', 'sale', stages['Engaging'], stages['Engaging'], row['sales_agent']))
            self.assertEqual(
                (event.partner_id.name, event.product_id.name, event.amount, event.number),
                (row['account'], {'GTXPro': 'GTX Pro'}.get(row['product'], row['product']), event.product_id.list_price, 1))
        self.assertFalse(lost)
        self.assertEqual(round(statistics.fmean(events.mapped('days')), 4), expected(self.rows)['cycle_lost'])

    def test_traps(self):
        """One product written in two ways, a sector misspelt, open deals without account, deals never engaged, agents without a deal."""
        products = self.leads.crm_churn_event_ids.product_id
        names = products.mapped('name')
        self.assertEqual([name for name in names if 'Pro' in name and 'Plus' not in name], ["GTX Pro"])
        acme = self.env['res.partner'].search([('name', '=', "Acme Corporation"), ('company_id', '=', self.company.id)])
        self.assertEqual((acme.industry_id.name, acme.country_id.code), ("Technology", 'US'))
        self.assertFalse(self.env['res.partner.industry'].search([('name', 'ilike', 'technolgy')]))
        self.assertEqual(len(self.leads.filtered(lambda lead: not lead.partner_id)), sum(not row['account'] for row in self.rows))
        never = self.leads.filtered(lambda lead: lead.stage_id.name == 'Prospecting')
        self.assertEqual((len(never), never.filtered(lambda lead: lead.create_date.year < 2020)), (50, self.leads.browse()))
        people = self.env['res.users'].search([('company_id', '=', self.company.id)])
        self.assertEqual((len(people), len(people - self.leads.user_id - self.env['crm.team'].search(
            [('company_id', '=', self.company.id)]).user_id)), (41, 35 - len({row['sales_agent'] for row in self.rows})))

    def test_stages_of_the_past(self):
        won = self.leads.filtered(lambda lead: lead.won_status == 'won')[0]
        log = self.env['crm.churn.stage.log'].search([('lead_id', '=', won.id)], order='date')
        self.assertEqual([(line.stage_id.name, line.date) for line in log.with_context(lang='en_US')],
                         [("Engaging", won.create_date), (won.stage_id.name, won.date_closed)])
        self.assertEqual(won.date_open, won.create_date)

    def test_again(self):
        losses = self.env['crm.churn.event'].search_count([('company_id', '=', self.company.id)])
        self.service._run_file(str(FILE), **BESIDE)
        self.assertEqual(self.service._leads(), self.leads)
        self.assertEqual(self.env['crm.churn.event'].search_count([('company_id', '=', self.company.id)]), losses)

    def test_unusable(self):
        """Nothing is imported from a file that has one bad line."""
        head = 'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value'
        cases = {
            'a,b\n1,2': "no column", head: "file is empty", f'{head}\nX1,Ann,P,,Maybe,,,': "Line 2: “Maybe”",
            f'{head}\nX1,Ann,P,A,Won,2017-02-30,2017-03-01,5': "“2017-02-30” is no value for engage_date",
            f'{head}\nX1,Ann,P,A,Won,2017-02-01,,5': "close_date", f'{head}\nX1,Ann,P,A,Lost,,2017-03-01,0': "engage_date",
            f'{head}\nX1,Ann,P,A,Won,2017-02-01,2017-01-31,5': "close_date", f'{head}\nX1,Ann,P,A,Won,2017-02-01,2017-03-01,-5': "“-5”",
            f'{head}\nX1,Ann,P,A,Won,2017-02-01,2017-03-01,NaN': "“NaN”", f'{head}\nX1,,P,A,Engaging,2017-02-01,,': "sales_agent",
            f'{head}\nX1,Ann,P,,Prospecting,,,\nX1,Bo,P,,Prospecting,,,': "Line 3: opportunity_id X1 is in line 2",
            b'\xff\xfe\x00': "damaged", b'\x1f\x8b\x08': "damaged"}
        with tempfile.TemporaryDirectory() as folder:
            for text, message in cases.items():
                path = pathlib.Path(folder) / 'pipeline.csv'
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
                with self.subTest(text=text), self.assertRaisesRegex(UserError, message):
                    self.service._run_file(str(path))
            with self.assertRaisesRegex(UserError, "cannot be read"):
                self.service._run_file(f'{folder}/nowhere.csv')
        self.assertEqual(self.service._leads(), self.leads)

    def test_alone(self):
        """The pipeline may come without the other files: what it names is created by its name."""
        company = self.env['res.company'].create({'name': "Alone"})
        service = self.service.with_context(allowed_company_ids=company.ids)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'pipeline.csv'
            path.write_text('opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n'
                            'X1,Ann Alone,Thing,Buyer,Won,2017-02-01,2017-03-01,5\nX2,Ann Alone,Thing,,Prospecting,,,\n')
            service._run_file(str(path))
        won, asked = service._leads().sorted('id')
        self.assertEqual((won.partner_id.name, won.expected_revenue, won.team_id.name, asked.partner_id, asked.won_status),
                         ("Buyer", 5, "Imported pipeline", self.env['res.partner'], 'pending'))


def whole(env, folder):
    """Import the whole files into a company of its own and return their figures; takes minutes, so no test calls it.

    Call it in a shell on a database that may be thrown away, with the folder of the four files.
    """
    company = env['res.company'].create({'name': "Hardware Seller (all)"})
    env = env(su=True, context={**env.context, 'allowed_company_ids': company.ids, 'lang': 'en_US', 'tz': 'UTC'})
    folder = pathlib.Path(folder)
    service = env['crm.pipeline.import']
    service._run_file(
        str(folder / 'crm_sales_pipeline.csv.gz'), **{kind: str(folder / pathlib.Path(path).name) for kind, path in BESIDE.items()})
    return service._figures('2017-06-30')
