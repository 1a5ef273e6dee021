"""What may become of a visit: the decision table of its states."""

STATES = [
    ('planned', "Planned"), ('underway', "Under Way"), ('done', "Done"), ('missed', "Missed"),
    ('cancelled', "Cancelled"), ('rescheduled', "Rescheduled"),
]
# What people do with a visit -> (the states it may be in, the state it gets).
TRANSITIONS = {
    'check_in': ({'planned', 'missed'}, 'underway'),
    'finish': ({'planned', 'missed', 'underway'}, 'done'),
    'miss': ({'planned'}, 'missed'),
    'cancel': ({'planned', 'missed', 'underway'}, 'cancelled'),
    'reschedule': ({'planned', 'missed'}, 'rescheduled'),
    'reopen': ({'missed', 'cancelled'}, 'planned'),
}
OPEN = ('planned', 'underway')


def target(transition, state):
    """Return the state that a visit gets, None where it may not.

    >>> target('finish', 'planned')
    'done'
    >>> target('check_in', 'done') is None
    True
    """
    sources, result = TRANSITIONS[transition]
    return result if state in sources else None
