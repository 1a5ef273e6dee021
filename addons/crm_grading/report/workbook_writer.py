# pylint: disable=prefer-env-translation
# The writer is no model: each sheet takes the translation of the user's environment as _.
import io
import re
from typing import NamedTuple

import xlsxwriter

AMOUNTS = 'crm_grading.group_customer_amounts'
COLOR = '#714B67'
LIGHT = '#B9A3B3'
SAFE = {'strings_to_formulas': False, 'strings_to_urls': False, 'strings_to_numbers': False, 'in_memory': True}


class Column(NamedTuple):
    title: str
    kind: str = 'text'    # text, count, amount, percent, decimal
    width: int = 14


class SheetWriter:
    """Writes tables and charts into an Excel workbook, in one layout for the whole suite; texts never become formulas.

    :param company: whose currency amounts are in
    :param subtitle: what stands below the title of each sheet
    :param amounts: whether amounts are shown; default: for whoever may see those of customers
    """

    decimal = '0.00'   # number format of decimals

    def __init__(self, env, company, subtitle, amounts=None):
        self.env, self._, self.company, self.subtitle = env, env._, company, subtitle
        self.amounts = env.user.has_group(AMOUNTS) if amounts is None else amounts
        self.output = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.output, SAFE)
        self.formats = self._make_formats()

    def content(self):
        """Return the workbook (bytes)."""
        self._write()
        self.book.close()
        return self.output.getvalue()

    def _write(self):
        """Write the sheets."""
        raise NotImplementedError

    def _make_formats(self):
        currency = self.company.currency_id
        number = "#,##0." + "0" * currency.decimal_places if currency.decimal_places else "#,##0"
        symbol = '"%s"' % currency.symbol.replace('"', '')
        amount = f"{symbol}\\ {number}" if currency.position == 'before' else f"{number}\\ {symbol}"
        add = self.book.add_format
        return {
            'title': add({'bold': True, 'font_size': 16, 'font_color': COLOR}),
            'subtitle': add({'font_color': '#666666'}),
            'header': add({'bold': True, 'bg_color': COLOR, 'font_color': '#FFFFFF', 'text_wrap': True, 'valign': 'vcenter', 'border': 1}),
            'label': add({'bold': True}),
            'text': add(),
            'count': add({'num_format': '#,##0'}),
            'amount': add({'num_format': amount}),
            'percent': add({'num_format': '0.0%'}),
            'decimal': add({'num_format': self.decimal}),
            'up': add({'font_color': '#008A3C'}),
            'down': add({'font_color': '#C0392B'}),
            'same': add({'bg_color': '#EEEEEE', 'num_format': '#,##0'}),
        }

    def _sheet(self, name, landscape=True):
        """Add a sheet with its title and the subtitle on top, ready to be printed."""
        sheet = self.book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31])
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, name, self.formats['title'])
        sheet.write_string(1, 0, self.subtitle, self.formats['subtitle'])
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer('&L&F&C&A&R&P / &N')
        if landscape:
            sheet.set_landscape()
        return sheet

    def _table(self, sheet, columns, rows, row=3):
        """Write a table with its header frozen and repeated on every page; return its last row and ``{title: column}``."""
        shown = [place for place, column in enumerate(columns) if self.amounts or column.kind != 'amount']
        for place, number in enumerate(shown):
            column = columns[number]
            sheet.set_column(place, place, column.width)
            sheet.write_string(row, place, column.title, self.formats['header'])
        sheet.set_row(row, 30)
        for line, values in enumerate(rows, start=row + 1):
            for place, number in enumerate(shown):
                self._cell(sheet, line, place, values[number], columns[number].kind)
        sheet.freeze_panes(row + 1, 1)
        sheet.repeat_rows(row)
        if rows:
            sheet.autofilter(row, 0, row + len(rows), len(shown) - 1)
        return row + len(rows), {columns[number].title: place for place, number in enumerate(shown)}

    def _cell(self, sheet, row, column, value, kind):
        if value is None or value == '':
            sheet.write_blank(row, column, None, self.formats[kind])
        elif kind in ('count', 'amount', 'percent', 'decimal', 'same'):
            sheet.write_number(row, column, float(value), self.formats[kind])
        else:
            sheet.write_string(row, column, str(value), self.formats[kind])    # a name such as =1+1 stays a text

    def _ratio(self, part, whole):
        return float(part) / float(whole) if whole and whole > 0 else None

    def _insert(self, sheet, row, chart):
        chart.set_legend({'position': 'bottom'})
        chart.set_size({'width': 760, 'height': 380})
        sheet.insert_chart(row, 0, chart)
