"""Which customer is visited when in a week: free time and customers in, proposed times out.

Moments are naive UTC throughout; only :func:`by_day` knows the time zone of the person, for the border between two days.

The most urgent customer comes first (earliest due day, customers without one last). It gets the first day on which its city
is visited anyway, else the first day that is still empty, else the first one with room: so customers of a city share a day. Within a
day those of a city follow each other. The same input always gives the same plan.
"""
from datetime import date, datetime, timedelta  # noqa: F401  # datetime: in the examples
from typing import Any, NamedTuple

import pytz

STEP = timedelta(minutes=15)   # visits begin on the quarter of an hour


class Stop(NamedTuple):
    """A customer to be visited."""
    key: Any
    city: str = ''
    due: date | None = None


class Day(NamedTuple):
    """What a day has to offer: at most ``room`` visits in ``slots``; visits to ``cities`` are planned already."""
    slots: list
    room: int
    cities: frozenset = frozenset()


def same_city(name):
    """Return what two spellings of a city have in common.

    >>> same_city(' New  York') == same_city('new york'), same_city(None)
    (True, '')
    """
    return ' '.join((name or '').casefold().split())


def without(intervals, busy, gap=timedelta(0)):
    """Return what is left of intervals, keeping ``gap`` away from what is busy.

    >>> hour = lambda h, m=0: datetime(2026, 6, 15, h, m)
    >>> for start, end in without([(hour(8), hour(12)), (hour(13), hour(17))], [(hour(9), hour(10)), (hour(16), hour(18))]):
    ...     print(start.hour, end.hour)
    8 9
    10 12
    13 16
    """
    taken = sorted((start - gap, end + gap) for start, end in busy)
    left = []
    for begin, end in sorted(intervals):
        for busy_start, busy_end in taken:
            if busy_end <= begin or busy_start >= end:
                continue
            if begin < busy_start:
                left.append((begin, busy_start))
            begin = busy_end
        if begin < end:
            left.append((begin, end))
    return left


def slots(free, duration, gap):
    """Return the visits of ``duration`` that fit into free intervals, ``gap`` apart.

    >>> day = datetime(2026, 6, 15)
    >>> found = slots([(day.replace(hour=8, minute=5), day.replace(hour=10))], timedelta(minutes=30), timedelta(minutes=20))
    >>> [f'{start:%H:%M}-{end:%H:%M}' for start, end in found]
    ['08:15-08:45', '09:15-09:45']
    """
    if duration <= timedelta(0):
        raise ValueError("a visit takes time")
    found = []
    for begin, end in sorted(free):
        begin = _on_step(begin)
        while begin + duration <= end:
            found.append((begin, begin + duration))
            begin = _on_step(begin + duration + gap)
    return found


def _on_step(moment):
    past = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % STEP
    return moment + (STEP - past if past else timedelta(0))


def by_day(intervals, zone):
    """Return ``{day: its intervals}`` by the day on which an interval begins in a time zone.

    >>> late = datetime(2026, 6, 15, 23)
    >>> sorted(by_day([(late, late + timedelta(hours=1))], 'Asia/Shanghai'))
    [datetime.date(2026, 6, 16)]
    """
    zone = pytz.timezone(zone)
    days = {}
    for start, end in sorted(intervals):
        days.setdefault(pytz.utc.localize(start).astimezone(zone).date(), []).append((start, end))
    return days


def propose(stops, days):
    """Return ``({key: (start, end)}, keys for which there was no room)``, both most urgent first.

    >>> day = lambda d, n: Day([(datetime(2026, 6, d, 8 + i), datetime(2026, 6, d, 9 + i)) for i in range(n)], n)
    >>> stops = [Stop('a', 'Ghent', date(2026, 6, 1)), Stop('b', 'Liège', date(2026, 6, 2)), Stop('c', 'ghent', date(2026, 6, 3)),
    ...          Stop('d', 'Namur'), Stop('e', 'Mons')]
    >>> placed, left = propose(stops, [day(15, 2), day(16, 2)])
    >>> {key: f'{start:%d %H}' for key, (start, end) in placed.items()}, left
    ({'a': '15 08', 'b': '16 08', 'c': '15 09', 'e': '16 09'}, ['d'])
    """
    plans = [[] for _day in days]
    cities = [set(day.cities) for day in days]
    urgent = sorted(stops, key=lambda stop: (stop.due is None, stop.due or date.max, same_city(stop.city), stop.key))
    left = []
    for stop in urgent:
        city = same_city(stop.city)
        ranks = [
            (0 if city and city in cities[number] else 1 if not city or not cities[number] else 2, number)
            for number, day in enumerate(days) if len(plans[number]) < min(day.room, len(day.slots))]
        if not ranks:
            left.append(stop.key)
            continue
        number = min(ranks)[1]
        plans[number].append(stop)
        if city:
            cities[number].add(city)
    times = {}
    for day, plan in zip(days, plans, strict=True):
        times.update((stop.key, slot) for stop, slot in zip(_city_by_city(plan), day.slots, strict=False))
    return {stop.key: times[stop.key] for stop in urgent if stop.key in times}, left


def _city_by_city(plan):
    """Return the stops of a day with those of a city behind each other, the city of the most urgent one first."""
    groups = {}
    for stop in plan:
        groups.setdefault(same_city(stop.city) or stop.key, []).append(stop)
    return [stop for group in groups.values() for stop in group]
