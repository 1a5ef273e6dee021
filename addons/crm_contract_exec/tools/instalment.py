"""Sharing an amount of money out, so that the parts add up to it."""


def spread(amount, capacities, digits=2):
    """Share an amount out in proportion to what each may take; the rounding of each is made up for by the next.

    :param amount: what is shared out, not more than the capacities together
    :param capacities: list of what each may take, none below 0
    :param digits: decimal places of the currency
    :return: list of shares, in the order of the capacities

    >>> spread(1000, [3000, 1000])
    [750.0, 250.0]
    >>> spread(100, [1, 1, 1]) == [33.33, 33.34, 33.33]
    True
    >>> spread(0.01, [5, 5, 0])
    [0.01, 0.0, 0.0]
    >>> spread(100, [0, 0])
    [0.0, 0.0]
    """
    total = sum(capacities)
    takers = [index for index, capacity in enumerate(capacities) if capacity > 0]
    shares = [0.0] * len(capacities)
    if not takers:
        return shares
    reached = given = 0.0
    for index in takers:
        reached += capacities[index]
        upto = round(amount * reached / total, digits)
        shares[index] = round(upto - given, digits)
        given = upto
    return shares
