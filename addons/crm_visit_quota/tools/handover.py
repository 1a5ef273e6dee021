"""Who gets which customer when customers are handed over: pure rules."""
from collections import defaultdict
from typing import Any, NamedTuple

SPLITS = [
    ('one', "All to One Person"), ('even', "Evenly"), ('grade', "Evenly in Each Grade"), ('city', "By City"),
    ('line', "Customer by Customer"),
]


class Portion(NamedTuple):
    """A customer to be given to somebody."""
    id: Any
    grade: int = 0   # rank of the grade, the best first; customers without one come last
    city: str = ''


def split(rule, customers, receivers):
    """Return ``{customer id: receiver}``; the same input always gives the same answer.

    :param rule: a key of :data:`SPLITS`; 'line' leaves the choice to people and returns nothing
    :param customers: list of :class:`Portion`
    :param receivers: list of those who get customers

    >>> deal = [Portion(1, 2, 'Lyon'), Portion(2, 1, 'Paris'), Portion(3, 1, 'Lyon'), Portion(4, 2, ''), Portion(5, 2, 'Lyon')]
    >>> split('one', deal, ['a', 'b'])
    {1: 'a', 2: 'a', 3: 'a', 4: 'a', 5: 'a'}
    >>> split('even', deal, ['a', 'b'])
    {1: 'a', 2: 'b', 3: 'a', 4: 'b', 5: 'a'}

    Every grade is shared out evenly, and so is the whole: dealing goes on where the grade before ended.

    >>> split('grade', deal, ['a', 'b'])
    {2: 'a', 3: 'b', 1: 'a', 4: 'b', 5: 'a'}

    A city stays in one hand; the biggest go first, to whoever has fewest. Customers without a city fill up at the end.

    >>> split('city', deal, ['a', 'b'])
    {1: 'a', 3: 'a', 5: 'a', 2: 'b', 4: 'b'}
    >>> split('line', deal, ['a', 'b'])
    {}
    >>> split('even', deal, [])
    {}
    """
    if rule == 'line' or not receivers:
        return {}
    if rule == 'one':
        return {customer.id: receivers[0] for customer in customers}
    if rule == 'city':
        return _by_city(customers, receivers)
    key = (lambda customer: (customer.grade, customer.id)) if rule == 'grade' else (lambda customer: customer.id)
    return {
        customer.id: receivers[number % len(receivers)]
        for number, customer in enumerate(sorted(customers, key=key))}


def _by_city(customers, receivers):
    cities = defaultdict(list)
    for customer in sorted(customers, key=lambda customer: customer.id):
        # without a city a customer is a place of its own
        cities[(1, customer.id) if not customer.city.strip() else (0, customer.city.strip().casefold())].append(customer.id)
    loads = [0] * len(receivers)
    result = {}
    for place in sorted(cities, key=lambda place: (place[0], -len(cities[place]), place[1])):
        index = loads.index(min(loads))
        loads[index] += len(cities[place])
        result.update(dict.fromkeys(cities[place], receivers[index]))
    return result
