"""A real wholesaler's bridge, cohorts and lives (customers whose number is a multiple of 25) give the figures reckoned outside."""
import json
import pathlib
from datetime import date

from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

DATA = pathlib.Path(__file__).parent / 'data'


@tagged('post_install', '-at_install')
class TestChurnReference(AccountTestInvoicingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data['company']
        cls.env = cls.env(su=True, context={**cls.env.context, 'allowed_company_ids': cls.company.ids, 'lang': 'en_US'})
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.reference = json.loads((DATA / 'online_retail_small_reference.json').read_text())['monthly']
        cls.env['crm.sales.import']._run_file(str(DATA / 'online_retail_small_mod25_0.csv.gz'))
        cls.analysis = cls.env['crm.churn.analysis']
        cls.options = {'months': 60, 'until': '2011-12-09'}

    def test_bridge(self):
        """Customers of each month as in the reference; the books of revenue and margin add up and follow one another."""
        measures = self.analysis.get_bridge(self.options)['measures']
        start = 0
        for row, expected in zip(measures['customers'], self.reference, strict=True):
            with self.subTest(month=row['month']):
                self.assertEqual(
                    [row[part] for part in ('month', 'start', 'new', 'won_back', 'lost', 'end')],
                    [expected['month'], start, *(expected[part] for part in ('new', 'reactivated', 'newly_lost', 'alive_end'))])
                self.assertAlmostEqual(row['churn'] or 0, expected['churn_rate'] or 0, 6)
            start = row['end']
        for measure in ('revenue', 'margin'):
            start = 0
            for row in measures[measure]:
                self.assertAlmostEqual(row['start'], start, 2)
                start = row['start'] + sum(row[part] for part in ('new', 'won_back', 'grew', 'shrank', 'lost'))
                self.assertAlmostEqual(row['end'], start, 2)

    def test_every_cell(self):
        """As many customers behind every figure as it says."""
        customers = self.env['crm.customer'].with_context(active_test=False)
        self.env['crm.grading.run']._run(self.company)
        for row in self.analysis.get_bridge(self.options)['measures']['customers']:
            for part in ('start', 'new', 'won_back', 'lost', 'end'):
                with self.subTest(month=row['month'], part=part):
                    cell = f"customers:{part}:{row['month']}:2011-12-09:90"
                    self.assertEqual(customers.search_count([('churn_cell', '=', cell)]), row[part])
        for cohort in self.analysis.get_cohorts(self.options)['cohorts']:
            for offset, count in enumerate([cohort['size'], *cohort['counts']]):
                with self.subTest(cohort=cohort['month'], offset=offset):
                    cell = f"cohort:{cohort['month']}:{offset}:2011-12-09"
                    self.assertEqual(customers.search_count([('churn_cell', '=', cell)]), count)

    def test_cohorts(self):
        """The sizes are the new customers of the month, and all who were active in a month are in one cohort or another."""
        answer = self.analysis.get_cohorts(self.options)
        self.assertEqual([cohort['size'] for cohort in answer['cohorts']], [row['new'] for row in self.reference])
        active = [0] * len(self.reference)
        for place, cohort in enumerate(answer['cohorts']):
            for offset, count in enumerate([cohort['size'], *cohort['counts']]):
                active[place + offset] += count
        self.assertEqual(active, [row['active'] for row in self.reference])

    def test_lives(self):
        """Whoever has fallen silent ever has ended a life, back or not; nobody lives longer than the file."""
        [curve] = self.analysis.get_survival(self.options)['curves']
        self.assertEqual(curve['customers'], self.reference[-1]['known_end'])
        self.assertGreaterEqual(curve['lost'], self.reference[-1]['lost_stock_end'])
        self.assertLessEqual(curve['points'][-1][0], (date(2011, 12, 9) - date(2010, 12, 1)).days)
        self.assertEqual(curve['points'][0][1], 1)
