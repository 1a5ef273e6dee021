"""One way to read the files of others: as a table with the columns that it has to have, and all that is wrong with it at once."""
import gzip
import io
from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_grading.tools import foreign_file
from odoo.addons.crm_grading.tools.foreign_table import ForeignTable

COLUMNS = ('name', 'day', 'sum')


def read(row):
    return row.line, row.text('name', needed=True), row.day('day', 'dmy'), row.number('sum')


@tagged('post_install', '-at_install')
class TestForeignFile(TransactionCase):

    def _read(self, raw, **options):
        return self.env['crm.foreign.file']._file_rows(
            raw if isinstance(raw, bytes) else raw.encode(), COLUMNS, options.pop('convert', read), **options)

    def _refused(self, raw, **options):
        with self.assertRaises(UserError) as caught:
            self._read(raw, **options)
        return str(caught.exception).split('\n')

    def test_same_rows_whatever_wrote_them(self):
        """Text in several encodings and with several delimiters, packed or not, and a workbook: the same rows with their line."""
        expected = [(2, "Müller", date(2011, 12, 9), Decimal('1234.50')), (4, "Bo", None, None)]
        text = 'name;day;sum;more\nMüller;9/12/2011;1.234,50;x\n;;\n Bo ;;\n'
        for raw in (
                text.encode(), text.encode('utf-8-sig'), text.encode('utf-16'), text.encode('cp1252'), gzip.compress(text.encode()),
                text.replace(';', '\t').encode(), text.replace('\n', '\r\n').encode()):
            with self.subTest(raw=raw[:20]):
                self.assertEqual(self._read(raw), expected)
        book, stream = openpyxl.Workbook(), io.BytesIO()
        for cells in (['more', 'sum', 'day', 'name'], ['x', 1234.5, datetime(2011, 12, 9), "Müller"], [], [None, None, None, "Bo"]):
            book.active.append(cells)
        book.save(stream)
        self.assertEqual(self._read(stream.getvalue()), expected)

    def test_cells(self):
        row, = ForeignTable(b'state,at,none,short\n open ,9/12/2011 08:30,?\n', ('state',))
        self.assertEqual((row.one_of('state', ('open', 'closed')), row.text('short'), row.text('missing')), ('open', '', ''))
        self.assertEqual((row.moment('at', '%d/%m/%Y %H:%M'), row.moment('none', '%d/%m/%Y', empty=('?', ''))),
                         (datetime(2011, 12, 9, 8, 30), None))
        for call in (lambda: row.one_of('state', ('closed',)), lambda: row.moment('none', '%d/%m/%Y'), lambda: row.day('state'),
                     lambda: row.number('state'), lambda: row.text('short', needed=True), lambda: row.day('short', needed=True)):
            with self.assertRaises(foreign_file.ForeignFileError):
                call()

    def test_missing_columns(self):
        self.assertEqual(self._refused('Name,day\n1,2\n'), ["The file has no column: name, sum. Add it, and start again."])
        for empty in ('', '\n \n', 'name,day,sum\n', gzip.compress(b'')):
            self.assertEqual(self._refused(empty), ["The file is empty. Choose a file with a header line and at least one row."])

    def test_all_problems_at_once(self):
        """With their lines, those of values and those of keys; no more than people read."""
        head = 'name,day,sum\n'
        self.assertEqual(self._refused(head + 'Ann,31/31/2011,5\nBo,,x\n\n,,7\nDi,,1\nDi,,2\n', key='name'), [
            "Line 2: “31/31/2011” is no value for day.", "Line 3: “x” is no value for sum.", "Line 5: “” is no value for name.",
            "Line 7: name Di is in line 6 already.", "Correct it, and start again."])
        self.assertEqual(len(self._refused(head + 'Ann,,x\n' * 10)), 11)
        self.assertEqual(len(self._refused(head + 'Ann,,x\n' * 11)), 11)

    def test_too_much(self):
        text = 'name,day,sum\nAnn,,1\nBo,,2\n'
        self.assertEqual(len(self._read(text, most=2)), 2)
        self.assertEqual(self._refused(text, most=1), ["The file has more than 1 rows. Import it in parts."])
        book, stream = openpyxl.Workbook(), io.BytesIO()
        book.active.append(['name', 'day', 'sum'])
        book.save(stream)
        for raw in (gzip.compress(text.encode()), stream.getvalue()):
            with patch.object(foreign_file, 'MAX_UNPACKED', 20):
                self.assertEqual(self._refused(raw), ["The unpacked file is larger than 2 GB. Split it into several files."])

    def test_damaged(self):
        for raw, said in (
                (b'\xff\xfe\x00', "The file is damaged, or not written in utf-16"), (b'\x1f\x8b\x08', "The compressed file is damaged"),
                (b'%PDF-1.7\x00\x01', "This is neither a text file nor an Excel workbook"), (b'PK\x03\x04x', "The Excel file")):
            self.assertIn(said, self._refused(raw)[0])

    def test_no_file(self):
        with self.assertRaisesRegex(UserError, "/nowhere.csv cannot be read: No such file"):
            self.env['crm.foreign.file']._file_content('/nowhere.csv')
