"""The journey of an alert: seen on the salesperson's list, acted on, and its end; one that ends as lost leads to a win-back."""
from freezegun import freeze_time
from journeys import JourneyCase, PhoneJourney

from odoo.tests import tagged

from odoo.addons.crm_churn.tests.test_churn_warning import WarningCommon

DAYS = ('2026-04-06', '2026-04-16', '2026-04-26', '2026-05-06', '2026-05-16')


class AlertCase(WarningCommon, JourneyCase):
    """Two customers of ``rep`` that have been silent for three times their rhythm, with an alert each."""
    journey_login = 'grading_rep'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.rep + cls.manager).lang = 'en_US'
        cls.leaving = cls._customers(1, name="Leaving", user_id=cls.rep.id)
        cls._invoices([(cls.leaving, day, 200) for day in DAYS])
        cls.plan = cls.env['mail.activity.plan'].create({'name': "Rescue a customer", 'res_model': 'res.partner', 'template_ids': [
            (0, 0, {'activity_type_id': cls.env.ref('mail.mail_activity_data_call').id, 'summary': "Ask what is wrong",
                    'responsible_type': 'on_demand'})]})
        cls._run()
        cls.saved, cls.lost = (cls.env['crm.churn.alert'].search([('partner_id', '=', partner.id)])
                               for partner in (cls.customer, cls.leaving))


@tagged('post_install', '-at_install')
class TestAlertJourney(AlertCase):

    def test_rescue(self):
        """From the list to the plan, to what was done and its outcome; later the manager sees that it was a rescue."""
        self._journey('/odoo/churn-alerts', [
            ('text', '.o_data_row', "Silent"), ('press', '.o_data_row .o_data_cell[name=partner_id]', "Customer 1"),
            ('pick', '[name=plan_id] input', "Rescue a customer"), ('save',), ('click', 'button[name=action_start_plan]'),
            ('see', '[name=plan_date]'), ('type', '[name=note] textarea', "Called: the buyer was ill"), ('save',),
            ('click', 'button[name=action_saved]'), ('text', '.o_statusbar_status .o_arrow_button_current', "Done"),
            ('text', '[name=outcome]', "Saved"),
        ])
        self.assertRecordValues(self.saved, [{
            'state': 'done', 'outcome': 'saved', 'acted_on': self.TODAY, 'plan_date': self.TODAY, 'note': "Called: the buyer was ill"}])
        self.assertEqual(self.customer.activity_ids.mapped('summary'), ["Ask what is wrong"])
        with freeze_time('2026-06-22 12:00:00'):
            self._invoices([(self.customer, '2026-06-20', 800)])
            self._run()
            self.assertEqual(self.saved.result, 'rescued')
            self._journey('/odoo/alert-results?view_type=list', [
                ('text', '.o_data_row', "Bought Again after a Rescue"), ('press', '.o_data_row td', "Customer 1"),
                ('text', '.o_form_view [name=result]', "Bought Again after a Rescue")], login=self.manager.login)

    def test_win_back(self):
        """Lost all the same: the case is opened from the alert, won back, and both lead to each other."""
        self._journey('/odoo/churn-alerts', [
            ('press', '.o_data_row .o_data_cell[name=partner_id]', "Leaving 1"), ('click', 'button[name=action_lost]'),
            ('text', '.o_statusbar_status .o_arrow_button_current', "Done"), ('click', 'button[name=action_open_case]'),
            ('text', '.o_form_view .o_arrow_button_current', "Open"), ('text', '.oe_stat_button', "Alerts Before"),
            ('pick', '[name=plan_id] input', "Win back a customer"), ('save',), ('click', 'button[name=action_start_plan]'),
            ('text', '.o-mail-Activity', "Ask what went wrong"),
        ])
        case = self.lost.case_id
        self.assertRecordValues(case, [{'partner_id': self.leaving.id, 'state': 'open', 'user_id': self.rep.id}])
        self._invoices([(self.leaving, self.TODAY, 300)])
        self._journey(f'/odoo/win-back/{case.id}', [
            ('click', 'button[name=action_won_back]'), ('text', '.o_statusbar_status .o_arrow_button_current', "Won Back"),
            ('click', '.oe_stat_button[name=action_open_alerts]'), ('text', '.o_form_view [name=outcome]', "Lost All the Same"),
            ('click', '.oe_stat_button[name=action_show_case]'), ('text', '.o_form_view .o_arrow_button_current', "Won Back"),
        ])
        self.assertEqual((self.lost.outcome, case.state, case.regained), ('lost', 'won_back', 300))


@tagged('post_install', '-at_install')
class TestAlertPhone(PhoneJourney, AlertCase):

    def test_acting(self):
        """On a phone: the card, what was done, and the outcome."""
        self._journey('/odoo/churn-alerts', [
            ('text', '.o_kanban_record', "Silent"), ('press', '.o_kanban_record:not(.o_kanban_ghost)', "Customer 1"),
            ('see', '.o_form_view'), ('fits',), ('type', '[name=note] textarea', "Met the owner"), ('save',),
            ('click', '.o_statusbar_buttons :is(.o-dropdown, .dropdown-toggle)'), ('click', 'button[name=action_saved]'),
            ('text', '[name=outcome]', "Saved"),
        ])
        self.assertRecordValues(self.saved, [{
            'state': 'done', 'outcome': 'saved', 'note': "Met the owner", 'acted_on': self.TODAY, 'activity_ids': []}])
