"""Reads the sales pipeline of another CRM: opportunities, and beside them its accounts, products and salespeople, in the format of the
public data set “CRM Sales Opportunities” (Maven Analytics). Pure: from rows to deals.

Dates are ISO. A deal that was never engaged has no date of engagement, one that is open no date and value of closing, and many open ones
have no account.
"""
from datetime import date
from decimal import Decimal
from typing import NamedTuple

STAGES = ('Prospecting', 'Engaging', 'Won', 'Lost')
CLOSED = ('Won', 'Lost')
COLUMNS = {
    'pipeline': ('opportunity_id', 'sales_agent', 'product', 'account', 'deal_stage', 'engage_date', 'close_date', 'close_value'),
    'accounts': ('account', 'sector', 'office_location', 'subsidiary_of'),
    'products': ('product', 'series', 'sales_price'),
    'teams': ('sales_agent', 'manager', 'regional_office'),
}
KEY, PRICE = 'opportunity_id', 'sales_price'
SPELLINGS = {'technolgy': 'technology'}   # of sectors, as they stand in the public files


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


def deal(row):
    """Return the :class:`Deal` of a row of the pipeline.

    :param row: :class:`odoo.addons.crm_grading.tools.foreign_table.Row`
    """
    number, agent, product = (row.text(column, needed=True) for column in (KEY, 'sales_agent', 'product'))
    stage = row.one_of('deal_stage', STAGES)
    is_closed = stage in CLOSED
    engaged, closed = row.day('engage_date', needed=stage != 'Prospecting'), row.day('close_date', needed=is_closed)
    if engaged and closed and closed < engaged:
        row.refuse('close_date')
    value = row.number('close_value') or Decimal() if is_closed else None
    if value and value < 0:
        row.refuse('close_value')
    return Deal(number, agent, product, row.text('account') or None, stage, engaged, closed if is_closed else None, value)


def beside(row, kind):
    """Return a row of the other files as a dictionary.

    :param kind: a key of COLUMNS
    """
    return {column: row.number(column) if column == PRICE else row.text(column) for column in COLUMNS[kind]}
