"""``scripts/demo --sales``: a database made of a sales history. Inside Odoo, ``crm.sales.import`` does the work."""
import hashlib
import json
import pathlib
import re
import subprocess

from . import console, databases, lock, paths, suite

SUFFIXES = ('.csv', '.csv.gz', '.xlsx')
DONE, UNDER_WAY = 'done', 'under way'
UNUSABLE, NO_CURRENCY = 4, 5  # exit status of inside/sales_import.py: nothing of the file came in, nor will it


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


def currency(code):
    """``gbp`` as ``GBP``; whether Odoo knows it is found out there."""
    if code is None:
        return None
    if not re.fullmatch(r'[A-Za-z]{3}', code):
        raise console.Trouble(f'--currency {code} is not understood', 'give the three letters of a currency, as in GBP')
    return code.upper()


def database_name(path):
    """The database is named after the file."""
    stem = re.sub(r'(\.csv|\.gz|\.xlsx)+$', '', pathlib.Path(path).name.lower())
    return 'sales_' + (re.sub(r'[^a-z0-9]+', '_', stem).strip('_') or 'file')[:40]


def content_key(path, columns, lines, currency=None):
    """Changes when a database made before does not fit any more."""
    choices = (sorted((columns or {}).items()), bool(lines)) + ((currency,) if currency else ())
    total = hashlib.sha256(repr(choices).encode())
    with open(path, 'rb') as content:
        while block := content.read(2**20):
            total.update(block)
    return total.hexdigest()[:16]


def ensure(base, options):
    """The database made of the file; an import that was interrupted goes on. :return: its name."""
    name = database_name(options.sales)
    with lock.only_one(name):
        _ensure(base, options, name)
    return name


def _ensure(base, options, name):
    stamp = databases.Stamp(base, name)
    state = stamp.read()
    key = content_key(options.sales, options.map, options.lines, options.currency)
    code = suite.content_key()
    exists = base.exists(name)
    if exists and (options.fresh or state.get('key') != key):
        if not state:
            raise databases.foreign(name)
        _run(base, name, options, check=True)  # a slip in --map or --currency must not cost what is there
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
        _import(base, name, options, stamp)
        stamp.write(**{**state, 'state': DONE})


def _import(base, name, options, stamp):
    try:
        status, said = _run(base, name, options)
    except Unusable:
        base.drop(name)
        stamp.remove()
        raise
    if status:
        wrong, _remedy = console.explain(said)
        raise console.Trouble(f'the import stopped: {wrong or said or "see above"}',
                              'the same command continues where it stopped; --fresh starts anew')


class Unusable(console.Trouble):
    """The file, or what --map or --currency say about it, leads to nothing."""


def _run(base, name, options, check=False):
    """Let the program inside Odoo do the work, or only look at the file. :return: its exit status and what it said."""
    more = [] if check else [paths.LOCAL / 'reports' / f'{name}.problems.csv']
    command = base.house.inside('sales_import.py', name, options.sales.resolve(), json.dumps(
        {'mapping': options.map, 'line_detail': options.lines, 'currency': options.currency}), *more)
    process = subprocess.Popen(list(map(str, command)), env=base.house.env, stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL if check else None)
    status = console.wait(process)
    said = process.stdout.read().strip()
    if status == NO_CURRENCY:
        raise Unusable(f'Odoo knows no currency {options.currency}', 'give the code of another one, as in --currency GBP')
    if status == UNUSABLE:
        raise Unusable(f'{options.sales} cannot be used: {said}',
                       'correct that, or say with --map FIELD=COLUMN which column is which')
    return status, said
