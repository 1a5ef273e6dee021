"""The words of the performance ledger: what brings credit, and why an entry was made."""

EVENTS = [
    ('signed', "Signed"), ('delivered', "Delivered"), ('invoiced', "Invoiced"), ('collected', "Collected"), ('written_off', "Written Off"),
]
WEIGHTED = ('signed', 'delivered', 'invoiced', 'collected')   # by how much of the contract each of them brings, a rule says
REASONS = [('event', "First Credit"), ('more', "Credited Later"), ('back', "Taken Back")]
BASES = [('revenue', "Net amount"), ('margin', "Margin")]


def splits(total, percents, digits=2):
    """Return the parts of a total by percent, rounded; what rounding leaves goes from one to the next, so that they add up.

    This is the rule that the ledger applies in SQL; here it can be read and tried.

    >>> splits(100, [50, 50])
    [50.0, 50.0]
    >>> splits(0.01, [50, 50])
    [0.01, 0.0]
    >>> splits(1000.01, [100 / 3] * 3)
    [333.34, 333.33, 333.34]
    >>> splits(-100, [70, 30])
    [-70.0, -30.0]
    """
    parts, upto, given = [], 0, 0
    for percent in percents:
        upto += percent
        reached = _rounded(total * upto / 100, digits)
        parts.append(round(reached - given, digits))
        given = reached
    return parts


def _rounded(value, digits):
    """Round half away from zero, as PostgreSQL and invoices do."""
    unit = 10 ** digits
    return (1 if value >= 0 else -1) * int(abs(value) * unit + 0.5 + 1e-9) / unit
