"""Which rows a file of receivables has: customers' invoices with due day, dispute and the day on which they were settled."""
import datetime
import decimal
from typing import NamedTuple

COLUMNS = ('customerID', 'invoiceNumber', 'InvoiceDate', 'DueDate', 'InvoiceAmount', 'Disputed', 'SettledDate')
KEY = 'invoiceNumber'
YES = ('yes', 'y', 'true', '1')


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


def receivable(row):
    """Return the :class:`Receivable` of a row; dates are month/day/year, or ISO.

    :param row: :class:`odoo.addons.crm_grading.tools.foreign_table.Row`
    """
    return Receivable(
        row.line, row.text('customerID', needed=True), row.text(KEY, needed=True), row.day('InvoiceDate', 'mdy', needed=True),
        row.day('DueDate', 'mdy', needed=True), row.number('InvoiceAmount', needed=True) or row.refuse('InvoiceAmount'),
        row.text('Disputed', needed=True).lower() in YES, row.day('SettledDate', 'mdy'))
