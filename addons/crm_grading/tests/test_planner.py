from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools.planner import by_key, without_compiling


@tagged('post_install', '-at_install')
class TestPlanner(TransactionCase):
    """What we tell PostgreSQL's planner holds for our transaction, and not for the next one on the same connection."""

    def _try(self, tell, name, other, told):
        with self.env.registry.cursor() as cr:
            setting = SQL("SELECT current_setting(%s)", name)
            cr.execute(setting)
            before = cr.fetchone()
            cr.execute(SQL("SELECT set_config(%s, %s, TRUE)", name, other))
            tell(self.env(cr=cr))
            cr.execute(setting)
            self.assertEqual(cr.fetchone(), (told,))
            cr.rollback()
            cr.execute(setting)
            self.assertEqual(cr.fetchone(), before)

    def test_without_compiling(self):
        self._try(without_compiling, 'jit', 'on', 'off')

    def test_by_key(self):
        self._try(by_key, 'random_page_cost', '4', '1.1')
