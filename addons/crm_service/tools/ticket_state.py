"""What may become of a ticket: states, the moves between them and who may make them, as data.

A *stage* is a column that a company names as it likes; each stands for one *state*, and everything that counts (service levels, what the
customer sees, reports) looks at the state only.
"""

STATES = [
    ('new', "New"),              # nobody has taken it up
    ('open', "In Progress"),     # the next step is ours
    ('waiting', "Waiting"),      # the next step is the customer's
    ('solved', "Solved"),        # we think it is done; the customer may say no
    ('closed', "Closed"),        # it is done
    ('cancelled', "Cancelled"),  # it is no ticket: spam, a mistake, a double
]
ACTIVE = ('new', 'open', 'waiting')      # work is left
OURS = ('new', 'open')                   # the clock of a promise runs
DONE = ('solved', 'closed')              # the promise of a resolution is kept
OVER = ('closed', 'cancelled')

# state -> the states it may get, by who asks. A lead may do what an agent may, a manager what a lead may.
MOVES = {
    'agent': {
        'new': {'open', 'waiting', 'solved', 'closed', 'cancelled'},
        'open': {'new', 'waiting', 'solved', 'closed', 'cancelled'},
        'waiting': {'new', 'open', 'solved', 'closed', 'cancelled'},
        'solved': {'open', 'waiting', 'closed'},
        'closed': {'open'},
        'cancelled': set(),
    },
    'lead': {
        'solved': {'cancelled'},
        'closed': {'waiting', 'solved', 'cancelled'},
        'cancelled': {'new', 'open'},
    },
    # in the portal or by mail: says that it is done, or that it is not
    'customer': {
        'new': {'closed'},
        'open': {'closed'},
        'waiting': {'open', 'closed'},
        'solved': {'open', 'closed'},
        'closed': {'open'},
        'cancelled': set(),
    },
}
INHERITS = {'agent': ('agent',), 'lead': ('agent', 'lead'), 'customer': ('customer',)}

# What happens to a ticket and is put on its log, from which every figure can be found again.
EVENTS = [
    ('created', "Created"),
    ('stage', "Stage Changed"),
    ('assigned', "Assigned"),
    ('changed', "Terms Changed"),    # what a service level depends on: type, priority, team, customer, tags …
    ('asked', "Customer Wrote"),
    ('replied', "We Answered"),
    ('merged', "Merged"),
]
CHANNELS = [
    ('email', "E-mail"), ('portal', "Portal"), ('web', "Public Form"), ('phone', "Phone"), ('visit', "Visit"), ('document', "Document"),
    ('other', "Other"),
]
PRIORITIES = [('0', "Low"), ('1', "Normal"), ('2', "High"), ('3', "Urgent")]
KINDS = [
    ('question', "Question"), ('request', "Request"), ('repair', "Repair"), ('complaint', "Complaint"), ('praise', "Praise"),
]

# What the code writes, and nobody by hand.
KEPT = frozenset({
    'name', 'date_first_response', 'date_solved', 'date_closed', 'date_last_asked', 'date_last_replied', 'reopen_count', 'is_answer_due',
    'date_due', 'sla_state', 'merged_into_id', 'is_duplicate', 'assign_choice', 'credit_note_id', 'verdict_asked', 'customer_verdict',
    'verdict_date', 'verdict_note',
})
# What service levels depend on: a change is put on the log.
TERMS = frozenset({'type_id', 'priority', 'team_id', 'partner_id', 'tag_ids', 'product_id'})


def may_move(source, target, role):
    """Return whether ``role`` may bring a ticket from one state to another.

    >>> may_move('closed', 'open', 'customer'), may_move('cancelled', 'open', 'agent'), may_move('cancelled', 'open', 'lead')
    (True, False, True)
    >>> may_move('open', 'open', 'agent')
    True
    """
    return source == target or any(target in MOVES[part].get(source, ()) for part in INHERITS[role])


def effects(source, target, now):
    """Return what a move writes besides the stage.

    >>> effects('open', 'solved', 'T')
    {'date_solved': 'T', 'date_closed': False}
    >>> effects('solved', 'closed', 'T')
    {'date_closed': 'T'}
    >>> effects('closed', 'open', 'T')
    {'date_solved': False, 'date_closed': False, 'reopened': True}
    >>> effects('new', 'waiting', 'T')
    {}
    """
    found = {}
    if target in DONE and source not in DONE:
        found['date_solved'] = now
    if target == 'closed' or target == 'cancelled':
        found['date_closed'] = now
    elif target in DONE and source not in DONE:
        found['date_closed'] = False
    if target in ACTIVE and source not in ACTIVE:
        found.update(date_solved=False, date_closed=False, reopened=True)
    return found
