import logging
import time

from odoo import api, models

from .cast import CAST, CAST_USD
from .documents import Documents
from .people import Contacts

_logger = logging.getLogger(__name__)


class CrmGradingRun(models.Model):
    _inherit = 'crm.grading.run'

    @api.model
    def _load_demo(self):
        """Fill the demo companies with what declarative data cannot say: thirty months of business relative to today,
        and a year of monthly gradings of it."""
        started = time.monotonic()
        quiet = {
            'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
            'mail_activity_quick_update': True, 'no_reset_password': True, 'skip_pdf_attachment_generation': True}
        env = self.with_context(**quiet).env
        for name, cast in (('demo_company', CAST), ('demo_company_usd', CAST_USD)):
            company = env.ref(f'crm_grading.{name}')
            DemoCompany(env(context=dict(env.context, allowed_company_ids=company.ids)), company, cast).fill()
        _logger.info("The demo companies took %.0f seconds", time.monotonic() - started)


class DemoCompany:
    """One company of the demo, in the order in which things happened."""

    def __init__(self, env, company, cast):
        self.env, self.company, self.cast = env, company.with_env(env), cast
        self.today = company._crm_today()

    def fill(self):
        self.env['account.chart.template']._load('generic_coa', self.company, install_demo=False)
        contacts = Contacts(self.env, self.company)
        partners = contacts.create(self.cast)
        products = self._price_products()
        t = time.monotonic()
        Documents(self.env, self.company, products, self.today).sell(partners)
        _logger.info("documents %.1f", time.monotonic() - t)

    def _price_products(self):
        """Give the company's goods their cost; what is dearer leaves less of its price."""
        products = self.env['product.product'].search([('company_id', '=', self.company.id)], order='default_code')
        products.taxes_id = False
        for number, product in enumerate(products):
            product.standard_price = round(product.list_price * (0.52 + number % 5 * 0.06), 2)
        return list(products)
