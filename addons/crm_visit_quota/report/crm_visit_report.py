from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_visit import OUTCOMES
from ..models.crm_visit_kind import MODES
from ..tools.visit_state import STATES


class CrmVisitReport(models.Model):
    """Visits by what the customer is now: grade, life-cycle state, place. A view, because those change every night and live on the
    profile of the customer in the company: kept on the visits they would rewrite a million rows."""
    _name = 'crm.visit.report'
    _description = "Visits Analysis"
    _auto = False
    _rec_name = 'visit_id'
    _order = 'date desc, id desc'
    _depends = {
        'crm.visit': [
            'partner_id', 'company_id', 'user_id', 'team_id', 'kind_id', 'lead_id', 'date', 'duration', 'state', 'is_off_plan',
            'counts_for_quota', 'outcome'],
        'crm.visit.kind': ['mode'],
        'crm.customer': ['partner_id', 'company_id', 'grade_id', 'lifecycle_id'],
        'res.partner': ['city', 'state_id', 'country_id', 'industry_id'],
    }

    visit_id = fields.Many2one('crm.visit', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    user_id = fields.Many2one('res.users', "Made By", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    kind_id = fields.Many2one('crm.visit.kind', readonly=True)
    mode = fields.Selection(MODES, readonly=True)
    lead_id = fields.Many2one('crm.lead', "Opportunity", readonly=True)
    date = fields.Date("Day", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    is_off_plan = fields.Boolean("Off Plan", readonly=True)
    counts_for_quota = fields.Boolean("Counts for Quota", readonly=True)
    duration = fields.Float("Hours", readonly=True)
    customer_count = fields.Integer("Different Customers", readonly=True, aggregator='count_distinct')
    grade_id = fields.Many2one('crm.grade', readonly=True)
    lifecycle_id = fields.Many2one('crm.lifecycle.state', "Life-Cycle State", readonly=True)
    city = fields.Char(readonly=True)
    country_state_id = fields.Many2one('res.country.state', "Region", readonly=True)
    country_id = fields.Many2one('res.country', readonly=True)
    industry_id = fields.Many2one('res.partner.industry', readonly=True)

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self):
        return SQL(
            """SELECT visit.id, visit.id AS visit_id, visit.partner_id, visit.company_id, visit.user_id, visit.team_id, visit.kind_id,
                      kind.mode, visit.lead_id, visit.date, visit.state, visit.outcome, visit.is_off_plan, visit.counts_for_quota,
                      visit.duration, visit.partner_id AS customer_count, customer.grade_id, customer.lifecycle_id,
                      partner.city, partner.state_id AS country_state_id, partner.country_id, partner.industry_id""")

    @api.model
    def _from(self):
        return SQL(
            """FROM crm_visit AS visit
               JOIN crm_visit_kind AS kind ON kind.id = visit.kind_id
               JOIN res_partner AS partner ON partner.id = visit.partner_id
          LEFT JOIN crm_customer AS customer ON customer.partner_id = visit.partner_id AND customer.company_id = visit.company_id""")

    def action_open_visit(self):
        """Open the visit behind a line."""
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.visit', 'res_id': self.visit_id.id, 'views': [(False, 'form')]}
