"""Other addons that write the salesperson of a customer go through the pool, and know nothing of it."""
from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_visit_quota.tests.handover_common import HandoverCommon


@tagged('post_install', '-at_install')
class TestPoolHandover(HandoverCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.pool'].search([]).active = False
        cls.pool = cls.env['crm.pool'].create({
            'name': "North", 'company_id': cls.company.id, 'member_ids': [Command.set(cls.rep.ids)], 'responsible_id': cls.manager.id})

    def _kinds(self, customer):
        moves = self.env['crm.pool.move'].search([('partner_id', '=', customer.id)], order='id')
        return [(move.kind, move.to_user_id) for move in moves]

    def test_handover(self):
        self._handover(self.customer, self.leads_all).action_execute()
        self.assertEqual(self._kinds(self.customer), [('transferred', self.leads_all)])

    def test_handed_out_by_a_rule(self):
        """Customers without a salesperson may be in a pool: a rule that gives them out takes them from there."""
        self.customer.user_id = False
        self.assertEqual(self.customer.crm_pool_id, self.pool)
        self.leads_all._crm_take_over(self.customer.sudo(), self.company)
        self.assertEqual((self.customer.crm_pool_id.id, self.customer.user_id), (False, self.leads_all))
        self.assertEqual(self._kinds(self.customer), [('released', self.env['res.users']), ('assigned', self.leads_all)])

    def test_planned_visits(self):
        """On return plans are cancelled, with the reason; or they move, where the pool says so."""
        lead, order, visit, call = self._open_things(self.customer)
        self.customer.user_id = False
        self.assertEqual((visit.state, visit.cancel_reason), ('cancelled', "The customer went to the pool “North”."))
        self.assertFalse(call.exists())
        self.assertEqual((lead.user_id, order.user_id), (self.manager, self.manager))

    def test_planned_visits_move(self):
        self.pool.on_return = 'move'
        _lead, _order, visit, call = self._open_things(self.customer)
        self.customer.user_id = False
        self.assertEqual((visit.state, visit.user_id, call.user_id), ('planned', self.manager, self.manager))

    def test_what_other_addons_declare_spares(self):
        """A running contract, a planned visit: of the kinds that addons declare, without knowing them."""
        rule = self.env['crm.pool.rule'].create({'name': "Quarter", 'pool_id': self.pool.id, 'days_contact': 90})
        self.assertEqual(set(rule.spare_kind_ids.mapped('key')), {'contract', 'visit', 'visit_task_line'})
        _lead, _order, visit, _call = self._open_things(self.customer)
        kind = rule.spare_kind_ids.filtered(lambda kind: kind.key == 'visit')
        customers = self.customer | self.customer2
        self.assertEqual(kind._spared(customers), self.customer)
        visit.action_cancel("No time")
        self.assertFalse(kind._spared(customers))
