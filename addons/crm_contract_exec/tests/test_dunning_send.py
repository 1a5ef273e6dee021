from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .dunning_common import DunningCommon


@tagged('post_install', '-at_install')
class TestDunningSend(DunningCommon):
    """What happens to a proposal."""

    def _send(self):
        self.env['crm.dunning.letter']._cron_send()

    def test_confirm(self):
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        run = self._run()
        run.action_confirm()
        self.assertEqual((run.state, run.letter_ids.state, run.line_ids.state), ('confirmed', 'confirmed', 'sent'))
        self._send()
        self.assertEqual(run.letter_ids.state, 'sent')
        mail = self.env['mail.mail'].search([('model', '=', 'crm.dunning.letter'), ('res_id', '=', run.letter_ids.id)])
        self.assertEqual((mail.subject, mail.recipient_ids), ("Overlooked?", self.customer))
        self.assertIn(invoice.name, mail.body_html)
        self.assertIn("Please look", mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self._send()
        self.assertEqual(self.env['mail.mail'].search_count([('model', '=', 'crm.dunning.letter'), ('res_id', '=', run.letter_ids.id)]), 1)

    def test_never_twice(self):
        """The next run duns nothing again, not even one that was proposed before the first was confirmed."""
        self._invoices([(self.customer, '2026-06-01', 100)])
        run, other = self._run(), self._run()
        run.action_confirm()
        other.action_confirm()
        self.assertEqual((other.letter_ids.state, self._dunned(other)), ('out', []))
        self.assertEqual(self._dunned(self._run()), [])
        with self.assertRaises(UserError):
            run.action_confirm()
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
            run.line_ids.copy({'run_id': other.id, 'letter_id': False, 'state': 'sent'})
            self.env.flush_all()

    def test_settled_since(self):
        """Paid, promised and partly paid between proposal and confirmation."""
        paid, promised, partly = self._invoices([
            (self.customer, '2026-06-01', 100), (self.customer, '2026-06-02', 60), (self.customer, '2026-06-03', 40)])
        run = self._run()
        self._pay([(paid, '2026-06-15', 100), (partly, '2026-06-15', 10)])
        self.env['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'amount': 60, 'date': '2026-06-20', 'currency_id': self.eur.id,
            'move_ids': promised.ids})
        run.action_confirm()
        self.assertEqual(self._dunned(run), [(partly.name, 30, "First")])
        self.assertEqual(self._out(run), [(100, 'paid'), (60, 'promised')])
        self.assertEqual(run.letter_ids.amount, 30)

    def test_sign_off(self):
        invoice = self._invoices([(self.customer, '2026-04-01', 100)])
        self._sent(invoice, self.second, '2026-06-01')
        run = self._run()
        self.assertEqual((run.unsigned_count, run.letter_ids.channel), (1, 'letter'))
        with self.assertRaises(UserError):
            run.action_confirm()
        with self.assertRaises(AccessError):
            self._by(run.letter_ids, self.finance).action_sign_off()
        chief = self.manager
        chief.group_ids += self.chiefs
        self._by(run.letter_ids, chief).action_sign_off()
        self.assertEqual((run.letter_ids.signed_by_id, run.unsigned_count), (chief, 0))
        run.action_confirm()
        self._send()
        self.assertEqual(run.letter_ids.state, 'sent')
        self.assertEqual(run.action_print()['report_name'], 'crm_contract_exec.report_dunning_letter')

    def test_leave_out(self):
        invoice, other = self._invoices([(self.customer, '2026-06-01', 100), (self.customer2, '2026-06-01', 50)])
        run = self._run()
        letter = run.letter_ids.filtered(lambda letter: letter.partner_id == self.customer)
        letter.action_leave_out()
        letter.action_take_in()
        letter.action_leave_out()
        run.action_confirm()
        self.assertEqual(self._dunned(run), [(other.name, 50, "First")])
        self.assertEqual(self._dunned(self._run()), [(invoice.name, 100, "First")])
        with self.assertRaises(UserError):
            letter.action_take_in()

    def test_call(self):
        self.first.channel = 'call'
        self._invoices([(self.customer, '2026-06-01', 100)])
        run = self._run()
        run.action_confirm()
        self._send()
        self.assertEqual(run.letter_ids.activity_ids.user_id, self.rep)

    def test_no_address(self):
        """Without a mail address a mail becomes a letter."""
        self._invoices([(self.customer2, '2026-06-01', 100)])
        self.assertEqual(self._run().letter_ids.channel, 'letter')

    def test_language(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.first.with_context(lang='fr_FR').write({'subject': "Oublié ?", 'body': "<p>Regardez</p>"})
        self.customer.lang = 'fr_FR'
        self._invoices([(self.customer, '2026-06-01', 100)])
        run = self._run()
        html = self.env['ir.actions.report']._render_qweb_html('crm_contract_exec.report_dunning_letter', run.letter_ids.ids)[0].decode()
        self.assertIn("Oublié ?", html)
        self.assertIn("Regardez", html)
        run.action_confirm()
        self._send()
        mail = self.env['mail.mail'].search([('model', '=', 'crm.dunning.letter'), ('res_id', '=', run.letter_ids.id)])
        self.assertEqual(mail.subject, "Oublié ?")
        self.assertIn("Regardez", mail.body_html)

    def test_cancel_and_delete(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        run = self._run()
        run.action_cancel()
        with self.assertRaises(UserError):
            run.action_confirm()
        self.assertEqual(len(self._dunned(self._run())), 1)
        sent = self._run()
        sent.action_confirm()
        with self.assertRaises(UserError):
            sent.unlink()

    def test_timeline(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        run = self._run()
        timeline = self.env['crm.timeline'].with_context(allowed_company_ids=self.company.ids).with_company(self.company)
        self.assertFalse(timeline.get_timeline(self.customer.id, kinds=['dunning'])['items'])
        run.action_confirm()
        items = timeline.get_timeline(self.customer.id, kinds=['dunning'])['items']
        self.assertEqual([(item['title'], item['amount'], item['direction']) for item in items], [("First", 100, 'out')])
