from odoo import api, fields, models
from odoo.tools import SQL


class CrmCreditGuard(models.Model):
    """A row per customer with a limit, which every check of an order touches: of two orders confirmed at the same moment the second
    meets a conflict, is tried again by Odoo, and then sees the first."""
    _name = 'crm.credit.guard'
    _description = "Order of Credit Checks"
    _log_access = False

    partner_id = fields.Many2one('res.partner', required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    checks = fields.Integer(readonly=True)

    _customer_uniq = models.UniqueIndex('(partner_id, company_id)')

    @api.model
    def _claim(self, company, partner_ids):
        """Let no two transactions check the same customers of a company side by side."""
        if partner_ids:
            self.env.cr.execute(SQL(
                """INSERT INTO crm_credit_guard (partner_id, company_id, checks)
                   SELECT unnest(%s), %s, 1
              ON CONFLICT (partner_id, company_id) DO UPDATE SET checks = crm_credit_guard.checks + 1""",
                sorted(partner_ids), company.id))
