"""What a phone sends, checked before anything is done with it, and when it happened."""
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

TYPES = ('check_in', 'check_out', 'finish', 'note', 'check', 'photo', 'log', 'place')
CLOCK_TOLERANCE = timedelta(minutes=2)   # what the way to the server and a decent clock explain
LATE = timedelta(hours=24)               # sent later than that: marked


class Event(NamedTuple):
    """Something that a person did on a phone.

    ``visit`` is how the phone calls the visit: a number, or a key of its own for one that the server did not know yet.
    """
    key: str
    type: str
    at: datetime            # naive UTC, by the phone's clock
    visit: str
    vals: dict
    position: dict | None
    position_error: str | None
    company: int | None


def parse(raw):
    """Return the :class:`Event` of what was sent.

    :raise ValueError: with the name of what is wrong

    >>> event = parse({'key': 'k1', 'type': 'check_in', 'at': '2026-06-15T10:00:00.123Z', 'visit': 7})
    >>> str(event.at), event.visit, event.position
    ('2026-06-15 10:00:00', '7', None)
    >>> parse({'key': 'k1', 'type': 'check_in', 'at': '2026-06-15T12:00:00+02:00', 'visit': 'n1'}).at.hour
    10
    >>> parse({'key': 'k1', 'type': 'fly', 'at': '2026-06-15T10:00:00Z', 'visit': 7})
    Traceback (most recent call last):
    ValueError: type
    >>> parse({'key': 'k1', 'type': 'note', 'at': 'now', 'visit': 7})
    Traceback (most recent call last):
    ValueError: at
    >>> parse({'key': 'k1', 'type': 'note', 'at': '2026-06-15T10:00:00Z', 'visit': 7, 'position': {'latitude': 'x', 'longitude': 1}})
    Traceback (most recent call last):
    ValueError: position
    """
    _need(isinstance(raw, dict), 'event')
    key, kind, visit, vals = raw.get('key'), raw.get('type'), raw.get('visit'), raw.get('vals') or {}
    company, error = raw.get('company_id'), raw.get('position_error')
    _need(isinstance(key, str) and 0 < len(key) <= 64, 'key')
    _need(isinstance(kind, str) and kind in TYPES, 'type')
    _need(_is_int(visit) or isinstance(visit, str), 'visit')
    _need(0 < len(str(visit)) <= 64, 'visit')
    _need(isinstance(vals, dict), 'vals')
    _need(company is None or _is_int(company), 'company_id')
    return Event(
        key, kind, moment(raw.get('at')), str(visit), vals, _position(raw.get('position')),
        error if isinstance(error, str) else None, company)


def _need(condition, what):
    if not condition:
        raise ValueError(what)


def _is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def moment(text):
    """Return an ISO moment as naive UTC, to the second.

    :raise ValueError: if it is none
    """
    try:
        found = datetime.fromisoformat(text.replace('Z', '+00:00'))
    except (AttributeError, ValueError):
        raise ValueError('at') from None
    if found.tzinfo:
        found = found.astimezone(timezone.utc)
    return found.replace(tzinfo=None, microsecond=0)


def _position(given):
    if not given:
        return None
    _need(isinstance(given, dict), 'position')
    numbers = {name: given.get(name) for name in ('latitude', 'longitude', 'accuracy', 'age')}
    _need(all(_is_int(number) or isinstance(number, float) or number is None for number in numbers.values()), 'position')
    _need(numbers['latitude'] is not None and numbers['longitude'] is not None, 'position')
    return numbers


def clock_error(sent_at, now):
    """Return by how much the phone's clock is off, from what it showed when it sent; small differences are none.

    >>> now = datetime(2026, 6, 15, 12)
    >>> clock_error(datetime(2026, 6, 15, 11, 58), now), clock_error(datetime(2026, 6, 15, 11, 57, 59), now), clock_error(None, now)
    (datetime.timedelta(0), datetime.timedelta(days=-1, seconds=86279), datetime.timedelta(0))
    """
    error = sent_at - now if sent_at else timedelta(0)
    return timedelta(0) if abs(error) <= CLOCK_TOLERANCE else error


def true_time(at, error, now):
    """Return when something happened, the phone's clock put right, and never later than now.

    >>> now = datetime(2026, 6, 15, 12)
    >>> str(true_time(datetime(2026, 6, 15, 10), timedelta(hours=1), now))
    '2026-06-15 09:00:00'
    >>> true_time(datetime(2026, 6, 15, 12, 1), timedelta(0), now) == now
    True
    """
    return min(at - error, now)


def is_late(at, now):
    """Return whether something was sent so late that people should know.

    >>> now = datetime(2026, 6, 15, 12)
    >>> is_late(datetime(2026, 6, 14, 12), now), is_late(datetime(2026, 6, 14, 11, 59, 59), now)
    (False, True)
    """
    return now - at > LATE


def merged_note(there, seen, new):
    """Return a note that was written on a phone while somebody may have changed it elsewhere: nothing is lost.

    :param there: what it is now
    :param seen: what the phone had seen when the person began to write
    :param new: what the person wrote

    >>> merged_note("a", "a", "ab"), merged_note("", "a", "b"), merged_note("ab", "a", "ab")
    ('ab', 'b', 'ab')
    >>> merged_note("theirs", "", "mine")
    'theirs\\n\\nmine'
    """
    there, seen, new = ((text or '').strip() for text in (there, seen, new))
    if there in (seen, new, ''):
        return new
    return there if new in (seen, '') else f"{there}\n\n{new}"
