"""BG/NBD: how often a buyer without contract comes back, and whether it still does.

Fader, Hardie & Lee, "Counting Your Customers" the Easy Way (Marketing Science 24/2, 2005): while alive a customer buys at its own
rate (gamma distributed over customers: shape ``r``, rate ``alpha``), and after each purchase drops out with its own probability
(beta distributed: ``a``, ``b``). Of a customer one needs ``x`` (purchases after the first), ``t_x`` (first to last purchase) and
``T`` (first purchase to the as-of day), both times in the same unit, weeks here.

Where dropout cannot be told from the data ``a`` is 0: nobody ever drops out, which is the NBD model (negative binomial).
"""
from typing import NamedTuple

import numpy as np
from scipy.special import betaln, digamma, gammaln

from .likelihood import dot, maximise

# of the quadrature over the dropout probability: relative error below 1e-7 for a horizon as long as the history, 1e-4 for three times that
NODES = 8
MIN_DROPOUT = 1e-3   # mean dropout probability after a purchase below which none can be told from the data


class Params(NamedTuple):
    """Parameters of a fit. ``a == 0``: nobody drops out."""
    r: float
    alpha: float
    a: float
    b: float

    @property
    def has_dropout(self):
        """Whether the data say that customers drop out at all: ``b`` runs away, or ``a`` to 0, where they do not."""
        return self.a > 0 and self.a / (self.a + self.b) >= MIN_DROPOUT

    def settled(self):
        """Return the parameters to score with: without dropout where none can be told."""
        return self if self.has_dropout else Params(self.r, self.alpha, 0.0, 1.0)


class Fit(NamedTuple):
    params: Params
    log_likelihood: float
    converged: bool


def log_likelihood(params, x, t_x, T, count=1):
    """Return the log-likelihood of customers, ``count`` of each kind.

    >>> round(float(log_likelihood(Params(0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86)), 4)
    -9.4586
    """
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(value, dtype=float) for value in (x, t_x, T))
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    if not a:
        return np.sum(count * (common - (r + x) * np.log(alpha + T)))
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    return np.sum(count * (common + alive + np.log1p(np.exp(np.minimum(_log_odds_dead(params, x, t_x, T), 700.0)))))


def _log_odds_dead(params, x, t_x, T):
    """Return the logarithm of the odds that the customer has dropped out; -inf for one who bought once."""
    r, alpha, a, b = params
    with np.errstate(divide='ignore'):
        odds = np.log(a) - np.log(b + np.maximum(x, 1) - 1) + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    return np.where(x > 0, odds, -np.inf)


def fit(x, t_x, T, count=None):
    """Fit by maximum likelihood.

    :param x: purchases after the first, an array
    :param t_x: time from the first to the last purchase
    :param T: time from the first purchase to the as-of day
    :param count: how many customers there are of each kind; default: one
    :return: the :class:`Fit`, its log-likelihood summed over customers
    """
    x, t_x, T = (np.asarray(value, dtype=float) for value in (x, t_x, T))
    count = np.ones_like(x) if count is None else np.asarray(count, dtype=float)
    total = count.sum()
    scale = float(max(1e-9, dot(count, T) / total))   # time as a share of the mean life keeps the search well conditioned
    loss = _Loss(x, t_x / scale, T / scale, count / total)
    found, least, converged = maximise(loss, (0.0, 0.0, 0.0, 0.0), (-1.0, -1.0, -0.5, 1.0))
    r, alpha, a, b = map(float, found)
    # the likelihood has the unit of a density: put back the time that was taken out, one factor for every purchase
    return Fit(Params(r, alpha * scale, a, b), float(-least * total - dot(count, x) * np.log(scale)), converged)


class _Loss:
    """The negative log-likelihood and its slope over the logarithms of the parameters.

    What depends on the number of purchases alone is reckoned once for each number; of the customers remain three logarithms and an
    exponential each.
    """

    def __init__(self, x, t_x, T, share):
        self.x, self.t_x, self.T, self.share = x, t_x, T, share
        self.numbers, self.place = np.unique(x, return_inverse=True)
        self.shares = np.bincount(self.place, share)

    def __call__(self, logs):
        r, alpha, a, b = np.exp(logs)
        n, shares = self.numbers, self.shares
        odds = np.where(n > 0, np.log(a) - np.log(b + np.maximum(n, 1) - 1), -np.inf)
        late, early = np.log(alpha + self.T), np.log(alpha + self.t_x)
        tries = r + self.x
        gone = np.clip(odds[self.place] + tries * (late - early), -700.0, 700.0)   # logarithm of the odds of having dropped out
        dead = self.share / (1.0 + np.exp(-gone))   # weighted with the share of the kind
        deads = np.bincount(self.place, dead)
        value = dot(shares, gammaln(r + n) - gammaln(r) + r * np.log(alpha) + betaln(a, b + n) - betaln(a, b))
        value += dot(self.share, np.maximum(gone, 0.0) + np.log1p(np.exp(-np.abs(gone))) - tries * late)
        slope = np.array([
            dot(shares, digamma(r + n) - digamma(r) + np.log(alpha)) - dot(self.share, late) + dot(dead, late - early),
            r / alpha - dot(self.share - dead, tries / (alpha + self.T)) - dot(dead, tries / (alpha + self.t_x)),
            dot(shares, digamma(a + b) - digamma(a + b + n)) + deads.sum() / a,
            dot(shares, digamma(b + n) - digamma(a + b + n) - digamma(b) + digamma(a + b)) - dot(deads, 1 / (b + np.maximum(n, 1) - 1))])
        return -value, -slope * (r, alpha, a, b)


def p_alive(params, x, t_x, T):
    """Return the probability that a customer has not dropped out; 1 for whoever bought once."""
    x, t_x, T = (np.asarray(value, dtype=float) for value in (x, t_x, T))
    if not params.a:
        return np.ones(np.broadcast(x, t_x, T).shape)
    return 1.0 / (1.0 + np.exp(np.minimum(_log_odds_dead(params, x, t_x, T), 700.0)))


def p_no_purchase(params, x, t_x, T, horizon):
    """Return the probability of no purchase within the next ``horizon``: gone already, or alive and not buying.

    Closed form: of the living, ``((alpha + T) / (alpha + T + horizon)) ** (r + x)`` buy nothing.

    >>> published = Params(0.2426, 4.4136, 0.7929, 2.4259)
    >>> round(float(p_no_purchase(published, 0, 0, 38.8571, 39)), 4)
    0.8557
    """
    x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
    quiet = np.exp((params.r + x) * (np.log(params.alpha + T) - np.log(params.alpha + T + horizon)))
    return 1.0 - p_alive(params, x, t_x, T) * (1.0 - quiet)


def expected_purchases(params, x, t_x, T, horizon):
    """Return the expected number of purchases within the next ``horizon``.

    The published formula has a hypergeometric function and a pole at ``a = 1``; the integral over the dropout probability that it
    stands for has neither, and is what SQL can compute as well.
    """
    x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
    if not params.a:
        return (params.r + x) / (params.alpha + T) * horizon
    numbers = np.unique(x)
    nodes, factors = (table[np.searchsorted(numbers, x)] for table in dropout_nodes(params, numbers))
    span = horizon / (params.alpha + T)
    sums = (factors * -np.expm1(-(params.r + x)[..., None] * np.log1p(nodes * span[..., None]))).sum(axis=-1)
    return p_alive(params, x, t_x, T) * sums


def dropout_nodes(params, x, count=NODES):
    """Return nodes ``p`` and factors ``w / p`` for the mean of ``f(p) / p`` over the dropout probability of living customers.

    Gauss-Jacobi quadrature for Beta(a, b + x) by the eigenvalues of its recurrence (Golub & Welsch 1969), for all ``x`` at once.

    :param x: numbers of purchases after the first, one-dimensional
    :return: two arrays of ``len(x)`` rows and ``count`` columns
    """
    low = params.a - 1.0                                    # exponent at p = 0
    high = params.b + np.asarray(x, dtype=float)[:, None] - 1.0   # exponent at p = 1
    n = np.arange(count, dtype=float)[None, :]
    both = low + high
    with np.errstate(divide='ignore', invalid='ignore'):
        diagonal = (low ** 2 - high ** 2) / ((2 * n + both) * (2 * n + both + 2))
        square = 4 * n * (n + high) * (n + low) * (n + both) / ((2 * n + both) ** 2 * (2 * n + both + 1) * (2 * n + both - 1))
    diagonal[:, 0] = ((low - high) / (both + 2))[:, 0]
    square[:, 1] = (4 * (1 + high) * (1 + low) / ((2 + both) ** 2 * (3 + both)))[:, 0]
    side = np.sqrt(square[:, 1:])
    matrix = np.zeros((len(diagonal), count, count))
    place = np.arange(count)
    matrix[:, place, place] = diagonal
    matrix[:, place[1:], place[:-1]] = matrix[:, place[:-1], place[1:]] = side
    values, vectors = np.linalg.eigh(matrix)
    nodes = np.maximum((1.0 + values) / 2.0, 1e-300)
    return nodes, vectors[:, 0, :] ** 2 / nodes
