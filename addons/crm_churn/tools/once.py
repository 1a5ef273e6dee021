"""Buyers with one purchase so far: what is known of others like them, as data and numbers."""
from bisect import bisect_right

AGES = (31, 91, 181, 366)   # days since the purchase with which the next age begins
Z = 1.96                    # 95 %


def age_of(days):
    """Return the number of the age group of somebody who bought so many days ago.

    >>> [age_of(days) for days in (0, 30, 31, 90, 91, 180, 181, 365, 366, 4000)]
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    """
    return bisect_right(AGES, days)


def limits(age):
    """Return the first and the last day of an age group; None for no end.

    >>> [limits(age) for age in range(5)]
    [(0, 30), (31, 90), (91, 180), (181, 365), (366, None)]
    """
    return (AGES[age - 1] if age else 0), (AGES[age] - 1 if age < len(AGES) else None)


def interval(hits, count):
    """Return the 95 % interval of a share, in percent (Wilson 1927, score interval without continuity correction).

    >>> interval(24, 120)
    (13.8, 28.0)
    >>> interval(0, 20), interval(20, 20), interval(0, 0)
    ((0.0, 16.1), (83.9, 100.0), (0.0, 100.0))
    """
    if not count:
        return 0.0, 100.0
    share, square = hits / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = Z * (share * (1 - share) / count + square / (4 * count * count)) ** 0.5 / (1 + square / count)
    return round(100 * max(0.0, middle - reach), 1), round(100 * min(1.0, middle + reach), 1)


def shared(measured, least):
    """Return for each age group what is said of its customers: what was measured of the group, else of all, else nothing.

    :param measured: ``{age: (customers, back)}``
    :param least: customers with fewer of which nothing is said
    :return: list of ``(percent back, customers, is of that age only)`` per age, or None

    >>> shared({0: (20, 5), 1: (19, 19)}, 20)
    [(25.0, 20, True), (61.5, 39, False), (61.5, 39, False), (61.5, 39, False), (61.5, 39, False)]
    >>> shared({0: (12, 5)}, 20)
    [None, None, None, None, None]
    """
    everybody = tuple(map(sum, zip(*measured.values(), strict=True))) or (0, 0)
    found = []
    for age in range(len(AGES) + 1):
        own = measured.get(age, (0, 0))
        count, back = own if own[0] >= least else everybody
        found.append((round(100 * back / count, 1), count, own[0] >= least) if count >= least else None)
    return found
