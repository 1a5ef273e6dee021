"""The words of an execution plan: kinds of steps, what their due days depend on, and the states that facts put them into."""

KINDS = [
    ('deliver', "Deliver"), ('accept', "Accept"), ('invoice', "Invoicing"), ('collect', "Collect"), ('task', "Task"),
]
STATES = [
    ('wait', "Waiting"), ('ready', "Ready"), ('partial', "Partial"), ('overdue', "Overdue"), ('done', "Done"), ('void', "Void"),
]
OPEN = ('wait', 'ready', 'partial', 'overdue')
# By amount of money: what a share of the contract's gross amount is planned, done and left.
MONEY_KINDS = ('invoice', 'collect')
# What nobody books: it is confirmed by a person.
CONFIRMED_KINDS = ('accept', 'task')

# What the due day counts from. What a step, a delivery or an acceptance is anchored to has a day of its own once it happened.
ANCHORS = [
    ('date', "Fixed day"), ('signing', "Signing"), ('step', "Earlier step"), ('delivery', "Actual delivery"), ('acceptance', "Acceptance"),
]
UNITS = [('day', "Days"), ('month', "Months")]
# The kind of the step that an anchor may name; an earlier step may be of any kind.
ANCHOR_KINDS = {'delivery': 'deliver', 'acceptance': 'accept'}


def find_cycle(anchors):
    """Return a step that in the end depends on itself, None where all do without.

    :param anchors: mapping of step -> the step that it counts from, or None

    >>> find_cycle({1: None, 2: 1, 3: 2})
    >>> find_cycle({1: 3, 2: 1, 3: 2})
    1
    >>> find_cycle({1: 1})
    1
    """
    for start in anchors:
        step, seen = anchors.get(start), set()
        while step is not None and step not in seen:
            if step == start:
                return start
            seen.add(step)
            step = anchors.get(step)
    return None
