from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestDocument(ServiceCommon):
    """A ticket made from an order, an invoice, a contact: about it, of its customer."""

    def _open(self, record, user=None):
        return self.env['crm.ticket'].with_env(self._as(user or self.agent)).action_from_document(record._name, record.id)['context']

    def _make(self, record, user=None):
        tickets = self.env['crm.ticket'].with_env(self._as(user or self.agent)).with_context(**self._open(record, user))
        return tickets.create({'title': "From a document"})

    def test_from_an_order(self):
        self.agent.group_ids += self.env.ref('sales_team.group_sale_salesman_all_leads')
        order = self._orders([(self.person, '2026-06-01', 100)])
        ticket = self._make(order)
        self.assertEqual(
            (ticket.partner_id, ticket.company_id, ticket.product_id, ticket.channel, ticket.res_model, ticket.res_id),
            (self.person, self.company, self.product, 'document', 'sale.order', order.id))
        self.assertEqual((ticket.document_name, ticket.action_open_document()['res_id']), (order.name, order.id))
        order = self._by(order)
        self.assertEqual((order.crm_ticket_count, order.action_crm_tickets()['context']['default_res_id']), (1, order.id))

    def test_two_products_are_none(self):
        invoice = self._invoices([(self.customer, '2026-06-01', 100)], post=False)
        other = self.env['product.product'].create({'name': "Other", 'taxes_id': False})
        invoice.invoice_line_ids = [Command.create({'product_id': other.id, 'quantity': 1, 'price_unit': 5, 'tax_ids': False})]
        self.assertNotIn('default_product_id', self._open(invoice, self.env.user))

    def test_from_an_invoice_of_another_company(self):
        invoice = self._invoices([(self.customer, '2026-06-01', 100)], company=self.company_usd)
        ticket = self._make(invoice, self.env.user)
        self.assertEqual((ticket.company_id, ticket.res_model), (self.company_usd, 'account.move'))
        self.assertEqual(invoice.crm_ticket_count, 1)

    def test_credit_note_shows_its_complaint(self):
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        ticket = self._ticket(type_id=self.complaint.id, compensation_ref=invoice.name, compensation_amount=5)
        ticket.action_credit_note()
        note = ticket.credit_note_id
        self.assertEqual(note.crm_ticket_count, 1)
        self.assertEqual(self.env['crm.ticket'].search(note.action_crm_tickets()['domain']), ticket)

    def test_from_people(self):
        ticket = self._make(self.person)
        self.assertEqual((ticket.partner_id, ticket.channel, ticket.res_model), (self.person, 'phone', False))
        self._ticket(partner_id=self.customer.id)
        profile = self._profiles(self.customer)
        self.assertEqual(self._make(profile, self.env.user).partner_id, self.customer)
        partners = self._by(self.customer + self.person)
        self.assertEqual(partners.mapped('crm_ticket_count'), [3, 1])
        self.assertEqual(self.env['crm.ticket'].search_count(partners[1].action_crm_tickets()['domain']), 1)
        self.assertEqual(profile.crm_ticket_count, 3)

    def test_rights(self):
        order = self._orders([(self.person, '2026-06-01', 100)])
        with self.assertRaises(AccessError):
            self._open(order)   # an agent without rights to orders
        with self.assertRaisesRegex(AccessError, "people of the service"):
            self._open(order, self.leads_all)
        with self.assertRaisesRegex(UserError, "has a customer"):
            self._open(self.env.ref('base.main_company').partner_id.country_id or self.env.ref('base.be'))
        ticket = self._ticket(res_model='sale.order', res_id=order.id)
        self.assertEqual(self._by(ticket).document_name, "Sales Order")   # what sort, not which
        with self.assertRaises(AccessError):
            self._by(ticket).action_open_document()
        self._by(order, self.leads_all).action_crm_tickets()   # may read them, not make one
        self.assertEqual(self._by(order, self.leads_all).action_crm_tickets()['context'], {'create': False})

    def test_document_that_is_gone(self):
        order = self._orders([(self.person, '2026-06-01', 100)], state='draft')
        ticket = self._ticket(res_model='sale.order', res_id=order.id)
        order.unlink()
        self.assertTrue(ticket.document_name)
        with self.assertRaisesRegex(UserError, "not there any more"):
            ticket.action_open_document()
