from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.contract_state import BINDING

RENEWAL_DAYS = 90   # within which a contract that has run out can be renewed before it counts as ended


class ResCompany(models.Model):
    _inherit = 'res.company'

    crm_signing_source = fields.Selection(
        [('order', "Confirmed orders"), ('contract', "Signed contracts")], "Signings Are", required=True, default='order',
        help="What people are ranked by: orders, each credited to its salesperson, or contracts and what was collected on them,"
             " credited to everybody with a share.")


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_signing_source = fields.Selection(related='company_id.crm_signing_source', readonly=False)


class CrmSigning(models.AbstractModel):
    """Where a company says so, a signing is a contract, credited by shares; so is the money collected on it."""
    _inherit = 'crm.signing'

    @api.model
    def _signing_model(self, company):
        return 'crm.contract' if company.crm_signing_source == 'contract' else super()._signing_model(company)

    @api.model
    def _signing_sql(self, company):
        if company.crm_signing_source != 'contract':
            return super()._signing_sql(company)
        return SQL(
            """SELECT contract.id AS res_id, credited.user_id, contract.partner_id, contract.date_signed AS date,
                      contract.amount_untaxed * (%s * credited.percent / 100)::numeric AS amount
                 FROM crm_contract AS contract
                 JOIN res_company AS company ON company.id = contract.company_id
                 JOIN (%s) AS credited ON credited.contract_id = contract.id
                WHERE contract.company_id = %s AND contract.date_signed IS NOT NULL AND contract.state IN %s""",
            self._signing_rate(), self._sharer_sql(company), company.id, BINDING)

    @api.model
    def _collection_sql(self, company):
        """Money on contracts by shares, other money by the salesperson of the invoice."""
        found = super()._collection_sql(company)
        if company.crm_signing_source != 'contract':
            return found
        contracts, condition = self.env['crm.contract'], SQL("contract.company_id = %s", company.id)
        return SQL(
            """SELECT paid.move_id, credited.user_id, contract.partner_id, paid.date,
                      (paid.amount * %(rate)s * credited.percent / 100)::numeric AS amount
                 FROM (%(collected)s) AS paid
                 JOIN crm_contract AS contract ON contract.id = paid.contract_id
                 JOIN res_company AS company ON company.id = contract.company_id
                 JOIN (%(sharers)s) AS credited ON credited.contract_id = contract.id
                UNION ALL
               SELECT other.move_id, other.user_id, other.partner_id, other.date,
                      (other.amount * (1 - COALESCE(part.share, 0)))::numeric
                 FROM (%(found)s) AS other
                 LEFT JOIN (SELECT move_id, SUM(share) AS share FROM (%(invoiced)s) AS invoiced GROUP BY move_id) AS part
                           ON part.move_id = other.move_id
                WHERE COALESCE(part.share, 0) < 0.999999""",
            rate=self._signing_rate(), collected=contracts._collected_sql(condition), sharers=self._sharer_sql(company), found=found,
            invoiced=contracts._invoiced_sql(condition))

    @api.model
    def _ending_sql(self, company):
        """Contracts terminated, and those with a term that were carried out and followed by no other; orders outside of contracts."""
        return SQL(
            """SELECT ending.* FROM (%(orders)s) AS ending
                WHERE NOT EXISTS (SELECT FROM sale_order AS sale WHERE sale.id = ending.res_id AND sale.crm_contract_id IS NOT NULL)
                UNION ALL
               SELECT 'crm.contract', contract.id, contract.partner_id, contract.user_id, contract.date_terminated,
                      (contract.company_untaxed * GREATEST(100 - COALESCE(contract.invoiced_percent, 0), 0)::numeric / 100),
                      NULL, contract.name, 'execution'
                 FROM crm_contract AS contract
                WHERE contract.company_id = %(company)s AND contract.state = 'terminated' AND contract.date_terminated IS NOT NULL
                UNION ALL
               SELECT 'crm.contract', contract.id, contract.partner_id, contract.user_id, contract.date_end, contract.company_untaxed,
                      NULL, contract.name, 'use'
                 FROM crm_contract AS contract
                WHERE contract.company_id = %(company)s AND contract.state = 'completed' AND contract.date_end < %(limit)s
                  AND NOT EXISTS (SELECT FROM crm_contract AS following
                                   WHERE following.company_id = contract.company_id AND following.partner_id = contract.partner_id
                                     AND following.state IN %(binding)s AND following.date_signed > contract.date_signed
                                     AND COALESCE(following.date_end, contract.date_end + 1) > contract.date_end)""",
            orders=super()._ending_sql(company), company=company.id, binding=BINDING,
            limit=company._crm_today() - relativedelta(days=RENEWAL_DAYS))

    @api.model
    def _signing_rate(self):
        return self.env['crm.performance.entry']._rate_sql(
            SQL("contract.currency_id"), SQL("company.currency_id"), SQL("contract.date_signed"))

    @api.model
    def _sharer_sql(self, company):
        """Return ``(contract_id, user_id, percent)`` of everybody credited: those with a share, else the salesperson."""
        return SQL(
            """SELECT contract_id, user_id, percent FROM crm_contract_share WHERE company_id = %(company)s
                UNION ALL
               SELECT contract.id, contract.user_id, 100 FROM crm_contract AS contract
                WHERE contract.company_id = %(company)s AND contract.user_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM crm_contract_share AS share WHERE share.contract_id = contract.id)""", company=company.id)
