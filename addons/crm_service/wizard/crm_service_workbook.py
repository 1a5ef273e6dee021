from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError


class CrmServiceWorkbook(models.TransientModel):
    """Ask for the Excel workbook of the service of some months; :mod:`..report.crm_service_workbook` writes it."""
    _name = 'crm.service.workbook'
    _description = "Excel Workbook of the Service"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._crm_today().replace(day=1) - relativedelta(months=11),
        help="Tickets opened, and promises given, from this day on.")
    date_to = fields.Date(
        "Until", required=True, default=lambda self: self.env.company._crm_today(), help="Until this day, included.")
    team_id = fields.Many2one('crm.service.team', ondelete='cascade', help="Empty: all tickets that you may see.")

    def action_download(self):
        """Check the question and download the answer.

        :raise UserError: if the days are in the wrong order or more than five years apart
        """
        self.ensure_one()
        if self.date_from > self.date_to:
            raise UserError(self.env._("The first day must not come after the last one."))
        if self.date_to > self.date_from + relativedelta(years=5):
            raise UserError(self.env._("Ask for five years at most."))
        return {'type': 'ir.actions.act_url', 'url': f'/crm_service/workbook/{self.id}', 'target': 'download'}
