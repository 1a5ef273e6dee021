from odoo import api, fields, models, tools

from ..tools.ticket_state import KINDS, PRIORITIES


class CrmTicketType(models.Model):
    """A sort of ticket with its own stages, fields and questions to the customer."""
    _name = 'crm.ticket.type'
    _inherit = ['crm.cached']
    _description = "Ticket Type"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS, required=True, default='request', help="Complaints and praise are followed up and counted in their own way.")
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: for all companies.")
    team_id = fields.Many2one(
        'crm.service.team', "Default Team", company_dependent=True, domain="[('company_id', '=', current_company_id)]",
        help="Gets the tickets that nobody sent to a team; each company has its own.")
    priority = fields.Selection(PRIORITIES, "Default Priority", required=True, default='1')
    stage_ids = fields.Many2many('crm.ticket.stage', 'crm_ticket_stage_type_rel', 'type_id', 'stage_id', "Own Stages")
    ticket_properties_definition = fields.PropertiesDefinition("Own Fields")
    is_public = fields.Boolean("Offered to Customers", default=True, help="Customers may choose it in the portal and on the public form.")
    description = fields.Text("Explained to Customers", translate=True)
    reopen_days = fields.Integer(
        "Reopened Within (Days)", default=14,
        help="An answer of the customer after a ticket was closed reopens it for so many days; later it becomes a new ticket.")
    close_days = fields.Integer(
        "Closed After (Working Days)", default=5, help="A solved ticket that the customer says nothing to is closed; 0: never by itself.")
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _days_positive = models.Constraint('CHECK(reopen_days >= 0 AND close_days >= 0)', "Days cannot be less than none.")

    def _stage(self, state):
        """Return the first stage of this type that stands for a state, its own before those of all types; none where there is none.

        :param state: a key of STATES, or several in the order of preference
        """
        self.ensure_one()
        states = (state,) if isinstance(state, str) else tuple(state)
        return self.env['crm.ticket.stage'].browse(self._stage_id(self._origin.id, states) or [])

    @api.model
    @tools.ormcache('type_id', 'states')
    def _stage_id(self, type_id, states):
        stages = self.env['crm.ticket.stage'].sudo().with_context(active_test=True).search([  # columns are the same for everybody
            ('state', 'in', states), '|', ('type_ids', '=', False), ('type_ids', 'in', [type_id])])
        return stages.sorted(lambda stage: (states.index(stage.state), not stage.type_ids, stage.sequence, stage.id))[:1].id

    @api.model
    def _first(self, company):
        """Return the first type of a company: that of tickets that nobody has said more about."""
        return self.browse(self._first_id(company.id) or [])

    @api.model
    @tools.ormcache('company_id')
    def _first_id(self, company_id):
        types = self.sudo().with_context(active_test=True)  # types are the same for everybody
        return types.search([('company_id', 'in', (False, company_id))], limit=1).id
