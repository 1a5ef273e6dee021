"""Journeys through losses: one with its reasons, a reason asked for by activity, and a return to a call for information."""
from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_churn.tests.common import ChurnCommon


class LossCase(ChurnCommon, JourneyCase):
    journey_login = 'grading_rep'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.rep + cls.manager).lang = 'en_US'
        rival = cls.env['res.partner'].create({'name': "Rival of Tests", 'is_company': True, 'crm_is_competitor': True})
        cls.competitor = cls.env['crm.competitor'].create({'partner_id': rival.id})
        cls.lead = cls._lead(name="Pumps for the harbour", expected_revenue=5000, probability=20)


@tagged('post_install', '-at_install')
class TestLosses(LossCase):

    def test_lost_with_reasons(self):
        """Two reasons with their shares, the second one the main one, to whom and at which price."""
        first, second = (f'.modal [name=choice_ids] .o_data_row:nth-child({number}).o_selected_row' for number in (1, 2))
        self._journey(f'/odoo/crm/{self.lead.id}', [
            ('press', '.o_statusbar_buttons button, .o-dropdown-item', "Lost"), ('see', '.modal [name=choice_ids]'),
            ('press', '.modal [name=choice_ids] .o_field_x2many_list_row_add a', "Add"),
            ('pick', f'{first} [name=reason_id] input', "No need any more"), ('type', f'{first} [name=weight] input', "30"),
            ('press', '.modal [name=choice_ids] .o_field_x2many_list_row_add a', "Add"),
            ('pick', f'{second} [name=reason_id] input', "Price"), ('click', f'{second} [name=is_main] input'),
            ('pick', '.modal [name=competitor_id] input', "Rival of Tests"),
            ('type', '.modal [name=competitor_price] input', "4200"),
            ('click', '.modal button[name=action_lost_reason_apply]'), ('without', '.modal'),
            ('text', '.o_widget_web_ribbon, .ribbon', "Lost"),
        ])
        event = self.env['crm.churn.event'].search([('lead_id', '=', self.lead.id)])
        self.assertRecordValues(event, [{
            'main_reason_id': self.price.id, 'competitor_id': self.competitor.id, 'competitor_price': 4200, 'amount': 5000}])
        self.assertEqual({line.reason_id: line.weight for line in event.reason_ids}, {self.need: 30, self.price: 70})
        self._journey(f'/odoo/losses/{event.id}', [
            ('text', '.o_field_widget[name=reason_ids] .o_data_row', "Price"), ('see', '[name=competitor_price]')])

    def test_asked_by_activity(self):
        """The activity leads to the loss; with a reason it is done."""
        self.lead.action_set_lost()
        event = self.env['crm.churn.event'].search([('lead_id', '=', self.lead.id)])
        self.env['crm.churn.event']._ask_reasons(self.company)
        row = '[name=reason_ids] .o_selected_row'
        self._journey('/odoo/losses-to-explain', [
            ('press', '.o_data_row .o_data_cell[name=partner_id]', "Customer 1"), ('text', '.o-mail-Activity', "Why did we lose"),
            ('press', '[name=reason_ids] .o_field_x2many_list_row_add a', "Add"),
            ('pick', f'{row} [name=reason_id] input', "Price"), ('save',), ('without', '.o-mail-Activity'),
        ])
        self.assertEqual(event.main_reason_id, self.price)
        self.assertFalse(event.activity_ids)

    def test_customer_leaves(self):
        self._profiles(self.customer)
        row = '.modal [name=choice_ids] .o_selected_row'
        self._journey(f'/odoo/action-crm_grading.crm_customer_action/{self.customer.crm_customer_id.id}', [
            ('press', '.oe_stat_button, .o-dropdown-item', "Record a Loss"),
            ('press', '.modal [name=choice_ids] .o_field_x2many_list_row_add a', "Add"),
            ('pick', f'{row} [name=reason_id] input', "Service"), ('type', '.modal [name=note] textarea', "Nobody called back"),
            ('click', '.modal button[name=action_record]'), ('without', '.modal'),
            ('text', '.o_field_widget[name=reason_ids] .o_data_row', "Service"),
        ])
        event = self.env['crm.churn.event'].search([('partner_id', '=', self.customer.id)])
        self.assertRecordValues(event, [{'kind': 'leave', 'note': "Nobody called back", 'user_id': self.rep.id}])


@tagged('post_install', '-at_install')
class TestLossesPhone(PhoneJourney, LossCase):

    def test_losses_and_return(self):
        """On a phone: losses, one of them, a return that is handed in."""
        self.lead.action_set_lost()
        event = self.env['crm.churn.event'].search([('lead_id', '=', self.lead.id)])
        call = self._as(self.manager)['crm.churn.call'].create({
            'name': "Why do we lose?", 'user_ids': [Command.set(self.rep.ids)],
            'question_ids': [Command.create({'name': "How many this week?", 'kind': 'number'})]})
        call.action_start()
        self._journey('/odoo/losses', [('text', '.o_kanban_record', "Customer 1"), ('text', '.o_kanban_record', "No reason yet")])
        self._journey(f'/odoo/losses/{event.id}', [('see', '[name=reason_ids]')])
        self._journey(f'/odoo/returns-to-calls/{call.return_ids.id}', [
            ('press', '[name=answer_ids] .o_kanban_record', "How many this week?"), ('type', '.modal [name=value_number] input', "7"),
            ('click', '.modal .o_form_button_save'), ('without', '.modal'), ('text', '[name=answer_ids]', "7"),
            ('click', 'button[name=action_submit]'), ('without', 'button[name=action_submit]')])
        self.assertEqual((call.return_ids.state, call.return_ids.answer_ids.value_number), ('done', 7))
