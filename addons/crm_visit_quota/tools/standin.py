"""When a stand-in begins and ends: pure rules."""
from datetime import datetime, time, timedelta

import pytz


def period(date_from, date_to, tz):
    """Return the first moment of a stand-in and the first moment after it, naive UTC; both days are included.

    :param str tz: IANA name of the time zone in which the days are counted

    >>> from datetime import date
    >>> [str(moment) for moment in period(date(2026, 6, 15), date(2026, 6, 15), 'Europe/Brussels')]
    ['2026-06-14 22:00:00', '2026-06-15 22:00:00']

    The day on which clocks go back has 25 hours:

    >>> begin, end = period(date(2026, 10, 25), date(2026, 10, 25), 'Europe/Brussels')
    >>> (end - begin).total_seconds() / 3600
    25.0
    """
    zone = pytz.timezone(tz)

    def midnight(day):
        return zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
    return midnight(date_from), midnight(date_to + timedelta(days=1))
