"""``scripts/test``: everything, or a part, on a throw-away database."""
import argparse
import os
import sys

from . import console, core_suites, databases, environment, paths

DESCRIPTION = '''Run lint, the addons' tests, tests/ and the browser journeys on a throw-away copy of a cached database.


    scripts/test                          everything, in as many processes as there are processors (at most 4)
    scripts/test crm_grading -k pareto    a part: names of addons, files, any option of pytest
    scripts/test crm_grading -n 2         a part in two processes
    scripts/test --core                   Odoo's own crm and sale suites with the suite installed
    scripts/test --core crm               one of them
'''
# Options of pytest that are followed by a value, which must not be taken for an addon or a file.
WITH_VALUE = {'-k', '-m', '-p', '-o', '-r', '-W', '-c', '--deselect', '--ignore', '--maxfail', '--tb',
              '--durations', '--junitxml', '--rootdir', '--odoo-log-level'}
# Options that choose among all tests, or let a person watch: several processes would only take longer to start.
ALONE = ('-k', '-m', '-s', '--capture', '--pdb', '--trace', '--co', '--lf', '--last-failed', '--sw', '--stepwise')
MOST_PROCESSES = 4  # with its database and its browser, each takes about 1 GB
EVERYTHING = [str(path) for path in (paths.ADDONS, paths.TESTS) if path.is_dir()]


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
    return targets or EVERYTHING, options


def processes(targets, options):
    """How many processes share these tests when nobody says it."""
    alone = targets != EVERYTHING or any(option.startswith(ALONE) for option in options)
    return 1 if alone else min(len(os.sched_getaffinity(0)), MOST_PROCESSES)


def pytest_command(house, database, targets, options=()):
    """pytest-odoo with its web server."""
    return [house.python, '-m', 'pytest', f'--rootdir={paths.ROOT}', '-c', paths.ROOT / 'pytest.ini',
            f'--odoo-database={database}', '--odoo-http', *targets, *options]


def sharing(workers):
    """Options that make ``workers`` share the tests; a process that breaks down ends the run instead of being replaced."""
    return ['-p', 'scripts.house.inside.sharing', '-n', len(workers), '--max-worker-restart=0'] if workers else []


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog='scripts/test', description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog='All other arguments go to pytest.', allow_abbrev=False)
    parser.add_argument('--core', action='store_true', help="run Odoo's own suites instead of ours")
    parser.add_argument('-n', type=int, metavar='N', dest='processes',
                        help='share the tests out among N processes, each with a copy of the database')
    ours, rest = parser.parse_known_args(arguments)
    if ours.core and ours.processes is not None:
        parser.error("-n does not go with --core: Odoo's own suites are one process's work")
    return ours, rest


def main():
    ours, rest = parse(sys.argv[1:])
    with environment.Environment('test', with_browser=True) as house:
        if ours.core:
            return core_suites.run(house, rest)
        base = databases.Databases(house)
        targets, options = split(rest, base.addons)
        count = processes(targets, options) if ours.processes is None else ours.processes
        workers = [f'gw{number}' for number in range(count)] if count > 1 else []  # as pytest-xdist calls them
        with base.throw_away('test', workers=workers) as name:
            command = pytest_command(house, name, targets, [*sharing(workers), *options])
            return console.foreground(command, env=house.env, cwd=paths.ROOT)
