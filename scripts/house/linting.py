"""``scripts/lint``: ruff and pylint-odoo, then Odoo's own test_lint."""
import argparse

from . import console, databases, environment, paths, suite, testing


def commands(house, files=()):
    """The checks that need no database: name to command."""
    python = str(house.python)
    checked = list(files) or [path.name for path in (paths.ADDONS, paths.SCRIPTS, paths.TESTS) if path.is_dir()]
    found = {'ruff': [python, '-m', 'ruff', 'check', *checked]}
    addons = [f'addons/{name}' for name in suite.manifests()]
    if addons:
        found['pylint-odoo'] = [python, '-m', 'pylint', '--rcfile=.pylintrc', *addons]
    return found


def main():
    parser = argparse.ArgumentParser(
        prog='scripts/lint', description='Check the code with ruff, pylint-odoo and the checks of Odoo itself.')
    parser.add_argument('--fast', action='store_true', help="leave out Odoo's own checks, which need a database")
    parser.add_argument('--fix', action='store_true', help='let ruff put right what it can')
    options = parser.parse_args()
    with environment.Environment('test') as house:
        failed = []
        for name, command in commands(house).items():
            fix = ['--fix'] if options.fix and name == 'ruff' else []
            console.say(f'… {name}')
            if console.foreground([*command, *fix], env=house.env, cwd=paths.ROOT):
                failed.append(name)
        if not options.fast and _odoo(house):
            failed.append("Odoo's test_lint")
    console.say('lint: ' + (f'failed: {", ".join(failed)}' if failed else 'all passed'))
    return 1 if failed else 0


def _odoo(house):
    base = databases.Databases(house)
    with base.throw_away('lint') as name:
        command = testing.pytest_command(house, name, [paths.TESTS / 'test_lint_odoo.py'], ['-q'])
        return console.foreground(command, env=house.env, cwd=paths.ROOT)
