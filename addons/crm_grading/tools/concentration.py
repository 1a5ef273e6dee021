"""How unevenly revenue is spread over customers. Amounts come ranked, the largest first."""
from math import ceil


def top_share(ranked, percent):
    """Share (0 to 1) of the first `percent` % of customers, their number rounded up.

    >>> top_share([70, 20, 5, 3, 2], 20)
    0.7
    """
    total = sum(ranked)
    return sum(ranked[:ceil(percent * len(ranked) / 100)]) / total if total else 0.0


def customers_for_share(ranked, percent):
    """Smallest number of customers who make at least `percent` % of the total.

    >>> customers_for_share([70, 20, 5, 3, 2], 90), customers_for_share([70, 20, 5, 3, 2], 70)
    (2, 1)
    """
    goal, reached = round(sum(ranked) * percent / 100, 6), 0.0
    for number, amount in enumerate(ranked, 1):
        reached = round(reached + amount, 6)
        if reached >= goal:
            return number
    return len(ranked)


def gini(ranked):
    """Gini coefficient: 0 = everybody the same, near 1 = one has all.

    >>> gini([1, 1, 1, 1]), gini([1, 0, 0, 0])
    (0.0, 0.75)
    """
    count, total = len(ranked), sum(ranked)
    if not total:
        return 0.0
    weighted = sum(place * amount for place, amount in enumerate(reversed(ranked), 1))
    return 2 * weighted / (count * total) - (count + 1) / count
