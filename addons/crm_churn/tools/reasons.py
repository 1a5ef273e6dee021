"""Several reasons of one loss: each with its share, one of them the main one."""

FULL = 100.0
ROUNDING = 0.01


def fault(reasons):
    """Return what is wrong with the reasons of one loss: 'double', 'over' or 'mains'; None where they hang together.

    :param reasons: list of (reason, weight in percent, is the main one)

    >>> fault([('price', 70, True), ('need', 30, False)])
    >>> fault([('price', 70, True), ('need', 30.5, False)])
    'over'
    >>> fault([('price', 50, True), ('price', 50, False)])
    'double'
    >>> fault([('price', 50, True), ('need', 50, True)])
    'mains'
    """
    if len({reason for reason, _weight, _main in reasons}) < len(reasons):
        return 'double'
    if sum(weight for _reason, weight, _main in reasons) > FULL + ROUNDING:
        return 'over'
    return 'mains' if sum(bool(main) for _reason, _weight, main in reasons) > 1 else None


def main_place(reasons):
    """Return which of the reasons is the main one: the one marked, else the first of the heaviest; None without any.

    >>> main_place([('price', 30, False), ('need', 70, False), ('stock', 70, False)])
    1
    >>> main_place([('price', 30, True), ('need', 70, False)])
    0
    >>> main_place([])
    """
    places = range(len(reasons))
    return max(places, key=lambda place: (bool(reasons[place][2]), reasons[place][1], -place), default=None)


def weight_left(weights):
    """Return the share that is still without a reason, in percent, from 0 to 100.

    >>> weight_left([60, 15])
    25.0
    >>> weight_left([100, 20])
    0.0
    """
    return max(FULL - sum(weights), 0.0)


def make_room(weights):
    """Return the shares with a reason just added as the last one, whose share nobody has given yet (0, or all of it).

    It gets what is left; where nothing is, the others make room in proportion.

    >>> make_room([30, 100])
    [30, 70.0]
    >>> make_room([100, 100]), make_room([60, 40, 0])
    ([50.0, 50.0], [40.0, 26.67, 33.33])
    >>> make_room([30, 20]), make_room([100])
    ([30, 20], [100])
    """
    *others, last = weights
    if not others or last not in (0, FULL):
        return weights
    left = weight_left(others)
    if left:
        return [*others, left]
    factor = FULL / sum(others) * len(others) / len(weights)
    others = [round(weight * factor, 2) for weight in others]
    return [*others, round(FULL - sum(others), 2)]
