from odoo import fields, models


class CrmGradeVerdict(models.Model):
    """Every verdict explains itself."""
    _inherit = 'crm.grade.verdict'

    explanation = fields.Json(compute='_compute_explanation')
    grade_color = fields.Integer(related='grade_id.color', string="Color of the Grade")

    def _compute_explanation(self):
        for verdict in self:
            verdict.explanation = verdict._explain()

    def _explain(self):
        """Return the verdict in a form to be shown."""
        self.ensure_one()
        return {'scheme': self.scheme_id.name, 'grade': self.grade_id.name, 'grade_color': self.grade_id.color}

    def action_open_history(self):
        """Show how grade and score developed."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_grade_history_action')
        subject = ('customer_id', '=', self.customer_id.id) if self.customer_id else ('lead_id', '=', self.lead_id.id)
        graph = self.env.ref('crm_grading.crm_grade_history_view_graph_trend').id
        return {**action, 'domain': [subject, ('scheme_id', '=', self.scheme_id.id)], 'context': {},
                'views': [(graph, 'graph'), (False, 'list')]}
