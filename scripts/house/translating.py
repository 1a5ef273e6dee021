"""``scripts/i18n``: bring the terms of our addons up to date and list what is not translated yet."""
import argparse
import ast
import json

from . import console, databases, environment, paths, suite

DESCRIPTION = '''Export the terms of addons into i18n/ADDON.pot and merge them into i18n/zh_CN.po.

Translations that exist are kept, terms that are gone are dropped, and new ones are taken over from Odoo's own
translation where it has the same term in the same use. What is left is listed; the exit status then is 1.
'''


def with_dependencies(names, folders):
    """``names`` and everything that their manifests lead to.

    :param folders: where addons are.
    """
    found, queue = set(), list(names)
    while queue:
        name = queue.pop()
        manifests = [path for path in (folder / name / '__manifest__.py' for folder in folders) if path.exists()]
        if name in found or not manifests:
            continue
        found.add(name)
        queue += ast.literal_eval(manifests[0].read_text(encoding='utf-8')).get('depends', ['base'])
    return found


def main():
    parser = argparse.ArgumentParser(
        prog='scripts/i18n', description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('addon', nargs='*', help='which addons (default: all)')
    parser.add_argument('--check', action='store_true', help='change nothing, only list')
    options = parser.parse_args()
    with environment.Environment('test') as house:
        base = databases.Databases(house)
        addons = options.addon or sorted(base.addons)
        for name in set(addons) - set(base.addons):
            raise console.Trouble(f'{name} is not one of our addons', 'they are: ' + ', '.join(sorted(base.addons)))
        if not options.check:
            with base.throw_away('i18n') as database:
                console.run('exporting the terms', house.command('i18n', 'export', '-d', database, *addons),
                            env=house.env)
        return console.foreground(_merge(house, base, addons, options.check), env=house.env)


def _merge(house, base, addons, check):
    core = with_dependencies(suite.dependencies(base.addons), house.odoo.addons_paths)
    sources = [str(path / name / 'i18n' / f'{language}.po') for path in house.odoo.addons_paths
               for name in sorted(core) for language in suite.LANGUAGES[1:]]
    return house.inside('merge_terms.py', json.dumps({
        'folders': [str(paths.ADDONS / name / 'i18n') for name in addons], 'sources': sources, 'check': check}))
