from odoo import fields, models


class CrmFaqCategory(models.Model):
    """What answers are about."""
    _name = 'crm.faq.category'
    _description = "FAQ Category"
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    type_ids = fields.Many2many('crm.ticket.type', string="Ticket Types", help="Articles made of tickets of these types come here.")
    article_ids = fields.One2many('crm.faq.article', 'category_id')
    active = fields.Boolean(default=True)
