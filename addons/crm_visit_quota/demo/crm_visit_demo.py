import logging
import time

from odoo import api, models

from odoo.addons.crm_grading.demo.cast import CAST

from .diary import Diary
from .organisation import Organisation

_logger = logging.getLogger(__name__)
QUIET = {
    'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
    'mail_activity_quick_update': True, 'no_mail_to_attendees': True, 'dont_notify': True}


class CrmVisit(models.Model):
    _inherit = 'crm.visit'

    @api.model
    def _load_demo(self):
        """Give the demo company's people their visits, quotas, tasks and buying centers, relative to today."""
        started = time.monotonic()
        company = self.env.ref('crm_grading.demo_company')
        env = self.with_context(**QUIET, allowed_company_ids=company.ids).env
        company = company.with_env(env)
        found = ((customer, env.ref(f'crm_grading.demo_customer_{customer.key}', raise_if_not_found=False)) for customer in CAST)
        partners = {customer: partner for customer, partner in found if partner}
        today = company._crm_today()
        organisation = Organisation(env, company, partners, today)
        organisation.set_up()
        Diary(env, company, partners, today).keep()
        organisation.live()
        _logger.info("The visits of the demo company took %.0f seconds", time.monotonic() - started)
