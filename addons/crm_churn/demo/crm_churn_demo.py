from odoo import api, models

from odoo.addons.crm_grading.demo.stage import stage

from .past import DemoChurn
from .pooling import DemoPools
from .rescue import DemoRescue


class CrmChurnEvent(models.Model):
    _inherit = 'crm.churn.event'

    @api.model
    def _load_demo(self):
        """Give the demo company a past of losses, relative to now, and what it knows of whom it lost them to; no mail leaves the house."""
        with stage(self.env, "The losses") as company:
            past = DemoChurn(company.env, company)
            past.live()
            DemoRescue(past).live()
            DemoPools(company.env, company).fill()
