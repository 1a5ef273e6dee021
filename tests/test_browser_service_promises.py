"""The time that is left of a promise, as people see it: on the list, on a card, on the ticket, where the cause of a breach is said."""
from datetime import timedelta

from freezegun import freeze_time
from journeys import JourneyCase, PhoneJourney

from odoo import fields
from odoo.tests import tagged


class PromiseCase(JourneyCase):
    journey_login = 'promise_agent'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.env['crm.sla.policy'].search([]).active = False
        cls.agent = cls._person('promise_agent', 'crm_service.group_service_agent')
        team = cls.env['crm.service.team'].create({
            'name': "Journey", 'company_id': company.id, 'calendar_id': False, 'member_ids': [(0, 0, {'user_id': cls.agent.id})]})
        cls.env['crm.sla.policy'].create([
            {'name': "Four hours", 'promise': 'first_response', 'hours': 4, 'company_id': company.id},
            {'name': "Urgent in an hour", 'promise': 'first_response', 'hours': 1, 'company_id': company.id, 'priority_from': '3',
             'cause_required': True}])
        with freeze_time(fields.Datetime.now() - timedelta(hours=2, minutes=30)):
            cls.running, cls.stopped, cls.broken = cls.env['crm.ticket'].create([
                {'title': title, 'team_id': team.id, 'company_id': company.id, 'user_id': cls.agent.id, **vals}
                for title, vals in (("Running", {}), ("Stopped", {}), ("Broken", {'priority': '3'}))])
            cls.stopped.action_wait()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        cls.env['crm.ticket.sla']._cron_watch()
        cls.env.flush_all()


@tagged('post_install', '-at_install')
class TestPromises(PromiseCase):

    def test_list_by_urgency(self):
        self._journey('/odoo/my-tickets?view_type=list', [
            ('text', '.o_data_row:nth-child(1)', "Broken"), ('text', '.o_data_row:nth-child(1) [role=timer]', "broken for 1 h 3"),
            ('text', '.o_data_row:nth-child(2)', "Running"), ('text', '.o_data_row:nth-child(2) [role=timer]', "1 h 2"),
            ('text', '.o_data_row:nth-child(3) [role=timer]', "stopped"), ('see', '[role=timer][aria-label^="Deadline "]')])

    def test_cause_of_a_breach(self):
        self._journey(f'/odoo/tickets/{self.broken.id}', [
            ('text', '[name=deadline] [role=timer]', "broken for"), ('click', 'button[name=action_solve]'), ('warned', "Say first why"),
            ('click', '.o_error_dialog .btn-primary, .modal-footer .btn-primary'), ('tab', "Promises"),
            ('click', '[name=sla_ids] .o_data_row .o_data_cell'), ('text', '.modal', "Chosen because of the priority"),
            ('pick', '.modal [name=cause_id] input', "Nobody saw it"), ('click', '.modal .o_form_button_save'), ('without', '.modal'),
            ('save',), ('click', 'button[name=action_solve]'), ('without', 'button[name=action_solve]')])
        self.assertEqual(self.broken.state, 'solved')
        self.assertEqual(self.broken.sla_ids.cause_id, self.env.ref('crm_service.crm_breach_cause_unseen'))


@tagged('post_install', '-at_install')
class TestPromisesPhone(PhoneJourney, PromiseCase):

    def test_card(self):
        self._journey('/odoo/my-tickets', [
            ('text', '.o_kanban_record', "Broken"), ('text', '.o_kanban_record [role=timer]', "broken for"),
            ('text', '.o_kanban_record [role=timer]', "1 h 2")])
