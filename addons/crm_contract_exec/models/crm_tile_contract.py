from odoo import models

from odoo.addons.crm_grading.tools.extension import Tile

from ..tools.contract_state import RUNNING
from ..tools.step_state import OPEN


class CrmTile(models.AbstractModel):
    """Contracts under way, overdue steps, and what one is credited with this month."""
    _inherit = 'crm.tile'

    def _tile_contracts_running(self, place):
        """Contracts under way: of all whom the user sees, or of the customer."""
        contracts = self.env['crm.contract']
        if not contracts.has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id), ('state', 'in', RUNNING)]
        if place.customer:
            domain.append(('partner_id', '=', place.customer.partner.id))
        count = contracts.search_count(domain)
        return Tile(
            self.env._("Contracts under way"), count, 'crm.contract', domain, icon='fa-handshake-o', tone='info',
            sequence=31) if count else None

    def _tile_steps_overdue(self, place):
        """Steps past their due day; the warehouse sees its deliveries."""
        steps = self.env['crm.contract.step']
        if not steps.has_access('read'):
            return None
        domain = [
            ('company_id', '=', place.company.id), ('state', 'in', OPEN), ('contract_state', 'in', RUNNING),
            ('date_due', '<', place.company._crm_today())]
        if place.customer:
            domain.append(('partner_id', '=', place.customer.partner.id))
        count = steps.search_count(domain)
        return Tile(
            self.env._("Overdue contract steps"), count, 'crm.contract.step', domain, icon='fa-calendar-times-o', tone='danger',
            sequence=32) if count else None

    def _tile_my_performance(self, place):
        """What the user is credited with this month: one's own figure, so no right to amounts of customers is needed."""
        entries = self.env['crm.performance.entry']
        if place.name != 'overview' or not entries.has_access('read'):
            return None
        domain = [
            ('company_id', '=', place.company.id), ('user_id', '=', self.env.uid),
            ('month', '=', place.company._crm_today().replace(day=1))]
        [(amount, count)] = entries._read_group(domain, [], ['amount:sum', '__count'])
        return Tile(
            self.env._("My performance this month"), amount, 'crm.performance.entry', domain, unit='monetary', icon='fa-trophy',
            tone='success', sequence=9) if count else None
