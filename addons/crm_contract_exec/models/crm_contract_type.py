from odoo import fields, models


class CrmContractType(models.Model):
    """A sort of contract: what applies to all contracts of it."""
    _name = 'crm.contract.type'
    _description = "Contract Type"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: for all companies.")
    color = fields.Integer()
    clauses = fields.Html(translate=True, help="Taken over into new contracts of this type.")
