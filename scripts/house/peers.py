"""Addons of others that a bench sets itself beside: fetched for one run, gone afterwards, never a part of the suite."""
import contextlib
import pathlib
import re
import tempfile
from unittest import mock

from . import console, paths, python_env


def modules(packages):
    """The addons in packages: ``['odoo-addon-x_y==19.0.*']`` are ``['x_y']``."""
    return [re.match(r'odoo-addon-(\w+)', package)[1] for package in packages]


@contextlib.contextmanager
def fetched(house, packages):
    """Have Odoo find the addons of ``packages``, and not ours, within the block."""
    with tempfile.TemporaryDirectory(dir=paths.LOCAL, prefix='peer-') as folder:
        try:
            python_env.pip('fetching the addons to compare with', '--quiet', '--no-deps', '--target', folder, *packages)
        except console.Trouble as trouble:
            raise console.Trouble(
                f'the addons to compare with cannot be fetched: {trouble.wrong}',
                "check the package source of this machine's pip, or run without --peer") from trouble
        addons = pathlib.Path(folder) / 'odoo' / 'addons'
        path = house.env['ODOO_ADDONS_PATH'].split(',')
        others = [str(addons), *(place for place in path if place != str(paths.ADDONS))]
        with mock.patch.dict(house.env, ODOO_ADDONS_PATH=','.join(others)):
            yield modules(packages)
