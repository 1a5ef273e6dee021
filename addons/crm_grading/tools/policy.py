"""What a grade's policy does with one value of a customer (price list, payment term, credit limit, tag).

The policy only ever fills what nobody has filled, and only ever takes back what it has filled itself. Whatever a person
has set stays, and is reported.
"""
from typing import NamedTuple

# kind of value: field of the contact, field of the effect with the value set, field with the value before
KINDS = {
    'pricelist': ('specific_property_product_pricelist', 'pricelist_id', 'previous_pricelist_id'),
    'payment_term': ('property_payment_term_id', 'payment_term_id', 'previous_payment_term_id'),
    'credit_limit': ('credit_limit', 'amount', 'previous_amount'),
}


class Step(NamedTuple):
    """What to do: keep, set (the wanted value), restore (the value before) or report; and with the earlier effect: end it or not."""
    action: str
    reason: str = ''
    ends: bool = False


def decide(current, blank, wanted, applied=None, at_least=False):
    """Return the :class:`Step` for one value.

    :param current: the value now
    :param blank: the value of somebody for whom nobody has set one
    :param wanted: the value of the grade; None: the grade leaves it alone
    :param applied: the value that a policy has set and not taken back; None: none has
    :param at_least: ``wanted`` is a minimum; a higher value is as good

    Entering a grade fills a blank, and leaves what a person has set:

    >>> decide(0, 0, 7).action, decide(5, 0, 7), decide(7, 0, 7).action
    ('set', Step(action='report', reason='hand', ends=False), 'keep')

    Leaving takes back what the policy has set, unless a person has changed it since:

    >>> decide(7, 0, None, applied=7)
    Step(action='restore', reason='', ends=True)
    >>> decide(5, 0, None, applied=7)
    Step(action='report', reason='changed', ends=True)
    >>> decide(0, 0, 7, applied=7), decide(0, 0, None, applied=7).action
    (Step(action='report', reason='changed', ends=True), 'keep')

    From one grade's value to the next one's, and a minimum that is reached already:

    >>> decide(7, 0, 9, applied=7)
    Step(action='set', reason='', ends=True)
    >>> [decide(limit, 0, 7, at_least=True).action for limit in (6, 7, 8)]
    ['report', 'keep', 'keep']
    """
    ours = applied is not None and current == applied
    if wanted is None:
        if ours:
            return Step('restore', ends=True)
        if applied is None or current == blank:
            return Step('keep', ends=applied is not None)
        return Step('report', 'changed', ends=True)
    if current == wanted:
        return Step('keep', ends=applied is not None and not ours)
    if ours or (applied is None and current == blank):
        return Step('set', ends=ours)
    if at_least and current > wanted:
        return Step('keep', ends=applied is not None)
    return Step('report', 'hand' if applied is None else 'changed', ends=applied is not None)
