"""Journeys of planning: a manager dispatches a task and reads what came of it, a representative plans a week and sees who is due."""
import json
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged

# Steps are [action, selector, value]; each waits for what it needs, and fails with what it did not find
JOURNEY = """
(async () => {
    const until = async (check, what) => {
        for (let tries = 0; tries < 800; tries++) {
            const error = document.querySelector(".o_error_dialog, .o_notification_bar.bg-danger");
            if (error) { throw new Error(`${what}: ${error.textContent}`); }
            const found = check();
            if (found) { return found; }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`not found: ${what}`);
    };
    const shown = (target) => [...document.querySelectorAll(target)].find((node) => node.offsetParent);
    for (const [action, target, value] of %s) {
        if (action === "see") {
            await until(() => shown(target), target);
        } else if (action === "text") {
            const holds = (node) => node.textContent.includes(value);
            await until(() => [...document.querySelectorAll(target)].some(holds), `${target} with ${value}`);
        } else if (action === "without") {
            await until(() => !shown(target), `no ${target}`);
        } else if (action === "click") {
            (await until(() => shown(target), target)).click();
        } else if (action === "tab") {
            const named = (tab) => tab.textContent.includes(target);
            (await until(() => [...document.querySelectorAll(".o_notebook .nav-link")].find(named), target)).click();
        } else if (action === "type") {
            const input = await until(() => shown(target), target);
            input.focus();
            input.value = value;
            input.dispatchEvent(new Event("input", { bubbles: true }));
            input.dispatchEvent(new Event("change", { bubbles: true }));
        } else if (action === "choose") {
            const select = await until(() => shown(target), target);
            select.value = [...select.options].find((option) => option.textContent === value).value;
            select.dispatchEvent(new Event("change", { bubbles: true }));
        } else if (action === "fits") {
            const width = document.documentElement.scrollWidth;
            if (width > window.innerWidth) {
                throw new Error(`page is ${width} px wide in a window of ${window.innerWidth} px`);
            }
        }
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
READY = "!!document.querySelector('.o_web_client')"


class PlanningCase(HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.manager, cls.rep = (
            new_test_user(
                cls.env, login=login, groups=f'sales_team.{group}', lang='en_US', tz='UTC', company_id=company.id,
                company_ids=[Command.set(company.ids)])
            for login, group in (('plan_manager', 'group_sale_manager'), ('plan_rep', 'group_sale_salesman')))
        partners = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'user_id': cls.rep.id, 'city': city}
            for name, city in (("Hammond Hardware", "Ghent"), ("Nordwind", "Liège"), ("Blue River Mills", "Ghent"))])
        grade = cls.env['crm.grade'].create({'name': "Journey", 'company_id': company.id, 'visit_count': 1, 'visit_period': 'month'})
        cls.profiles = cls.env['crm.customer'].create([
            {'partner_id': partner.id, 'company_id': company.id, 'grade_id': grade.id,
             'grade_date': fields.Date.today() - timedelta(days=40 - number)} for number, partner in enumerate(partners)])
        cls.profiles._plan_visits_now()

    def _journey(self, url, steps, login):
        self.browser_js(url, JOURNEY % json.dumps(steps), READY, login=login, timeout=120)


@tagged('post_install', '-at_install')
class TestPlanningDesktop(PlanningCase):
    browser_size = '1366x900'

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
class TestPlanningPhone(PlanningCase):
    browser_size = '390x844'
    touch_enabled = True

    def test_due(self):
        """Who is due, as cards; a visit is planned with two taps."""
        self._journey('/odoo/due-visits', [
            ('text', '.o_kanban_record', "Hammond Hardware"), ('text', '.o_kanban_record', "Never visited"), ('fits', None),
            ('click', '.o_kanban_record button[name=action_plan_visit]'), ('see', '.modal [name=partner_id]'), ('fits', None),
            ('click', '.modal .o_form_button_save'), ('without', '.modal'), ('see', '.o_kanban_record .fa-calendar-check-o'),
        ], 'plan_rep')
        visit = self.env['crm.visit'].search([('user_id', '=', self.rep.id)])
        self.assertEqual((visit.partner_id, visit.state), (self.profiles[0].partner_id, 'planned'))

    def test_my_tasks(self):
        task = self.env['crm.visit.task'].with_user(self.manager).create({
            'name': "Autumn range", 'customer_ids': [Command.set(self.profiles.ids)]})
        task.action_dispatch()
        self._journey('/odoo/my-visit-tasks', [
            ('text', '.o_kanban_record', "Autumn range"), ('fits', None), ('click', '.o_kanban_record button[name=action_accept]'),
            ('text', '.o_kanban_record [name=state]', "Accepted"), ('fits', None),
        ], 'plan_rep')
        self.assertIn('accepted', task.line_ids.mapped('state'))
