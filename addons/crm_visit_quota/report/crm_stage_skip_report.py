from odoo import fields, models
from odoo.tools import SQL

from .crm_buying_center_report import WON


class CrmStageSkipReport(models.Model):
    """Every skipped step against what became of the opportunity."""
    _name = 'crm.stage.skip.report'
    _description = "Skipped Steps Analysis"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'action_name'
    _depends = {
        'crm.stage.skip': [
            'lead_id', 'company_id', 'stage_id', 'target_stage_id', 'action_id', 'action_name', 'user_id', 'mode', 'reason', 'date'],
        'crm.lead': ['user_id', 'team_id', 'won_status'],
    }

    lead_id = fields.Many2one('crm.lead', "Opportunity", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    stage_id = fields.Many2one('crm.stage', "Stage Left", readonly=True)
    target_stage_id = fields.Many2one('crm.stage', "Moved To", readonly=True)
    action_id = fields.Many2one('crm.stage.action', readonly=True)
    action_name = fields.Char("Skipped Action", readonly=True)
    skipped_by_id = fields.Many2one('res.users', readonly=True)
    mode = fields.Selection([('warn', "Warned"), ('block', "Overridden")], readonly=True)
    reason = fields.Text(readonly=True)
    date = fields.Datetime(readonly=True)
    won_status = fields.Selection(WON, "Result", readonly=True)
    won_rate = fields.Float(
        "Won (%)", readonly=True, digits=(16, 1), aggregator='avg',
        help="Share of the closed opportunities that were won; open ones do not count.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT skip.id, skip.lead_id, lead.user_id, lead.team_id, skip.company_id, skip.stage_id, skip.target_stage_id,
                   skip.action_id, skip.action_name, skip.user_id AS skipped_by_id, skip.mode, skip.reason, skip.date, lead.won_status,
                   CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END AS won_rate
              FROM crm_stage_skip AS skip JOIN crm_lead AS lead ON lead.id = skip.lead_id
            """)
