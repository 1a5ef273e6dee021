from odoo import api, fields, models
from odoo.tools import SQL

from .crm_receivable import KINDS, CrmReceivable


class CrmCashForecast(models.Model):
    """When money is expected: what is owed, on the promised day where there is a promise, else on its due day plus the days by which
    this customer was late on average in the last 12 months (the company's average for new customers), but not before today."""
    _name = 'crm.cash.forecast'
    _description = "Expected Cash"
    _auto = False
    _order = 'expected_date, id'
    _depends = CrmReceivable._depends

    kind = fields.Selection(KINDS, readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    contract_id = fields.Many2one('crm.contract', readonly=True)
    step_id = fields.Many2one('crm.contract.step', "Instalment", readonly=True)
    move_id = fields.Many2one('account.move', "Document", readonly=True)
    date_due = fields.Date("Due", readonly=True, help="By plan.")
    expected_date = fields.Date("Expected", readonly=True)
    habit_days = fields.Float("Usually Late (Days)", readonly=True, aggregator='avg')
    basis = fields.Selection(
        [('promise', "Promised"), ('habit', "Habit of the customer"), ('company', "Average of all customers")], readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    open_amount = fields.Monetary("Open", readonly=True)
    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    open_company = fields.Monetary("Expected Amount", currency_field='company_currency_id', readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT owed.id, owed.kind, owed.company_id, owed.partner_id, owed.user_id, owed.contract_id, owed.step_id, owed.move_id,
                      owed.date_due, owed.currency_id, owed.open_amount, owed.open_company, late.days AS habit_days,
                      CASE WHEN promise.date IS NOT NULL THEN 'promise' WHEN habit.days IS NOT NULL THEN 'habit'
                           ELSE 'company' END AS basis,
                      COALESCE(promise.date, GREATEST(owed.date_due + ROUND(late.days)::int, owed.day)) AS expected_date
                 FROM (%(owed)s) AS owed
            LEFT JOIN (%(habit)s GROUP BY line.company_id, line.partner_id) AS habit
                   ON habit.company_id = owed.company_id AND habit.partner_id = owed.partner_id
            LEFT JOIN (%(average)s GROUP BY line.company_id) AS average ON average.company_id = owed.company_id
           CROSS JOIN LATERAL (SELECT COALESCE(habit.days, average.days, 0) AS days) AS late
            LEFT JOIN LATERAL (%(promise)s) AS promise ON TRUE
                WHERE owed.open_amount > 0 AND owed.date_due IS NOT NULL""",
            owed=self.env['crm.receivable']._relation_sql(), habit=self._late_sql(SQL("line.company_id, line.partner_id")),
            average=self._late_sql(SQL("line.company_id")), promise=self._promise_sql())

    @api.model
    def _late_sql(self, columns):
        """Return the mean days late of what was settled in the last 12 months; early counts as punctual."""
        clock = self.env['crm.receivable']._clock()
        return SQL(
            """SELECT %s, AVG(GREATEST(settled.date - COALESCE(line.date_maturity, line.invoice_date), 0)) AS days
                 FROM account_move_line AS line
                 JOIN LATERAL (SELECT MAX(max_date) AS date FROM account_partial_reconcile WHERE debit_move_id = line.id) AS settled ON TRUE
                WHERE line.display_type = 'payment_term' AND line.parent_state = 'posted' AND line.reconciled AND line.balance > 0
                  AND line.company_id IN %s AND settled.date > %s""",
            columns, tuple(company.id for company in clock), fields.Date.subtract(max(clock.values()), years=1))

    @api.model
    def _promise_sql(self):
        return SQL(
            """SELECT MIN(promise.date) AS date
                 FROM crm_payment_promise AS promise
            LEFT JOIN crm_payment_promise_move_rel AS about ON about.promise_id = promise.id
            LEFT JOIN crm_payment_promise_step_rel AS instalment ON instalment.promise_id = promise.id
                WHERE promise.company_id = owed.company_id AND promise.partner_id = owed.partner_id AND promise.state = 'open'
                  AND promise.date >= owed.day
                  AND (about.move_id = owed.move_id OR instalment.step_id = owed.step_id
                       OR about.move_id IS NULL AND instalment.step_id IS NULL AND owed.date_due <= owed.day)""")
