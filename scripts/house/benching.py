"""``scripts/bench``: run a measurement on throw-away databases.

A bench is a file ``scripts/benches/NAME.py`` with

* a docstring whose first line says what is measured,
* ``SIZES``: the sizes to run when none is asked for, as ``[50_000, 200_000]``,
* ``def run(env, size) -> dict``: generates ``size`` records, measures, and returns at least ``seconds`` and
  ``floor_seconds`` (the raw SQL that no correct solution can beat), plus whatever else is worth knowing. ``ratio``
  and ``peak_mb`` are added when they are not there.

``run`` gets a fresh copy of the database with the suite for each size and may commit in it.

A file ``scripts/benches/_NAME_peer.py`` takes addons of others through the same steps: ``PACKAGES`` are theirs, ``run`` gets a
database with them and without the suite. ``--peer`` fetches and measures them after each size of ours.
"""
import argparse
import ast
import json
import re
import subprocess

from . import console, databases, environment, paths, peers

COLUMNS = ('bench', 'size', 'seconds', 'floor_seconds', 'ratio', 'peak_mb')
FACTORS = {'': 1, 'k': 1_000, 'm': 1_000_000}


def size(text):
    """``50k`` as 50000."""
    match = re.fullmatch(r'(\d+(?:\.\d+)?)([km]?)', text.strip().lower())
    if not match or not float(match[1]):
        raise argparse.ArgumentTypeError(f'{text} is not a size; write for example 500, 50k or 1m')
    return int(float(match[1]) * FACTORS[match[2]])


def benches():
    """``{name: first line of its docstring}``."""
    found = {}
    for path in sorted(paths.BENCHES.glob('[!_]*.py')):
        text = ast.get_docstring(ast.parse(path.read_text(encoding='utf-8'))) or ''
        found[path.stem] = (text.splitlines() or [''])[0]
    return found


def parse(arguments=None):
    known = benches()
    listed = '\n'.join(f'    {name:<16}{text}' for name, text in known.items()) or '    none yet'
    parser = argparse.ArgumentParser(
        prog='scripts/bench', formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f'Measure on throw-away databases.\n\nbenches:\n{listed}')
    parser.add_argument('name', choices=list(known), metavar='NAME', help='which bench')
    parser.add_argument('--size', type=size, action='append', help='number of records, as 50k or 1m; repeat as needed')
    parser.add_argument(
        '--peer', action='store_true', help='measure the addons of others in the same run, for: ' + ', '.join(
            path.stem[1:-5] for path in sorted(paths.BENCHES.glob('_*_peer.py'))))
    parser.add_argument('--json', action='store_true', help='one JSON object per line instead of a table')
    options = parser.parse_args(arguments)
    if options.peer and not (paths.BENCHES / f'{peer(options.name)}.py').exists():
        parser.error(f'{options.name} has nobody to be compared with')
    return options


def peer(name):
    """The name of the bench of others."""
    return f'_{name}_peer'


def main():
    options = parse()
    with environment.Environment('test') as house:
        base = databases.Databases(house)
        sizes = options.size or house.ask('bench.py', options.name)['sizes']
        if not options.json:
            print('  '.join(f'{column:>13}' for column in COLUMNS), flush=True)
        for number in sizes:
            for result in _measures(base, options, number):
                print(json.dumps(result) if options.json else line(result), flush=True)
    return 0


def _measures(base, options, number):
    """The results of ours, and of the others where they are asked for."""
    with base.throw_away('bench') as database:
        yield _measure(base.house, options.name, database, number)
    if options.peer:
        name = peer(options.name)
        packages = base.house.ask('bench.py', name)['packages']
        with peers.fetched(base.house, packages) as modules, base.throw_away('bench', base.base()) as database:
            base.install(f'installing {", ".join(modules)}', database, modules)
            result = _measure(base.house, name, database, number)
            yield {**result, 'bench': f'{options.name}: {modules[0]}'}


def _measure(house, name, database, number):
    console.say(f'… {name}, {number:,} records')
    done = subprocess.run(
        list(map(str, house.inside('bench.py', name, database, number))), env=house.env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise console.Trouble(f'the bench {name} failed at {number:,} records', 'see the message above')
    return json.loads(done.stdout.splitlines()[-1])


def line(result):
    """A result as a line of the table, with what else the bench wants to say behind it."""
    cells = [_cell(result.get(column)) for column in COLUMNS]
    more = ', '.join(f'{key} {_cell(value)}' for key, value in result.items() if key not in COLUMNS)
    return '  '.join(f'{cell:>13}' for cell in cells) + (f'   {more}' if more else '')


def _cell(value):
    if value is None:
        return ''
    return f'{value:,.2f}' if isinstance(value, float) else f'{value:,}' if isinstance(value, int) else str(value)
