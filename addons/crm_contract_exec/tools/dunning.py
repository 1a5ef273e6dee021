"""Which level of a dunning policy an item has come to, what of it is left out, and what being late costs."""
from typing import Any, NamedTuple


class Level(NamedTuple):
    """A step of a dunning policy."""
    key: Any
    days: int      # days overdue from which it applies, at least 1
    wait: int      # days since the item was last dunned


class Cover(NamedTuple):
    """An amount that need not be dunned: a promise, a dispute, money on account."""
    reason: str
    amount: float | None             # None: all of the items it is about
    items: frozenset | None = None   # keys of the items it is about; None: all, oldest first


def next_level(levels, days_overdue, last=None, last_date=None, today=None):
    """Return the key of the level to dun an item with now, or None. Levels are never skipped; after the last one it is repeated
    whenever its waiting time has passed.

    :param levels: in order
    :param last: key of the level that the item was last dunned with, on ``last_date``

    >>> import datetime
    >>> levels = [Level('a', 1, 0), Level('b', 15, 10)]
    >>> day = lambda number: datetime.date(2026, 6, number)
    >>> [next_level(levels, days) for days in (0, 1, 40)]       # the due day itself is not dunned
    [None, 'a', 'a']
    >>> next_level(levels, 15, 'a', day(10), day(19)), next_level(levels, 15, 'a', day(10), day(20))
    (None, 'b')
    >>> next_level(levels, 14, 'a', day(1), day(20)) is None
    True
    >>> next_level(levels, 40, 'b', day(1), day(20))
    'b'
    """
    keys = [level.key for level in levels]
    at = min(keys.index(last) + 1, len(levels) - 1) if last in keys else 0
    level = levels[at] if levels else None
    if not level or days_overdue < max(level.days, 1):
        return None
    if last_date and (today - last_date).days < level.wait:
        return None
    return level.key


def left_over(items, covers):
    """Return ``{key: (amount left to dun, reason of the last cover that took from it)}``.

    :param items: list of (key, amount), what has been due for longest first
    :param covers: those about certain items first take from these

    >>> left_over([(1, 100), (2, 50)], [Cover('promised', 120)])
    {1: (0, 'promised'), 2: (30, 'promised')}
    >>> left_over([(1, 100), (2, 50)], [Cover('paid', 100), Cover('disputed', None, frozenset([2]))])
    {1: (0, 'paid'), 2: (0, 'disputed')}
    """
    left = {key: [amount, None] for key, amount in items}
    for cover in sorted(covers, key=lambda cover: cover.items is None):
        rest = cover.amount
        for key, entry in left.items():
            if entry[0] <= 0 or cover.items is not None and key not in cover.items:
                continue
            taken = entry[0] if rest is None else min(entry[0], rest)
            if taken <= 0:
                continue
            entry[0] -= taken
            entry[1] = cover.reason
            if rest is not None:
                rest -= taken
    return {key: tuple(entry) for key, entry in left.items()}


def interest(amount, percent, days):
    """Return the interest of being late: a yearly rate, by the day.

    >>> round(interest(1000, 9, 73), 2)
    18.0
    """
    return amount * percent / 100 * max(days, 0) / 365
