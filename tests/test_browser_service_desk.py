"""Journeys at the service desk: from the queue to solved, two tickets made one, a complaint up to its credit note, and on a phone."""
from journeys import JourneyCase, PhoneJourney

from odoo.tests import tagged

from odoo.addons.crm_service.tests.common import ServiceCommon


class DeskCase(ServiceCommon, JourneyCase):
    journey_login = 'service_agent'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.agent + cls.agent2 + cls.service_lead).lang = 'en_US'
        cls.ticket = cls._ticket(title="The pump leaks", description="<p>Water everywhere</p>", priority='3')
        cls.answer = cls.env['crm.ticket.reply.template'].create(
            {'name': "Reset", 'body': "<p>Dear {name}, about {number}: press reset.</p>"})
        cls.cause = cls.env['crm.complaint.cause'].create({'name': "Seal of tests"})


@tagged('post_install', '-at_install')
class TestServiceDesk(DeskCase):

    def test_from_the_queue_to_solved(self):
        self._ticket('solved', title="The hose was too short")
        self._journey('/odoo/ticket-queue', [
            ('text', '.o_data_row', "The pump leaks"), ('click', '.o_data_row .o_data_cell[name=title]'),
            ('text', '.o_crm_memory_tickets', "The hose was too short"),   # what we know of the customer
            ('click', 'button[name=action_take]'), ('without', 'button[name=action_take]'),
            ('click', '.o_statusbar_buttons button:not(.dropdown-toggle)[data-hotkey="shift+a"]'),
            ('pick', '.modal [name=template_id] input', "Reset"), ('text', '.modal .odoo-editor-editable', "press reset"),
            ('click', '.modal .o_radio_item:nth-child(3) input'), ('click', '.modal button[name=action_send]'), ('without', '.modal'),
            ('scroll_to', '.o-mail-Message', "press reset"), ('see', 'button[name=action_close]'),
        ])
        self.assertEqual((self.ticket.state, self.ticket.user_id, self.ticket.is_answer_due), ('solved', self.agent, False))
        self.assertIn(f"Dear Person, about {self.ticket.name}", "".join(self.ticket.message_ids.mapped('body')))

    def test_two_become_one(self):
        double = self._ticket(title="Pump, again")
        self._ask(double, "It still leaks")
        self._journey('/odoo/tickets', [
            ('text', '.o_data_row', "Pump, again"), ('click', '.o_list_table thead .o_list_record_selector input'),
            ('see', '.o_selection_box, .o_list_selection_box'), ('click', '.o_cp_action_menus .dropdown-toggle:has(.fa-cog)'),
            ('click_text', '.o-dropdown-item', "Merge or Link"),
            ('text', '.modal .o_data_row', "Pump, again"), ('click', '.modal button[name=action_apply]'), ('without', '.modal'),
            ('see', 'button[name=action_open_related]'), ('scroll_to', '.o-mail-Message', "was merged into"),
            ('text', '.o-mail-Message-author', "Person"),   # what the customer said is there, too
        ])
        self.assertEqual((double.state, double.merged_into_id), ('cancelled', self.ticket))
        self._journey(f'/odoo/tickets/{double.id}', [('text', '[name=notices] .alert', "Merged into")])

    def test_complaint_up_to_the_credit_note(self):
        self.service_lead.group_ids += self.env.ref('account.group_account_invoice')
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        self.ticket.type_id = self.complaint
        self._journey(f'/odoo/tickets/{self.ticket.id}', [
            ('click', 'button[name=action_solve]'), ('warned', "needs this before it is over"), ('click', '.modal-footer .btn-primary'),
            ('tab', "Complaint"), ('pick', '[name=cause_id] input', "Seal of tests"), ('type', '[name=remedy] textarea', "New seal"),
            ('type', '[name=compensation_ref] input', invoice.name), ('type', '[name=compensation_amount] input', "20"),
            ('see', '.o_form_status_indicator_buttons:not(.invisible)'), ('save',),
            ('without', '.o_form_status_indicator_buttons:not(.invisible)'),
            ('without', 'button[name=action_credit_note]'),   # an agent proposes
        ])
        self.assertEqual((self.ticket.compensation_invoice_id, self.ticket.compensation_amount), (invoice, 20))
        self._journey(f'/odoo/tickets/{self.ticket.id}', [
            ('tab', "Complaint"), ('click', 'button[name=action_credit_note]'), ('text', '.o_form_view', "Compensation for complaint"),
            ('see', 'button[name=action_post]'),
        ], login='service_lead')
        self.assertEqual((self.ticket.credit_note_id.state, self.ticket.credit_note_id.amount_untaxed), ('draft', 20))
        self._journey(f'/odoo/tickets/{self.ticket.id}', [
            ('see', 'button[name=action_open_credit_note]'), ('click', 'button[name=action_solve]'),
            ('text', '[name=notices] .alert:not(.o_invisible_modifier)', "has not said yet"),
        ])

    def test_ticket_from_a_document(self):
        self.agent.group_ids += self.env.ref('sales_team.group_sale_salesman_all_leads')
        order = self._orders([(self.person, '2026-06-01', 100)])
        self._journey(f'/odoo/action-sale.action_orders/{order.id}', [
            ('click', '.o_control_panel .o_cp_action_menus .dropdown-toggle:has(.fa-cog)'), ('click', '.o_crm_ticket_from_document'),
            ('type', '[name=title] input, [name=title] textarea', "Where is it?"), ('save',), ('see', 'button[name=action_open_document]'),
        ])
        ticket = self.env['crm.ticket'].search([('title', '=', "Where is it?")])
        self.assertEqual((ticket.res_model, ticket.res_id, ticket.partner_id, ticket.product_id), (
            'sale.order', order.id, self.person, self.product))

    journey_helpers = '''
        // what is far down is read when it comes into view
        steps.scroll_to = (target, text) => until(`${target} with ${text}`, () => {
            document.querySelector(".o-mail-Form-chatter, .o-mail-ChatterContainer")?.scrollIntoView();
            return all(target).find((element) => element.textContent.includes(text));
        });
        steps.click_text = async (target, text) => (await named(target, text)).click();
    '''


@tagged('post_install', '-at_install')
class TestServiceDeskPhone(PhoneJourney, DeskCase):

    def test_on_the_way(self):
        self._journey('/odoo/ticket-queue', [
            ('click', '.o_kanban_record:not(.o_kanban_ghost)'), ('see', '.o_crm_memory_head[aria-expanded=false]'),
            ('click', '.o_crm_memory_head'), ('text', '.o_crm_memory_tickets', "None."), ('fits',),
            ('click', '.o_statusbar_buttons .dropdown-toggle, .o_cp_action_menus .dropdown-toggle'),
            ('click', 'button[name=action_take]'), ('fits',),
        ])
        self.assertEqual((self.ticket.state, self.ticket.user_id), ('open', self.agent))

    def test_team_and_report(self):
        self.ticket.write({'type_id': self.complaint.id, 'cause_id': self.cause.id})
        self.hotline.assignment = 'turn'
        self._journey('/odoo/recurring-causes', [('see', '.o_pivot, .o_view_nocontent')], login='service_lead')
        self._journey(f'/odoo/action-crm_service.crm_service_team_action/{self.hotline.id}', [
            ('text', '[name=assignment_text]', "whose turn is longest ago"), ('text', '.o_kanban_record', "Agent"),
        ], login='service_lead')
