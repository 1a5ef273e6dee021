from odoo import api, fields, models

MODES = [('onsite', "On site"), ('phone', "Phone"), ('online', "Online"), ('hosted', "At our place")]
ICONS = {'onsite': 'fa-map-marker', 'phone': 'fa-phone', 'online': 'fa-video-camera', 'hosted': 'fa-home'}


class CrmVisitKind(models.Model):
    """A kind of contact with a customer, and what it asks of the person who makes it."""
    _name = 'crm.visit.kind'
    _description = "Kind of Visit"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    mode = fields.Selection(MODES, required=True, default='onsite', help="How people meet; says which icon and links are shown.")
    icon = fields.Char(compute='_compute_icon')
    company_id = fields.Many2one('res.company', index=True, help="Empty: for all companies.")
    counts_for_quota = fields.Boolean(default=True, help="Whether visits of this kind count for quotas.")
    needs_location = fields.Boolean(help="Ask for the position at check-in, where the company records positions.")
    default_duration = fields.Float("Usual Duration", default=1.0, help="Hours that a new visit takes in the calendar.")
    min_duration = fields.Float("Minimum Duration", help="Hours below which a visit does not count for quotas. 0: any duration counts.")
    action_ids = fields.One2many('crm.visit.kind.action', 'kind_id', "Required Actions", copy=True)
    properties_definition = fields.PropertiesDefinition("Questions")

    _check_durations = models.Constraint(
        'CHECK(default_duration > 0 AND min_duration >= 0)', "Give a usual duration above zero and no negative minimum.")

    @api.depends('mode')
    def _compute_icon(self):
        for kind in self:
            kind.icon = ICONS.get(kind.mode)


class CrmVisitKindAction(models.Model):
    """Something to be done on every visit of a kind, as a line of its checklist."""
    _name = 'crm.visit.kind.action'
    _description = "Required Action of a Kind of Visit"
    _order = 'kind_id, sequence, id'

    kind_id = fields.Many2one('crm.visit.kind', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='kind_id.company_id')
    sequence = fields.Integer(default=10)
    name = fields.Char("Action", required=True, translate=True)
    is_required = fields.Boolean("Required", default=True, help="The visit cannot be finished before this is done.")
