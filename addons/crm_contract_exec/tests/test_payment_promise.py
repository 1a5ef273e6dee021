from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestPaymentPromise(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(cls.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf'))

    @classmethod
    def _promise(cls, amount=100, date='2026-06-20', given='2026-06-01', **vals):
        return cls.env['crm.payment.promise'].create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id, 'amount': amount, 'date': date, 'date_given': given,
            'user_id': cls.rep.id, 'currency_id': cls.eur.id, **vals})

    def test_kept_as_soon_as_paid(self):
        invoice = self._invoices([(self.customer, '2026-05-01', 100)])
        promise = self._promise()
        self.assertEqual(promise.activity_ids.mapped('user_id'), self.rep)
        self.assertEqual(str(promise.activity_ids.date_deadline), '2026-06-21')
        promise._judge()
        self.assertEqual(promise.state, 'open')
        self._pay([(invoice, '2026-06-12', 100)])
        promise._judge()
        self.assertRecordValues(promise, [{'state': 'kept', 'received_amount': 100}])
        self.assertEqual(str(promise.date_kept), '2026-06-12')
        self.assertFalse(promise.activity_ids)

    def test_days(self):
        """The promised day is in time, the day after is not; nobody is called a liar while statements are on their way."""
        for paid, date, state in [
                ('2026-06-10', '2026-06-10', 'kept'), ('2026-06-11', '2026-06-10', 'broken'), (None, '2026-06-12', 'broken'),
                (None, '2026-06-13', 'open'), ('2026-05-31', '2026-06-10', 'broken'), ('2026-06-01', '2026-06-10', 'kept')]:
            with self.subTest(paid=paid, date=date):
                customer = self._customers(company_id=self.company.id)
                invoice = self._invoices([(customer, '2026-05-01', 100)])
                promise = self._promise(date=date, partner_id=customer.id)
                if paid:
                    self._pay([(invoice, paid, 100)])
                self.env['crm.payment.promise']._cron_judge()
                self.assertEqual(promise.state, state)

    def test_booked_late(self):
        """Money of the promised day that was booked days later turns a broken promise into a kept one."""
        invoice = self._invoices([(self.customer, '2026-05-01', 100)])
        promise = self._promise(date='2026-06-05')
        promise._judge()
        self.assertEqual(promise.state, 'broken')
        self._pay([(invoice, '2026-06-05', 100)])
        self.env['crm.payment.promise']._cron_judge()
        self.assertEqual(promise.state, 'kept')

    def test_invoices(self):
        """Money for another invoice does not keep a promise about this one."""
        wanted, other = self._invoices([(self.customer, '2026-05-01', 100), (self.customer, '2026-05-02', 100)])
        promise = self._promise(move_ids=wanted.ids)
        self._pay([(other, '2026-06-12', 100)])
        promise._judge()
        self.assertEqual((promise.state, promise.received_amount), ('open', 0))
        self._pay([(wanted, '2026-06-12', 100)])
        promise._judge()
        self.assertEqual(promise.state, 'kept')

    def test_currency(self):
        """1 EUR = 4 USD: 400 USD keep a promise of 100 EUR."""
        invoice = self._invoices([(self.customer, '2026-05-01', 400)], currency=self.usd)
        promise = self._promise()
        self._pay([(invoice, '2026-06-12', 400)])
        promise._judge()
        self.assertRecordValues(promise, [{'state': 'kept', 'received_amount': 100}])

    def test_no_way_out(self):
        promise = self._promise(date='2026-06-12')
        with self.assertRaises(UserError):
            promise.date = '2026-06-30'
        with self.assertRaises(UserError):
            promise.action_cancel()
        promise.note = "Did not answer"
        running = self._promise(date='2026-06-15')
        running.action_cancel()
        self.assertEqual((running.state, len(running.activity_ids)), ('cancelled', 0))

    def test_bad_input(self):
        foreign = self._invoices([(self.customer2, '2026-05-01', 100)])
        with self.assertRaises(ValidationError):
            self._promise(move_ids=foreign.ids)
        for vals in ({'amount': 0}, {'date': '2026-05-31'}):
            with self.assertRaises(CheckViolation), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._promise(**vals)

    def test_person(self):
        promise = self._promise(partner_id=self.person.id)
        self.assertEqual((promise.partner_id, promise.contact_id), (self.customer, self.person))

    def test_name(self):
        """A promise that has no day yet is not called one until nothing."""
        promise = self._promise()
        self.assertEqual(promise.display_name, f"{self.customer.name} until 2026-06-20")
        new = promise.new({'partner_id': self.customer.id})
        self.assertEqual(new.display_name, self.customer.name)

    def test_access(self):
        promise = self._promise(user_id=self.finance.id)
        cases = [
            (self.rep, True), (self.lead, True), (self.leads_all, True), (self.finance, True), (self.rep2, False),
            (self.stocker, False), (self.employee, False), (self.manager_usd, False)]
        for user, allowed in cases:
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                if allowed:
                    self._by(promise, user).note = "Called"
                else:
                    with self.assertRaises(AccessError):
                        self._by(promise, user).note = "Called"
