"""Which promises to pay were kept: money received is credited to promises in the order of their days."""
import datetime
from typing import Any, NamedTuple


class Promise(NamedTuple):
    """What a customer said it would pay."""
    key: Any
    given: datetime.date       # money counts from this day on
    date: datetime.date        # … until this one, included
    amount: float              # in the currency in which ``Money.amount`` is asked for
    moves: frozenset = frozenset()   # documents it is about; empty: whatever is due


class Money(NamedTuple):
    """Money received from a customer."""
    date: datetime.date
    amount: float
    move: Any = None           # the document that it was matched with; None: not matched yet


def received(promises, money):
    """Return ``{key: (amount received in time, day of the last of it)}``; no money counts for two promises.

    Money on account counts for any promise, money matched with a document for promises about it, or about nothing particular.

    >>> day = lambda number: datetime.date(2026, 6, number)
    >>> first, second = Promise(1, day(1), day(10), 100), Promise(2, day(1), day(20), 100)
    >>> received([second, first], [Money(day(8), 150)])
    {1: (100, datetime.date(2026, 6, 8)), 2: (50, datetime.date(2026, 6, 8))}
    >>> received([first], [Money(day(11), 100)])      # a day late
    {1: (0, None)}
    >>> received([first], [Money(day(10), 100)])      # on the day
    {1: (100, datetime.date(2026, 6, 10))}
    >>> received([first._replace(moves=frozenset([7]))], [Money(day(2), 60, 8), Money(day(2), 50, 7), Money(day(3), 10)])
    {1: (60, datetime.date(2026, 6, 3))}
    """
    left = [[item, item.amount] for item in sorted(money, key=lambda item: item.date)]
    result = {}
    for promise in sorted(promises, key=lambda promise: (promise.date, promise.given)):
        total, last = 0, None
        for entry in left:
            item, rest = entry
            fits = not promise.moves or item.move is None or item.move in promise.moves
            taken = min(rest, promise.amount - total)
            if fits and taken > 0 and promise.given <= item.date <= promise.date:
                entry[1] -= taken
                total += taken
                last = item.date
        result[promise.key] = (total, last)
    return result
