"""A visit has a beginning and an end, UTC; a calendar event has, too, unless it is an all-day event: then it has days, and Odoo
keeps 08:00 to 18:00 of no time zone at all."""
import datetime

import pytz


def _local(moment, tz):
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz))


def event_times(visit_start, visit_stop, start, stop, allday, tz):
    """Return the values that move an event to where its visit is; nothing where it is already.

    :param visit_start, visit_stop: of the visit, naive UTC
    :param start, stop: of the event, naive UTC
    :param allday: an all-day event stays one and covers the visit's days in ``tz``

    >>> at = datetime.datetime
    >>> event_times(at(2026, 6, 15, 8), at(2026, 6, 15, 9), at(2026, 6, 15, 8), at(2026, 6, 15, 9), False, 'UTC')
    {}
    >>> sorted(event_times(at(2026, 6, 15, 8), at(2026, 6, 15, 9), at(2026, 6, 15, 7), at(2026, 6, 15, 8), False, 'UTC'))
    ['start', 'stop']
    >>> event_times(at(2026, 6, 15, 22, 30), at(2026, 6, 15, 23), at(2026, 6, 15, 8), at(2026, 6, 15, 18), True, 'Europe/Brussels')
    {'start_date': datetime.date(2026, 6, 16), 'stop_date': datetime.date(2026, 6, 16)}
    """
    if not allday:
        return {} if (start, stop) == (visit_start, visit_stop) else {'start': visit_start, 'stop': visit_stop}
    days = _local(visit_start, tz).date(), _local(visit_stop, tz).date()
    return {} if (start.date(), stop.date()) == days else dict(zip(('start_date', 'stop_date'), days, strict=True))


def visit_times(visit_start, visit_stop, start, stop, allday, tz):
    """Return ``(beginning, end)`` of a visit whose event is from ``start`` to ``stop``.

    An all-day event says on which day only: the visit keeps its time of day there, and its length.

    >>> at = datetime.datetime
    >>> visit_times(at(2026, 6, 15, 8), at(2026, 6, 15, 9), at(2026, 6, 20, 7), at(2026, 6, 20, 9), False, 'UTC')[0]
    datetime.datetime(2026, 6, 20, 7, 0)

    From summer to winter time, ten o'clock stays ten o'clock:

    >>> visit_times(at(2026, 10, 23, 8), at(2026, 10, 23, 9), at(2026, 10, 26, 8), at(2026, 10, 26, 18), True, 'Europe/Brussels')
    (datetime.datetime(2026, 10, 26, 9, 0), datetime.datetime(2026, 10, 26, 10, 0))
    """
    if not allday:
        return start, stop
    clock = _local(visit_start, tz).time()
    begun = pytz.timezone(tz).localize(datetime.datetime.combine(start.date(), clock)).astimezone(pytz.utc).replace(tzinfo=None)
    return begun, begun + (visit_stop - visit_start)
