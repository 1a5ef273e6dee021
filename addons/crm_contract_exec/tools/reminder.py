"""When people are reminded: days relative to a due day, moved off days off."""
from datetime import timedelta

HORIZON = 31   # days by which a day is moved at most: a calendar may have no working day at all


def send_day(due, offset, is_off=lambda day: False):
    """Return the day of a reminder. On a day off, one before the due day comes earlier, so that there is time; all others come later.

    :param due: the due day
    :param offset: days after the due day, negative for days before
    :param is_off: whether a day is not worked; nothing is moved where nothing is

    >>> from datetime import date
    >>> weekend = lambda day: day.weekday() > 4
    >>> friday, saturday, sunday, monday = (date(2026, 6, number) for number in (19, 20, 21, 22))
    >>> send_day(monday, -1, weekend) == friday
    True
    >>> send_day(saturday, 0, weekend) == monday
    True
    >>> send_day(friday, 1, weekend) == monday
    True
    >>> send_day(friday, 3, weekend) == monday
    True
    >>> send_day(friday, 0, lambda day: True) == friday
    True
    """
    day = planned = due + timedelta(days=offset)
    step = timedelta(days=-1 if offset < 0 else 1)
    while is_off(day):
        day += step
        if abs((day - planned).days) > HORIZON:
            return planned
    return day


def latest_due(today, offset, is_off=lambda day: False):
    """Return the latest due day whose reminder has come by ``today``: all due days until then have, too.

    >>> from datetime import date
    >>> weekend = lambda day: day.weekday() > 4
    >>> friday, saturday, sunday, monday = (date(2026, 6, number) for number in (19, 20, 21, 22))
    >>> latest_due(friday, 0, weekend) == friday
    True
    >>> latest_due(friday, -1, weekend) == monday
    True
    >>> latest_due(monday, 0, weekend) == monday
    True
    >>> latest_due(saturday, 0, weekend) == friday
    True
    >>> latest_due(monday, 3, weekend) == friday
    True
    """
    due = today - timedelta(days=offset)
    if offset < 0:
        while send_day(due + timedelta(days=1), offset, is_off) <= today:
            due += timedelta(days=1)
    else:
        while send_day(due, offset, is_off) > today:
            due -= timedelta(days=1)
    return due
