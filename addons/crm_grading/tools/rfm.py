"""The RFM cube: 125 codes (recency, frequency and money from 1 to 5), of which segments own boxes, first come first served.

A segment is the tuple ``(r_min, r_max, f_min, f_max, m_min, m_max)``, ends included.
"""
from itertools import product

SCORES = (1, 2, 3, 4, 5)
CODES = tuple(product(SCORES, repeat=3))


def contains(segment, code):
    """Say whether a code lies in the box of a segment.

    >>> contains((4, 5, 4, 5, 4, 5), (4, 5, 4))
    True
    >>> contains((4, 5, 4, 5, 4, 5), (3, 5, 4))
    False
    """
    r, f, m = code
    r_min, r_max, f_min, f_max, m_min, m_max = segment
    return r_min <= r <= r_max and f_min <= f <= f_max and m_min <= m <= m_max


def owners(segments):
    """Return for each of the 125 codes the position of the segment that owns it, or None.

    >>> found = owners([(5, 5, 1, 5, 1, 5), (1, 5, 5, 5, 1, 5)])
    >>> found[5, 5, 1], found[4, 5, 1], found[4, 4, 1]
    (0, 1, None)
    """
    return {
        code: next((number for number, segment in enumerate(segments) if contains(segment, code)), None)
        for code in CODES
    }


def unreachable(segments):
    """Return the positions of the segments that no customer can ever be in, since earlier ones own all of their codes.

    >>> everything, champions = (1, 5, 1, 5, 1, 5), (4, 5, 4, 5, 4, 5)
    >>> unreachable([champions, everything])
    []
    >>> unreachable([everything, champions])
    [1]
    >>> unreachable([(4, 5, 1, 5, 1, 5), (1, 3, 1, 5, 1, 5), (3, 4, 2, 3, 1, 1)])   # owned by two together
    [2]
    """
    reached = set(owners(segments).values())
    return [number for number in range(len(segments)) if number not in reached]


def uncovered(segments):
    """Return the codes that no segment owns.

    >>> uncovered([(1, 5, 1, 5, 1, 4), (1, 5, 1, 5, 5, 5)])
    []
    >>> uncovered([(1, 5, 1, 5, 1, 4), (2, 5, 1, 5, 5, 5)])
    [(1, 1, 5), (1, 2, 5), (1, 3, 5), (1, 4, 5), (1, 5, 5)]
    >>> len(uncovered([]))
    125
    """
    return [code for code, owner in owners(segments).items() if owner is None]


def grid(segments):
    """Return the R×F picture: ``{(r, f): [owner for m = 1, …, owner for m = 5]}``.

    >>> grid([(5, 5, 1, 5, 4, 5), (5, 5, 1, 5, 1, 5)])[5, 1]
    [1, 1, 1, 0, 0]
    """
    found = owners(segments)
    return {(r, f): [found[r, f, m] for m in SCORES] for r, f in product(SCORES, repeat=2)}
