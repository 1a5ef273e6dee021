"""The life cycle that a company starts with: states from first acquaintance to loss and what must hold for each."""
from typing import NamedTuple


class State(NamedTuple):
    key: str
    rules: tuple = ()       # (metric code, operator, value): all must hold
    won: bool = False
    lost: bool = False
    color: int = 0


# Read from the last to the first: somebody who bought a year ago is lapsed, not a customer.
DEFAULT_STATES = (
    State('identify', color=0),
    State('potential', (('last_contact', 'set', 0),), color=4),
    State('opportunity', (('opportunity_open', '>=', 1),), color=3),
    State('customer', (('invoice_count_ever', '>=', 1),), won=True, color=10),
    State('user', (('invoice_count', '>=', 3), ('recency', '<=', 180)), won=True, color=7),
    State('lapsed', (('recency', '>', 365),), lost=True, color=1),
)
