from odoo import fields, models
from odoo.exceptions import AccessError


class CrmCareContact(models.Model):
    """One care of one customer: given, or left out for comparison. Append-only, and once per plan, customer and occasion."""
    _name = 'crm.care.contact'
    _description = "Care Given"
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    plan_id = fields.Many2one('crm.care.plan', required=True, index=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True, ondelete='cascade')
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='cascade', readonly=True)
    person_id = fields.Many2one('res.partner', "To", readonly=True, ondelete='set null', index='btree_not_null')
    user_id = fields.Many2one('res.users', "Task Of", readonly=True, ondelete='set null', index='btree_not_null')
    date = fields.Date(required=True, readonly=True)
    occasion = fields.Date(required=True, readonly=True, help="The day that was the reason.")
    state = fields.Selection(
        [('planned', "To Be Given"), ('done', "Given"), ('control', "Left Out"), ('failed', "Nobody to Write To")],
        required=True, readonly=True, default='planned', index=True)
    has_bought = fields.Boolean("Bought Afterwards", readonly=True, help="Within the days that the plan says.")
    is_judged = fields.Boolean("Time Is Up", readonly=True, help="The days in which a purchase counts have passed.")

    _occasion_uniq = models.UniqueIndex('(plan_id, partner_id, occasion)')
    _recent_idx = models.Index("(partner_id, date) WHERE state IN ('planned', 'done')")
    _judge_idx = models.Index("(plan_id, date) WHERE is_judged IS NOT TRUE")

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("What was given stays on record as it was."))
        return super().write(vals)
