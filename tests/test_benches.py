"""The floors that benches measure against stay in step with the tables that they fill."""
import importlib.util
import pathlib
import sys
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_grading.tests.common import GradingCommon

BENCHES = pathlib.Path(__file__).parents[1] / 'scripts' / 'benches'


def load(name):
    sys.path.insert(0, str(BENCHES))
    try:
        spec = importlib.util.spec_from_file_location(f'bench_{name}', BENCHES / f'{name}.py')
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(BENCHES))


@tagged('post_install', '-at_install')
class TestGradingBench(GradingCommon):
    STORED = {
        'crm_customer': 'revenue, revenue_before, order_count, last_order_date, grade_id, score, rfm_segment_id, lifecycle_id',
        'crm_grade_verdict': 'status, grade_id, settled_grade_id, computed_grade_id, score, segment_id, since',
        'crm_grade_history': 'date, grade_id, move, score',
        'crm_lifecycle_history': 'date, state_id, direction',
    }

    def _stored(self):
        """Return what lies in the tables of verdicts, by table, whoever it is about."""
        return {table: sorted(map(str, self.env.execute_query(SQL(
            "SELECT %s FROM %s WHERE company_id = %s", SQL(columns), SQL.identifier(table), self.company.id))))
            for table, columns in self.STORED.items()}

    def test_floor_stores_what_a_run_stores(self):
        """Else the ratio between both would say nothing."""
        bench = load('grading')
        env = self.env(context={**self.env.context, 'allowed_company_ids': self.company.ids})
        partners = self._customers(10)
        self._invoices([
            (partner, self.TODAY - timedelta(days=20 * number), 100 + 7 * number) for number, partner in enumerate(partners)])
        scheme, states = bench._scheme(env), bench._lifecycle(env)
        env.flush_all()
        with env.cr.savepoint() as savepoint:
            env.cr.execute(bench._floor_sql(env, scheme, states, self.TODAY))
            floor = self._stored()
            savepoint.rollback()
        env['crm.grading.run']._run(self.company, self.TODAY)
        run = self._stored()
        self.assertEqual({table: len(rows) for table, rows in floor.items()}, dict.fromkeys(self.STORED, 10))
        for table in self.STORED:
            with self.subTest(table=table):
                self.assertLessEqual(set(floor[table]), set(run[table]))
