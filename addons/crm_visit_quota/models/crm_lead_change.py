from odoo import models


class CrmLead(models.Model):
    """What the buying center and the playbook do when an opportunity changes, is closed or merged."""
    _inherit = 'crm.lead'

    def write(self, vals):
        if not {'stage_id', 'probability'}.isdisjoint(vals):
            # coverage stays as it was when the deal was closed: what has just happened still belongs to it
            self._recompute_recordset(['crm_coverage', 'crm_coverage_level'])
        result = super().write(vals)
        if not {'company_id', 'user_id', 'team_id', 'partner_id'}.isdisjoint(vals):
            peopled = self.filtered('crm_stakeholder_count')
            if peopled:
                peopled.sudo().crm_stakeholder_ids._settle_from_lead()  # facts follow, whatever the user may see
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        opportunities = opportunities.sudo()  # they go as a whole, as core's own dependences do
        opportunities.crm_stakeholder_ids._move_to(self.sudo())
        opportunities._crm_move_playbook(self.sudo())
        return result
