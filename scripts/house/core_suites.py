"""``scripts/test --core``: Odoo's own suites on a database with the suite installed.

All modules are loaded before the first test, so that also the tests that Odoo runs in the middle of an installation
meet our addons.
"""
from . import console, databases, paths

SUITES = ('sales_team', 'crm', 'sale_crm', 'sale', 'sale_stock')
# What fails without our addons as well, and why.
FAILS_WITHOUT_US = {
    'TestSaleFlow and test_qty_delivered': 'is about sale without sale_stock, which the other suites need',
}


def targets(house, names):
    """The folders of the suites' tests."""
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise console.Trouble(f'{unknown[0]} is not one of the core suites', f'they are: {", ".join(SUITES)}')
    return [next(path / name / 'tests' for path in house.odoo.addons_paths if (path / name).is_dir())
            for name in names or SUITES]


def run(house, arguments):
    """:param arguments: names of suites, then options for pytest."""
    names = []
    while arguments and not arguments[0].startswith('-'):
        names.append(arguments.pop(0))
    folders = targets(house, names)
    base = databases.Databases(house, more=SUITES)
    for name, reason in FAILS_WITHOUT_US.items():
        console.say(f'left out: {name} ({reason})')
    left_out = ' and '.join(f'not ({name})' for name in FAILS_WITHOUT_US)
    with base.throw_away('core') as database:
        # conftest.py: a test that is skipped for want of a browser fails here as well
        return console.foreground([
            house.python, '-m', 'pytest', '-c', paths.ROOT / 'pytest.ini', f'--rootdir={paths.ROOT}', '-p', 'conftest',
            f'--odoo-database={database}', '--odoo-http', '-k', left_out, *folders, *arguments,
        ], env=house.env, cwd=paths.ROOT)
