from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.extension import Happening, Sighted


class CrmTimeline(models.AbstractModel):
    """Visits on the timeline of a customer; what a visit stands for in the calendar and among activities is not told twice."""
    _inherit = 'crm.timeline'

    def _threads(self):
        return {**super()._threads(), 'crm.visit': 'partner_id'}

    def _timeline_visit(self, customer):
        return Happening(
            self.env._("Visits"), 'fa-handshake-o', 'crm.visit', customer.of('partner_id') & Domain('state', '=', 'done'), 'actual_start',
            title=lambda visit: visit.purpose or visit.kind_id.name, text=lambda visit: (visit.note or '')[:200] or visit.kind_id.name,
            author='user_id', direction=lambda visit: 'in' if visit.mode == 'hosted' else 'out', tone='success', group='contact')

    def _sighted(self):
        return [*super()._sighted(), Sighted(
            self.env._("Visits"), 'crm.visit', Domain('state', '=', 'done') & Domain('competitor_ids', '!=', False), 'competitor_ids',
            'partner_id', 'date')]

    def _timeline_meeting(self, customer):
        return self._except_visited(super()._timeline_meeting(customer), 'calendar_event_id')

    def _timeline_activity(self, customer):
        return self._except_visited(super()._timeline_activity(customer), 'activity_id')

    def _except_visited(self, happening, column):
        if not self.env['crm.visit'].has_access('read'):
            return happening
        self.env['crm.visit'].flush_model(['state', column])
        told = SQL(
            "(SELECT %s FROM crm_visit WHERE state = 'done' AND %s IS NOT NULL)", SQL.identifier(column), SQL.identifier(column))
        return happening._replace(domain=happening.domain & Domain('id', 'not in', told))
