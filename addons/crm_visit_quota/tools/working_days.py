"""Working days of people: what their week, public holidays and leave make of a span of days.

A working day counts by the share of its planned hours that is left: half a day off makes it half a day, whatever its length.
A short day of part-time work is a whole working day. Everything is wall-clock time where the person works, so that a change
to summer time costs nobody a share of a day.
"""
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz

ONE_DAY = timedelta(days=1)
# who sets their own hours works from Monday to Friday; which hours does not matter, only that leave can cover them
FLEXIBLE = tuple((None, weekday, 9.0, 17.0) for weekday in range(5))


class Span(NamedTuple):
    """Days from ``first`` to ``last``, both included; empty when ``last`` comes before ``first``."""
    first: date
    last: date

    def within(self, start=None, end=None):
        """Return the part of the span from ``start`` to ``end`` (None: open).

        >>> june = Span(date(2026, 6, 1), date(2026, 6, 30))
        >>> june.within(date(2026, 6, 10)).first
        datetime.date(2026, 6, 10)
        >>> list(june.within(None, date(2026, 5, 31)).days())
        []
        """
        return Span(max(self.first, start or self.first), min(self.last, end or self.last))

    def days(self):
        day = self.first
        while day <= self.last:
            yield day
            day += ONE_DAY


def week_parity(day):
    """Return '0' or '1', the week type of calendars with two alternating weeks, as Odoo counts them.

    >>> week_parity(date(2026, 6, 14)) == week_parity(date(2026, 6, 15))
    False
    """
    return str((day.toordinal() - 1) // 7 % 2)


def local(moment, zone):
    """Return the wall-clock time of a naive UTC moment.

    >>> local(datetime(2026, 6, 30, 22), 'Europe/Brussels')
    datetime.datetime(2026, 7, 1, 0, 0)
    """
    return pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).replace(tzinfo=None)


def merged(intervals):
    """Return intervals in order without overlaps.

    >>> merged([(3, 5), (1, 2), (4, 6)])
    [(1, 2), (3, 6)]
    """
    result = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _planned(week, day):
    """Return the planned intervals of a day, as hours."""
    parity = week_parity(day)
    return merged((start, end) for kind, weekday, start, end in week
                  if weekday == day.weekday() and kind in (None, parity) and end > start)


def _hours_off(off, day, planned):
    """Return how many planned hours of a day are covered by intervals of wall-clock time."""
    midnight = datetime.combine(day, time.min)
    lost = 0.0
    for start, end in off:
        begin, finish = (start - midnight).total_seconds() / 3600, (end - midnight).total_seconds() / 3600
        lost += sum(max(0.0, min(finish, until) - max(begin, since)) for since, until in planned)
    return lost


def shares(week, span, zone, leaves=()):
    """Return ``{day: share}`` of the working days in a span; days off are left out.

    :param week: planned time as ``(week type '0', '1' or None for every week, weekday from 0 = Monday, from hour, until hour)``
    :param leaves: holidays and leave as (start, end) in naive UTC; they may overlap
    :param zone: IANA name of the time zone where the person works

    >>> week = [(None, weekday, *hours) for weekday in range(5) for hours in ((8, 12), (13, 17))]
    >>> june = Span(date(2026, 6, 1), date(2026, 6, 30))
    >>> sum(shares(week, june, 'UTC').values())
    22.0
    >>> morning = (datetime(2026, 6, 3, 8), datetime(2026, 6, 3, 12))
    >>> shares(week, june, 'UTC', [morning])[date(2026, 6, 3)]
    0.5
    >>> shares([], june, 'UTC')
    {}

    Midnight is the person's: a holiday on 1 June in Brussels begins on 31 May in UTC.

    >>> holiday = (datetime(2026, 5, 31, 22), datetime(2026, 6, 1, 21, 59, 59))
    >>> date(2026, 6, 1) in shares(week, june, 'Europe/Brussels', [holiday])
    False
    """
    off = merged((local(start, zone), local(end, zone)) for start, end in leaves)
    result = {}
    for day in span.days():
        planned = _planned(week, day)
        hours = sum(end - start for start, end in planned)
        if hours:
            share = round(1 - _hours_off(off, day, planned) / hours, 2) if off else 1.0
            if share > 0:
                result[day] = share
    return result


def total(days, span):
    """Return the working days of ``{day: share}`` that lie in a span, to two decimals."""
    return round(sum(share for day, share in days.items() if span.first <= day <= span.last), 2)
