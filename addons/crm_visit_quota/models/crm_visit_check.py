from odoo import fields, models


class CrmVisitCheck(models.Model):
    """A line of a visit's checklist, taken over from its kind when the visit was made."""
    _name = 'crm.visit.check'
    _description = "Checklist Line of a Visit"
    _order = 'visit_id, sequence, id'

    visit_id = fields.Many2one('crm.visit', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='visit_id.company_id', store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Action", required=True)
    is_required = fields.Boolean("Required", readonly=True)
    is_done = fields.Boolean("Done")
