"""What to talk about, from facts: a table of rules, each of which says something where its facts are there."""
from datetime import date, timedelta
from typing import NamedTuple

QUOTATION_DAYS = 7    # a quotation is worth a word from then on
DEADLINE_DAYS = 14    # so long before, the expected closing of an opportunity is worth a word
SILENT_DAYS = 60
QUIET_TIMES = 3       # purchases from which on there is a rhythm
FEW = 2               # of one kind


class Facts(NamedTuple):
    """What is known about a customer on a day. Tuples are in the order of their weight."""
    today: date
    promised: tuple = ()        # (what, due day or None), open
    overdue: tuple = ()         # (invoices, amount as text or None, days since the oldest due day), if any
    issues: tuple = ()          # (label, how many as text)
    quotations: tuple = ()      # (name, day it was made, day until it holds or None), open
    opportunities: tuple = ()   # (name, expected closing day or None), open
    stopped: tuple = ()         # (product, day it was last bought)
    interests: tuple = ()       # (what, day)
    gaps: tuple = ()            # texts: who has not been met
    last_visit: date | None = None
    lift: str | None = None     # what would lift the grade


def _promised(facts):
    for what, due in facts.promised[:FEW]:
        late = due is not None and due < facts.today
        key, tone = ('promise_late', 'danger') if late else ('promise', 'info')
        yield key, tone, {'what': what, 'days': (facts.today - due).days if late else 0}


def _overdue(facts):
    if facts.overdue:
        count, amount, days = facts.overdue
        yield 'overdue', 'danger', {'count': count, 'amount': amount, 'days': days}


def _issues(facts):
    for label, number in facts.issues[:FEW]:
        yield 'issue', 'warning', {'what': label, 'number': number}


def _quotations(facts):
    for name, made, until in facts.quotations[:FEW]:
        days = (facts.today - made).days
        if until is not None and until < facts.today:
            yield 'quotation_expired', 'warning', {'what': name, 'days': (facts.today - until).days}
        elif days >= QUOTATION_DAYS:
            yield 'quotation', 'info', {'what': name, 'days': days}


def _opportunities(facts):
    for name, closing in facts.opportunities[:FEW]:
        if closing is None:
            continue
        if closing < facts.today:
            yield 'closing_late', 'warning', {'what': name, 'days': (facts.today - closing).days}
        elif closing - facts.today <= timedelta(days=DEADLINE_DAYS):
            yield 'closing', 'info', {'what': name, 'days': (closing - facts.today).days}


def _stopped(facts):
    for product, last in facts.stopped[:FEW]:
        yield 'stopped', 'warning', {'what': product, 'days': (facts.today - last).days}


def _interests(facts):
    for what, day in facts.interests[:FEW]:
        yield 'interest', 'info', {'what': what, 'days': (facts.today - day).days}


def _gaps(facts):
    for gap in facts.gaps[:FEW]:
        yield 'gap', 'warning', {'what': gap}


def _silent(facts):
    if facts.last_visit is None:
        yield 'first', 'info', {}
    elif (facts.today - facts.last_visit).days >= SILENT_DAYS:
        yield 'silent', 'info', {'days': (facts.today - facts.last_visit).days}


def _lift(facts):
    if facts.lift:
        yield 'lift', 'success', {'what': facts.lift}


RULES = (_promised, _overdue, _issues, _quotations, _opportunities, _stopped, _interests, _gaps, _silent, _lift)


def talking_points(facts, limit=8):
    """Return what to talk about, the weightiest first: ``(key, tone, parameters)``.

    >>> today = date(2026, 6, 15)
    >>> [key for key, _tone, _values in talking_points(Facts(today))]
    ['first']
    >>> facts = Facts(today, promised=(("Samples", date(2026, 6, 14)), ("Offer", date(2026, 6, 15))), overdue=(2, None, 12),
    ...     quotations=(('S1', date(2026, 6, 8), None), ('S2', date(2026, 6, 9), None)), last_visit=date(2026, 6, 1))
    >>> for key, tone, values in talking_points(facts):
    ...     print(key, tone, values)
    promise_late danger {'what': 'Samples', 'days': 1}
    promise info {'what': 'Offer', 'days': 0}
    overdue danger {'count': 2, 'amount': None, 'days': 12}
    quotation info {'what': 'S1', 'days': 7}

    Boundaries: a quotation of yesterday's validity has expired, one of today's has not; closing is near from 14 days on.

    >>> def keys(**facts): return [key for key, _tone, _values in talking_points(Facts(today, last_visit=today, **facts))]
    >>> keys(quotations=(('S1', today, date(2026, 6, 14)),)), keys(quotations=(('S1', today, today),))
    (['quotation_expired'], [])
    >>> [keys(opportunities=(("Deal", date(2026, 6, day)),)) for day in (14, 15, 29, 30)]
    [['closing_late'], ['closing'], ['closing'], []]
    >>> [[key for key, *_ in talking_points(Facts(today, last_visit=today - timedelta(days=days)))] for days in (59, 60)]
    [[], ['silent']]
    """
    return [point for rule in RULES for point in rule(facts)][:limit]


def is_quiet(first, last, times, today):
    """Return whether a product that was bought again and again has not been bought for twice its usual time.

    :param first: day of the first purchase; :param last: of the last; :param times: on how many days

    >>> today = date(2026, 6, 15)
    >>> is_quiet(date(2026, 1, 1), date(2026, 3, 2), 3, today)   # every 30 days, the last one 105 days ago
    True
    >>> is_quiet(date(2026, 2, 15), date(2026, 4, 16), 3, today), is_quiet(date(2026, 2, 14), date(2026, 4, 15), 3, today)
    (False, True)
    >>> is_quiet(date(2026, 1, 1), date(2026, 3, 2), 2, today)
    False
    """
    return times >= QUIET_TIMES and (today - last).days > 2 * (last - first).days / (times - 1)
