from odoo import models

from odoo.addons.crm_grading.tools.extension import Happening


class CrmTimeline(models.AbstractModel):
    """What a customer promised and objected to, on its timeline."""
    _inherit = 'crm.timeline'

    def _timeline_promise(self, customer):
        return Happening(
            self.env._("Promises to pay"), 'fa-hand-paper-o', 'crm.payment.promise', customer.of('partner_id'), 'date_given',
            title='display_name', amount='amount', direction=lambda promise: 'in', author='user_id', tone='warning', group='money')

    def _timeline_dispute(self, customer):
        return Happening(
            self.env._("Disputes"), 'fa-exclamation-triangle', 'crm.payment.dispute', customer.of('partner_id'), 'date', title='name',
            amount='amount', direction=lambda dispute: 'in', author='user_id', tone='danger', group='money')
