from email.message import EmailMessage

from odoo.tests import tagged

from .mail_common import ServiceMailCommon

COLLEAGUE = 'Agent <agent@our.example.com>'
HEADS = {
    'English': "-----Original Message-----\nFrom: {who}\nSent: Monday, June 15, 2026 1:00 PM\nTo: Agent\nSubject: The pump",
    'Gmail': "---- Forwarded message ---\nFrom: {who}\nDate: Mon, Jun 15, 2026 at 1:00 PM\nSubject: The pump\nTo: <a@our.example.com>",
    'German': "Von: {who}\nGesendet: Montag, 15. Juni 2026 13:00\nAn: Agent\nBetreff: Pumpe",
    'French': "De : {who}\nEnvoyé : lundi 15 juin 2026 13:00\nÀ : Agent\nObjet : Pompe",
    'Chinese': "发件人: {who}\n发送时间: 2026年6月15日 13:00\n收件人: Agent\n主题: 水泵",
}


@tagged('post_install', '-at_install')
class TestTicketMailForward(ServiceMailCommon):
    """A colleague who passes a customer's mail on is not the customer."""

    def test_quoted_heads(self):
        for language, head in HEADS.items():
            with self.subTest(language=language):
                ticket = self._new(f"Please see to it.\n\n{head.format(who='Person <person@example.com>')}\n\nIt leaks.",
                                   sender=COLLEAGUE, subject=f"WG: {language}")
                self.assertEqual((ticket.partner_id, ticket.email_from, ticket.title), (self.person, 'person@example.com', language))
                self.assertIn("Passed on by Agent", self._notes(ticket))
                message = ticket.message_ids.filtered(lambda message: message.message_type == 'email')
                self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertEqual(self._send_notices().recipient_ids, self.person)

    def test_quoted_as_html(self):
        ticket = self._new(
            "x", sender=COLLEAGUE,
            html="<div>Please</div><div><b>From:</b> Person &lt;<a href='mailto:person@example.com'>person@example.com</a>&gt;<br>"
            "<b>Sent:</b> Monday<br><b>Subject:</b> Pump</div><p>It leaks</p>", attachments=[('leak.txt', b'drip')])
        self.assertEqual(ticket.partner_id, self.person)
        self.assertEqual(ticket.message_ids.attachment_ids.mapped('name'), ['leak.txt'])

    def test_colleagues_in_between_are_skipped(self):
        text = "\n\n".join(HEADS['English'].format(who=who) for who in (
            'Agent 2 <agent2@our.example.com>', 'Hotline <hotline@our.example.com>', 'Ursula New <ursula@new.example.com>'))
        ticket = self._new(text, sender=COLLEAGUE)
        self.assertEqual(
            (ticket.partner_id, ticket.partner_name, ticket.email_from), (self.env['res.partner'], "Ursula New", 'ursula@new.example.com'))

    def test_attached_mail(self):
        inner = EmailMessage()
        inner['From'], inner['Subject'], inner['Message-Id'] = 'Person <person@example.com>', "Pump", '<inner@example.com>'
        inner.set_content("It leaks.")
        inner.add_attachment(b'drip', maintype='application', subtype='octet-stream', filename='leak.bin')
        outer = EmailMessage()
        outer['From'], outer['To'], outer['Subject'] = COLLEAGUE, 'hotline@our.example.com', "Fwd: Pump"
        outer.set_content("Please")
        outer.add_attachment(inner)
        ticket = self._new(raw=outer.as_bytes())
        self.assertEqual((ticket.partner_id, ticket.title), (self.person, "Pump"))
        names = ticket.message_ids.attachment_ids.mapped('name')
        self.assertIn('leak.bin', names)
        self.assertEqual(len(names), 2, "the mail and what was in it")
        self.assertEqual(self._send_notices().references, '<inner@example.com>')

    def test_not_found(self):
        ticket = self._new("A customer called: the pump leaks.", sender=COLLEAGUE)
        self.assertEqual((ticket.partner_id, ticket.email_from, ticket.partner_name), (self.env['res.partner'], False, False))
        self.assertIn("does not say for which customer", self._notes(ticket))
        self.assertFalse(self._send_notices())

    def test_customer_who_quotes_is_the_customer(self):
        ticket = self._new(HEADS['English'].format(who='Person 2 <person2@example.com>'))
        self.assertEqual(ticket.partner_id, self.person)
