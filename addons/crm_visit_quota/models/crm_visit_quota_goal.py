from odoo import api, models


class CrmVisitQuotaResult(models.Model):
    _inherit = 'crm.visit.quota.result'

    @api.model
    def _refresh_goals(self, company):
        """Bring the goals that show quota results up to date for everybody, and close those whose time is over.

        Odoo itself refreshes the goals of people who have been online lately, and keeps a goal open whose value did not change.
        One query per goal definition and period, however many people there are.
        """
        goals = self.env['gamification.goal'].sudo().search([  # goals of everybody, whoever sets the job going
            ('definition_id.model_id.model', '=', self._name), ('closed', '=', False), ('state', 'in', ['inprogress', 'reached']),
            ('user_id.company_id', '=', company.id)])
        goals.update_goal()
        today = company._crm_today()
        ended = goals.filtered(lambda goal: not goal.closed and goal.end_date and goal.end_date < today)
        ended.filtered(lambda goal: goal.state != 'reached').write({'state': 'failed', 'closed': True})
        ended.filtered(lambda goal: goal.state == 'reached').write({'closed': True})
