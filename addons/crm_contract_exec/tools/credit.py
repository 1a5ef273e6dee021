"""Credit: who is over the limit, and what that means for the orders at hand. Amounts in the company's currency, gross."""

CHECKS = [
    ('none', "Never"), ('order', "When an order is confirmed"), ('delivery', "When goods are delivered"),
    ('both', "When an order is confirmed and when goods are delivered"),
]
ORDER_CHECKS = ('order', 'both')
DELIVERY_CHECKS = ('delivery', 'both')


def is_over(exposure, limit, rounding=0.01):
    """Return whether an exposure is over the limit. At the limit is not over it; without a limit nobody is.

    >>> is_over(1000, 1000), is_over(1000.01, 1000), is_over(1000.004, 1000), is_over(5, 0)
    (False, True, False, False)
    """
    return bool(limit) and limit > 0 and exposure - limit >= rounding / 2


def to_hold(exposure, limit, orders, rounding=0.01):
    """Return which of the orders that are to be confirmed together would lead over the limit; each one that goes through counts for
    those behind it, so that an order split into many small ones gains nothing.

    :param orders: list of (key, gross amount, what was paid online for it and is counted in ``exposure`` as an advance); paid in full
        it passes, whatever else the customer owes
    :return: list of (key, exposure that the order leads to)

    >>> to_hold(900, 1000, [('a', 60, 0), ('b', 60, 0), ('c', 40, 0)])
    [('b', 1020)]
    >>> to_hold(1400, 1000, [('paid', 500, 500), ('half', 500, 250), ('gift', 0, 0)])
    [('half', 2400)]
    >>> to_hold(900, 0, [('a', 600, 0)])
    []
    """
    held = []
    for key, amount, paid in orders:
        reached = exposure + amount
        if is_over(reached, limit, rounding) and amount - paid >= rounding / 2:
            held.append((key, reached))
        else:
            exposure = reached
    return held
