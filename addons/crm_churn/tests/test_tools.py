import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase, tagged

from .. import tools


@tagged('post_install', '-at_install')
class TestTools(BaseCase):
    """The rules without database say themselves what they do: their examples hold."""

    def test_examples(self):
        modules = [importlib.import_module(f'{tools.__name__}.{name}') for _finder, name, _package in pkgutil.iter_modules(tools.__path__)]
        self.assertIn('reasons', [module.__name__.rsplit('.', 1)[-1] for module in modules])
        for module in modules:
            with self.subTest(module=module.__name__):
                self.assertEqual(doctest.testmod(module).failed, 0)
