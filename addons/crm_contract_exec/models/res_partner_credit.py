from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS


class ResPartner(models.Model):
    """A contact shows what its commercial entity owes and is about to owe in the current company."""
    _inherit = 'res.partner'

    crm_exposure = fields.Monetary("Credit Exposure", compute='_compute_crm_exposure', groups=AMOUNTS)
    crm_over_limit = fields.Boolean(
        "Over the Credit Limit", compute='_compute_crm_exposure', search='_search_crm_over_limit', groups=AMOUNTS)

    @api.depends_context('company')
    @api.depends('commercial_partner_id', 'credit_limit')
    def _compute_crm_exposure(self):
        self.env.flush_all()
        debtors = self.commercial_partner_id.ids
        figures = {row['partner_id']: row for row in self.env.execute_query_dict(
            self._crm_limit_query(SQL(", ").join(SQL("%s", debtor) for debtor in debtors)))} if debtors else {}
        for partner in self:
            row = figures.get(partner.commercial_partner_id.id, {})
            partner.crm_exposure = row.get('exposure') or 0
            partner.crm_over_limit = row.get('is_over') or False

    @api.model
    def _search_crm_over_limit(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self._check_field_access(self._fields['crm_over_limit'], 'read')   # core checks the fields of the condition that comes out
        self.env.flush_all()
        over = SQL("(SELECT partner_id FROM (%s) AS debtor WHERE is_over)", self._crm_limit_query())
        found = Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s IN %s", model._field_to_sql(alias, 'commercial_partner_id', query), over))
        return found if True in value else ~found

    @api.model
    def _crm_limit_query(self, debtors=None):
        """Return the query ``(partner_id, exposure, is_over)`` of debtors (default: all) in the current company."""
        company = self.env.company
        Credit = self.env['crm.credit']
        return SQL(
            """SELECT figure.partner_id, figure.exposure, COALESCE(figure.exposure - %s >= %s, FALSE) AS is_over
                 FROM (%s) AS figure JOIN res_partner AS partner ON partner.id = figure.partner_id""",
            Credit._limit_sql(company, 'partner'), company.currency_id.rounding / 2, Credit._exposure_sql(company, debtors))
