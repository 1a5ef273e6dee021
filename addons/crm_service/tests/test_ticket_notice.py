from odoo.exceptions import AccessError
from odoo.tests import tagged

from .mail_common import ServiceMailCommon


@tagged('post_install', '-at_install')
class TestTicketNotice(ServiceMailCommon):
    """What customers are told by itself, and what all mail about a ticket bears."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.solved = cls.env.ref('crm_service.mail_template_ticket_solved')
        cls.env.ref('crm_service.crm_ticket_stage_solved').template_id = cls.solved
        cls.env.ref('crm_service.crm_ticket_stage_closed').template_id = cls.env.ref('crm_service.mail_template_ticket_closed')

    def test_told_when_a_stage_is_entered(self):
        ticket = self._ticket(title="The <b>pump</b>")
        self._by(ticket).action_solve()
        mail = self._send_notices()
        self.assertEqual((mail.subject, mail.recipient_ids), (f"[{ticket.name}] Solved: The <b>pump</b>", self.person))
        self.assertIn("The &lt;b&gt;pump&lt;/b&gt;", mail.body_html)
        self.assertIn("It is not solved", mail.body_html)
        self.assertIn(f'/my/tickets/{ticket.id}?access_token={ticket.access_token}', mail.body_html)
        self.assertFalse(ticket.log_ids.filtered(lambda log: log.event == 'replied'), "nobody has answered")
        self._by(ticket).action_close()
        mail = self._send_notices()
        self.assertEqual(mail.subject, f"[{ticket.name}] Closed: The <b>pump</b>")
        self.assertIn("14", mail.body_html)

    def test_in_each_customers_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.solved.with_context(lang='zh_CN').subject = "已解决：{{ object.title }}"
        self.person2.lang = 'zh_CN'
        tickets = self._tickets(1) + self._tickets(1, partner_id=self.person2.id)
        tickets._move('solved')
        mails = {mail.recipient_ids: mail.subject for mail in self._send_notices()}
        self.assertEqual(mails, {
            self.person: f"[{tickets[0].name}] Solved: Ticket 1", self.person2: f"[{tickets[1].name}] 已解决：Ticket 1"})

    def test_not_told(self):
        reopened, merged, nameless = self._tickets(3)
        unwanted = self._ticket(partner_id=self.person2.id)
        self.person2.crm_service_mute_solved = True
        nameless.write({'partner_id': False, 'email_from': False})
        (reopened + merged + nameless + unwanted)._move('solved')
        reopened._move('open')
        merged.sudo().merged_into_id = reopened
        self.assertFalse(self._send_notices())
        self.assertEqual((reopened + merged + nameless + unwanted).notice_ids.mapped('state'), ['dropped'] * 4)

    def test_stage_change_of_many_is_cheap(self):
        tickets = self._tickets(100)
        self.env.flush_all()
        stage = self.env.ref('crm_service.crm_ticket_stage_solved')
        with self.assertQueryCount(30):
            tickets.write({'stage_id': stage.id})
            self.env.flush_all()
        self.assertEqual(len(self._send_notices()), 100)

    def test_answer_bears_number_and_comes_back_to_the_team(self):
        ticket = self._ticket()
        before = self.env['mail.mail'].search([])
        self._by(ticket).message_post(
            body="Done", subject="About\r\nBcc: all@x.example.com", message_type='comment', subtype_xmlid='mail.mt_comment',
            partner_ids=self.person.ids)
        mail = (self.env['mail.mail'].search([]) - before).filtered(lambda mail: self.person in mail.recipient_ids)
        self.assertEqual(mail.subject, f"[{ticket.name}] About Bcc: all@x.example.com")
        self.assertIn('<hotline@our.example.com>', mail.reply_to)
        ticket.team_id = False
        message = self._answer(ticket)
        self.assertIn('catchall@our.example.com', message.reply_to)

    def test_composer_to_many(self):
        tickets = self._tickets(2)
        before = self.env['mail.mail'].search([])
        composer = self.env['mail.compose.message'].with_context(
            default_composition_mode='mass_mail', default_model='crm.ticket', default_res_ids=tickets.ids).create({
                'subject': "News", 'body': "<p>Hello</p>", 'auto_delete': False})
        composer.action_send_mail()
        mails = self.env['mail.mail'].search([]) - before
        self.assertEqual(set(mails.mapped('subject')), {f"[{ticket.name}] News" for ticket in tickets})

    def test_who_sees_and_retries(self):
        ticket = self._ticket('solved')
        self.assertEqual(len(self._by(ticket).notice_ids), 1)
        self.assertFalse(self._by(self.env['crm.ticket.notice'], self.agent3).search([('ticket_id', '=', ticket.id)]))
        with self.assertRaises(AccessError):
            self._by(ticket.notice_ids).action_retry()
