from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import by_key

LARGE = 50      # contracts; above, statistics of the facts pay
STEP = (        # what the relation of steps has of their rows
    'id', 'contract_id', 'kind', 'sequence', 'anchor', 'anchor_step_id', 'anchor_offset', 'anchor_unit', 'anchor_month_end', 'amount',
    'void_reason', 'is_settlement', 'confirmed_amount', 'date_confirmed', 'date_due', 'state', 'done_amount', 'waived_amount',
    'open_amount', 'done_percent', 'date_done', 'days_late',
)
STATISTICS = {   # of wide relations: the columns by which they are joined and picked
    'step': ('id', 'contract_id', 'kind', 'anchor_step_id', 'void_reason'), 'done': ('id', 'contract_id', 'anchor_step_id', 'anchor'),
    'progress': ('step_id',), 'verdict': ('id',),
}


class CrmContract(models.Model):
    """Facts at hand: each is found once, however often statements read it. The relation of a fact is called ``crm_fact_<name>``."""
    _inherit = 'crm.contract'

    @api.model
    def _fact_definitions(self, condition):
        """Return ``[(short name, query)]`` of the facts, each of which may read those before it."""
        facts = self._facts_sql()
        return [
            ('step', self._steps_sql(condition)),
            ('goods', self._goods_sql(condition)),
            ('delivered', self._delivered_sql(condition)),
            ('delivery', self._delivery_sql(facts)),
            ('invoiced', self._invoiced_sql(condition)),
            ('matched', self._matched_sql(condition, facts['invoiced'])),
            ('collected', self._collected_sql(condition, facts['matched'])),
            ('credited', self._credited_sql(condition, facts['invoiced'], facts['matched'])),
        ]

    @api.model
    def _steps_sql(self, condition):
        """Return the steps as they stand, with what their contracts say."""
        return SQL(
            """SELECT %s, contract.state AS contract_state, contract.date_signed, contract.currency_id, contract.company_id,
                      contract.is_manual IS TRUE AS is_manual
                 FROM crm_contract AS contract JOIN crm_contract_step AS step ON step.contract_id = contract.id WHERE %s""",
            SQL(", ").join(SQL.identifier('step', name) for name in STEP), condition)

    @api.model
    def _facts_sql(self):
        """Return the relations of facts by their short names, as the statements read them."""
        return {name: SQL("SELECT * FROM %s", SQL.identifier(f'crm_fact_{name}'))
                for name in ('step', 'goods', 'delivered', 'delivery', 'invoiced', 'matched', 'collected', 'credited')}

    def _facts(self, contracts, condition, names=None):
        """Have the relations of :meth:`_facts_sql` at hand while the block runs, see :meth:`_at_hand`.

        :param contracts: None for all; said by ``condition``, on the alias ``contract``
        :param names: short names of the facts that are needed; default: all
        """
        return self._at_hand(contracts, [
            (name, query) for name, query in self._fact_definitions(condition) if not names or name in names])

    @contextmanager
    def _at_hand(self, contracts, definitions):
        """Have relations at hand while the block runs.

        Those of a few contracts become part of the statements. Those of many are put into tables of this transaction: with statistics
        they are joined by hash, not row by row, and what is written is found by its key, not by reading the plans of all others.

        :param definitions: ``[(short name, query)]``, each of which may read those before it
        :return: what statements begin their ``WITH`` with
        """
        tables = [(SQL.identifier(f'crm_fact_{name}'), query) for name, query in definitions]
        if contracts is not None and len(contracts) <= LARGE:
            yield SQL("").join(SQL("%s AS MATERIALIZED (%s),", table, query) for table, query in tables)
            return
        if contracts is not None:
            by_key(self.env)
        for (table, query), (name, _query) in zip(tables, definitions, strict=True):
            columns = SQL(", ").join(map(SQL.identifier, STATISTICS.get(name, ())))
            self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))
            self.env.cr.execute(SQL("ANALYZE %s (%s)", table, columns) if columns.code else SQL("ANALYZE %s", table))
        yield SQL()
        for table, _query in reversed(tables):
            self.env.cr.execute(SQL("DROP TABLE %s", table))
