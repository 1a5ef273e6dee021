"""Reads the sales pipeline of another CRM: opportunities, and beside them its accounts, products and salespeople, in the format of the
public data set “CRM Sales Opportunities” (Maven Analytics). Pure: from the text of files to rows.

Dates are ISO. A deal that was never engaged has no date of engagement, one that is open no date and value of closing, and many open ones
have no account.
"""
import csv
import gzip
import io
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

STAGES = ('Prospecting', 'Engaging', 'Won', 'Lost')
CLOSED = ('Won', 'Lost')
COLUMNS = {
    'pipeline': ('opportunity_id', 'sales_agent', 'product', 'account', 'deal_stage', 'engage_date', 'close_date', 'close_value'),
    'accounts': ('account', 'sector', 'office_location', 'subsidiary_of'),
    'products': ('product', 'series', 'sales_price'),
    'teams': ('sales_agent', 'manager', 'regional_office'),
}
SPELLINGS = {'technolgy': 'technology'}   # of sectors, as they stand in the public files


class PipelineFileError(ValueError):
    """The file cannot be used: ``code`` is columns, empty, value, twice or damaged, ``values`` what to say about it."""

    def __init__(self, code, **values):
        super().__init__(code)
        self.code, self.values = code, values


class Deal(NamedTuple):
    """An opportunity; what it does not have is None, its value the one at which it was won."""
    number: str
    agent: str
    product: str
    account: str
    stage: str
    engaged: date
    closed: date
    value: Decimal


def key(name):
    """Return a name as it is compared: ``GTXPro`` is ``GTX Pro``.

    >>> key('GTXPro') == key('GTX Pro'), key('MG Special') == key('MG Advanced')
    (True, False)
    """
    return ''.join(letter for letter in name.casefold() if letter.isalnum())


def sector(name):
    """Return how a sector is written.

    >>> sector('technolgy'), sector('medical')
    ('Technology', 'Medical')
    """
    return SPELLINGS.get(name, name).capitalize()


def lines(content, kind):
    """Return the lines of a file as dictionaries.

    :param bytes content: CSV in UTF-8, gzipped or not
    :param kind: a key of COLUMNS, whose columns it has to have
    :raise PipelineFileError: where it cannot be used
    """
    try:
        if content[:2] == b'\x1f\x8b':
            content = gzip.decompress(content)
        reader = csv.DictReader(io.StringIO(content.decode('utf-8-sig')))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise PipelineFileError('damaged') from error
    missing = [name for name in COLUMNS[kind] if name not in (reader.fieldnames or ())]
    if missing:
        raise PipelineFileError('columns', columns=", ".join(missing))
    return [{name: (line[name] or '').strip() for name in COLUMNS[kind]} for line in reader]


def deals(content):
    """Return the :class:`Deal` of each line of a pipeline file.

    :raise PipelineFileError: where a line cannot be used
    """
    found = {}
    for number, line in enumerate(lines(content, 'pipeline'), 2):
        deal = _deal(number, line)
        if deal.number in found:
            raise PipelineFileError('twice', line=number, number=deal.number, first=found[deal.number][0])
        found[deal.number] = (number, deal)
    if not found:
        raise PipelineFileError('empty')
    return [deal for _number, deal in found.values()]


def _deal(number, line):
    for column in ('opportunity_id', 'sales_agent', 'product'):
        if not line[column]:
            raise PipelineFileError('value', line=number, value='', column=column)
    stage = line['deal_stage']
    if stage not in STAGES:
        raise PipelineFileError('value', line=number, value=stage, column='deal_stage')
    engaged, closed = (_date(line[column], number, column) for column in ('engage_date', 'close_date'))
    for column, needed, value in (
            ('engage_date', stage != 'Prospecting', engaged), ('close_date', stage in CLOSED, closed),
            ('close_date', engaged and closed, not engaged or not closed or closed >= engaged)):
        if needed and not value:
            raise PipelineFileError('value', line=number, value=line[column], column=column)
    return Deal(line['opportunity_id'], line['sales_agent'], line['product'], line['account'] or None, stage, engaged,
                closed if stage in CLOSED else None, _value(line['close_value'], number) if stage in CLOSED else None)


def _date(text, number, column):
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise PipelineFileError('value', line=number, value=text, column=column) from error


def _value(text, number):
    try:
        value = Decimal(text or 0)
    except InvalidOperation as error:
        raise PipelineFileError('value', line=number, value=text, column='close_value') from error
    if not value.is_finite() or value < 0:
        raise PipelineFileError('value', line=number, value=text, column='close_value')
    return value
