from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmGradeOverride(models.TransientModel):
    """Set or withdraw a grade by hand."""
    _name = 'crm.grade.override'
    _description = "Manual Grade"

    verdict_id = fields.Many2one('crm.grade.verdict', required=True, ondelete='cascade')
    scheme_id = fields.Many2one(related='verdict_id.scheme_id')
    company_id = fields.Many2one(related='verdict_id.company_id')
    computed_grade_id = fields.Many2one(related='verdict_id.computed_grade_id')
    override_grade_id = fields.Many2one(related='verdict_id.override_grade_id')
    subject_name = fields.Char(related='verdict_id.display_name', string="Customer")
    grade_id = fields.Many2one('crm.grade', domain="[('company_id', '=', company_id)]")
    reason = fields.Char()
    until = fields.Date(help="Last day of the manual grade. Empty: until it is withdrawn.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        verdict = self.env['crm.grade.verdict'].browse(values.get('verdict_id'))
        if verdict.override_grade_id:
            values.update(
                grade_id=verdict.override_grade_id.id, reason=verdict.override_reason, until=verdict.override_until)
        return values

    def action_set(self):
        """Put the grade in force."""
        self.ensure_one()
        if not self.grade_id or not (self.reason or '').strip():
            raise UserError(self.env._("Choose the grade and give the reason: both are shown wherever the grade is."))
        self.verdict_id._set_override(self.grade_id, self.reason, self.until)
        return {'type': 'ir.actions.act_window_close'}

    def action_withdraw(self):
        """Go back to the computed grade."""
        self.ensure_one()
        self.verdict_id._clear_override()
        return {'type': 'ir.actions.act_window_close'}
