"""What keeps fits fast: no clock here, only what is reckoned and asked, and how often."""
import numpy as np

from odoo.tests import BaseCase, tagged

from ..tools import bg_nbd, gamma_gamma
from .model_common import ChurnModelCommon


@tagged('post_install', '-at_install')
class TestFitSteps(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        random = np.random.default_rng(7)
        cls.T = random.integers(20, 150, 3000) / 7
        cls.x = random.poisson(random.gamma(0.5, 1 / 6, 3000) * cls.T).astype(float)
        cls.t_x = np.where(cls.x > 0, cls.T * random.random(3000), 0.0)
        cls.money = 20 * np.exp(random.normal(0, 1, 3000))

    def _steps(self, module, *columns):
        """Return how often the likelihood is reckoned for a fit."""
        reckoned = []
        reckon = module._Loss.__call__
        self.patch(module._Loss, '__call__', lambda loss, logs: reckoned.append(1) or reckon(loss, logs))
        self.assertTrue(module.fit(*columns).converged)
        return len(reckoned)

    def test_few_steps(self):
        """The slope shows the way: a search that only tries around takes hundreds of steps more, each over all customers."""
        again = self.x > 0
        self.assertLess(self._steps(bg_nbd, self.x, self.t_x, self.T), 500)
        self.assertLess(self._steps(gamma_gamma, self.x[again], self.money[again]), 150)

    def test_slope(self):
        """The slope is that of the likelihood, at any place."""
        again = self.x > 0
        losses = (bg_nbd._Loss(self.x, self.t_x, self.T, np.full(len(self.x), 1 / len(self.x))),
                  gamma_gamma._Loss(self.x[again], self.money[again], np.full(again.sum(), 1 / again.sum())))
        for loss, size in zip(losses, (4, 3), strict=True):
            for place in np.random.default_rng(3).normal(0, 1, (5, size)):
                steps = 1e-6 * np.eye(size)
                expected = [(loss(place + step)[0] - loss(place - step)[0]) / 2e-6 for step in steps]
                np.testing.assert_allclose(loss(place)[1], expected, rtol=1e-4, atol=1e-7)

    def test_likelihood(self):
        """What is minimised is the mean of what is reported."""
        share, logs = np.full(len(self.x), 1 / len(self.x)), (-0.5, 1.5, -0.3, 0.9)
        mean = bg_nbd.log_likelihood(bg_nbd.Params(*np.exp(logs)), self.x, self.t_x, self.T) / len(self.x)
        self.assertAlmostEqual(-bg_nbd._Loss(self.x, self.t_x, self.T, share)(logs)[0], mean, places=9)
        again = self.x > 0
        mean = gamma_gamma.log_likelihood(gamma_gamma.Params(*np.exp(logs[:3])), self.x[again], self.money[again]) / again.sum()
        share = np.full(again.sum(), 1 / again.sum())
        self.assertAlmostEqual(-gamma_gamma._Loss(self.x[again], self.money[again], share)(logs[:3])[0], mean, places=9)


@tagged('post_install', '-at_install')
class TestFitQueries(ChurnModelCommon):

    def _asked(self, model, name='_ask'):
        """Refit a model. :return: what one of its methods was asked."""
        asked, ask = [], getattr(type(model), name)
        self.patch(type(model), name, lambda self, *args: asked.append(args) or ask(self, *args))
        model._refit()
        return asked

    def test_as_many_questions_for_many_customers(self):
        """One for all customers there are; to fit on and to judge by, one for each date; one for who bought once."""
        few, many = self._year(200), self._year(500, self.company_usd)
        model, other = self._model(), self._model(company=self.company_usd)
        self.assertEqual(len(self._asked(model)), 1 + 1 + 4 + 4 + 1)
        self.assertEqual(len(self._asked(other)), 1 + 1 + 4 + 4 + 1)
        self.assertEqual((model.customer_count, other.customer_count), (len(few), len(many)))

    def test_every_day_is_learned_from_once(self):
        """The dates of the back-test have days of learning in common with each other and with the present."""
        self._year(400)
        model = self._model('figures')
        days = [scope.date for scope, _metrics in self._asked(model, '_examples')]
        self.assertEqual(len(model.backtest_ids), 4)
        self.assertEqual(len(days), len(set(days)))
        self.assertGreaterEqual(len(days), 7)
