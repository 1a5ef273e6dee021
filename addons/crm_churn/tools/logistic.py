"""Logistic regression with an L2 penalty on standardised columns: few columns, many rows, no surprises."""
from typing import NamedTuple

import numpy as np

MAX_STEPS = 100
TOLERANCE = 1e-9


class Fit(NamedTuple):
    """Weights belong to standardised columns: ``(value - mean) / scale``."""
    intercept: float
    weights: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    log_likelihood: float
    converged: bool

    def predict(self, columns):
        """Return the likelihood per row."""
        return _expit(self.intercept + ((np.asarray(columns, dtype=float) - self.means) / self.scales) @ self.weights)


def _expit(value):
    return 1.0 / (1.0 + np.exp(-np.clip(value, -700, 700)))


def fit(columns, labels, penalty=1.0):
    """Fit by Newton's method.

    :param columns: rows of numbers, none missing
    :param labels: 0 or 1 per row, both present
    :param float penalty: of half the squared weights; the intercept is free
    :return: the :class:`Fit`; a column that never changes has weight 0

    >>> found = fit([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], [0, 0, 1, 0, 1, 1], penalty=0.01)
    >>> found.converged, [round(float(value), 2) for value in found.predict([[0.0], [2.5], [5.0]])]
    (True, [0.05, 0.5, 0.95])
    """
    columns, labels = np.asarray(columns, dtype=float), np.asarray(labels, dtype=float)
    means, scales = columns.mean(axis=0), columns.std(axis=0)
    scales = np.where(scales > 1e-12, scales, 1.0)
    design = np.column_stack([np.ones(len(columns)), (columns - means) / scales])
    penalties = np.r_[0.0, np.full(columns.shape[1], float(penalty))]
    weights, converged = np.zeros(design.shape[1]), False
    for _step in range(MAX_STEPS):
        found = _expit(np.einsum('ij,j->i', design, weights))
        spread = np.maximum(found * (1 - found), 1e-10)
        slope = np.einsum('ij,i->j', design, labels - found) - penalties * weights
        # by one thread, see :func:`.likelihood.dot`
        step = np.linalg.solve(np.einsum('ij,ik->jk', design * spread[:, None], design) + np.diag(penalties + 1e-12), slope)
        weights += step
        if np.abs(step).max() < TOLERANCE:
            converged = True
            break
    found = np.clip(_expit(np.einsum('ij,j->i', design, weights)), 1e-15, 1 - 1e-15)
    likelihood = float(np.sum(labels * np.log(found) + (1 - labels) * np.log1p(-found)))
    return Fit(float(weights[0]), weights[1:], means, scales, likelihood, converged)
