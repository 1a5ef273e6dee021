"""What the answers of customers to our questions mean."""

LOW_RATING = 2      # of 5: somebody has to follow up
LOW_NPS = 6         # of 10: a detractor
FEW = 10            # fewer answers than this say little about a person
# How much a solved ticket weighs in the result of a person: what was urgent or serious counts more than what was easy.
WEIGHTS = {'0': 1, '1': 1, '2': 2, '3': 3}
BIG = 2             # weight from which a problem was a big one
WELCOME = 4         # rating from which a customer felt welcome


def group(nps):
    """Return to which group of the Net Promoter Score an answer (0 to 10) belongs (Reichheld 2003).

    >>> group(6), group(7), group(9), group(None)
    ('detractor', 'passive', 'promoter', None)
    """
    if nps is None:
        return None
    return 'promoter' if nps >= 9 else 'passive' if nps > LOW_NPS else 'detractor'


def is_low(rating=None, nps=None):
    """Return whether somebody has to follow up.

    >>> is_low(2), is_low(3), is_low(5, 6), is_low(None, 7)
    (True, False, True, False)
    """
    return bool(rating and rating <= LOW_RATING) or (nps is not None and nps <= LOW_NPS)


def answer(text, low, high):
    """Return what somebody chose on a scale, None for nothing or what is not on it.

    >>> answer('5', 1, 5), answer('6', 1, 5), answer('', 1, 5), answer('x', 0, 10), answer('0', 0, 10), answer('٣', 1, 5)
    (5, None, None, None, 0, None)
    """
    text = str(text if text is not None else '').strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        return None
    value = int(text)
    return value if low <= value <= high else None
