"""Who of a team gets a ticket: pure rules, what is wished for in the order in which it counts."""
from dataclasses import dataclass
from typing import Any, NamedTuple

HOWS = [('manual', "By Hand"), ('turn', "In Turn"), ('load', "Whoever Has the Fewest Open Tickets")]


@dataclass
class Seat:
    """Somebody of a team who may get tickets; ``load`` and ``turn`` go on counting while a batch is given out."""
    id: Any
    user: Any
    skills: frozenset = frozenset()   # ids of tags
    langs: frozenset = frozenset()    # language codes
    capacity: int = 0                 # the most open tickets of the person; 0: any number
    load: int = 0                     # open tickets that the person has
    turn: int = 0                     # which number the last ticket had that was given to the person
    is_away: bool = False

    @property
    def has_room(self):
        return not self.is_away and not (self.capacity and self.load >= self.capacity)


class Wish(NamedTuple):
    """What a ticket would like of the person who gets it."""
    skills: frozenset = frozenset()
    lang: str = ''
    known: Any = None           # who looks after this customer already
    must_know: bool = False     # nobody without the skills gets it


class Choice(NamedTuple):
    """Who gets a ticket (None: nobody), and the keys of the reasons in the order in which they decided."""
    seat: Seat | None
    why: tuple


def speaks(seat, lang):
    """Return whether somebody speaks a language, whichever the country.

    >>> [speaks(Seat(1, 1, langs=frozenset({'fr_FR', 'en_US'})), lang) for lang in ('fr_BE', 'en_US', 'zh_CN')]
    [True, True, False]
    """
    return lang.split('_')[0] in {code.split('_')[0] for code in seat.langs}


def choose(seats, wish, how):
    """Return the :class:`Choice` for a ticket.

    Who is away or has no room is out. Of the others those stay who meet a wish, wish by wish; one that nobody meets is left aside.
    Among those left it is the one whose turn is longest ago, or who has the least open.

    :param seats: list of :class:`Seat`
    :param how: ``turn`` or ``load``

    >>> ann, bob = Seat(1, 'ann', skills=frozenset({7}), load=5, turn=2), Seat(2, 'bob', langs=frozenset({'fr_FR'}), turn=1)
    >>> choose([ann, bob], Wish(), 'turn').seat.user, choose([ann, bob], Wish(), 'load').why
    ('bob', ('load',))
    >>> choose([ann, bob], Wish(skills=frozenset({7}), lang='fr_BE'), 'turn')[1]
    ('skills', 'turn')
    >>> choose([ann, bob], Wish(lang='fr_BE', known='ann'), 'load').seat.user
    'bob'
    >>> choose([ann, bob], Wish(known='ann'), 'load').seat.user
    'ann'

    A skill that is asked for and that nobody with room has, is left aside unless it is a must:

    >>> ann.is_away = True
    >>> choose([ann, bob], Wish(skills=frozenset({7})), 'turn').why
    ('no_skills', 'turn')
    >>> choose([ann, bob], Wish(skills=frozenset({7}), must_know=True), 'turn')
    Choice(seat=None, why=('nobody_knows',))

    Nobody is there, or all are full:

    >>> bob.capacity = bob.load = 3
    >>> choose([ann, bob], Wish(), 'turn').why, choose([ann], Wish(), 'turn').why, choose([], Wish(), 'turn').why
    (('full',), ('away',), ('empty',))
    """
    left, why = [seat for seat in seats if seat.has_room], []
    if not left:
        return Choice(None, (_nobody(seats),))
    for key, meets in _wishes(wish):
        meeting = [seat for seat in left if meets(seat)]
        if meeting:
            left = meeting
            why.append(key)
        elif key == 'skills' and wish.must_know:
            return Choice(None, ('nobody_knows',))
        elif key == 'skills':
            why.append('no_skills')
    by_load = how == 'load'
    seat = min(left, key=lambda seat: (seat.load if by_load else 0, seat.turn, seat.id))
    return Choice(seat, (*why, 'load' if by_load else 'turn'))


def _wishes(wish):
    if wish.skills:
        yield 'skills', lambda seat: wish.skills <= seat.skills
    if wish.lang:
        yield 'lang', lambda seat: speaks(seat, wish.lang)
    if wish.known:
        yield 'known', lambda seat: seat.user == wish.known


def _nobody(seats):
    present = [seat for seat in seats if not seat.is_away]
    return 'full' if present else 'away' if seats else 'empty'


def deal(tickets, how):
    """Give tickets out one after the other, so that each counts for the next; return a :class:`Choice` for each.

    :param tickets: list of (:class:`Wish`, seats of the team)
    :param how: a function of the position of a ticket to ``turn`` or ``load``

    >>> seats = [Seat(1, 'ann', turn=4), Seat(2, 'bob', capacity=2, load=1, turn=3)]
    >>> [choice.seat and choice.seat.user for choice in deal([(Wish(), seats)] * 4, lambda index: 'turn')]
    ['bob', 'ann', 'ann', 'ann']
    """
    of_user = {}
    for seats in {id(seats): seats for _wish, seats in tickets}.values():
        for seat in seats:
            of_user.setdefault(seat.user, []).append(seat)   # somebody may sit in several teams, and has one pair of hands
    choices = []
    for index, (wish, seats) in enumerate(tickets):
        choice = choose(seats, wish, how(index))
        if choice.seat:
            choice.seat.turn = max(seat.turn for seat in seats) + 1
            for seat in of_user[choice.seat.user]:
                seat.load += 1
        choices.append(choice)
    return choices
