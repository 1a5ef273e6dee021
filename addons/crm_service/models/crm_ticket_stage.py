from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.ticket_state import STATES


class CrmTicketStage(models.Model):
    """A column that tickets go through, of some types or of all. What it means is its state."""
    _name = 'crm.ticket.stage'
    _inherit = ['crm.cached']
    _description = "Ticket Stage"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        STATES, required=True, default='open',
        help="What the stage stands for: in “Waiting” the clock of our promises stands still, in “Solved” they are kept.")
    type_ids = fields.Many2many(
        'crm.ticket.type', 'crm_ticket_stage_type_rel', 'stage_id', 'type_id', "Types",
        help="Only tickets of these types go through this stage; empty: those of all types.")
    fold = fields.Boolean("Folded in Kanban")
    template_id = fields.Many2one(
        'mail.template', "Mail to the Customer", ondelete='restrict', domain=[('model', '=', 'crm.ticket')],
        help="Is sent when a ticket gets into this stage.")
    help = fields.Text("What Is Done Here", translate=True)
    active = fields.Boolean(default=True)

    @api.model
    @tools.ormcache()
    def _types_of_stages(self):
        """Return {id of a stage that not all types go through: ids of those that do}."""
        stages = self.sudo().with_context(active_test=False).search([('type_ids', '!=', False)])  # the same for everybody
        return {stage.id: frozenset(stage.type_ids.ids) for stage in stages}

    def _is_of(self, kind):
        """Return whether tickets of a type go through the stage."""
        types = self._types_of_stages().get(self._origin.id)
        return types is None or kind._origin.id in types

    def write(self, vals):
        if 'state' in vals and self.filtered(lambda stage: stage.state != vals['state']):
            in_use = self.env['crm.ticket'].sudo().with_context(active_test=False).search(  # tickets of others count, too
                [('stage_id', 'in', self.ids)], limit=1)
            if in_use:
                raise ValidationError(self.env._(
                    "There are tickets in stage “%(name)s”: what it stands for cannot be changed under them. Make a new stage instead.",
                    name=in_use.stage_id.name))
        return super().write(vals)
