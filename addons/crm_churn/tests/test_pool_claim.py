from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .pool_common import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolClaim(PoolCommon):
    """The limits of claiming, each at its edge."""

    def _claim(self, customers, user=None):
        return self._entries(customers).with_env(self._as(user or self.rep)).action_claim()

    def test_claim(self):
        self._put(self.customer2)
        action = self._claim(self.customer2)
        self.assertEqual((action['res_model'], action['res_id']), ('res.partner', self.customer2.id))
        self.assertEqual((self.customer2.user_id, self.customer2.crm_pool_id.id), (self.rep, False))
        self.assertEqual(self.customer2.with_env(self._as(self.rep)).name, "Customer 2")

    def test_gone(self):
        entry = self._put(self.customer2)
        mine = entry.with_env(self._as(self.rep))
        self._claim(self.customer2, self.rep2)
        with self.assertRaisesRegex(UserError, "Somebody else was faster"):
            mine.action_claim()
        self.assertEqual(self.customer2.user_id, self.rep2)

    def test_strangers(self):
        entry = self._put(self.customer2)
        self.pool.member_ids = self.rep
        with self.assertRaises(AccessError):
            entry.with_env(self._as(self.rep2)).action_claim()
        with self.assertRaisesRegex(UserError, "not a member"):
            entry.with_env(self._as(self.leads_all)).action_claim()
        self.pool.team_id = self.team
        self.pool.admin_ids = False
        self._claim(self.customer2, self.lead)   # works in the team
        self.assertEqual(self.customer2.user_id, self.lead)

    def test_daily_cap_counts_claims_not_what_is_held(self):
        self.pool.claim_daily_max = 2
        first, second, third = customers = self._customers(3)
        self._put(customers)
        self._claim(first)
        first.user_id = False   # given back
        self._claim(second)
        self.assertEqual(self.pool.with_env(self._as(self.rep)).claim_left, 0)
        self.assertFalse(self._entries(third).with_env(self._as(self.rep)).can_claim)
        with self.assertRaisesRegex(UserError, "2 of 2 customers of “North” today"):
            self._claim(third)
        self._claim(third, self.rep2)   # another person's day
        self.assertEqual(third.user_id, self.rep2)

    def test_the_day_is_the_companys(self):
        self.pool.claim_daily_max = 1
        first, second, third = customers = self._customers(3)
        self._put(customers)
        with freeze_time('2026-06-15 21:59:00'):   # one minute to midnight in Brussels
            self._claim(first)
            with self.assertRaises(UserError):
                self._claim(second)
        with freeze_time('2026-06-15 22:00:00'):
            self._claim(second)
            with self.assertRaises(UserError):
                self._claim(third)

    def test_many_at_once_count_each(self):
        self.pool.claim_daily_max = 2
        customers = self._customers(3)
        self._put(customers)
        with self.assertRaises(UserError):
            self._claim(customers)
        self.assertFalse(customers.user_id)
        self._claim(customers[:2])
        moves = self.env['crm.pool.move'].search([('partner_id', 'in', customers.ids), ('kind', '=', 'claimed')])
        self.assertEqual(sorted(moves.mapped('number')), [1, 2])

    def test_holding_cap(self):
        grade = self.env['crm.grade'].create({'name': "A of pools", 'company_id': self.company.id, 'sequence': 1})
        self.pool.write({'holding_max': 2, 'holding_exempt_grade_ids': [(6, 0, grade.ids)]})
        first, second, third = customers = self._customers(3)   # rep has one already
        self._profiles(first).grade_id = grade
        self._put(customers)
        self._claim(first)    # does not count
        self._claim(second)
        with self.assertRaisesRegex(UserError, "look after 2 customers; “North” allows 2"):
            self._claim(third)
        second.active = False
        self._claim(third)

    def test_cool_down_of_the_former_owner(self):
        self.pool.cooldown_days = 30
        self.customer.user_id = False
        for moment, may in (('2026-06-15 12:00:01', False), ('2026-07-15 11:59:59', False), ('2026-07-15 12:00:00', True)):
            with freeze_time(moment):
                self.env.invalidate_all()
                entry = self._entries(self.customer).with_env(self._as(self.rep))
                self.assertEqual(entry.can_claim, may, moment)
                if not may:
                    self.assertEqual(entry.claim_note, "You have given this customer up and may claim it again from 07/15/2026 on.")
                    with self.assertRaisesRegex(UserError, "given this customer up"):
                        entry.action_claim()
        self.assertTrue(self._entries(self.customer).with_env(self._as(self.rep2)).can_claim)

    def test_cool_down_of_all_former_owners(self):
        """Two who pass a customer on through the pool: each has to wait from the day they gave it up."""
        self.pool.cooldown_days = 30
        self.customer.user_id = False
        self._claim(self.customer, self.rep2)
        self.customer.user_id = False
        self.assertFalse(self._entries(self.customer).with_env(self._as(self.rep)).can_claim)

    def test_delay_for_fresh(self):
        self.pool.fresh_hours = 24
        self._put(self.customer2)
        for moment, may in (('2026-06-16 11:59:59', False), ('2026-06-16 12:00:00', True)):
            with freeze_time(moment):
                self.env.invalidate_all()
                entry = self._entries(self.customer2).with_env(self._as(self.rep))
                self.assertEqual(entry.can_claim, may, moment)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, r"may be claimed from 6/16/26, 2:00\WPM on"):
            self._claim(self.customer2)


@tagged('post_install', '-at_install')
class TestPoolMask(PoolCommon):
    """What is masked is masked on the server, on whatever way it is read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer2.write({
            'name': "Acme", 'phone': "+32 470 12 34 56", 'email': "jane@acme.com", 'street': "Main Street 1", 'city': "Ghent",
            'website': "http://acme.com"})
        cls.person = cls.env['res.partner'].create({'name': "Jane", 'parent_id': cls.customer2.id, 'email': "jane@acme.com"})
        cls.entry = cls._put(cls.customer2)

    def _seen(self, user):
        self.env.invalidate_all()
        entry = self.entry.with_env(self._as(user))
        [values] = entry.read(['name', 'phone', 'email', 'street', 'city', 'people'])
        values.pop('id')
        return tuple(values.values())

    def test_levels(self):
        for mask, expected in {
            'none': ("Acme", "+32 470 12 34 56", "jane@acme.com", "Main Street 1", "Ghent", "Jane"),
            'contact': ("Acme", "••• 56", "j•••@•••.com", "Main Street 1", "Ghent", "Jane"),
            'address': ("Acme", "••• 56", "j•••@•••.com", "M•••", "Ghent", "J•••"),
            'name': ("A•••", "••• 56", "j•••@•••.com", "M•••", "Ghent", "J•••"),
        }.items():
            self.pool.mask = mask
            with self.subTest(mask=mask):
                self.assertEqual(self._seen(self.rep), expected)
                for user in (self.lead, self.manager, self.leads_all, self.analyst):
                    self.assertEqual(self._seen(user)[:2], ("Acme", "+32 470 12 34 56"), user.name)

    def test_not_through_the_contact(self):
        env = self._as(self.rep)
        for partner in (self.customer2, self.person):
            with self.assertRaises(AccessError):
                partner.with_env(env).read(['phone'])
        self.assertFalse(env['res.partner'].search([('phone', 'like', '470')]) & (self.customer2 | self.person))
        self.assertFalse(env['res.partner'].search([('email', '=', 'jane@acme.com')]))
        with self.assertRaises(AccessError):
            self.entry.with_env(env).read(['partner_id'])
        with self.assertRaises(AccessError):
            env['crm.pool.entry'].search([('partner_id.phone', 'like', '470')])
        self.assertEqual(self.customer2.with_env(self._as(self.lead)).phone, "+32 470 12 34 56")
        self.pool.mask = 'none'
        self.env.invalidate_all()
        self.assertEqual(self.customer2.with_env(env).phone, "+32 470 12 34 56")

    def test_whoever_works_with_the_customer_sees_it(self):
        self._lead(partner=self.customer2, user=self.rep2)
        self.env.invalidate_all()
        self.assertEqual(self.customer2.with_env(self._as(self.rep2)).phone, "+32 470 12 34 56")

    def test_covered_names_are_not_found_by_trying(self):
        entries = self._as(self.rep)['crm.pool.entry']
        self.assertEqual(entries.search([('name', 'ilike', 'acm')]), self.entry)
        self.pool.mask = 'name'
        self.assertFalse(entries.search([('name', 'ilike', 'acm')]))
        self.assertFalse(entries.name_search('acm'))
        self.assertEqual(self._as(self.lead)['crm.pool.entry'].search([('name', 'ilike', 'acm')]), self.entry)

    def test_daily_views(self):
        other = self._put(self._customers(1))
        self.pool.write({'view_daily_max': 1, 'mask': 'none'})
        self.assertEqual(self._seen(self.rep), ("Acme", False, False, False, "Ghent", False))
        env = self._as(self.rep)
        self.entry.with_env(env).action_open()
        self.entry.with_env(env).action_open()   # the same one again
        self.assertEqual(self._seen(self.rep)[1], "+32 470 12 34 56")
        with self.assertRaisesRegex(UserError, "looked into 1 customers of “North” today"):
            other.with_env(env).action_open()
        other.with_env(self._as(self.lead)).action_open()   # administrators are not counted
        with freeze_time('2026-06-15 22:00:00'):   # midnight in Brussels
            other.with_env(env).action_open()
            self.assertFalse(self._seen(self.rep)[1])
        self.assertEqual(self.env['crm.pool.view'].search_count([('user_id', '=', self.rep.id)]), 2)
