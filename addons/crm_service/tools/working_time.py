"""Working time as a line on which one counts forth and measures: exact to the second, whatever lunch, holidays and clock changes do.

Pure: periods of work come from a function, moments are naive UTC datetimes without a time zone. Periods are looked up in quarters from a
fixed Monday on, so that the same moment is always judged by the same periods, and only as far as somebody asks.
"""
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

EPOCH = datetime(1970, 1, 5)            # a Monday
QUARTER = int(timedelta(weeks=13).total_seconds())
HORIZON = 21                            # quarters: five years and a bit; who does not work in that time, does not work


def seconds_of(moment):
    """
    >>> seconds_of(datetime(1970, 1, 5, 0, 1))
    60
    """
    return int((moment - EPOCH).total_seconds() // 1)


def moment_of(seconds):
    """
    >>> moment_of(60)
    datetime.datetime(1970, 1, 5, 0, 1)
    """
    return EPOCH + timedelta(seconds=seconds)


def merged(periods):
    """Return periods of seconds in order, those that overlap or touch as one. A period up to 23:59:59 lasts until midnight.

    >>> merged([(10, 20), (0, 10), (15, 17), (30, 30), (40, 59)])
    [(0, 20), (40, 60)]
    """
    found = []
    for start, end in sorted((start + (start % 60 == 59), end + (end % 60 == 59)) for start, end in periods):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


class _Quarter:
    """The periods of work of a quarter, with the work done at the end of each."""

    def __init__(self, periods):
        self.starts = [start for start, _end in periods]
        self.ends = [end for _start, end in periods]
        self.sums = list(accumulate(end - start for start, end in periods))
        self.total = self.sums[-1] if self.sums else 0

    def before(self, second):
        """Return the work of the quarter up to a moment, in seconds."""
        index = bisect_right(self.starts, second) - 1
        return self.sums[index] - max(self.ends[index] - second, 0) if index >= 0 else 0

    def at(self, work):
        """Return the first moment at which so much work has been done."""
        index = bisect_left(self.sums, work)
        return self.ends[index] - (self.sums[index] - work)

    def opening(self, second):
        """Return the first moment from ``second`` on at which work goes on, None where none does."""
        index = bisect_right(self.ends, second)
        return max(self.starts[index], second) if index < len(self.starts) else None


class Timeline:
    """Periods of work, looked up as far as needed.

    >>> nine_to_five = Timeline(lambda start, end: [
    ...     (datetime(2026, 6, day, hour), datetime(2026, 6, day, hour + 4)) for day in (15, 16) for hour in (8, 13)])
    >>> nine_to_five.deadline(datetime(2026, 6, 15, 11, 30), 60)        # half an hour before lunch, half an hour after it
    datetime.datetime(2026, 6, 15, 13, 30)
    >>> nine_to_five.deadline(datetime(2026, 6, 15, 13, 0), 240), nine_to_five.opening(datetime(2026, 6, 15, 17, 0))
    (datetime.datetime(2026, 6, 15, 17, 0), datetime.datetime(2026, 6, 16, 8, 0))
    >>> nine_to_five.worked(datetime(2026, 6, 15, 11, 59, 59), datetime(2026, 6, 15, 13, 0, 1))
    2
    >>> nine_to_five.deadline(datetime(2026, 6, 17), 1) is None, nine_to_five.opening(datetime(2026, 6, 17)) is None
    (True, True)
    """

    def __init__(self, load):
        """
        :param load: function of two moments that returns the (start, end) of the periods of work between them, in any order
        """
        self._load = load
        self._quarters = {}
        self._ahead = 1      # each look-up reaches twice as far as the one before: a few of them fill the horizon

    def _quarter(self, number):
        if number not in self._quarters:
            count = next((count for count in range(self._ahead) if number + count in self._quarters), self._ahead)
            self._ahead *= 2
            bounds = [QUARTER * (number + step) for step in range(count + 1)]
            periods = merged(
                (seconds_of(start), seconds_of(end)) for start, end in self._load(moment_of(bounds[0]), moment_of(bounds[-1])))
            for step, (low, high) in enumerate(pairwise(bounds)):
                self._quarters[number + step] = _Quarter([
                    (max(start, low), min(end, high)) for start, end in periods if start < high and end > low])
        return self._quarters[number]

    def after(self, start, seconds):
        """Return the first moment at which ``seconds`` of work have been done since ``start``.

        :param start: naive UTC datetime
        :return: naive UTC datetime; ``start`` itself for no work; None where there is not so much work within five years
        """
        if seconds <= 0:
            return start
        second = seconds_of(start)
        first = second // QUARTER
        left = seconds + self._quarter(first).before(second)
        for number in range(first, first + HORIZON):
            quarter = self._quarter(number)
            if left <= quarter.total:
                return moment_of(quarter.at(left))
            left -= quarter.total
        return None

    def deadline(self, start, minutes):
        """Like :meth:`after`, for minutes."""
        return self.after(start, round(minutes * 60))

    def worked(self, start, end):
        """Return the seconds of work between two moments (naive UTC datetimes); 0 where the second is the earlier one."""
        low, high = seconds_of(start), seconds_of(end)
        if high <= low:
            return 0
        first, last = low // QUARTER, high // QUARTER
        work = sum(self._quarter(number).total for number in range(first, last))
        return work + self._quarter(last).before(high) - self._quarter(first).before(low)

    def opening(self, moment):
        """Return ``moment`` where work goes on then, else the beginning of the next period of work; None where there is none within
        five years."""
        second = seconds_of(moment)
        first = second // QUARTER
        for number in range(first, first + HORIZON):
            found = self._quarter(number).opening(second)
            if found is not None:
                return moment if found == second else moment_of(found)
        return None

    def is_open(self, moment):
        """Return whether work goes on at a moment."""
        return self.opening(moment) == moment


class AroundTheClock(Timeline):
    """Every second counts.

    >>> AroundTheClock().deadline(datetime(2026, 6, 15, 23, 59), 2)
    datetime.datetime(2026, 6, 16, 0, 1)
    >>> AroundTheClock().worked(datetime(2026, 6, 15, 23, 59), datetime(2026, 6, 16, 0, 1))
    120
    """

    def __init__(self):
        super().__init__(lambda start, end: [(start, end)])

    def after(self, start, seconds):
        return start + timedelta(seconds=max(seconds, 0))

    def worked(self, start, end):
        return max(int((end - start).total_seconds()), 0)

    def opening(self, moment):
        return moment
