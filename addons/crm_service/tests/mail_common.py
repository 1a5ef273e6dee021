from email.message import EmailMessage
from itertools import count

from .common import ServiceCommon

_SERIAL = count(1)
UNKNOWN = 'Ursula New <ursula@new.example.com>'


class ServiceMailCommon(ServiceCommon):
    """Addresses of the teams, and mail as it comes from outside.

    hotline@our.example.com, workshop@our.example.com; catchall@our.example.com, bounce@our.example.com
    hotline@america.example.com
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['mail.alias.domain'].search([]).sequence = 900
        cls.domain, cls.domain_usd = cls.env['mail.alias.domain'].create([
            {'name': 'our.example.com', 'catchall_alias': 'catchall', 'bounce_alias': 'bounce', 'default_from': 'notices', 'sequence': 1},
            {'name': 'america.example.com', 'catchall_alias': 'catchall', 'bounce_alias': 'bounce', 'sequence': 2}])
        cls.company.alias_domain_id, cls.company_usd.alias_domain_id = cls.domain, cls.domain_usd
        for team, name in ((cls.hotline, 'hotline'), (cls.workshop, 'workshop'), (cls.hotline_usd, 'hotline')):
            team.write({'alias_name': name, 'alias_domain_id': team.company_id.alias_domain_id.id})
        cls.env.flush_all()

    @classmethod
    def _raw(cls, body="The pump leaks.", sender='Person <person@example.com>', to='hotline@our.example.com', subject="Pump", html=None,
             attachments=(), message_id=True, **headers):
        """Return the bytes of a mail.

        :param attachments: list of (name, bytes)
        :param headers: further ones, with _ for -
        """
        message = EmailMessage()
        if subject is not None:
            message['Subject'] = subject
        message['From'], message['To'] = sender, to
        message['Date'] = 'Mon, 15 Jun 2026 11:59:00 +0000'
        if message_id is True:
            message_id = f'<{next(_SERIAL)}@outside.example.com>'
        if message_id:
            message['Message-Id'] = message_id
        message.set_content(body)
        if html:
            message.add_alternative(html, subtype='html')
        for name, data in attachments:
            message.add_attachment(data, maintype='application', subtype='octet-stream', filename=name)
        for name, value in headers.items():
            message[name.replace('_', '-')] = value
        return message.as_bytes()

    def _receive(self, *args, raw=None, model=None, **kwargs):
        """Let a mail come in, as from a mail server; return (new tickets, mail kept aside by it)."""
        asides, tickets = self._asides(), self._all_tickets()
        self.env['mail.thread'].with_user(self.env.ref('base.user_root')).with_context(allowed_company_ids=None).message_process(
            model, raw or self._raw(*args, **kwargs))
        self.env.flush_all()
        return self._all_tickets() - tickets, self._asides() - asides

    def _all_tickets(self):
        return self.env['crm.ticket'].with_context(active_test=False).search([])

    def _asides(self):
        return self.env['crm.mail.aside'].search([])

    def _new(self, *args, **kwargs):
        """Let a mail come in that becomes one ticket, and return that."""
        tickets, asides = self._receive(*args, **kwargs)
        self.assertEqual((len(tickets), len(asides)), (1, 0), asides.mapped('reason'))
        return tickets

    def _reply(self, ticket, *args, to_message=None, **kwargs):
        """Let an answer come in that goes on a ticket; return its message."""
        before = ticket.message_ids
        tickets, asides = self._receive(*args, **({'In_Reply_To': to_message.message_id} if to_message else {}), **kwargs)
        self.assertFalse(tickets or asides, asides.mapped('reason'))
        return (ticket.message_ids - before).filtered(lambda message: message.message_type == 'email')

    def _notes(self, ticket):
        return " ".join(ticket.message_ids.filtered(lambda message: message.message_type == 'notification').mapped('body'))

    def _send_notices(self):
        """Run the queue of notices; return the mails that it wrote."""
        mails = self.env['mail.mail'].search([])
        self.env['crm.ticket.notice']._cron_send()
        return self.env['mail.mail'].search([]) - mails
