from odoo import fields, models


class CrmChurnMeasure(models.Model):
    """What is done to win a customer back."""
    _name = 'crm.churn.measure'
    _description = "Win-Back Measure"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', help="Empty: of all companies.")
