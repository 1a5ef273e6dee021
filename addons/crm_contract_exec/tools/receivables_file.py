"""Reading a file of receivables: customers' invoices with due day, dispute and the day on which they were settled."""
import csv
import datetime
import decimal
import gzip
import io
import zlib
from typing import NamedTuple

FORMATS = ('%m/%d/%Y', '%Y-%m-%d')  # the usual export, and ISO
COLUMNS = {
    'customer': 'customerID', 'number': 'invoiceNumber', 'date': 'InvoiceDate', 'due': 'DueDate', 'amount': 'InvoiceAmount',
    'disputed': 'Disputed', 'settled': 'SettledDate',
}


class ReceivablesFileError(Exception):
    """Why a file cannot be used; ``code`` is one of 'damaged', 'empty', 'columns', 'value', 'twice', with the values for a message."""

    def __init__(self, code, **values):
        super().__init__(f'{code}: {values}')
        self.code, self.values = code, values


class Receivable(NamedTuple):
    """A row of the file."""
    line: int
    customer: str
    number: str
    date: datetime.date
    due: datetime.date
    amount: decimal.Decimal
    disputed: bool
    settled: datetime.date | None


def read_date(text):
    """Return the day that a text means.

    >>> read_date('1/31/2013'), read_date('2013-01-31')
    (datetime.date(2013, 1, 31), datetime.date(2013, 1, 31))
    >>> read_date('31/1/2013')
    Traceback (most recent call last):
    ValueError: 31/1/2013
    """
    for form in FORMATS:
        try:
            return datetime.datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise ValueError(text)


def read(raw):
    """Return the rows of a CSV file, packed by gzip or not, in order.

    :param bytes raw: content of the file
    :raise ReceivablesFileError: where it cannot be used

    >>> head = b'customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate' + bytes([10])
    >>> [row.settled for row in read(head + b'C1,7,1/2/2013,2/1/2013,55.94,No,')]
    [None]
    >>> try:
    ...     read(head + b'C1,7,1/2/2013,2/1/2013,x,No,')
    ... except ReceivablesFileError as error:
    ...     print(error)
    value: {'line': 2, 'column': 'InvoiceAmount', 'value': 'x'}
    """
    try:
        text = (gzip.decompress(raw) if raw.startswith(b'\x1f\x8b') else raw).decode('utf-8-sig')
        reader = csv.DictReader(io.StringIO(text))
        names = reader.fieldnames or []
    except (EOFError, OSError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise ReceivablesFileError('damaged') from error
    missing = [column for column in COLUMNS.values() if column not in names]
    if missing:
        raise ReceivablesFileError('columns', columns=', '.join(missing))
    try:
        rows = [_row(reader.line_num, values) for values in reader]
    except csv.Error as error:
        raise ReceivablesFileError('damaged') from error
    if not rows:
        raise ReceivablesFileError('empty')
    seen = {}
    for row in rows:
        if row.number in seen:
            raise ReceivablesFileError('twice', line=row.line, number=row.number, first=seen[row.number])
        seen[row.number] = row.line
    return rows


def _row(line, values):
    def get(field, convert=str.strip):
        text = values[COLUMNS[field]] or ''
        try:
            found = convert(text)
        except (ValueError, decimal.InvalidOperation):
            found = None
        if not found or field == 'amount' and not found.is_finite():
            raise ReceivablesFileError('value', line=line, column=COLUMNS[field], value=text)
        return found

    settled = (values[COLUMNS['settled']] or '').strip()
    return Receivable(
        line, get('customer'), get('number'), get('date', read_date), get('due', read_date), get('amount', decimal.Decimal),
        get('disputed').lower() in ('yes', 'y', 'true', '1'), get('settled', read_date) if settled else None)
