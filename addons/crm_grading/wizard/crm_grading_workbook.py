from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_grading_as_of import SOURCES


class CrmGradingWorkbook(models.TransientModel):
    """Ask for the Excel workbook of a scheme as of a day; :mod:`..report.crm_grading_workbook` writes it."""
    _name = 'crm.grading.workbook'
    _description = "Excel Workbook of Customer Grades"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    scheme_id = fields.Many2one(
        'crm.grading.scheme', required=True, ondelete='cascade', compute='_compute_scheme_id', store=True, readonly=False,
        precompute=True, domain="[('company_id', '=', company_id), ('origin_id', '=', False), ('population', '!=', 'lead')]")
    date = fields.Date("As Of", required=True, default=lambda self: self.env.company._crm_today())
    date_from = fields.Date(
        "Compared with", required=True, default=lambda self: self.env.company._crm_today() - relativedelta(years=1))
    source = fields.Selection(SOURCES, "Grades", required=True, default='recorded')
    recorded_since = fields.Date(compute='_compute_recorded_since', help="First day with a recorded grade of the scheme.")
    top_count = fields.Integer("Customers Listed", required=True, default=100)

    _top_count_check = models.Constraint('CHECK(top_count BETWEEN 1 AND 10000)', "List between 1 and 10,000 customers.")

    @api.depends('company_id')
    def _compute_scheme_id(self):
        for wizard in self:
            if wizard.scheme_id.company_id != wizard.company_id:
                wizard.scheme_id = self.env['crm.grade.migration']._default_scheme(wizard.company_id)

    @api.depends('scheme_id')
    def _compute_recorded_since(self):
        for wizard in self:
            wizard.recorded_since = wizard.scheme_id and wizard.scheme_id._recorded_since()

    def action_download(self):
        """Check the question and download the answer.

        :raise UserError: if the days are in the wrong order or in the future
        """
        self.ensure_one()
        self.scheme_id.check_access('read')
        if self.date_from >= self.date:
            raise UserError(self.env._("The day to compare with must lie before the day of the workbook."))
        if self.date > self.company_id._crm_today():
            raise UserError(self.env._("The workbook shows today or a day in the past."))
        # a file, so that the page stays; no new window, which a browser may block
        return {'type': 'ir.actions.act_url', 'url': f'/crm_grading/workbook/{self.id}', 'target': 'self'}
