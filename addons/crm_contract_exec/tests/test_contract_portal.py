from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCommon


@tagged('post_install', '-at_install')
class TestContractPortal(PortalCommon):

    def test_own_contracts_are_listed(self):
        draft, other = self._contract(total=10, title="Draft one"), self._contract(total=10, partner=self.customer2, state='signed')
        self.authenticate(self.buyer.login, self.buyer.login)
        page = self.url_open('/my/contracts').text
        self.assertIn(self.contract.name, page)
        self.assertNotIn(draft.name, page)
        self.assertNotIn(other.name, page)
        self.assertIn("There are no contracts", self.url_open('/my/contracts?filterby=done').text)
        counters = self.make_jsonrpc_request('/my/counters', {'counters': ['contract_count', 'contract_sign_count']})
        self.assertEqual((counters['contract_count'], counters['contract_sign_count']), (1, 1))

    def test_page(self):
        page = self._page().text
        for text in ("Pumps", "Advance", "Handover", "Sign Contract", "1,200.00"):
            self.assertIn(text, page)
        self.assertNotIn("Own Task", page)

    def test_what_was_done(self):
        """Deliveries by the day on which they left, invoices with what is open of them, how far the plan is, and the contract on paper."""
        self._run_contract()
        self._deliver(self.order, 4, '2026-06-10')
        invoice = self.order._create_invoices()
        invoice.invoice_date = '2026-06-11'
        invoice.action_post()
        self._pay([(invoice, '2026-06-12', 300)])
        foreign = self._invoices([(self.customer, '2026-06-11', 77)])
        page = self._page().text
        for text in (*self.order.picking_ids.mapped('name'), "06/10/2026", invoice.name, "900.00", "40 %", "25 %", "In part"):
            with self.subTest(text=text):
                self.assertIn(text, page)
        self.assertNotIn(foreign.name, page)
        paper = self.url_open(self._url() + '?report_type=html')
        self.assertEqual(paper.status_code, 200)
        for text in (self.contract.name, "Pumps", "Goods", "Advance"):
            self.assertIn(text, paper.text)
        self.assertNotIn("Pumps", self._page('?report_type=html', self.stranger).text)
        self.authenticate(self.buyer.login, self.buyer.login)
        self.assertIn("(0 / 2)", self.url_open('/my/contracts').text)

    def test_denied(self):
        """Others, nobody, wrong tokens, and what is not agreed yet: sent away, whichever page they ask for."""
        draft = self._contract(total=10, title="Secret")
        token = draft._portal_ensure_token()
        step = self._step("Advance")
        for user, path, given, contract in (
                (self.stranger, '', None, None), (False, '', None, None), (False, '', 'wrong', None), (self.stranger, '', 'wrong', None),
                (self.buyer, '', None, draft), (False, '', token, draft), (self.stranger, f'/steps/{step.id}/pay', None, None),
                (self.buyer, '/documents/999999', None, None), (self.buyer, '/steps/999999/pay', None, None)):
            with self.subTest(user=user and user.login, path=path, token=given):
                response = self._page(path, user, given, contract)
                self.assertNotIn('/my/contracts/', response.url)
                self.assertNotIn("Pumps", response.text)
                self.assertNotIn("Secret", response.text)

    def test_token(self):
        self.assertIn("Advance", self._page(user=False, token=self.contract._portal_ensure_token()).text)

    def test_no_access_to_models(self):
        for model in ('crm.contract', 'crm.contract.step', 'crm.contract.amendment', 'crm.status.mail'):
            with self.subTest(model=model), self.assertRaises(AccessError), mute_logger('odoo.models'):
                self.env[model].with_user(self.buyer).search([])

    def test_sign(self):
        answer = self._send('/sign', self.stranger)
        self.assertIn("cannot be found", answer['error'])
        self.assertIn("sign", self._send('/sign', signature=None)['error'])
        self.assertIn("cannot be read", self._send('/sign', signature='!')['error'])
        self.assertEqual(self.contract.state, 'approved')
        answer = self._send('/sign')
        self.assertIn('message=signed', answer['redirect_url'])
        self.assertIn(self.contract.state, ('signed', 'executing'))
        self.assertEqual((self.contract.signed_by, bool(self.contract.signature), self.contract.date_signed), ("Person", True, self.TODAY))
        self.assertIn("cannot be done", self._send('/sign')['error'])

    def test_accept(self):
        step = self._step("Handover")
        self.assertIn("not to be accepted", self._send(f'/steps/{step.id}/accept')['error'])
        self._run_contract()
        other = self._contract(total=10, state='signed')
        self.assertIn("does not belong", self._send(f'/steps/{step.id}/accept', contract=None) and self._other(other, step)['error'])
        self.env.invalidate_all()
        self.assertEqual((step.state, step.confirmed_by, step.date_confirmed, bool(step.signature)), ('done', "Person", self.TODAY, True))
        self.assertIn("Confirmed by Person", step.message_ids[0].body)
        self.assertIn("not to be accepted", self._send(f'/steps/{step.id}/accept')['error'])
        self.assertIn("not to be accepted", self._send(f"/steps/{self._step('Advance').id}/accept")['error'])

    def _other(self, contract, step):
        mine, self.contract = self.contract, contract
        try:
            return self._send(f'/steps/{step.id}/accept')
        finally:
            self.contract = mine

    def _run_contract(self):
        self.contract.action_sign()
        self.contract.filtered(lambda contract: contract.state == 'signed').action_start()

    def test_sign_an_amendment(self):
        self._run_contract()
        amendment = self.env['crm.contract.amendment'].create({'contract_id': self.contract.id, 'reason': "More to pump"})
        amendment.line_ids.price_unit = 110
        self.assertNotIn("More to pump", self._page().text)
        self.assertIn("cannot be done", self._send(f'/amendments/{amendment.id}/sign')['error'])
        self._by(amendment, self.manager).action_submit()
        self.assertIn("More to pump", self._page().text)
        self._send(f'/amendments/{amendment.id}/sign')
        self.env.invalidate_all()
        self.assertEqual((amendment.state, amendment.signed_by, bool(amendment.signature)), ('applied', "Person", True))
        self.assertEqual((self.contract.amount_total, self._step("Final").amount), (1320, 920))

    def test_pay(self):
        """An instalment leads to the invoice to be paid; what cannot be paid says so."""
        step = self._step("Advance")
        self.assertIn('message=no_payment', self._page(f'/steps/{step.id}/pay').url)
        self._run_contract()
        invoice = self.order._create_invoices()
        invoice.invoice_date = '2026-06-15'
        invoice.action_post()
        response = self._page(f'/steps/{step.id}/pay')
        self.assertNotIn('no_payment', response.url)
        self.assertIn('amount=400', response.url + response.history[-1].headers.get('Location', ''))

    def test_documents(self):
        shared, kept = self.env['crm.contract.document'].create([
            {'name': f"{name}.txt", 'contract_id': self.contract.id, 'file': 'SGVsbG8=', 'is_shared': share}
            for name, share in (("annex", True), ("internal", False))])
        page = self._page().text
        self.assertIn("annex.txt", page)
        self.assertNotIn("internal.txt", page)
        self.assertEqual(self._page(f'/documents/{shared.id}').content, b"Hello")
        self.assertNotIn(b"Hello", self._page(f'/documents/{kept.id}').content)
        self.assertNotIn(b"Hello", self._page(f'/documents/{shared.id}', self.stranger).content)
