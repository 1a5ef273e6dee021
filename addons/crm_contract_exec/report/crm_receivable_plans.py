from odoo import api, models
from odoo.tools import SQL

from ..tools.contract_state import SIGNED_EVER


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
                 JOIN (SELECT DISTINCT company_id, day FROM clock) AS company ON company.company_id = step.company_id
            LEFT JOIN back ON back.step_id = step.id
                WHERE step.kind = 'collect' AND step.state <> 'void' AND %(left)s
                  AND contract.state IN %(signed)s AND contract.date_signed <= company.day AND %(among)s
                  AND %(open)s > 0.004""",
            open=self._open_sql(), signed=SIGNED_EVER, left=left, among=self._among(partners, SQL("step.partner_id")))

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
        """What was collected, or credited, under contracts after the day."""
        if not self._is_past():
            return SQL("SELECT NULL::int AS contract_id, NULL::int AS step_id, 0::numeric AS amount WHERE FALSE")
        contracts = self.env['crm.contract']
        condition = SQL("TRUE") if partners is None else SQL(
            """contract.id IN (SELECT id FROM crm_contract WHERE partner_id IN (%s)
                                UNION SELECT contract_id FROM covered UNION SELECT contract_id FROM lending)""", partners)
        return SQL(
            """SELECT fact.contract_id, fact.step_id, SUM(fact.amount)::numeric AS amount
                 FROM (SELECT contract_id, step_id, date, amount FROM (%s) AS collected
                        UNION ALL
                       SELECT contract_id, step_id, date, amount FROM (%s) AS credited) AS fact
                 JOIN crm_contract AS contract ON contract.id = fact.contract_id
                 JOIN (SELECT DISTINCT company_id, day FROM clock) AS company ON company.company_id = contract.company_id
                WHERE fact.date > company.day GROUP BY fact.contract_id, fact.step_id""",
            contracts._collected_sql(condition), contracts._credited_sql(condition))

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
        """Of instalments that are paid by now, what came after the day for them by name."""
        if not self._is_past():
            return SQL("SELECT NULL::int AS contract_id, NULL::int AS step_id, 0::numeric AS done, 0::numeric AS amount WHERE FALSE")
        return SQL(
            """SELECT step.id AS step_id, step.contract_id, step.date_due, step.sequence, settled.amount AS done,
                      LEAST(settled.amount, COALESCE(came.amount, 0)) AS amount
                 FROM crm_contract_step AS step
           CROSS JOIN LATERAL (
                      SELECT (COALESCE(step.done_amount, 0) + COALESCE(step.waived_amount, 0))::numeric AS amount) AS settled
            LEFT JOIN came ON came.step_id = step.id
                WHERE step.kind = 'collect' AND settled.amount > 0 AND step.contract_id IN (SELECT contract_id FROM came)""")

    @api.model
    def _rest_sql(self):
        """What else came under contracts after the day."""
        return SQL(
            """SELECT came.contract_id, SUM(came.amount) - COALESCE((
                          SELECT SUM(tied.amount) FROM tied WHERE tied.contract_id = came.contract_id), 0) AS amount
                 FROM came GROUP BY came.contract_id""")

    @api.model
    def _back_sql(self):
        """What was collected of instalments after the day: money tied to an instalment from that one, the rest first from what no
        instalment had room for, then from the last instalment backwards."""
        if not self._is_past():
            return SQL("SELECT NULL::int AS step_id, 0::numeric AS amount WHERE FALSE")
        return SQL(
            """SELECT tied.step_id, tied.amount + GREATEST(0, LEAST(tied.done - tied.amount, rest.amount - surplus.amount - COALESCE(
                          SUM(tied.done - tied.amount) OVER (
                              PARTITION BY tied.contract_id ORDER BY tied.date_due DESC NULLS FIRST, tied.sequence DESC, tied.step_id DESC
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS amount
                 FROM tied JOIN rest USING (contract_id) JOIN surplus USING (contract_id)""")
