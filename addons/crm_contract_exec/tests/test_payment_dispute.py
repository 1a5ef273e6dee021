from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestPaymentDispute(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoices([(cls.customer, '2026-05-01', 100)])

    @classmethod
    def _dispute(cls, **vals):
        return cls.env['crm.payment.dispute'].create({
            'name': "Damaged", 'move_id': cls.invoice.id, 'company_id': cls.company.id, 'amount': 40, 'user_id': cls.rep.id, **vals})

    def test_form(self):
        form = Form(self._by(self.env['crm.payment.dispute'], self.finance))
        form.name, form.partner_id, form.move_id = "Damaged", self.customer, self.invoice
        dispute = form.save()
        self.assertRecordValues(dispute, [{'amount': 100, 'currency_id': self.eur.id, 'state': 'open', 'effect': 'all'}])

    def test_life(self):
        dispute = self._dispute()
        self.assertEqual((dispute.partner_id, dispute.activity_ids.user_id), (self.customer, self.rep))
        with self.assertRaises(UserError):
            dispute.action_settle()
        dispute.outcome = "Credited 40"
        dispute.action_settle()
        self.assertRecordValues(dispute, [{'state': 'settled', 'date_closed': self.TODAY}])
        self.assertFalse(dispute.activity_ids)
        with self.assertRaises(UserError):
            dispute.action_reject()
        with self.assertRaises(UserError):
            dispute.unlink()
        dispute.action_reopen()
        self.assertEqual((dispute.state, len(dispute.activity_ids)), ('open', 1))

    def test_owner_changes(self):
        dispute = self._dispute()
        dispute.user_id = self.finance
        self.assertEqual(dispute.activity_ids.user_id, self.finance)

    def test_of_another_customer(self):
        with self.assertRaises(ValidationError):
            self._dispute(partner_id=self.customer2.id)

    def test_access(self):
        dispute = self._dispute(user_id=self.finance.id)
        cases = [
            (self.rep, True), (self.lead, True), (self.finance, True), (self.rep2, False), (self.stocker, False),
            (self.employee, False), (self.manager_usd, False)]
        for user, allowed in cases:
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                if allowed:
                    self._by(dispute, user).outcome = "Looked at it"
                else:
                    with self.assertRaises(AccessError):
                        self._by(dispute, user).outcome = "Looked at it"
