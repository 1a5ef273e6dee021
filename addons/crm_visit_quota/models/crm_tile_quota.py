from odoo import models

from odoo.addons.crm_grading.tools.extension import Tile


class CrmTile(models.AbstractModel):
    """How the user stands this month, and who is behind."""
    _inherit = 'crm.tile'

    def _this_month(self, place):
        today = place.company._crm_today()
        return [('company_id', '=', place.company.id), ('period', '=', 'month'), ('kind', '=', 'regular'),
                ('date_from', '<=', today), ('date_to', '>=', today)]

    def _tile_my_quota(self, place):
        results = self.env['crm.visit.quota.result']
        if place.name != 'overview' or not results.has_access('read'):
            return None
        domain = [*self._this_month(place), ('user_id', '=', self.env.uid)]
        result = results.search(domain, limit=1)
        if not result.target_visits:
            return None
        return Tile(
            self.env._("My visit quota"), result.fulfilment, 'crm.visit.quota.result', domain, unit='percent', icon='fa-flag-checkered',
            tone='danger' if result.behind else 'success', sequence=8,
            help=self.env._("%(visits)s of %(target)s visits this month", visits=result.visit_count, target=f"{result.target_visits:g}"))

    def _tile_quota_behind(self, place):
        results = self.env['crm.visit.quota.result']
        if place.name != 'overview' or not results.has_access('read'):
            return None
        domain = [*self._this_month(place), ('behind', '>', 0), ('user_id', '!=', self.env.uid)]
        count = results.search_count(domain)
        return Tile(
            self.env._("Behind their visit quota"), count, 'crm.visit.quota.result', domain, icon='fa-flag-o', tone='warning',
            sequence=42) if count else None
