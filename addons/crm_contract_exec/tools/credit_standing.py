"""Credit standing: 100 points for a customer who pays on the day, less what speaks against it. The same table gives the SQL of the
metric and the reasons that people read."""
from typing import NamedTuple

LEVELS = [('good', "Good"), ('fair', "Fair"), ('watch', "Watch"), ('poor', "Poor")]
BOUNDARIES = (('good', 80), ('fair', 60), ('watch', 40), ('poor', 0))   # from so many points on
TREND_DAYS = 90       # what is recent: against the nine months before
WARN_TREND = 10       # days by which payments have to become later for a warning
WARN_SILENT = 60      # days without money from who owes something overdue
WARN_PARTIAL = 2      # instalments paid in part
WARN_SHARE = 20       # percent of all receivables that one customer owes


class Component(NamedTuple):
    key: str
    weight: float    # points it can cost at most
    per_unit: float  # points per day, piece or percent


COMPONENTS = (
    Component('late', 35, 1.0),        # mean days late of what was paid in 12 months or is overdue
    Component('trend', 15, 0.5),       # days by which it has become later lately
    Component('broken', 15, 5.0),      # promises broken in 12 months
    Component('disputes', 5, 1.0),     # objections raised in 12 months
    Component('overdue', 20, 0.2),     # percent of what is open that is overdue
    Component('growth', 10, 0.05),     # percent by which what is open has grown in 90 days
)


def cost(component, value):
    """Return the points that a value costs.

    >>> late, *_others = COMPONENTS
    >>> cost(late, 12.5), cost(late, 400), cost(late, -3), cost(late, None)
    (12.5, 35, 0, 0.0)
    """
    return min(max((value or 0) * component.per_unit, 0), component.weight)


def score(values):
    """Return the points of a customer by the values of the components; None for one who never owed anything.

    >>> score({'late': 10, 'trend': 4, 'broken': 1, 'overdue': 50})
    73.0
    >>> score({'late': 400, 'trend': 90, 'broken': 9, 'disputes': 9, 'overdue': 100, 'growth': 900})
    0.0
    >>> score({'broken': 1}) is None
    True
    """
    if values.get('late') is None and values.get('overdue') is None:
        return None
    return 100 - sum(cost(component, values.get(component.key)) for component in COMPONENTS)


def level(points):
    """Return the level of points.

    >>> level(80), level(79.9), level(40), level(0), level(None)
    ('good', 'fair', 'watch', 'poor', False)
    """
    if points is None:
        return False
    return next(key for key, boundary in BOUNDARIES if points >= boundary)
