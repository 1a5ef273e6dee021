"""Who is next when leads and customers are given out, and what follows when nothing follows: pure rules."""
from bisect import bisect_right
from datetime import timedelta
from itertools import accumulate
from typing import Any, NamedTuple

STATES = [
    ('waiting', "Waiting"), ('reminded', "Reminded"), ('escalated', "Manager Told"),
    ('followed_up', "Followed Up"), ('reassigned', "Given to Someone Else"), ('closed', "Settled Otherwise"),
]
OPEN = ('waiting', 'reminded', 'escalated')
# What happens when the time of a state is over.
NEXT = {'waiting': 'reminded', 'reminded': 'escalated', 'escalated': 'reassigned'}


class Receiver(NamedTuple):
    """Somebody who gets leads or customers."""
    id: Any
    load: int = 0        # what the person has already
    weight: float = 1    # a person of weight 2 carries twice as much
    capacity: int = 0    # the most the person may have; 0: any number


def pick(receivers, without=()):
    """Return the receiver who is next, None when nobody has room: the lowest load for its weight, then the order given.

    >>> pick([Receiver('a', 4), Receiver('b', 3), Receiver('c', 3)]).id
    'b'
    >>> pick([Receiver('a', 4, weight=2), Receiver('b', 3)]).id
    'a'
    >>> pick([Receiver('a', 1, capacity=1), Receiver('b', 9)]).id
    'b'
    >>> pick([Receiver('a', 1, capacity=1)]) is None
    True
    >>> pick([Receiver('a'), Receiver('b')], without={'a'}).id
    'b'
    """
    free = [
        receiver for receiver in receivers
        if receiver.id not in without and receiver.weight > 0 and not (receiver.capacity and receiver.load >= receiver.capacity)]
    return min(free, key=lambda receiver: receiver.load / receiver.weight, default=None)


class Timeline:
    """The working time of a person, asked as often as one likes.

    >>> from datetime import datetime
    >>> monday, tuesday = ((datetime(2026, 6, day, 8), datetime(2026, 6, day, 12)) for day in (15, 16))
    >>> time = Timeline([monday, tuesday])

    From within working time, from before it, over night, and beyond what is known:

    >>> str(time.plan(datetime(2026, 6, 15, 9), 2))
    '2026-06-15 11:00:00'
    >>> str(time.plan(datetime(2026, 6, 14, 9), 2))
    '2026-06-15 10:00:00'
    >>> str(time.plan(datetime(2026, 6, 15, 11), 2))
    '2026-06-16 09:00:00'

    A deadline at the very end of a day stays on that day:

    >>> str(time.plan(datetime(2026, 6, 15, 11), 1))
    '2026-06-15 12:00:00'
    >>> time.plan(datetime(2026, 6, 16, 11), 2) is None
    True
    >>> Timeline([]).plan(datetime(2026, 6, 15, 9), 1) is None
    True
    """

    def __init__(self, intervals):
        """:param intervals: list of (start, end), naive UTC, in order and apart from each other"""
        self.starts = [start for start, _end in intervals]
        self.ends = [end for _start, end in intervals]
        # hours worked before each interval
        self.before = [0, *accumulate((end - start).total_seconds() / 3600 for start, end in intervals)]

    def plan(self, moment, hours):
        """Return the moment at which ``hours`` (above zero) of working time from ``moment`` are over; None beyond the known time."""
        target = self._worked(moment) + hours
        index = bisect_right(self.before, target - 1e-9) - 1   # an end is the end of its day, not the start of the next
        if index >= len(self.starts):
            return None
        return self.starts[index] + timedelta(seconds=round((target - self.before[index]) * 3600))

    def _worked(self, moment):
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        return self.before[index] + (min(moment, self.ends[index]) - self.starts[index]).total_seconds() / 3600
