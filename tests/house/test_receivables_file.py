"""A file of receivables that cannot be used is refused in one line before a database is made of it."""
import gzip
import pathlib
import sys
import types

import pytest

from house import console, environment, receivables

HEAD = 'customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\n'
ROW = 'C1,7,1/2/2013,2/1/2013,55.94,No,\n'


def trouble(call, *arguments):
    with pytest.raises(console.Trouble) as caught:
        call(*arguments)
    text = str(caught.value)
    assert '\n' not in text and 'Remedy: ' in text
    return text


@pytest.mark.parametrize('name, content, said', [
    ('gone.csv', None, 'is not a file'),
    ('owed.pdf', b'%PDF', 'no file of receivables'),
    ('owed.xlsx', b'PK', 'no file of receivables'),
    ('owed.csv', b'', 'is empty'),
    ('owed.csv.gz', HEAD.encode(), 'content is not gz'),
    ('owed.csv.gz', gzip.compress((HEAD + ROW * 9).encode(), mtime=0)[:-20], 'damaged'),
    ('owed.csv', b'%PDF-1.7\n\xff\xfe\x00', 'damaged'),
    ('owed.csv', b'<html>\n', 'no column customerID, invoiceNumber'),
    ('owed.csv', HEAD.replace('DueDate,', '').encode(), 'no column DueDate'),
    ('owed.csv', HEAD.encode(), 'no rows'),
    ('owed.csv', (HEAD + ROW.replace('2/1', '31/1')).encode(), 'line 2: “31/1/2013” is no value for DueDate'),
    ('owed.csv', (HEAD + ROW.replace('55.94', 'NaN')).encode(), 'line 2: “NaN” is no value for InvoiceAmount'),
    ('owed.csv', (HEAD + 'C1,7\n').encode(), 'line 2: “” is no value for InvoiceDate'),
    ('owed.csv', (HEAD + ROW + ROW).encode(), 'line 3: invoice 7 is in line 2 already'),
])
def test_bad_file(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert said in trouble(receivables.check_file, tmp_path / name)


def test_good_file(tmp_path):
    for name, content in (('Owed.CSV', HEAD + ROW), ('owed.csv.gz', HEAD + ROW)):
        raw = content.encode('utf-8-sig')
        (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith('.gz') else raw)
        receivables.check_file(tmp_path / name)


@pytest.mark.parametrize('text', ['2013-13-01', '2013-06-31', '30.6.2013', 'yesterday'])
def test_bad_day(text):
    assert f'--as-of {text}' in trouble(receivables.day, text)


def test_good_day():
    assert (receivables.day('2013-06-30'), receivables.day(None)) == ('2013-06-30', None)


def test_figures_of_a_day():
    """What is asked inside Odoo gets the database and the day; what goes wrong there is one line."""
    def house(code):
        return types.SimpleNamespace(inside=lambda _script, *arguments: [sys.executable, '-c', code, *arguments], env={})
    told = pathlib.Path(receivables.__file__).with_name('inside') / 'receivables_figures.py'
    assert told.is_file()
    assert environment.Environment.ask(house('import json, sys; print(json.dumps(sys.argv[1:]))'), told.name, 'db', '2013-06-30') == [
        'db', '2013-06-30']
    assert 'nothing there' in trouble(environment.Environment.ask, house('raise SystemExit("nothing there")'), told.name, 'db', '')
