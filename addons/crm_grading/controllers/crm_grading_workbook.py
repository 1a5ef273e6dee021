from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from ..report.crm_grading_workbook import workbook_content

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


class CrmGradingWorkbook(http.Controller):

    @http.route('/crm_grading/workbook/<int:workbook_id>', type='http', auth='user', readonly=False)
    def download(self, workbook_id):
        """Download the workbook that the user has asked for; nobody else's."""
        wizard = request.env['crm.grading.workbook'].browse(workbook_id).exists()
        if not wizard or not wizard.has_access('read'):
            raise NotFound()
        wizard = wizard.with_context(allowed_company_ids=wizard.sudo().company_id.ids, lang=request.env.user.lang)
        name = wizard.env._("Customer grades %(company)s %(date)s", company=wizard.company_id.name, date=wizard.date)
        return request.make_response(workbook_content(wizard), [
            ('Content-Type', XLSX), ('Content-Disposition', content_disposition(f"{name}.xlsx"))])
