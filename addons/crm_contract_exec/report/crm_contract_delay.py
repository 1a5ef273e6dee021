from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.contract_state import SIGNED_EVER
from ..tools.step_state import KINDS, STATES
from .crm_contract_result import CONTRACT_FIELDS

CAUSES = [
    ('earlier', "An earlier step was late"), ('supply', "Goods not available"), ('warehouse', "Not shipped in time"),
    ('accept', "Not accepted in time"), ('invoicing', "Not invoiced in time"), ('payment', "Not paid in time"),
    ('task', "Task not done in time"), ('credit', "Credit hold"),
]
DEPARTMENTS = [('warehouse', "Warehouse"), ('finance', "Finance"), ('sales', "Sales"), ('customer', "Customer")]


class CrmContractDelay(models.Model):
    """Where execution gets stuck: the due steps of signed contracts, how late they were or are, why, and whose turn it was.

    A step due on a fixed day, or counting from a step that is not done, that is no later than an earlier one of its contract is not to
    blame: its delay is *inherited*. What is left are its own days. Other due days move with what they count from: all days are its own.
    """
    _name = 'crm.contract.delay'
    _description = "Delay Causes"
    _auto = False
    _rec_name = 'step_id'
    _order = 'own_days desc, id'
    _depends = {
        'crm.contract': CONTRACT_FIELDS,
        'crm.contract.step': [
            'contract_id', 'sequence', 'kind', 'user_id', 'date_due', 'date_done', 'state', 'days_late', 'amount', 'anchor',
            'anchor_step_id'],
        'crm.credit.hold': ['order_id', 'origin', 'state'],
        'crm.customer': ['partner_id', 'company_id', 'grade_id'],
        'sale.order': ['crm_contract_id'],
        'stock.picking': ['sale_id', 'state'],
    }

    step_id = fields.Many2one('crm.contract.step', readonly=True)
    contract_id = fields.Many2one('crm.contract', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    contract_user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    user_id = fields.Many2one('res.users', "Responsible", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    type_id = fields.Many2one('crm.contract.type', readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    state = fields.Selection(STATES, readonly=True)
    department = fields.Selection(DEPARTMENTS, "Whose Turn", readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    date_due = fields.Date("Due", readonly=True)
    date_done = fields.Date("Done On", readonly=True)
    days_late = fields.Integer(readonly=True)
    own_days = fields.Integer(readonly=True, help="Days late, less those of the latest earlier step.")
    inherited_days = fields.Integer(readonly=True, help="Days by which an earlier step of the contract was late already.")
    late_count = fields.Integer("Late Steps", readonly=True)
    mean_days = fields.Float("Mean Own Days", readonly=True, aggregator='avg', digits=(16, 1))
    late_percent = fields.Float("Late (%)", readonly=True, aggregator='avg', digits=(16, 1))

    @property
    def _table_query(self):
        return SQL(
            """SELECT step.*, days_late - inherited_days AS own_days, (days_late - inherited_days)::float8 AS mean_days,
                      CASE WHEN days_late > 0 THEN 1 ELSE 0 END AS late_count, CASE WHEN days_late > 0 THEN 100 ELSE 0 END AS late_percent,
                      %(department)s AS department,
                      CASE WHEN days_late = 0 THEN NULL
                           WHEN days_late = inherited_days THEN 'earlier'
                           WHEN is_held THEN 'credit'
                           WHEN kind = 'deliver' AND is_short THEN 'supply'
                           WHEN kind = 'deliver' THEN 'warehouse'
                           WHEN kind = 'accept' THEN 'accept'
                           WHEN kind = 'invoice' OR kind = 'collect' AND NOT is_invoiced THEN 'invoicing'
                           WHEN kind = 'collect' THEN 'payment'
                           ELSE 'task' END AS cause
                 FROM (SELECT *, is_stopped AND NOT (kind = 'collect' AND is_invoiced) AS is_held FROM (%(steps)s) AS step) AS step
                WHERE date_due IS NOT NULL AND state <> 'void'""",
            department=self._department_sql(), steps=self._steps_sql())

    @api.model
    def _department_sql(self):
        """Return whose turn a step is: who would have to act for it to be done."""
        return SQL(
            """CASE WHEN is_held THEN 'finance' WHEN kind = 'deliver' THEN 'warehouse'
                    WHEN kind = 'accept' OR kind = 'collect' AND is_invoiced THEN 'customer'
                    WHEN kind IN ('invoice', 'collect') THEN 'finance' ELSE 'sales' END""")

    @api.model
    def _steps_sql(self):
        """Return all steps with what is to be known of the others of their contract: the delay that they inherit, whether the
        instalments up to them are invoiced, whether a transfer of the contract waits for goods, and whether an order of it is on credit
        hold: then it is not delivered, nor invoiced before it is confirmed."""
        return SQL(
            """SELECT step.id, step.id AS step_id, step.contract_id, contract.partner_id, customer.grade_id, contract.company_id,
                      contract.user_id AS contract_user_id, step.user_id, contract.team_id, contract.type_id, step.kind, step.state,
                      step.date_due, step.date_done, GREATEST(COALESCE(step.days_late, 0), 0) AS days_late,
                      CASE WHEN step.anchor = 'date' OR anchor.state <> 'done'
                           THEN LEAST(GREATEST(COALESCE(step.days_late, 0), 0), COALESCE(MAX(step.days_late) OVER earlier, 0))
                           ELSE 0 END AS inherited_days,
                      contract.is_manual IS TRUE OR step.kind <> 'collect' OR step.state = 'done'
                      OR COALESCE(SUM(step.amount) FILTER (WHERE step.kind = 'collect') OVER earlier, 0) + step.amount
                      <= COALESCE(contract.invoiced_amount, 0) + 0.005 AS is_invoiced,
                      step.state <> 'done' AND step.kind = 'deliver' AND EXISTS (
                          SELECT FROM sale_order AS sale JOIN stock_picking AS picking ON picking.sale_id = sale.id
                           WHERE sale.crm_contract_id = contract.id AND picking.state IN ('confirmed', 'waiting')) AS is_short,
                      step.state <> 'done' AND step.kind IN ('deliver', 'invoice', 'collect') AND EXISTS (
                          SELECT FROM sale_order AS sale JOIN crm_credit_hold AS hold ON hold.order_id = sale.id AND hold.state = 'held'
                           WHERE sale.crm_contract_id = contract.id AND (step.kind = 'deliver' OR hold.origin = 'confirm')) AS is_stopped
                 FROM crm_contract_step AS step
                 JOIN crm_contract AS contract ON contract.id = step.contract_id AND contract.state = ANY(%s)
            LEFT JOIN crm_contract_step AS anchor ON anchor.id = step.anchor_step_id AND step.anchor = 'step'
            LEFT JOIN crm_customer AS customer
                      ON customer.partner_id = contract.partner_id AND customer.company_id = contract.company_id
               WINDOW earlier AS (PARTITION BY step.contract_id ORDER BY step.sequence, step.id
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)""", list(SIGNED_EVER))

    def action_open_contract(self):
        """Open the contract behind a line."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.contract', 'res_id': self.contract_id.id, 'views': [(False, 'form')]}
