"""Who has to approve a contract: rules without the ORM."""


def is_needed(amount, discount, from_amount=0, from_discount=0):
    """Return whether an approver is asked.

    :param amount: net amount of the contract, in the currency of ``from_amount``
    :param discount: percent below the price list, over all lines
    :param from_amount: asked from this amount on, it included; 0: no matter
    :param from_discount: asked from this discount on, it included; 0: no matter

    Either is enough. Without any threshold, the approver is always asked.

    >>> is_needed(9999.99, 0, from_amount=10000), is_needed(10000, 0, from_amount=10000)
    (False, True)
    >>> is_needed(100, 15, from_amount=10000, from_discount=15), is_needed(100, 14.9, from_amount=10000, from_discount=15)
    (True, False)
    >>> is_needed(0, 0)
    True
    """
    if not from_amount and not from_discount:
        return True
    return bool((from_amount and amount >= from_amount) or (from_discount and discount >= from_discount))


def discount(lines):
    """Return by how many percent lines are below their list prices, weighted; never negative.

    :param lines: list of (quantity, list price, unit price, discount in percent); what is dearer than in the list outweighs nothing

    >>> discount([(10, 100, 100, 10), (10, 100, 100, 0)])
    5.0
    >>> discount([(1, 100, 80, 0)])             # the price itself was lowered
    20.0
    >>> discount([(1, 100, 100, 0), (1, 0, -30, 0)])   # a line of its own that takes off
    30.0
    >>> discount([(1, 100, 150, 0), (1, 100, 90, 0)])
    4.0
    >>> discount([])
    0.0
    """
    listed = sum(quantity * max(price, unit, 0) for quantity, price, unit, _percent in lines)
    agreed = sum(quantity * unit * (1 - percent / 100) for quantity, _price, unit, percent in lines)
    if listed <= 0:
        return 0.0
    return max(0.0, round((listed - agreed) / listed * 100, 6))


def is_absent(today, since, until):
    """Return whether somebody is away on a day; both days included, an empty one does not limit.

    >>> from datetime import date
    >>> is_absent(date(2026, 6, 15), date(2026, 6, 15), date(2026, 6, 15)), is_absent(date(2026, 6, 16), None, date(2026, 6, 15))
    (True, False)
    >>> is_absent(date(2026, 6, 15), None, None)
    True
    """
    return (not since or since <= today) and (not until or today <= until)
