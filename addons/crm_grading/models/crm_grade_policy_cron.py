from odoo import api, models


class CrmGrade(models.Model):
    _inherit = 'crm.grade'

    @api.model
    def _cron_apply_policies(self):
        """Carry the policies of grades over in every company that has changes left to be carried over."""
        waiting = self.env['crm.grade.history'].sudo()._read_group([('policy_done', '!=', True)], ['company_id'])
        for company, in waiting:
            self._apply_policies(company)

    @api.model
    def _apply_policies_soon(self):
        """Have the policies carried over in the background, as soon as the present transaction is through."""
        self.env.ref('crm_grading.ir_cron_grade_policy').sudo()._trigger()  # whoever changes a grade sets it going
