"""The clock of a promise, replayed from the log of a ticket: when it ran, when it stood still, when the promise was met.

Pure, and the only place where this is decided: what is written while a ticket goes its way and what is found again from the log later
come from the same functions.

* **first response**: from the opening until we first answer, or say that it is solved.
* **next response**: from each question of the customer after that, until we answer or solve it.
* **resolution**: from the opening until it is solved; reopened, it goes on where it stopped.

The clock runs while the next step is ours. While the ticket waits for the customer, and between *solved* and *reopened*, it stands still;
a promise that does not pause counts all the time until it is solved for good. A ticket that is cancelled or merged into another one
promises nothing any more.
"""
from typing import NamedTuple

from .ticket_state import DONE, OURS

PROMISES = [('first_response', "First Response"), ('next_response', "Next Response"), ('resolution', "Resolution")]
LIVE = ('running', 'paused')


class Clock(NamedTuple):
    """One promise of a ticket.

    ``spans`` are the (start, end) in which the clock ran, the last end is None while it does; ``reached`` is when the promise was met or
    missed; ``state`` one of running, paused, reached, void.
    """
    start: object
    spans: tuple
    reached: object
    state: str


class Figures(NamedTuple):
    """What a clock comes to: working seconds used, the deadline, from when on the promise is broken, and how it stands."""
    state: str
    used: int
    due: object
    breach: object
    is_breached: bool


class _Running:
    """A clock while its events are read."""

    def __init__(self, start):
        self.start, self.spans, self.since, self.reached, self.is_void = start, [], None, None, False

    def run(self, date):
        if self.since is None:
            self.since = date

    def stop(self, date):
        if self.since is not None:
            if date > self.since:
                self.spans.append((self.since, date))
            self.since = None

    def reach(self, date):
        self.stop(date)
        self.reached = date

    def again(self):
        """Not met after all, of a promise that does not pause: all the time since the start counts."""
        self.spans, self.since = [], self.start

    def result(self):
        spans = tuple(self.spans) + (((self.since, None),) if self.since is not None else ())
        state = 'reached' if self.reached else 'void' if self.is_void else 'running' if self.since is not None else 'paused'
        return Clock(self.start, spans, self.reached, state)


def clocks(promise, events, pauses=True, merged=False):
    """Replay the log of a ticket.

    :param promise: a key of PROMISES
    :param events: list of (event, date, state) in the order of date, see ``ticket_state``; begins with ``created``
    :param pauses: whether the clock stands still while the ticket waits for the customer
    :param merged: whether the ticket has been merged into another one
    :return: list of :class:`Clock`: one, or one for each question of the customer

    >>> day = [('created', 8, 'new'), ('replied', 9, 'new'), ('stage', 10, 'waiting'), ('asked', 13, 'waiting'),
    ...        ('stage', 13, 'open'), ('stage', 15, 'solved'), ('stage', 16, 'open'), ('stage', 17, 'closed')]
    >>> clocks('first_response', day)
    [Clock(start=8, spans=((8, 9),), reached=9, state='reached')]
    >>> clocks('resolution', day)
    [Clock(start=8, spans=((8, 10), (13, 15), (16, 17)), reached=17, state='reached')]
    >>> clocks('resolution', day, pauses=False)
    [Clock(start=8, spans=((8, 17),), reached=17, state='reached')]
    >>> clocks('next_response', day)
    [Clock(start=13, spans=((13, 15),), reached=15, state='reached')]
    >>> clocks('resolution', day[:3]), clocks('resolution', day[:2] + [('stage', 9, 'cancelled')])[0].state
    ([Clock(start=8, spans=((8, 10),), reached=None, state='paused')], 'void')
    """
    reader = _Reader(promise, pauses, merged)
    for event, date, state in events:
        reader.take(event, date, state)
    return [clock.result() for clock in reader.all]


class _Reader:
    """Reads the log line by line."""

    def __init__(self, promise, pauses, merged):
        self.promise, self.pauses, self.merged = promise, pauses, merged
        self.all, self.state, self.answered, self.asked, self.opened = [], None, False, None, None

    def take(self, event, date, state):
        if event == 'created':
            self.opened = date
        date = max(date, self.opened or date)   # a mail may have been written before its ticket was opened
        if event == 'created' and self.promise != 'next_response':
            self.all.append(_Running(date))
        if event in ('created', 'stage'):
            self._stand(state, date)
        elif event == 'replied':
            self._reply(date)
        elif event == 'asked' and self.promise == 'next_response' and self.answered:
            self.asked = self.asked or date
            self._stand(self.state, date)
        elif event == 'merged' and self.merged:
            self._leave(date)

    def _current(self):
        return self.all[-1] if self.all and not (self.all[-1].reached and self.promise != 'resolution') else None

    def _stand(self, state, date):
        before, self.state = self.state, state
        if self.asked and state in OURS + ('waiting',) and not self._current():
            self.all.append(_Running(self.asked))
            self.asked = None
        self.answered = self.answered or state in DONE
        clock = self._current()
        if not clock:
            return
        if state in DONE:
            if before not in DONE:
                clock.reach(date)
        elif state == 'cancelled':
            clock.stop(date)
            clock.is_void, clock.reached = True, None
        else:
            self._go_on(clock, date)

    def _go_on(self, clock, date):
        """Work is left to be done."""
        if clock.reached and not self.pauses:
            clock.again()
        clock.is_void, clock.reached = False, None
        if self.state in OURS or not self.pauses:
            clock.run(date)
        else:
            clock.stop(date)

    def _reply(self, date):
        self.answered, self.asked = True, None
        clock = self._current()
        if clock and self.promise != 'resolution' and not clock.is_void:
            clock.reach(date)

    def _leave(self, date):
        """What it promised, is for the ticket that it was merged into to keep."""
        for clock in self.all:
            if not clock.reached:
                clock.stop(date)
                clock.is_void = True


# ------------------------------------------------------------------
# What a clock comes to
# ------------------------------------------------------------------

def moment(clock, seconds, timeline, beyond=False):
    """Return when ``seconds`` of working time were, or will be, used up; None where that does not happen as things stand.

    :param beyond: return instead from when on *more* has been used: after closing time, that is the next opening
    """
    used = 0
    for start, end in clock.spans:
        work = timeline.worked(start, end) if end else None
        if end is None or used + work > seconds or (used + work == seconds and not beyond):
            found = timeline.after(start, seconds - used)
            return timeline.opening(found) if beyond and found else found
        used += work
    return None


def used(clock, timeline, now):
    """Return the working time used until ``now``, in seconds."""
    return sum(timeline.worked(start, end or now) for start, end in clock.spans)


def measure(clock, minutes, timeline, now):
    """Return the :class:`Figures` of a clock.

    A promise is kept where not more than the promised working time was used: solved after closing time on the day on which it ran out,
    it is kept; it is broken as work begins again.

    :param minutes: promised working time; 0: nothing can be promised
    :param now: naive UTC datetime

    >>> from datetime import datetime
    >>> from .working_time import AroundTheClock
    >>> day = [('created', datetime(2026, 6, 15, 8), 'new'), ('stage', datetime(2026, 6, 15, 9), 'waiting'),
    ...        ('stage', datetime(2026, 6, 15, 12), 'open')]
    >>> figures = measure(clocks('resolution', day)[0], 120, AroundTheClock(), datetime(2026, 6, 15, 13))
    >>> figures.state, figures.used, figures.due, figures.is_breached
    ('running', 7200, datetime.datetime(2026, 6, 15, 13, 0), False)
    """
    total, limit = used(clock, timeline, now), round(minutes * 60)
    if clock.state == 'void':
        return Figures('void', total, None, None, False)
    if not limit:
        return Figures('met' if clock.reached else clock.state, total, None, None, False)
    due, breach = moment(clock, limit, timeline), moment(clock, limit, timeline, beyond=True)
    if clock.reached and total <= limit:
        last = clock.spans[-1][0] if clock.spans else None   # where it would have run out, had the clock gone on
        before = total - timeline.worked(*clock.spans[-1]) if clock.spans else 0
        return Figures('met', total, last and timeline.after(last, limit - before), None, False)
    if clock.reached:
        return Figures('missed', total, due, breach, True)
    return Figures(clock.state, total, due if total > limit or clock.state == 'running' else None, breach, total > limit)
