"""Complaints as a process of its own: what must be known before one is over, as data."""

SEVERITIES = [('minor', "Minor"), ('major', "Major"), ('critical', "Critical")]
VERDICTS = [('satisfied', "Satisfied"), ('unsatisfied', "Not Satisfied")]
NEEDED = ('cause_id', 'remedy')   # without these nobody learns from a complaint


def amount_problem(amount, billed, credited):
    """Return why a compensation cannot be credited on an invoice, None where it can.

    :param amount: the compensation; like the others before tax, in the invoice's currency
    :param billed: the invoice
    :param credited: credit notes on it already, drafts included

    >>> [amount_problem(amount, 100, 40) for amount in (0, 60, 60.01)]
    ['nothing', None, 'too_much']
    >>> amount_problem(-5, 100, 0)
    'nothing'
    """
    if amount <= 0:
        return 'nothing'
    return 'too_much' if round(amount - (billed - credited), 6) > 0 else None
