from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.quota import period_end


class CrmVisitQuotaWorkbook(models.TransientModel):
    """Ask for the Excel workbook of the results of some months; :mod:`..report.crm_visit_quota_workbook` writes it."""
    _name = 'crm.visit.quota.workbook'
    _description = "Excel Workbook of Visit Quotas"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._crm_today().replace(day=1) - relativedelta(months=2),
        help="Any day of the first month.")
    date_to = fields.Date(
        "Until", required=True, default=lambda self: self.env.company._crm_today(), help="Any day of the last month.")
    team_id = fields.Many2one('crm.team', "Sales Team", ondelete='cascade', help="Empty: everybody whose results you may see.")

    def _months(self):
        """Return the first day of the first month and the last day of the last one."""
        return self.date_from.replace(day=1), period_end(self.date_to.replace(day=1), 'month')

    def action_download(self):
        """Check the question and download the answer.

        :raise UserError: if the months are in the wrong order or more than five years
        """
        self.ensure_one()
        first, last = self._months()
        if first > last:
            raise UserError(self.env._("The first month must not come after the last one."))
        if last > first + relativedelta(years=5):
            raise UserError(self.env._("Ask for five years at most."))
        return {'type': 'ir.actions.act_url', 'url': f'/crm_visit_quota/workbook/{self.id}', 'target': 'download'}
