"""Visit tasks: what may become of a line, how customers are shared out, and what the answers come to."""
from collections import Counter

OPEN = ('unassigned', 'new', 'accepted')
LINE_STATES = [
    ('unassigned', "Nobody yet"), ('new', "To accept"), ('accepted', "Accepted"), ('declined', "Declined"), ('done', "Done"),
    ('expired', "Expired"), ('cancelled', "Cancelled"),
]
# What people do with a line -> (the states it may be in, the state it gets).
TRANSITIONS = {
    'accept': ({'new'}, 'accepted'),
    'decline': ({'new', 'accepted'}, 'declined'),
    'assign': ({'unassigned', 'new', 'accepted', 'declined', 'expired'}, 'new'),
    'finish': ({'new', 'accepted', 'expired'}, 'done'),
    'expire': ({'unassigned', 'new', 'accepted', 'declined'}, 'expired'),
    'cancel': ({'unassigned', 'new', 'accepted', 'declined'}, 'cancelled'),
}


def target(transition, state):
    """Return the state that a line gets, None where it may not.

    >>> target('accept', 'new'), target('accept', 'done')
    ('accepted', None)
    """
    sources, result = TRANSITIONS[transition]
    return result if state in sources else None


def split_evenly(customers, people):
    """Share customers out: nobody gets two more than another; those of a city, and of an owner, stay together where they can.

    :param customers: list of (key, owner, city)
    :param people: keys of the people, in the order in which the odd ones are given out
    :return: ``{key: person}``

    >>> split_evenly([(1, 'x', 'B'), (2, 'y', 'A'), (3, None, 'A'), (4, 'x', 'A'), (5, 'x', 'B')], ['x', 'y'])
    {1: 'x', 5: 'x', 4: 'x', 2: 'y', 3: 'y'}
    >>> split_evenly([], ['x']), split_evenly([(1, None, '')], ['x', 'y'])
    ({}, {1: 'x'})
    """
    if not people:
        return {}
    share, odd = divmod(len(customers), len(people))
    room = {person: share + (number < odd) for number, person in enumerate(people)}
    result = {}
    by_city = sorted(customers, key=lambda item: (item[2] or '', item[0]))
    for person in people:   # first everybody's own, the customers of the city with most of them first
        own = [item for item in by_city if item[1] == person]
        weight = Counter(item[2] for item in own)
        own.sort(key=lambda item: (-weight[item[2]], item[2] or '', item[0]))
        for key, _owner, _city in own[:room[person]]:
            result[key] = person
            room[person] -= 1
    rest = iter([item for item in by_city if item[0] not in result])
    for person in people:
        for _number in range(room[person]):
            result[next(rest)[0]] = person
    return result


def average(counts):
    """Return the mean of ``{number: how often}``, None of nothing.

    >>> average({10.0: 1, 4.0: 2}), average({})
    (6.0, None)
    """
    number = sum(counts.values())
    return sum(value * times for value, times in counts.items()) / number if number else None
