from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestInterestLetter(ServiceCommon):
    """Letters and quotations to those who asked about something."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topic = cls.env['crm.interest.topic'].create({'name': "Quiet pumps of tests"})
        cls.customer2.user_id = cls.rep
        cls.mine = cls._interest(cls.customer, cls.person, note="Is there a quieter one?", product_id=cls.product.id)
        cls.other = cls._interest(cls.customer2, cls.person2, topic_id=cls.topic.id, note="My neighbours complain")

    @classmethod
    def _interest(cls, partner, contact=None, day='2026-06-01', **vals):
        return cls.env['crm.interest'].create({
            'partner_id': partner.id, 'contact_id': contact.id if contact else False, 'company_id': cls.company.id, 'date': day, **vals})

    def _letter(self, interests=None, user=None, **vals):
        return self._as(user or self.rep)['crm.interest.letter'].create({
            'interest_ids': [Command.set((interests or self.mine + self.other).ids)], **vals})

    def _mails(self, partner):
        return self.env['mail.mail'].search([('recipient_ids', 'in', partner.ids)])

    def test_each_by_name_and_with_own_words(self):
        self._letter().action_send()
        for person, words in ((self.person, "Is there a quieter one?"), (self.person2, "My neighbours complain")):
            [mail] = self._mails(person)
            self.assertIn(words, mail.body_html)
            self.assertIn(f"Hello {person.name}", " ".join(mail.body_html.replace('<span>', '').replace('</span>', '').split()))
        self.assertEqual(str(self.mine.date_written), '2026-06-15')

    def test_one_letter_per_person(self):
        newer = self._interest(self.customer, self.person, '2026-06-10', note="And a bigger one?")
        self._letter(self.mine + newer).action_send()
        [mail] = self._mails(self.person)
        self.assertIn("And a bigger one?", mail.body_html)
        self.assertTrue(self.mine.date_written and newer.date_written)

    def test_left_out(self):
        self.person.crm_service_mute_care = True
        self.person2.email = False
        letter = self._letter()
        self.assertEqual((letter.person_count, letter.left_out_text), (0, "Person, Person 2"))
        letter.action_send()
        self.assertFalse(self._mails(self.person + self.person2))
        self.assertFalse(self.mine.date_written)

    def test_quotations_in_one_step(self):
        letter = self._letter(is_quoting=True, is_writing=False)
        with self.assertRaisesRegex(UserError, "Choose a product"):
            letter.action_send()
        self.assertFalse(self.mine.order_id)
        offer = self.env['product.product'].create({'name': "Quiet", 'list_price': 50})
        letter.product_ids = offer
        orders = self.env['sale.order'].search(letter.action_send()['domain'])
        self.assertEqual(len(orders), 2)
        self.assertEqual(self.mine.order_id.order_line.product_id, self.product + offer)
        self.assertEqual((self.other.order_id.partner_id, self.other.order_id.state), (self.person2, 'draft'))

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self._letter(user=self.employee)
        self._letter(user=self.agent).action_send()
        self.assertTrue(self._mails(self.person))
        with self.assertRaises(AccessError):    # an agent does not sell
            self._letter(user=self.agent, is_quoting=True, is_writing=False, interests=self.mine).action_send()

    def test_interest_heard_in_a_ticket(self):
        """Noted on the ticket's form by the agent, and written about like any other."""
        ticket = self._ticket()
        self.assertIn('name="interest_ids"', self._by(ticket).get_view(view_type='form')['arch'])
        self._by(ticket).write({'interest_ids': [Command.create({      # what the line of the form sends
            'partner_id': self.person.id, 'company_id': self.company.id, 'topic_id': self.topic.id, 'note': "One for the garden"})]})
        interest = ticket.interest_ids
        self.assertEqual(
            (interest.ticket_id, interest.partner_id, interest.contact_id, interest.company_id, interest.user_id),
            (ticket, self.customer, self.person, self.company, self.agent))
        self._letter(interest, self.agent).action_send()
        self.assertIn("One for the garden", self._mails(self.person).body_html)
