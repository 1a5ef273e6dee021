from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Owned


class CrmOwnership(models.AbstractModel):
    _inherit = 'crm.ownership'

    def _ownership_contract(self, partners):
        """Contracts that are not closed move with the customer's owner; who is credited with them stays."""
        return Owned(
            self.env._("Contracts"), 'crm.contract',
            Domain('partner_id', 'in', partners.ids) & Domain('state', 'not in', ('completed', 'terminated', 'cancelled')))
