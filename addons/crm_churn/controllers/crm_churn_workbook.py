from odoo import http

from odoo.addons.crm_grading.controllers.crm_grading_workbook import asked_workbook, excel_response

from ..report.crm_churn_workbook import workbook_content


class CrmChurnWorkbook(http.Controller):

    @http.route('/crm_churn/workbook/<int:workbook_id>', type='http', auth='user', readonly=True)
    def download(self, workbook_id):
        """Download the workbook that the user has asked for; nobody else's."""
        wizard = asked_workbook('crm.churn.workbook', workbook_id)
        name = wizard.env._("Retention %(company)s %(date)s", company=wizard.company_id.name, date=wizard.date)
        return excel_response(workbook_content(wizard), name)
