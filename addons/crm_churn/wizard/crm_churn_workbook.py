from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_grading.report.crm_sales_history import LOST_AFTER


class CrmChurnWorkbook(models.TransientModel):
    """Ask for the Excel workbook of the retention analysis; :mod:`..report.crm_churn_workbook` writes it."""
    _name = 'crm.churn.workbook'
    _description = "Excel Workbook of Retention"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    date = fields.Date("Until", required=True, default=lambda self: self._default_date(), help="The last month ends on this day.")
    months = fields.Integer(required=True, default=12, help="How many months to show, the last ones.")
    lost_after = fields.Integer(
        "Lost after (Days)", required=True, default=LOST_AFTER, help="Days without a purchase after which a customer is lost.")

    def _default_date(self):
        company = self.env.company
        return self.env['crm.churn.analysis']._until(company) or company._crm_today()

    def _options(self):
        """Return the options with which the pages of the analysis are asked."""
        self.ensure_one()
        return {'until': fields.Date.to_string(self.date), 'months': self.months, 'lost_after': self.lost_after}

    def action_download(self):
        """Check the question and download the answer.

        :raise UserError: on a number of months or days that makes no sense
        """
        self.ensure_one()
        if not 1 <= self.months <= 60:
            raise UserError(self.env._("Ask for 1 to 60 months."))
        self.env['crm.churn.analysis'].with_context(allowed_company_ids=self.company_id.ids)._asked(self._options())
        return {'type': 'ir.actions.act_url', 'url': f'/crm_churn/workbook/{self.id}', 'target': 'download'}
