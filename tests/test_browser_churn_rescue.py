"""The journey of a customer that is won back: from the loss to a case, its plan, a quotation and the end."""
from journeys import JourneyCase

from odoo.tests import tagged

from odoo.addons.crm_churn.tests.common import ChurnCommon


@tagged('post_install', '-at_install')
class TestRescue(ChurnCommon, JourneyCase):
    journey_login = 'grading_rep'

    def test_won_back(self):
        self.rep.lang = 'en_US'
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
        self._journey(f'/odoo/win-back/{case.id}', [
            ('text', '.oe_stat_button', "Quotations"), ('click', 'button[name=action_won_back]'),
            ('text', '.o_statusbar_status .o_arrow_button_current', "Won Back")])
        self.assertRecordValues(case, [{'state': 'won_back', 'date_closed': self.TODAY, 'user_id': self.rep.id}])
