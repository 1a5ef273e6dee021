from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .dunning_common import DunningCommon


@tagged('post_install', '-at_install')
class TestDunning(DunningCommon):
    """What a run proposes."""

    def test_days(self):
        """The due day itself is not dunned."""
        for due, level in [('2026-06-15', None), ('2026-06-14', "First"), ('2026-05-20', "First")]:
            with self.subTest(due=due), self.cr.savepoint() as savepoint:
                invoice = self._invoices([(self.customer, '2026-01-01', 100)], due=[due])
                self.assertEqual(self._dunned(self._run()), [(invoice.name, 100, level)] if level else [])
                savepoint.rollback()

    def test_levels_one_after_the_other(self):
        invoice = self._invoices([(self.customer, '2026-04-01', 100)], due=['2026-05-01'])
        for level, day, found in [
                (self.first, '2026-06-06', None), (self.first, '2026-06-05', "Second"), (self.second, '2026-06-05', "Last"),
                (self.last, '2026-06-05', "Last"), (self.last, '2026-06-06', None)]:
            with self.subTest(level=level.name, day=day), self.cr.savepoint() as savepoint:
                self._sent(invoice, level, day)
                self.assertEqual([level for _name, _amount, level in self._dunned(self._run())], [found] if found else [])
                savepoint.rollback()

    def test_one_letter_with_all_items(self):
        """Two overdue instalments and an invoice: one letter, at its highest level, to the invoice address."""
        order = self._order([(10, 100)], confirm=True)
        contract = self._contract(order, state='executing')
        self.env['crm.contract.step'].create([
            {'name': f"Instalment {number}", 'contract_id': contract.id, 'kind': 'collect', 'date_due': day, 'amount': 400}
            for number, day in enumerate(('2026-05-01', '2026-06-01', '2026-07-01'), 1)])
        invoice = self._invoices([(self.customer, '2026-06-10', 50)])
        address = self.env['res.partner'].create({
            'name': "Books", 'type': 'invoice', 'parent_id': self.customer.id, 'email': 'books@example.com'})
        run = self._run()
        self.assertEqual(self._dunned(run), [
            (f"{contract.name}: Instalment 1", 400, "First"), (f"{contract.name}: Instalment 2", 400, "First"),
            (invoice.name, 50, "First")])
        self.assertRecordValues(run.letter_ids, [{
            'partner_id': self.customer.id, 'contact_id': address.id, 'amount': 850, 'channel': 'mail', 'user_id': self.rep.id}])
        self.assertRecordValues(run, [{'letter_count': 1, 'amount': 850, 'out_count': 0, 'unsigned_count': 0}])

    def test_left_out(self):
        """What is promised, disputed or covered by money on account."""
        rows = [(self.customer, '2026-06-01', 100), (self.customer, '2026-06-02', 60), (self.customer, '2026-06-03', 40)]
        first, second, third = self._invoices(rows)
        self.env['crm.payment.dispute'].create({
            'name': "Damaged", 'move_id': second.id, 'company_id': self.company.id, 'amount': 10, 'effect': 'all'})
        promise = self.env['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'amount': 40, 'date': '2026-06-15', 'currency_id': self.eur.id,
            'move_ids': third.ids})
        run = self._run()
        self.assertEqual(self._dunned(run), [(first.name, 100, "First")])
        self.assertEqual(self._out(run), [(60, 'disputed'), (40, 'promised')])
        promise.action_cancel()
        run.action_propose()
        self.assertEqual([row[0] for row in self._dunned(run)], [first.name, third.name])

    def test_promise_of_yesterday(self):
        """A promise whose day has passed holds nothing back, whether it was judged or not."""
        self._invoices([(self.customer, '2026-06-01', 100)])
        self.env['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'amount': 100, 'date': '2026-06-14', 'date_given': '2026-06-02',
            'currency_id': self.eur.id})
        self.assertEqual(len(self._dunned(self._run())), 1)

    def test_partly(self):
        """Of what is partly disputed, promised or on account the rest is dunned."""
        first, second, other = self._invoices([
            (self.customer, '2026-05-31', 100), (self.customer, '2026-06-01', 60), (self.customer, '2026-06-15', 10)])
        self.env['crm.payment.dispute'].create({
            'name': "Damaged", 'move_id': second.id, 'company_id': self.company.id, 'amount': 10, 'effect': 'part'})
        self._pay([(other, '2026-06-12', 40)])
        self.assertEqual(self._dunned(self._run()), [(first.name, 70, "First"), (second.name, 50, "First")])

    def test_no_effect(self):
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        self.env['crm.payment.dispute'].create({
            'name': "Damaged", 'move_id': invoice.id, 'company_id': self.company.id, 'amount': 100, 'effect': 'none'})
        self.assertEqual(len(self._dunned(self._run())), 1)

    def test_least_amount_and_excluded(self):
        self.policy.min_amount = 100
        self._invoices([(self.customer, '2026-06-01', 60), (self.customer2, '2026-06-01', 100)])
        run = self._run()
        self.assertEqual((run.letter_ids.partner_id, self._out(run)), (self.customer2, [(60, 'small')]))
        self.customer2.with_company(self.company).crm_no_dunning_until = '2026-06-15'
        run.action_propose()
        self.assertEqual((len(run.letter_ids), self._out(run)), (0, [(60, 'small'), (100, 'excluded')]))

    def test_suspended_contract(self):
        """Nobody is dunned for a contract that is on hold; what else the customer owes is."""
        contract = self._contract(total=400, state='executing')
        self.env['crm.contract.step'].create({
            'name': "All", 'contract_id': contract.id, 'kind': 'collect', 'date_due': '2026-06-01', 'amount': 400})
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        contract.action_suspend("Strike")
        run = self._run()
        self.assertEqual(([row[:2] for row in self._dunned(run)], self._out(run)), ([(invoice.name, 100)], [(400, 'suspended')]))
        contract.action_resume()
        self.assertEqual(len(self._dunned(self._run())), 2)

    def test_policy(self):
        """A customer's own policy goes first, then that of its grade."""
        grade = self.env['crm.grade'].create({'name': "X9"})
        graded = self.policy.copy({'name': "Graded", 'grade_ids': [Command.set(grade.ids)], 'sequence': 1})
        own = self.policy.copy({'name': "Own", 'sequence': 99})
        policies = self.env['crm.dunning.policy']
        self.assertEqual(policies._for_customers(self.customer, self.company)[self.customer.id], self.policy)
        self._profiles(self.customer).grade_id = grade
        self.assertEqual(policies._for_customers(self.customer, self.company)[self.customer.id], graded)
        self.customer.with_company(self.company).crm_dunning_policy_id = own
        self.assertEqual(policies._for_customers(self.customer, self.company)[self.customer.id], own)

    def test_fee_and_interest(self):
        """10 % a year of 365 for 20 days are 2.00 × 10; in dollars too."""
        invoice = self._invoices([(self.customer, '2026-05-01', 1460)], currency=self.usd, due=['2026-05-26'])
        self._sent(invoice, self.first, '2026-06-01')
        run = self._run()
        self.assertRecordValues(run.line_ids, [{'amount': 1460, 'interest': 8, 'amount_company': 365}])
        self.assertRecordValues(run.letter_ids, [{'amount': 365, 'interest': 2, 'fee': 5, 'level_id': self.second.id}])

    def test_companies(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        self.customer2.company_id = False
        self._invoices([(self.customer2, '2026-06-01', 100)], company=self.company_usd)
        self.assertEqual(self._run().letter_ids.partner_id, self.customer)
        self.assertEqual(self._run(company=self.company_usd).letter_ids.partner_id, self.customer2)

    def test_bad_input(self):
        with self.assertRaises(UserError):
            self._run('2026-06-16')
        with self.assertRaises(ValidationError):
            self.second.days = 1
        with self.assertRaises(UserError):
            self._run(propose=False).action_confirm()

    def test_queries(self):
        """As many queries for many customers as for a few."""
        def count(partners):
            self._invoices([(partner, '2026-06-01', 100) for partner in partners])
            run = self._run(propose=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            run._assess()
            return self.cr.sql_log_count - before

        few = count(self._customers(2, company_id=self.company.id))
        self.assertLessEqual(count(self._customers(15, company_id=self.company.id)), few + 3)

    def test_form(self):
        run = Form(self._as(self.finance)['crm.dunning.run']).save()
        self.assertRecordValues(run, [{'state': 'draft', 'date': self.TODAY, 'user_id': self.finance.id}])

    def test_access(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        run = self._run()
        self.assertEqual(self._by(run.letter_ids).amount, 100)
        cases = [(self.rep, False), (self.rep2, False), (self.manager, False), (self.stocker, False), (self.finance, True)]
        for user, allowed in cases:
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                if allowed:
                    self._by(run, user).action_propose()
                    continue
                for call in (lambda item: item.action_propose(), lambda item: item.action_confirm(), lambda item: item.action_cancel()):
                    with self.assertRaises(AccessError):
                        call(self._by(run, user))
        with self.assertRaises(AccessError):
            self._by(run.letter_ids, self.rep2).read(['amount'])
        with self.assertRaises(AccessError):
            self._by(run.letter_ids, self.rep).action_leave_out()
