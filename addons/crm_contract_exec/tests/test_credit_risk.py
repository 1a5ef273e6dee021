from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged('post_install', '-at_install')
class TestProvision(CreditCommon):

    def _rows(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self._as(user or self.finance)['crm.credit.provision'].search([('partner_id', 'in', (self.customer + self.customer2).ids)])
        return sorted((row.days_overdue, row.amount, row.percent, row.provision, row.rate_id.days_from) for row in rows)

    def test_by_age_and_level(self):
        """Before, at and after the border of an age; on the due day nothing is overdue."""
        days = ['2026-06-15', '2026-06-14', '2026-05-16', '2026-05-15']
        self._invoices([(self.customer, day, 100) for day in days], due=days)
        self.assertEqual(self._rows(), [(0, 100, 0.5, 0.5, 0), (1, 100, 2, 2, 1), (30, 100, 2, 2, 1), (31, 100, 7, 7, 31)])
        self._profiles(self.customer).credit_level = 'poor'
        self.assertEqual([row[3] for row in self._rows()], [3, 8, 8, 20])

    def test_open_part_only(self):
        invoice = self._invoices([(self.customer, '2026-06-01', 100)], due=['2026-06-01'])
        self._refunds([(self.customer, '2026-06-02', 30)])   # matched with nothing: no reason to provide less for this one
        self._pay([(invoice, '2026-06-05', 60)])
        self.assertEqual(self._rows(), [(14, 40, 2, 0.8, 1)])

    def test_own_rates_go_first(self):
        """Of all common rates none counts in a company that has its own."""
        self.env['crm.provision.rate'].create({'name': "Any", 'company_id': self.company.id, 'days_from': 10, 'percent_unknown': 50})
        self._invoices([(self.customer, day, 100) for day in ('2026-06-05', '2026-06-06')], due=['2026-06-05', '2026-06-06'])
        self.assertEqual(self._rows(), [(10, 100, 50, 50, 10)])

    def test_bad_rate(self):
        with self.assertRaises(ValidationError):
            self.env['crm.provision.rate'].create({'name': "Bad", 'days_from': 7, 'percent_good': 101})

    def test_access(self):
        self._invoices([(self.customer, '2026-06-01', 100)])
        self.assertTrue(self._rows())
        for user in (self.rep, self.leads_all, self.stocker, self.employee):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._rows(user)


@tagged('post_install', '-at_install')
class TestWarning(CreditCommon):

    def _warning(self, partner=None):
        return self.env['crm.credit.warning'].search([('partner_id', '=', (partner or self.customer).id)])

    def _others(self):
        """Let other customers owe so much that nobody's share is large."""
        self._invoices([(partner, '2026-06-01', 10000) for partner in self._customers(6, "Other", company_id=self.company.id)],
                       due=['2026-07-01'] * 6)

    def _warn(self, date=None):
        return self.env['crm.credit.warning']._warn(self.company, date)

    def test_later(self):
        """Ten days later than before warns, nine do not."""
        self._others()
        for partner, late in ((self.customer, 10), (self.customer2, 9)):
            for due, paid in (('2025-12-01', '2025-12-03'), ('2026-05-01', f'2026-05-{3 + late:02}')):
                self._pay([(self._invoices([(partner, due, 100)], due=[due]), paid, None)])
        self._invoices([(partner, '2026-06-01', 100) for partner in self.customer + self.customer2], due=['2026-07-01'] * 2)
        # what is open and not due counts for nothing
        self._warn()
        warning = self._warning()
        self.assertEqual((warning.is_later, warning.trend, warning.is_silent, warning.state), (True, 10, False, 'open'))
        self.assertEqual(warning.reasons, "pays 10 days later than before")
        self.assertEqual(warning.activity_ids.user_id, self.rep)
        self.assertFalse(self._warning(self.customer2))

    def test_silent(self):
        """60 days without money, counted from the due day or the last money."""
        self._others()
        for partner, day in ((self.customer, '2026-04-16'), (self.customer2, '2026-04-17')):
            self._invoices([(partner, day, 100)], due=[day])
        self._warn()
        self.assertEqual((self._warning().is_silent, self._warning().silent_days), (True, 60))
        self.assertFalse(self._warning(self.customer2))

    def test_partial(self):
        self._others()
        days = ['2026-06-10', '2026-06-11']
        for partner, count in ((self.customer, 2), (self.customer2, 1)):
            for day in days[:count]:
                self._pay([(self._invoices([(partner, day, 100)], due=[day]), '2026-06-12', 40)])
        self._warn()
        self.assertEqual((self._warning().is_partial, self._warning().partial_count), (True, 2))
        self.assertFalse(self._warning(self.customer2))

    def test_share(self):
        """A fifth of all that is open, and something of it overdue."""
        self._invoices([(self.customer, '2026-06-01', 100), (self.customer2, '2026-06-01', 400)], due=['2026-06-14', '2026-06-15'])
        self._warn()
        self.assertEqual((self._warning().is_share, self._warning().share), (True, 20))
        self.assertFalse(self._warning(self.customer2))

    def test_once_and_gone(self):
        """One warning for one matter; it goes when its reason is gone, and stays away for a while once seen to."""
        self._others()
        invoice = self._invoices([(self.customer, '2026-04-01', 100)], due=['2026-04-01'])
        self.assertEqual(len(self._warn()), 1)
        self.assertFalse(self._warn())
        self._by(self._warning()).action_handle()
        self.assertEqual((self._warning().state, self._warning().handled_by_id), ('handled', self.rep))
        self.assertFalse(self._warning().activity_ids)
        self.assertFalse(self._warn())
        with self.assertRaises(UserError):
            self._by(self._warning()).action_handle()
        self.assertEqual(len(self._warn('2026-07-15')), 1)   # thirty days later it is said again
        self._pay([(invoice, '2026-07-15', None)])
        self._warn('2026-07-15')
        self.assertEqual(sorted(self._warning().mapped('state')), ['gone', 'handled'])

    def test_access(self):
        self._invoices([(self.customer, '2026-04-01', 100)], due=['2026-04-01'])
        self._warn()
        warning = self._warning()
        self.assertTrue(self._by(warning).reasons)
        with self.assertRaises(AccessError):
            self._by(warning).mapped('open_amount')
        for user in (self.rep2, self.employee, self.manager_usd):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(warning, user).action_handle()
        with self.assertRaises(AccessError):
            self._by(warning, self.finance).write({'state': 'gone'})

    def test_tile(self):
        self._invoices([(self.customer, '2026-04-01', 100)], due=['2026-04-01'])
        self._warn()
        tiles = {tile['key']: tile['value'] for tile in self._as(self.rep)['crm.tile'].get_tiles('overview')}
        self.assertEqual(tiles['credit_warnings'], 1)
        self.assertNotIn('credit_holds', tiles)
