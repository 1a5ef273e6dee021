from odoo import api, models

from odoo.addons.crm_grading.demo.cast import CAST
from odoo.addons.crm_grading.demo.stage import customers, stage

from .diary import Diary
from .organisation import Organisation


class CrmVisit(models.Model):
    _inherit = 'crm.visit'

    @api.model
    def _load_demo(self):
        """Give the demo company's people their visits, quotas, tasks and buying centers, relative to today."""
        with stage(self.env, "The visits", no_mail_to_attendees=True, dont_notify=True) as company:
            env, today, found = company.env, company._crm_today(), customers(company.env)
            partners = {customer: found[customer.key] for customer in CAST if customer.key in found}
            organisation = Organisation(env, company, partners, today)
            organisation.set_up()
            Diary(env, company, partners, today).keep()
            organisation.live()
