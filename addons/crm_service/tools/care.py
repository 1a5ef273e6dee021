"""Who is left out of a care plan for comparison, and what the plan made of the others."""
import hashlib
import math

GRACE = 7            # days after its day on which a care is still given: the server may have stood still, a complaint been open
FEW = 30             # people per group below which a difference says little


def is_control(plan, partner, share):
    """Return whether a customer belongs to the group that a plan leaves out: always the same, and independent of other plans.

    :param share: percent of customers left out, 0 to 100

    >>> sum(is_control(7, partner, 10) for partner in range(10000))
    999
    >>> is_control(7, 1, 0), is_control(7, 1, 100)
    (False, True)
    """
    digest = hashlib.sha256(f'{plan}:{partner}'.encode()).digest()
    return int.from_bytes(digest[:4], 'big') % 10000 < share * 100


def effect(given, bought, left_out, bought_without):
    """Return (difference in percentage points, half width of its 95 % confidence interval) of buying with and without care.

    Normal approximation of the difference of two proportions (Newcombe 1998, method 1). None where a group is empty.

    >>> effect(200, 60, 100, 20)
    (10.0, 10.1)
    >>> effect(0, 0, 10, 1) is None
    True
    """
    if not given or not left_out:
        return None
    with_care, without = bought / given, bought_without / left_out
    error = math.sqrt(with_care * (1 - with_care) / given + without * (1 - without) / left_out)
    return round(100 * (with_care - without), 1), round(196 * error, 1)
