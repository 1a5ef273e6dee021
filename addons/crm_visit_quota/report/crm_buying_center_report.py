from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_lead_buying_center import LEVELS

WON = [('won', "Won"), ('lost', "Lost"), ('pending', "Open")]
SKIPPED = [('0', "No step skipped"), ('1', "One step skipped"), ('2', "Two steps skipped"), ('3', "Three or more steps skipped")]


class CrmBuyingCenterReport(models.Model):
    """Every opportunity with the coverage of its buying center and what it skipped, against what became of it."""
    _name = 'crm.buying.center.report'
    _description = "Buying Center Analysis"
    _auto = False
    _order = 'id desc'
    _rec_name = 'lead_id'
    _depends = {
        'crm.lead': [
            'type', 'partner_id', 'user_id', 'team_id', 'company_id', 'stage_id', 'crm_coverage', 'crm_coverage_level',
            'crm_stakeholder_count', 'won_status', 'date_closed', 'active'],
        'crm.stakeholder': ['lead_id', 'is_contacted'],
        'crm.stage.skip': ['lead_id'],
        'res.partner': ['commercial_partner_id'],
    }

    lead_id = fields.Many2one('crm.lead', "Opportunity", readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    stage_id = fields.Many2one('crm.stage', readonly=True)
    create_date = fields.Datetime("Created On", readonly=True)
    date_closed = fields.Datetime("Closed On", readonly=True)
    coverage = fields.Float("Coverage (%)", readonly=True, digits=(16, 1), aggregator='avg')
    coverage_level = fields.Selection(LEVELS, "Coverage", readonly=True)
    people = fields.Integer(readonly=True, aggregator='avg')
    contacted = fields.Integer(readonly=True, aggregator='avg')
    skips = fields.Integer("Skipped Steps", readonly=True)
    skipped = fields.Selection(SKIPPED, "Steps Skipped", readonly=True)
    won_status = fields.Selection(WON, "Result", readonly=True)
    won_rate = fields.Float(
        "Won (%)", readonly=True, digits=(16, 1), aggregator='avg',
        help="Share of the closed opportunities that were won; open ones do not count.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT lead.id, lead.id AS lead_id, partner.commercial_partner_id AS partner_id, lead.user_id, lead.team_id,
                   lead.company_id, lead.stage_id, lead.create_date, lead.date_closed,
                   CASE WHEN lead.crm_coverage_level <> 'free' THEN lead.crm_coverage END AS coverage,
                   lead.crm_coverage_level AS coverage_level, COALESCE(lead.crm_stakeholder_count, 0) AS people,
                   COALESCE(stakeholder.contacted, 0) AS contacted, COALESCE(skip.count, 0) AS skips,
                   LEAST(COALESCE(skip.count, 0), 3)::varchar AS skipped, lead.won_status,
                   CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END AS won_rate
              FROM crm_lead AS lead
              LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
              LEFT JOIN (SELECT lead_id, COUNT(*) FILTER (WHERE is_contacted) AS contacted
                           FROM crm_stakeholder GROUP BY lead_id) AS stakeholder ON stakeholder.lead_id = lead.id
              LEFT JOIN (SELECT lead_id, COUNT(*) AS count FROM crm_stage_skip GROUP BY lead_id) AS skip ON skip.lead_id = lead.id
             WHERE lead.type = 'opportunity' AND (lead.active OR lead.won_status = 'lost')
            """)
