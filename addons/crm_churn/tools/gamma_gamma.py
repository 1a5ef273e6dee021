"""Gamma-Gamma: what a customer spends per purchase, from what it spent so far and from what others spend.

Fader & Hardie, "The Gamma-Gamma Model of Monetary Value" (2013): a purchase is gamma distributed (shape ``p``) around the
customer's own level, whose rate is gamma distributed over customers (shape ``q``, rate ``gamma``).
"""
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, gammaln

from .likelihood import dot, maximise


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
    total, scale = count.sum(), float(dot(count, m) / count.sum())

    loss = _Loss(x, m / scale, count / total)
    found, least, converged = maximise(loss, (0.5, 0.5, 0.0))
    p, q, gamma = map(float, found)
    return Fit(Params(p, q, gamma * scale), float(-least * total - total * np.log(scale)), converged)


class _Loss:
    """The negative log-likelihood and its slope over the logarithms of the parameters.

    What depends on the number of purchases alone is reckoned once for each number; of the customers remains one logarithm each.
    """

    def __init__(self, x, m, share):
        self.x, self.money, self.share = x, x * m, share
        self.numbers, place = np.unique(x, return_inverse=True)
        self.shares = np.bincount(place, share)
        self.logs, self.sizes = dot(share, np.log(m)), dot(share, x * np.log(self.money))

    def __call__(self, logs):
        p, q, gamma = np.exp(logs)
        n, shares, rates = self.numbers, self.shares, np.log(gamma + self.money)
        shapes = p * self.x + q
        value = dot(shares, gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(gamma))
        value += p * self.sizes - self.logs - dot(self.share, shapes * rates)
        slope = np.array([
            dot(shares, n * (digamma(p * n + q) - digamma(p * n))) + self.sizes - dot(self.share, self.x * rates),
            dot(shares, digamma(p * n + q) - digamma(q) + np.log(gamma)) - dot(self.share, rates),
            q / gamma - dot(self.share, shapes / (gamma + self.money))])
        return -value, -slope * (p, q, gamma)


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
