from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Owned


class CrmOwnership(models.AbstractModel):
    _inherit = 'crm.ownership'

    def _ownership_visit_task_line(self, partners):
        return Owned(
            self.env._("Customers of visit tasks"), 'crm.visit.task.line',
            Domain('partner_id', 'in', partners.ids) & Domain('state', 'in', ('new', 'accepted')))
