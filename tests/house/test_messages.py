"""What can go wrong is said in one line with a remedy."""
import os
import pathlib
import re
import socket
import subprocess
import sys
import types

import pytest

from house import apt, console, databases, demonstrating, odoo_source, postgres, python_problem, sales, serving

ROOT = pathlib.Path(__file__).resolve().parents[2]


def trouble(call, *arguments):
    with pytest.raises(console.Trouble) as caught:
        call(*arguments)
    text = str(caught.value)
    assert '\n' not in text
    assert text.startswith('error: ')
    assert 'Remedy: ' in text
    return text


@pytest.mark.parametrize('version, fits', [
    ((3, 9, 18), False), ((3, 10, 0), True), ((3, 13, 2), True), ((3, 14, 0), False), ((2, 7, 18), False),
])
def test_python_version(version, fits):
    text = python_problem(version)
    assert (text is None) is fits
    if not fits:
        assert '%d.%d' % version[:2] in text and 'Remedy' in text


def test_port_taken():
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        server.listen()
        port = server.getsockname()[1]
        text = trouble(serving.check_port, '127.0.0.1', port)
    assert str(port) in text and '--port' in text
    serving.check_port('127.0.0.1', port)


def test_port_that_does_not_exist():
    assert '--port' in trouble(serving.check_port, '127.0.0.1', 99999)


@pytest.mark.parametrize('name, content, said', [
    ('gone.csv', None, 'not a file'),
    ('sales.pdf', b'%PDF', 'no sales history'),
    ('empty.csv', b'', 'empty'),
    ('plain.csv.gz', b'Invoice,Customer', 'damaged'),
    ('plain.xlsx', b'Invoice,Customer', 'damaged'),
])
def test_bad_sales_file(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert said in trouble(sales.check_file, tmp_path / name)


def test_unreadable_sales_file(tmp_path, monkeypatch):
    path = tmp_path / 'sales.csv'
    path.write_text('x')

    def refuse(*_args):
        raise PermissionError(13, 'Permission denied')
    monkeypatch.setattr('builtins.open', refuse)
    assert 'Permission denied' in trouble(sales.check_file, path)


def test_good_sales_file(tmp_path):
    (tmp_path / 'Sales.CSV').write_text('Invoice,Customer')
    sales.check_file(tmp_path / 'Sales.CSV')


class FakeHouse:
    """A house whose program for imports says something and ends with a status."""
    env = dict(os.environ)

    def __init__(self, said, status):
        self.code = f'print({said!r}); raise SystemExit({status})'

    def inside(self, *_arguments):
        return [sys.executable, '-c', self.code]


@pytest.mark.parametrize('said, status, expected, dropped', [
    ('No column is assigned to: Date.', sales.UNUSABLE, 'No column is assigned to: Date', ['sales_x']),
    ('could not extend file: No space left on device', 3, 'the import stopped: the disk is full', []),
    ('', 1, 'the import stopped: see above', []),
    ('', sales.NO_CURRENCY, 'Odoo knows no currency XQX', ['sales_x']),
])
def test_import_that_stops(tmp_path, said, status, expected, dropped):
    """Of a file that is of no use nothing is left; what can go on later is kept."""
    base = types.SimpleNamespace(house=FakeHouse(said, status), dropped=[])
    base.drop = base.dropped.append
    base.house.data_dir = tmp_path
    stamp = databases.Stamp(base, 'sales_x')
    stamp.write(key=1)
    options = types.SimpleNamespace(sales=tmp_path / 'x.csv', map=None, lines=False, currency='XQX')
    assert expected in trouble(sales._import, base, 'sales_x', options, stamp)
    assert base.dropped == dropped
    assert bool(stamp.read()) is not bool(dropped)


def test_mapping():
    assert sales.mapping(['customer=Customer ID, date = Day', 'price=P']) == {
        'customer': 'Customer ID', 'date': 'Day', 'price': 'P'}
    assert sales.mapping([]) is None
    assert '--map' in trouble(sales.mapping, ['customer'])


def test_report_in_no_folder(tmp_path):
    options = demonstrating.parse(['--no-serve', '--report', str(tmp_path / 'none' / 'x.json')])
    assert 'cannot be written' in trouble(demonstrating.check, options)


@pytest.mark.parametrize('option', [['--lines'], ['--map', 'a=b'], ['--currency', 'GBP']])
def test_options_of_sales_alone(option):
    assert '--sales' in trouble(demonstrating.check, demonstrating.parse([*option, '--no-serve']))


@pytest.mark.parametrize('code', ['', 'pounds', '£'])
def test_currency_that_is_none(code):
    assert 'GBP' in trouble(sales.currency, code)


@pytest.mark.parametrize('log, said', [
    ('E: Could not resolve host', 'network'),
    ('tar: write: No space left on device', 'disk is full'),
    ('(from versions: none)\nERROR: No matching distribution found for six==1.17.0', 'network'),
    ('(from versions: 1.0, 1.1)\nERROR: No matching distribution found for six==9', 'pinned package'),
    ("open: Permission denied: 'x'", 'cannot be read or written'),
])
def test_meaning_of_a_log(log, said):
    wrong, remedy = console.explain(log)
    assert said in wrong and remedy


def test_unknown_log_has_no_meaning():
    assert console.explain('Segmentation fault') == ('', '')


def test_whatever_fails_on_a_full_disk_failed_for_that(tmp_path, monkeypatch):
    monkeypatch.setattr(console.paths, 'LOCAL', tmp_path)
    monkeypatch.setattr(console, 'free_space', lambda folder: console.NEARLY_FULL - 1)
    assert console.explain('FATAL: the database system is in recovery mode') == console.FULL


def test_several_lines_become_one():
    assert str(console.Trouble('this\n  fails?', 'try that.')) == 'error: this fails. Remedy: try that.'


def test_postgresql_that_is_none():
    env = {**os.environ, 'PGHOST': '127.0.0.1', 'PGPORT': '1'}
    text = trouble(postgres.check_external, sys.executable, env)
    assert 'port 1 failed: Connection refused' in text and 'PGHOST' in text and 'Traceback' not in text


def test_failed_step_says_where_to_read(tmp_path, monkeypatch):
    monkeypatch.setattr(console.paths, 'LOGS', tmp_path)
    text = trouble(console.run, 'a step', [sys.executable, '-c', 'print("boom"); raise SystemExit(3)'])
    assert 'boom' in text and str(tmp_path) in text


def test_nearly_full_disk(tmp_path):
    assert 'MB free' in trouble(console.need_space, tmp_path, 10**12)


def test_no_debian_source():
    assert 'ODOO_HOME' in trouble(apt.archives, 'jammy|main|mirror', 'bookworm')


def checkout(folder, version):
    (folder / 'odoo/addons/base').mkdir(parents=True)
    (folder / 'addons/crm').mkdir(parents=True)
    (folder / 'addons/web').mkdir()
    (folder / 'odoo/release.py').write_text(f"RELEASE = 1\nversion_info = {version}\n")
    return folder


def test_checkout_of_another_release(tmp_path, monkeypatch):
    monkeypatch.setenv('ODOO_HOME', str(checkout(tmp_path, "(18, 0, 0, FINAL, 0, '')")))
    text = trouble(odoo_source.pointed_at)
    assert '18.0' in text and 'ODOO_HOME' in text


def test_checkout_that_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv('ODOO_HOME', str(tmp_path))
    assert 'no Odoo is there' in trouble(odoo_source.pointed_at)


def test_program_that_is_none(monkeypatch):
    monkeypatch.delenv('ODOO_HOME', raising=False)
    monkeypatch.setenv('ODOO_BIN', '/nowhere/odoo-bin')
    assert 'ODOO_BIN' in trouble(odoo_source.pointed_at)


@pytest.mark.parametrize('variable, value', [('ODOO_HOME', '.'), ('ODOO_BIN', 'odoo-bin')])
def test_checkout_of_this_release(tmp_path, monkeypatch, variable, value):
    checkout(tmp_path, "(19, 0, 0, FINAL, 0, '')")
    program = tmp_path / 'odoo-bin'
    program.write_text('#!/usr/bin/env python3\n')
    program.chmod(0o755)
    monkeypatch.delenv('ODOO_HOME', raising=False)
    monkeypatch.setenv(variable, str((tmp_path / value).resolve()))
    found = odoo_source.pointed_at()
    assert found.version == '19.0.0'
    assert found.addons_paths == [tmp_path / 'odoo/addons', tmp_path / 'addons']


@pytest.mark.parametrize('name', ['demo', 'test', 'odoo', 'lint', 'bench', 'i18n', 'setup'])
def test_help(name):
    command = [sys.executable, ROOT / 'scripts' / name, '--help']
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f'scripts/{name}' in done.stdout
    assert os.access(ROOT / 'scripts' / name, os.X_OK)


def test_shared_out_tests_are_not_left_out_unnoticed(tmp_path):
    """Neither a test without a browser nor a file that cannot be read: the run fails, and ends with pytest's closing line."""
    (tmp_path / 'test_skipped.py').write_text(
        "import unittest\ndef test_a(): raise unittest.SkipTest('chrome not found')\ndef test_b(): pass\n")
    (tmp_path / 'test_wanting.py').write_text("import pytest\npytest.importorskip('nothing_of_that_name')\n")
    command = [sys.executable, '-m', 'pytest', '-p', 'no:odoo', '-p', 'no:cacheprovider', '-p', 'conftest', '-n', '2', '-c', os.devnull]
    done = subprocess.run([*command, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count('would have been skipped') >= 2
    assert re.search(r'=+ 1 failed, 1 passed, \d errors? in .+ =+$', done.stdout.strip()), done.stdout
