from odoo import models

from odoo.addons.crm_grading.tools.extension import Tile


class CrmTile(models.AbstractModel):
    """The tiles of credit: what waits for a decision, whom to look after, and whether this customer's orders wait."""
    _inherit = 'crm.tile'

    def _tile_credit_holds(self, place):
        if place.name not in ('overview', 'customer') or not self.env['crm.credit.hold'].has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id), ('state', '=', 'held')]
        if place.customer:
            domain.append(('partner_id', '=', place.customer.partner.id))
        count = self.env['crm.credit.hold'].search_count(domain)
        return Tile(
            self.env._("On credit hold"), count or None, 'crm.credit.hold', domain, icon='fa-hand-paper-o', tone='danger', sequence=12)

    def _tile_credit_warnings(self, place):
        if place.name not in ('overview', 'customer') or not self.env['crm.credit.warning'].has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id), ('state', '=', 'open')]
        if place.customer:
            domain.append(('partner_id', '=', place.customer.partner.id))
        count = self.env['crm.credit.warning'].search_count(domain)
        return Tile(
            self.env._("Bad-debt warnings"), count or None, 'crm.credit.warning', domain, icon='fa-exclamation-triangle',
            tone='warning', sequence=32)
