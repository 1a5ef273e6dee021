from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ChurnCommon


class AnalysisCase(ChurnCommon):
    """Six customers whose months are counted by hand; the last day is 2026-06-15, lost after 90 days.

    ============ ========================= =========================================================
    stays        01-10, 03-10, 05-10       never silent for more than 90 days
    lost         01-20 (revenue 200)       the 91st day is 04-21
    back         01-05, 05-20              lost on 04-06, back on 05-20
    new          06-02                     this month
    again        2025-10-01, 2026-06-10    lost on 2025-12-31, back in June
    other        01-10                     in the other company
    ============ ========================= =========================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stays, cls.lost, cls.back, cls.new, cls.again, cls.other = cls.people = cls._customers(6, "Buyer")
        cls._invoices([
            (cls.stays, '2026-01-10', 100), (cls.stays, '2026-03-10', 100), (cls.stays, '2026-05-10', 300), (cls.lost, '2026-01-20', 200),
            (cls.back, '2026-01-05', 50), (cls.back, '2026-05-20', 70), (cls.new, '2026-06-02', 40), (cls.again, '2025-10-01', 10),
            (cls.again, '2026-06-10', 20)])
        cls._invoices([(cls.other, '2026-01-10', 999)], company=cls.company_usd)
        cls._profiles(cls.people[:5])
        cls._profiles(cls.other, cls.company_usd)
        cls.stays.user_id = cls.lost.user_id = cls.rep
        cls.analysis = cls.env['crm.churn.analysis'].with_env(cls.env(user=cls.manager, context={'allowed_company_ids': cls.company.ids}))

    def _behind(self, cell, user=None):
        """Return the customers whom a figure opens."""
        action = self._as(user or self.manager)['crm.churn.analysis'].get_cell_action(cell, "Figure")
        customers = self._as(user or self.manager)['crm.customer'].with_context(**action['context'])
        return customers.search(action['domain']).partner_id


@tagged('post_install', '-at_install')
class TestBridge(AnalysisCase):

    def test_customers(self):
        """Every month ends with start + new + won back - lost, and begins with the end of the one before."""
        rows = self.analysis.get_bridge({'months': 9})['measures']['customers']
        self.assertEqual(
            [tuple(row[part] for part in ('month', 'start', 'new', 'won_back', 'lost', 'end')) for row in rows],
            [('2025-10', 0, 1, 0, 0, 1), ('2025-11', 1, 0, 0, 0, 1), ('2025-12', 1, 0, 0, 1, 0), ('2026-01', 0, 3, 0, 0, 3),
             ('2026-02', 3, 0, 0, 0, 3), ('2026-03', 3, 0, 0, 0, 3), ('2026-04', 3, 0, 0, 2, 1), ('2026-05', 1, 0, 1, 0, 2),
             ('2026-06', 2, 1, 1, 0, 4)])
        self.assertEqual([row['churn'] for row in rows[-4:]], [0, 2 / 3, 0, 0])
        self.assertEqual(rows[-1]['label'], "Jun 2026")

    def test_amounts(self):
        """The book of twelve months: what came, grew and went adds up, in revenue and in margin."""
        answer = self.analysis.get_bridge({'months': 4})
        rows = {row['month']: row for row in answer['measures']['revenue']}
        self.assertEqual(
            [[rows[month][part] for part in ('start', 'new', 'won_back', 'grew', 'shrank', 'lost', 'end')] for month in sorted(rows)],
            [[350, 0, 0, 100, 0, 0, 450], [450, 0, 0, 0, 0, -250, 200], [200, 0, 120, 300, 0, 0, 620], [620, 40, 30, 0, 0, 0, 690]])
        self.assertAlmostEqual(rows['2026-04']['churn'], 250 / 450)
        margin = {row['month']: row for row in answer['measures']['margin']}     # the thing costs 60 a piece
        self.assertEqual((margin['2026-04']['lost'], margin['2026-04']['end']), (-(140 - 10), 80))
        self.assertEqual(answer['totals']['revenue']['end'] - answer['totals']['revenue']['start'], 690 - 350)
        for measure, minus in (('customers', -1), ('revenue', 1), ('margin', 1)):
            for row in answer['measures'][measure]:
                with self.subTest(measure=measure, month=row['month']):
                    moved = sum(row.get(part, 0) for part in ('new', 'won_back', 'grew', 'shrank')) + minus * row['lost']
                    self.assertAlmostEqual(row['start'] + moved, row['end'])

    def test_shrank(self):
        """What left the twelve months, and credit notes, shrink the book of those who stay."""
        self._refunds([(self.stays, '2026-06-01', 60)])
        [row] = self.analysis.get_bridge({'months': 1})['measures']['revenue']
        self.assertEqual((row['shrank'], row['end']), (-60, 630))

    def test_every_cell_opens_its_customers(self):
        """As many as the figure says, in every cell."""
        answer = self.analysis.get_bridge({'months': 9})
        for row in answer['measures']['customers']:
            for part in ('start', 'new', 'won_back', 'lost', 'end'):
                with self.subTest(month=row['month'], part=part):
                    cell = f"customers:{part}:{row['month']}:{answer['until']}:90"
                    self.assertEqual(len(self._behind(cell)), row[part])
        self.assertEqual(self._behind('customers:lost:2026-04:2026-06-15:90'), self.lost + self.back)
        self.assertEqual(self._behind('customers:won_back:2026-06:2026-06-15:90'), self.again)
        self.assertFalse(self._behind('customers:won_back:2026-06:2026-06-09:90'))
        self.assertEqual(self._behind('revenue:lost:2026-04:2026-06-15:90'), self.lost + self.back)
        self.assertEqual(self._behind('revenue:grew:2026-05:2026-06-15:90'), self.stays)
        self.assertEqual(self._behind('margin:won_back:2026-05:2026-06-15:90'), self.back)

    def test_lost_after(self):
        """On the first day that lies more than so many days after the last purchase: not a day before."""
        for until, lost in (('2026-04-20', 0), ('2026-04-21', 1)):
            with self.subTest(until=until):
                self.assertEqual(self.lost in self._behind(f'customers:end:2026-04:{until}:90'), not lost)
                [row] = self.analysis.get_bridge({'months': 1, 'until': until})['measures']['customers']
                self.assertEqual(row['lost'], lost + 1)     # and the one who came back in May
        [row] = self.analysis.get_bridge({'months': 1, 'lost_after': 365})['measures']['customers']
        self.assertEqual((row['won_back'], row['end']), (0, 5))

    def test_archived(self):
        """Whoever was lost was a customer once, archived or not."""
        self.lost.action_archive()
        self.assertEqual(self._behind('customers:lost:2026-04:2026-06-15:90'), self.lost + self.back)
        [row] = self.analysis.get_bridge({'months': 1, 'until': '2026-04-30'})['measures']['customers']
        self.assertEqual(row['lost'], 2)

    def test_who_sees_what(self):
        """A salesperson gets the own customers, without amounts; another company its own; who sees no customers nothing."""
        answer = self._as(self.rep)['crm.churn.analysis'].get_bridge({'months': 3})
        self.assertEqual(list(answer['measures']), ['customers'])
        self.assertEqual([row['lost'] for row in answer['measures']['customers']], [1, 0, 0])
        self.assertEqual(self._behind('customers:lost:2026-04:2026-06-15:90', self.rep), self.lost)
        with self.assertRaises(UserError):
            self._behind('revenue:lost:2026-04:2026-06-15:90', self.rep)
        self.assertEqual(list(self._as(self.analyst)['crm.churn.analysis'].get_bridge()['measures']), ['customers', 'revenue', 'margin'])
        other = self.env['crm.churn.analysis'].with_env(self._as(self.manager_usd))
        self.assertEqual(other.get_bridge()['measures']['revenue'][0]['end'], 999)
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.churn.analysis'].get_bridge()

    def test_nothing_sold(self):
        company = self.env['res.company'].create({'name': "Empty"})
        analysis = self.env['crm.churn.analysis'].with_context(allowed_company_ids=company.ids)
        self.assertEqual(analysis.get_bridge()['measures']['customers'], [])
        self.assertEqual(analysis.get_cohorts()['cohorts'], [])
        self.assertEqual(analysis.get_survival()['curves'], [])

    def test_history_that_ended_long_ago(self):
        """A company that has sold nothing for longer than that is looked at as of its last day."""
        self.assertEqual(str(self.analysis._until(self.company)), '2026-06-15')
        self.assertEqual(str(self.analysis._until(self.company_usd)), '2026-01-10')

    def test_nonsense(self):
        for options in ({'months': "x"}, {'lost_after': 3}, {'until': "yesterday"}):
            with self.subTest(options=options), self.assertRaises(UserError):
                self.analysis.get_bridge(options)
        for cell in ("x", "customers:grew:2026-04:2026-06-15:90", "customers:lost:2026-13:2026-06-15:90", "cohort:2026-01:1:2026-02-30"):
            with self.subTest(cell=cell), self.assertRaises(UserError):
                self._behind(cell)

    def test_queries_do_not_grow(self):
        """As many statements for thirty customers more."""
        self.analysis.get_bridge()
        with self.assertQueryCount(25):
            self.analysis.get_bridge()
        more = self._customers(30, "More")
        self._invoices([(partner, '2026-05-01', 10) for partner in more])
        self._profiles(more)
        self.env.flush_all()
        self.analysis.get_bridge()
        with self.assertQueryCount(25):
            self.analysis.get_bridge()


@tagged('post_install', '-at_install')
class TestCohorts(AnalysisCase):

    def test_cohorts(self):
        answer = self.analysis.get_cohorts({'months': 12})
        self.assertEqual(
            [(cohort['month'], cohort['size'], cohort['counts']) for cohort in answer['cohorts']],
            [('2025-10', 1, [0, 0, 0, 0, 0, 0, 0, 1]), ('2026-01', 3, [0, 1, 0, 2, 0]), ('2026-06', 1, [])])
        self.assertEqual(answer['mean'], [0, 1 / 4, 0, 2 / 4, 0, 0, 0, 1])

    def test_cells_open_their_customers(self):
        answer = self.analysis.get_cohorts()
        for cohort in answer['cohorts']:
            for offset, count in enumerate([cohort['size'], *cohort['counts']]):
                with self.subTest(cohort=cohort['month'], offset=offset):
                    self.assertEqual(len(self._behind(f"cohort:{cohort['month']}:{offset}:{answer['until']}")), count)
        self.assertEqual(self._behind('cohort:2026-01:4:2026-06-15'), self.stays + self.back)

    def test_own_customers(self):
        answer = self._as(self.rep)['crm.churn.analysis'].get_cohorts()
        self.assertEqual([(cohort['month'], cohort['size']) for cohort in answer['cohorts']], [('2026-01', 2)])
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.churn.analysis'].get_cohorts()


@tagged('post_install', '-at_install')
class TestLives(AnalysisCase):

    def test_by_silence(self):
        """The first silence ends a life; who came back had ended one."""
        [curve] = self.analysis.get_survival()['curves']
        self.assertEqual((curve['name'], curve['customers'], curve['lost'], curve['median']), ("All customers", 5, 3, 91))
        self.assertEqual([point[0] for point in curve['points']], [13, 91, 156])
        self.assertAlmostEqual(curve['points'][1][1], 1 / 4)
        self.assertAlmostEqual(curve['mean'], 91 + 65 / 4)

    def test_by_record(self):
        """The first loss of a customer on record, not that of a chance, nor one of another company or before the first purchase."""
        self._loss(self.lost, phase='use', kind='leave', date='2026-03-01')
        self._loss(self.lost, phase='use', kind='leave', date='2026-04-01', number=2)
        self._loss(self.stays, phase='sale', date='2026-03-01')
        self._loss(self.back, phase='use', kind='leave', date='2025-12-31')
        self._loss(self.again, phase='use', kind='leave', date='2026-03-01', company=self.company_usd)
        [curve] = self.analysis.get_survival({'basis': 'record'})['curves']
        self.assertEqual((curve['customers'], curve['lost'], curve['points'][1][0]), (5, 1, 40))

    def test_groups(self):
        """By country, with those who have none; two groups are compared."""
        (self.stays + self.lost).country_id = self.env.ref('base.be')
        self.back.country_id = self.env.ref('base.nl')
        answer = self.analysis.get_survival({'by': 'country'})
        self.assertEqual(
            [(curve['name'], curve['customers'], curve['lost']) for curve in answer['curves']],
            [("Belgium", 2, 1), ("Netherlands", 1, 1), ("None", 2, 1)])
        pair = [self.env.ref('base.be').id, self.env.ref('base.nl').id]
        test = self.analysis.get_survival({'by': 'country', 'pair': pair})['test']
        self.assertEqual(test['pair'], pair)
        self.assertAlmostEqual(test['statistic'], (1 - 4 / 3) ** 2 / (2 / 9))
        for by in ('grade', 'rfm', 'industry', 'user', 'segment'):
            with self.subTest(by=by):
                self.analysis.get_survival({'by': by})

    def test_segments(self):
        """Each segment has its own curve: a customer may be in several."""
        self.stays.country_id = self.env.ref('base.be')
        self.env['crm.segment'].create([
            {'name': "All", 'company_id': self.company.id, 'domain': '[]'},
            {'name': "Belgian", 'company_id': self.company.id, 'domain': "[('country_id.code', '=', 'BE')]"},
            {'name': "Nobody", 'company_id': self.company.id, 'domain': "[('country_id.code', '=', 'XX')]"}])
        curves = {curve['name']: curve['customers'] for curve in self.analysis.get_survival({'by': 'segment'})['curves']}
        self.assertEqual((curves["All"], curves["Belgian"], "Nobody" in curves), (5, 1, False))

    def test_who_sees_what(self):
        [curve] = self._as(self.rep)['crm.churn.analysis'].get_survival()['curves']
        self.assertEqual((curve['customers'], curve['lost']), (2, 1))
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.churn.analysis'].get_survival()
        for options in ({'by': 'name'}, {'basis': 'x'}):
            with self.assertRaises(UserError):
                self.analysis.get_survival(options)
