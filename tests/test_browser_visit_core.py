"""A call that is completed becomes a visit; a planned visit is begun, finished and reported on: desktop and phone."""
from journeys import JourneyCase, PhoneJourney

from odoo import fields
from odoo.tests import tagged

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
    await tab("Interests");
    await one("[name=interest_ids]");
    fits();
    await tab("Expenses");
    await one("[name=expense_ids]");
    fits();
    await save();
"""


class VisitCoreCase(JourneyCase):
    journey_login = 'visit_core_rep'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.rep = cls._person('visit_core_rep', 'sales_team.group_sale_salesman,base.group_partner_manager', company)
        cls.customer = cls.env['res.partner'].create({'name': "Hammond Hardware", 'is_company': True, 'user_id': cls.rep.id})
        cls.env['mail.activity'].create({
            'res_model_id': cls.env['ir.model']._get_id('res.partner'), 'res_id': cls.customer.id, 'user_id': cls.rep.id,
            'activity_type_id': cls.env.ref('mail.mail_activity_data_call').id, 'summary': "Ask how it goes"})

    def _walk(self):
        self._script(f'/odoo/contacts/{self.customer.id}', COMPLETE_THE_CALL, ready="!!document.querySelector('.o-mail-Activity')")
        visit = self.env['crm.visit'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual((visit.state, visit.mode, visit.note, visit.user_id), ('done', 'phone', "They want a trial run", self.rep))
        planned = self.env['crm.visit'].with_user(self.rep).create({
            'partner_id': self.customer.id, 'purpose': "Trial run", 'date_start': fields.Datetime.now()})
        self._script('/odoo/visit-calendar', SEE_THE_CALENDAR, ready="!!document.querySelector('.fc-event')")
        self._script(
            '/odoo/visits?view_type=kanban', MAKE_THE_VISIT,
            ready="!!document.querySelector('.o_kanban_record button[name=action_check_in]')")
        self.assertEqual(planned.state, 'done')
        self._script(f'/odoo/visits/{planned.id}', REPORT, ready="!!document.querySelector('.o_form_view .o_notebook')")
        self.assertEqual(planned.note, "They buy")


@tagged('post_install', '-at_install')
class TestVisitCoreDesktop(VisitCoreCase):

    def test_visit(self):
        self._walk()


@tagged('post_install', '-at_install')
class TestVisitCorePhone(PhoneJourney, VisitCoreCase):
    """The same on a phone, where nothing may be wider than the screen."""

    def test_visit(self):
        self._walk()
