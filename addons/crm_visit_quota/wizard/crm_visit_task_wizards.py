from odoo import api, fields, models


class CrmVisitTaskDecline(models.TransientModel):
    """Why somebody does not visit."""
    _name = 'crm.visit.task.decline'
    _description = "Decline a Visit Task"

    line_ids = fields.Many2many('crm.visit.task.line', required=True)
    reason = fields.Char()

    def action_decline(self):
        """Give the customers back."""
        self.ensure_one()
        self.line_ids._decline(self.reason)
        return {'type': 'ir.actions.act_window_close'}


class CrmVisitTaskReassign(models.TransientModel):
    """Who visits instead."""
    _name = 'crm.visit.task.reassign'
    _description = "Reassign a Visit Task"

    line_ids = fields.Many2many('crm.visit.task.line', required=True)
    plannable_ids = fields.Many2many('res.users', compute='_compute_plannable_ids')
    user_id = fields.Many2one('res.users', "To", required=True, domain="[('id', 'in', plannable_ids)]")

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_plannable_ids(self):
        self.plannable_ids = self.env.user._crm_plannable()

    def action_reassign(self):
        """Give the customers to the person."""
        self.ensure_one()
        self.line_ids._reassign(self.user_id)
        return {'type': 'ir.actions.act_window_close'}
