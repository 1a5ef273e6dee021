from odoo import api, models

from odoo.addons.crm_grading.demo.stage import customers, stage

from .aftermath import Aftermath
from .execution import Execution


class CrmContract(models.Model):
    _inherit = 'crm.contract'

    @api.model
    def _load_demo(self):
        """Give the demo company its contracts, with what was delivered, invoiced and paid of them, relative to today."""
        with stage(self.env, "The contracts") as company:
            env, partners, today = company.env, customers(company.env), company._crm_today()
            aftermath = Aftermath(env, company, partners, today)
            aftermath.set_up()
            aftermath.live(Execution(env, company, partners, today).carry_out())
