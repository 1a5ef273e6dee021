from odoo import api, models


class CrmSlaPolicy(models.Model):
    """Promises to begin with, where a company has graded its customers before it installs service."""
    _inherit = 'crm.sla.policy'

    @api.model
    def _promise_best_grades(self):
        """Promise the grades that begin with A, in each company that has some and promises them nothing yet, to be faster."""
        grades = self.env['crm.grade'].search([('name', '=ilike', 'A%')])
        for company, best in grades.grouped('company_id').items():
            if self.search_count([('grade_ids', 'in', best.ids)], limit=1):
                continue
            self.create([
                {'name': self.env._("First answer to our best customers"), 'promise': 'first_response', 'hours': 2,
                 'company_id': company.id, 'grade_ids': best.ids, 'step_ids': [
                     (0, 0, {'percent': 50, 'whom': 'assignee'}), (0, 0, {'percent': 100, 'whom': 'leader'})]},
                {'name': self.env._("Solution for our best customers"), 'promise': 'resolution', 'unit': 'days', 'days': 2,
                 'company_id': company.id, 'grade_ids': best.ids, 'step_ids': [
                     (0, 0, {'percent': 80, 'whom': 'assignee'}), (0, 0, {'percent': 100, 'whom': 'leader'})]}])
