"""When a person who wants to be told how orders and contracts stand is told."""
from datetime import timedelta

CHOICES = [
    ('none', "Not at all"), ('change', "On every change"), ('daily', "Once a day, if anything has changed"), ('weekly', "Once a week"),
]


def is_due(choice, today, last, changed):
    """Whether a mail is due.

    :param choice: of :data:`CHOICES`
    :param today: day of the company
    :param last: day of the last mail, ``None`` before the first one
    :param changed: whether anything differs from what was told last

    >>> from datetime import date
    >>> monday = date(2026, 6, 15)
    >>> is_due('change', monday, monday, True), is_due('change', monday, monday, False)
    (True, False)
    >>> is_due('daily', monday, monday, True), is_due('daily', monday, monday - timedelta(days=1), True)
    (False, True)
    >>> is_due('weekly', monday, monday - timedelta(days=6), True), is_due('weekly', monday, monday - timedelta(days=7), False)
    (False, True)
    >>> is_due('none', monday, None, True)
    False
    """
    if choice == 'change':
        return changed
    if choice == 'daily':
        return changed and (last is None or last < today)
    return choice == 'weekly' and (last is None or last <= today - timedelta(days=7))
