"""Which promise a ticket gets: of those whose conditions it meets, the most specific one. Pure, and able to say why."""

# The conditions of a policy, the one that weighs most first.
CRITERIA = ('segment', 'grade', 'category', 'tag', 'type', 'domain', 'team', 'priority', 'kind')


def rank(policy):
    """Return by what policies are ordered, the most specific first: more conditions, then those that weigh more, then the sequence.

    :param policy: dict with ``id``, ``sequence`` (anything that can be ordered) and ``criteria`` {name: set of what is accepted}

    >>> rank({'id': 7, 'sequence': 10, 'criteria': {'grade': {1}, 'kind': {'complaint'}}})
    (-2, (1, 8), 10, 7)
    """
    places = tuple(place for place, name in enumerate(CRITERIA) if policy['criteria'].get(name))
    return -len(places), places, policy['sequence'], policy['id']


def failing(policy, facts):
    """Return the first condition that is not met, None where all are.

    >>> failing({'criteria': {'grade': {1, 2}, 'type': {5}}}, {'grade': {2}, 'type': {6}})
    'type'
    """
    return next((
        name for name in CRITERIA if policy['criteria'].get(name) and not policy['criteria'][name] & facts.get(name, frozenset())), None)


def choose(policies, facts):
    """Return the policy that a ticket gets, None where none fits, and why others were passed over.

    :param policies: list as in :func:`rank`, of one promise
    :param facts: what is true of the ticket: {name of a condition: set}
    :return: (policy, [(policy, reason)]) with the name of the condition that is not met, ``general`` where fewer conditions lost against
        more, else ``order``

    >>> plain, best = {'id': 1, 'sequence': 1, 'criteria': {}}, {'id': 2, 'sequence': 5, 'criteria': {'grade': {1}}}
    >>> both = [plain, best, {'id': 3, 'sequence': 9, 'criteria': {}}]
    >>> found, passed = choose(both, {'grade': {1}})
    >>> found['id'], [(policy['id'], reason) for policy, reason in passed]
    (2, [(1, 'general'), (3, 'general')])
    >>> found, passed = choose(both, {'grade': {4}})
    >>> found['id'], [(policy['id'], reason) for policy, reason in passed]
    (1, [(2, 'grade'), (3, 'order')])
    >>> choose([best], {})[0] is None
    True
    """
    chosen, passed = None, []
    for policy in sorted(policies, key=rank):
        reason = failing(policy, facts)
        if reason is None and chosen is None:
            chosen = policy
        elif reason is None:
            reason = 'general' if rank(policy)[0] > rank(chosen)[0] else 'order'
        if policy is not chosen:
            passed.append((policy, reason))
    return chosen, passed
