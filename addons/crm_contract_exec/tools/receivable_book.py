"""A company's receivables as daily sums, and the figures of credit management on any day."""
import bisect
import datetime
from itertools import accumulate

from .ageing import collection_effectiveness, count_back, days_outstanding


class Book:
    """What was invoiced, what was settled, and by how much what is overdue changed, by day.

    >>> day = lambda number: datetime.date(2026, 6, number)
    >>> book = Book([(day(1), 100, 0, 0), (day(11), 0, 0, 100), (day(20), 0, 60, -60)])
    >>> book.open(day(30)), book.overdue(day(10)), book.overdue(day(30)), book.billed(datetime.date(2026, 5, 31), day(30))
    (40, 0, 40, 100)
    >>> round(book.figures(day(30))['effectiveness'], 2)
    60.0
    """

    def __init__(self, rows):
        """:param rows: (day, invoiced, settled, change of what is overdue), by day"""
        self.days = [row[0] for row in rows]
        self._billed, self._settled, self._overdue = ([0, *accumulate(row[column] for row in rows)] for column in (1, 2, 3))

    def _until(self, sums, day):
        return sums[bisect.bisect_right(self.days, day)]

    def open(self, day):
        """Return what is open at the end of a day."""
        return self._until(self._billed, day) - self._until(self._settled, day)

    def overdue(self, day):
        """Return what is open and past its due day at the end of a day."""
        return self._until(self._overdue, day)

    def billed(self, after, day):
        """Return what was invoiced after one day, until another one, included."""
        return self._until(self._billed, day) - self._until(self._billed, after)

    def figures(self, day):
        """Return the figures as of the end of a day, those of a month for its month until then."""
        before = day.replace(day=1) - datetime.timedelta(days=1)
        opening, closing, billed, overdue = self.open(before), self.open(day), self.billed(before, day), self.overdue(day)
        return {
            'opening_amount': opening, 'billed_amount': billed, 'settled_amount': opening + billed - closing, 'open_amount': closing,
            'overdue_amount': overdue,
            'dso_90': days_outstanding(closing, self.billed(day - datetime.timedelta(days=90), day), 90),
            'dso_365': days_outstanding(closing, self.billed(day - datetime.timedelta(days=365), day), 365),
            'dso_count_back': count_back(closing, self._months(day), day),
            'effectiveness': collection_effectiveness(opening, billed, closing, closing - overdue)}

    def _months(self, day):
        """Yield what was invoiced in the month of a day until then, and in the months before it."""
        while self.days and day >= self.days[0]:
            before = day.replace(day=1) - datetime.timedelta(days=1)
            yield self.billed(before, day)
            day = before
