from odoo import api, models
from odoo.tools import SQL

from ..tools.contract_state import SIGNED_EVER

# As an array, of unknown accounts to the planner: joined by account type it takes receivable items for a handful, and then compares
# each open item with each covered document.
RECEIVABLE = SQL("ANY(ARRAY(SELECT id FROM account_account WHERE account_type = 'asset_receivable'))")

ITEM = (   # what the relation has of a journal item
    'id', 'move_id', 'company_id', 'partner_id', 'currency_id', 'invoice_date', 'date', 'date_maturity', 'amount_currency', 'balance',
    'amount_residual', 'amount_residual_currency', 'display_type', 'parent_state',
)


class CrmReceivable(models.Model):
    """The relation behind the open items: what the books say, and which share of it plans stand for."""
    _inherit = 'crm.receivable'

    @api.model
    def _own_items_sql(self, partners):
        """Return the receivable items of customers, and those of invoices under their contracts, whoever got the invoice."""
        return SQL(
            """SELECT own.id FROM account_move_line AS own
                WHERE own.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id IN (%(partners)s))
                  AND own.account_id = %(receivable)s
                UNION
               SELECT own.id FROM (%(parts)s) AS part
                 JOIN account_move_line AS own ON own.move_id = part.invoice_id AND own.account_id = %(receivable)s""",
            partners=partners, receivable=RECEIVABLE, parts=self.env['crm.contract']._parts_sql(SQL(
                "contract.partner_id IN (%s) AND %s", partners, self._has_plan_sql())))

    @api.model
    def _later_sql(self, partners):
        """What was matched with journal items after the day, in the currency of the item."""
        among = SQL("TRUE") if partners is None else SQL("side.line_id IN (%s)", self._own_items_sql(partners))
        return SQL(
            """SELECT side.line_id, SUM(side.amount) AS amount
                 FROM (SELECT company_id, max_date, debit_move_id AS line_id, debit_amount_currency AS amount
                         FROM account_partial_reconcile
                        UNION ALL
                       SELECT company_id, max_date, credit_move_id, -credit_amount_currency FROM account_partial_reconcile) AS side
                WHERE %s AND %s GROUP BY side.line_id""", self._of_days(SQL("side.company_id"), SQL("side.max_date >")), among)

    @api.model
    def _candidate_sql(self, partners):
        """The receivable items of the books that were open on the day: those that are open now, and those that were matched since;
        ``open_company`` at the rate of the document."""
        among = SQL("TRUE") if partners is None else SQL("item.id IN (%s)", self._own_items_sql(partners))
        columns = SQL(", ").join(SQL.identifier('item', name) for name in ITEM)
        return SQL(
            """SELECT line.id, line.move_id, line.company_id, partner.commercial_partner_id AS partner_id, line.currency_id,
                      COALESCE(line.invoice_date, line.date) AS date,
                      COALESCE(line.date_maturity, line.invoice_date, line.date) AS date_due,
                      line.amount_currency AS amount, rest.amount AS open_amount,
                      COALESCE(rest.amount * line.balance / NULLIF(line.amount_currency, 0), line.amount_residual) AS open_company,
                      line.display_type = 'payment_term' AS is_document
                 FROM (SELECT %(columns)s FROM account_move_line AS item
                        WHERE item.reconciled IS NOT TRUE AND item.account_id = %(receivable)s AND %(among)s
                        UNION ALL
                       SELECT %(columns)s FROM later JOIN account_move_line AS item ON item.id = later.line_id
                        WHERE item.reconciled AND item.account_id = %(receivable)s) AS line
                 JOIN res_partner AS partner ON partner.id = line.partner_id
            LEFT JOIN later ON later.line_id = line.id
           CROSS JOIN LATERAL (SELECT line.amount_residual_currency + COALESCE(later.amount, 0) AS amount) AS rest
                WHERE line.parent_state = 'posted' AND %(until)s AND ABS(rest.amount) > 0.00001""",
            columns=columns, receivable=RECEIVABLE, among=among,
            until=self._of_days(SQL("line.company_id"), SQL("COALESCE(line.invoice_date, line.date) <=")))

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
            """SELECT covered.contract_id, candidate.id AS line_id, covered.share, covered.rate
                 FROM covered JOIN candidate ON candidate.move_id = covered.move_id
                WHERE candidate.open_amount > 0
                UNION ALL
               SELECT credit.contract_id, credit.line_id, credit.amount / -credit.open_amount * (1 - LEAST(1, GREATEST(
                          0, surplus.amount - COALESCE(rest.amount, 0) - credit.later) / NULLIF(credit.own_amount, 0))),
                      credit.own_amount / NULLIF(credit.amount, 0)
                 FROM (SELECT credit.*, candidate.open_amount,
                              SUM(own_amount) OVER (PARTITION BY contract_id ORDER BY date DESC, line_id DESC) - own_amount AS later
                         FROM credit JOIN candidate ON candidate.id = credit.line_id) AS credit
                 JOIN surplus USING (contract_id)
            LEFT JOIN rest USING (contract_id)""")

    @api.model
    def _booked_sql(self):
        """What plans stand for, by contract: ``amount`` in its currency and ``amount_company`` in the company's, at the rates of the
        documents; ``same_amount`` is what is in the contract's currency to begin with."""
        return SQL(
            """SELECT planned.contract_id, SUM(candidate.open_amount * planned.share * planned.rate) AS amount,
                      SUM(candidate.open_company * planned.share) AS amount_company,
                      SUM(candidate.open_amount * planned.share) FILTER (WHERE candidate.currency_id = contract.currency_id) AS same_amount,
                      MAX(candidate.date) FILTER (WHERE candidate.open_amount > 0) AS date,
                      MAX(candidate.date_due) FILTER (WHERE candidate.open_amount > 0) AS date_due
                 FROM planned
                 JOIN candidate ON candidate.id = planned.line_id
                 JOIN crm_contract AS contract ON contract.id = planned.contract_id
                GROUP BY planned.contract_id""")

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
                      candidate.open_amount * (1 - COALESCE(share.total, 0)) AS open_amount,
                      candidate.open_company * (1 - COALESCE(share.total, 0)) AS booked_company
                 FROM candidate
                 JOIN account_move AS move ON move.id = candidate.move_id
            LEFT JOIN (SELECT line_id, SUM(share) AS total, MAX(contract_id) AS contract_id FROM planned GROUP BY line_id) AS share
                      ON share.line_id = candidate.id
                WHERE COALESCE(share.total, 0) < 0.9999
                UNION ALL
               SELECT contract.id * 4 + 2, 'extra', contract.company_id, contract.partner_id, contract.currency_id, contract.user_id,
                      contract.id, NULL, NULL, NULL, booked.date, booked.date_due, beyond.amount, beyond.amount,
                      beyond.amount * booked.amount_company / NULLIF(booked.amount, 0)
                 FROM booked
                 JOIN crm_contract AS contract ON contract.id = booked.contract_id
            LEFT JOIN (SELECT contract_id, SUM(open_amount) AS amount FROM plan GROUP BY contract_id) AS plan
                      ON plan.contract_id = contract.id
           CROSS JOIN LATERAL (SELECT booked.same_amount - COALESCE(plan.amount, 0) AS amount) AS beyond
                WHERE beyond.amount > 0.004""")
