"""Rules of amendments: their states, what differs between two versions, and how a plan follows an amount that has changed."""

STATES = [
    ('draft', "Draft"), ('approval', "In Approval"), ('approved', "Approved"), ('applied', "In Force"), ('cancelled', "Cancelled"),
]
# what people do with an amendment -> (the states it may be in, the state it gets, the roles that may do it).
# What "approve" and "reject" take besides depends on the approvers of the contract's type.
TRANSITIONS = {
    'submit': ({'draft'}, 'approval', {'rep', 'manager'}),
    'approve': ({'approval'}, 'approved', {'rep', 'manager', 'finance'}),
    'reject': ({'approval'}, 'draft', {'rep', 'manager', 'finance'}),
    'apply': ({'approved'}, 'applied', {'rep', 'manager'}),
    'cancel': ({'draft', 'approval', 'approved'}, 'cancelled', {'rep', 'manager'}),
    'reset': ({'approval', 'approved'}, 'draft', {'rep', 'manager'}),
}
OPEN = ('draft', 'approval', 'approved')
PLAN_RULES = [
    ('last', "On the last open instalment"), ('spread', "Over all open instalments"), ('none', "As entered under Plan"),
]
# terms of a contract that an amendment changes by itself -> the aspect that changes with them
TERMS = {
    'title': 'scope', 'date_end': 'scope', 'warranty_months': 'scope', 'clauses': 'scope', 'signatory_id': 'party', 'user_id': 'party',
    'manual_untaxed': 'price', 'manual_total': 'price',
}


def settle(steps, difference, rule, rounding=2):
    """Return the planned amounts after a difference has been put on the open steps; ``None`` where there is no room for it.

    :param steps: list of (planned amount, amount done already, is open), in the order of the plan
    :param difference: what the plan lacks (negative: what it has too much)
    :param rule: 'last' fills from the end, 'spread' by the size of the open steps; the last one takes the rounding

    >>> settle([(300, 300, False), (600, 0, True), (100, 0, True)], 50, 'last')
    [300, 600, 150]
    >>> settle([(300, 300, False), (600, 200, True), (100, 0, True)], -250, 'last')
    [300, 450, 0]
    >>> settle([(100, 0, True), (200, 0, True)], 100, 'spread')
    [133.33, 266.67]
    >>> settle([(100, 80, True)], -50, 'last') is None
    True
    """
    amounts = [amount for amount, _done, _open in steps]
    rest = round(difference, rounding)
    if rule == 'spread':
        base = sum(amount for amount, _done, is_open in steps if is_open)
        for index, (amount, done, is_open) in enumerate(steps):
            if is_open and base:
                amounts[index] = max(round(amount + difference * amount / base, rounding), done)
        rest = round(difference - sum(amounts) + sum(amount for amount, _done, _open in steps), rounding)
    for index in reversed(range(len(steps))):
        if rest and steps[index][2]:
            changed = max(round(amounts[index] + rest, rounding), steps[index][1])
            rest = round(rest - changed + amounts[index], rounding)
            amounts[index] = changed
    return None if rest else amounts


def differences(before, after):
    """Return what differs between two versions of a contract, as a list of (section, name, before, after).

    :param before: {section: {name: text}}; so is ``after``. What is in one of them only is empty in the other.

    >>> differences({'terms': {'Subject': 'A', 'Ends On': ''}}, {'terms': {'Subject': 'B', 'Ends On': ''}, 'plan': {'Final': '10'}})
    [('terms', 'Subject', 'A', 'B'), ('plan', 'Final', '', '10')]
    """
    sections = [*before, *(section for section in after if section not in before)]
    found = []
    for section in sections:
        old, new = before.get(section, {}), after.get(section, {})
        found += [
            (section, name, old.get(name, ''), new.get(name, '')) for name in [*old, *(name for name in new if name not in old)]
            if old.get(name, '') != new.get(name, '')]
    return found


def named(pairs):
    """Return pairs of (name, text) as a dictionary; a name that occurs again gets a number.

    >>> named([('Instalment', '10'), ('Instalment', '20'), ('Final', '5')])
    {'Instalment': '10', 'Instalment (2)': '20', 'Final': '5'}
    """
    found, counts = {}, {}
    for name, text in pairs:
        counts[name] = counts.get(name, 0) + 1
        found[name if counts[name] == 1 else f'{name} ({counts[name]})'] = text
    return found


def packed(version):
    """Return a version of a contract in a form that JSON of a database keeps in order, which it does not with dictionaries.

    >>> packed({'terms': {'Subject': 'A', 'Day': '1'}})
    [['terms', [['Subject', 'A'], ['Day', '1']]]]
    """
    return [[section, [list(row) for row in rows.items()]] for section, rows in version.items()]


def unpacked(stored):
    """Return a version that :func:`packed` has made ready to be stored.

    >>> unpacked([['terms', [['Subject', 'A'], ['Day', '1']]]]), unpacked(None)
    ({'terms': {'Subject': 'A', 'Day': '1'}}, {})
    """
    return {section: dict(rows) for section, rows in stored or ()}
