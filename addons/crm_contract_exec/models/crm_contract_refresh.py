from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import without_compiling

from ..tools.contract_state import RUNNING, SIGNED_EVER
from ..tools.step_state import CONFIRMED_KINDS, MONEY_KINDS, OPEN

# Columns that are written where one of them has changed.
STEP_COLUMNS = ('date_due', 'state', 'done_amount', 'waived_amount', 'open_amount', 'done_percent', 'date_done', 'days_late')
CONTRACT_COLUMNS = (
    'planned_percent', 'delivered_percent', 'accepted_percent', 'invoiced_amount', 'collected_amount', 'waived_amount',
    'invoiced_percent', 'collected_percent', 'overdue_amount', 'next_date',
)


LARGE = 50      # contracts; above, statistics of the facts pay


def _columns(names, alias=None):
    return SQL(", ").join(SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in names)


class CrmContract(models.Model):
    """Bringing what we show in line with the books: two statements, whatever the number of contracts."""
    _inherit = 'crm.contract'

    @api.model
    def _refresh(self, contracts=None, date=None):
        """Bring due dates, progress and states of steps and contracts in line with the books; only what changes is written.

        :param contracts: default: all that run, of all companies
        :param date: as-of day for what is overdue; default: today in the time zone of each company
        :return: the number of steps and contracts that changed
        """
        if contracts is not None and not contracts:
            return 0
        condition = SQL("contract.state IN %s", RUNNING) if contracts is None else SQL("contract.id = ANY(%s)", contracts.ids)
        self.env.flush_all()
        without_compiling(self.env)
        changed = 0
        with self._facts(contracts, condition) as ctes:
            for statement in (self._refresh_steps_sql, self._refresh_contracts_sql):
                self.env.cr.execute(statement(condition, date, ctes))
                changed += self.env.cr.rowcount
        for model in ('crm.contract', 'crm.contract.step', 'crm.contract.step.line'):   # with what is computed from these columns
            self.env[model].invalidate_model(flush=False)
        return changed

    @api.model
    def _update_sql(self, table, columns, relation, ctes):
        """Return the statement that writes the columns of a relation (with ``id``) where one of them is new."""
        return SQL(
            "%s UPDATE %s AS target SET %s FROM (%s) AS value WHERE target.id = value.id AND (%s) IS DISTINCT FROM (%s)",
            ctes, SQL.identifier(table), SQL(", ").join(
                SQL("%s = value.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns),
            relation, _columns(columns, 'target'), _columns(columns, 'value'))

    # ------------------------------------------------------------------
    # Facts: each is found once, however often the statements read it
    # ------------------------------------------------------------------

    @api.model
    def _fact_definitions(self, condition):
        """Return ``[(name of the relation, query)]``, each of which may read those before it."""
        facts = self._facts_sql()
        return [
            ('crm_fact_goods', self._goods_sql(condition)),
            ('crm_fact_delivered', self._delivered_sql(condition)),
            ('crm_fact_delivery', self._delivery_sql(facts)),
            ('crm_fact_invoiced', self._invoiced_sql(condition)),
            ('crm_fact_matched', self._matched_sql(condition, facts['invoiced'])),
            ('crm_fact_collected', self._collected_sql(condition, facts['matched'])),
            ('crm_fact_credited', self._credited_sql(condition, facts['invoiced'], facts['matched'])),
        ]

    @api.model
    def _facts_sql(self):
        """Return the relations of facts by their short names, as the statements read them."""
        return {name: SQL("SELECT * FROM %s", SQL.identifier(f'crm_fact_{name}'))
                for name in ('goods', 'delivered', 'delivery', 'invoiced', 'matched', 'collected', 'credited')}

    @contextmanager
    def _facts(self, contracts, condition, names=None):
        """Have the relations of :meth:`_facts_sql` at hand while the block runs.

        Those of a few contracts become part of the statements. Those of many are put into tables of this transaction: with statistics
        they are joined by hash, not row by row.

        :param contracts: None for all; said by ``condition``, on the alias ``contract``
        :param names: short names of the facts that are needed; default: all
        :return: what statements begin their ``WITH`` with
        """
        needed = {f'crm_fact_{name}' for name in names or self._facts_sql()}
        definitions = [(SQL.identifier(name), query) for name, query in self._fact_definitions(condition) if name in needed]
        if contracts is not None and len(contracts) <= LARGE:
            yield SQL("").join(SQL("%s AS MATERIALIZED (%s),", name, query) for name, query in definitions)
            return
        for name, query in definitions:
            self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", name, query))
            self.env.cr.execute(SQL("ANALYZE %s", name))
        yield SQL()
        for name, _query in reversed(definitions):
            self.env.cr.execute(SQL("DROP TABLE %s", name))

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    @api.model
    def _refresh_steps_sql(self, condition, date, fact_ctes):
        facts = self._facts_sql()
        ctes = SQL(
            """WITH RECURSIVE %(facts)s deliver_line AS MATERIALIZED (%(lines)s),
                    line_update AS (UPDATE crm_contract_step_line AS target SET done_quantity = deliver_line.done FROM deliver_line
                                     WHERE target.step_id = deliver_line.step_id AND target.order_line_id = deliver_line.key
                                       AND target.done_quantity IS DISTINCT FROM deliver_line.done),
                    progress AS MATERIALIZED (%(progress)s),
                    delivery AS MATERIALIZED (%(delivery)s),
                    clock AS (%(clock)s),
                    step AS MATERIALIZED (%(steps)s),
                    accepted AS (SELECT contract_id, MAX(day_done) AS date FROM step WHERE kind = 'accept' AND void_reason IS NULL
                                  GROUP BY contract_id HAVING bool_and(is_done)),
                    due AS (%(due)s)""",
            facts=fact_ctes, lines=self._deliver_lines_sql(condition, facts),
            progress=self._progress_sql(condition, SQL("deliver_line"), facts), delivery=facts['delivery'],
            clock=self._clock_sql(date), steps=self._step_done_sql(condition), due=self._due_sql())
        return self._update_sql('crm_contract_step', STEP_COLUMNS, self._step_verdict_sql(), ctes)

    @api.model
    def _step_done_sql(self, condition):
        """Return the steps with how far they are done: as the books say, else as people have confirmed."""
        return SQL(
            """SELECT step.id, step.contract_id, step.kind, step.anchor, step.anchor_step_id, step.anchor_offset, step.anchor_unit,
                      step.anchor_month_end, step.date_due, step.amount, step.void_reason, step.is_settlement,
                      contract.state AS contract_state, contract.date_signed, contract.currency_id, clock.today,
                      CASE WHEN hand.is_hand AND step.kind IN %(money)s AND step.amount > 0 THEN step.confirmed_amount >= step.amount
                           WHEN hand.is_hand THEN step.date_confirmed IS NOT NULL ELSE progress.is_done END AS is_done,
                      CASE WHEN hand.is_hand AND step.kind IN %(money)s AND step.amount > 0
                           THEN LEAST(1, COALESCE(step.confirmed_amount, 0) / step.amount)
                           WHEN hand.is_hand THEN (step.date_confirmed IS NOT NULL)::int ELSE progress.share END AS share,
                      CASE WHEN hand.is_hand THEN step.date_confirmed ELSE progress.date END AS day_done,
                      CASE WHEN hand.is_hand THEN COALESCE(step.confirmed_amount, 0) ELSE progress.done END AS done,
                      CASE WHEN hand.is_hand THEN 0 ELSE progress.credited END AS credited
                 FROM crm_contract AS contract
                 JOIN clock ON clock.company_id = contract.company_id
                 JOIN crm_contract_step AS step ON step.contract_id = contract.id
            LEFT JOIN progress ON progress.step_id = step.id
           CROSS JOIN LATERAL (
                 SELECT contract.is_manual IS TRUE OR step.kind IN %(confirmed)s OR progress.step_id IS NULL AS is_hand) AS hand
                WHERE %(condition)s""", money=MONEY_KINDS, confirmed=CONFIRMED_KINDS, condition=condition)

    @api.model
    def _due_sql(self):
        """Return the recursive relation ``(id, contract_id, due, reached)``: the day that each step is due, as the day that it counts
        from says, and whether what it depends on has happened."""
        shift = SQL(
            """CASE WHEN step.anchor_month_end
                    THEN (date_trunc('month', base.day + base.shift) + interval '1 month' - interval '1 day')::date
                    ELSE (base.day + base.shift)::date END""")
        interval = SQL(
            """CASE step.anchor_unit WHEN 'month' THEN make_interval(months => step.anchor_offset)
                    ELSE make_interval(days => step.anchor_offset) END AS shift""")
        return SQL(
            """SELECT step.id, CASE WHEN step.anchor = 'date' THEN step.date_due ELSE %(shift)s END AS due,
                      step.anchor = 'date' OR base.day IS NOT NULL AS reached, step.day_done
                 FROM step
            LEFT JOIN step AS anchor ON anchor.id = step.anchor_step_id
            LEFT JOIN delivery ON delivery.contract_id = step.contract_id
            LEFT JOIN accepted ON accepted.contract_id = step.contract_id
           CROSS JOIN LATERAL (
                      SELECT CASE step.anchor WHEN 'signing' THEN step.date_signed
                                  WHEN 'delivery' THEN CASE WHEN anchor.id IS NULL THEN delivery.date ELSE anchor.day_done END
                                  WHEN 'acceptance' THEN CASE WHEN anchor.id IS NULL THEN accepted.date ELSE anchor.day_done END END AS day,
                             %(interval)s) AS base
                WHERE step.anchor <> 'step' OR anchor.id IS NULL
                UNION ALL
               SELECT step.id, %(shift)s, base.is_done, step.day_done
                 FROM due
                 JOIN step ON step.anchor_step_id = due.id AND step.anchor = 'step'
           CROSS JOIN LATERAL (SELECT COALESCE(due.day_done, due.due) AS day, due.day_done IS NOT NULL AS is_done, %(interval)s) AS base""",
            shift=shift, interval=interval)

    @api.model
    def _step_verdict_sql(self):
        """Return the relation of :data:`STEP_COLUMNS` with ``id``."""
        return SQL(
            """SELECT step.id, due.due AS date_due, verdict.state,
                      CASE WHEN money.is_money THEN round(COALESCE(step.done, 0), currency.decimal_places) ELSE 0 END AS done_amount,
                      CASE WHEN money.is_money THEN round(COALESCE(step.credited, 0), currency.decimal_places) ELSE 0 END AS waived_amount,
                      CASE WHEN money.is_money AND verdict.state IN %(open)s
                           THEN round(GREATEST(0, step.amount - COALESCE(step.done, 0) - COALESCE(step.credited, 0)),
                                      currency.decimal_places)
                           ELSE 0 END AS open_amount,
                      round(100 * COALESCE(step.share, 0), 2)::float8 AS done_percent,
                      CASE WHEN verdict.state = 'done' THEN step.day_done END AS date_done,
                      CASE WHEN verdict.state = 'done' THEN GREATEST(0, COALESCE(step.day_done - due.due, 0))
                           WHEN verdict.state = 'overdue' THEN step.today - due.due ELSE 0 END AS days_late
                 FROM step
                 JOIN due USING (id)
                 JOIN res_currency AS currency ON currency.id = step.currency_id
           CROSS JOIN LATERAL (SELECT step.kind IN %(money)s AS is_money) AS money
           CROSS JOIN LATERAL (
                      SELECT CASE WHEN step.void_reason IS NOT NULL THEN 'void'
                                  WHEN step.is_done THEN 'done'
                                  WHEN step.contract_state IN ('cancelled', 'terminated') AND step.is_settlement IS NOT TRUE THEN 'void'
                                  WHEN step.contract_state NOT IN %(signed)s THEN 'wait'
                                  WHEN step.contract_state = 'suspended' AND step.kind <> 'collect'
                                  THEN CASE WHEN step.share > 0 THEN 'partial' ELSE 'wait' END
                                  WHEN due.due < step.today THEN 'overdue'
                                  WHEN step.share > 0 THEN 'partial'
                                  WHEN due.reached THEN 'ready' ELSE 'wait' END AS state) AS verdict""",
            open=OPEN, money=MONEY_KINDS, signed=SIGNED_EVER)

    # ------------------------------------------------------------------
    # Contracts
    # ------------------------------------------------------------------

    @api.model
    def _refresh_contracts_sql(self, condition, date, fact_ctes):
        facts = self._facts_sql()
        ctes = SQL(
            """WITH %(facts)s clock AS (%(clock)s),
                    invoiced AS (SELECT contract_id, SUM(amount) AS amount FROM (%(invoiced)s) AS invoiced GROUP BY contract_id),
                    collected AS (SELECT contract_id, SUM(amount) AS amount FROM (%(collected)s) AS collected GROUP BY contract_id),
                    credited AS (SELECT contract_id, SUM(amount) AS amount FROM (%(credited)s) AS credited GROUP BY contract_id),
                    delivery AS (%(delivery)s),
                    plan AS (%(plan)s)""",
            facts=fact_ctes, clock=self._clock_sql(date), invoiced=facts['invoiced'], collected=facts['collected'],
            credited=facts['credited'], delivery=facts['delivery'], plan=self._plan_sql(condition))
        value = SQL(
            """SELECT contract.id, %s
                 FROM crm_contract AS contract
                 JOIN res_currency AS currency ON currency.id = contract.currency_id
            LEFT JOIN invoiced ON invoiced.contract_id = contract.id
            LEFT JOIN collected ON collected.contract_id = contract.id
            LEFT JOIN credited ON credited.contract_id = contract.id
            LEFT JOIN delivery ON delivery.contract_id = contract.id
            LEFT JOIN plan ON plan.contract_id = contract.id
           CROSS JOIN LATERAL (
                      SELECT round(CASE WHEN contract.is_manual THEN COALESCE(plan.invoiced, 0) ELSE COALESCE(invoiced.amount, 0) END,
                                   currency.decimal_places) AS invoiced,
                             round(CASE WHEN contract.is_manual THEN COALESCE(plan.collected, 0) ELSE COALESCE(collected.amount, 0) END,
                                   currency.decimal_places) AS collected,
                             round(COALESCE(credited.amount, 0), currency.decimal_places) AS credited) AS money
                WHERE %s""", self._contract_values_sql(), condition)
        return self._update_sql('crm_contract', CONTRACT_COLUMNS, value, ctes)

    @api.model
    def _contract_values_sql(self):
        """Return the values of :data:`CONTRACT_COLUMNS`. Shares of money are of what is to be paid after credit notes."""
        return SQL(
            """round(100 * COALESCE(plan.planned, 0), 2)::float8 AS planned_percent,
               round(100 * COALESCE(
                     CASE WHEN contract.is_manual OR delivery.contract_id IS NULL THEN plan.delivered ELSE delivery.share END, 0),
                     2)::float8 AS delivered_percent,
               round(100 * COALESCE(plan.accepted, 0), 2)::float8 AS accepted_percent,
               money.invoiced AS invoiced_amount, money.collected AS collected_amount, money.credited AS waived_amount,
               COALESCE(round(100 * money.invoiced / NULLIF(contract.amount_total - money.credited, 0), 2), 0)::float8 AS invoiced_percent,
               COALESCE(round(100 * money.collected / NULLIF(contract.amount_total - money.credited, 0), 2), 0)::float8
               AS collected_percent,
               COALESCE(plan.overdue, 0) AS overdue_amount, plan.next_date""")

    @api.model
    def _plan_sql(self, condition):
        """Return what the plans of contracts add up to, by the states that their steps have by now."""
        return SQL(
            """SELECT step.contract_id,
                      COALESCE(SUM(step.amount) FILTER (WHERE step.kind = 'collect' AND step.date_due <= clock.today)
                               / NULLIF(SUM(step.amount) FILTER (WHERE step.kind = 'collect'), 0),
                               COUNT(*) FILTER (WHERE step.date_due <= clock.today)::numeric / COUNT(*)) AS planned,
                      AVG(step.done_percent::numeric / 100) FILTER (WHERE step.kind = 'deliver') AS delivered,
                      AVG(step.done_percent::numeric / 100) FILTER (WHERE step.kind = 'accept') AS accepted,
                      SUM(step.done_amount) FILTER (WHERE step.kind = 'invoice') AS invoiced,
                      SUM(step.done_amount) FILTER (WHERE step.kind = 'collect') AS collected,
                      SUM(step.open_amount) FILTER (WHERE step.kind = 'collect' AND step.state = 'overdue') AS overdue,
                      MIN(step.date_due) FILTER (WHERE step.state IN %(open)s) AS next_date
                 FROM crm_contract AS contract
                 JOIN clock ON clock.company_id = contract.company_id
                 JOIN crm_contract_step AS step ON step.contract_id = contract.id AND step.state <> 'void'
                WHERE %(condition)s
                GROUP BY step.contract_id""", open=OPEN, condition=condition)
