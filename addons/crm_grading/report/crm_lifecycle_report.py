from odoo import fields, models
from odoo.tools import SQL


class CrmLifecycleReport(models.Model):
    """Every stay of a customer in a life-cycle state: since when, how long, and where it went from there."""
    _name = 'crm.lifecycle.report'
    _description = "Life-Cycle Analysis"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'state_id'
    _depends = {
        'crm.lifecycle.history': ['customer_id', 'company_id', 'state_id', 'old_state_id', 'date', 'direction'],
        'crm.lifecycle.state': ['is_won'],
        'crm.customer': ['partner_id', 'user_id'],
    }

    customer_id = fields.Many2one('crm.customer', readonly=True)
    partner_id = fields.Many2one('res.partner', "Contact", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    state_id = fields.Many2one('crm.lifecycle.state', readonly=True)
    old_state_id = fields.Many2one('crm.lifecycle.state', "Came From", readonly=True)
    next_state_id = fields.Many2one('crm.lifecycle.state', "Went To", readonly=True)
    direction = fields.Selection(
        [('first', "First"), ('forward', "Forward"), ('back', "Back"), ('lost', "Lost")], "Entered", readonly=True)
    date = fields.Date("Entered On", readonly=True)
    date_end = fields.Date("Left On", readonly=True)
    days = fields.Integer("Days in State", readonly=True, aggregator='avg', help="Until the customer left it; empty for present stays.")
    is_current = fields.Boolean("Still There", readonly=True)
    moved_on = fields.Float("Moved Forward (%)", readonly=True, aggregator='avg',
                            help="Share of the stays that ended in a later state.")
    won = fields.Float("Won (%)", readonly=True, aggregator='avg',
                       help="Share of the stays in or after which the customer has reached a state that counts as won.")

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT stay.id, stay.customer_id, customer.partner_id, customer.user_id, stay.company_id, stay.state_id,
                   stay.old_state_id, stay.next_state_id, stay.direction, stay.date, stay.date_end,
                   stay.date_end - stay.date AS days, stay.date_end IS NULL AS is_current,
                   CASE WHEN stay.next_direction = 'forward' THEN 100.0 ELSE 0.0 END AS moved_on,
                   CASE WHEN COALESCE(stay.won_later, 0) > 0 THEN 100.0 ELSE 0.0 END AS won
            """)

    def _from(self) -> SQL:
        return SQL(
            """
              FROM (SELECT history.id, history.customer_id, history.company_id, history.state_id, history.old_state_id,
                           history.direction, history.date,
                           LEAD(history.date) OVER life AS date_end,
                           LEAD(history.state_id) OVER life AS next_state_id,
                           LEAD(history.direction) OVER life AS next_direction,
                           COUNT(*) FILTER (WHERE reached.is_won) OVER (
                               life ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS won_later
                      FROM crm_lifecycle_history AS history
                      LEFT JOIN crm_lifecycle_state AS reached ON reached.id = history.state_id
                    WINDOW life AS (PARTITION BY history.customer_id ORDER BY history.date, history.id)) AS stay
              JOIN crm_customer AS customer ON customer.id = stay.customer_id
             WHERE stay.state_id IS NOT NULL
            """)
