from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools.planner import by_key, count_anew, over_everybody, without_compiling


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

    def test_over_everybody(self):
        def ask(name):
            self.env.cr.execute(SQL("SELECT current_setting(%s)", name))
            return self.env.cr.fetchone()[0]

        with over_everybody(self.env):
            self.assertEqual((ask('enable_nestloop'), ask('jit')), ('off', 'off'))
        self.assertEqual(ask('enable_nestloop'), 'on')
        self._try(lambda env: over_everybody(env).__enter__(), 'enable_nestloop', 'on', 'off')

    def test_count_anew(self):
        """What the transaction has written, even what is not flushed yet, is counted before anybody commits it."""
        def guess():
            self.env.cr.execute("SELECT reltuples FROM pg_class WHERE oid = 'res_partner_category'::regclass")
            return self.env.cr.fetchone()[0]

        tags = self.env['res.partner.category']
        tags.create([{'name': f"Tag {number}"} for number in range(300)])
        count_anew(self.env, 'res_partner_category', 'res_partner')
        self.assertEqual(guess(), tags.with_context(active_test=False).search_count([]))
