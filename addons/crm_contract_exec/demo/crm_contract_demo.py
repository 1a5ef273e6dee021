import logging
import time

from odoo import api, models

from odoo.addons.crm_grading.demo.cast import CAST

from .aftermath import Aftermath
from .execution import Execution

_logger = logging.getLogger(__name__)
QUIET = {
    'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
    'mail_activity_quick_update': True, 'skip_pdf_attachment_generation': True}


class CrmContract(models.Model):
    _inherit = 'crm.contract'

    @api.model
    def _load_demo(self):
        """Give the demo company its contracts, with what was delivered, invoiced and paid of them, relative to today."""
        started = time.monotonic()
        company = self.env.ref('crm_grading.demo_company')
        env = self.with_context(**QUIET, allowed_company_ids=company.ids).env
        found = ((customer.key, env.ref(f'crm_grading.demo_customer_{customer.key}', raise_if_not_found=False)) for customer in CAST)
        partners = {key: partner for key, partner in found if partner}
        company, today = company.with_env(env), company._crm_today()
        aftermath = Aftermath(env, company, partners, today)
        aftermath.set_up()
        aftermath.live(Execution(env, company, partners, today).carry_out())
        _logger.info("The contracts of the demo company took %.0f seconds", time.monotonic() - started)
