from odoo import Command
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestComingDelivery(ContractCommon):
    """Deliveries planned against stock; Monday 2026-06-15 in Brussels."""

    def _plan(self, quantity, *parts, product=None):
        """Create a contract whose order of ``quantity`` is delivered in parts: (due day, quantity or None for the rest)."""
        order = self._order([(quantity, 100)], product=product, confirm=True)
        contract = self._contract(order)
        contract.write({'state': 'executing', 'date_signed': self.TODAY})
        return order, self.env['crm.contract.step'].create([{
            'contract_id': contract.id, 'kind': 'deliver', 'name': f"Delivery {day}", 'date_due': day,
            'line_ids': [Command.create({'order_line_id': order.order_line.id, 'quantity': part})] if part else [],
        } for day, part in parts])

    def _rows(self, steps, company=None):
        rows = self.env['crm.contract.delivery'].with_context(allowed_company_ids=(company or self.company).ids).search(
            [('step_id', 'in', steps.ids)])
        return [(row.quantity, row.on_hand, row.incoming, row.projected, row.shortage) for row in rows]

    def _expect(self, day, quantity):
        """Expect a receipt."""
        supplier = self.env.ref('stock.stock_location_suppliers')
        move = self.env['stock.move'].create({
            'product_id': self.goods.id, 'product_uom_qty': quantity, 'location_id': supplier.id,
            'location_dest_id': self.warehouse.lot_stock_id.id, 'picking_type_id': self.warehouse.in_type_id.id,
            'company_id': self.company.id, 'date': f'{day} 08:00:00'})
        move._action_confirm()
        return move

    def test_enough(self):
        self._stock(10)
        _order, steps = self._plan(10, ('2026-07-01', 4), ('2026-07-10', 6))
        self.assertEqual(self._rows(steps), [(4, 10, 0, 6, 0), (6, 10, 0, 0, 0)])

    def test_earlier_due_goes_first(self):
        """Two contracts want the same goods: the later delivery is short, whichever was planned first."""
        self._stock(7)
        _order, late = self._plan(5, ('2026-07-10', 5))
        _order, early = self._plan(5, ('2026-07-01', 5))
        self.assertEqual(self._rows(early), [(5, 7, 0, 2, 0)])
        self.assertEqual(self._rows(late), [(5, 7, 0, -3, 3)])

    def test_incoming_until_then(self):
        self._stock(1)
        _order, steps = self._plan(10, ('2026-07-01', 4), ('2026-07-10', 6))
        self._expect('2026-07-10', 9)
        self.assertEqual(self._rows(steps), [(4, 1, 0, -3, 3), (6, 1, 9, 0, 0)])

    def test_day_of_the_company(self):
        """Expected at 23:30 UTC of 30 June is 1 July in Brussels."""
        _order, steps = self._plan(4, ('2026-06-30', 2), ('2026-07-01', 2))
        self._expect('2026-06-30', 4).date = '2026-06-30 23:30:00'
        self.assertEqual([row[4] for row in self._rows(steps)], [2, 0])

    def test_others_take_some(self):
        """An order without a contract takes from the same shelf; an order's own transfer is not counted twice."""
        self._stock(10)
        self._order([(3, 100)], confirm=True).picking_ids.scheduled_date = '2026-06-20 08:00:00'
        order, steps = self._plan(10, ('2026-07-01', 8))
        self.assertEqual(self._rows(steps), [(8, 10, 0, -3, 3)])
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 10)

    def test_transfer_made(self):
        self._stock(6)
        _order, steps = self._plan(10, ('2026-07-01', 4), ('2026-07-10', 6))
        before = self._rows(steps)
        steps[0].action_create_picking()
        self.assertEqual(self._rows(steps), before)

    def test_rest_of_the_order(self):
        """A step without quantities stands for what no other step delivers."""
        self._stock(5)
        _order, steps = self._plan(10, ('2026-07-01', 4), ('2026-07-10', None))
        self.assertEqual(self._rows(steps), [(4, 5, 0, 1, 0), (6, 5, 0, -5, 5)])

    def test_two_steps_out(self):
        """Picked and packed before they leave: counted once."""
        self.warehouse.delivery_steps = 'pick_ship'
        self._stock(4)
        self._order([(3, 100)], confirm=True).picking_ids.scheduled_date = '2026-06-20 08:00:00'
        _order, steps = self._plan(4, ('2026-07-01', 4))
        self.assertEqual(self._rows(steps), [(4, 4, 0, -3, 3)])

    def test_units(self):
        dozen = self.env.ref('uom.product_uom_dozen')
        order, steps = self._plan(1, ('2026-07-01', None))
        order.order_line.product_uom_id = dozen
        self.assertEqual(self._rows(steps)[0][0], 12)

    def test_not_kept_in_stock(self):
        _order, steps = self._plan(10, ('2026-07-01', 4), product=self.product)
        self.assertEqual(self._rows(steps)[0][4], 0)

    def test_over_or_not_begun(self):
        _order, steps = self._plan(10, ('2026-07-01', 4), ('2026-07-10', 6))
        steps[0].state = 'done'
        self.assertEqual(len(self._rows(steps)), 1)
        steps.contract_id.state = 'suspended'
        self.assertFalse(self._rows(steps))

    def test_companies(self):
        _order, steps = self._plan(10, ('2026-07-01', 4))
        self.assertFalse(self._rows(steps, self.company_usd))

    def test_who_sees_it(self):
        _order, steps = self._plan(10, ('2026-07-01', 4))
        delivery = self.env['crm.contract.delivery']
        seen = {user.login: bool(self._by(delivery, user).search([('step_id', 'in', steps.ids)]))
                for user in (self.stocker, self.rep, self.lead, self.rep2, self.leads_all)}
        self.assertEqual(list(seen.values()), [True, True, True, False, True])
        for user in (self.finance, self.employee):
            self.assertFalse(self._by(delivery, user).has_access('read'))

    def test_warning(self):
        """Told to the warehouse a week ahead, once; not again while it lasts, and not where the goods come in time."""
        self.env['crm.contract.reminder'].search([('trigger', '=', 'due')]).active = False
        self.company.crm_contract_warehouse_user_id = self.stocker
        self._stock(4)
        _order, steps = self._plan(10, ('2026-06-20', 4), ('2026-06-22', 3), ('2026-07-10', 3))
        remind = self.env['crm.contract.reminder']._remind
        remind(self.company)
        remind(self.company)
        self.assertEqual([len(step.activity_ids) for step in steps], [0, 1, 0])
        self.assertEqual(steps[1].activity_ids.user_id, self.stocker)
        self.assertIn("not enough in stock", steps[1].activity_ids.summary)
        logs = self.env['crm.contract.reminder.log'].search([('step_id', 'in', steps.ids)])
        self.assertEqual(logs.mapped('level'), ['shortage'])
