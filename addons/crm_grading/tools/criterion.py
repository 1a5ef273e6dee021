"""Comparisons of a measured value with one or two numbers, the same in Python and in SQL.

"No data" is not zero: it satisfies only "has no value", never a comparison.
"""
from odoo.tools import SQL

OPERATORS = [
    ('>=', "at least"),
    ('<=', "at most"),
    ('>', "more than"),
    ('<', "less than"),
    ('between', "between"),
    ('empty', "has no value"),
    ('set', "has a value"),
]
WITHOUT_VALUE = ('empty', 'set')


def holds(operator, measured, value=0.0, value2=0.0):
    """Return whether a ``measured`` number (None: no data) satisfies a comparison; "between" includes both ends.

    >>> holds('>=', 10, 10), holds('>', 10, 10), holds('<=', 10, 10), holds('<', 10, 10)
    (True, False, True, False)
    >>> [holds('between', number, 10, 20) for number in (9.99, 10, 20, 20.01)]
    [False, True, True, False]
    >>> holds('<', None, 10), holds('empty', None), holds('empty', 0), holds('set', 0)
    (False, True, False, True)
    """
    if operator in WITHOUT_VALUE:
        return (measured is None) == (operator == 'empty')
    if measured is None:
        return False
    return {
        '>=': measured >= value,
        '<=': measured <= value,
        '>': measured > value,
        '<': measured < value,
        'between': value <= measured <= value2,
    }[operator]


def holds_sql(operator, measured: SQL, value=0.0, value2=0.0) -> SQL:
    """Return the SQL condition of :func:`holds`; never NULL, so that it can be negated and combined.

    >>> holds_sql('>=', SQL("x"), 10).code
    'COALESCE(x >= %s, FALSE)'
    >>> holds_sql('empty', SQL("x")).code
    '(x IS NULL)'
    """
    if operator == 'empty':
        return SQL("(%s IS NULL)", measured)
    if operator == 'set':
        return SQL("(%s IS NOT NULL)", measured)
    if operator == 'between':
        return SQL("COALESCE(%s BETWEEN %s AND %s, FALSE)", measured, value, value2)
    compare = {'>=': SQL(">="), '<=': SQL("<="), '>': SQL(">"), '<': SQL("<")}[operator]
    return SQL("COALESCE(%s %s %s, FALSE)", measured, compare, value)
