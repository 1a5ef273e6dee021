"""``scripts/test``: everything, or a part, on a throw-away database."""
import argparse
import os
import sys

from . import console, core_suites, databases, environment, paths

DESCRIPTION = '''Run lint, the addons' tests, tests/ and the browser journeys on a throw-away copy of a cached database.


    scripts/test                          everything
    scripts/test crm_grading -k pareto    a part: names of addons, files, any option of pytest
    scripts/test --core                   Odoo's own crm and sale suites with the suite installed
    scripts/test --core crm               one of them
'''
# Options of pytest that are followed by a value, which must not be taken for an addon or a file.
WITH_VALUE = {'-k', '-m', '-p', '-n', '-o', '-r', '-W', '-c', '--deselect', '--ignore', '--maxfail', '--tb',
              '--durations', '--junitxml', '--rootdir', '--odoo-log-level'}


def split(arguments, addons):
    """What to test, and the options for pytest.

    :param addons: names of the addons, which stand for their folders.
    :return: ``(targets, options)``; everything when no target is named.
    """
    targets, options = [], []
    value_of = None
    for argument in arguments:
        if value_of or argument.startswith('-'):
            options.append(argument)
        elif argument in addons:
            targets.append(str(paths.ADDONS / argument))
        elif os.path.exists(argument.split('::')[0]):
            targets.append(argument)
        else:
            raise console.Trouble(f'{argument} is neither an addon nor a file',
                                  'the addons are: ' + (', '.join(sorted(addons)) or 'none yet'))
        value_of = argument in WITH_VALUE and not value_of
    return targets or [str(path) for path in (paths.ADDONS, paths.TESTS) if path.is_dir()], options


def pytest_command(house, database, targets, options=()):
    """pytest-odoo with its web server."""
    return [house.python, '-m', 'pytest', f'--rootdir={paths.ROOT}', '-c', paths.ROOT / 'pytest.ini',
            f'--odoo-database={database}', '--odoo-http', *targets, *options]


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog='scripts/test', description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog='All other arguments go to pytest.', allow_abbrev=False)
    parser.add_argument('--core', action='store_true', help="run Odoo's own suites instead of ours")
    return parser.parse_known_args(arguments)


def main():
    ours, rest = parse(sys.argv[1:])
    with environment.Environment('test', with_browser=True) as house:
        if ours.core:
            return core_suites.run(house, rest)
        base = databases.Databases(house)
        targets, options = split(rest, base.addons)
        with base.throw_away('test') as name:
            return console.foreground(pytest_command(house, name, targets, options), env=house.env, cwd=paths.ROOT)
