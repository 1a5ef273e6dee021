"""A foreign file as a table: the columns that it has to have, and rows whose cells are read as what they should be.

Nothing here knows the ORM. What the errors say to people stands in models/crm_foreign_file.py.

>>> table = ForeignTable(b'who,day,sum\\nAnn,9/12/2011,7\\nBo,31/31/2011,x\\n', ('who', 'day', 'sum'))
>>> [row.text('who') for row in table]
['Ann', 'Bo']
>>> try:
...     table.collect(lambda row: (row.day('day', 'dmy'), row.number('sum')))
... except ForeignFileError as error:
...     [(problem.code, problem.params['line'], problem.params['value']) for problem in error.params['problems']]
[('value', 3, '31/31/2011')]
"""
import datetime

from .foreign_file import ForeignFileError, read_rows
from .foreign_values import decimal_mark, parse_date, parse_number

MOST_PROBLEMS = 10  # so many are told at once: whoever corrects a file wants them all, nobody reads a thousand


class RowError(ForeignFileError):
    """One row cannot be used: ``code`` is ``value`` (line, column, value) or ``twice`` (line, column, value, first)."""


class ForeignTable:
    """The rows of a file below its header; blank rows are passed over.

    :param bytes raw: a .csv, .csv.gz or .xlsx; encoding and delimiter are found out
    :param needed: columns without which the file is of no use
    :param places: function from the texts of the header to ``{column: position}``; default: by the texts themselves
    :param int most: so many rows are accepted
    :raise ForeignFileError: not readable, ``empty``, ``columns`` missing (their names), ``too_many`` rows (the count accepted)
    """

    def __init__(self, raw, needed, places=None, most=None):
        found = [(line, cells) for line, cells in read_rows(raw) if any(cell.strip() for cell in cells)]
        if not found:
            raise ForeignFileError('empty')
        self.places = (places or _by_name)([text.strip() for text in found[0][1]])
        if missing := [column for column in needed if column not in self.places]:
            raise ForeignFileError('columns', columns=', '.join(missing))
        if len(found) < 2:
            raise ForeignFileError('empty')
        if most and len(found) - 1 > most:
            raise ForeignFileError('too_many', count=most)
        self._rows, self._marks = found[1:], {}

    def __iter__(self):
        return (Row(self, line, cells) for line, cells in self._rows)

    def mark(self, column):
        """Return the decimal mark of a column, decided by all that it holds."""
        if column not in self._marks:
            self._marks[column] = decimal_mark(row.text(column) for row in self)
        return self._marks[column]

    def collect(self, convert, key=None):
        """Return what a function makes of each row.

        :param convert: called with a :class:`Row`
        :param key: column whose values may stand there only once
        :raise ForeignFileError: ``rows`` with the first ``problems``, a list of :class:`RowError`
        """
        found, problems, seen = [], [], {}
        for row in self:
            try:
                found.append(convert(row))
                if key:
                    first = seen.setdefault(row.text(key), row.line)
                    if first != row.line:
                        raise RowError('twice', line=row.line, column=key, value=row.text(key), first=first)
            except RowError as problem:
                problems.append(problem)
                if len(problems) == MOST_PROBLEMS:
                    break
        if problems:
            raise ForeignFileError('rows', problems=problems)
        return found


class Row:
    """A row of a :class:`ForeignTable`. What cannot be read as asked for raises :class:`RowError`; an empty cell is None, where it may be
    empty."""
    __slots__ = ('cells', 'line', 'table')

    def __init__(self, table, line, cells):
        self.table, self.line, self.cells = table, line, cells

    def refuse(self, column):
        """Raise that the row has a wrong value in the column."""
        raise RowError('value', line=self.line, column=column, value=self.text(column))

    def text(self, column, needed=False):
        """Return the text of a cell without blanks around it; '' where the row is short or the column missing."""
        place = self.table.places.get(column)
        text = self.cells[place].strip() if place is not None and place < len(self.cells) else ''
        if needed and not text:
            self.refuse(column)
        return text

    def one_of(self, column, choices):
        """Return the text of a cell, one of some."""
        text = self.text(column)
        return text if text in choices else self.refuse(column)

    def day(self, column, order='ymd', needed=False):
        """Return a date.

        :param str order: 'dmy', 'mdy' or 'ymd', how it is written where it does not begin with the year in full
        """
        return self._parsed(column, lambda text: parse_date(text, order), needed)

    def moment(self, column, form, empty=('',)):
        """Return a date and time written in one form (as of ``strptime``), None for a text that means none."""
        text = self.text(column)
        return None if text in empty else self._parsed(column, lambda text: datetime.datetime.strptime(text, form))

    def number(self, column, needed=False):
        """Return a number, with the decimal mark of its column."""
        return self._parsed(column, lambda text: parse_number(text, self.table.mark(column)), needed)

    def _parsed(self, column, parse, needed=False):
        text = self.text(column, needed)
        try:
            return parse(text) if text else None
        except ValueError:
            self.refuse(column)


def _by_name(header):
    places = {}
    for position, text in enumerate(header):
        places.setdefault(text, position)
    return places
