from odoo import fields, models


class CrmTicketTag(models.Model):
    """What a ticket is about, and what somebody of a team knows: the skill that it takes."""
    _name = 'crm.ticket.tag'
    _description = "Ticket Tag"
    _order = 'name, id'

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint('UNIQUE(name)', "There is a tag of this name already.")
