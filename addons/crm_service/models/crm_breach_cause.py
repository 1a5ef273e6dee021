from odoo import fields, models


class CrmBreachCause(models.Model):
    """Why a promise was broken, as a list to choose from: what is counted can be cured."""
    _name = 'crm.breach.cause'
    _description = "Cause of a Broken Promise"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_ours = fields.Boolean("Ours to Cure", default=True, help="Off: nobody here could have prevented it.")
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint('UNIQUE(name)', "There is a cause of this name already.")
