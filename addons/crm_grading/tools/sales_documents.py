"""Sales lines -> invoices and credit notes.

A document is one number of one customer: an invoice when it sells, a credit note when it takes back. A number used for more
(several customers, sales and returns, currencies) is split into `number`, `number/2`, ... in the order of the file and noted.
"""
import re
from decimal import ROUND_HALF_UP, Decimal

from .sales_file import Problem

CANCELLED = re.compile(r'[Cc]\d')
NOTES = ('split', 'dates', 'nothing')  # reasons of remarks about rows that were read


def is_refund(line):
    """Whether a line takes back: a number like C536379, or a negative quantity or amount."""
    return bool(line.amount < 0 or line.amount and line.quantity < 0 or CANCELLED.match(line.number))


class Document:
    """What becomes one posted document. `amount` is in the currency's smallest unit, positive once the file is read."""

    __slots__ = ('amount', 'currency', 'customer', 'date', 'detail', 'first_line', 'is_refund', 'line_count', 'number', 'order', 'priced')

    def __init__(self, line, is_refund):
        self.number, self.is_refund = line.number, is_refund
        self.customer, self.currency, self.order = line.customer, line.currency, line.order
        self.date, self.first_line = line.date, line.line
        self.amount = self.line_count = 0
        self.priced = False
        self.detail = []

    def settle_sign(self):
        """Make the document's sum positive: a credit note is written with negative or with positive lines, or corrects itself."""
        sign = -1 if self.amount < 0 else 1
        self.amount *= sign
        for row in self.detail:
            row[4] *= sign
            row[2], row[3] = str(abs(row[2]) * (-1 if row[4] < 0 else 1)), str(row[3])


class SalesHistory:
    """Collects the documents, customers, products, problems and notes of a file.

    :param bool line_detail: keep every line (else one sum per document)
    :param dict digits: decimals per currency code; '' is the company currency
    :param on_problem: called with each `Problem`, so that a long list need not stay in memory
    """

    def __init__(self, line_detail=False, digits=None, on_problem=None):
        self.line_detail = line_detail
        self.units = {code: Decimal(1).scaleb(-places) for code, places in (digits or {'': 2}).items()}
        self.on_problem = on_problem or (lambda problem: None)
        self.documents, self.customers, self.products = {}, {}, {}
        self.numbers = {}
        self.counts = {'lines': 0, 'problems': 0, 'no_customer': 0, 'notes': 0}
        self.note_kinds = {}

    def collect(self, lines, progress=None):
        """Take in all lines; then `documents` holds those with something to invoice, in the order of the file.

        :param progress: called every 10,000 lines with their number
        """
        for line in lines:
            self.counts['lines'] += 1
            if progress and not self.counts['lines'] % 10000:
                progress(self.counts['lines'])
            if isinstance(line, Problem):
                self._problem(line)
            else:
                self._add(line)
        self._finish()
        return self

    def _finish(self):
        """Drop documents without a price; give those that share a number their own."""
        for key, document in list(self.documents.items()):
            if not document.priced:
                self._note(document.first_line, 'nothing', document.number)
                del self.documents[key]
                continue
            document.settle_sign()
            used = self.numbers[document.number] = self.numbers.get(document.number, 0) + 1
            if used > 1:
                document.number = f'{document.number}/{used}'
                self._note(document.first_line, 'split', document.number)

    def _problem(self, problem):
        self.counts['no_customer' if problem.reason == 'no_customer' else 'problems'] += 1
        self.on_problem(problem)

    def _note(self, line, kind, value):
        self.counts['notes'] += 1
        self.note_kinds[kind] = self.note_kinds.get(kind, 0) + 1
        self.on_problem(Problem(line, kind, value, ()))

    def _add(self, line):
        self._remember_customer(line)
        refund = is_refund(line)
        key = (line.number, line.customer, refund, line.currency)
        document = self.documents.get(key)
        if document is None:
            document = self.documents[key] = Document(line, refund)
        elif document.date != line.date:
            self._note(line.line, 'dates', document.date)
        unit = self.units.get(line.currency, self.units.get('', Decimal('0.01')))
        amount = int((line.amount / unit).quantize(Decimal(1), ROUND_HALF_UP))
        document.amount += amount
        document.line_count += 1
        document.priced = document.priced or bool(line.amount)
        if self.line_detail:
            self._add_detail(document, line, amount)

    def _add_detail(self, document, line, amount):
        if line.product and (line.product not in self.products or line.description and not self.products[line.product]):
            self.products[line.product] = line.description
        document.detail.append([line.product, line.description, line.quantity, abs(line.price), amount])

    def _remember_customer(self, line):
        known = self.customers.get(line.customer)
        if known is None:
            self.customers[line.customer] = (line.customer_name, line.country)
        elif (line.customer_name and not known[0]) or (line.country and not known[1]):
            self.customers[line.customer] = (known[0] or line.customer_name, known[1] or line.country)

    def customer_ids(self):
        """Customer ids, numbers in order of their value before names in alphabetical order."""
        return sorted(self.customers, key=natural_key)


def natural_key(text):
    """Sort key: numbers by value, before texts.

    >>> sorted(['b', '10', '9', 'a'], key=natural_key)
    ['9', '10', 'a', 'b']
    """
    return (0, int(text), '') if text.isdecimal() and text.isascii() else (1, 0, text)
