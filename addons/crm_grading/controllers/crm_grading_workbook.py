from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from ..report.crm_grading_workbook import workbook_content

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


def asked_workbook(model, wizard_id):
    """Return the wizard by which the user has asked for a workbook, in its company and the user's language.

    :raise NotFound: where there is none, or it is somebody else's
    """
    wizard = request.env[model].browse(wizard_id).exists()
    if not wizard or not wizard.has_access('read'):
        raise NotFound()
    return wizard.with_context(allowed_company_ids=wizard.sudo().company_id.ids, lang=request.env.user.lang)


def excel_response(content, name):
    """Return the answer by which the browser saves a workbook.

    :param bytes content: of the file
    :param str name: of the file, without its ending
    """
    return request.make_response(content, [
        ('Content-Type', XLSX), ('Content-Disposition', content_disposition(f"{name}.xlsx"))])


class CrmGradingWorkbook(http.Controller):

    @http.route('/crm_grading/workbook/<int:workbook_id>', type='http', auth='user', readonly=False)
    def download(self, workbook_id):
        """Download the workbook that the user has asked for; nobody else's."""
        wizard = asked_workbook('crm.grading.workbook', workbook_id)
        name = wizard.env._("Customer grades %(company)s %(date)s", company=wizard.company_id.name, date=wizard.date)
        return excel_response(workbook_content(wizard), name)
