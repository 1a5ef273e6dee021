"""``scripts/demo --sales``: a database made of a sales history. Inside Odoo, ``crm.sales.import`` does the work."""
import hashlib
import json
import pathlib
import re

from . import console, databases, paths, suite

SUFFIXES = ('.csv', '.csv.gz', '.xlsx')
DONE, UNDER_WAY = 'done', 'under way'


def check_file(path):
    """One clear line when the file cannot be used."""
    if not path.is_file():
        raise console.Trouble(f'{path} is not a file', 'check the path')
    if not path.name.lower().endswith(SUFFIXES):
        raise console.Trouble(f'{path.name} is no sales history', 'give a file that ends in ' + ', '.join(SUFFIXES))
    try:
        with open(path, 'rb') as content:
            first = content.read(4)
    except OSError as error:
        raise console.Trouble(f'{path} cannot be read: {error.strerror}', 'check its owner and permissions') from error
    if not first:
        raise console.Trouble(f'{path} is empty', 'give another file')
    for suffix, magic in (('.gz', b'\x1f\x8b'), ('.xlsx', b'PK')):
        if path.name.lower().endswith(suffix) and not first.startswith(magic):
            raise console.Trouble(f'{path} is damaged: its content is not {suffix[1:]}', 'get the file again')


def mapping(pairs):
    """``["customer=CustomerID,date=Day"]`` as a dict, or ``None``."""
    found = {}
    for pair in ','.join(pairs).split(',') if pairs else ():
        field, equals, column = pair.partition('=')
        if not (field.strip() and equals and column.strip()):
            raise console.Trouble(f'--map {pair} is not understood', 'write FIELD=COLUMN, as in customer=CustomerID')
        found[field.strip()] = column.strip()
    return found or None


def database_name(path):
    """The database is named after the file."""
    stem = re.sub(r'(\.csv|\.gz|\.xlsx)+$', '', pathlib.Path(path).name.lower())
    return 'sales_' + (re.sub(r'[^a-z0-9]+', '_', stem).strip('_') or 'file')[:40]


def content_key(path, columns, lines):
    """Changes when a database made before does not fit any more."""
    total = hashlib.sha256(repr((sorted((columns or {}).items()), bool(lines))).encode())
    with open(path, 'rb') as content:
        while block := content.read(2**20):
            total.update(block)
    return total.hexdigest()[:16]


def ensure(base, options):
    """The database made of the file; an import that was interrupted goes on. :return: its name."""
    name = database_name(options.sales)
    stamp = databases.Stamp(base, name)
    state = stamp.read()
    key = content_key(options.sales, options.map, options.lines)
    code = suite.content_key()
    exists = base.exists(name)
    if exists and (options.fresh or state.get('key') != key):
        if not state:
            raise databases.foreign(name)
        console.say(f'… dropping {name}: ' + ('made anew' if options.fresh else 'the file or its mapping changed'))
        base.drop(name)
        exists = False
    if not exists:
        state = {'key': key, 'code': code, 'state': UNDER_WAY}
        with base.making(name) as new:
            base.copy(base.template(), new)
            stamp.write(**state)
    elif state['code'] != code:
        base.update('bringing the database up to date', name, sorted(base.addons))
        state['code'] = code
        stamp.write(**state)
    if state['state'] != DONE:
        _import(base, name, options)
        stamp.write(**{**state, 'state': DONE})
    return name


def _import(base, name, options):
    house = base.house
    command = house.inside('sales_import.py', name, options.sales.resolve(), json.dumps(
        {'mapping': options.map, 'line_detail': options.lines}), paths.LOCAL / 'reports' / f'{name}.problems.csv')
    status = console.foreground(command, env=house.env)
    if status:
        raise console.Trouble('the import stopped', 'the same command continues where it stopped; --fresh starts anew')
