import logging
import time

from odoo import api, models

from .cast import CAST, CAST_USD
from .contacts_log import Log
from .documents import Documents, ShopDocuments
from .judging import Judging
from .past import Past
from .people import Contacts
from .shop import SHOP
from .stage import QUIET

_logger = logging.getLogger(__name__)


class CrmGradingRun(models.Model):
    _inherit = 'crm.grading.run'

    @api.model
    def _load_demo(self):
        """Fill the demo companies with what declarative data cannot say: thirty months of business relative to today,
        and a year of monthly gradings of it."""
        started = time.monotonic()
        env = self.with_context(**QUIET, no_reset_password=True).env
        self._keep_apart(env)
        for name, cast in (('demo_company', CAST), ('demo_company_usd', CAST_USD)):
            company = env.ref(f'crm_grading.{name}')
            DemoCompany(env(context=dict(env.context, allowed_company_ids=company.ids)), company, cast).fill()
        _logger.info("The demo companies took %.0f seconds", time.monotonic() - started)

    def _keep_apart(self, env):
        """Give the contacts and leads of Odoo's own demo to Odoo's demo company: they are nobody's customers here."""
        names = env['ir.model.data'].search([('model', '=', 'res.partner'), ('module', '!=', 'crm_grading')])
        partners = env['res.partner'].browse(names.mapped('res_id')).exists().filtered(
            lambda partner: partner.active and not partner.company_id and not partner.ref_company_ids
            and not any(user._is_internal() for user in partner.user_ids))
        partners.company_id = env.ref('base.main_company')
        env['crm.lead'].search([('company_id', '=', False), ('user_id', '=', False)]).company_id = env.ref('base.main_company')


class DemoCompany:
    """One company of the demo, in the order in which things happened."""

    def __init__(self, env, company, cast):
        self.env, self.company, self.cast = env, company.with_env(env), cast
        self.today = company._crm_today()

    def fill(self):
        self._set_up_accounting()
        self._set_up_inventory()
        contacts, products = Contacts(self.env, self.company), self._price_products()
        partners = contacts.make(self.cast)
        Documents(self.env, self.company, products, self.today).sell(partners)
        judging = Judging(self.env, self.company)
        if self.cast is CAST:
            shop = contacts.make(SHOP)
            ShopDocuments(self.env, self.company, products, self.today).sell(shop)
            log = Log(self.env, self.company, partners, self.today)
            log.write_down()
            log.write_to_shop(shop)
            leading = judging.set_up()
            judging.segments()
        else:
            leading = judging.create_simple()
        Past(self.env, self.company, partners, self.today).live(leading)

    def _set_up_accounting(self):
        """Load the plain chart of accounts, which brings its own country's currency; ours comes back."""
        currency = self.company.currency_id
        self.env['account.chart.template']._load('generic_coa', self.company, install_demo=False)
        self.company.currency_id = currency

    def _set_up_inventory(self):
        """Where inventory is installed it takes no order without a warehouse, and makes none by itself."""
        if 'stock.warehouse' in self.env and not self.env['stock.warehouse'].search_count([('company_id', '=', self.company.id)]):
            self.env['stock.warehouse'].create({
                'name': self.company.city, 'code': self.company.city[:3].upper(), 'company_id': self.company.id,
                'partner_id': self.company.partner_id.id})

    def _price_products(self):
        """Give the company's goods their cost; what is dearer leaves less of its price."""
        products = self.env['product.product'].search([('company_id', '=', self.company.id)], order='default_code')
        products.taxes_id = False
        for number, product in enumerate(products):
            product.standard_price = round(product.list_price * (0.52 + number % 5 * 0.06), 2)
        return list(products)
