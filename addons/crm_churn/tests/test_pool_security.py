from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .pool_common import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolSecurity(PoolCommon):
    """Who sees and does what, by role and company."""

    def test_who_sees_entries(self):
        other_pool = self._pool("South", is_automatic=False, member_ids=[Command.set(self.rep2.ids)], admin_ids=False)
        there = self._pool("America", company=self.company_usd, member_ids=False, admin_ids=False)
        one, two, three = self._customers(3)
        entries = self._put(one) | self._put(two, other_pool) | self._put(three, there)

        def seen(user, company=None):
            return self._as(user, company)['crm.pool.entry'].search([('id', 'in', entries.ids)]).pool_id
        self.assertEqual(seen(self.rep), self.pool)
        self.assertEqual(seen(self.lead), self.pool)
        for user in (self.rep2, self.leads_all, self.analyst, self.manager):
            self.assertEqual(seen(user), self.pool | other_pool, user.name)
        self.assertEqual(seen(self.manager_usd), there)
        for user in (self.finance, self.employee):
            with self.assertRaises(AccessError):
                seen(user)

    def test_nobody_writes_entries_and_history(self):
        entry = self._put(self.customer2)
        for user in (self.rep, self.lead, self.manager, self.analyst):
            env = self._as(user)
            for values in ({'pool_id': self.pool.id}, {'date_in': '2020-01-01'}):
                with self.assertRaises(AccessError):
                    entry.with_env(env).write(values)
            with self.assertRaises(AccessError):
                entry.with_env(env).unlink()
            with self.assertRaises(AccessError):
                env['crm.pool.entry'].create({'partner_id': self.customer.id, 'pool_id': self.pool.id})
            with self.assertRaises(AccessError):
                env['crm.pool.move'].create({'partner_id': self.customer.id, 'kind': 'claimed'})

    def test_who_sees_history(self):
        self.customer.user_id = False
        self._entries(self.customer).with_env(self._as(self.rep2)).action_claim()
        lost, won = self.env['crm.pool.move'].search([('partner_id', '=', self.customer.id)], order='id')

        def seen(user):
            return self._as(user)['crm.pool.move'].search([('id', 'in', (lost | won).ids)])
        self.assertEqual((seen(self.rep), seen(self.rep2)), (lost, won))
        for user in (self.lead, self.leads_all, self.manager, self.analyst):
            self.assertEqual(seen(user), lost | won, user.name)
        self.assertFalse(seen(self.manager_usd))

    def test_only_managers_change_pools_and_rules(self):
        values = {'name': "Mine", 'pool_id': self.pool.id, 'days_contact': 5}
        for user in (self.rep, self.lead, self.leads_all, self.analyst):
            with self.assertRaises(AccessError):
                self.pool.with_env(self._as(user)).claim_daily_max = 100
            with self.assertRaises(AccessError):
                self._as(user)['crm.pool.rule'].create(values)
        rule = self._as(self.manager)['crm.pool.rule'].create(values)
        with self.assertRaises(AccessError):
            rule.with_env(self._as(self.lead)).action_preview()
        with self.assertRaises(AccessError):
            rule.with_env(self._as(self.manager_usd)).action_preview()

    def test_company_of_the_customer(self):
        """A customer of one company is never released into another one's pool."""
        self._pool("America", company=self.company_usd, sequence=1, member_ids=False, admin_ids=False)
        self.customer.company_id = self.company
        self.customer.user_id = False
        self.assertEqual(self.customer.crm_pool_id, self.pool)
