from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Happening


class CrmTimeline(models.AbstractModel):
    """Tickets on the timeline of a customer, and what the customer said of them."""
    _inherit = 'crm.timeline'

    def _threads(self):
        return {**super()._threads(), 'crm.ticket': 'commercial_partner_id'}

    def _timeline_ticket(self, customer):
        """Tickets by the moment they were opened; complaints stand out."""
        kinds = dict(self.env['crm.ticket.type']._fields['kind']._description_selection(self.env))
        states = dict(self.env['crm.ticket.stage']._fields['state']._description_selection(self.env))
        return Happening(
            self.env._("Tickets"), 'fa-life-ring', 'crm.ticket', customer.of('commercial_partner_id') & Domain('state', '!=', 'cancelled'),
            'date_opened', title='display_name',
            text=lambda ticket: f"{kinds[ticket.kind]}, {states[ticket.state]}", author='partner_id', direction=lambda ticket: 'in',
            tone='warning', group='service')

    def _timeline_care(self, customer):
        """Letters and tasks of care plans that were given."""
        return Happening(
            self.env._("Care"), 'fa-heart', 'crm.care.contact', customer.of('partner_id') & Domain('state', '=', 'done'), 'date',
            title=lambda contact: contact.plan_id.name, direction=lambda contact: 'out', tone='info', group='service')
