from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Owned


class CrmOwnership(models.AbstractModel):
    _inherit = 'crm.ownership'

    def _ownership_visit(self, partners):
        """Planned visits move with the customer's owner; made ones stay with who made them."""
        return Owned(
            self.env._("Planned visits"), 'crm.visit', Domain('partner_id', 'in', partners.ids) & Domain('state', '=', 'planned'),
            close=lambda visits, reason: visits.action_cancel(reason))
