from datetime import datetime, time

import pytz

from odoo import models
from odoo.exceptions import UserError


class CrmContractStep(models.Model):
    """Transfers made from a delivery step: its quantities are taken out of what the orders have asked the warehouse for.

    Nothing is asked for twice: the transfer of the order becomes smaller by what the step takes.
    """
    _inherit = 'crm.contract.step'

    def action_create_picking(self):
        """Make the transfer of a delivery step, for its due day, and reserve what is there.

        :return: the action that opens it
        :raise AccessError: for people neither in sales nor in the warehouse
        :raise UserError: where the step has an open transfer, or the orders have less left to deliver
        """
        self._check_document(('deliver',), {'rep', 'manager', 'warehouse'})
        self._claim()
        step = self.sudo()   # whoever may write on the step has the warehouse deliver it; stock moves are the system's to split
        self._check_not_made(step.picking_ids.filtered(
            lambda picking: picking.state not in ('done', 'cancel') and picking.location_dest_id.usage == 'customer'))
        takes = step._moves_to_take()
        pickings = self.env['stock.picking'].sudo().union(*(   # as above
            step._take(picking, [(move, quantity) for move, quantity in takes if move.picking_id == picking])
            for picking in {move.picking_id: None for move, _quantity in takes}))
        pickings.action_assign()
        self.invalidate_recordset(['picking_ids', 'picking_count', 'can_deliver'])
        return self._open_documents('stock.picking', pickings)

    def _moves_to_take(self):
        """Return ``[(stock move, quantity in the unit of the product)]`` for what the step still has to deliver.

        A step without quantities delivers all that is not planned by another step.
        """
        free = self._free_moves()
        if not self.line_ids:
            takes = [(move, move.product_qty) for move in free]
            if not takes:
                raise UserError(self.env._(
                    "The orders of contract %(name)s have nothing left to deliver for “%(step)s”. Confirm them first, or check the"
                    " transfers of the other steps.", name=self.contract_id.name, step=self.name))
            return takes
        takes = []
        for line in self.line_ids:
            unit = line.product_id.uom_id
            need = line.uom_id._compute_quantity(line.quantity - line.done_quantity, unit, rounding_method='HALF-UP')
            missing = need
            for move in free.filtered(lambda move, line=line: move.sale_line_id == line.order_line_id):
                quantity = min(missing, move.product_qty)
                if unit.compare(quantity, 0) > 0:
                    takes.append((move, quantity))
                    missing -= quantity
            if unit.compare(missing, 0) > 0:
                raise UserError(self.env._(
                    "%(product)s: %(need)s %(unit)s are planned, but the order has only %(free)s left that no other transfer takes. Confirm"
                    " the order, correct the quantity, or check the transfers of the other steps.", product=line.product_id.display_name,
                    need=f"{need:g}", unit=unit.name, free=f"{need - missing:g}"))
        if not takes:
            raise UserError(self.env._("Nothing is left to do for “%(step)s”.", step=self.name))
        return takes

    def _free_moves(self):
        """Return the moves out to the customer, on the contract's orders, that nobody works on and no step has taken."""
        return self.env['stock.move'].search([
            ('sale_line_id.order_id', 'in', self.contract_id.order_ids.ids), ('location_dest_id.usage', '=', 'customer'),
            ('state', 'in', ('waiting', 'confirmed', 'partially_available', 'assigned')), ('picked', '=', False),
            ('picking_id', '!=', False), ('picking_id.crm_step_id', '=', False)], order='date, id')

    def _take(self, picking, takes):
        """Return the transfer of the step for moves of an order's transfer: the same one where the step takes all of it."""
        vals = {'crm_step_id': self.id, **self._schedule()}
        moves = picking.move_ids.filtered(lambda move: move.state not in ('done', 'cancel'))
        whole = dict(takes)
        if all(move in whole and move.product_id.uom_id.compare(whole[move], move.product_qty) == 0 for move in moves):
            picking.write(vals)
            return picking
        new = picking.copy({'name': '/', 'move_ids': [], 'move_line_ids': [], 'crm_step_id': self.id, 'user_id': False})
        parts = []
        for move, quantity in takes:
            move._do_unreserve()
            if move.product_id.uom_id.compare(quantity, move.product_qty) == 0:
                move.picking_id = new
            else:
                parts += [{**part, 'picking_id': new.id} for part in move._split(quantity)]
        self.env['stock.move'].create(parts)._action_confirm(merge=False)
        if vals.get('scheduled_date'):
            new.scheduled_date = vals['scheduled_date']
        picking.action_assign()
        return new

    def _schedule(self):
        """Return the values that bring a transfer to the noon of the due day, in the time zone of the company."""
        if not self.date_due:
            return {}
        noon = pytz.timezone(self.company_id._crm_tz()).localize(datetime.combine(self.date_due, time(12)))
        return {'scheduled_date': noon.astimezone(pytz.utc).replace(tzinfo=None)}
