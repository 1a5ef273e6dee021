"""From shares to amounts: a plan adds up to its contract, to the last cent."""
from odoo.tools import float_round


def amounts(total, fixed, percents, digits=2):
    """Return the amounts of shares of a total. Where shares and fixed amounts make up the total, the last share takes the rounding.

    :param total: gross amount of the contract
    :param fixed: sum of the amounts of the plan that are no shares
    :param percents: list of shares of the total, in the order of the plan
    :param digits: decimal places of the currency
    :return: list of amounts

    >>> amounts(1000.01, 0, [33.3333, 33.3333, 33.3333])
    [333.34, 333.34, 333.33]
    >>> amounts(1000.01, 0, [33, 33, 34])
    [330.0, 330.0, 340.01]
    >>> amounts(1000, 200, [40, 40])
    [400.0, 400.0]
    >>> amounts(1000, 0, [33, 33, 33])
    [330.0, 330.0, 330.0]
    >>> amounts(99.99, 0, [30, 50])
    [30.0, 50.0]
    >>> amounts(100, 0, [])
    []
    """
    if not percents:
        return []
    found = [float_round(total * percent / 100, precision_digits=digits) for percent in percents]
    last = float_round(total - fixed - sum(found[:-1]), precision_digits=digits)
    if abs(last - found[-1]) <= abs(total) * 0.0001 + len(found) * 10 ** -digits:
        found[-1] = last
    return found


def held_back(percents, retention):
    """Return the shares of a plan that are left when a retention is held back from them; the last takes the rounding.

    :param percents: list of the shares of a whole plan, in its order
    :param retention: share of the whole that is held back, in percent

    >>> held_back([30, 60, 10], 5)
    [28.5, 57.0, 9.5]
    >>> held_back([33.3333, 33.3333, 33.3333], 10)
    [30.0, 30.0, 30.0]
    >>> held_back([8.3333, 8.3333], 5)
    [7.9166, 7.9167]
    """
    total = sum(percents)
    if abs(total - 100) < 0.01:
        total = 100
    found = [round(percent * (100 - retention) / 100, 4) for percent in percents[:-1]]
    return [*found, round(total * (100 - retention) / 100 - sum(found), 4)]


def pieces(total, taken, percent, rounding=1.0):
    """Return how much of a quantity a share of it is, in whole pieces; the last share takes what is left.

    :param total: ordered quantity
    :param taken: share of it that earlier steps have, in percent
    :param percent: share of this step
    :param rounding: the smallest piece

    >>> [pieces(10, taken, 33.34) for taken in (0, 33.34, 66.68)]
    [3.0, 4.0, 3.0]
    >>> pieces(10, 0, 100)
    10.0
    """
    upto = min(taken + percent, 100)
    if upto > 99.9:
        upto = 100

    def piece(share):
        return round(total * share / 100 / rounding) * rounding
    return round(piece(upto) - piece(taken), 6)
