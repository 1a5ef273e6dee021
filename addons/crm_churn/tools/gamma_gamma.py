"""Gamma-Gamma: what a customer spends per purchase, from what it spent so far and from what others spend.

Fader & Hardie, "The Gamma-Gamma Model of Monetary Value" (2013): a purchase is gamma distributed (shape ``p``) around the
customer's own level, whose rate is gamma distributed over customers (shape ``q``, rate ``gamma``).
"""
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln


class Params(NamedTuple):
    p: float
    q: float
    gamma: float

    @property
    def mean(self):
        """Mean spend per purchase over all customers; None where the fit has none (``q <= 1``)."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else None


class Fit(NamedTuple):
    params: Params
    log_likelihood: float
    converged: bool


def log_likelihood(params, x, mean_spend, count=1):
    """Return the log-likelihood of customers with ``x`` purchases of ``mean_spend`` each on average."""
    p, q, gamma = params
    x, m = np.asarray(x, dtype=float), np.asarray(mean_spend, dtype=float)
    return np.sum(count * (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma) + (p * x - 1) * np.log(m)
        + p * x * np.log(x) - (p * x + q) * np.log(gamma + m * x)))


def fit(x, mean_spend, count=None):
    """Fit by maximum likelihood.

    :param x: number of purchases, at least 1
    :param mean_spend: mean money per purchase, above 0
    :return: the :class:`Fit`
    """
    x, m = np.asarray(x, dtype=float), np.asarray(mean_spend, dtype=float)
    count = np.ones_like(x) if count is None else np.asarray(count, dtype=float)
    total, scale = count.sum(), float((count @ m) / count.sum())

    def loss(logs):
        found = log_likelihood(Params(*np.exp(logs)), x, m / scale, count)
        return -found / total if np.isfinite(found) else 1e10

    bounds = [(-9, 9)] * 3
    best = minimize(loss, (0.5, 0.5, 0.0), method='L-BFGS-B', bounds=bounds, options={'maxiter': 500, 'ftol': 1e-13})
    best = minimize(loss, best.x, method='Nelder-Mead', bounds=bounds, options={'xatol': 1e-6, 'fatol': 1e-12, 'maxiter': 2000})
    p, q, gamma = map(float, np.exp(best.x))
    return Fit(Params(p, q, gamma * scale), float(-best.fun * total - total * np.log(scale)), bool(best.success))


def expected_spend(params, x, mean_spend):
    """Return the expected spend per purchase; the mean of all for whoever has no purchase to judge by.

    >>> round(float(expected_spend(Params(6.25, 3.74, 15.44), 0, 0)), 2)
    35.22
    >>> round(float(expected_spend(Params(6.25, 3.74, 15.44), 2, 22.35)), 2)
    24.66
    """
    p, q, gamma = params
    x, m = np.asarray(x, dtype=float), np.asarray(mean_spend, dtype=float)
    return p * (gamma + x * m) / (p * x + q - 1)
