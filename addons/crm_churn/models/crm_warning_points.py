from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_grading.tools.extension import Happening, Owned, Tile


class CrmTimeline(models.AbstractModel):
    """When we feared for a customer."""
    _inherit = 'crm.timeline'

    def _timeline_alert(self, customer):
        return Happening(
            self.env._("Churn alerts"), 'fa-exclamation-triangle', 'crm.churn.alert', customer.of('partner_id'), 'date',
            title=lambda alert: self.env._("Risk %(risk)s %%", risk=round(alert.risk)),
            text=lambda alert: " · ".join((alert.reasons or "").splitlines()), author='user_id', tone='warning', group='status')

    def _threads(self):
        return super()._threads() | {'crm.churn.alert': 'partner_id'}


class CrmTile(models.AbstractModel):
    _inherit = 'crm.tile'

    def _tile_churn_alerts(self, place):
        """Alerts that wait for somebody, of all whom the user sees or of the customer."""
        alerts = self.env['crm.churn.alert']
        if not alerts.has_access('read'):
            return None
        today = place.company._crm_today()
        domain = Domain('company_id', '=', place.company.id) & Domain('state', '=', 'open') & (
            Domain('snooze_until', '=', False) | Domain('snooze_until', '<=', today))
        if place.customer:
            domain &= Domain('partner_id', '=', place.customer.partner.id)
        count = alerts.search_count(domain)
        return Tile(
            self.env._("Customers at risk"), count, 'crm.churn.alert', list(domain), icon='fa-exclamation-triangle', tone='danger',
            sequence=6) if count else None


class CrmOwnership(models.AbstractModel):
    _inherit = 'crm.ownership'

    def _ownership_churn_alert(self, partners):
        """Whoever looks after the customer now is the one to save it."""
        return Owned(
            self.env._("Open churn alerts"), 'crm.churn.alert', Domain('partner_id', 'in', partners.ids) & Domain('state', '=', 'open'))
