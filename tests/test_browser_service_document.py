"""On a visit the customer complains: the ticket is made from the visit's form, and each shows the other; desktop and phone."""
from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_service.tests.common import ServiceCommon


class VisitTicketCase(ServiceCommon, JourneyCase):
    journey_login = 'service_agent'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.write({'lang': 'en_US', 'group_ids': [Command.link(cls.env.ref('sales_team.group_sale_salesman').id)]})
        cls.visit = cls.env['crm.visit'].create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id, 'user_id': cls.agent.id,
            'kind_id': cls.env.ref('crm_visit_quota.crm_visit_kind_onsite').id, 'contact_ids': [Command.set(cls.person.ids)]})

    def _check(self):
        ticket = self.env['crm.ticket'].search([('title', '=', "The seal leaks")])
        self.assertEqual(
            (ticket.res_model, ticket.res_id, ticket.partner_id, ticket.channel), ('crm.visit', self.visit.id, self.person, 'visit'))


@tagged('post_install', '-at_install')
class TestVisitTicket(VisitTicketCase):

    def test_from_the_form(self):
        self._journey(f'/odoo/visits/{self.visit.id}', [
            ('click', 'button[name=action_crm_ticket]'),
            ('type', '[name=title] input, [name=title] textarea', "The seal leaks"), ('save',),
            ('click', 'button[name=action_open_document]'), ('text', 'button[name=action_crm_tickets]', "1"),
            ('click', 'button[name=action_crm_tickets]'), ('text', '.o_data_row', "The seal leaks"),
        ])
        self._check()


@tagged('post_install', '-at_install')
class TestVisitTicketPhone(PhoneJourney, VisitTicketCase):

    def test_from_the_form(self):
        self._journey(f'/odoo/visits/{self.visit.id}', [
            ('click', '.o_statusbar_buttons .dropdown-toggle, .o_statusbar_buttons .o-dropdown'),
            ('click', 'button[name=action_crm_ticket]'),
            ('type', '[name=title] input, [name=title] textarea', "The seal leaks"), ('save',), ('fits',),
        ])
        self._check()
