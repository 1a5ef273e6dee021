"""How good a score was: does it put those who left before those who stayed, and are its percentages true?"""
from typing import NamedTuple

import numpy as np

from .likelihood import dot

SEED = 20110910


class Calibration(NamedTuple):
    """A group of customers with neighbouring scores."""
    predicted: float
    actual: float
    count: int


def auc(scores, labels):
    """Return the share of pairs (one of label 1, one of label 0) that the score puts in order; ties count half. None without pairs.

    >>> auc([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0])
    0.75
    >>> auc([1, 1, 1], [1, 0, 0])
    0.5
    >>> auc([1, 2], [1, 1]) is None
    True
    """
    ranked = _Ranked(scores, labels)
    value = ranked.auc(np.ones(len(ranked.labels)))
    return None if np.isnan(value) else float(value)


class _Ranked:
    """Scores in groups of equal value, to count pairs again and again with other weights."""

    def __init__(self, scores, labels):
        _values, self.group = np.unique(np.asarray(scores, dtype=float), return_inverse=True)
        self.labels = np.asarray(labels, dtype=float)

    def auc(self, weights):
        ones = np.bincount(self.group, weights * self.labels)
        zeros = np.bincount(self.group, weights) - ones
        pairs = ones.sum() * zeros.sum()
        return dot(ones, np.cumsum(zeros) - zeros / 2) / pairs if pairs else np.nan


def bootstrap(scores, rival, labels, times=200):
    """Return how far the AUC of a score, and its gain over a rival's, would move with other customers of the same kind.

    Both are asked about the same customers each time: that is what makes their difference exact.

    :return: dict of ``low`` and ``high`` (95 % interval of the AUC) and ``gain_error`` (standard error of the gain)
    """
    labels = np.asarray(labels)
    mine, other = _Ranked(scores, labels), _Ranked(rival, labels)
    random = np.random.default_rng(SEED)
    found = []
    for _time in range(times):
        weights = np.bincount(random.integers(len(labels), size=len(labels)), minlength=len(labels))
        found.append((mine.auc(weights), other.auc(weights)))
    aucs, rivals = np.array(found).T
    low, high = np.nanpercentile(aucs, (2.5, 97.5))
    return {'low': float(low), 'high': float(high), 'gain_error': float(np.nanstd(aucs - rivals))}


def calibration(scores, labels, groups=10):
    """Return equal groups by score, the lowest first: what was predicted on average and what came true.

    >>> calibration([0.1, 0.3, 0.6, 0.8], [0, 0, 1, 0], groups=2)
    [Calibration(predicted=0.2, actual=0.0, count=2), Calibration(predicted=0.7, actual=0.5, count=2)]
    """
    scores, labels = np.asarray(scores, dtype=float), np.asarray(labels, dtype=float)
    order = np.argsort(scores, kind='stable')
    return [
        Calibration(float(scores[part].mean()), float(labels[part].mean()), len(part))
        for part in np.array_split(order, groups) if len(part)]


def calibration_error(scores, labels, groups=10):
    """Return the mean distance between predicted and true shares over equal groups.

    >>> round(calibration_error([0.1, 0.3, 0.6, 0.8], [0, 0, 1, 0], groups=2), 3)
    0.2
    """
    found = calibration(scores, labels, groups)
    return sum(abs(group.predicted - group.actual) * group.count for group in found) / sum(group.count for group in found)


def chance_error(groups):
    """Return the calibration error to expect where all percentages are true: of few customers a percentage is hardly ever exact.

    The mean distance of a share of ``count`` customers from its likelihood p is about the square root of 2 / pi * p * (1 - p) / count,
    by the normal approximation of the binomial distribution.

    :param groups: rows of predicted share, true share, and customers

    >>> round(chance_error([(0.5, 0.4, 100)]), 4), round(chance_error([(0.5, 0.4, 10_000), (1.0, 1.0, 10_000)]), 4)
    (0.0399, 0.002)
    >>> chance_error([])
    0.0
    """
    total = sum(count for _predicted, _actual, count in groups)
    return float(sum(
        count * np.sqrt(2 / np.pi * predicted * (1 - predicted) / count) for predicted, _actual, count in groups) / total) if total else 0.0


def brier(scores, labels):
    """Return the mean squared distance between likelihood and outcome.

    >>> round(brier([0.9, 0.2], [1, 0]), 3)
    0.025
    """
    return float(np.mean((np.asarray(scores, dtype=float) - np.asarray(labels, dtype=float)) ** 2))


def top_precision(scores, labels, share=0.1):
    """Return the share of label 1 among the highest scores.

    >>> top_precision([0.9, 0.8, 0.1, 0.2], [1, 0, 0, 1], share=0.5)
    0.5
    """
    labels = np.asarray(labels, dtype=float)
    count = max(1, round(len(labels) * share))
    return float(labels[np.argsort(-np.asarray(scores, dtype=float), kind='stable')[:count]].mean())
