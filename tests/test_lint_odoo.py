"""Odoo's own checks from its module test_lint, on our addons only."""
import importlib
import pathlib

import pytest

from odoo.modules import Manifest

from odoo.addons.test_lint.tests import test_pofile

OURS = sorted(path.parent.name for path in pathlib.Path(__file__).parents[1].glob('addons/*/__manifest__.py'))
CHECKS = (
    'test_docstring', 'test_dunderinit', 'test_i18n', 'test_index', 'test_jstranslate', 'test_manifests',
    'test_markers', 'test_naming', 'test_onchange_domains', 'test_orm_import', 'test_override_signatures',
    'test_pofile', 'test_routes', 'test_test_holes',
)


@pytest.fixture(autouse=True)
def only_ours(monkeypatch):
    monkeypatch.setattr(
        Manifest, 'all_addon_manifests', staticmethod(lambda: [Manifest.for_addon(name) for name in OURS]))
    monkeypatch.setattr(test_pofile, 'get_modules', lambda: OURS)


def _classes():
    """The test classes of Odoo's checks under unique names, for pytest to find."""
    for check in CHECKS:
        module = importlib.import_module(f'odoo.addons.test_lint.tests.{check}')
        for name, found in vars(module).items():
            defined_here = isinstance(found, type) and found.__module__ == module.__name__
            if defined_here and any(member.startswith('test_') for member in vars(found)):
                yield f'{check}_{name}', found


globals().update(_classes())
