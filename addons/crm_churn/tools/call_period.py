"""When people are asked again by a call for information."""
from datetime import date, timedelta  # noqa: F401 (the examples use date)

from dateutil.relativedelta import relativedelta

FREQUENCIES = [('once', "Once"), ('daily', "Every Working Day"), ('weekly', "Weekly"), ('monthly', "Monthly")]


def period_start(frequency, start, today):
    """Return the first day of the period of a call in which ``today`` lies; None where there is none.

    Weeks and months are counted from the first day of the call; a call on the 31st comes on the last day of shorter months.

    >>> period_start('once', date(2026, 6, 3), date(2026, 6, 20))
    datetime.date(2026, 6, 3)
    >>> period_start('weekly', date(2026, 6, 3), date(2026, 6, 16)), period_start('weekly', date(2026, 6, 3), date(2026, 6, 17))
    (datetime.date(2026, 6, 10), datetime.date(2026, 6, 17))
    >>> period_start('monthly', date(2026, 1, 31), date(2026, 2, 27)), period_start('monthly', date(2026, 1, 31), date(2026, 2, 28))
    (datetime.date(2026, 1, 31), datetime.date(2026, 2, 28))
    >>> period_start('daily', date(2026, 6, 3), date(2026, 6, 12))
    datetime.date(2026, 6, 12)
    >>> period_start('daily', date(2026, 6, 3), date(2026, 6, 13))   # a Saturday
    >>> period_start('weekly', date(2026, 6, 3), date(2026, 6, 2))
    """
    if today < start:
        return None
    if frequency == 'once':
        return start
    if frequency == 'daily':
        return today if today.weekday() < 5 else None
    if frequency == 'monthly':
        months = (today.year - start.year) * 12 + today.month - start.month
        found = start + relativedelta(months=months)
        return found if found <= today else start + relativedelta(months=months - 1)
    return start + timedelta(days=(today - start).days // 7 * 7)
