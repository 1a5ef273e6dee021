from odoo import fields, models
from odoo.exceptions import UserError

BATCH = 500


class CrmSegmentActivity(models.TransientModel):
    """Start an activity plan on all customers of a segment; each activity goes to the customer's own salesperson."""
    _name = 'crm.segment.activity'
    _description = "Plan Activities for a Segment"

    segment_id = fields.Many2one('crm.segment', required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='segment_id.company_id')
    customer_count = fields.Integer(related='segment_id.customer_count', related_sudo=False)
    plan_id = fields.Many2one(
        'mail.activity.plan', required=True, ondelete='cascade',
        domain="[('res_model', '=', 'res.partner'), ('template_ids', '!=', False),"
               " '|', ('company_id', '=', False), ('company_id', '=', company_id)]")
    date = fields.Date("Plan Date", required=True, default=fields.Date.context_today)

    def action_start(self):
        """Start the plan and show whom it was started for."""
        self.ensure_one()
        partners = self.segment_id._partners()
        if not partners:
            raise UserError(self.env._("There is nobody in “%(segment)s” to plan for.", segment=self.segment_id.name))
        for start in range(0, len(partners), BATCH):
            self.plan_id._crm_start(partners[start:start + BATCH], self.company_id, self.date)
        return self.segment_id.action_view_customers()
