"""A call that is completed becomes a visit; a planned visit is begun, finished and reported on: desktop and phone."""
from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged

HELPERS = """
const until = async (what, test) => {
    for (let turn = 0; turn < 600; turn++) {
        if (document.querySelector(".o_error_dialog")) {
            throw new Error(document.querySelector(".o_error_dialog").textContent);
        }
        const found = test();
        if (found) { return found; }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("Waited in vain for " + what);
};
const one = (selector) => until(selector, () => document.querySelector(selector));
const named = (selector, text) => until(selector + " " + text, () =>
    [...document.querySelectorAll(selector)].find((element) => element.textContent.includes(text)));
const type = (input, text) => {
    input.focus();
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
};
const fits = () => {
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error(`page is ${document.documentElement.scrollWidth} px wide in a window of ${window.innerWidth} px`);
    }
};
"""
COMPLETE_THE_CALL = """
    (await one(".o-mail-Activity-markDone")).click();
    type(await one(".o-mail-ActivityMarkAsDone textarea"), "They want a trial run");
    (await one(".o-mail-ActivityMarkAsDone [aria-label=Done]")).click();
    await until("no activity", () => !document.querySelector(".o-mail-Activity"));
    fits();
"""
MAKE_THE_VISIT = """
    const card = await named(".o_kanban_record", "Hammond Hardware");
    await named(".o_kanban_record", "Trial run");
    fits();
    (await until("check in", () => card.querySelector("button[name=action_check_in]"))).click();
    (await one(".o_kanban_record button[name=action_finish]")).click();
    await until("done", () => document.querySelector(".o_kanban_record")
        && !document.querySelector(".o_kanban_record button[name=action_finish]"));
"""
SEE_THE_CALENDAR = """
    await named(".fc-event", "Hammond Hardware");
    fits();
"""
REPORT = """
    type(await one("[name=note] textarea"), "They buy");
    (await named(".o_notebook .nav-link, .o_notebook a", "Interests")).click();
    await one("[name=interest_ids]");
    fits();
    (await named(".o_notebook .nav-link, .o_notebook a", "Expenses")).click();
    await one("[name=expense_ids]");
    fits();
    (await until("save button", () => document.querySelector(".o_form_button_save"))).click();
    await until("saved", () => !document.querySelector(".o_form_dirty, .o_form_status_indicator_buttons:not(.invisible)"));
"""


class VisitCoreCase(HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.rep = new_test_user(
            cls.env, login='visit_core_rep', groups='sales_team.group_sale_salesman,base.group_partner_manager', lang='en_US', tz='UTC',
            company_id=company.id, company_ids=[Command.set(company.ids)])
        cls.customer = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'user_id': cls.rep.id})
        cls.env['mail.activity'].create({
            'res_model_id': cls.env['ir.model']._get_id('res.partner'), 'res_id': cls.customer.id, 'user_id': cls.rep.id,
            'activity_type_id': cls.env.ref('mail.mail_activity_data_call').id, 'summary': "Ask how it goes"})

    def _journey(self, url, script, ready):
        code = '(async () => {' + HELPERS + script + '''console.log("test successful"); })()
            .catch((error) => console.error(error.message + " | " + (document.querySelector(".modal")?.textContent || "")));'''
        self.browser_js(url, code, ready, login='visit_core_rep', timeout=180)

    def _walk(self):
        self._journey(f'/odoo/contacts/{self.customer.id}', COMPLETE_THE_CALL, "!!document.querySelector('.o-mail-Activity')")
        visit = self.env['crm.visit'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual((visit.state, visit.mode, visit.note, visit.user_id), ('done', 'phone', "They want a trial run", self.rep))
        planned = self.env['crm.visit'].with_user(self.rep).create({
            'partner_id': self.customer.id, 'purpose': "Trial run", 'date_start': fields.Datetime.now()})
        self._journey('/odoo/visit-calendar', SEE_THE_CALENDAR, "!!document.querySelector('.fc-event')")
        self._journey(
            '/odoo/visits?view_type=kanban', MAKE_THE_VISIT, "!!document.querySelector('.o_kanban_record button[name=action_check_in]')")
        self.assertEqual(planned.state, 'done')
        self._journey(f'/odoo/visits/{planned.id}', REPORT, "!!document.querySelector('.o_form_view .o_notebook')")
        self.assertEqual(planned.note, "They buy")


@tagged('post_install', '-at_install')
class TestVisitCoreDesktop(VisitCoreCase):
    browser_size = '1366x900'

    def test_visit(self):
        self._walk()


@tagged('post_install', '-at_install')
class TestVisitCorePhone(VisitCoreCase):
    """The same on a phone, where nothing may be wider than the screen."""
    browser_size = '390x844'
    touch_enabled = True

    def test_visit(self):
        self._walk()
