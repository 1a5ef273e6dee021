from contextlib import suppress
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import crm_pool_recycle
from .pool_common import PoolCommon


class RecycleCommon(PoolCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._born(cls.customer | cls.customer2, '2026-01-01 12:00:00')
        cls.rule = cls._rule()

    @classmethod
    def _rule(cls, **vals):
        return cls.env['crm.pool.rule'].create({
            'name': "Quarter", 'pool_id': cls.pool.id, 'days_contact': 90, 'warn_days': 0, 'spare_kind_ids': False, **vals})

    @classmethod
    def _born(cls, partners, moment):
        partners.flush_recordset()
        cls.env.cr.execute(SQL("UPDATE res_partner SET create_date = %s WHERE id IN %s", moment, tuple(partners.ids)))
        partners.invalidate_recordset()

    def _due(self, company=None):
        """Return ``{customer: (due on, recycled on)}`` of the company."""
        due = self.env['crm.pool.due']
        due._refresh(company or self.company)
        return {row.partner_id: (str(row.due_date), str(row.recycle_date))
                for row in due.search([('company_id', '=', (company or self.company).id)])}

    def _run(self, moment=None):
        with freeze_time(moment or self.NOW):
            return self.env['crm.pool.due']._run(self.company)

    def _message(self, partner, moment):
        self.env['mail.message'].create({
            'model': 'res.partner', 'res_id': partner.id, 'message_type': 'comment', 'author_id': partner.id, 'date': moment, 'body': "Hi"})


@tagged('post_install', '-at_install')
class TestPoolDue(RecycleCommon):
    """Whom a rule takes, and on which day."""

    def test_before_at_after(self):
        """Born on January 1: 90 days without a follow-up are over on April 1."""
        for moment, expected in (('2026-03-31 12:00:00', 0), ('2026-04-01 12:00:00', 1)):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(self._run(moment), expected, moment)
        self.assertEqual(self.customer.crm_pool_id, self.pool)
        self.assertEqual(self._entries(self.customer).reason, "Quarter: no follow-up for 90 days")
        [move] = self.env['crm.pool.move'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual((move.kind, move.rule_id, move.from_user_id, move.days), ('recycled', self.rule, self.rep, 90))

    def test_preview_looks_ahead(self):
        with freeze_time('2026-03-02 12:00:00'):
            self.assertEqual(self._due(), {self.customer: ('2026-04-01', '2026-04-01')})   # in 30 days
        with freeze_time('2026-03-01 12:00:00'):
            self.assertEqual(self._due(), {})

    def test_follow_up(self):
        self._message(self.customer, '2026-04-10 12:00:00')
        self.assertEqual(self._due(), {self.customer: ('2026-07-09', '2026-07-09')})
        self._message(self.customer, '2026-06-14 12:00:00')
        self.assertEqual(self._due(), {}, "What is no longer due disappears")

    def test_opportunity_and_order(self):
        self.rule.write({'days_contact': 0, 'days_order': 60, 'days_opportunity': 100})
        self.assertEqual(self._due(), {self.customer: ('2026-03-02', '2026-03-02')})
        self._orders([(self.customer, '2026-05-01', 10)])
        self.assertEqual(self._due(), {self.customer: ('2026-04-11', '2026-04-11')})   # one of these: the opportunity
        self.rule.combine = 'all'
        self.assertEqual(self._due(), {self.customer: ('2026-06-30', '2026-06-30')})

    def test_contract_end(self):
        """So many days after the last thing signed ended, where nothing was signed since; no matter to those who never signed."""
        self.rule.write({'days_contact': 0, 'days_ended': 30})
        self.assertEqual(self._due(), {})
        order = self._orders([(self.customer, '2026-02-01', 10)])
        ended = SQL(
            """SELECT 'sale.order' AS res_model, %s AS res_id, %s AS partner_id, NULL AS user_id, day::date AS date
                 FROM (VALUES ('2026-04-01'), ('2026-05-01')) AS ended (day)""", order.id, self.customer.id)
        self.patch(self.registry['crm.signing'], '_ending_sql', lambda model, company: ended)
        self.assertEqual(self._due(), {self.customer: ('2026-05-31', '2026-05-31')})
        self.assertEqual(self._run('2026-05-30 12:00:00'), 0)
        again = self._orders([(self.customer, '2026-05-02', 10)])
        self.assertEqual(self._due(), {}, "signed again")
        again.action_cancel()
        self.rule.write({'days_contact': 160, 'combine': 'all'})
        self.assertEqual(self._due(), {self.customer: ('2026-06-10', '2026-06-10')}, "since 1 January not followed up either")
        self.assertEqual(self._run('2026-06-10 12:00:00'), 1)
        self.assertEqual(self._entries(self.customer).reason, "Quarter: no follow-up for 160 days, contract ended 40 days ago")

    def test_contract_end_after_a_claim(self):
        """Whoever has got the customer after the end has the days of the rule."""
        self.rule.write({'days_contact': 0, 'days_ended': 30})
        ended = SQL("SELECT %s AS partner_id, '2026-05-01'::date AS date", self.customer.id)
        self.patch(self.registry['crm.signing'], '_ending_sql', lambda model, company: ended)
        with freeze_time('2026-06-10 12:00:00'):
            self.customer.user_id = False
            self._entries(self.customer).with_env(self._as(self.rep)).action_claim()
        with freeze_time('2026-06-20 12:00:00'):
            self.assertEqual(self._due(), {self.customer: ('2026-07-10', '2026-07-10')})

    def test_grade_state_team_region(self):
        a, b = self.env['crm.grade'].create([
            {'name': f"Pool {name}", 'company_id': self.company.id, 'sequence': number} for number, name in enumerate("AB")])
        profile = self._profiles(self.customer)
        profile.grade_id = a
        state = self.env.ref('base.state_us_5')
        lifecycle = self.env['crm.lifecycle.state'].search([], limit=1)
        free = {'grade_ids': False, 'exempt_grade_ids': False, 'lifecycle_ids': False, 'team_ids': False, 'country_state_ids': False}
        other_team = self.env['crm.team'].create({'name': "Other", 'company_id': self.company.id})
        for vals, expected in (
            ({'grade_ids': a}, 1), ({'grade_ids': b}, 0), ({'exempt_grade_ids': a}, 0), ({'exempt_grade_ids': b}, 1),
            ({'lifecycle_ids': lifecycle}, 0), ({'country_state_ids': state}, 0), ({'team_ids': self.team}, 1),
            ({'team_ids': other_team}, 0),
        ):
            self.rule.write({**free, **{name: [Command.set(records.ids)] for name, records in vals.items()}})
            self.assertEqual(len(self._due()), expected, vals)
        self.customer.state_id = state
        profile.lifecycle_id = lifecycle
        self.rule.write({**free, 'lifecycle_ids': [Command.set(lifecycle.ids)], 'country_state_ids': [Command.set(state.ids)]})
        self.assertEqual(len(self._due()), 1)
        with self.assertRaises(ValidationError):
            self.rule.write({'grade_ids': [Command.set(a.ids)], 'exempt_grade_ids': [Command.set(a.ids)]})

    def test_scope_of_the_pool(self):
        """A rule takes nobody whom the pool would not take when released; of a pool that takes nobody by itself, whomever."""
        china, germany = self.env.ref('base.cn'), self.env.ref('base.de')
        state = self.env.ref('base.state_de_by')
        segment = self.env['crm.segment'].create({'name': "Regulars", 'company_id': self.company.id, 'domain': "[('order_count', '>', 3)]"})
        other_team = self.env['crm.team'].create({'name': "Other", 'company_id': self.company.id})
        profile = self._profiles(self.customer)
        self.customer.country_id = germany
        free = {'country_ids': False, 'state_ids': False, 'team_id': False, 'segment_id': False, 'is_automatic': True}
        for vals, expected in (
            ({'country_ids': [Command.set(china.ids)]}, 0), ({'country_ids': [Command.set((china + germany).ids)]}, 1),
            ({'country_ids': [Command.set(china.ids)], 'is_automatic': False}, 1), ({'state_ids': [Command.set(state.ids)]}, 0),
            ({'team_id': other_team.id}, 0), ({'team_id': self.team.id}, 1), ({'segment_id': segment.id}, 0),
        ):
            self.pool.write({**free, **vals})
            self.assertEqual(len(self._due()), expected, vals)
        self.customer.state_id = state
        profile.order_count = 4
        self.pool.write({**free, 'state_ids': [Command.set(state.ids)], 'segment_id': segment.id})
        self.assertEqual(len(self._due()), 1)

    def test_open_records_spare(self):
        kinds = self.env['crm.pool.kind']._known()
        self.assertNotIn('activity', kinds.mapped('key'))
        self.rule.spare_kind_ids = kinds.filtered(lambda kind: kind.key == 'lead')
        self.assertEqual(len(self._due()), 1)
        contact = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        lead = self._lead(partner=contact)
        self.assertFalse(self._due())
        lead.action_archive()
        self.assertEqual(len(self._due()), 1)

    def test_claim_starts_the_clock(self):
        with freeze_time('2026-06-10 12:00:00'):
            self.customer.user_id = False
            self._entries(self.customer).with_env(self._as(self.rep)).action_claim()
        with freeze_time('2026-09-01 12:00:00'):
            self.assertEqual(self._due(), {self.customer: ('2026-09-08', '2026-09-08')})

    def test_passing_on_among_themselves_does_not(self):
        """An owner who writes a colleague gains nothing; a manager who hands the customer over gives the new owner their time."""
        self.customer.with_env(self._as(self.rep)).user_id = self.rep2
        self.assertEqual(self._due(), {self.customer: ('2026-04-01', '2026-04-01')})
        self.customer.with_env(self._as(self.manager)).user_id = self.rep
        self.assertEqual(self._due(), {})

    def test_other_companies_customers(self):
        there = self._pool("America", company=self.company_usd, member_ids=False, admin_ids=False)
        self._rule(pool_id=there.id)
        self.assertEqual(self._due(self.company_usd), {}, "Its owner works for another company")
        self.assertEqual(len(self._due()), 1)

    def test_earliest_rule_wins(self):
        early = self._rule(name="Month", days_contact=30, sequence=99)
        self._due()
        self.assertEqual(self.env['crm.pool.due'].search([('partner_id', '=', self.customer.id)]).rule_id, early)

    def test_nothing_to_count_is_refused(self):
        with mute_logger('odoo.sql_db'), self.assertRaisesRegex(CheckViolation, "crm_pool_rule_days_check"):
            self._rule(days_contact=0)


@tagged('post_install', '-at_install')
class TestPoolRecycle(RecycleCommon):
    """The job: warned in time, resumable, the same end whenever it is run."""

    def test_warned_before(self):
        self.rule.warn_days = 7
        customers = self.customer | self._customers(2, user_id=self.rep.id)
        self._born(customers, '2026-01-01 12:00:00')
        self.assertEqual(self._run('2026-03-24 12:00:00'), 0)
        activities = self.env['mail.activity'].search([('user_id', '=', self.rep.id), ('res_model', '=', False)])
        self.assertFalse(activities, "eight days before")
        self.assertEqual(self._run('2026-03-25 12:00:00'), 0)
        activities = self.env['mail.activity'].search([('user_id', '=', self.rep.id), ('res_model', '=', False)])
        self.assertEqual([(activity.summary, str(activity.date_deadline)) for activity in activities],
                         [("3 of your customers will go to the pool", '2026-04-01')])
        self.assertEqual(self._run('2026-03-31 12:00:00'), 0)
        self.assertEqual(len(self.env['mail.activity'].search([('user_id', '=', self.rep.id), ('res_model', '=', False)])), 1)
        self.assertEqual(self._run('2026-04-01 12:00:00'), 3)

    def test_late_rule_still_warns(self):
        """A rule that is switched on takes nobody by surprise: the owner has the days of the warning."""
        self.rule.warn_days = 7
        self.assertEqual(self._run('2026-06-15 12:00:00'), 0)
        self.assertEqual(self._run('2026-06-21 12:00:00'), 0)
        self.assertEqual(self._run('2026-06-22 12:00:00'), 1)

    def test_new_owner_is_told_the_day_stands(self):
        self.rule.warn_days = 7
        self._run('2026-06-15 12:00:00')
        with freeze_time('2026-06-20 12:00:00'):
            self.customer.with_env(self._as(self.rep)).user_id = self.rep2
        self._run('2026-06-21 12:00:00')
        self.assertEqual(len(self.env['mail.activity'].search([('user_id', '=', self.rep2.id), ('res_model', '=', False)])), 1)
        self.assertEqual(self._run('2026-06-22 12:00:00'), 1)

    def test_again_and_again(self):
        self.assertEqual((self._run(), self._run(), self._run()), (1, 0, 0))
        self.assertEqual(len(self._moves(self.customer)), 1)

    def test_killed_and_resumed(self):
        customers = self._customers(5, user_id=self.rep.id) | self.customer
        self._born(customers, '2026-01-01 12:00:00')
        carry, calls = self.registry['crm.pool.due']._recycle, []

        def killed(records):
            calls.append(len(records))
            if len(calls) == 2:
                raise KeyboardInterrupt
            return carry(records)
        with patch.object(crm_pool_recycle, 'BATCH', 2):
            with patch.object(self.registry['crm.pool.due'], '_recycle', killed), suppress(KeyboardInterrupt):
                self._run()   # assertRaises would take back what had been saved
            self.assertEqual(len(customers.filtered('crm_pool_id')), 2)
            self.assertEqual(self._run(), 4)
        self.assertEqual(len(self._moves(customers)), 6)

    def test_cron(self):
        self.env['crm.pool.due']._cron_recycle()
        self.assertEqual(self.customer.crm_pool_id, self.pool)

    def test_owner_changed_since(self):
        self._due()
        self.customer.with_env(self._as(self.manager)).user_id = self.rep2
        self.assertEqual(self.env['crm.pool.due'].search([('partner_id', '=', self.customer.id)])._recycle(), 0)

    def test_preview_by_whom(self):
        self.rule.with_env(self._as(self.manager)).action_preview()
        row = self.env['crm.pool.due'].search([('partner_id', '=', self.customer.id)])

        def seen(user):
            return self._as(user)['crm.pool.due'].search([('id', '=', row.id)])
        for user in (self.rep, self.lead, self.manager, self.analyst, self.leads_all):
            self.assertTrue(seen(user), user.name)
        for user in (self.rep2, self.manager_usd):
            self.assertFalse(seen(user), user.name)
        with self.assertRaisesRegex(UserError, "Only an administrator"):
            row.with_env(self._as(self.rep)).action_recycle()
        row.with_env(self._as(self.lead)).action_recycle()
        self.assertEqual(self.customer.crm_pool_id, self.pool)

    # ------------------------------------------------------------------
    # Protection
    # ------------------------------------------------------------------

    def _protect(self, customers, until, user=None):
        self._as(user or self.rep)['crm.pool.protect'].create(
            {'partner_ids': [Command.set(customers.ids)], 'until': until}).action_apply()

    def test_protected(self):
        self._due()
        self._protect(self.customer, '2026-07-01')
        self.assertEqual(self._due(), {self.customer: ('2026-07-02', '2026-07-02')})
        self.assertEqual(self._run('2026-07-01 12:00:00'), 0)
        self.assertEqual(self._run('2026-07-02 12:00:00'), 1)
        self.assertFalse(self.customer.crm_pool_until)

    def test_protection_has_limits(self):
        self.pool.write({'protect_days_max': 30, 'protect_max': 2})
        first, second, third = self._customers(3, user_id=self.rep.id)
        for until in ('2026-06-15', '2026-07-16'):
            with self.assertRaisesRegex(UserError, "within the next 30 days"):
                self._protect(first, until)
        self._protect(first, '2026-07-15')
        with self.assertRaisesRegex(UserError, "protected Customer 1 until 2026-07-15 already"):
            self._protect(first, '2026-07-14')
        self._protect(second, '2026-07-01')
        with self.assertRaisesRegex(UserError, "You protect 2 customers; 2 are allowed"):
            self._protect(third, '2026-07-01')
        with self.assertRaisesRegex(AccessError, "your own customers"):
            self._protect(third, '2026-07-01', self.rep2)
        self._protect(third, '2027-07-01', self.manager)
        self.assertEqual(str(third.crm_pool_until), '2027-07-01')
