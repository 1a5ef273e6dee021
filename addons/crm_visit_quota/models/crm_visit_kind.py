from odoo import api, fields, models

MODES = [('onsite', "On site"), ('phone', "Phone"), ('online', "Online"), ('hosted', "At our place")]
CATEGORIES = {'onsite': 'meeting', 'phone': 'phonecall', 'online': 'meeting', 'hosted': 'meeting'}  # of activity types
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
    activity_type_ids = fields.Many2many(
        'mail.activity.type', 'crm_visit_kind_activity_type_rel', 'kind_id', 'activity_type_id', "Activity Types",
        help="Whoever completes such an activity with a customer records a visit of this kind. Empty: calls for phone kinds,"
             " meetings for all others.")
    next_activity_type_id = fields.Many2one(
        'mail.activity.type', "Next Step", ondelete='set null',
        help="Type of the activity that the next step of a visit becomes. Empty: a to-do.")
    invites_contacts = fields.Boolean(
        "Invite Contacts", default=True,
        help="Whether the people to be met become attendees of the calendar event: with an e-mail address they are invited.")
    properties_definition = fields.PropertiesDefinition("Questions")

    _check_durations = models.Constraint(
        'CHECK(default_duration > 0 AND min_duration >= 0)', "Give a usual duration above zero and no negative minimum.")

    @api.depends('mode')
    def _compute_icon(self):
        for kind in self:
            kind.icon = ICONS.get(kind.mode)


    # ------------------------------------------------------------------
    # Activities
    # ------------------------------------------------------------------

    def _takes(self, activity_type):
        """Whether activities of a type stand for visits of this kind."""
        self.ensure_one()
        if self.activity_type_ids:
            return activity_type in self.activity_type_ids
        return bool(activity_type.category) and activity_type.category == CATEGORIES[self.mode]

    @api.model
    def _by_activity_type(self, activity_types, company):
        """Return ``{activity type: kind}`` of those that stand for visits in a company; what a kind names goes first."""
        kinds = self.sudo().search([('company_id', 'in', [False, company.id])])  # settings, read for whoever completes an activity
        kinds = kinds.sorted(lambda kind: not kind.activity_type_ids)
        found = {}
        for activity_type in activity_types:
            kind = next((kind for kind in kinds if kind._takes(activity_type)), None)
            if kind:
                found[activity_type] = kind.with_env(self.env)
        return found


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
