import datetime
import doctest
import gzip
import io
from decimal import Decimal

import openpyxl

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_grading.tools import (
    foreign_file,
    foreign_table,
    foreign_values,
    sales_columns,
    sales_countries,
    sales_documents,
    sales_file,
)
from odoo.addons.crm_grading.tools.foreign_file import ForeignFileError, detect_encoding
from odoo.addons.crm_grading.tools.sales_documents import SalesHistory
from odoo.addons.crm_grading.tools.sales_file import Problem, SalesFile, SalesLine

HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'


def history(text, mapping=None, line_detail=False, today=None, currencies=None, digits=None, **options):
    """Read a text; the problems and notes are in `seen`."""
    seen = []
    raw = text if isinstance(text, bytes) else text.encode()
    found = SalesHistory(line_detail, digits, seen.append)
    found.collect(SalesFile(raw, mapping, **options).lines(today, currencies))
    found.seen = seen
    return found


def documents(found):
    return [(doc.number, doc.customer, str(doc.date), 'credit' if doc.is_refund else 'invoice', doc.amount)
            for doc in found.documents.values()]


@tagged('post_install', '-at_install')
class TestSalesFile(BaseCase):

    def test_doctests(self):
        for module in (sales_columns, sales_countries, sales_documents, sales_file, foreign_file, foreign_table, foreign_values):
            with self.subTest(module.__name__):
                self.assertEqual(doctest.testmod(module).failed, 0)

    def test_encodings(self):
        text = '单号,客户编号,客户名称,日期,金额,国家\n7,K1,深圳市贸易公司,2011年12月9日,1234.50,中国\n'
        for encoding in ('utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'gb18030', 'gbk'):
            with self.subTest(encoding):
                found = history(text.encode(encoding))
                self.assertEqual(found.customers, {'K1': ('深圳市贸易公司', '中国')})
                self.assertEqual(documents(found), [('7', 'K1', '2011-12-09', 'invoice', 123450)])
        western = 'Rechnung;Customer;Date;Amount\n1;Müller & Söhne;09.12.2011;€ 1.234,50\n'
        for encoding in ('utf-8', 'cp1252', 'utf-16'):
            with self.subTest(encoding):
                found = history(western.encode(encoding), {'number': 'Rechnung'})
                self.assertEqual(documents(found), [('1', 'Müller & Söhne', '2011-12-09', 'invoice', 123450)])

    def test_encoding_of_a_late_accent(self):
        plain = 'a,b\n' * 400000
        self.assertEqual(detect_encoding((plain + 'café').encode('cp1252')), 'cp1252')
        self.assertEqual(detect_encoding((plain + 'café').encode()), 'utf-8')

    def test_encoding_override(self):
        text = 'Number,Customer,Date,Amount\n1,Łódź,2011-12-09,5\n'
        self.assertIn('Łódź', history(text.encode('cp1250'), encoding='cp1250').customers)
        with self.assertRaises(ForeignFileError) as caught:
            history(text.encode('cp1250'), encoding='utf-8')
        self.assertEqual(caught.exception.code, 'encoding')
        with self.assertRaises(ForeignFileError) as caught:
            history(text, encoding='klingon')
        self.assertEqual(caught.exception.code, 'unknown_encoding')

    def test_known_headers(self):
        for header, expected in (
            (HEADER, 'number product description quantity date price customer country'),
            ('Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country',
             'number product description quantity date price customer country'),
            ('单号,商品编码,商品名称,数量,日期,单价,客户编号,国家', 'number product description quantity date price customer country'),
            ('Order Number;Customer Name;Sales Date;Total Amount;Currency', 'order customer_name date amount currency'),
        ):
            with self.subTest(header):
                delimiter = ';' if ';' in header else ','
                roles = sales_columns.guess_roles(header.strip().split(delimiter))
                self.assertEqual(sorted(roles, key=roles.get), expected.split())

    def test_delimiters_and_compression(self):
        for delimiter in ',;\t|':
            with self.subTest(delimiter):
                text = delimiter.join(('Invoice', 'Customer', 'Date', 'Amount')) + '\n' + delimiter.join(
                    ('1', '"a, b; c"', '2011-12-09', '2')) + '\n'
                self.assertIn('a, b; c', history(gzip.compress(text.encode())).customers)

    def test_workbook(self):
        book = openpyxl.Workbook()
        page = book.active
        page.append(["Sales 2011"])
        page.append([])
        page.append(['Invoice', 'Customer ID', 'Invoice Date', 'Quantity', 'Price', 'Country'])
        page.append([536365, 17850.0, datetime.datetime(2010, 12, 1, 8, 26), 6, 2.55, 'EIRE'])
        page.append(['C536379', 14527, datetime.date(2010, 12, 2), -1, 27.5, None])
        page.append([536380, None, datetime.date(2010, 12, 2), 1, 1, None])
        page.append([536381, 5, 'soon', 1, 1, None])
        stream = io.BytesIO()
        book.save(stream)
        found = history(stream.getvalue())
        self.assertEqual(documents(found), [
            ('536365', '17850', '2010-12-01', 'invoice', 1530), ('C536379', '14527', '2010-12-02', 'credit', 2750)])
        self.assertEqual([(problem.line, problem.reason) for problem in found.seen], [(6, 'no_customer'), (7, 'date')])

    def test_unusable_files(self):
        workbook = io.BytesIO()
        openpyxl.Workbook().save(workbook)
        for raw, code in (
            (b'', 'empty'), (b'\n\n', 'empty'), (HEADER.encode(), 'empty'), (gzip.compress(b''), 'empty'),
            (workbook.getvalue(), 'empty'),
            (b'\x1f\x8bnot really', 'broken_gzip'), (gzip.compress(HEADER.encode() * 99)[:-20], 'broken_gzip'),
            (b'PK\x03\x04broken', 'broken_sheet'), (b'\xd0\xcf\x11\xe0\xa1\xb1', 'old_excel'),
            (bytes(range(256)) * 20, 'binary'), (b'%PDF-1.7\x00\x01\x02', 'binary'),
            (b'\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR', 'binary'),
            (b'Invoice,Date,Amount\n1,2011-12-09,5\n', 'missing_columns'),
            (b'a,b\n1,2\n', 'missing_columns'),
        ):
            with self.subTest(code, raw=raw[:20]), self.assertRaises(ForeignFileError) as caught:
                history(raw)
            self.assertEqual(caught.exception.code, code)

    def test_mapping_errors(self):
        text = 'A,B,C\n1,2011-12-09,5\n'
        for mapping, code in (
            ({'customer': 'Z'}, 'unknown_column'), ({'customer': 7}, 'unknown_column'), ({'colour': 'A'}, 'unknown_role'),
        ):
            with self.subTest(mapping), self.assertRaises(ForeignFileError) as caught:
                history(text, mapping)
            self.assertEqual(caught.exception.code, code)
        found = history(text, {'customer': 'A', 'date': 1, 'amount': 'c'})
        self.assertEqual(documents(found), [('1-20111209', '1', '2011-12-09', 'invoice', 500)])

    def test_dates_by_evidence(self):
        for dates, expected in (
            (['3/4/2011', '13/4/2011'], ['2011-04-03', '2011-04-13']),
            (['3/4/2011', '4/13/2011'], ['2011-03-04', '2011-04-13']),
            (['1/12/2010 8:26', '2/12/2010 9:00', '3/12/2010 9:01'], ['2010-12-01', '2010-12-02', '2010-12-03']),
            (['12/1/2010 8:26', '12/2/2010 9:00', '12/3/2010 9:01'], ['2010-12-01', '2010-12-02', '2010-12-03']),
            (['40513', '40514.5'], ['2010-12-01', '2010-12-02']),
            (['2010-12-01T08:26:00', '20101202'], ['2010-12-01', '2010-12-02']),
            (['2010-12-01', '2/12/2010', '13/12/2010'], ['2010-12-01', '2010-12-02', '2010-12-13']),
        ):
            with self.subTest(dates):
                rows = ''.join(f'{number},K,{date},1\n' for number, date in enumerate(dates))
                found = history('Number,Customer,Date,Amount\n' + rows)
                self.assertEqual([row[2] for row in documents(found)], expected)
        found = history('Number,Customer,Date,Amount\n1,K,1/2/2011,1\n', order='mdy')
        self.assertEqual(documents(found)[0][2], '2011-01-02')

    def test_year_first_is_recognised(self):
        rows = 'Number,Customer,Date,Amount\n1,K,2011-01-02,1\n2,K,2011-13-02,1\n'
        file = SalesFile(rows.encode())
        self.assertEqual((file.order, file.order_proven, file.writing()[2][:2]), ('ymd', True, ('ymd', True)))
        self.assertEqual([(problem.line, problem.reason) for problem in history(rows).seen], [(3, 'date')])
        short = history('Number,Customer,Date,Amount\n1,K,11-01-02,1\n2,K,1/2/2011,1\n', order='ymd')
        self.assertEqual(documents(short)[0][2], '2011-01-02')
        self.assertEqual([(problem.line, problem.value) for problem in short.seen], [(3, '1/2/2011')])

    def test_broken_rows(self):
        found = history(
            HEADER
            + '1,P,x,2,2011-12-09,1.005,K,France\n'
            + ',,,,,,,\n'                                  # blank: passed over
            + '1,P,x,two,2011-12-09,1,K,France\n'
            + '1,P,x,2,2011-02-30,1,K,France\n'
            + '1,P,x,2,2031-01-01,1,K,France\n'
            + '1,P,x,2,1931-01-01,1,K,France\n'
            + '1,P,x,2,2011-12-09,free,K,France\n'
            + ',P,x,2,2011-12-09,1,K,France\n'
            + '1,P,x,2,2011-12-09,1,,France\n'
            + 'garbage\n'
            + '1,P,"two\nlines",1,2011-12-09,1,K,France\n'
            + '2,P,x,2,,1,K,France\n', today=datetime.date(2020, 1, 1))
        self.assertEqual(
            [(problem.line, problem.reason) for problem in found.seen],
            [(4, 'quantity'), (5, 'date'), (6, 'future'), (7, 'ancient'), (8, 'price'), (9, 'no_number'), (10, 'no_customer'),
             (11, 'short'), (14, 'date')])
        self.assertEqual(documents(found), [('1', 'K', '2011-12-09', 'invoice', 301)])
        self.assertEqual(found.counts, {'lines': 11, 'problems': 8, 'no_customer': 1, 'notes': 0})

    def test_numbers_used_twice(self):
        found = history(
            HEADER
            + '1,P,x,1,2011-12-09,10,K,\n'
            + '1,P,x,1,2011-12-09,20,L,\n'   # another customer
            + '1,P,x,-1,2011-12-09,5,K,\n'   # taken back under the same number
            + '1,P,x,1,2011-12-11,7,K,\n'    # another day
            + '1,P,x,-3,2011-12-11,0,K,\n'   # no price: takes nothing back
            + '2,P,x,1,2011-12-11,0,M,\n')   # nothing to invoice at all
        self.assertEqual(documents(found), [
            ('1', 'K', '2011-12-09', 'invoice', 1700), ('1/2', 'L', '2011-12-09', 'invoice', 2000),
            ('1/3', 'K', '2011-12-09', 'credit', 500)])
        self.assertEqual(found.note_kinds, {'dates': 2, 'split': 2, 'nothing': 1})
        self.assertEqual(set(found.customers), {'K', 'L', 'M'})

    def test_cancellations(self):
        """Credit notes are written with negative quantities, or with positive ones under a number C..."""
        found = history(
            HEADER
            + 'C1,P,x,-2,2011-12-09,3,K,\n'
            + 'C2,P,x,2,2011-12-09,3,K,\n'
            + 'C3,P,x,-5,2011-12-09,3,K,\nC3,P,x,1,2011-12-09,3,K,\n'   # corrects itself
            + '4,P,x,1,2011-12-09,-3,K,\n', line_detail=True)
        self.assertEqual([row[3:] for row in documents(found)], [('credit', 600), ('credit', 600), ('credit', 1200), ('credit', 300)])
        self.assertEqual([[row[2:] for row in doc.detail] for doc in found.documents.values()], [
            [['2', '3', 600]], [['2', '3', 600]], [['5', '3', 1500], ['-1', '3', -300]], [['1', '3', 300]]])

    def test_amounts(self):
        """Money is rounded line by line, half up, to the decimals of its currency."""
        found = history('Number,Customer,Date,Amount,Currency\n1,K,2011-12-09,0.005,\n1,K,2011-12-09,0.005,\n'
                        '2,K,2011-12-09,10.5,JPY\n3,K,2011-12-09,1,XXX\n', currencies={'JPY'}, digits={'': 2, 'JPY': 0})
        self.assertEqual([row[4] for row in documents(found)], [2, 11])
        self.assertEqual([problem.reason for problem in found.seen], ['currency'])
        self.assertEqual(foreign_values.parse_number('１，２３４．５'), Decimal('1234.5'))
        for text in ('', '-', 'n/a', '1.2.3', '12-34', '1,23', '0x10', 'nan', '1e999999'):
            with self.subTest(text):
                line = next(SalesFile(f'Customer,Date,Amount\nK,2011-12-09,"{text}"\n'.encode(), mark='.').lines())
                self.assertIsInstance(line, Problem)

    def test_line_is_complete(self):
        line = next(SalesFile(
            b'Invoice,Order,SKU,Description,Qty,Price,Date,Customer ID,Customer Name,Country,Currency\n'
            b'1,S7,P,Thing,2,3,2011-12-09,K,Kay,FR,eur\n').lines())
        self.assertEqual(line, SalesLine(
            2, '1', 'S7', 'P', 'Thing', Decimal(2), Decimal(3), Decimal(6), datetime.date(2011, 12, 9), 'K', 'Kay', 'FR', 'EUR'))
