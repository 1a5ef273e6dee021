from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import without_compiling

from ..tools.ageing import BUCKETS, NOT_MATCHED
from ..tools.contract_state import SIGNED_EVER

# As an array, of unknown accounts to the planner: joined by account type it takes receivable items for a handful, and then compares
# each open item with each covered document.
RECEIVABLE = SQL("ANY(ARRAY(SELECT id FROM account_account WHERE account_type = 'asset_receivable'))")
AS_OF = 'crm_as_of'  # context key: the day of which receivables are shown; default: today where each company is


class CrmReceivable(models.Model):
    """The relation behind the open items.

    Both books and plans are read backwards: what is open on a day is what is open now plus what was matched or collected after
    that day. For today nothing is added, so today costs no more than what is open.
    """
    _inherit = 'crm.receivable'

    @api.model
    def _clock(self):
        """Return ``{company: day}`` of the companies that the user works in."""
        date = fields.Date.to_date(self.env.context.get(AS_OF))
        return {company: date or company._crm_today() for company in self.env.companies}

    @api.model
    def _is_past(self):
        return any(day < company._crm_today() for company, day in self._clock().items())

    @api.model
    def _clock_sql(self):
        """Return the relation ``(company_id, day, currency_id, rate)``: per currency the units for one of the company's currency."""
        currencies = self.env['res.currency'].sudo().search(Domain.TRUE)  # rates are no secret
        rows = []
        for company, day in self._clock().items():
            rates = currencies._get_rates(company, day)
            own = rates.get(company.currency_id.id, 1)
            rows += [SQL("(%s, %s::date, %s, %s)", company.id, day, key, rate / own) for key, rate in rates.items()]
        return SQL(
            "SELECT * FROM (VALUES %s) AS clock(company_id, day, currency_id, rate)", SQL(", ").join(rows))

    @api.model
    def _relation_sql(self):
        """Return the query of the open items with the columns of the model that do not follow from promises and dunning."""
        without_compiling(self.env)
        return SQL(
            """WITH clock AS (%(clock)s),
                later AS (%(later)s),
                candidate AS MATERIALIZED (%(candidate)s),
                covered AS MATERIALIZED (%(covered)s),
                lending AS MATERIALIZED (%(lending)s),
                credit AS MATERIALIZED (%(credits)s),
                came AS (%(came)s),
                surplus AS (%(surplus)s),
                tied AS (%(tied)s),
                rest AS (%(rest)s),
                back AS (%(back)s),
                planned AS MATERIALIZED (%(planned)s),
                plan AS MATERIALIZED (%(plan)s),
                owed AS (SELECT * FROM plan UNION ALL %(books)s)
             SELECT owed.*, owed.open_amount / NULLIF(clock.rate, 0) AS open_company, clock.day,
                    GREATEST(clock.day - owed.date_due, 0) AS days_overdue,
                    CASE WHEN owed.open_amount < 0 THEN %(credit)s %(buckets)s END AS bucket
               FROM owed JOIN clock USING (company_id, currency_id)""",
            clock=self._clock_sql(), later=self._later_sql(), candidate=self._candidate_sql(), covered=self._covered_sql(),
            lending=self._lending_sql(), credits=self._credits_sql(), came=self._came_sql(),
            surplus=self._surplus_sql(), tied=self._tied_sql(), rest=self._rest_sql(), back=self._back_sql(),
            planned=self._planned_sql(), plan=self._plan_sql(), books=self._books_sql(), credit=NOT_MATCHED[0],
            buckets=self._bucket_sql())

    @api.model
    def _bucket_sql(self):
        parts = [
            SQL("WHEN owed.date_due IS NULL OR clock.day - owed.date_due <= %s THEN %s", end, key)
            for key, _label, _start, end in BUCKETS if end is not None]
        return SQL("%s ELSE %s", SQL(" ").join(parts), BUCKETS[-1][0])

    # ------------------------------------------------------------------
    # The books
    # ------------------------------------------------------------------

    @api.model
    def _later_sql(self):
        """What was matched with journal items after the day, in the currency of the item."""
        return SQL(
            """SELECT side.line_id, SUM(side.amount) AS amount
                 FROM (SELECT company_id, max_date, debit_move_id AS line_id, debit_amount_currency AS amount
                         FROM account_partial_reconcile
                        UNION ALL
                       SELECT company_id, max_date, credit_move_id, -credit_amount_currency FROM account_partial_reconcile) AS side
                 JOIN (SELECT DISTINCT company_id, day FROM clock) AS company USING (company_id)
                WHERE side.max_date > company.day GROUP BY side.line_id""")

    @api.model
    def _candidate_sql(self):
        """The receivable items of the books that were open on the day."""
        return SQL(
            """SELECT line.id, line.move_id, line.company_id, partner.commercial_partner_id AS partner_id, line.currency_id,
                      COALESCE(line.invoice_date, line.date) AS date,
                      COALESCE(line.date_maturity, line.invoice_date, line.date) AS date_due,
                      line.amount_currency AS amount, line.amount_residual_currency + COALESCE(later.amount, 0) AS open_amount,
                      line.display_type = 'payment_term' AS is_document
                 FROM (SELECT item.id FROM account_move_line AS item WHERE item.reconciled IS NOT TRUE AND item.account_id = %(receivable)s
                        UNION
                       SELECT line_id FROM later) AS found
                 JOIN account_move_line AS line ON line.id = found.id AND line.account_id = %(receivable)s
                 JOIN res_partner AS partner ON partner.id = line.partner_id
                 JOIN (SELECT DISTINCT company_id, day FROM clock) AS company ON company.company_id = line.company_id
            LEFT JOIN later ON later.line_id = line.id
                WHERE line.parent_state = 'posted' AND COALESCE(line.invoice_date, line.date) <= company.day
                  AND ABS(line.amount_residual_currency + COALESCE(later.amount, 0)) > 0.00001""", receivable=RECEIVABLE)

    @api.model
    def _lending_sql(self):
        """The contracts with instalments of customers who have an open credit: money that came for a contract may be among it."""
        return SQL(
            """SELECT contract.id AS contract_id FROM crm_contract AS contract
                WHERE contract.partner_id IN (SELECT partner_id FROM candidate WHERE open_amount < 0) AND %s""", self._has_plan_sql())

    @api.model
    def _has_plan_sql(self):
        """Return the condition that a contract was signed and plans instalments."""
        return SQL(
            """contract.state IN %s
               AND EXISTS (SELECT FROM crm_contract_step AS step
                            WHERE step.contract_id = contract.id AND step.kind = 'collect' AND step.state <> 'void')""", SIGNED_EVER)

    @api.model
    def _covered_sql(self):
        """Which share of an open document belongs to which contract that plans instalments: there the plan says what is due when."""
        return SQL("SELECT contract_id, move_id, ABS(share) AS share, rate FROM (%s) AS invoiced", self.env['crm.contract']._invoiced_sql(
            SQL("item.move_id IN (SELECT move_id FROM candidate) AND %s", self._has_plan_sql())))

    @api.model
    def _credits_sql(self):
        """Which open credits of the books plans have reckoned with already: credit notes, and money that came for a contract and is
        matched with nothing. ``amount`` in the currency of the item, ``own_amount`` in the contract's."""
        advanced = self.env['crm.contract']._advanced_sql(SQL("contract.id IN (SELECT contract_id FROM lending)"))
        return SQL(
            """SELECT covered.contract_id, candidate.id AS line_id, -candidate.open_amount * covered.share AS amount,
                      -candidate.open_amount * covered.share * covered.rate AS own_amount
                 FROM covered JOIN candidate ON candidate.move_id = covered.move_id
                WHERE candidate.open_amount < 0
                UNION ALL
               SELECT advanced.contract_id, candidate.id, -line.amount_residual_currency, advanced.amount
                 FROM (%s) AS advanced
                 JOIN candidate ON candidate.id = advanced.payment_line_id
                 JOIN account_move_line AS line ON line.id = candidate.id
                WHERE advanced.amount > 0 AND candidate.open_amount < 0""", advanced)

    @api.model
    def _planned_sql(self):
        """Which share of an open item of the books the plan of a contract stands for. Of credits that is what paid instalments; what
        no instalment had room for, the latest, is still to be given back."""
        return SQL(
            """SELECT covered.contract_id, candidate.id AS line_id, covered.share
                 FROM covered JOIN candidate ON candidate.move_id = covered.move_id
                WHERE candidate.open_amount > 0
                UNION ALL
               SELECT credit.contract_id, credit.line_id, credit.amount / -credit.open_amount * (1 - LEAST(1, GREATEST(
                          0, surplus.amount - COALESCE(rest.amount, 0) - credit.later) / NULLIF(credit.own_amount, 0)))
                 FROM (SELECT credit.*, candidate.open_amount,
                              SUM(own_amount) OVER (PARTITION BY contract_id ORDER BY date DESC, line_id DESC) - own_amount AS later
                         FROM credit JOIN candidate ON candidate.id = credit.line_id) AS credit
                 JOIN surplus USING (contract_id)
            LEFT JOIN rest USING (contract_id)""")

    @api.model
    def _books_sql(self):
        """What is open in the books and in no plan, and (kind "extra") what contracts were invoiced beyond their plan."""
        return SQL(
            """SELECT candidate.id * 4 AS id,
                      CASE WHEN candidate.open_amount < 0 THEN 'credit' WHEN candidate.is_document THEN 'invoice' ELSE 'entry' END AS kind,
                      candidate.company_id, candidate.partner_id, candidate.currency_id, move.invoice_user_id AS user_id,
                      CASE WHEN share.line_id IS NOT NULL THEN COALESCE(move.crm_contract_id, share.contract_id) END AS contract_id,
                      NULL::int AS step_id, candidate.move_id, candidate.id AS line_id, candidate.date, candidate.date_due,
                      candidate.amount * (1 - COALESCE(share.total, 0)) AS amount,
                      candidate.open_amount * (1 - COALESCE(share.total, 0)) AS open_amount
                 FROM candidate
                 JOIN account_move AS move ON move.id = candidate.move_id
            LEFT JOIN (SELECT line_id, SUM(share) AS total, MAX(contract_id) AS contract_id FROM planned GROUP BY line_id) AS share
                      ON share.line_id = candidate.id
                WHERE COALESCE(share.total, 0) < 0.9999
                UNION ALL
               SELECT contract.id * 4 + 2, 'extra', contract.company_id, contract.partner_id, contract.currency_id, contract.user_id,
                      contract.id, NULL, NULL, NULL, booked.date, booked.date_due, booked.amount - COALESCE(plan.amount, 0),
                      booked.amount - COALESCE(plan.amount, 0)
                 FROM (SELECT planned.contract_id, candidate.currency_id, SUM(candidate.open_amount * planned.share) AS amount,
                              MAX(candidate.date) FILTER (WHERE candidate.open_amount > 0) AS date,
                              MAX(candidate.date_due) FILTER (WHERE candidate.open_amount > 0) AS date_due
                         FROM planned JOIN candidate ON candidate.id = planned.line_id
                        GROUP BY planned.contract_id, candidate.currency_id) AS booked
                 JOIN crm_contract AS contract ON contract.id = booked.contract_id AND contract.currency_id = booked.currency_id
            LEFT JOIN (SELECT contract_id, SUM(open_amount) AS amount FROM plan GROUP BY contract_id) AS plan
                      ON plan.contract_id = contract.id
                WHERE booked.amount - COALESCE(plan.amount, 0) > 0.004""")

    # ------------------------------------------------------------------
    # The plans
    # ------------------------------------------------------------------

    @api.model
    def _open_sql(self):
        """What was open of an instalment (aliases ``step`` and ``back``): neither paid nor credited by the day."""
        return SQL("(step.amount - COALESCE(step.done_amount, 0) - COALESCE(step.waived_amount, 0))::numeric + COALESCE(back.amount, 0)")

    @api.model
    def _plan_sql(self):
        """Instalments of what is signed that were open on the day, invoiced or not. Today those that are done need not be looked at."""
        left = SQL("(step.state <> 'done' OR back.amount > 0)") if self._is_past() else SQL("step.state NOT IN ('done', 'void')")
        return SQL(
            """SELECT step.id * 4 + 1 AS id, 'instalment' AS kind, step.company_id, step.partner_id, contract.currency_id, contract.user_id,
                      contract.id AS contract_id, step.id AS step_id, NULL::int AS move_id, NULL::int AS line_id,
                      contract.date_signed AS date, step.date_due, step.amount::numeric AS amount, %(open)s AS open_amount
                 FROM crm_contract_step AS step
                 JOIN crm_contract AS contract ON contract.id = step.contract_id
                 JOIN (SELECT DISTINCT company_id, day FROM clock) AS company ON company.company_id = step.company_id
            LEFT JOIN back ON back.step_id = step.id
                WHERE step.kind = 'collect' AND step.state <> 'void' AND %(left)s
                  AND contract.state IN %(signed)s AND contract.date_signed <= company.day
                  AND %(open)s > 0.004""", open=self._open_sql(), signed=SIGNED_EVER, left=left)

    @api.model
    def _came_sql(self):
        """What was collected, or credited, under contracts after the day."""
        if not self._is_past():
            return SQL("SELECT NULL::int AS contract_id, NULL::int AS step_id, 0::numeric AS amount WHERE FALSE")
        contracts = self.env['crm.contract']
        return SQL(
            """SELECT fact.contract_id, fact.step_id, SUM(fact.amount)::numeric AS amount
                 FROM (SELECT contract_id, step_id, date, amount FROM (%s) AS collected
                        UNION ALL
                       SELECT contract_id, step_id, date, amount FROM (%s) AS credited) AS fact
                 JOIN crm_contract AS contract ON contract.id = fact.contract_id
                 JOIN (SELECT DISTINCT company_id, day FROM clock) AS company ON company.company_id = contract.company_id
                WHERE fact.date > company.day GROUP BY fact.contract_id, fact.step_id""",
            contracts._collected_sql(), contracts._credited_sql())

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
