"""Read a sales history: recognise its columns and ways of writing, then turn rows into sales lines or problems.

Nothing here knows the ORM. `SalesFile(raw)` looks at the file, `lines()` walks through it.
"""
import datetime
from collections import namedtuple
from decimal import Decimal
from itertools import islice

from .foreign_file import ForeignFileError, read_rows
from .foreign_values import YEAR_LAST, date_order, decimal_mark, parse_date, parse_number, tidy
from .sales_columns import apply_mapping, find_header, missing_roles

SAMPLE_ROWS = 20000
EARLIEST = datetime.date(1970, 1, 1)

SalesLine = namedtuple(
    'SalesLine', 'line number order product description quantity price amount date customer customer_name country currency')
Problem = namedtuple('Problem', 'line reason value cells')  # reason: see models/crm_sales_import_texts.py


class SalesFile:
    """A sales history and how it is written.

    :param bytes raw: content of a .csv, .csv.gz or .xlsx
    :param dict mapping: role -> header text or position, overrides the recognised columns
    :param str encoding: None = detect
    :param str delimiter: None = detect
    :param str order: 'dmy', 'mdy' or 'ymd', how dates are written; None = decide by evidence
    :param str mark: decimal mark; None = decide by evidence
    :raises ForeignFileError: not readable, or a needed column is missing when `lines` is called
    """

    def __init__(self, raw, mapping=None, encoding=None, delimiter=None, order=None, mark=None):
        self._raw, self._encoding, self._delimiter = raw, encoding, delimiter
        head = list(islice(self._rows(), SAMPLE_ROWS))
        if not head:
            raise ForeignFileError('empty')
        index, self.header = find_header(head)
        self.header_line = head[index][0]
        self.sample = [(line, cells) for line, cells in head[index + 1:] if any(cell.strip() for cell in cells)]
        if not self.sample:
            raise ForeignFileError('empty')
        self.roles = apply_mapping(self.header, mapping)
        self.mark = mark or decimal_mark(
            text for role in ('quantity', 'price', 'amount') for text in self._column(role))
        self.order, self.order_proven = (order, True) if order else self._date_order()

    def _rows(self):
        return read_rows(self._raw, self._encoding, self._delimiter)

    def _column(self, role, rows=None):
        position = self.roles.get(role)
        if position is None:
            return
        for _line, cells in rows or self.sample:
            if position < len(cells):
                yield cells[position]

    def _date_order(self):
        """Look at the first rows, and at all of them when these leave it open."""
        order, proven = date_order(self._column('date'))
        if not proven and len(self.sample) >= SAMPLE_ROWS // 2:
            order, proven = date_order(self._column('date', self._rows()))
        return order, proven or not any(YEAR_LAST.match(tidy(text)) for text in islice(self._column('date'), 100))

    def writing(self):
        """How each column is written, whatever it means: list of (date order, whether proven, decimal mark)."""
        found = []
        for position in range(len(self.header)):
            texts = [cells[position] for _line, cells in self.sample if position < len(cells)]
            order = (self.order, self.order_proven) if position == self.roles.get('date') else date_order(texts)
            found.append((*order, decimal_mark(texts)))
        return found

    def check(self):
        """Refuse a file that lacks a needed column."""
        if missing := missing_roles(self.roles):
            raise ForeignFileError('missing_columns', roles=', '.join(missing))

    def lines(self, today=None, currencies=None):
        """Iterate over the rows below the header as `SalesLine` or `Problem`; blank rows are passed over.

        :param date today: later days are problems; None = any day is accepted
        :param set currencies: accepted codes of the currency column; None = any
        """
        self.check()
        parse = LineParser(self, today, currencies)
        for line, cells in self._rows():
            if line > self.header_line and any(cells):
                yield parse(line, cells)


class LineParser:
    """Turns the cells of a row into a `SalesLine` or a `Problem`. Repeated dates and numbers are parsed once."""

    def __init__(self, file, today, currencies):
        self.roles, self.order, self.mark = file.roles, file.order, file.mark
        self.today, self.currencies = today, currencies
        self.by_customer_name = 'customer' not in self.roles
        self.dates, self.numbers = {}, {}

    def __call__(self, line, cells):
        width = len(cells)
        text = {role: cells[place].strip() if place < width else '' for role, place in self.roles.items()}
        customer = customer_key(text.get('customer_name' if self.by_customer_name else 'customer', ''))
        if not customer:
            return Problem(line, 'no_customer' if width > 1 else 'short', width, cells)
        try:
            day = self._date(text['date'])
            number = text.get('number', f'{customer}-{day:%Y%m%d}')
            if not number:
                return Problem(line, 'no_number', '', cells)
            quantity, price, amount = self._money(text)
        except RowError as error:
            return Problem(line, error.reason, error.value, cells)
        currency = text.get('currency', '').upper()
        if currency and self.currencies is not None and currency not in self.currencies:
            return Problem(line, 'currency', currency, cells)
        return SalesLine(
            line, number, text.get('order', ''), text.get('product', ''), text.get('description', ''), quantity, price,
            amount, day, customer, text.get('customer_name', ''), text.get('country', ''), currency)

    def _date(self, text):
        day = self.dates.get(text)
        if day is None:
            try:
                day = parse_date(text, self.order)
            except ValueError:
                raise RowError('date', text) from None
            if day < EARLIEST:
                raise RowError('ancient', text)
            if self.today and day > self.today:
                raise RowError('future', text)
            self.dates[text] = day
        return day

    def _money(self, text):
        """Quantity, price and exact amount; what is missing follows from the other two."""
        quantity = self._number('quantity', text['quantity']) if 'quantity' in text else Decimal(1)
        if 'amount' not in text:
            price = self._number('price', text['price'])
            return quantity, price, quantity * price
        amount = self._number('amount', text['amount'])
        if 'price' in text:
            price = self._number('price', text['price'])
            if abs(quantity * price) == abs(amount):
                return quantity, price, amount
        return (quantity, amount / quantity, amount) if quantity else (Decimal(1), amount, amount)

    def _number(self, role, text):
        number = self.numbers.get(text)
        if number is None:
            try:
                number = parse_number(text, self.mark)
            except ValueError:
                raise RowError(role, text) from None
            if abs(number) >= 10**12:
                raise RowError(role, text)
            self.numbers[text] = number
        return number


class RowError(Exception):
    """One cell of a row cannot be understood."""

    def __init__(self, reason, value):
        super().__init__(reason)
        self.reason, self.value = reason, value


def customer_key(text):
    """A customer id as one would write it; spreadsheets turn 17850 into 17850.0.

    >>> customer_key(' 17850.0 '), customer_key('A-7')
    ('17850', 'A-7')
    """
    text = text.strip()
    return text[:-2] if text.endswith('.0') and text[:-2].isdigit() else text
