from odoo import http

from odoo.addons.crm_grading.controllers.crm_grading_workbook import asked_workbook, excel_response

from ..report.crm_service_workbook import workbook_content


class CrmServiceWorkbook(http.Controller):

    @http.route('/crm_service/workbook/<int:workbook_id>', type='http', auth='user', readonly=True)
    def download(self, workbook_id):
        """Download the workbook that the user has asked for; nobody else's."""
        wizard = asked_workbook('crm.service.workbook', workbook_id)
        name = wizard.env._("Service %(company)s %(start)s", company=wizard.company_id.name, start=wizard.date_from)
        return excel_response(workbook_content(wizard), name)
