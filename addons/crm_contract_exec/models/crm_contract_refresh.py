from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import without_compiling

from ..tools.contract_state import SIGNED_EVER
from ..tools.step_state import CONFIRMED_KINDS, MONEY_KINDS, OPEN

# Columns that are written where one of them has changed.
STEP_COLUMNS = ('date_due', 'state', 'done_amount', 'waived_amount', 'open_amount', 'done_percent', 'date_done', 'days_late')
CONTRACT_COLUMNS = (
    'planned_percent', 'delivered_percent', 'accepted_percent', 'invoiced_amount', 'collected_amount', 'waived_amount',
    'invoiced_percent', 'collected_percent', 'overdue_amount', 'next_date', 'date_warranty_end',
)


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
        condition = self._in_line_sql() if contracts is None else SQL("contract.id = ANY(%s)", contracts.ids)
        self.env.flush_all()
        without_compiling(self.env)
        changed = 0
        with self._facts(contracts, condition) as ctes:
            with self._at_hand(contracts, self._step_definitions(date)) as more:
                self.env.cr.execute(self._refresh_steps_sql(SQL("%s%s", ctes, more)))
                changed += self.env.cr.rowcount
            self.env.cr.execute(self._refresh_contracts_sql(condition, date, ctes))
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
    # Steps
    # ------------------------------------------------------------------

    @api.model
    def _step_definitions(self, date):
        """Return ``[(short name, query)]`` of the relations that lead from the facts to the verdicts on steps."""
        facts = self._facts_sql()
        return [
            ('line', self._deliver_lines_sql(facts)),
            ('progress', self._progress_sql(SQL("crm_fact_line"), facts)),
            ('done', self._step_done_sql(date)),
            ('verdict', SQL(
                """SELECT value.* FROM (%s) AS value JOIN crm_fact_step AS known ON known.id = value.id WHERE (%s) IS DISTINCT FROM (%s)""",
                self._step_verdict_sql(), _columns(STEP_COLUMNS, 'known'), _columns(STEP_COLUMNS, 'value'))),
        ]

    @api.model
    def _refresh_steps_sql(self, ctes):
        """Return the statement that writes what is new about steps and their quantities."""
        ctes = SQL(
            """WITH %s quantities AS (
                    UPDATE crm_contract_step_line AS target SET done_quantity = line.done FROM crm_fact_line AS line
                     WHERE target.step_id = line.step_id AND target.order_line_id = line.key
                       AND target.done_quantity IS DISTINCT FROM line.done)""", ctes)
        return self._update_sql('crm_contract_step', STEP_COLUMNS, SQL("SELECT * FROM crm_fact_verdict"), ctes)

    @api.model
    def _step_done_sql(self, date):
        """Return the steps with how far they are done: as the books say, else as people have confirmed."""
        return SQL(
            """SELECT step.id, step.contract_id, step.kind, step.anchor, step.anchor_step_id, step.anchor_offset, step.anchor_unit,
                      step.anchor_month_end, step.date_due, step.amount, step.void_reason, step.is_settlement,
                      step.contract_state, step.date_signed, step.currency_id, clock.today,
                      CASE WHEN hand.is_hand AND step.kind IN %(money)s AND step.amount > 0 THEN step.confirmed_amount >= step.amount
                           WHEN hand.is_hand THEN step.date_confirmed IS NOT NULL ELSE progress.is_done END AS is_done,
                      CASE WHEN hand.is_hand AND step.kind IN %(money)s AND step.amount > 0
                           THEN LEAST(1, COALESCE(step.confirmed_amount, 0) / step.amount)
                           WHEN hand.is_hand THEN (step.date_confirmed IS NOT NULL)::int ELSE progress.share END AS share,
                      CASE WHEN hand.is_hand THEN step.date_confirmed ELSE progress.date END AS day_done,
                      CASE WHEN hand.is_hand THEN COALESCE(step.confirmed_amount, 0) ELSE progress.done END AS done,
                      CASE WHEN hand.is_hand THEN 0 ELSE progress.credited END AS credited
                 FROM crm_fact_step AS step
                 JOIN (%(clock)s) AS clock ON clock.company_id = step.company_id
            LEFT JOIN crm_fact_progress AS progress ON progress.step_id = step.id
           CROSS JOIN LATERAL (
                 SELECT step.is_manual OR step.kind IN %(confirmed)s OR progress.step_id IS NULL AS is_hand) AS hand""",
            money=MONEY_KINDS, confirmed=CONFIRMED_KINDS, clock=self._clock_sql(date))

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
                 FROM crm_fact_done AS step
            LEFT JOIN crm_fact_done AS anchor ON anchor.id = step.anchor_step_id
            LEFT JOIN crm_fact_delivery AS delivery ON delivery.contract_id = step.contract_id
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
                 JOIN crm_fact_done AS step ON step.anchor_step_id = due.id AND step.anchor = 'step'
           CROSS JOIN LATERAL (SELECT COALESCE(due.day_done, due.due) AS day, due.day_done IS NOT NULL AS is_done, %(interval)s) AS base""",
            shift=shift, interval=interval)

    @api.model
    def _step_verdict_sql(self):
        """Return the relation of :data:`STEP_COLUMNS` with ``id``."""
        return SQL(
            """WITH RECURSIVE
                    accepted AS (SELECT contract_id, MAX(day_done) AS date FROM crm_fact_done WHERE kind = 'accept' AND void_reason IS NULL
                                  GROUP BY contract_id HAVING bool_and(is_done)),
                    due AS (%(due)s)
               SELECT step.id, due.due AS date_due, verdict.state,
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
                 FROM crm_fact_done AS step
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
            due=self._due_sql(), open=OPEN, money=MONEY_KINDS, signed=SIGNED_EVER)

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
               COALESCE(plan.overdue, 0) AS overdue_amount, plan.next_date,
               CASE WHEN contract.warranty_months > 0
                    THEN (CASE WHEN plan.accepts > 0 THEN plan.accepted_on
                               WHEN contract.is_manual OR delivery.contract_id IS NULL THEN plan.delivered_on
                               ELSE delivery.date END + make_interval(months => contract.warranty_months))::date
                    END AS date_warranty_end""")

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
                      MIN(step.date_due) FILTER (WHERE step.state IN %(open)s) AS next_date,
                      COUNT(*) FILTER (WHERE step.kind = 'accept') AS accepts,
                      CASE WHEN bool_and(step.state = 'done') FILTER (WHERE step.kind = 'accept')
                           THEN MAX(step.date_done) FILTER (WHERE step.kind = 'accept') END AS accepted_on,
                      CASE WHEN bool_and(step.state = 'done') FILTER (WHERE step.kind = 'deliver')
                           THEN MAX(step.date_done) FILTER (WHERE step.kind = 'deliver') END AS delivered_on
                 FROM crm_contract AS contract
                 JOIN clock ON clock.company_id = contract.company_id
                 JOIN crm_contract_step AS step ON step.contract_id = contract.id AND step.state <> 'void'
                WHERE %(condition)s
                GROUP BY step.contract_id""", open=OPEN, condition=condition)
