"""How long customers stay: Kaplan-Meier curves, their confidence band, median and mean life, and the log-rank test.

Everything works on a *life table*: one row per distinct length of life, so that a million customers are a few thousand rows which
one query counts. Whoever has not left yet is *censored*: known to have stayed at least so long.

Sources: Kaplan & Meier (1958); Greenwood (1926) for the variance; Kalbfleisch & Prentice (1980) for the band on the log(-log)
scale, which never leaves 0..1; Mantel (1966) for the log-rank test. Same figures as R's ``survival`` and Python's ``lifelines``.
"""
import math
from collections import Counter
from statistics import NormalDist
from typing import NamedTuple


class Life(NamedTuple):
    """Row of a life table: how many left at the age of ``time``, and how many were last seen at it."""
    time: float
    died: int
    censored: int


class Point(NamedTuple):
    """Where a curve has a step: from ``time`` on, ``survival`` is the share that is still there."""
    time: float
    at_risk: int
    died: int
    censored: int
    survival: float
    lower: float
    upper: float


class LogRank(NamedTuple):
    """Whether two groups leave at the same pace: chi-square of one degree of freedom."""
    statistic: float
    p_value: float
    observed: tuple     # departures of the two groups
    expected: tuple     # what they would be if both left at the same pace


def life_table(durations, left):
    """Return the life table of single lives.

    :param durations: age of each, 0 or more, in any unit
    :param left: whether each has left at that age; else it was last seen then
    :return: list of :class:`Life`, by age

    >>> life_table([1, 2, 2], [True, True, False])
    [Life(time=1, died=1, censored=0), Life(time=2, died=1, censored=1)]
    """
    count = Counter(zip(durations, map(bool, left), strict=True))
    return [Life(time, count[time, True], count[time, False]) for time in sorted({time for time, _left in count})]


def kaplan_meier(table, confidence=0.95):
    """Return the survival curve of a life table.

    Before anybody has left the band has no width; where all have left it is not defined and closes at 0.

    :param table: :class:`Life` rows by age, each age once
    :param float confidence: of the band, between 0 and 1
    :return: list of :class:`Point`, one per row

    >>> [round(point.survival, 4) for point in kaplan_meier(life_table([1, 2, 2, 3], [1, 1, 0, 1]))]
    [0.75, 0.5, 0.0]
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    points, at_risk, survival, variance = [], sum(row.died + row.censored for row in table), 1.0, 0.0
    for row in table:
        survival *= 1 - row.died / at_risk
        if at_risk > row.died:
            variance += row.died / (at_risk * (at_risk - row.died))
        points.append(Point(row.time, at_risk, row.died, row.censored, survival, *_band(survival, variance, z)))
        at_risk -= row.died + row.censored
    return points


def _band(survival, variance, z):
    """Return the limits of the confidence band: exp(-exp(log(-log S) -+ z * sd / log S))."""
    if survival <= 0:
        return 0.0, 0.0
    if survival >= 1:
        return 1.0, 1.0
    log = math.log(survival)
    half = z * math.sqrt(variance) / log
    limits = (math.exp(-math.exp(math.log(-log) + sign * half)) for sign in (-1, 1))
    return tuple(sorted(limits))


def survival_at(points, time):
    """Return the share that is still there at an age; the curve falls at the age itself.

    >>> points = kaplan_meier(life_table([1, 3], [1, 1]))
    >>> [survival_at(points, time) for time in (0.5, 1, 2, 3)]
    [1.0, 0.5, 0.5, 0.0]
    """
    found = 1.0
    for point in points:
        if point.time > time:
            break
        found = point.survival
    return found


def median(points):
    """Return the age at which half have left, None where more than half are still there at the end.

    >>> median(kaplan_meier(life_table([1, 2, 3], [1, 1, 0]))), median(kaplan_meier(life_table([1, 2, 3], [1, 0, 0])))
    (2, None)
    """
    return next((point.time for point in points if point.survival <= 0.5), None)


def mean_until(points, limit):
    """Return the mean life within a horizon: the area below the curve from 0 to ``limit`` (restricted mean survival time).

    >>> mean_until(kaplan_meier(life_table([1, 3], [1, 1])), 3), mean_until([], 5)
    (2.0, 5.0)
    """
    area, before, share = 0.0, 0.0, 1.0
    for point in points:
        if point.time >= limit:
            break
        area += share * (point.time - before)
        before, share = point.time, point.survival
    return area + share * (limit - before)


def log_rank(first, second):
    """Compare the pace at which two groups leave.

    :param first: life table of the one group
    :param second: of the other
    :return: :class:`LogRank`, or None where it says nothing: a group is empty, or nobody leaves while both have members

    >>> log_rank(life_table([1, 2], [1, 1]), life_table([1, 2], [1, 1])).p_value
    1.0
    >>> log_rank(life_table([1, 2], [0, 0]), life_table([1, 2], [0, 0]))
    """
    tables = [{row.time: row for row in table} for table in (first, second)]
    none = Life(0, 0, 0)
    risk = [sum(row.died + row.censored for row in table) for table in (first, second)]
    observed = [sum(row.died for row in table) for table in (first, second)]
    expected = variance = 0.0
    for time in sorted({*tables[0], *tables[1]}):
        rows = [table.get(time, none) for table in tables]
        died, everybody = sum(row.died for row in rows), sum(risk)
        share = risk[0] / everybody
        expected += died * share
        if everybody > 1:
            variance += died * share * (1 - share) * (everybody - died) / (everybody - 1)
        risk = [count - row.died - row.censored for count, row in zip(risk, rows, strict=True)]
    if not variance:
        return None
    statistic = (observed[0] - expected) ** 2 / variance
    return LogRank(
        statistic, math.erfc(math.sqrt(statistic / 2)), tuple(observed), (expected, sum(observed) - expected))


def thinned(points, limit=200):
    """Return a curve with at most about ``limit`` of its points, the first and the last among them: more a screen does not show.

    >>> len(thinned(kaplan_meier(life_table(range(1, 1001), [1] * 1000)), 100))
    101
    """
    if len(points) <= limit:
        return points
    step = math.ceil(len(points) / limit)
    kept = points[::step]
    return kept if kept[-1] is points[-1] else [*kept, points[-1]]


def customers(table):
    """Return the number of lives in a table.

    >>> customers(life_table([1, 2], [1, 0]))
    2
    """
    return sum(row.died + row.censored for row in table)
