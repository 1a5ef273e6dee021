from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestAmendmentApproval(ContractCommon):
    """Amendments are approved by whom the contract's type names: ``lead`` from 1,000 EUR or 15 % discount on, ``finance`` from 5,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_lead, cls.of_finance = cls.env['crm.contract.approver'].create([
            {'type_id': cls.contract_type.id, 'user_id': cls.lead.id, 'from_amount': 1000, 'from_discount': 15, 'currency_id': cls.eur.id},
            {'type_id': cls.contract_type.id, 'user_id': cls.finance.id, 'from_amount': 5000, 'currency_id': cls.eur.id}])

    def _submitted(self, total, amended, user=None, **vals):
        """Return an amendment of a contract without orders, submitted by a user (default: the rep)."""
        contract = self._contract(total=total, state='signed', **vals)
        amendment = self._by(self.env['crm.contract.amendment'], user).create({
            'contract_id': contract.id, 'reason': "Agreed by phone", 'manual_untaxed': amended, 'manual_total': amended})
        amendment.action_submit()
        return amendment.sudo()

    def _open(self, amendment):
        return amendment.approval_ids.filtered(lambda approval: approval.state == 'open').user_id

    def test_thresholds(self):
        """The amount as amended counts, or what changes; up or down."""
        nobody = self.env['res.users']
        cases = [
            (500, 999.99, nobody), (500, 1000, self.lead), (2000, 2001, self.lead), (4000, 5000, self.lead | self.finance),
            (1100, 101, nobody), (1100, 100, self.lead), (6000, 1000, self.lead | self.finance), (6000, 1001, self.lead)]
        for total, amended, asked in cases:
            with self.subTest(total=total, amended=amended):
                amendment = self._submitted(total, amended)
                self.assertEqual((self._open(amendment), amendment.state), (asked, 'approval' if asked else 'approved'))
                self.assertEqual(set(amendment.approval_ids.mapped('amount')), {amended} if asked else set())

    def test_discount(self):
        """A price below the list, of a line of the order and of one that comes on top."""
        self.goods.list_price = 400   # USD of the main company: 100 EUR
        for price, top, asked in ((86, None, False), (85, None, True), (100, 70, True), (100, 71, False)):
            with self.subTest(price=price, top=top):
                contract = self._contract(self._order([(2, 100)], confirm=True), state='signed')
                amendment = self._by(self.env['crm.contract.amendment']).create({'contract_id': contract.id, 'reason': "Cheaper"})
                amendment.line_ids.price_unit = price
                if top:
                    amendment.line_ids = [(0, 0, {'product_id': self.goods.id, 'quantity': 2, 'price_unit': top})]
                amendment.action_submit()
                self.assertEqual(amendment.state, 'approval' if asked else 'approved')

    def test_all_have_to(self):
        amendment = self._submitted(100, 5000)
        self._by(amendment, self.lead).action_approve("Fine")
        self.assertEqual((amendment.state, self._open(amendment)), ('approval', self.finance))
        with self.assertRaises(AccessError):    # not twice
            self._by(amendment, self.lead).action_approve()
        with self.assertRaises(UserError):
            self._by(amendment).action_apply()
        self._by(amendment, self.finance).action_approve()
        self.assertEqual((amendment.state, amendment.approver_id), ('approved', self.finance))
        self.assertEqual(
            [(item.contract_id, item.user_id, item.state, item.decided_by_id, item.amount, item.note)
             for item in amendment.approval_ids.sorted('id')],
            [(amendment.contract_id, self.lead, 'approved', self.lead, 5000, "Fine"),
             (amendment.contract_id, self.finance, 'approved', self.finance, 5000, False)])
        self._by(amendment).action_apply()
        self.assertEqual(amendment.contract_id.amount_total, 5000)

    def test_others_may_not(self):
        amendment = self._submitted(100, 1000)
        for user in (self.rep, self.rep2, self.manager, self.finance, self.stocker, self.employee, self.manager_usd):
            with self.subTest(user=user.login):
                for call in (lambda item: item.action_approve(), lambda item: item.action_reject("No")):
                    with self.assertRaises(AccessError):
                        call(self._by(amendment, user))
        for name, value in (('state', 'approved'), ('approvals_left', 0), ('approver_id', self.rep.id), ('approval_ids', [(5,)])):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self._by(amendment).write({name: value})
        self.assertEqual(amendment.state, 'approval')

    def test_four_eyes(self):
        """Who sells a contract, or shall once it is amended, does not approve the amendment."""
        contract = self._contract(total=100, state='signed', user_id=self.lead.id)
        amendment = self._by(self.env['crm.contract.amendment'], self.lead).create({
            'contract_id': contract.id, 'reason': "More", 'manual_untaxed': 1000, 'manual_total': 1000})
        with self.assertRaisesRegex(UserError, "cannot approve it"), self.env.cr.savepoint():
            amendment.action_submit()
        self.assertEqual(amendment.state, 'draft')
        self.of_lead.delegate_id = self.rep2
        amendment.action_submit()
        with self.assertRaises(AccessError):
            amendment.action_approve()
        self._by(amendment, self.rep2).action_approve()
        self.assertEqual((amendment.state, amendment.sudo().approval_ids.decided_by_id), ('approved', self.rep2))

        self.of_lead.delegate_id = False
        taken_over = self._by(self.env['crm.contract.amendment']).create({
            'contract_id': self._contract(total=100, state='signed').id, 'reason': "Mine", 'user_id': self.lead.id, 'manual_untaxed': 1000})
        with self.assertRaisesRegex(UserError, "cannot approve it"):
            taken_over.action_submit()

    def test_delegate_reads_and_decides(self):
        """A delegate of another team reads the amendment while asked, changes nothing about it, and decides."""
        self.of_lead.write({'delegate_id': self.rep2.id, 'delegate_from': '2026-06-15', 'delegate_until': '2026-06-15'})
        amendment = self._submitted(100, 1000)
        theirs = self._by(amendment, self.rep2)
        self.assertEqual((theirs.reason, theirs.is_mine_to_approve), ("Agreed by phone", True))
        with self.assertRaises(AccessError):
            theirs.action_reset()
        theirs.action_approve()
        self.assertEqual(amendment.state, 'approved')
        self.of_lead.delegate_until = self.of_lead.delegate_from = '2026-06-16'
        with self.assertRaises(AccessError):
            self._by(self._submitted(100, 1000), self.rep2).action_approve()

    def test_reject_reset_and_cancel(self):
        amendment = self._submitted(100, 1000)
        self.assertEqual(amendment.activity_ids.user_id, self.lead)
        self._by(amendment, self.lead).action_reject("Too much")
        self.assertEqual((amendment.state, amendment.activity_ids.ids), ('draft', []))
        self._by(amendment).action_submit()
        self._by(amendment).action_reset()
        self._by(amendment).action_submit()
        self._by(amendment).action_cancel()
        self.assertEqual(
            amendment.approval_ids.sorted('id').mapped(lambda item: (item.state, item.note)),
            [('rejected', "Too much"), ('withdrawn', False), ('withdrawn', False)])
        self.assertFalse(amendment.activity_ids)
        self.assertEqual(amendment.contract_id.amount_total, 100)

    def test_reject_asks_why(self):
        """In a dialog, as for contracts; the reason stays with the approval and is told."""
        amendment = self._submitted(100, 1000)
        for reason in (None, " "):
            with self.assertRaises(UserError):
                self._by(amendment, self.lead).action_reject(reason)
        action = self._by(amendment, self.lead).with_context(decision='reject').action_open_decision()
        self.assertEqual((action['res_model'], action['target'], action['name']), ('crm.contract.decision', 'new', "Reject"))
        wizard = self._as(self.lead)['crm.contract.decision'].with_context(**action['context'])
        with self.assertRaises(AssertionError):   # a reason is required
            Form(wizard).save()
        with Form(wizard) as form:
            form.reason = "Too cheap"
        form.record.action_apply()
        self.assertEqual((amendment.state, amendment.approval_ids.note), ('draft', "Too cheap"))
        self.assertIn("Too cheap", amendment.message_ids[0].body)
        self._by(amendment).action_submit()
        for user in (self.rep, self.rep2, self.finance):
            with self.assertRaises(AccessError):
                self._as(user)['crm.contract.decision'].create(
                    {'amendment_ids': amendment.ids, 'decision': 'reject', 'reason': "No"}).action_apply()
        self.assertEqual(amendment.state, 'approval')

    def test_nobody_named(self):
        """A manager approves where nobody is named; only of a type that asks for no approval an amendment passes at once."""
        self.contract_type.approver_ids.unlink()
        self.assertEqual(self._submitted(100, 200).state, 'approved')
        contract = self._contract(total=100, state='signed')
        self.contract_type.is_free = False
        amendment = self._by(self.env['crm.contract.amendment']).create({'contract_id': contract.id, 'manual_untaxed': 200})
        amendment.action_submit()
        self.assertEqual(amendment.state, 'approval')
        with self.assertRaises(AccessError):
            amendment.action_approve()
        amendments = self._as(self.manager, self.company)['crm.contract.amendment']
        self.assertEqual(amendments.search([('is_mine_to_approve', '=', True)]), amendment)
        self._by(amendment, self.manager).action_approve()
        self.assertRecordValues(amendment.sudo(), [{'state': 'approved', 'approver_id': self.manager.id}])

    def test_decisions_stay_on_record(self):
        amendment = self._submitted(100, 1000)
        self._by(amendment, self.lead).action_reject("Too much")
        with self.assertRaisesRegex(UserError, "stays on record"):
            self._by(amendment).unlink()

    def test_search(self):
        """What waits for one's approval among amendments, and not their contracts."""
        amendment = self._submitted(100, 1000)
        domain = [('is_mine_to_approve', '=', True)]
        self.assertEqual(self._as(self.lead)['crm.contract.amendment'].search(domain), amendment)
        self.assertFalse(self._as(self.rep)['crm.contract.amendment'].search(domain))
        self.assertFalse(self._as(self.lead)['crm.contract'].search(domain))
