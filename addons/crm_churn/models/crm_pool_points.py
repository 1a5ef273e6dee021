from odoo import models

from odoo.addons.crm_grading.tools.extension import Happening, Tile


class CrmTimeline(models.AbstractModel):
    _inherit = 'crm.timeline'

    def _timeline_pool_move(self, customer):
        return Happening(
            self.env._("Pool"), 'fa-recycle', 'crm.pool.move', customer.of('partner_id'), 'date',
            title=lambda move: dict(move._fields['kind']._description_selection(move.env))[move.kind], text='reason',
            author='author_id', group='status', tone='info')


class CrmTile(models.AbstractModel):
    """What may be claimed, and what one is about to lose."""
    _inherit = 'crm.tile'

    def _tile_pool(self, place):
        if place.name != 'overview' or not self.env['crm.pool.entry'].has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id)]
        return Tile(
            self.env._("In the customer pool"), self.env['crm.pool.entry'].search_count(domain) or None, 'crm.pool.entry', domain,
            icon='fa-recycle', tone='info', sequence=46)

    def _tile_pool_due(self, place):
        if place.name != 'overview' or not self.env['crm.pool.due'].has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id), ('is_told', '=', True)]
        return Tile(
            self.env._("About to be recycled"), self.env['crm.pool.due'].search_count(domain) or None, 'crm.pool.due', domain,
            icon='fa-hourglass-half', tone='warning', sequence=42,
            help=self.env._("Customers that go to a pool unless they are followed up."))
