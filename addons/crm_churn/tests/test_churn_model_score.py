from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .model_common import ChurnModelCommon

PURCHASES = {'r': 0.2426, 'alpha': 4.4136, 'a': 0.7929, 'b': 2.4259}
SPEND = {'p': 6.25, 'q': 3.74, 'gamma': 15.44}


@tagged('post_install', '-at_install')
class TestChurnModelScore(ChurnModelCommon):
    """Customers of the CDNOW sample, as of 1997-09-30, with the published parameters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls._model(horizon_days=273, parameters={'purchases': PURCHASES, 'spend': SPEND})
        # first and last purchase 213 (12) days apart, as customers 1, 2 and 3 of the sample; a rival buys elsewhere
        cls.partners = cls._buy([
            (1, '1997-01-01', 29.33), (1, '1997-01-18', 29.73), (1, '1997-08-02', 14.96),
            (2, '1997-01-01', 63.34), (2, '1997-01-13', 11.77), (3, '1997-01-01', 6.79), (3, '1997-01-01', 10.00)])
        cls._buy([(4, '1997-01-01', 100)], company=cls.company_usd)

    def test_published_customers(self):
        scores = self._scores(self.model, '1997-09-30')
        self.assertEqual(set(scores), {partner.id for partner in self.partners.values()})
        expected = {1: (0.445372, 1.22599, False), 2: (0.883194, 0.203419, False), 3: (0.855665, 0.194794, True)}
        for key, (risk, purchases, single) in expected.items():
            with self.subTest(customer=key):
                found = scores[self.partners[key].id]
                self.assertAlmostEqual(found[0], risk, delta=2e-5)
                self.assertAlmostEqual(found[1], purchases, delta=2e-4)
                self.assertIs(found[3], single)

    def test_yearly_value(self):
        """Purchases a year of the customer as long as it buys, times its money per purchase, drawn towards all customers."""
        scores = self._scores(self.model, '1997-09-30')
        rate = (0.2426 + 2) / (4.4136 + 272 / 7) * 365.25 / 7
        spend = 6.25 * (15.44 + 74.02) / (6.25 * 3 + 3.74 - 1)
        self.assertAlmostEqual(scores[self.partners[1].id][2], rate * spend, places=6)

    def test_credit_notes_reduce_the_value_only(self):
        before = self._scores(self.model, '1997-09-30')
        self._buy([(2, '1997-02-01', 11.77), (3, '1997-09-01', 500)], move_type='out_refund')
        after = self._scores(self.model, '1997-09-30')
        for key in (2, 3):
            partner = self.partners[key].id
            self.assertEqual(after[partner][:2], before[partner][:2])
        self.assertLess(after[self.partners[2].id][2], before[self.partners[2].id][2])
        rate = 0.2426 / (4.4136 + 272 / 7) * 365.25 / 7
        self.assertAlmostEqual(after[self.partners[3].id][2], rate * 6.25 * 15.44 / (6.25 + 3.74 - 1), places=6)

    def test_as_of(self):
        """What comes after the day is not known; on the day itself it is."""
        self.assertNotIn(self.partners[1].id, self._scores(self.model, '1996-12-31'))
        self.assertTrue(self._scores(self.model, '1997-01-17')[self.partners[1].id][3])
        self.assertFalse(self._scores(self.model, '1997-01-18')[self.partners[1].id][3])

    def test_without_dropout(self):
        """Where nobody drops out, silence counts as bad luck only."""
        self.model.parameters = {'purchases': {'r': 0.7224, 'alpha': 9.4106, 'a': 0.0001, 'b': 8103.0839}, 'spend': {}}
        risk, expected, value, _single = self._scores(self.model, '1997-09-30')[self.partners[1].id]
        life = 9.4106 + 272 / 7
        self.assertAlmostEqual(risk, (life / (life + 39)) ** 2.7224, places=9)
        self.assertAlmostEqual(expected, 2.7224 / life * 39, places=9)
        self.assertAlmostEqual(value, 2.7224 / life * 365.25 / 7 * 74.02 / 3, places=6)

    def test_extremes_do_not_overflow(self):
        """A thousand purchases, then years of silence."""
        start = self.TODAY.replace(year=2000)
        partner = self._buy([(9, start + timedelta(days=day), 10) for day in range(1000)])[9]
        risk, expected, _value, _single = self._scores(self.model)[partner.id]
        self.assertAlmostEqual(risk, 1.0)
        self.assertAlmostEqual(expected, 0.0)

    def test_subjects(self):
        partner = self.partners[2]
        self.assertEqual(set(self._scores(self.model, '1997-09-30', SQL("%s", partner.id))), {partner.id})

    def test_speaking(self):
        models = self.env['crm.churn.model']
        self.assertFalse(models._speaking(self.company))
        self.model.write({'is_speaking': True, 'verdict': 'good'})
        self.assertEqual(models.with_user(self.rep)._speaking(self.company), self.model)
        self.assertFalse(models._speaking(self.company_usd))
        self.model.active = False
        self.assertFalse(models._speaking(self.company))

    def test_roles(self):
        for user in (self.rep, self.analyst, self.manager):
            self.assertEqual(self._as(user)['crm.churn.model'].search([]), self.model)
        for user in (self.rep, self.analyst):
            with self.assertRaises(AccessError):
                self.model.with_env(self._as(user)).write({'horizon_days': 30})
        self.model.with_env(self._as(self.manager)).write({'horizon_days': 30})
        with self.assertRaises(AccessError):
            self.model.with_env(self._as(self.employee)).read(['kind'])
        self.assertFalse(self._as(self.manager_usd)['crm.churn.model'].search([]))
