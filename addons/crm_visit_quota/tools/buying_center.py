"""What a deal's buying center covers, and where its people stand: the rules, without the ORM."""

INFLUENCE = (1, 5)
RELATIONSHIP = (-2, 2)


def coverage(required, held):
    """Return how far the roles that a stage requires are covered.

    A role that somebody holds counts half, one whose holder has been contacted counts fully.

    :param required: ids of the roles that the stage requires, in order
    :param held: {id of a role that somebody holds: whether one of its holders has been contacted}
    :return: (percentage, level, ids of the roles that nobody holds, ids of the roles held but not contacted)

    >>> coverage([1, 2], {1: True, 3: True})
    (50.0, 'part', [2], [])
    >>> coverage([1, 2], {1: True, 2: False})
    (75.0, 'part', [], [2])
    >>> coverage([1], {1: True})
    (100.0, 'full', [], [])
    >>> coverage([1], {})
    (0.0, 'none', [1], [])
    >>> coverage([], {1: True})
    (100.0, 'free', [], [])
    """
    unknown = [role for role in required if role not in held]
    distant = [role for role in required if role in held and not held[role]]
    if not required:
        return 100.0, 'free', unknown, distant
    share = (len(required) - len(unknown) - len(distant) / 2) / len(required)
    return round(100 * share, 1), level(share), unknown, distant


def level(share):
    """Return the level of a covered share from 0 to 1.

    >>> [level(share) for share in (0, 0.01, 0.99, 1)]
    ['none', 'part', 'part', 'full']
    """
    return 'none' if share <= 0 else 'full' if share >= 1 else 'part'


def required_roles(rank, wanted_from):
    """Return the ids of the roles that a stage requires: those wanted from this stage or an earlier one on.

    :param rank: place of the stage in the pipeline
    :param wanted_from: [(id of a role, rank of the stage it is required from, None for never)], in the order of the roles

    >>> required_roles(2, [(7, 2), (8, 1), (9, 3), (10, None)])
    [7, 8]
    """
    return [role for role, start in wanted_from if start is not None and start <= rank]
