from odoo import api, models

from ..tools.extension import Place

PREFIX = '_tile_'


class CrmTile(models.AbstractModel):
    """Small figures with the records behind them, on the overview and on the customer page.

    Extension point: a method ``_tile_<x>(place)`` returns the :class:`~..tools.extension.Tile` of a place, or None where it
    does not apply or the user may not see it. It counts with the rights of the user, by one query.
    """
    _name = 'crm.tile'
    _description = "Tile"

    @api.model
    @api.readonly
    def get_tiles(self, place='overview', partner_id=None):
        """Return the tiles of a place for the user, in order, as JSON.

        :param str place: 'overview' or 'customer'
        :param int partner_id: the customer, at the place 'customer'
        :return: list of ``{key, label, value, unit, icon, tone, help, currency_id, action, parts: [{label, value, color,
            action}]}``; ``action`` opens the records behind the figure
        """
        customer = self.env['crm.timeline']._customer(self.env['res.partner'].browse(partner_id)) if partner_id else None
        return self._tiles(Place(place, self.env.company, customer))

    @api.model
    def _tiles(self, place):
        found = []
        for name in dir(type(self)):
            tile = name.startswith(PREFIX) and getattr(self, name)(place)
            if tile and tile.value is not None:
                found.append((tile.sequence, name.removeprefix(PREFIX), tile))
        return [self._as_json(key, tile) for _sequence, key, tile in sorted(found, key=lambda item: item[:2])]

    def _as_json(self, key, tile):
        return {
            'key': key, 'label': tile.label, 'value': tile.value, 'unit': tile.unit, 'icon': tile.icon, 'tone': tile.tone,
            'help': tile.help, 'currency_id': self.env.company.currency_id.id if tile.unit == 'monetary' else False,
            'action': self._action(tile.label, tile, tile.domain),
            'parts': [{
                'label': part.label, 'value': part.value, 'color': part.color,
                'action': self._action(f"{tile.label}: {part.label}", tile, part.domain),
            } for part in tile.parts],
        }

    def _action(self, name, tile, domain):
        """Return the action that opens the records behind a figure, with the views that the model has by default."""
        if not tile.model:
            return False
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': tile.model, 'domain': list(domain),
            'views': [(False, 'list'), (False, 'kanban'), (False, 'form')], 'context': tile.context or {}, 'target': 'current',
        }
