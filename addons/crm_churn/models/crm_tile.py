from odoo import models

from odoo.addons.crm_grading.tools.extension import Tile


class CrmTile(models.AbstractModel):
    """The tiles of losses."""
    _inherit = 'crm.tile'

    def _tile_losses_unexplained(self, place):
        return self._losses(
            place, 'overview', self.env._("Losses to explain"), [('main_reason_id', '=', False)], 'fa-question-circle', 'warning', 47,
            help=self.env._("Nobody has said yet why they were lost."))

    def _tile_losses_month(self, place):
        first = place.company._crm_today().replace(day=1)
        return self._losses(
            place, 'overview', self.env._("Lost this month"), [('date', '>=', first)], 'fa-chain-broken', 'danger', 46)

    def _tile_losses_customer(self, place):
        domain = [('partner_id', 'in', place.customer.contacts.ids)] if place.customer else []
        return self._losses(place, 'customer', self.env._("Losses"), domain, 'fa-chain-broken', 'danger', 25)

    def _losses(self, place, name, label, domain, icon, tone, sequence, **kwargs):
        if place.name != name or not self.env['crm.churn.event'].has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id), *domain]
        count = self.env['crm.churn.event'].search_count(domain)
        return Tile(
            label, (count or None) if name == 'customer' else count, 'crm.churn.event', domain, icon=icon, tone=tone,
            sequence=sequence, **kwargs)
