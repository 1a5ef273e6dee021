"""How old what is owed is, how long money takes to come, and how much of it comes: the figures of credit management.

Days overdue are the days since the due day; on the due day itself nothing is overdue.
"""
import calendar

# (key, label, days overdue from, to); None: no end
BUCKETS = [
    ('0_due', "Not due", None, 0), ('1_30', "1-30 days", 1, 30), ('2_60', "31-60 days", 31, 60), ('3_90', "61-90 days", 61, 90),
    ('4_more', "Over 90 days", 91, None),
]
NOT_MATCHED = ('9_credit', "Not matched")   # payments on account and credit notes: they reduce what is owed, whenever it is due


def bucket(days):
    """Return the key of the bucket for days overdue.

    >>> [bucket(days) for days in (-3, 0, 1, 30, 31, 90, 91)]
    ['0_due', '0_due', '1_30', '1_30', '2_60', '3_90', '4_more']
    """
    return next(key for key, _label, _start, end in BUCKETS if end is None or days <= end)


def days_outstanding(open_amount, billed, days):
    """Return DSO: what is open, divided by what was billed in a period, times its days; None without billing.

    >>> round(days_outstanding(5119.85, 19903.70, 90), 4)
    23.1508
    """
    return open_amount / billed * days if billed else None


def count_back(open_amount, months, day):
    """Return the count-back DSO: from ``day`` backwards by calendar month, months that are used up count their days, the last one
    the share of its days; None when more is open than was billed in all months given.

    :param months: billed amounts of the month of ``day`` and of those before it, the present one first
    :param day: the as-of day; its month counts with the days that have passed

    >>> import datetime
    >>> count_back(150, [100, 100], datetime.date(2026, 6, 30))
    45.5
    >>> count_back(50, [100], datetime.date(2026, 6, 10))
    5.0
    >>> count_back(0, [100], datetime.date(2026, 6, 10))
    0.0
    """
    rest, total = open_amount, 0.0
    year, month, length = day.year, day.month, day.day
    for billed in months:
        if rest <= 0:
            return total
        if billed >= rest:
            return total + length * rest / billed
        rest -= billed
        total += length
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        length = calendar.monthrange(year, month)[1]
    return None if rest > 0 else total


def collection_effectiveness(opening, billed, closing, not_due):
    """Return the CEI of a period in percent: of what could be collected, how much was. None where nothing could be.

    :param not_due: of ``closing``, what has not passed its due day yet

    >>> round(collection_effectiveness(6918.35, 5849.59, 5119.85, 4284.29), 4)
    90.1509
    """
    could = opening + billed - not_due
    return (opening + billed - closing) / could * 100 if could else None
