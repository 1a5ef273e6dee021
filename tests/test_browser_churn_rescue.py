"""The journey of a customer that is won back: from the loss to a case, its plan, a quotation, the end and what it brought."""
from journeys import JourneyCase, PhoneJourney

from odoo.tests import tagged

from odoo.addons.crm_churn.tests.common import ChurnCommon


class RescueCase(ChurnCommon, JourneyCase):
    journey_login = 'grading_rep'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.rep + cls.manager).lang = 'en_US'


@tagged('post_install', '-at_install')
class TestRescue(RescueCase):

    def test_won_back(self):
        event = self._loss()
        button = '.o_statusbar_buttons button, .o-dropdown-item'
        self._journey(f'/odoo/losses/{event.id}', [
            ('press', button, "Open Win-Back Case"),
            ('text', '[name=event_ids] .o_data_row', "Deal"),
            ('pick', '[name=plan_id] input', "Win back a customer"), ('save',),
            ('click', 'button[name=action_start_plan]'), ('text', '.o-mail-Activity', "Ask what went wrong"),
            ('click', 'button[name=action_new_quotation]'), ('see', '[name=order_line]'), ('save',),
        ])
        case = self.env['crm.churn.case'].search([('event_ids', 'in', event.ids)])
        self.assertEqual(case.order_ids.partner_id, self.customer)
        self.assertEqual(case.activity_ids.user_id, self.rep)
        self._invoices([(self.customer, self.TODAY, 4321)])
        self._journey(f'/odoo/win-back/{case.id}', [
            ('text', '.oe_stat_button', "Quotations"), ('click', 'button[name=action_won_back]'),
            ('text', '.o_statusbar_status .o_arrow_button_current', "Won Back"), ('without', '[name=regained]')])
        self.assertRecordValues(case, [{'state': 'won_back', 'date_closed': self.TODAY, 'user_id': self.rep.id}])
        self._journey(f'/odoo/win-back/{case.id}', [('text', '[name=regained]', "4,321.00")], login=self.manager.login)
        self._journey('/odoo/win-back-results?view_type=list', [
            ('text', '.o_data_row', "4,321.00"), ('press', '.o_data_row td', "Win back Customer 1"),
            ('text', '.o_form_view .o_arrow_button_current', "Won Back")], login=self.manager.login)


@tagged('post_install', '-at_install')
class TestRescuePhone(PhoneJourney, RescueCase):

    def test_from_the_list_to_the_end(self):
        """Given up on a phone: asked why first; what was planned goes with it."""
        case = self.env['crm.churn.case'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'user_id': self.rep.id,
            'plan_id': self.env.ref('crm_churn.mail_activity_plan_case').id})
        case.action_start_plan()
        self._journey('/odoo/win-back', [
            ('text', '.o_kanban_record', "Customer 1"), ('click', '.o_kanban_record:not(.o_kanban_ghost)'),
            ('see', '.o_form_view'), ('fits',), ('type', '[name=outcome] textarea', "Moved abroad"), ('save',),
            ('click', '.o_statusbar_buttons :is(.o-dropdown, .dropdown-toggle)'), ('click', 'button[name=action_lost]'),
            ('text', '.o_statusbar_status', "Lost for Good"), ('see', 'button[name=action_reopen]')])
        self.assertRecordValues(case, [{'state': 'lost', 'outcome': "Moved abroad", 'activity_ids': []}])
