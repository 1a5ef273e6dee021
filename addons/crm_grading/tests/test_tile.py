from odoo.tests import tagged

from .common import GradingCommon
from .contract_points import TileContractCase


@tagged('post_install', '-at_install')
class TestTileContract(TileContractCase, GradingCommon):
    tile_keys = {
        'grades': 'overview', 'promoted': 'overview', 'demoted': 'overview', 'overdue': 'overview', 'silent': 'overview',
        'unowned': 'overview', 'my_activities': 'overview', 'interests': 'overview', 'open_opportunities': 'customer',
        'open_quotations': 'customer',
        'overdue_invoices': 'customer', 'overdue_activities': 'customer'}
    amount_tiles = frozenset({'overdue', 'overdue_invoices'})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grade = cls.env['crm.grade'].create({'name': "A", 'company_id': cls.company.id})
        cls.scheme = cls.env['crm.grading.scheme'].create({
            'name': "Value", 'company_id': cls.company.id, 'is_leading': True})

    def _profile(self, partner, **vals):
        profile = self._profiles(partner)
        profile.write(vals)
        return profile

    def _fill(self, key, partner):
        if key in ('grades', 'silent'):
            self._profile(partner, grade_id=self.grade.id)
        elif key == 'unowned':
            partner.user_id = False
            self._profile(partner, grade_id=self.grade.id)
        elif key == 'overdue':
            self._profile(partner, overdue_amount=10)
        elif key in ('promoted', 'demoted'):
            self.env['crm.grade.history'].create({
                'customer_id': self._profile(partner).id, 'scheme_id': self.scheme.id, 'company_id': self.company.id,
                'date': '2026-06-01', 'grade_id': self.grade.id, 'move': 'up' if key == 'promoted' else 'down'})
        elif key == 'my_activities':
            partner.activity_schedule('mail.mail_activity_data_call', date_deadline='2026-06-15', user_id=self.manager.id)
        elif key == 'interests':
            self.env['crm.interest'].create({'partner_id': partner.id, 'company_id': self.company.id, 'note': "Pump"})
        elif key == 'open_opportunities':
            self.env['crm.lead'].create({
                'name': "Deal", 'type': 'opportunity', 'partner_id': partner.id, 'company_id': self.company.id,
                'user_id': self.rep.id, 'team_id': False})
        elif key == 'open_quotations':
            self._orders([(partner, '2026-06-01', 10)], state='sent')
        elif key == 'overdue_invoices':
            self._invoices([(partner, '2026-06-01', 10)], due=['2026-06-14']).invoice_user_id = self.rep
        else:
            partner.activity_schedule('mail.mail_activity_data_call', date_deadline='2026-06-14', user_id=self.rep.id)

    # ------------------------------------------------------------------
    # Boundaries
    # ------------------------------------------------------------------

    def _value(self, key, partner=None):
        tile = self._tile(key, partner, self.manager)
        return tile['value'] if tile else 0

    def test_silent_boundary(self):
        """Sixty days ago is still in touch, sixty-one is not; never counts as not."""
        partners = self._customers(4)
        for partner, day in zip(partners, ('2026-04-15', '2026-04-16', '2026-04-17', False)):
            self._profile(partner, grade_id=self.grade.id, last_contact_date=day)
        tile = self._tile('silent', None, self.manager)
        found = self._as(self.manager)['crm.customer'].search(tile['action']['domain']).partner_id
        self.assertEqual(found, partners[0] + partners[3])

    def test_month_boundary(self):
        """Since the first of the month."""
        profile = self._profile(self._customers())
        self.env['crm.grade.history'].create([{
            'customer_id': profile.id, 'scheme_id': self.scheme.id, 'company_id': self.company.id, 'date': day,
            'grade_id': self.grade.id, 'move': 'up'} for day in ('2026-05-31', '2026-06-01', '2026-06-15')])
        self.assertEqual(self._value('promoted'), 2)

    def test_overdue_invoice_boundary(self):
        """Overdue from the day after the due date."""
        partner = self._customers()
        self._invoices([(partner, '2026-06-01', 10)] * 3, due=['2026-06-14', '2026-06-15', '2026-06-16'])
        self.assertEqual(self._value('overdue_invoices', partner), 10.0)

    def test_due_today(self):
        """Due are the user's own activities up to today."""
        partner, before = self._customers(), self._value('my_activities')
        for day in ('2026-06-14', '2026-06-15', '2026-06-16'):
            partner.activity_schedule('mail.mail_activity_data_call', date_deadline=day, user_id=self.manager.id)
        partner.activity_schedule('mail.mail_activity_data_call', date_deadline='2026-06-14', user_id=self.rep.id)
        self.assertEqual(self._value('my_activities') - before, 2)

    def test_company(self):
        """Figures are those of the current company, in its currency."""
        partner = self._customers()
        self._profiles(partner, self.company_usd).overdue_amount = 99
        self._profile(partner, overdue_amount=10)
        tile = self._tile('overdue', partner, self.manager)
        self.assertEqual((tile['value'], tile['currency_id']), (10.0, self.eur.id))

    def test_own_customers_only(self):
        """A salesperson's tiles count the own customers."""
        self._profile(self._customers(user_id=self.rep2.id), grade_id=self.grade.id)
        self.assertEqual(self._tile('grades', None, self.rep)['value'], 0)
        self.assertEqual(self._tile('grades', None, self.rep2)['value'], 1)

    def test_queries(self):
        """The overview costs the same for one customer and for many."""
        counts = []
        for number in (1, 6):
            for partner in self._customers(number):
                self._fill('grades', partner)
            self._as(self.manager)['crm.tile'].get_tiles()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._as(self.manager)['crm.tile'].get_tiles()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
