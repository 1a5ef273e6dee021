from odoo import fields, models


class CrmChurnEvent(models.Model):
    """To whom a sale or a customer was lost, and at which price."""
    _inherit = 'crm.churn.event'

    competitor_id = fields.Many2one(
        'crm.competitor', "Lost To", tracking=True, index='btree_not_null', ondelete='restrict',
        domain="[('company_id', 'in', [False, company_id])]")
    competitor_price = fields.Monetary("Their Price", tracking=True, help="What the competitor asked, in the company's currency.")

    _competitor_price_check = models.Constraint('CHECK(competitor_price >= 0)', "A price cannot be negative.")
