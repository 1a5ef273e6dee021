import logging
import sys
from collections import Counter

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import mail_odd
from .mail_common import ServiceMailCommon

_logger = logging.getLogger(__name__)
QUIET = (
    'odoo.addons.crm_service.models.mail_thread', 'odoo.addons.mail.models.mail_thread', 'odoo.sql_db', 'odoo.tools.mail',
    'odoo.tools.image', 'odoo.addons.base.models.ir_attachment', 'py.warnings')


@tagged('post_install', '-at_install')
class TestTicketMailOdd(ServiceMailCommon):
    """Whatever comes in becomes a ticket, goes on one, or is kept aside with a reason: no exception, and nothing is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hotline.write({'mail_quiet_limit': 0, 'mail_aside_limit': 0})
        # the clock stands: without this, mail that differs in its damage only would be the same words at the same time
        cls.classPatch(cls.registry['crm.ticket'], '_mail_twin', lambda self, *args: self.browse())
        cls.made, cls.shipped = mail_odd.made(), mail_odd.shipped()

    def _tally(self, mails):
        """Let all the mails in and return what became of them, as counts.

        Counts messages, not answers of the gateway: one for each that came.
        """
        tally = Counter()
        for name, raw in mails:
            with self.subTest(mail=name), mute_logger(*QUIET):
                tickets, asides, messages = self._counts()
                self.env['mail.thread'].with_user(self.env.ref('base.user_root')).message_process('crm.ticket', raw, {
                    'team_id': self.hotline.id, 'company_id': self.company.id})
                self.env.flush_all()
                new_tickets, new_asides, new_messages = (
                    now - before for now, before in zip(self._counts(), (tickets, asides, messages), strict=True))
                self.assertEqual(new_messages + new_asides, 1, "one mail came: one is there")
                self.assertLessEqual(new_tickets, new_messages)
                if new_asides:
                    aside = self.env['crm.mail.aside'].search([], order='id desc', limit=1)
                    self.assertEqual(aside.attachment_id.raw or b'', raw)
                    tally[aside.reason] += 1
                else:
                    tally['ticket' if new_tickets else 'reply'] += 1
        _logger.info("Of %s mails: %s", len(mails), dict(tally))
        return tally

    def _counts(self):
        return (
            self.env['crm.ticket'].search_count([]), self.env['crm.mail.aside'].search_count([]),
            self.env['mail.message'].search_count([('model', '=', 'crm.ticket'), ('message_type', '=', 'email')]))

    def test_made(self):
        self.assertGreater(len(self.made), 70)
        tally = self._tally(self.made)
        self.assertEqual(tally.total(), len(self.made))
        self.assertGreater(tally['ticket'], 50, "most odd mail can be read")
        tickets = self.env['crm.ticket'].search([('email_from', '=like', 'odd%@odd.example.com')])
        self.assertFalse(tickets.filtered(lambda ticket: set(ticket.title) & set("\r\n\x00") or len(ticket.title) > 250))
        self.assertFalse(tickets.filtered(lambda ticket: '<script' in (ticket.description or '')))
        self._send_notices()
        self.assertFalse(tickets.notice_ids.filtered(lambda notice: notice.state == 'failed').mapped('error'))

    def test_mutated(self):
        mails = mail_odd.mutated([(name, raw) for name, raw in self.made if len(raw) < 20_000], 150)
        self.assertEqual(self._tally_unique(mails), len(mails))

    def test_shipped_with_python(self):
        """Debian leaves Python's tests out: there, odd mail of our own making has to do."""
        mails = self.shipped
        if not mails:
            self.assertNotIn('pyenv', sys.base_prefix)
            mails = mail_odd.mutated(self.made, 20, seed=1)
        else:
            self.assertGreater(len(mails), 40)
            mails = mails + mail_odd.mutated(mails, 60, seed=2)
        self.assertEqual(self._tally_unique(mails), len(mails))

    def _tally_unique(self, mails):
        """Let mails in that are told apart by their identity, where they have one; return how many have been found again."""
        return self._tally([
            (name, b"Message-Id: <%d.odd@odd.example.com>\r\n" % number + raw) for number, (name, raw) in enumerate(mails)]).total()

    def test_kept_aside_becomes_a_ticket(self):
        """The lead makes tickets of what could not be read."""
        names = ('charset unknown', 'codec that is no charset', 'rfc822 as base64', 'binary', 'nothing')
        broken = [(name, raw) for name, raw in self.made if name in names]
        before = self._asides()
        self._tally(broken)
        for aside in self._asides() - before:
            with self.subTest(mail=aside.name, reason=aside.reason), mute_logger(*QUIET):
                aside.team_id = self.hotline
                self._by(aside, self.service_manager).action_make_ticket()
                self.assertEqual((aside.state, aside.ticket_id.team_id), ('used', self.hotline))
