"""Tickets about the documents of addons that service does not know: a visit, a contract, a delivery. Each shows the other."""
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.crm_service.tests.common import ServiceCommon


@tagged('post_install', '-at_install')
class TestServiceDocument(ServiceCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.group_ids += cls.env.ref('sales_team.group_sale_salesman_all_leads')
        cls.visit = cls.env['crm.visit'].create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id, 'user_id': cls.rep.id, 'purpose': "Trial run",
            'kind_id': cls.env.ref('crm_visit_quota.crm_visit_kind_onsite').id, 'contact_ids': [Command.set(cls.person.ids)]})

    def _button(self, record, name, user):
        """Return the buttons of a name on the form as a user gets it."""
        return self._by(record, user).get_view(view_type='form')['arch'].count(f'name="{name}"')

    def _make(self, record):
        """Press the button on the form, fill in what the ticket is about, and save."""
        action = self._by(record).action_crm_ticket()
        with Form(self.env[action['res_model']].with_env(self._as(self.agent)).with_context(**action['context'])) as form:
            form.title = "The seal leaks"
        return form.record

    def test_from_a_visit(self):
        ticket = self._make(self.visit)
        self.assertEqual(
            (ticket.partner_id, ticket.commercial_partner_id, ticket.company_id, ticket.channel, ticket.res_model, ticket.res_id),
            (self.person, self.customer, self.company, 'visit', 'crm.visit', self.visit.id))
        self.assertEqual(ticket.document_name, self.visit.display_name)
        self.assertEqual(ticket.action_open_document()['res_id'], self.visit.id)
        visit = self._by(self.visit)
        self.assertEqual(visit.crm_ticket_count, 1)
        action = visit.action_crm_tickets()
        self.assertEqual(self.env['crm.ticket'].search(action['domain']), ticket.with_env(self.env))
        self.assertEqual(action['context']['default_res_id'], self.visit.id)
        other = self.visit.copy()
        self.assertEqual((other + self.visit).mapped('crm_ticket_count'), [0, 1])

    def test_who_asked_on_a_visit(self):
        """Of two people whom we met, we do not know who asked: it is the customer."""
        second = self.env['res.partner'].create({'name': "Second", 'parent_id': self.customer.id})
        self.visit.contact_ids += second
        self.assertEqual(self._make(self.visit).partner_id, self.customer)
        self.visit.contact_ids = False
        self.assertEqual(self._make(self.visit).partner_id, self.customer)

    def test_buttons_by_role(self):
        both, look = {'action_crm_ticket': 1, 'action_crm_tickets': 1}, {'action_crm_ticket': 0, 'action_crm_tickets': 1}
        for user, expected in ((self.agent, both), (self.leads_all, look), (self.rep, look)):
            with self.subTest(user.login):
                self.assertEqual({name: self._button(self.visit, name, user) for name in both}, expected)
        self.assertEqual(self._by(self.visit, self.rep).action_crm_tickets()['context'], {'create': False})
        with self.assertRaisesRegex(AccessError, "people of the service"):
            self._by(self.visit, self.rep).action_crm_ticket()
        small = self.env['crm.visit'].get_view(self.env.ref('crm_visit_quota.crm_visit_view_form_plan').id, 'form')['arch']
        self.assertNotIn('action_crm_ticket', small)

    def test_visit_of_another_company(self):
        visit = self.visit.copy({'company_id': self.company_usd.id, 'user_id': self.env.user.id})
        context = visit.action_crm_ticket()['context']
        self.assertEqual((context['default_company_id'], context['default_res_id']), (self.company_usd.id, visit.id))
        with self.assertRaises(AccessError):
            self._by(visit).action_crm_ticket()

    def test_from_a_contract(self):
        contract = self.env['crm.contract'].create({'partner_id': self.customer.id, 'company_id': self.company.id, 'user_id': self.rep.id})
        ticket = self._make(contract)
        self.assertEqual(
            (ticket.partner_id, ticket.channel, ticket.res_model, ticket.res_id, ticket.document_name),
            (self.customer, 'document', 'crm.contract', contract.id, contract.display_name))
        self.assertEqual(self._by(contract).crm_ticket_count, 1)
        self.assertEqual(self._button(contract, 'action_crm_ticket', self.agent), 1)

    def test_promise_by_contract(self):
        """What a contract promises holds from its signing until it is over, for its customer only."""
        contract = self.env['crm.contract'].create({'partner_id': self.customer.id, 'company_id': self.company.id, 'user_id': self.rep.id})
        segment = self.env['crm.segment'].create({
            'name': "Under contract", 'company_id': self.company.id,
            'domain': "[('partner_id.crm_contract_ids.state', 'in', ('signed', 'executing'))]"})
        self._profiles(self.customer + self.customer2)
        plain, better = self.env['crm.sla.policy'].create([
            {'name': name, 'promise': 'resolution', 'hours': hours, 'company_id': self.company.id, 'segment_ids': [Command.set(segments)]}
            for name, hours, segments in (("Everybody", 8, []), ("Under contract", 2, segment.ids))])
        for state, expected in (('approved', plain), ('signed', better), ('executing', better), ('completed', plain)):
            with self.subTest(state=state):
                contract.state = state
                self.assertEqual(self._ticket().sla_ids.policy_id, expected)
                self.assertEqual(self._ticket(partner_id=self.person2.id).sla_ids.policy_id, plain)
        contract.state = 'executing'
        self.assertIn("Chosen because of the segment.", self._ticket().sla_ids.explanation)

    def test_from_a_delivery(self):
        self.product.write({'type': 'consu', 'is_storable': True})
        order = self._orders([(self.person, '2026-06-01', 100)])
        [picking] = order.picking_ids
        self.agent.group_ids += self.env.ref('stock.group_stock_user')
        context = self.env['crm.ticket'].with_env(self._as(self.agent)).action_from_document('stock.picking', picking.id)['context']
        self.assertEqual(
            {name: context[f'default_{name}'] for name in ('partner_id', 'product_id', 'res_model', 'res_id', 'channel')},
            {'partner_id': picking.partner_id.id, 'product_id': self.product.id, 'res_model': 'stock.picking', 'res_id': picking.id,
             'channel': 'document'})
