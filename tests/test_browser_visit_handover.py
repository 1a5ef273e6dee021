"""Two customers change hands in a browser, and come back; stand-ins on a phone."""
from datetime import timedelta

from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import tagged


class HandoverCase(JourneyCase):
    journey_login = 'hand_manager'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')

        def user(login, name, group):
            return cls._person(login, f'sales_team.{group}', company, name=name)
        cls.manager = user('hand_manager', "Marta Manager", 'group_sale_manager')
        cls.old = user('hand_old', "Anna Old", 'group_sale_salesman')
        cls.new = user('hand_new', "Bruno New", 'group_sale_salesman')
        cls.customers = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'customer_rank': 1, 'user_id': cls.old.id} for name in ("Zz Acorn", "Zz Birch")])
        cls.env['crm.customer'].create([{'partner_id': partner.id, 'company_id': company.id} for partner in cls.customers])
        cls.lead = cls.env['crm.lead'].create({
            'name': "Renewal of Acorn", 'type': 'opportunity', 'partner_id': cls.customers[0].id, 'user_id': cls.old.id})


@tagged('post_install', '-at_install')
class TestHandoverDesktop(HandoverCase):

    def test_handover_and_undo(self):
        """The manager hands over from the contacts; the new owner finds the customers and the file; undoing gives them back."""
        action = self.customers.action_crm_hand_over()
        self.assertEqual(action['context']['default_partner_ids'], self.customers.ids)
        handover = self.env['crm.handover'].with_user(self.manager).create({
            'user_id': self.old.id, 'scope': 'some', 'partner_ids': [Command.set(self.customers.ids)]})
        form = f'/odoo/handovers/{handover.id}'
        self._journey(form, [
            ('pick', '[name=new_user_ids] input', "Bruno New"),
            ('see', '[name=new_user_ids] .o_tag'), ('click', 'button[name=action_preview]'),
            ('text', '[name=line_ids] .o_data_row', "Zz Acorn"), ('text', '[name=line_ids] .o_data_row', "Bruno New"),
            ('click', '.nav-link[name=kinds]'), ('text', '[name=kind_ids]', "Open leads"),
            ('click', 'button[name=action_execute]'), ('click', '.modal-footer .btn-primary'),
            ('see', 'button[name=action_undo]'), ('see', 'button[name=action_view_log]'),
        ])
        self.assertEqual(self.customers.user_id | self.lead.user_id, self.new)
        self._journey('/odoo/crm-customers', [
            ('text', '.o_list_view', "Zz Acorn"), ('text', '.o_list_view', "Zz Birch")], login='hand_new')
        self._journey(form, [
            ('without', 'button[name=action_undo]'), ('click', 'button[name=action_open_file]'), ('see', 'iframe'),
        ], login='hand_new')
        self._journey(form, [
            ('click', 'button[name=action_undo]'), ('click', '.modal-footer .btn-primary'), ('without', 'button[name=action_undo]'),
            ('click', 'button[name=action_view_log]'), ('see', '.o_list_view .o_group_header')])
        self.assertEqual(self.customers.user_id | self.lead.user_id, self.old)
        self.assertEqual(handover.state, 'undone')

    def test_pages(self):
        """Every page of ownership opens, empty or not."""
        for path in ('handovers', 'stand-ins', 'assignments', 'assignment-rules'):
            self._journey(f'/odoo/{path}', [('see', '.o_list_view')])


@tagged('post_install', '-at_install')
class TestStandinPhone(PhoneJourney, HandoverCase):

    def test_standins(self):
        """The stand-in sees who is away until when, opens it, and finds the colleague's lead with a banner."""
        today = fields.Date.today()
        self.env['crm.standin'].create({
            'user_id': self.old.id, 'standin_id': self.new.id, 'date_from': today, 'date_to': today + timedelta(days=5)})
        self._journey('/odoo/stand-ins', [
            ('text', '.o_kanban_record:not(.o_kanban_ghost)', "Anna Old"), ('text', '.o_kanban_record:not(.o_kanban_ghost)', "Bruno New"),
            ('click', '.o_kanban_record:not(.o_kanban_ghost)'), ('see', '.o_form_view')], login='hand_new')
        self._journey(f'/odoo/crm/{self.lead.id}', [('text', '.o_form_view .alert-info', "Anna Old")], login='hand_new')
