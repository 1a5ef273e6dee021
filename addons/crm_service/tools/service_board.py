"""What the wall board makes of its figures."""

SOON = 60        # minutes in which a promise runs out: somebody should hurry
URGENT = 8       # tickets that can be read from afar
GOOD, FAIR = 0.9, 0.75     # shares of kept promises from which all is well, and from which it is not bad


def kept_share(kept, decided):
    """Return the share of promises that were kept, None where none was decided.

    >>> kept_share(9, 10), kept_share(0, 3), kept_share(0, 0)
    (0.9, 0.0, None)
    """
    return kept / decided if decided else None


def tone(share):
    """Return how a share of kept promises is shown.

    >>> tone(0.9), tone(0.89), tone(0.75), tone(0.74), tone(None)
    ('success', 'warning', 'warning', 'danger', 'muted')
    """
    if share is None:
        return 'muted'
    return 'success' if share >= GOOD else 'warning' if share >= FAIR else 'danger'
