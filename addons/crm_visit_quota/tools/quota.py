"""Months, quarters and years of quotas, and how much of one is missing."""
import math
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

PERIODS = [('month', "Month"), ('quarter', "Quarter"), ('year', "Year")]
MONTHS = {'month': 1, 'quarter': 3, 'year': 12}


def period_start(day, period):
    """Return the first day of the period in which a day lies.

    >>> period_start(date(2026, 6, 15), 'quarter')
    datetime.date(2026, 4, 1)
    >>> period_start(date(2026, 6, 15), 'year')
    datetime.date(2026, 1, 1)
    """
    length = MONTHS[period]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def period_end(start, period):
    """Return the last day of the period that begins on ``start``.

    >>> period_end(date(2024, 2, 1), 'month')
    datetime.date(2024, 2, 29)
    """
    return start + relativedelta(months=MONTHS[period]) - timedelta(days=1)


def months_between(first, last):
    """Return the first days of the months from that of ``first`` to that of ``last``.

    >>> [month.month for month in months_between(date(2026, 11, 30), date(2027, 1, 1))]
    [11, 12, 1]
    """
    month, result = first.replace(day=1), []
    while month <= last:
        result.append(month)
        month += relativedelta(months=1)
    return result


def behind(target_per_day, days_over, visits):
    """Return how many visits a person is behind after ``days_over`` completed working days; 0 when on time or ahead.

    Parts of a visit count in favour of the person: nobody can make half a visit.

    >>> behind(3, 10, 18), behind(3, 10, 30), behind(3, 10.5, 31)
    (12, 0, 0)
    """
    return max(0, math.floor(round(target_per_day * days_over - visits, 4)))


def ranked(rows):
    """Return ``(rank, key, value)`` of ``(key, value)``, the highest first; equal values share a rank, the next is left out.

    >>> ranked([('a', 3), ('b', 5), ('c', 3), ('d', 1)])
    [(1, 'b', 5), (2, 'a', 3), (2, 'c', 3), (4, 'd', 1)]
    """
    result = []
    for place, (key, value) in enumerate(sorted(rows, key=lambda row: -row[1]), start=1):
        rank = result[-1][0] if result and result[-1][2] == value else place
        result.append((rank, key, value))
    return result
