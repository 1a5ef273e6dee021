from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import ServiceCommon


class ComplaintCommon(ServiceCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.area, cls.other_area = cls.env['crm.complaint.cause'].create([{'name': "Goods"}, {'name': "People"}])
        cls.cause = cls.env['crm.complaint.cause'].create({'name': "Seal", 'parent_id': cls.area.id})

    @classmethod
    def _complaint(cls, state=None, **vals):
        return cls._ticket(state, **{'type_id': cls.complaint.id, **vals})

    @classmethod
    def _known(cls, state=None, **vals):
        return cls._complaint(state, cause_id=cls.cause.id, remedy="New seal", **vals)


@tagged('post_install', '-at_install')
class TestComplaint(ComplaintCommon):
    """A complaint ends when its cause is known, something was done, and the customer says so."""

    def test_severity_only_of_complaints(self):
        self.assertEqual((self._complaint().severity, self._ticket().severity), ('minor', False))
        ticket = self._complaint(severity='critical')
        ticket.type_id = self.question
        self.assertFalse(ticket.severity)

    def test_not_over_without_cause_and_remedy(self):
        ticket = self._by(self._complaint())
        solved = self.env.ref('crm_service.crm_ticket_stage_solved')
        for do in (ticket.action_solve, ticket.action_close, lambda: ticket.write({'stage_id': solved.id})):
            with self.assertRaisesRegex(UserError, "needs this before it is over: Root Cause, Remedy"):
                do()
        ticket.cause_id = self.cause
        with self.assertRaisesRegex(UserError, "is over: Remedy"):
            ticket.action_solve()
        ticket.write({'stage_id': solved.id, 'remedy': "New seal"})   # together
        self.assertEqual((ticket.state, ticket.remedy), ('solved', "New seal"))
        with self.assertRaisesRegex(UserError, "is over: Remedy"):
            ticket.remedy = False
        self._by(self._ticket()).action_solve()   # a question needs none

    def test_the_customer_may_take_it_back(self):
        ticket = self._complaint()
        ticket._move('closed', role='customer')
        self.assertEqual(ticket.state, 'closed')

    def test_causes(self):
        self.assertEqual(self.cause.display_name, "Goods / Seal")
        self._known()
        self._complaint(cause_id=self.area.id)
        self._known('cancelled')
        self.assertEqual((self.area.complaint_count, self.cause.complaint_count, self.other_area.complaint_count), (2, 1, 0))
        self.assertEqual(self.env['crm.ticket'].search_count(self.area.action_open_complaints()['domain']), 3)
        with self.assertRaises(AccessError):
            self._by(self.cause).name = "Mine"
        self._by(self.cause, self.service_lead).name = "Seals"

    # ------------------------------------------------------------------
    # Compensation
    # ------------------------------------------------------------------

    def _billed(self, amount=100, partner=None, **kwargs):
        return self._invoices([(partner or self.customer, '2026-06-01', amount)], **kwargs)

    def test_credit_note_in_the_currency_of_the_invoice(self):
        invoice = self._billed(currency=self.usd)
        ticket = self._by(self._known(product_id=self.product.id))
        ticket.write({'compensation_ref': f" {invoice.name} ", 'compensation_amount': 30})
        self.assertEqual((ticket.compensation_invoice_id.id, ticket.compensation_currency_id), (invoice.id, self.usd))
        with self.assertRaisesRegex(AccessError, "team lead or accounting"):
            ticket.action_credit_note()
        action = self._by(ticket, self.service_lead).action_credit_note()
        self.assertEqual(action['tag'], 'display_notification')   # a lead without the right to invoices is told
        note = ticket.sudo().credit_note_id
        self.assertEqual(
            (note.move_type, note.state, note.currency_id, note.amount_untaxed, note.reversed_entry_id, note.partner_id, note.company_id),
            ('out_refund', 'draft', self.usd, 30, invoice, self.customer, self.company))
        self.assertEqual(note.invoice_line_ids.account_id, invoice.invoice_line_ids.account_id)
        self.assertIn(ticket.name, note.invoice_line_ids.name)
        with self.assertRaises(AccessError):
            note.with_env(self._as(self.service_lead)).action_post()
        note.with_env(self._as(self.finance)).action_post()
        self.assertEqual((ticket.credit_note_state, note.amount_untaxed_signed), ('posted', -7.5))   # 1 EUR = 4 USD

    def test_never_twice(self):
        invoice = self._billed()
        ticket = self._known(compensation_ref=invoice.name, compensation_amount=60)
        ticket.action_credit_note()
        with self.assertRaisesRegex(UserError, "a credit note for this complaint already"):
            ticket.action_credit_note()
        second = self._known(compensation_ref=invoice.name, compensation_amount=41)
        with self.assertRaisesRegex(UserError, "leaves .*40.00.* to credit"):
            second.action_credit_note()
        ticket.credit_note_id.button_cancel()
        ticket.action_credit_note()
        self.assertEqual(ticket.credit_note_id.state, 'draft')

    def test_what_is_missing_is_said(self):
        invoice = self._billed()
        for vals, words in (
                ({'compensation_amount': 5}, "which invoice"), ({'compensation_ref': invoice.name}, "how much"),
                ({'type_id': self.question.id, 'compensation_amount': 5}, "Only complaints")):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._complaint(**vals).action_credit_note()

    def test_only_invoices_of_the_customer(self):
        theirs, draft = self._billed(partner=self.customer2), self._billed(post=False)
        refund = self._refunds([(self.customer, '2026-06-01', 10)])
        abroad = self._billed(company=self.company_usd)
        abroad.name = 'ABROAD/1'
        for number in (theirs.name, draft.name or 'x', refund.name, abroad.name, 'NO/1', '%'):
            with self.subTest(number=number), self.assertRaisesRegex(ValidationError, "has no posted invoice"):
                self._by(self._complaint()).compensation_ref = number
        with self.assertRaisesRegex(ValidationError, "another customer's"):
            self._complaint(compensation_invoice_id=theirs.id)

    def test_kept_fields_are_not_entered(self):
        ticket = self._by(self._complaint(), self.service_lead)
        for vals in ({'credit_note_id': self._billed().id}, {'customer_verdict': 'satisfied'}, {'verdict_asked': False}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                ticket.write(vals)

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def test_asked_when_solved_in_the_customers_language(self):
        ticket = self._by(self._known())
        ticket.action_solve()
        self.assertEqual(ticket.verdict_asked, datetime(2026, 6, 15, 12))
        mail = ticket.message_ids.filtered(lambda message: message.message_type == 'auto_comment')
        self.assertEqual(mail.notified_partner_ids, self.person)
        self.assertIn("New seal", mail.body)
        self.assertIn(f"/service/complaint/{ticket.id}?access_token={ticket.sudo().access_token}", mail.body)
        self.assertFalse(ticket.date_first_response)   # a question of the machine is no answer of ours
        question = self._by(self._ticket())
        question.action_solve()
        self.assertFalse(question.verdict_asked)

    def test_satisfied_closes(self):
        ticket = self._known('solved')
        ticket._set_verdict('satisfied', "Well done")
        self.assertEqual(
            (ticket.state, ticket.customer_verdict, ticket.verdict_note, ticket.verdict_date),
            ('closed', 'satisfied', "Well done", datetime(2026, 6, 15, 12)))

    def test_not_satisfied_opens_again(self):
        ticket = self._known('solved')
        ticket._set_verdict('unsatisfied', "<b>Still leaks</b>")
        self.assertEqual((ticket.state, ticket.reopen_count, ticket.is_answer_due), ('open', 1, True))
        message = ticket.message_ids.filtered(lambda message: message.author_id == self.person)
        self.assertIn("&lt;b&gt;Still leaks", message.body)
        with self.assertRaisesRegex(UserError, "still working on it"):
            ticket._set_verdict('satisfied')
        with freeze_time('2026-06-16 08:00:00'):
            self._by(ticket).action_solve()   # asked anew
        self.assertEqual((ticket.customer_verdict, ticket.verdict_asked), (False, datetime(2026, 6, 16, 8)))

    def test_told_by_phone(self):
        first, second = self._by(self._known('solved')), self._by(self._known('solved'))
        first.action_verdict_satisfied()
        second.action_verdict_unsatisfied()
        self.assertEqual((first.state, second.state), ('closed', 'open'))
        self.assertIn("The customer told Agent: Satisfied", "".join(first.message_ids.mapped('body')))
        for user in (self.agent3, self.rep):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(first, user).action_verdict_unsatisfied()

    # ------------------------------------------------------------------
    # What comes again
    # ------------------------------------------------------------------

    def _report(self, tickets, user=None):
        self.env.flush_all()
        return {row.ticket_id: row for row in self.env['crm.complaint.report'].with_env(
            self._as(user) if user else self.env).search([('ticket_id', 'in', tickets.ids)])}

    def test_recurring_within_twelve_months(self):
        first = self._known(date_opened='2025-06-15 12:00:00', product_id=self.product.id)
        at = self._known(date_opened='2026-06-15 12:00:00', product_id=self.product.id)
        after = self._known(date_opened='2026-06-15 12:00:01')
        elsewhere = self._known(date_opened='2026-06-15 12:00:02', partner_id=self.person2.id, product_id=self.product.id)
        other_cause = self._complaint(cause_id=self.other_area.id)
        unknown, gone = self._complaint(), self._known('cancelled')
        abroad = self._known(company=self.company_usd, product_id=self.product.id)
        rows = self._report(first + at + after + elsewhere + other_cause + unknown + gone + abroad)
        self.assertEqual(
            {ticket: (rows[ticket].customer_nth, rows[ticket].product_nth, rows[ticket].is_recurring) for ticket in rows},
            {first: (1, 1, False), at: (2, 2, True), after: (2, 0, True), elsewhere: (1, 2, True), other_cause: (1, 0, False),
             unknown: (0, 0, False), abroad: (1, 1, False)})
        self.assertEqual((rows[at].area_id, rows[other_cause].area_id), (self.area, self.other_area))

    def test_report_counts_what_is_posted_and_shows_what_one_may_see(self):
        invoice = self._billed(currency=self.usd)
        ticket = self._known(compensation_ref=invoice.name, compensation_amount=20)
        ticket.action_credit_note()
        self.assertEqual(self._report(ticket)[ticket].credited, 0)
        ticket.credit_note_id.action_post()
        self.env['crm.complaint.report'].invalidate_model()
        self.assertEqual(self._report(ticket)[ticket].credited, 5)
        for user, sees in ((self.agent, True), (self.agent3, False), (self.service_manager, True), (self.rep, True), (self.rep2, False)):
            with self.subTest(user=user.name):
                self.assertEqual(bool(self._report(ticket, user)), sees)
        with self.assertRaises(AccessError):
            self._report(ticket, self.employee)

    # ------------------------------------------------------------------
    # Praise
    # ------------------------------------------------------------------

    def test_praise_counts_for_the_person(self):
        praise = self._by(self._tickets(2, type_id=self.praise.id))
        praise.praised_user_id = self.agent2
        self._ticket('cancelled', type_id=self.praise.id, praised_user_id=self.agent2.id)
        chips = self.agent2.partner_id.with_env(self._as(self.agent3))._compute_application_statistics_hook()[self.agent2.partner_id.id]
        self.assertEqual([chip['value'] for chip in chips if chip['iconClass'] == 'fa-heart'], [2])
        with self.assertRaisesRegex(ValidationError, "by a colleague"):
            praise[0].praised_user_id = self.agent
        action = self.env['ir.actions.act_window']._for_xml_id('crm_service.crm_praise_action')
        self.assertEqual(len(self.env['crm.ticket'].search([('kind', '=', 'praise'), ('id', 'in', praise.ids)])), 2)
        self.assertIn('praise', action['domain'])

    def test_open_tickets_on_the_contact(self):
        self._ticket()
        self._ticket('solved')
        for user, values in ((self.agent, [1]), (self.agent3, []), (self.employee, [])):
            chips = self.customer.with_env(self._as(user))._compute_application_statistics_hook()[self.customer.id]
            with self.subTest(user=user.name):
                self.assertEqual([chip['value'] for chip in chips if chip['iconClass'] == 'fa-life-ring'], values)


@tagged('post_install', '-at_install')
class TestComplaintPage(ComplaintCommon, HttpCase):
    """The page on which the customer says whether a complaint is settled."""

    def setUp(self):
        super().setUp()
        self.ticket = self._known('solved')
        self.url = self.ticket._verdict_url()
        self.env.flush_all()

    def _post(self, page, **data):
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(f'/service/complaint/{self.ticket.id}/verdict', data={'csrf_token': token, **data})

    def test_says_yes(self):
        page = self.url_open(self.url)
        self.assertIn("New seal", page.text)
        self.assertEqual(self.ticket.customer_verdict, False)   # looking says nothing
        page = self._post(page, access_token=self.ticket.access_token, verdict='satisfied', note="Fine")
        self.assertIn("glad that it is settled", page.text)
        self.ticket.invalidate_recordset()
        self.assertEqual((self.ticket.state, self.ticket.customer_verdict), ('closed', 'satisfied'))
        self.assertNotIn("Yes, it is settled", page.text)

    def test_in_the_customers_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.person.lang = 'zh_CN'
        self.env['crm.ticket'].flush_model()
        page = self.url_open(self.url)
        self.assertIn('lang="zh-CN"', page.text)
        self.assertIn("登录", page.text)

    def test_holes(self):
        page = self.url_open(self.url)
        other = self._known('solved')
        self.env.flush_all()
        self.assertEqual(self.url_open(f'/service/complaint/{self.ticket.id}').status_code, 404)
        self.assertEqual(self.url_open(f'/service/complaint/{other.id}?access_token={self.ticket.access_token}').status_code, 404)
        self.assertEqual(self.url_open('/service/complaint/999999999?access_token=x').status_code, 404)
        by_get = self.url_open(f'{self.url.replace("?", "/verdict?")}&verdict=satisfied')
        self.assertIn(by_get.status_code, (404, 405))
        self.assertEqual(self._post(page, access_token='guess', verdict='satisfied').status_code, 404)
        self.assertEqual(self._post(page, access_token=self.ticket.access_token, verdict='great').status_code, 404)
        forged = self.url_open(
            f'/service/complaint/{self.ticket.id}/verdict', data={'access_token': self.ticket.access_token, 'verdict': 'satisfied'})
        self.assertEqual(forged.status_code, 400)
        question = self._ticket('solved')
        self.assertEqual(self.url_open(question._verdict_url()).status_code, 404)
        self.ticket.invalidate_recordset()
        self.assertEqual((self.ticket.customer_verdict, self.ticket.state, other.state), (False, 'solved', 'solved'))
