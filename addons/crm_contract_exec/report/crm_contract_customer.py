from itertools import pairwise

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.contract_state import BINDING, RUNNING
from .crm_contract_result import CONTRACT_FIELDS
from .crm_contract_sale import LINE_DEPENDS

STEADY = 50   # percent by which the quarters of a stable customer may fluctuate
STANDINGS = [
    ('best', "Stable and high-yield"), ('stable', "Stable"), ('yield', "High-yield"), ('other', "Neither"),
]


class CrmContractCustomer(models.Model):
    """Customers on whom one can build: who buys steadily, and at a good margin. One row per customer with revenue in the last 12 months.

    *Stable*: revenue in each of the last four quarters (of three months each, the last one ends today), fluctuating by at most 50 %
    (standard deviation per mean). *High-yield*: a margin in percent of the revenue at or above that of the whole company.
    """
    _name = 'crm.contract.customer'
    _description = "Stable High-Yield Customers"
    _auto = False
    _rec_name = 'partner_id'
    _order = 'quarters desc, id'   # not by margin: it is not for everybody
    _depends = {**LINE_DEPENDS, 'crm.contract': CONTRACT_FIELDS}

    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', "Company Currency", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True)
    standing = fields.Selection(STANDINGS, readonly=True, groups=AMOUNTS)
    is_stable = fields.Boolean("Stable", readonly=True)
    quarters = fields.Integer("Quarters with Revenue", readonly=True, aggregator='avg', help="Of the last four.")
    fluctuation = fields.Float(
        "Fluctuation (%)", readonly=True, aggregator='avg', digits=(16, 1), help="Standard deviation of the four quarters per their mean.")
    revenue = fields.Monetary(readonly=True, groups=AMOUNTS, help="Net revenue of the last 12 months.")
    margin = fields.Monetary("Gross Margin", readonly=True, groups=AMOUNTS)
    margin_percent = fields.Float("Margin (%)", readonly=True, aggregator='avg', groups=AMOUNTS, digits=(16, 1))
    contract_count = fields.Integer("Contracts", readonly=True)
    running_count = fields.Integer("Running Contracts", readonly=True)
    overdue = fields.Monetary(readonly=True, groups=AMOUNTS, help="Overdue of the contracts, gross.")

    @property
    def _table_query(self):
        return SQL(
            """SELECT *, 100 * margin / NULLIF(revenue, 0) AS margin_percent,
                      CASE WHEN is_stable AND is_yield THEN 'best' WHEN is_stable THEN 'stable' WHEN is_yield THEN 'yield'
                           ELSE 'other' END AS standing
                 FROM (SELECT bought.*, COALESCE(contract.number, 0) AS contract_count, COALESCE(contract.running, 0) AS running_count,
                              COALESCE(contract.overdue, 0) AS overdue, quarters = 4 AND fluctuation <= %(steady)s AS is_stable,
                              revenue > 0 AND margin / NULLIF(revenue, 0)
                              >= SUM(margin) OVER company / NULLIF(SUM(revenue) OVER company, 0) AS is_yield
                         FROM (%(bought)s) AS bought
                    LEFT JOIN (%(contracts)s) AS contract USING (partner_id, company_id)
                       WINDOW company AS (PARTITION BY company_id)) AS judged""",
            bought=self._bought_sql(), contracts=self._contracts_sql(), steady=STEADY)

    def _bought_sql(self):
        """Return a row per customer profile: what it bought in the last four quarters."""
        today = self.env.company._crm_today()
        ends = [today - relativedelta(months=3 * number) for number in range(5)]
        quarters = SQL(", ").join(
            SQL("COALESCE(SUM(revenue) FILTER (WHERE date > %s AND date <= %s), 0)", start, end) for end, start in pairwise(ends))
        return SQL(
            """SELECT customer.id, customer.partner_id, customer.company_id, company.currency_id, customer.user_id, customer.grade_id,
                      total.revenue, total.margin, spread.quarters, spread.fluctuation
                 FROM (SELECT partner_id, company_id, SUM(revenue) AS revenue, SUM(margin) AS margin, ARRAY[%(quarters)s] AS by_quarter
                         FROM (%(lines)s) AS line WHERE date <= %(today)s GROUP BY partner_id, company_id) AS total
                 JOIN crm_customer AS customer USING (partner_id, company_id)
                 JOIN res_company AS company ON company.id = customer.company_id
           CROSS JOIN LATERAL (
                      SELECT COUNT(*) FILTER (WHERE amount > 0) AS quarters,
                             (100 * STDDEV_POP(amount) / NULLIF(GREATEST(AVG(amount), 0), 0))::float8 AS fluctuation
                        FROM UNNEST(by_quarter) AS amount) AS spread
                WHERE customer.active AND total.revenue <> 0""",
            quarters=quarters, today=today,
            lines=self.env['crm.contract.sale']._lines_sql(today - relativedelta(years=1) + relativedelta(days=1)))

    def _contracts_sql(self):
        return SQL(
            """SELECT contract.partner_id, contract.company_id, COUNT(*) AS number,
                      COUNT(*) FILTER (WHERE contract.state = ANY(%(running)s)) AS running,
                      SUM(COALESCE(contract.overdue_amount, 0) / %(rate)s) AS overdue
                 FROM crm_contract AS contract JOIN res_company AS company ON company.id = contract.company_id
                WHERE contract.state = ANY(%(binding)s) GROUP BY contract.partner_id, contract.company_id""",
            running=list(RUNNING), binding=list(BINDING),
            rate=self.env['crm.contract']._company_rate_sql(SQL("COALESCE(contract.date_signed, CURRENT_DATE)")))

    def action_open_contracts(self):
        """Show the contracts of the customer."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_contract_action')
        return {**action, 'name': self.partner_id.display_name, 'domain': [('partner_id', '=', self.partner_id.id)], 'context': {}}
