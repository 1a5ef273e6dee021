from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Happening

from ..tools.contract_state import SIGNED_EVER


class CrmTimeline(models.AbstractModel):
    """Contracts on the timeline of a customer: what was signed, and what of the plan is done."""
    _inherit = 'crm.timeline'

    def _threads(self):
        return {**super()._threads(), 'crm.contract': 'partner_id'}

    def _timeline_contract(self, customer):
        """Contracts by the day of their signature."""
        return Happening(
            self.env._("Contracts signed"), 'fa-handshake-o', 'crm.contract',
            customer.of('partner_id') & Domain('state', 'in', SIGNED_EVER) & Domain('date_signed', '!=', False),
            'date_signed', title='display_name', text=lambda contract: contract.type_id.name, amount='amount_total', author='user_id',
            tone='success', group='sales')

    def _timeline_contract_step(self, customer):
        """Steps of the plan that are done; money has a kind of its own."""
        kinds = dict(self.env['crm.contract.step']._fields['kind']._description_selection(self.env))
        return Happening(
            self.env._("Contract steps done"), 'fa-flag-checkered', 'crm.contract.step',
            customer.of('partner_id') & Domain('state', '=', 'done') & Domain('date_done', '!=', False), 'date_done', title='name',
            text=lambda step: f"{kinds[step.kind]}, {step.contract_id.display_name}", author='user_id', tone='info', group='sales')
