from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.crm_contract_refresh import CONTRACT_COLUMNS
from ..tools.contract_state import KEPT
from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContractLock(ContractCommon):
    """What was agreed stays, and nobody puts a contract into a state by hand."""

    def test_terms(self):
        contract = self._by(self._contract(total=100))
        contract.write({'manual_total': 120, 'title': "Machines"})
        contract.action_submit()
        for vals in (
                {'manual_total': 150}, {'partner_id': self.customer2.id}, {'clauses': "<p>Other</p>"}, {'retention_percent': 5},
                {'date_end': '2027-01-01'}, {'share_ids': [Command.create({'user_id': self.rep.id, 'percent': 100})]},
                {'party_ids': [Command.create({'partner_id': self.customer2.id})]}, {'title': "Else"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                contract.write(vals)
        contract.user_id = self.rep
        contract.action_reset()
        contract.manual_total = 150
        self.assertEqual(contract.amount_total, 150)

    def test_what_the_books_write(self):
        """All that is brought up to date from the books is nobody's to write, on new contracts and signed ones."""
        self.assertLessEqual(set(CONTRACT_COLUMNS), KEPT)
        contract = self._by(self._contract(total=100, state='signed'))
        for name in CONTRACT_COLUMNS:
            value = '2026-06-30' if name in ('next_date', 'date_warranty_end') else 50
            with self.subTest(field=name):
                with self.assertRaises(AccessError):
                    contract.write({name: value})
                with self.assertRaises(AccessError):
                    self._as(self.rep)['crm.contract'].create({'partner_id': self.customer.id, name: value})

    def test_state_is_not_entered(self):
        contract = self._by(self._contract(total=100))
        for vals in ({'state': 'signed'}, {'date_signed': '2026-06-01'}, {'collected_amount': 100}, {'approvals_left': 0}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                contract.write(vals)
        vals = {'partner_id': self.customer.id, 'manual_total': 100}
        for extra in ({'state': 'signed'}, {'collected_amount': 10}):
            with self.subTest(extra=extra), self.assertRaises(AccessError):
                self._as(self.rep)['crm.contract'].create({**vals, **extra})
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.contract'].with_context(default_state='signed').create(vals)
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.contract.approval'].create({
                'contract_id': contract.id, 'user_id': self.rep.id, 'currency_id': self.eur.id, 'state': 'approved'})

    def test_shares_and_parties_directly(self):
        """Not round the contract either."""
        contract = self._contract(total=100, share_ids=[Command.create({'user_id': self.rep.id, 'percent': 100})])
        share = self._by(contract.share_ids)
        party = self._as(self.rep)['crm.contract.party'].create({'contract_id': contract.id, 'partner_id': self.customer2.id})
        contract.action_submit()
        for change in (
                lambda: share.write({'percent': 50}), share.unlink, lambda: party.write({'role': 'payer'}),
                party.unlink, lambda: share.copy({'user_id': self.lead.id}),
                lambda: party.create({'contract_id': contract.id, 'partner_id': self.person.id})):
            with self.assertRaises(UserError):
                change()

    def test_shares_make_100(self):
        contract = self._contract(total=100)
        halves = [Command.create({'user_id': user.id, 'percent': 50}) for user in (self.rep, self.lead)]
        with self.assertRaises(ValidationError):
            contract.share_ids = halves[:1]
        contract.share_ids = halves
        share = contract.share_ids[0]
        share.percent = 40      # past the contract: noticed on submitting
        with self.assertRaises(ValidationError):
            contract.action_submit()
        self.assertEqual(contract.state, 'draft')
        share.percent = 50
        contract.action_submit()

    def test_negative_share(self):
        contract = self._contract(total=100)
        for percent in (-50, 0, 101):
            with self.subTest(percent=percent), mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env['crm.contract.share'].create({'contract_id': contract.id, 'user_id': self.rep.id, 'percent': percent})
        self.assertFalse(contract.share_ids)

    def test_thirds(self):
        contract = self._contract(total=100)
        contract.share_ids = [
            Command.create({'user_id': user.id, 'percent': percent})
            for user, percent in ((self.rep, 33.33), (self.lead, 33.33), (self.rep2, 33.34))]
        self.assertEqual(len(contract.share_ids), 3)

    def test_deletion(self):
        contract = self._contract(total=100, state='signed')
        with self.assertRaises(UserError):
            contract.unlink()
        self._contract(total=100).unlink()

    def test_of_type(self):
        """The type says what applies, in the customer's language, unless something else was entered."""
        self.contract_type.write({'clauses': "<p>Ours</p>", 'warranty_months': 12, 'retention_percent': 5})
        contract, other = self._contract(total=100), self._contract(total=100, clauses="<p>Theirs</p>", warranty_months=24)
        self.assertEqual((contract.clauses, contract.warranty_months, contract.retention_percent), ("<p>Ours</p>", 12, 5))
        self.assertEqual((other.clauses, other.warranty_months), ("<p>Theirs</p>", 24))

    def test_company_amounts(self):
        """At the rate of the day of signing: 2 USD until 2025, 4 since."""
        contract = self._contract(total=400, currency_id=self.usd.id)
        self.assertEqual(contract.company_total, 100)
        self._advance(contract, 'approved')
        contract.action_sign('2025-12-31')
        self.assertEqual((contract.company_total, contract.company_untaxed), (200, 200))
