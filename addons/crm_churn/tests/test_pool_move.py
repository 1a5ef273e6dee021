from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .pool_common import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolMove(PoolCommon):
    """Every way into a pool and out of it goes through one method, whoever writes the salesperson."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env['res.partner'].create(
            {'name': "Person", 'parent_id': cls.customer.id, 'user_id': cls.rep.id, 'phone': "+32 470 12 34 56"})
        cls.none = cls.env['res.users']

    def test_writing_nobody_gives_back(self):
        self.customer.with_env(self._as(self.rep)).user_id = False
        self.assertEqual((self.customer.user_id, self.person.user_id), (self.none, self.none))
        self.assertEqual((self.customer.crm_pool_id, self.person.crm_pool_id), (self.pool, self.pool))
        self.assertFalse(self._as(self.rep)['res.partner'].search([('id', '=', self.customer.id)]), "withheld from now on")
        entry = self._entries(self.customer)
        self.assertEqual((entry.former_user_id, str(entry.date_in)), (self.rep, self.NOW))
        self.assertEqual(self._moves(self.customer), [('released', self.rep, self.none, self.rep)])

    def test_former_owner_follows_no_more(self):
        self.customer.message_subscribe((self.rep | self.rep2).partner_id.ids)
        self.customer.user_id = False
        self.assertEqual(self.customer.message_partner_ids & (self.rep | self.rep2).partner_id, self.rep2.partner_id)

    def test_written_with_something_else(self):
        self.customer.with_env(self._as(self.rep)).write({'user_id': False, 'city': "Ghent"})
        self.assertEqual((self.customer.city, self.customer.crm_pool_id), ("Ghent", self.pool))

    def test_without_pool_nothing_happens(self):
        self.pool.is_automatic = False
        self.customer.user_id = False
        self.assertFalse(self.customer.crm_pool_id)
        self.assertFalse(self._moves(self.customer))

    def test_writing_an_owner_takes_out(self):
        """As a handover, a rule of another addon or an import does: with all rights, in the name of whoever is at work."""
        entry = self._put(self.customer2)
        self.customer2.with_env(self._as(self.manager)).sudo().user_id = self.rep2
        self.assertFalse(entry.exists())
        self.assertEqual((self.customer2.user_id, self.customer2.crm_pool_id.id), (self.rep2, False))
        self.assertEqual(self._moves(self.customer2)[1:], [('assigned', self.none, self.rep2, self.manager)])

    def test_writing_oneself_is_a_claim(self):
        """Whoever writes themselves on a pooled customer claims it, with all limits."""
        customers = self.customer2 | self._customers(1)
        self._put(customers)
        self.pool.claim_daily_max = 1
        first, second = customers.with_env(self._as(self.rep))
        first.user_id = self.rep
        self.assertEqual(self._moves(first)[1:], [('claimed', self.none, self.rep, self.rep)])
        with self.assertRaisesRegex(UserError, "1 of 1 customers"):
            second.user_id = self.rep
        with self.assertRaisesRegex(AccessError, "only its administrators"):
            second.user_id = self.rep2
        self.assertEqual(second.sudo().crm_pool_id, self.pool)

    def test_no_way_around_by_context(self):
        self._put(self.customer2)
        self.pool.cooldown_days, self.pool.member_ids = 0, False
        with self.assertRaises(AccessError):
            self.customer2.with_env(self._as(self.rep)).with_context(crm_pool_moving=True).user_id = self.rep
        self.assertFalse(self.customer2.user_id)

    def test_no_way_around_by_a_contact(self):
        self.pool.mask = 'none'
        self.customer.user_id = False
        with self.assertRaisesRegex(UserError, "Claim the company first"):
            self.person.with_env(self._as(self.rep)).user_id = self.rep

    def test_transfer_is_history(self):
        self.customer.with_env(self._as(self.manager)).user_id = self.rep2
        self.assertEqual(self._moves(self.customer), [('transferred', self.rep, self.rep2, self.manager)])
        self.customer.with_env(self._as(self.manager)).user_id = self.rep2
        self.assertEqual(len(self._moves(self.customer)), 1)

    def test_move_between_pools_keeps_the_day(self):
        entry = self._put(self.customer2)
        entry.sudo().date_in = '2026-06-01 00:00:00'
        south = self._pool("South", is_automatic=False)
        wizard = self._as(self.lead)['crm.pool.assign'].create({'entry_ids': [(6, 0, entry.ids)], 'what': 'move', 'pool_id': south.id})
        wizard.action_apply()
        self.assertEqual((entry.pool_id, str(entry.date_in), self.customer2.crm_pool_id), (south, '2026-06-01 00:00:00', south))
        move = self.env['crm.pool.move'].search([('partner_id', '=', self.customer2.id)], limit=1)
        self.assertEqual((move.kind, move.from_pool_id, move.pool_id, move.days), ('moved', self.pool, south, 14))

    def test_editing_changes_nothing(self):
        entry = self._put(self.customer2)
        entry.sudo().date_in = '2026-06-01 00:00:00'
        self.customer2.write({'city': "Ghent", 'name': "New"})
        self.assertEqual((str(entry.date_in), entry.city, entry.name), ('2026-06-01 00:00:00', "Ghent", "New"))

    def test_assign_by_an_administrator_only(self):
        entry = self._put(self.customer2)
        vals = {'entry_ids': [(6, 0, entry.ids)], 'what': 'assign', 'user_id': self.rep2.id}
        with self.assertRaisesRegex(AccessError, "Only administrators"):
            self._as(self.rep)['crm.pool.assign'].create(vals).action_apply()
        self._as(self.lead)['crm.pool.assign'].create(vals).action_apply()
        self.assertEqual(self.customer2.user_id, self.rep2)
        self.assertEqual(self._moves(self.customer2)[1:], [('assigned', self.none, self.rep2, self.lead)])

    def test_give_back_with_a_reason(self):
        env = self._as(self.rep)
        wizard = env['crm.pool.release'].with_context(default_partner_ids=self.customer.ids).create({'reason': "No budget"})
        self.assertEqual(wizard.pool_id, self.pool)
        wizard.action_apply()
        self.assertEqual(self._entries(self.customer).reason, "No budget")
        other = env['crm.pool.release'].create({'partner_ids': [(6, 0, self.customer2.ids)], 'pool_id': self.pool.id, 'reason': "x"})
        with self.assertRaisesRegex(AccessError, "own customers only"):
            other.action_apply()

    def test_new_contact_of_a_pooled_customer(self):
        self._put(self.customer2)
        contact = self.env['res.partner'].create({'name': "Late", 'parent_id': self.customer2.id})
        self.assertEqual(contact.crm_pool_id, self.pool)

    def test_scope_chooses_the_pool(self):
        belgium, brazil = self.env.ref('base.be'), self.env.ref('base.br')
        south = self._pool("South", sequence=1, country_ids=[(6, 0, brazil.ids)])
        team = self._pool("Team", sequence=2, team_id=self.team.id, country_ids=[(6, 0, belgium.ids)])
        self.customer.country_id = brazil
        there, elsewhere = self._customers(2, user_id=self.rep.id, country_id=belgium.id)
        elsewhere.user_id = self.rep2   # not of the team
        (self.customer | there | elsewhere).user_id = False
        self.assertEqual([partner.crm_pool_id for partner in (self.customer, there, elsewhere)], [south, team, self.pool])

    def test_history_stays(self):
        self._put(self.customer2)
        move = self.env['crm.pool.move'].search([('partner_id', '=', self.customer2.id)])
        for env in (self._as(self.manager), self._as(self.lead)):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                move.with_env(env).write({'reason': "x"})
            with self.assertRaises(AccessError):
                move.with_env(env).unlink()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            move.sudo().unlink()
        self.customer2.unlink()
        self.assertEqual((move.partner_name, move.partner_id.id), ("Customer 2", False))

    def test_merged_with_an_owned_customer(self):
        self._put(self.customer2)
        self.env['base.partner.merge.automatic.wizard']._merge((self.customer2 | self.customer).ids, self.customer)
        self.assertFalse(self.env['crm.pool.entry'].search([('pool_id', '=', self.pool.id)]))
        self.assertEqual((self.customer.user_id, self.customer.crm_pool_id.id), (self.rep, False))
        self.assertEqual([kind for kind, *_people in self._moves(self.customer)], ['imported', 'assigned'])

    def test_open_records_close_or_move(self):
        """Nothing stays with the former owner: plans are cancelled, the rest goes to the responsible, and on with who claims."""
        activity = self.customer.activity_schedule('mail.mail_activity_data_todo', user_id=self.rep.id, summary="Call")
        deal, foreign = self._lead(), self._lead(user=self.rep2)
        [quotation] = self._orders([(self.customer, '2026-06-01', 10)], state='draft')
        quotation.user_id = self.rep
        self.customer.user_id = False
        self.assertFalse(activity.exists())
        self.assertEqual((deal.user_id, quotation.user_id, foreign.user_id), (self.manager, self.manager, self.rep2))
        self._entries(self.customer).with_env(self._as(self.rep)).action_claim()
        self.assertEqual((deal.user_id, quotation.user_id, foreign.user_id), (self.rep, self.rep, self.rep2))

    def test_open_records_all_move(self):
        self.pool.on_return = 'move'
        activity = self.customer.activity_schedule('mail.mail_activity_data_todo', user_id=self.rep.id, summary="Call")
        self.customer.user_id = False
        self.assertEqual(activity.user_id, self.manager)

    def test_open_records_of_another_company_stay(self):
        deal = self._lead(company=self.company_usd, user=self.manager)
        self.customer.user_id = self.manager
        self.pool.responsible_id = self.leads_all
        self.customer.user_id = False
        self.assertEqual(deal.user_id, self.manager)

    def test_figures_per_rep(self):
        self.customer.user_id = False
        self._entries(self.customer).with_env(self._as(self.rep2)).action_claim()
        groups = self.env['crm.pool.move']._read_group(
            [('partner_id', '=', self.customer.id)], ['rep_id', 'direction'], ['__count'])
        self.assertEqual(set(groups), {(self.rep, 'in', 1), (self.rep2, 'out', 1)})
        move = self.env['crm.pool.move'].search([('partner_id', '=', self.customer.id), ('direction', '=', 'in')])
        self.assertEqual(move.team_id, self.team)

    def test_on_the_timeline(self):
        self.customer.with_env(self._as(self.rep)).user_id = False
        items = self.env['crm.timeline'].get_timeline(self.customer.id, kinds=['pool_move'])['items']
        self.assertEqual([(item['title'], item['author']) for item in items], [("Given Back", "Rep")])

    def test_queries_do_not_grow(self):
        few, many = self._customers(5, user_id=self.rep.id), self._customers(50, user_id=self.rep.id)
        self.env.flush_all()

        def count(customers):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            customers.user_id = False
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        count(self._customers(2, user_id=self.rep.id))   # what is loaded once
        self.assertLess(count(many) - count(few), 45, "No query for each customer")
