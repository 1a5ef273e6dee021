"""``scripts/setup``: fetch and prepare everything, without running anything."""
import argparse

from . import console, environment


def main():
    parser = argparse.ArgumentParser(
        prog='scripts/setup',
        description='Set up what is missing in .local: Odoo 19, its Python packages, PostgreSQL, Chromium. '
                    'The other commands do the same by themselves; running it again repairs.')
    parser.add_argument('--no-browser', action='store_true', help='leave out Chromium, which only the tests need')
    options = parser.parse_args()
    with environment.Environment('test', with_browser=not options.no_browser) as house:
        console.say(f'ready: Odoo {house.odoo.version} in {house.odoo.home}')
        console.say(f'       PostgreSQL at {house.env.get("PGHOST")}:{house.env.get("PGPORT", 5432)}')
        console.say(f'       Python {house.python}')
    return 0
