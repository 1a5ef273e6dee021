"""Levels of a dimension (1 = worst) and the ranges of values that belong to them."""


def threshold_ranges(values, direction):
    """Return per level, from the worst, the range ``(from, to)`` of its values; None for no end.

    The threshold itself belongs to the better side. Where higher is better a range includes ``from`` and not ``to``;
    where lower is better it includes ``to`` and not ``from``.

    >>> threshold_ranges([100, 500], 'higher')
    [(None, 100), (100, 500), (500, None)]
    >>> threshold_ranges([30, 10], 'lower')
    [(30, None), (10, 30), (None, 10)]
    >>> threshold_ranges([], 'higher')
    [(None, None)]
    """
    ordered = sorted(values)
    ranges = list(zip([None, *ordered], [*ordered, None]))
    return ranges if direction == 'higher' else ranges[::-1]


def first_disorder(numbers):
    """Return the position of the first number that is not above its predecessor, or None if all rise.

    >>> first_disorder([10, 20, 30]) is None
    True
    >>> first_disorder([10, 20, 20])
    2
    >>> first_disorder([20, 10])
    1
    """
    return next((place for place in range(1, len(numbers)) if numbers[place] <= numbers[place - 1]), None)
