from lxml.builder import E

from odoo import api, models

READERS = 'crm_service.group_service_agent,sales_team.group_sale_salesman'


class CrmDocument(models.AbstractModel):
    """Documents of whichever addons are installed, such as visits and contracts, show their tickets and make new ones."""
    _name = 'crm.document'
    _inherit = ['crm.document', 'crm.ticketed']

    @api.model
    def _get_view(self, view_id=None, view_type='form', **options):
        """Put the buttons on the forms: a view of ours could not inherit one of an addon that is not there."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == 'form':
            self._crm_add_ticket_buttons(arch)
        return arch, view

    @api.model
    def _crm_add_ticket_buttons(self, arch):
        header, box = arch.find('header'), arch.find('.//div[@name="button_box"]')
        if header is None or box is None:     # a small form, such as that of planning
            return
        header.append(E.button(
            name='action_crm_ticket', type='object', string=self.env._("New Ticket"), invisible='not id',
            groups='crm_service.group_service_agent'))
        box.append(E.button(
            {'name': 'action_crm_tickets', 'type': 'object', 'class': 'oe_stat_button', 'icon': 'fa-life-ring', 'invisible': 'not id',
             'groups': READERS},
            E.field(name='crm_ticket_count', widget='statinfo', string=self.env._("Tickets"))))
