from odoo import api, models


class CrmVisitBriefReport(models.AbstractModel):
    """The brief on paper: a page for each customer, with its heading in the body, as converters without headers need it."""
    _name = 'report.crm_visit_quota.report_brief'
    _description = "Printed Brief of Customers"

    @api.model
    def _get_report_values(self, docids, data=None):
        return self._values(self.env['res.partner'].browse(docids))

    def _values(self, partners):
        brief = self.env['crm.visit.brief']
        customers = partners.commercial_partner_id
        return {
            'doc_ids': customers.ids, 'doc_model': 'res.partner', 'docs': customers,
            'briefs': [brief.get_brief(customer.id) for customer in customers],
        }


class CrmVisitBriefVisitReport(models.AbstractModel):
    _name = 'report.crm_visit_quota.report_visit_brief'
    _inherit = 'report.crm_visit_quota.report_brief'
    _description = "Printed Brief of Visits"

    @api.model
    def _get_report_values(self, docids, data=None):
        return self._values(self.env['crm.visit'].browse(docids).partner_id)
