"""Journeys of planning: a manager dispatches a task and reads what came of it, a representative plans a week and sees who is due."""
from datetime import timedelta

from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import tagged


class PlanningCase(JourneyCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.manager, cls.rep = (
            cls._person(login, f'sales_team.{group}', company)
            for login, group in (('plan_manager', 'group_sale_manager'), ('plan_rep', 'group_sale_salesman')))
        partners = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'user_id': cls.rep.id, 'city': city}
            for name, city in (("Hammond Hardware", "Ghent"), ("Nordwind", "Liège"), ("Blue River Mills", "Ghent"))])
        grade = cls.env['crm.grade'].create({'name': "Journey", 'company_id': company.id, 'visit_count': 1, 'visit_period': 'month'})
        cls.profiles = cls.env['crm.customer'].create([
            {'partner_id': partner.id, 'company_id': company.id, 'grade_id': grade.id,
             'grade_date': fields.Date.today() - timedelta(days=40 - number)} for number, partner in enumerate(partners)])
        cls.profiles._plan_visits_now()


@tagged('post_install', '-at_install')
class TestPlanningDesktop(PlanningCase):

    def test_task(self):
        """From the list of who is due to a task; accepted, answered by visiting, and read on one page."""
        self._journey('/odoo/due-visits', [
            ('text', '.o_data_row', "Hammond Hardware"), ('type', '.o_searchview_input', "Hammond"),
            ('click', '.o_searchview_autocomplete .o-dropdown-item'), ('text', '.o_searchview_facet', "Hammond"),
            ('without', '.o_data_row:nth-child(2)'), ('click', '.o_data_row .o_list_record_selector input'),
            ('click', 'button[name=action_dispatch_task]'), ('text', '[name=customer_ids]', "Hammond Hardware"),
            ('type', '[name=name] input, [name=name] textarea', "Autumn range"),
            ('click', '[name=question_ids] .o_field_x2many_list_row_add a'),
            ('type', '[name=question_ids] [name=name] input', "Interested?"), ('click', 'button[name=action_dispatch]'),
            ('text', '.o_statusbar_status .o_arrow_button_current', "Running"),
        ], 'plan_manager')
        self._journey('/odoo/my-visit-tasks', [
            ('text', '.o_data_row', "Autumn range"), ('click', '.o_data_row button[name=action_accept]'),
            ('text', '.o_data_row [name=state]', "Accepted"), ('click', '.o_data_row button[name=action_plan_visit]'),
            ('see', '.modal [name=partner_id]'), ('click', '.modal .o_form_button_save'), ('without', '.modal'),
            ('click', '.o_data_row button[name=action_plan_visit] .fa-map-marker'), ('click', 'button[name=action_finish]'),
            ('click', 'button[name=action_answer_tasks]'), ('choose', '.modal [name=answers] select', "Yes"),
            ('click', '.modal footer .btn-primary'), ('without', '.modal'), ('without', 'button[name=action_answer_tasks]'),
        ], 'plan_rep')
        task = self.env['crm.visit.task'].search([('name', '=', "Autumn range")])
        self.assertEqual((task.state, task.line_ids.state, task.line_ids.is_answered), ('done', 'done', True))
        self.assertEqual(self.profiles[0].last_visit_date, fields.Date.today())
        self._journey(f'/odoo/visit-tasks/{task.id}', [
            ('text', '.oe_stat_button', "Done"), ('tab', "Results"), ('text', '.o_crm_task_results', "Interested?"),
            ('text', '.o_crm_task_results', "1 (100 %)"),
        ], 'plan_manager')

    def test_plan_a_week(self):
        """The customers due are proposed, one is taken out, the others stand in the calendar."""
        self._journey('/odoo/due-visits', [
            ('text', '.o_data_row', "Hammond Hardware"), ('click', 'thead .o_list_record_selector input'),
            ('click', 'button[name=action_plan_visits]'), ('text', '.modal [name=customer_ids]', "Nordwind"),
            ('click', '.modal button[name=action_propose]'), ('text', '.modal [name=line_ids]', "Blue River Mills"),
            ('click', '.modal [name=line_ids] .o_data_row .o_list_record_remove'), ('click', '.modal button[name=action_confirm]'),
            ('see', '.o_calendar_view .fc-event'), ('without', '.modal'),
        ], 'plan_rep')
        visits = self.env['crm.visit'].search([('user_id', '=', self.rep.id)])
        self.assertEqual((len(visits), set(visits.mapped('state'))), (2, {'planned'}))


@tagged('post_install', '-at_install')
class TestPlanningPhone(PhoneJourney, PlanningCase):

    def test_due(self):
        """Who is due, as cards; a visit is planned with two taps."""
        self._journey('/odoo/due-visits', [
            ('text', '.o_kanban_record', "Hammond Hardware"), ('text', '.o_kanban_record', "Never visited"),
            ('click', '.o_kanban_record button[name=action_plan_visit]'), ('see', '.modal [name=partner_id]'),
            ('click', '.modal .o_form_button_save'), ('without', '.modal'), ('see', '.o_kanban_record .fa-calendar-check-o'),
        ], 'plan_rep')
        visit = self.env['crm.visit'].search([('user_id', '=', self.rep.id)])
        self.assertEqual((visit.partner_id, visit.state), (self.profiles[0].partner_id, 'planned'))

    def test_my_tasks(self):
        task = self.env['crm.visit.task'].with_user(self.manager).create({
            'name': "Autumn range", 'customer_ids': [Command.set(self.profiles.ids)]})
        task.action_dispatch()
        self._journey('/odoo/my-visit-tasks', [
            ('text', '.o_kanban_record', "Autumn range"), ('click', '.o_kanban_record button[name=action_accept]'),
            ('text', '.o_kanban_record [name=state]', "Accepted"),
        ], 'plan_rep')
        self.assertIn('accepted', task.line_ids.mapped('state'))
