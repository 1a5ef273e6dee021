from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.crm_grading.controllers.crm_grading_workbook import XLSX

from ..report.crm_contract_workbook import workbook_content


class CrmContractWorkbook(http.Controller):

    @http.route('/crm_contract_exec/workbook/<int:workbook_id>', type='http', auth='user', readonly=True)
    def download(self, workbook_id):
        """Download the workbook that the user has asked for; nobody else's."""
        wizard = request.env['crm.contract.workbook'].browse(workbook_id).exists()
        if not wizard or not wizard.has_access('read'):
            raise NotFound()
        wizard = wizard.with_context(allowed_company_ids=wizard.sudo().company_id.ids, lang=request.env.user.lang)
        name = wizard.env._("Contracts %(company)s %(start)s", company=wizard.company_id.name, start=wizard.date_from)
        return request.make_response(workbook_content(wizard), [
            ('Content-Type', XLSX), ('Content-Disposition', content_disposition(f"{name}.xlsx"))])
