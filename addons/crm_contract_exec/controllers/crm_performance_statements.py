from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.crm_grading.controllers.crm_grading_workbook import excel_response

from ..report.crm_performance_workbook import statements_content


class CrmPerformanceStatements(http.Controller):

    @http.route('/crm_contract_exec/statements', type='http', auth='user', readonly=True)
    def download(self, ids=''):
        """Download performance statements as an Excel workbook; those that the user may not see are not in it.

        :param ids: ids of ``crm.performance.statement``, comma-separated, of one company
        """
        chosen = [int(number) for number in ids.split(',') if number.isdecimal()]
        statements = request.env['crm.performance.statement'].search([('id', 'in', chosen)])
        statements = statements.filtered(lambda statement: statement.company_id == statements[0].company_id)
        if not statements:
            raise NotFound()
        statements = statements.with_context(allowed_company_ids=statements.company_id.ids, lang=request.env.user.lang)
        name = request.env._("Performance %(company)s", company=statements.company_id.name)
        return excel_response(statements_content(statements), name)
