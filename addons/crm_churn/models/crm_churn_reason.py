from odoo import fields, models

from ..tools.loss import AREAS, PHASES


class CrmChurnReason(models.Model):
    """Why customers leave: the words that a company counts in."""
    _name = 'crm.churn.reason'
    _description = "Loss Reason"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', ondelete='cascade', help="Empty: of all companies.")
    phase = fields.Selection(PHASES, help="Offered only for losses in this phase. Empty: in all.")
    area = fields.Selection(AREAS, required=True, default='other', help="What one would have to work on.")
    needs_competitor = fields.Boolean("Asks for the Competitor", help="Whoever gives this reason is asked who won.")
    is_avoidable = fields.Boolean("Avoidable", default=True, help="Off for what nobody could have helped, such as the end of a business.")
    lost_reason_id = fields.Many2one(
        'crm.lost.reason', "Odoo's Lost Reason", ondelete='set null', index='btree_not_null',
        help="What Odoo's own lost reason on an opportunity stands for here.")
    description = fields.Text(translate=True)
