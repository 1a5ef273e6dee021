"""``scripts/odoo``: Odoo's own command line in this environment, on the demo's cluster."""
import sys

from . import console, environment

HELP = '''usage: scripts/odoo [arguments of Odoo]

Odoo's own command line with the suite on its addons path and the demo's PostgreSQL:
    scripts/odoo shell -d demo
    scripts/odoo -d demo -u crm_grading --stop-after-init
    scripts/odoo db list
    scripts/odoo --test             …on the cluster of the tests instead (its data is not safe)
    scripts/odoo server --help      Odoo's own help
'''


def conf_argument(arguments):
    """The file after ``-c`` or ``--config``, or ``None``."""
    for index, argument in enumerate(arguments):
        if argument in ('-c', '--config') and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith('--config='):
            return argument.split('=', 1)[1]
    return None


def main():
    arguments = sys.argv[1:]
    if arguments[:1] in (['-h'], ['--help']):
        print(HELP)
        return 0
    kind = 'test' if arguments[:1] == ['--test'] else 'demo'
    arguments = arguments[1:] if kind == 'test' else arguments
    with environment.Environment(kind, conf=conf_argument(arguments)) as house:
        return console.foreground(house.command(*arguments), env=house.env)
