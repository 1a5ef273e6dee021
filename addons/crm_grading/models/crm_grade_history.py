from odoo import fields, models
from odoo.exceptions import UserError


class CrmGradeHistory(models.Model):
    """Every change of a grade in force, append-only."""
    _name = 'crm.grade.history'
    _description = "Grade History"
    _order = 'date desc, id desc'

    customer_id = fields.Many2one('crm.customer', ondelete='cascade', index='btree_not_null', readonly=True)
    lead_id = fields.Many2one('crm.lead', ondelete='cascade', index='btree_not_null', readonly=True)
    partner_id = fields.Many2one(related='customer_id.partner_id', string="Contact")
    user_id = fields.Many2one(related='customer_id.user_id', string="Salesperson")
    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    old_grade_id = fields.Many2one('crm.grade', "From", ondelete='restrict', readonly=True)
    grade_id = fields.Many2one('crm.grade', "To", ondelete='restrict', readonly=True)
    move = fields.Selection(
        [('new', "New"), ('up', "Promoted"), ('down', "Demoted"), ('out', "Left")], required=True, readonly=True)
    reason = fields.Selection(
        [('run', "Run"), ('override', "Override"), ('expiry', "Override ended"), ('merge', "Merge")],
        required=True, default='run', readonly=True)
    note = fields.Char(readonly=True)
    score = fields.Float(readonly=True, digits=(16, 2), aggregator='avg')
    run_id = fields.Many2one('crm.grading.run', ondelete='set null', index='btree_not_null', readonly=True)
    policy_done = fields.Boolean(default=True, readonly=True, help="Off until the policies of the grades have been carried over.")

    _scheme_date_idx = models.Index('(scheme_id, date DESC)')
    _policy_idx = models.Index('(company_id, id) WHERE policy_done IS NOT TRUE')

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("The history of grades cannot be changed."))
        return super().write(vals)
