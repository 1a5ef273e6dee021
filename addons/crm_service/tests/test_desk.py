from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestDesk(ServiceCommon):
    """Watchers, prepared answers, and what else may come of a ticket."""

    # ------------------------------------------------------------------
    # Watchers
    # ------------------------------------------------------------------

    def test_watchers_read_and_are_told(self):
        ticket = self._ticket()
        with self.assertRaises(AccessError):
            self._by(ticket, self.agent3).read(['title'])
        self._by(ticket).watcher_ids = [Command.set((self.agent3 + self.rep2).ids)]
        for user in (self.agent3, self.rep2):
            self.assertEqual(self._by(ticket, user).read(['title'])[0]['title'], "Ticket 1")
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(ticket, user).title = "Mine"
        note = self._by(ticket).message_post(body="Between us", message_type='comment', subtype_xmlid='mail.mt_note')
        self.assertEqual(note.notified_partner_ids, (self.agent3 + self.rep2).partner_id)
        self._by(ticket).watcher_ids = [Command.set(self.rep2.ids)]
        self.assertNotIn(self.agent3.partner_id, ticket.message_partner_ids)
        with self.assertRaises(AccessError):
            self._by(ticket, self.agent3).read(['title'])

    def test_watch_by_oneself(self):
        ticket = self._by(self._ticket(), self.agent2)
        ticket.action_watch()
        self.assertEqual((ticket.watcher_ids, ticket.is_watched), (self.agent2, True))
        self.assertIn(self.agent2.partner_id, ticket.message_partner_ids)
        ticket.action_watch()
        self.assertFalse(ticket.watcher_ids)

    # ------------------------------------------------------------------
    # Prepared answers
    # ------------------------------------------------------------------

    def _template(self, **vals):
        return self.env['crm.ticket.reply.template'].create(
            {'name': "Reset", 'body': "<p>Dear {name}, about {number}: press reset. {agent}</p>", **vals})

    def _answering(self, ticket, **vals):
        return self.env['crm.ticket.reply'].with_env(self._as(self.agent)).create({'ticket_id': ticket.id, **vals})

    def test_answer_in_the_customers_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        template = self._template()
        template.with_context(lang='zh_CN').body = "<p>{name}您好，工单 {number}：请按重置。</p>"
        self.person.lang = 'zh_CN'
        ticket = self._ticket()
        with Form(self.env['crm.ticket.reply'].with_env(self._as(self.agent)).with_context(active_id=ticket.id)) as form:
            self.assertEqual(form.lang_id.code, 'zh_CN')
            form.template_id = template
            self.assertIn(f"Person您好，工单 {ticket.name}：请按重置。", form.body)
            form.then = 'waiting'
        form.record.action_send()
        message = ticket.message_ids.filtered(lambda message: message.message_type == 'comment')
        self.assertIn(self.person, message.notified_partner_ids)
        self.assertEqual((ticket.state, ticket.is_answer_due, bool(ticket.date_first_response)), ('waiting', False, True))
        self.assertEqual(template.use_count, 1)

    def test_what_the_customer_entered_stays_text(self):
        self.person.name = "<b>{number}</b>"
        ticket = self._ticket(title="{agent}")
        body = self._template(body="<p>{name}: {title}</p>")._render(ticket)
        self.assertEqual(body, "<p>&lt;b&gt;{number}&lt;/b&gt;: {agent}</p>")

    def test_unknown_words_in_braces(self):
        with self.assertRaisesRegex(ValidationError, "{salary} stands for nothing"):
            self._template(body="<p>{name} {salary}</p>")

    def test_offered_answers(self):
        everywhere, repairs, workshop = (
            self._template(), self._template(type_ids=[Command.set(self.repair.ids)]),
            self._template(team_ids=[Command.set(self.workshop.ids)]))
        abroad = self._template(company_id=self.company_usd.id)
        ours = everywhere + repairs + workshop + abroad
        self.assertEqual(self._answering(self._ticket()).template_ids & ours, everywhere)
        self.assertEqual(self._answering(self._ticket(type_id=self.repair.id)).template_ids & ours, everywhere + repairs)

    def test_answer_and_solve(self):
        ticket = self._ticket()
        self._answering(ticket, template_id=self._template().id, then='solved').action_send()
        self.assertEqual(ticket.state, 'solved')

    def test_answer_to_somebody_unknown(self):
        ticket = self._ticket(partner_id=False, partner_name="Eve", email_from='eve@example.com')
        wizard = self._answering(ticket, template_id=self._template().id)
        self.assertIn("Dear Eve", wizard.body)
        wizard.action_send()
        message = ticket.message_ids.filtered(lambda message: message.message_type == 'comment')
        self.assertEqual(message.outgoing_email_to, 'eve@example.com')

    def test_answers_that_cannot_be_sent(self):
        with self.assertRaisesRegex(UserError, "Choose an answer"):
            self._answering(self._ticket()).action_send()
        nobody = self._ticket(partner_id=False)
        with self.assertRaisesRegex(UserError, "e-mail address"):
            self._answering(nobody, body="<p>Hello</p>").action_send()
        with self.assertRaises(AccessError):
            self._template().with_env(self._as(self.agent)).body = "Mine"
        self._template().with_env(self._as(self.service_lead)).body = "Ours"

    # ------------------------------------------------------------------
    # What else may come of it
    # ------------------------------------------------------------------

    def test_opportunity(self):
        self.agent.group_ids += self.env.ref('sales_team.group_sale_salesman')
        ticket = self._by(self._ticket(description="<p>We need ten more</p>"))
        lead = self.env['crm.lead'].browse(ticket.action_to_opportunity()['res_id'])
        self.assertEqual(
            (lead.type, lead.name, lead.partner_id, lead.crm_ticket_id, lead.user_id),
            ('opportunity', "Ticket 1", self.person, ticket, self.agent))
        self.assertIn("We need ten more", lead.description)
        self.assertEqual((ticket.lead_count, ticket.state), (1, 'new'))
        self.assertEqual(self.env['crm.lead'].search(ticket.action_open_leads()['domain']), lead)
        with self.assertRaises(AccessError):
            self._by(ticket, self.agent2).action_to_opportunity()

    def test_opportunity_of_the_customers_salesperson(self):
        self.service_lead.group_ids += self.env.ref('sales_team.group_sale_salesman_all_leads')
        lead = self.env['crm.lead'].browse(self._by(self._ticket(), self.service_lead).action_to_opportunity()['res_id'])
        self.assertEqual(lead.user_id, self.rep)

    def test_activity(self):
        ticket = self._by(self._ticket(description="<p>Call me</p>"))
        context = ticket.action_to_activity()['context']
        self.assertEqual(
            (context['active_model'], context['active_ids'], context['default_summary']), ('res.partner', self.person.ids, "Ticket 1"))
        wizard = self.env['mail.activity.schedule'].with_env(ticket.env).with_context(**context).create(
            {'activity_type_id': self.env.ref('mail.mail_activity_data_call').id})
        wizard.action_schedule_activities()
        self.assertIn("Call me", str(self.person.activity_ids.note))

    def test_return_of_a_delivery(self):
        ticket = self._ticket()
        with self.assertRaisesRegex(UserError, "no right to|no delivery"):
            self._by(ticket).action_to_return()
        if 'stock.return.picking' not in self.env:
            self.skipTest("Inventory is not installed")
        kind = self.env['stock.picking.type'].search([('code', '=', 'outgoing'), ('company_id', '=', self.company.id)], limit=1)
        pickings = self.env['stock.picking'].create([{
            'partner_id': self.person.id, 'picking_type_id': kind.id, 'location_id': kind.default_location_src_id.id,
            'location_dest_id': self.env.ref('stock.stock_location_customers').id, 'move_ids': [Command.create({
                'product_id': self.product.id, 'product_uom_qty': 2, 'quantity': 2, 'location_id': kind.default_location_src_id.id,
                'location_dest_id': self.env.ref('stock.stock_location_customers').id})]} for _number in range(2)])
        done, draft = pickings
        done.move_ids.picked = True
        done.button_validate()
        ticket = self._ticket(res_model='stock.picking', res_id=draft.id)
        with self.assertRaisesRegex(UserError, "no delivery to return"):
            ticket.action_to_return()
        ticket = self._ticket(res_model='stock.picking', res_id=done.id)
        action = ticket.action_to_return()
        wizard = self.env['stock.return.picking'].with_context(**action['context']).create({})
        self.assertEqual(wizard.picking_id, done)
