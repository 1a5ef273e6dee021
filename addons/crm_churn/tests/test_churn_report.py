from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestChurnReport(ChurnCommon):
    """Three losses: price 75 % and need 25 % of 400; need alone of 100; one of 300 without a reason, by a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls._loss(amount=400, margin=100, date_first='2026-05-16')
        cls.one = cls._loss(cls.customer2, amount=100, margin=80, kind='leave', phase='use', date_first='2026-06-05', date='2026-06-15')
        cls.bare = cls._loss(cls.customer2, amount=300, user_id=cls.rep2.id, date='2026-03-01')
        cls._because(cls.both, (cls.price, 60, True), (cls.need, 20, False))
        cls._because(cls.one, (cls.need, 100, True))
        cls.other = cls._loss(company=cls.company_usd, amount=1000)
        cls.env.flush_all()
        cls.events = cls.both + cls.one + cls.bare + cls.other

    @classmethod
    def _because(cls, event, *reasons):
        event.sudo().reason_ids = [
            Command.create({'reason_id': reason.id, 'weight': weight, 'is_main': is_main}) for reason, weight, is_main in reasons]

    def _groups(self, by, *measures, user=None):
        found = self._as(user or self.manager)['crm.churn.report']._read_group([('event_id', 'in', self.events.ids)], [by], measures)
        return {row[0]: row[1:] for row in found}

    def test_weighted(self):
        """A loss is divided among its reasons by their weights, whatever they add up to."""
        found = self._groups('reason_id', 'share:sum', 'amount:sum', 'margin:sum')
        nobody = self.price.browse()
        self.assertEqual(found, {self.price: (0.75, 300, 75), self.need: (1.25, 200, 105), nobody: (1, 300, 0)})

    def test_by_main_reason(self):
        found = self._groups('main_reason_id', 'share:sum', 'amount:sum', 'customers:count_distinct')
        self.assertEqual(found, {self.price: (1, 400, 1), self.need: (1, 100, 1), self.price.browse(): (1, 300, 1)})

    def test_by_whatever_is_asked(self):
        """A loss is found under all that it was about on its day."""
        grade = self.env['crm.grade'].create({'name': "Lost A", 'company_id': self.company.id})
        industry, region = self.env['res.partner.industry'].create({'name': "Mills"}), self.env.ref('base.state_us_5')
        source, stage = self.env['utm.source'].create({'name': "Fair"}), self.env['crm.stage'].create({'name': "Offer"})
        reached = self.env['crm.stage'].create({'name': "Talks"})
        competitor = self.env['crm.competitor'].create({'partner_id': self._customers().id})
        self.product.categ_id = self.env['product.category'].create({'name': "Lost things"})
        values = {
            'stage_id': stage, 'stage_reached_id': reached, 'user_id': self.rep, 'team_id': self.team, 'grade_id': grade,
            'industry_id': industry, 'country_id': region.country_id, 'state_id': region, 'source_id': source,
            'product_id': self.product, 'competitor_id': competitor}
        event = self._loss(amount=70, **{name: record.id for name, record in values.items()})
        self.env.flush_all()
        self.events = self.events + event
        values.pop('user_id')   # has lost others
        for name, record in {**values, 'categ_id': self.product.categ_id}.items():
            with self.subTest(name):
                self.assertEqual(self._groups(name, 'share:sum', 'amount:sum')[record], (1, 70))
        self.assertEqual(self._groups('phase', 'share:sum'), {'sale': (3,), 'use': (1,)})

    def test_days(self):
        """Means count a loss once, however many reasons it has; without a first follow-up there is nothing to time."""
        found = self._groups('user_id', 'days:avg', 'median_days:avg')
        self.assertEqual(found[self.rep], (20, 20))      # 30 days in two rows, 10 days in one
        self.assertEqual(found[self.rep2], (False, False))

    def test_who_sees_what(self):
        def seen(user):
            return self._as(user)['crm.churn.report'].search([('event_id', 'in', self.events.ids)]).event_id
        self.assertEqual(seen(self.rep), self.both + self.one)
        self.assertEqual(seen(self.rep2), self.bare)
        for user in (self.manager, self.analyst, self.leads_all):
            self.assertEqual(seen(user), self.both + self.one + self.bare)
        with self.assertRaises(AccessError):
            seen(self.employee)
        with self.assertRaises(AccessError):
            self._groups('reason_id', 'amount:sum', user=self.rep)

    def test_opens_the_loss(self):
        row = self._as(self.rep)['crm.churn.report'].search([('event_id', '=', self.one.id)])
        self.assertEqual((row.action_open_event()['res_id'], row.reason_id), (self.one.id, self.need))

    # ------------------------------------------------------------------
    # Pareto
    # ------------------------------------------------------------------

    def _pareto(self, user=None, **options):
        answer = self._as(user or self.manager)['crm.churn.analysis'].get_pareto(options)
        return answer, {row['id']: row for row in answer['reasons']}

    def test_pareto(self):
        """By amount: price 400, nothing said 300, need 100; the first two make four fifths."""
        answer, rows = self._pareto(measure='amount')
        self.assertEqual([row['id'] for row in answer['reasons']], [self.price.id, False, self.need.id])
        self.assertEqual([row['cumulated'] for row in answer['reasons']], [0.5, 0.875, 1])
        self.assertEqual([row['vital'] for row in answer['reasons']], [True, True, False])
        self.assertEqual((answer['total'], answer['losses'], rows[False]['name']), (800, 3, "No reason yet"))

    def test_pareto_weighted_and_narrowed(self):
        _answer, rows = self._pareto(weighted=True)
        self.assertEqual([rows[key]['value'] for key in (self.need.id, False, self.price.id)], [1.25, 1, 0.75])
        answer, rows = self._pareto(what='customers')
        self.assertEqual((list(rows), answer['total']), ([self.need.id], 1))
        answer, rows = self._pareto(date_from='2026-03-02', date_to='2026-06-15')
        self.assertEqual(answer['total'], 2)
        for day, total in (('2026-03-01', 3), ('2026-03-02', 2)):
            self.assertEqual(self._pareto(date_from=day)[0]['total'], total)

    def test_pareto_by_role(self):
        answer, rows = self._pareto(self.rep)
        self.assertEqual((answer['total'], answer['amounts'], False in rows), (2, False, False))
        with self.assertRaises(AccessError):
            self._pareto(self.rep, measure='amount')
        with self.assertRaises(AccessError):
            self._pareto(self.employee)
        for options in ({'measure': 'x'}, {'date_from': 'x'}):
            with self.assertRaises(UserError):
                self._pareto(**options)
