"""``scripts/demo --receivables``: a database of another system's receivables. Inside Odoo, ``crm.receivables.import`` does the work."""
import datetime
import importlib.util
import json
import pathlib
import re
import subprocess
import sys

from . import console, databases, lock, paths, sales, suite

UNUSABLE = 4  # exit status of inside/receivables_import.py
WRONG = {  # by the codes of foreign_file.ForeignFileError and foreign_table.RowError
    'columns': 'it has no column {columns}',
    'value': 'line {line}: “{value}” is no value for {column}',
    'twice': 'line {line}: invoice {value} is in line {first} already',
    'empty': 'it has no rows',
    'binary': 'it is damaged, or no text',
    'broken_gzip': 'it is damaged',
    'encoding': 'it is damaged, or not written in {encoding}',
    'quotes': 'the quotation marks do not match near line {line}',
}


def check_file(path):
    """One clear line when the file cannot be used: it is read as the import will, minutes later."""
    if path.is_file() and not path.name.lower().endswith(('.csv', '.csv.gz')):
        raise console.Trouble(f'{path.name} is no file of receivables', 'give a file that ends in .csv or .csv.gz')
    sales.check_file(path)
    foreign, own = _module('crm_grading', 'foreign_table'), _module('crm_contract_exec', 'receivables_file')
    try:
        foreign.ForeignTable(path.read_bytes(), own.COLUMNS).collect(own.receivable, own.KEY)
    except foreign.ForeignFileError as error:
        what = '; '.join(
            WRONG[problem.code].format(**problem.params) for problem in error.params.get('problems', [error]))
        raise console.Trouble(f'{path.name} cannot be used: {what}', 'correct that, and start again') from error


def _module(addon, name):
    """A module of the tools of an addon; those that read files need no Odoo."""
    package = f'{addon}_tools'
    if package not in sys.modules:
        folder = paths.ROOT / 'addons' / addon / 'tools'
        spec = importlib.util.spec_from_file_location(package, folder / '__init__.py', submodule_search_locations=[str(folder)])
        sys.modules[package] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f'{package}.{name}')


def day(text):
    """``2013-06-30`` as it is; anything else is not understood."""
    try:
        return text and datetime.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise console.Trouble(f'--as-of {text} is not understood', 'write a day as in 2013-06-30') from error


def database_name(path):
    """The database is named after the file."""
    stem = re.sub(r'(\.csv|\.gz)+$', '', pathlib.Path(path).name.lower())
    return 'receivables_' + (re.sub(r'[^a-z0-9]+', '_', stem).strip('_') or 'file')[:40]


def ensure(base, options):
    """The database made of the file; an import that was interrupted goes on. :return: its name."""
    name = database_name(options.receivables)
    with lock.only_one(name):
        stamp = databases.Stamp(base, name)
        state = stamp.read()
        key, code = sales.content_key(options.receivables, None, False), suite.content_key()
        if base.exists(name) and (options.fresh or state.get('key') != key):
            if not state:
                raise databases.foreign(name)
            console.say(f'… dropping {name}: ' + ('made anew' if options.fresh else 'the file changed'))
            base.drop(name)
        if not base.exists(name):
            state = {'key': key, 'code': code, 'state': sales.UNDER_WAY}
            with base.making(name) as new:
                base.copy(base.template(), new)
                stamp.write(**state)
        elif state['code'] != code:
            base.update('bringing the database up to date', name, sorted(base.addons))
            state['code'] = code
            stamp.write(**state)
        if state['state'] != sales.DONE:
            _import(base, name, options, stamp)
            stamp.write(**{**state, 'state': sales.DONE})
    return name


def _import(base, name, options, stamp):
    command = base.house.inside('receivables_import.py', name, options.receivables.resolve())
    process = subprocess.Popen(list(map(str, command)), env=base.house.env, stdout=subprocess.PIPE, text=True)
    status = console.wait(process)
    said = process.stdout.read().strip()
    if status == UNUSABLE:
        base.drop(name)
        stamp.remove()
        raise console.Trouble(f'{options.receivables} cannot be used: {said}', 'correct that, and start again')
    if status:
        raise console.Trouble(f'the import stopped: {said or "see above"}', 'the same command continues where it stopped')


def tell(house, name, options):
    """Print what is owed as of the day asked for; all figures go into the report, if there is one."""
    found = house.ask('receivables_figures.py', name, options.as_of or '')
    for key, value in found.items():
        print(f'{key:<20} {json.dumps(value)}')
    if options.report:
        options.report.write_text(json.dumps(found, indent=2) + '\n', encoding='utf-8')
