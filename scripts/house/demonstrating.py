"""``scripts/demo``: the suite with its demo company, or with a company made of a real sales history."""
import argparse
import json
import os
import pathlib

from . import console, databases, environment, figures, receivables, sales, serving, suite

DESCRIPTION = '''Set up what is missing, make the database and start the server. The second start takes seconds.

    scripts/demo                          the demo company
    scripts/demo --sales FILE.csv.gz      a company made of a sales history (csv, csv.gz, xlsx) with its grades
    scripts/demo --receivables FILE.csv   a company made of another system's receivables (csv, csv.gz)
'''
DATABASE = 'crm_suite_demo'
WARNING = 'This is a demo: passwords equal sign-ins. Do not let others reach it and do not put real data in.'


def parse(arguments=None):
    parser = argparse.ArgumentParser(
        prog='scripts/demo', description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--sales', metavar='FILE', type=pathlib.Path,
                        help='a sales history instead of the demo company')
    parser.add_argument('--receivables', metavar='FILE', type=pathlib.Path,
                        help="another system's invoices with due and settled days, instead of the demo company")
    parser.add_argument('--as-of', metavar='DAY',
                        help='with --receivables: the day of the figures, as in 2013-06-30 (default: the last invoice)')
    parser.add_argument('--map', metavar='FIELD=COLUMN', action='append', default=[],
                        help='which column of the file is which field, when it is not recognised; repeat as needed')
    parser.add_argument('--lines', action='store_true', help='with --sales: documents with every line of the file')
    parser.add_argument('--currency', metavar='CODE',
                        help="with --sales: the company's currency, as in GBP (default: that of a new company in Odoo)")
    parser.add_argument('--report', metavar='FILE.json', type=pathlib.Path,
                        help='write all figures into a file, also those that are not shown')
    parser.add_argument('--no-serve', action='store_true', help='do not start the server')
    parser.add_argument('--fresh', action='store_true', help='make the database anew')
    parser.add_argument('--port', type=int, default=8069, help='port of the server (default: %(default)s)')
    parser.add_argument('--host', default='127.0.0.1', help='address to listen on (default: only this machine)')
    parser.add_argument('--open', action='store_true', help='open the page in a web browser')
    return parser.parse_args(arguments)


def check(options):
    """Find out early what would fail after minutes of work."""
    if options.sales:
        sales.check_file(options.sales)
        options.map = sales.mapping(options.map)
        options.currency = sales.currency(options.currency)
    elif options.map or options.lines or options.currency:
        raise console.Trouble('--map, --lines and --currency belong to --sales', 'add --sales FILE')
    if options.receivables:
        if options.sales:
            raise console.Trouble('--sales and --receivables make a database each', 'choose one of them')
        receivables.check_file(options.receivables)
        options.as_of = receivables.day(options.as_of)
    elif options.as_of:
        raise console.Trouble('--as-of belongs to --receivables', 'add --receivables FILE')
    if options.report:
        folder = options.report.resolve().parent
        if not os.access(folder, os.W_OK) or options.report.is_dir():
            raise console.Trouble(f'{options.report} cannot be written', 'name a file in a folder of yours')
    if not options.no_serve:
        serving.check_port(options.host, options.port)


def main():
    options = parse()
    check(options)
    with environment.Environment('demo') as house:
        base = databases.Databases(house)
        if not base.addons:
            raise console.Trouble('there is no addon in the folder addons', 'complete the checkout')
        if options.sales:
            name = sales.ensure(base, options)
        elif options.receivables:
            name = receivables.ensure(base, options)
        else:
            name = ensure(base, options.fresh)
        console.say('… reading the figures')
        about = house.ask('about.py', name)
        if options.receivables:
            receivables.tell(house, name, options)
        else:
            tell(about['figures'], options.report)
        if options.no_serve:
            return 0
        return serving.serve(house, name, about['users'], options, WARNING)


def tell(found, report):
    """Print the figures that count; all of them go into the file ``report``, if there is one."""
    if found:
        print(figures.summary(found))
        print('', f'All figures, with months, cohorts, returns and moves between grades: {report or "--report FILE.json"}',
              sep='\n', flush=True)
    if report:
        report.write_text(json.dumps(found, indent=2, ensure_ascii=False) + '\n', encoding='utf-8')


def ensure(base, fresh):
    """The database with the demo company, updated when the code changed. :return: its name."""
    stamp = databases.Stamp(base, DATABASE)
    state = stamp.read()
    if base.exists(DATABASE) and not state:
        raise databases.foreign(DATABASE)
    addons = sorted(base.addons)
    key = suite.digest([base.house.odoo.version, suite.content_key(demo=True)])
    if fresh or not base.exists(DATABASE):
        if base.exists(DATABASE):
            base.drop(DATABASE)
        with base.making(DATABASE) as new:
            base.install('installing the suite and its demo company', new, addons, '--with-demo')
            base.generate_assets(new)
        stamp.write(key=key)
    elif state.get('key') != key:
        base.update('bringing the demo up to date', DATABASE, addons)
        base.generate_assets(DATABASE)
        stamp.write(key=key)
    return DATABASE
