import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

CELL = re.compile(
    r'(?P<kind>customers|revenue|margin):(?P<movement>start|new|won_back|grew|shrank|lost|end):(?P<month>\d{4}-\d\d):'
    r'(?P<until>\d{4}-\d\d-\d\d):(?P<lost_after>\d{1,4})'
    r'|(?P<cohort>cohort):(?P<first>\d{4}-\d\d):(?P<offset>\d{0,3}):(?P<last>\d{4}-\d\d-\d\d)', re.ASCII)


class CrmCustomer(models.Model):
    """Whoever stands behind a figure of the analysis: a condition, so that a figure of a million customers opens as fast as one of ten."""
    _inherit = 'crm.customer'

    churn_cell = fields.Char(
        "Behind a Figure", compute='_compute_churn_cell', search='_search_churn_cell', exportable=False,
        help="Finds the customers behind a figure of the bridge or of the cohorts.")

    def _compute_churn_cell(self):
        self.churn_cell = False

    @api.model
    def _search_churn_cell(self, operator, value):
        """:raise UserError: on a figure that does not exist"""
        if operator != 'in':
            return NotImplemented
        return Domain.OR(self._behind(cell) for cell in value)

    def _behind(self, cell):
        match = CELL.fullmatch(str(cell))
        try:
            return Domain('company_id', '=', self.env.company.id) & Domain('partner_id', 'in', SQL("(%s)", self._cell_sql(match)))
        except (TypeError, ValueError) as error:     # no figure, or a day that does not exist
            raise UserError(self.env._("There is no such figure. Open it from the analysis again.")) from error

    def _cell_sql(self, match):
        if match is None:
            raise ValueError
        history, company = self.env['crm.sales.history'], self.env.company
        self.env.flush_all()
        if match['cohort']:
            first = fields.Date.to_date(f"{match['first']}-01")
            return history._cohort_sql(
                company, first, int(match['offset']) if match['offset'] else None, fields.Date.to_date(match['last']))
        first = fields.Date.to_date(f"{match['month']}-01")
        last = min(first + relativedelta(months=1, days=-1), fields.Date.to_date(match['until']))
        lost_after = int(match['lost_after'])
        if match['kind'] == 'customers':
            return history._movement_sql(company, match['movement'], first, last, lost_after)
        if not self.env.su and not self.env.user.has_group(AMOUNTS):
            raise ValueError
        return history._amount_movement_sql(company, match['movement'], match['kind'], first, last, lost_after)
