from odoo import api, models
from odoo.tools import SQL

from ..tools.contract_state import SIGNED_EVER
from .crm_receivable_books import RECEIVABLE


class CrmReceivable(models.Model):
    """The relation behind the open items: the instalments of plans."""
    _inherit = 'crm.receivable'

    @api.model
    def _open_sql(self):
        """What was open of an instalment (aliases ``step`` and ``back``): neither paid nor credited by the day."""
        return SQL("(step.amount - COALESCE(step.done_amount, 0) - COALESCE(step.waived_amount, 0))::numeric + COALESCE(back.amount, 0)")

    @api.model
    def _plan_sql(self, partners):
        """Instalments of what is signed that were open on the day, invoiced or not. Today those that are done need not be looked at."""
        left = SQL("(step.state <> 'done' OR back.amount > 0)") if self._is_past() else SQL("step.state NOT IN ('done', 'void')")
        return SQL(
            """SELECT step.id * 4 + 1 AS id, 'instalment' AS kind, step.company_id, step.partner_id, contract.currency_id, contract.user_id,
                      contract.id AS contract_id, step.id AS step_id, NULL::int AS move_id, NULL::int AS line_id,
                      contract.date_signed AS date, step.date_due, step.amount::numeric AS amount, %(open)s AS open_amount,
                      step.sequence
                 FROM crm_contract_step AS step
                 JOIN crm_contract AS contract ON contract.id = step.contract_id
            LEFT JOIN back ON back.step_id = step.id
                WHERE step.kind = 'collect' AND step.state <> 'void' AND %(left)s
                  AND contract.state IN %(signed)s AND %(until)s AND %(among)s
                  AND %(open)s > 0.004""",
            open=self._open_sql(), signed=SIGNED_EVER, left=left,
            until=self._of_days(SQL("step.company_id"), SQL("contract.date_signed <=")),
            among=self._among(partners, SQL("step.partner_id")))

    @api.model
    def _instalments_sql(self):
        """The instalments of the plan with what of each is in the books: what was invoiced covers them in the order in which they are
        due, however many there are to an invoice."""
        return SQL(
            """SELECT plan.id, plan.kind, plan.company_id, plan.partner_id, plan.currency_id, plan.user_id, plan.contract_id, plan.step_id,
                      plan.move_id, plan.line_id, plan.date, plan.date_due, plan.amount, plan.open_amount,
                      CASE WHEN booked.amount > 0
                           THEN GREATEST(0, LEAST(plan.open_amount, booked.amount + plan.open_amount - plan.up_to))
                                * booked.amount_company / booked.amount ELSE 0 END AS booked_company
                 FROM (SELECT plan.*, SUM(open_amount) OVER (
                              PARTITION BY contract_id ORDER BY date_due, sequence, step_id) AS up_to FROM plan) AS plan
            LEFT JOIN booked ON booked.contract_id = plan.contract_id""")

    @api.model
    def _came_sql(self, partners):
        """What was collected, or credited, under contracts after the day. Only contracts are looked at of which something was matched or
        credited since then, and what their invoices hold is found once for all that is asked of it."""
        if not self._is_past():
            return SQL("SELECT NULL::int AS contract_id, NULL::int AS step_id, 0::numeric AS amount WHERE FALSE")
        contracts = self.env['crm.contract']
        moved, invoiced, matched = (SQL("SELECT * FROM %s", SQL.identifier(name)) for name in ('moved', 'invoiced', 'matched'))
        condition = SQL("contract.id IN (%s)", moved)
        return SQL(
            """WITH moved AS MATERIALIZED (%(moved)s),
                    invoiced AS MATERIALIZED (%(invoiced)s),
                    matched AS MATERIALIZED (%(matched)s)
               SELECT fact.contract_id, fact.step_id, SUM(fact.amount)::numeric AS amount
                 FROM (SELECT contract_id, step_id, date, amount FROM (%(collected)s) AS collected
                        UNION ALL
                       SELECT contract_id, step_id, date, amount FROM (%(credited)s) AS credited) AS fact
                 JOIN crm_contract AS contract ON contract.id = fact.contract_id
                WHERE %(after)s GROUP BY fact.contract_id, fact.step_id""",
            after=self._of_days(SQL("contract.company_id"), SQL("fact.date >")),
            moved=self._moved_sql(partners), invoiced=contracts._invoiced_sql(condition), matched=contracts._matched_sql(invoiced=invoiced),
            collected=contracts._collected_sql(condition, matched), credited=contracts._credited_sql(condition, invoiced, matched))

    @api.model
    def _moved_sql(self, partners):
        """The contracts whose invoices were matched or credited after the day, and those of customers who have paid on account since."""
        among = SQL("TRUE") if partners is None else SQL(
            """contract_id IN (SELECT id FROM crm_contract WHERE partner_id IN (%s)
                                UNION SELECT contract_id FROM covered UNION SELECT contract_id FROM lending)""", partners)
        return SQL(
            """WITH document AS MATERIALIZED (
                      SELECT line.move_id FROM later
                        JOIN account_move_line AS line ON line.id = later.line_id AND line.display_type = 'payment_term'
                       UNION
                      SELECT move.id FROM account_move AS move
                       WHERE move.move_type = 'out_refund' AND move.state = 'posted' AND %(credited)s)
               SELECT contract_id
                 FROM (SELECT contract_id FROM (%(parts)s) AS part
                        UNION
                       SELECT contract.id
                         FROM account_move_line AS item
                         JOIN res_partner AS payer ON payer.id = item.partner_id
                         JOIN crm_contract AS contract ON contract.partner_id = payer.commercial_partner_id
                        WHERE item.reconciled IS NOT TRUE AND item.account_id = %(receivable)s AND item.amount_residual < 0
                          AND %(paid)s) AS contract
                WHERE %(among)s""",
            parts=self.env['crm.contract']._parts_sql(SQL("item.move_id IN (SELECT move_id FROM document)")), receivable=RECEIVABLE,
            credited=self._of_days(SQL("move.company_id"), SQL("move.invoice_date >")),
            paid=self._of_days(SQL("item.company_id"), SQL("item.date >")), among=among)

    @api.model
    def _surplus_sql(self):
        """What came, or was credited, under contracts until now and no instalment had room for."""
        return SQL(
            """SELECT contract.id AS contract_id, GREATEST(0, COALESCE(contract.collected_amount, 0) + COALESCE(contract.waived_amount, 0)
                      - SUM(COALESCE(step.done_amount, 0) + COALESCE(step.waived_amount, 0))::numeric) AS amount
                 FROM crm_contract AS contract
                 JOIN crm_contract_step AS step ON step.contract_id = contract.id AND step.kind = 'collect'
                WHERE contract.id IN (SELECT contract_id FROM credit UNION SELECT contract_id FROM came)
                GROUP BY contract.id""")

    @api.model
    def _tied_sql(self):
        """Of instalments that are paid by now, what came after the day for them by name. Here and below, what belongs together is stacked
        and summed up, not joined: of how much came the planner knows nothing, and would loop over all of it for each instalment."""
        if not self._is_past():
            return SQL("SELECT NULL::int AS contract_id, NULL::int AS step_id, 0::numeric AS done, 0::numeric AS amount WHERE FALSE")
        return SQL(
            """SELECT step_id, MAX(contract_id) AS contract_id, MAX(date_due) AS date_due, MAX(sequence) AS sequence, SUM(done) AS done,
                      LEAST(SUM(done), SUM(amount)) AS amount
                 FROM (SELECT step.id AS step_id, step.contract_id, step.date_due, step.sequence, 0 AS amount,
                              (COALESCE(step.done_amount, 0) + COALESCE(step.waived_amount, 0))::numeric AS done
                         FROM crm_contract_step AS step
                        WHERE step.kind = 'collect' AND step.contract_id IN (SELECT contract_id FROM came)
                        UNION ALL
                       SELECT step_id, NULL, NULL, NULL, amount, 0 FROM came WHERE step_id IS NOT NULL) AS part
                GROUP BY step_id HAVING SUM(done) > 0""")

    @api.model
    def _rest_sql(self):
        """What else came under contracts after the day."""
        return SQL(
            """SELECT contract_id, SUM(amount) AS amount
                 FROM (SELECT contract_id, amount FROM came UNION ALL SELECT contract_id, -amount FROM tied) AS part
                GROUP BY contract_id""")

    @api.model
    def _back_sql(self):
        """What was collected of instalments after the day: money tied to an instalment from that one, the rest first from what no
        instalment had room for, then from the last instalment backwards."""
        if not self._is_past():
            return SQL("SELECT NULL::int AS step_id, 0::numeric AS amount WHERE FALSE")
        return SQL(
            """SELECT step_id, amount + GREATEST(0, LEAST(done - amount, rest - COALESCE(SUM(done - amount) OVER (
                          PARTITION BY contract_id ORDER BY date_due DESC NULLS FIRST, sequence DESC, step_id DESC
                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS amount
                 FROM (SELECT part.*, SUM(spare) OVER (PARTITION BY contract_id) AS rest
                         FROM (SELECT contract_id, step_id, date_due, sequence, done, amount, 0 AS spare FROM tied
                                UNION ALL
                               SELECT contract_id, NULL, NULL, NULL, NULL, NULL, amount FROM rest
                                UNION ALL
                               SELECT contract_id, NULL, NULL, NULL, NULL, NULL, -amount FROM surplus) AS part) AS part
                WHERE step_id IS NOT NULL""")
