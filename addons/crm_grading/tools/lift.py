"""What would lift a customer to a better grade: the smallest change of a figure, or of several together.

A *lift* is a dict ``{dimension key: value to reach}``. Values to reach are met exactly on the boundary, and rounded to the
step of the figure (a cent, an order, a day) towards the better side.
"""
import math
from typing import NamedTuple

EPSILON = 1e-9


class Dimension(NamedTuple):
    """A dimension of one customer: what was measured, and how values become points (0-100) and levels (1 = worst)."""
    key: object
    value: float | None
    points: float | None = None
    level: int | None = None
    weight: float = 1.0
    scoring: str = 'threshold'          # threshold, quantile, percentile, linear
    direction: str = 'higher'
    steps: tuple = ()                   # (value, points) of the thresholds
    low: float = 0.0                    # value for 0 points
    high: float = 0.0                   # value for 100 points
    groups: int = 5
    ranges: dict | None = None          # {level: (lowest, highest value met in the latest run)}
    quantum: float = 0.01               # step in which the figure moves


def rounded(dimension, value):
    """Round a value to reach towards the better side.

    >>> rounded(Dimension('orders', 1, quantum=1), 4.2)
    5
    >>> rounded(Dimension('orders', 1, quantum=1), 4.0000000001)
    4
    >>> rounded(Dimension('days', 9, quantum=1, direction='lower'), 4.8)
    4
    >>> rounded(Dimension('revenue', 1, quantum=0.01), 12.341)
    12.35
    """
    quanta = value / dimension.quantum
    whole = math.ceil(quanta - EPSILON * max(1, abs(quanta))) if dimension.direction == 'higher' else (
        math.floor(quanta + EPSILON * max(1, abs(quanta))))
    return whole if dimension.quantum == 1 else round(whole * dimension.quantum, 6)


def _steps_worst_first(dimension):
    return sorted(dimension.steps, reverse=dimension.direction == 'lower')


def value_of_level(dimension, level):
    """Return the worst value that still belongs to a level or to a better one, or None if nobody can tell.

    >>> value_of_level(Dimension('revenue', 0, steps=((100, 50), (500, 100))), 3)
    500
    >>> value_of_level(Dimension('days', 90, steps=((30, 100), (60, 50)), direction='lower'), 2)
    60
    >>> value_of_level(Dimension('revenue', 0, scoring='percentile', ranges={1: (0, 9), 3: (12, 15)}), 2)   # nobody in 2
    12
    >>> value_of_level(Dimension('days', 90, scoring='quantile', ranges={5: (1, 7)}, direction='lower'), 5)
    7
    >>> value_of_level(Dimension('revenue', 0, scoring='linear'), 2) is None
    True
    """
    if dimension.scoring == 'threshold':
        steps = _steps_worst_first(dimension)
        return steps[level - 2][0] if 2 <= level <= len(steps) + 1 else None
    met = [number for number in dimension.ranges or () if number >= level]
    if not met:
        return None
    lowest, highest = dimension.ranges[min(met)]
    return lowest if dimension.direction == 'higher' else highest


def value_for_points(dimension, points):
    """Return the worst value that brings at least so many points, or None if none does.

    >>> revenue = Dimension('revenue', 0, steps=((100, 50), (500, 100)))
    >>> [value_for_points(revenue, points) for points in (49, 50, 51, 100, 101)]
    [100, 100, 500, 500, None]
    >>> value_for_points(Dimension('revenue', 0, scoring='linear', low=100, high=300), 25)
    150.0
    >>> value_for_points(Dimension('days', 80, scoring='linear', low=90, high=30, direction='lower', quantum=1), 99)
    30
    >>> value_for_points(Dimension('orders', 1, scoring='quantile', ranges={4: (6, 9), 5: (10, 40)}), 75)
    6
    >>> value_for_points(Dimension('orders', 1, scoring='quantile', ranges={4: (6, 9), 5: (10, 40)}), 76)
    10
    """
    if points > 100 + EPSILON:
        return None
    if dimension.scoring == 'linear':
        return rounded(dimension, dimension.low + points / 100 * (dimension.high - dimension.low))
    if dimension.scoring == 'threshold':
        return next((value for value, given in _steps_worst_first(dimension) if given >= points - EPSILON), None)
    level = math.ceil(points / 100 * (dimension.groups - 1) - EPSILON) + 1
    return value_of_level(dimension, level)


def best_points(dimension):
    """Return the most points that a dimension can bring.

    >>> best_points(Dimension('revenue', 0, steps=((100, 50), (500, 80))))
    80
    >>> best_points(Dimension('revenue', 0, scoring='linear'))
    100.0
    """
    if dimension.scoring == 'threshold':
        return max((points for _value, points in dimension.steps), default=0.0)
    return 100.0


def weighted_lifts(dimensions, target):
    """Return the lifts to a weighted score of at least ``target``: each dimension alone, or as few as needed together.

    >>> revenue = Dimension('revenue', 100, 50.0, weight=3, steps=((100, 50), (500, 100)))
    >>> orders = Dimension('orders', 2, 20.0, weight=1, scoring='linear', low=0, high=10, quantum=1)
    >>> weighted_lifts([revenue, orders], 50)       # the score is 42.5 now
    [{'revenue': 500}, {'orders': 5}]
    >>> weighted_lifts([revenue, orders], 62.6)     # orders alone cannot do it
    [{'revenue': 500}]
    >>> weighted_lifts([revenue, orders], 90)       # only both can
    [{'revenue': 500, 'orders': 6}]
    >>> weighted_lifts([revenue, orders], 42.5)
    []
    """
    counted = [dimension for dimension in dimensions if dimension.weight > 0 and dimension.points is not None]
    total = sum(dimension.weight for dimension in counted)
    missing = target * total - sum(dimension.weight * dimension.points for dimension in counted)
    if not counted or missing <= EPSILON:
        return []
    alone = []
    for dimension in counted:
        value = value_for_points(dimension, dimension.points + missing / dimension.weight)
        if value is not None:
            alone.append({dimension.key: value})
    return alone or _together(counted, missing)


def _together(dimensions, missing):
    """Return the one lift that takes the strongest dimensions to their best, and the last one only as far as needed."""
    lift = {}
    for dimension in sorted(dimensions, key=lambda d: d.weight * (best_points(d) - d.points), reverse=True):
        gain = dimension.weight * (best_points(dimension) - dimension.points)
        if gain <= EPSILON:
            break
        needed = min(missing, gain) / dimension.weight
        value = value_for_points(dimension, dimension.points + needed)
        if value is None:
            continue
        lift[dimension.key] = value
        missing -= gain
        if missing <= EPSILON:
            return [lift]
    return []


def pareto_lifts(dimension, boundaries):
    """Return the lift to the value of the smallest customer of the nearest better grade that has any.

    :param boundaries: smallest value per better grade, the nearest grade first; None where nobody is

    >>> pareto_lifts(Dimension('revenue', 900), [None, 1592.12])
    [{'revenue': 1592.12}]
    >>> pareto_lifts(Dimension('revenue', 900), [])
    []
    """
    boundary = next((value for value in boundaries if value is not None), None)
    return [] if boundary is None else [{dimension.key: boundary}]


def level_lifts(dimensions, better):
    """Return the lifts to the nearest better places, counted in levels to climb, nothing to be given up.

    :param dimensions: one per coordinate, with its present level
    :param better: coordinates (levels) of all better places

    >>> row = Dimension('revenue', 100, level=2, steps=((100, 0), (500, 0)))
    >>> column = Dimension('orders', 1, level=1, steps=((5, 0), (9, 0)))
    >>> level_lifts([row, column], {(3, 1), (3, 3), (2, 3), (1, 3)})
    [{'revenue': 500}]
    >>> level_lifts([row, column], {(3, 2), (2, 3)})
    [{'orders': 9}, {'revenue': 500, 'orders': 5}]
    >>> level_lifts([row, column], {(1, 3)})
    []
    """
    now = tuple(dimension.level for dimension in dimensions)
    if None in now:
        return []
    within = [place for place in better if all(to >= at for to, at in zip(place, now))]
    lifts = {}
    for place in within:
        values = {d.key: value_of_level(d, to) for d, to, at in zip(dimensions, place, now) if to > at}
        if None not in values.values():
            lifts[place] = values
    steps = {place: sum(place) - sum(now) for place in lifts}
    nearest = min(steps.values(), default=None)
    found = sorted((place for place in lifts if steps[place] == nearest), key=lambda place: (len(lifts[place]), place))
    return [lifts[place] for place in found]


def better_codes(segments_by_code, is_better):
    """Return the RFM codes whose segment ``is_better``.

    >>> better_codes({(5, 5, 5): 'champions', (1, 1, 1): 'lost'}, lambda segment: segment == 'champions')
    {(5, 5, 5)}
    """
    return {code for code, segment in segments_by_code.items() if segment is not None and is_better(segment)}
