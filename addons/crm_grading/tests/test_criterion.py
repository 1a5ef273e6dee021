from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.criterion import OPERATORS, holds
from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestCriterion(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.metric = cls.env['crm.metric'].create({
            'name': "Boxes", 'code': 'test_boxes', 'kind': 'custom', 'unit': 'count',
            'model_id': cls.env['ir.model']._get_id('sale.order'), 'aggregate': 'count'})
        cls.state = cls.env['crm.lifecycle.state'].create({'name': "Test", 'company_id': cls.company.id, 'sequence': 99})
        cls.rule = cls.env['crm.lifecycle.rule'].create({
            'state_id': cls.state.id, 'metric_id': cls.metric.id, 'operator': '>=', 'value': 10, 'value2': 20})
        cls.numbers = [None, 0, 9.99, 10, 10.01, 19.99, 20, 20.01]
        cls.profiles = cls._profiles(cls._customers(len(cls.numbers)))
        for profile, number in zip(cls.profiles, cls.numbers):
            profile.metric_values = {} if number is None else {str(cls.metric.id): number}

    def _met(self, criterion):
        """Return the recorded numbers for which the criterion holds in SQL."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            "SELECT id FROM crm_customer WHERE id IN %s AND %s ORDER BY id",
            tuple(self.profiles.ids), criterion._condition_sql('crm_customer', self.TODAY)))
        found = {row[0] for row in rows}
        return [number for profile, number in zip(self.profiles, self.numbers) if profile.id in found]

    def test_boundaries(self):
        """Every operator before, at and after its numbers; no data satisfies no comparison. Python agrees with SQL."""
        expected = {
            '>=': [10, 10.01, 19.99, 20, 20.01],
            '<=': [0, 9.99, 10],
            '>': [10.01, 19.99, 20, 20.01],
            '<': [0, 9.99],
            'between': [10, 10.01, 19.99, 20],
            'empty': [None],
            'set': [0, 9.99, 10, 10.01, 19.99, 20, 20.01],
        }
        self.assertEqual(set(expected), {operator for operator, _label in OPERATORS})
        for operator, numbers in expected.items():
            with self.subTest(operator=operator):
                self.rule.operator = operator
                self.assertEqual(self._met(self.rule), numbers)
                self.assertEqual([number for number in self.numbers if holds(operator, number, 10, 20)], numbers)

    def test_days_since_count_to_the_date_asked(self):
        recency = self.env.ref('crm_grading.crm_metric_recency', raise_if_not_found=False) or \
            self.env['crm.metric'].search([('code', '=', 'recency')])
        self.rule.write({'metric_id': recency.id, 'operator': '>', 'value': 14})
        for profile, day in zip(self.profiles, ('2026-06-02', '2026-06-01', '2026-05-31')):
            profile.last_order_date = day
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            "SELECT last_order_date FROM crm_customer WHERE id IN %s AND %s",
            tuple(self.profiles.ids), self.rule._condition_sql('crm_customer', self.TODAY)))
        self.assertEqual([str(row[0]) for row in rows], ['2026-05-31'], "15 days are more than 14; 14 and 13 are not")

    def test_all_must_hold(self):
        second = self.rule.copy({'operator': '<', 'value': 20})
        self.assertEqual(self._met(self.rule + second), [10, 10.01, 19.99])
        self.assertEqual(self._met(self.rule.browse()), self.numbers, "no rule, no restriction")
        self.assertTrue((self.rule + second)._holds({'test_boxes': 10}))
        self.assertFalse((self.rule + second)._holds({'test_boxes': 20}))

    def test_text(self):
        self.assertEqual(self.rule.display_name, "Boxes at least 10")
        self.rule.write({'operator': 'between', 'value': 1.5, 'value2': 20})
        self.assertEqual(self.rule.display_name, "Boxes between 1.50 and 20")
        self.rule.operator = 'empty'
        self.assertEqual(self.rule.display_name, "Boxes has no value")

    def test_between_wants_the_lower_number_first(self):
        with self.assertRaisesRegex(ValidationError, "lower number first"):
            self.rule.write({'operator': 'between', 'value': 20.01, 'value2': 20})
        self.rule.write({'operator': 'between', 'value': 20, 'value2': 20})
        self.assertEqual(self._met(self.rule), [20])

    def test_metric_in_use_is_recorded_and_kept(self):
        Metric = self.env['crm.metric']
        self.assertIn(self.metric, Metric._recorded(self.company))
        self.assertNotIn(self.metric, Metric._recorded(self.company_usd), "another company does not pay for our rules")
        with self.assertRaisesRegex(UserError, "used by Test"):
            self.metric.unlink()
        self.rule.unlink()
        self.assertNotIn(self.metric, Metric._recorded(self.company))
        self.metric.unlink()
