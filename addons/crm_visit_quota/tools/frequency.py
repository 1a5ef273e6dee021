"""How often a customer is to be visited, and when the next visit is due.

* A frequency is a number of visits per period; the interval between two visits is the period's days divided by it, rounded
  down, at least a day. No visits per period: no plan, nothing is ever due.
* A visit is due one interval after the last one that counted, but never before the plan began (the day on which the customer
  entered the grade, or got a frequency of its own): who was promoted today is not in arrears since last year. A
  customer never visited is due on the day its plan began.
* On the due day itself nobody is behind; a visit is missing from the day after, a second one an interval later.

:mod:`..models.crm_customer_frequency` says the same in SQL.
"""
from datetime import timedelta

PERIODS = [('month', "Month"), ('quarter', "Quarter"), ('year', "Year")]
PERIOD_DAYS = {'month': 30, 'quarter': 91, 'year': 365}


def interval(count, period):
    """Return the days between two visits; 0 where none are planned.

    >>> interval(1, 'month'), interval(2, 'month'), interval(4, 'quarter'), interval(12, 'year')
    (30, 15, 22, 30)
    >>> interval(40, 'month'), interval(0, 'month')
    (1, 0)
    """
    return max(1, PERIOD_DAYS[period] // count) if count > 0 else 0


def due(last, since, days):
    """Return the day of the next visit, None without a plan.

    :param last: day of the last visit that counted, or None
    :param since: day on which the plan began
    :param days: interval

    >>> from datetime import date
    >>> due(date(2026, 6, 1), date(2026, 1, 1), 30)
    datetime.date(2026, 7, 1)
    >>> due(date(2025, 6, 1), date(2026, 1, 1), 30)   # promoted on New Year's Day
    datetime.date(2026, 1, 1)
    >>> due(None, date(2026, 1, 1), 30)
    datetime.date(2026, 1, 1)
    >>> due(date(2026, 6, 1), date(2026, 1, 1), 0) is None
    True
    """
    if not days:
        return None
    return max(last + timedelta(days=days), since) if last else since


def behind(due_day, days, today):
    """Return how many visits are missing on a day.

    >>> from datetime import date
    >>> [behind(date(2026, 6, 1), 30, date(2026, *day)) for day in ((5, 1), (6, 1), (6, 2), (7, 1), (7, 2))]
    [0, 0, 1, 1, 2]
    >>> behind(None, 0, date(2026, 6, 1))
    0
    """
    if not due_day or not days:
        return 0
    return max(0, -(-(today - due_day).days // days))
