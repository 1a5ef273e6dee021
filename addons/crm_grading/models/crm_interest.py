from odoo import fields, models


class CrmInterest(models.Model):
    """A need or interest that a customer has expressed: who asked about what, when."""
    _name = 'crm.interest'
    _description = "Customer Interest"
    _order = 'date desc, id desc'

    partner_id = fields.Many2one('res.partner', "Customer", required=True, ondelete='cascade', index=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
