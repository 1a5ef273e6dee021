import doctest
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_visit_quota.tools import standin as rules

from .handover_common import HandoverCommon


@tagged('post_install', '-at_install')
class TestStandin(HandoverCommon):
    """``rep2`` stands in for ``rep``, who works in Brussels (summer: two hours ahead)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._profiles(cls.customer + cls.customer2)
        cls.lead1, cls.order1, cls.visit1, cls.call1 = cls._open_things(cls.customer)
        cls.lead2, cls.order2, cls.visit2, _call = cls._open_things(cls.customer2)

    def _standin(self, first='2026-06-15', last='2026-06-19', env=None, **vals):
        return (env or self._as(self.rep))['crm.standin'].create({
            'user_id': self.rep.id, 'standin_id': self.rep2.id, 'company_id': self.company.id,
            'date_from': first, 'date_to': last, **vals})

    def _sees(self, user, *records):
        """Return which of the records a user may read, as a fresh request finds out."""
        self.env.flush_all()
        self.env.invalidate_all()
        return [bool(self._as(user)[record._name].search([('id', '=', record.id)])) for record in records]

    def test_rules(self):
        self.assertFalse(doctest.testmod(rules).failed)

    def test_sees_and_acts(self):
        """While it lasts, the stand-in reads and writes what is the colleague's, and before and after nothing of it."""
        profile = self.customer.with_context(active_test=False).env['crm.customer'].search([('partner_id', '=', self.customer.id)])
        records = (self.lead1, self.order1, self.order1.order_line, profile)
        self.assertEqual(self._sees(self.rep2, *records), [False] * 4)
        self._standin()
        self.assertEqual(self._sees(self.rep2, *records), [True] * 4)
        self.assertEqual(self._sees(self.lead, self.lead1), [False], "Nobody else gains anything.")
        env = self._as(self.rep2)
        self.lead1.with_env(env).name = "New name"
        self.order1.with_env(env).client_order_ref = "Ref"
        self.visit1.with_env(env).purpose = "Talk"
        self.call1.with_env(env).action_done()
        self.assertFalse(self.call1.active)
        self.assertEqual(env.user.crm_standin_user_ids, self.rep)

    def test_begins_and_ends_by_the_clock(self):
        """By the colleague's clock, to the minute, without any job, although rules are cached."""
        self._standin('2026-06-16', '2026-06-17')
        for moment, sees in (
            ('2026-06-15 21:59:00', False), ('2026-06-15 22:00:00', True), ('2026-06-17 21:59:00', True), ('2026-06-17 22:00:00', False),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self._sees(self.rep2, self.lead1), [sees])
                self.assertEqual(self.rep2.crm_standin_user_ids, self.rep if sees else self.env['res.users'])

    def test_what_hangs_on_documents(self):
        """The buying center, checklists and tasks of the colleague's customers are the stand-in's, too."""
        stakeholder = self.env['crm.stakeholder'].create({'lead_id': self.lead1.id, 'partner_id': self.person.id})
        check = self.env['crm.visit.check'].create({'visit_id': self.visit1.id, 'name': "Bring samples"})
        self.assertEqual(self._sees(self.rep2, stakeholder, check), [False, False])
        self._standin()
        self.assertEqual(self._sees(self.rep2, stakeholder, check), [True, True])

    def test_rules_for_standins(self):
        """These are the documents for which one can stand in; sales groups only."""
        rules = self.env['ir.rule'].search([('domain_force', 'like', 'crm_standin_domain')])
        self.assertLessEqual({
            'crm.lead', 'sale.order', 'sale.order.line', 'crm.customer', 'crm.interest', 'crm.visit', 'crm.visit.check',
            'crm.visit.task', 'crm.visit.task.line', 'crm.stakeholder', 'crm.assignment',
        }, set(rules.model_id.mapped('model')))

    def test_some_customers(self):
        """Only what belongs to the chosen customers."""
        self._standin(scope='some', partner_ids=[Command.set(self.person.ids)])
        self.assertEqual(self._sees(self.rep2, self.lead1, self.order1, self.lead2, self.order2), [True, True, False, False])
        self.visit1.with_env(self._as(self.rep2)).purpose = "Talk"
        with self.assertRaises(AccessError):
            self.visit2.with_env(self._as(self.rep2)).purpose = "Talk"

    def test_two_colleagues(self):
        """Chosen customers of one and everything of another are not mixed up."""
        foreign_lead = self._open_things(self.customer2, user=self.leads_all)[0]
        self._standin(scope='some', partner_ids=[Command.set(self.customer.ids)])
        self._standin(env=self._as(self.manager), user_id=self.lead.id)
        self.assertEqual(self._sees(self.rep2, self.lead1, self.lead2, foreign_lead), [True, False, False])

    def test_no_chain(self):
        """A stand-in's stand-in gets what is the stand-in's own, no more."""
        mine = self._open_things(self.foreign, user=self.rep2)[0]
        self._standin()
        self._standin(env=self._as(self.manager), user_id=self.rep2.id, standin_id=self.lead.id)
        self.assertEqual(self._sees(self.lead, mine, self.lead1), [True, False])

    def test_ended_early(self):
        standin = self._standin()
        self.assertEqual(self._sees(self.rep2, self.lead1), [True])
        standin.action_end()
        self.assertEqual(standin.state, 'over')
        self.assertEqual(self._sees(self.rep2, self.lead1), [False])
        with self.assertRaises(UserError):
            standin.action_end()
        self._standin()   # the days are free again

    def test_changed(self):
        """Another person, another day: rights follow at once."""
        standin = self._standin()
        self.assertEqual(self._sees(self.rep2, self.lead1), [True])
        standin.standin_id = self.lead
        self.assertEqual(self._sees(self.rep2, self.lead1), [False])
        self.assertEqual(self._sees(self.lead, self.lead1), [True])
        with freeze_time('2026-06-13 12:00:00'):
            self.assertEqual(standin.state, 'planned')
            standin.unlink()
        self.assertEqual(self._sees(self.lead, self.lead1), [False])

    def test_refused(self):
        self._standin('2026-06-15', '2026-06-19')
        cases = {
            'overlap': {'first': '2026-06-19', 'last': '2026-06-20', 'standin_id': self.lead.id},
            'other company': {'first': '2026-07-01', 'last': '2026-07-02', 'standin_id': self.manager_usd.id},
            'no salesperson': {'first': '2026-07-01', 'last': '2026-07-02', 'standin_id': self.employee.id},
            'no customers': {'first': '2026-07-01', 'last': '2026-07-02', 'scope': 'some'},
        }
        for name, vals in cases.items():
            with self.subTest(name), self.assertRaises(UserError):
                self._standin(**vals)
        self._standin('2026-06-20', '2026-06-21')

    def test_impossible_days(self):
        for vals in (
            {'first': '2026-07-03', 'last': '2026-07-02'}, {'first': '2026-07-03', 'last': '2026-07-04', 'standin_id': self.rep.id},
        ):
            with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._standin(**vals)

    def test_rights(self):
        """One arranges a stand-in for oneself or for the team one leads; nobody makes oneself a stand-in."""
        self._standin(env=self._as(self.lead))
        for user, vals in (
            (self.rep2, {}), (self.lead, {'user_id': self.rep2.id, 'standin_id': self.lead.id}), (self.employee, {}),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._standin('2026-08-01', '2026-08-02', env=self._as(user), **vals)
        standin = self._standin('2026-08-01', '2026-08-02', env=self._as(self.manager))
        for user, sees in ((self.rep, True), (self.rep2, True), (self.lead, True), (self.manager_usd, False)):
            with self.subTest(user=user.login):
                self.assertEqual(self._sees(user, standin), [sees])
        with self.assertRaises(AccessError):
            standin.with_env(self._as(self.rep2)).date_to = '2026-09-01'
        with self.assertRaises(AccessError):
            standin.with_env(self._as(self.rep)).ended_at = '2026-08-01 12:00:00'

    def test_on_record(self):
        standin = self._standin('2026-06-01', '2026-06-05')
        with self.assertRaises(UserError):
            standin.unlink()
        with self.assertRaises(UserError):
            standin.date_to = date(2026, 6, 30)

    def test_visit_counts_for_who_makes_it(self):
        self._standin()
        env = self._as(self.rep2)
        self.visit1.with_env(env).action_check_in('2026-06-15 10:00:00')
        self.visit1.with_env(env).action_finish('2026-06-15 11:00:00')
        self.assertEqual((self.visit1.user_id, self.visit1.stood_in_for_id), (self.rep2, self.rep))
        self.visit2.with_env(self._as(self.rep)).action_finish()
        self.assertEqual((self.visit2.user_id, self.visit2.stood_in_for_id), (self.rep, self.env['res.users']))

    def test_filter(self):
        self._standin()
        leads, both = self._as(self.rep2)['crm.lead'], self.lead1 + self.lead2
        self.assertEqual(leads.search([('crm_standing_in', '=', True), ('id', 'in', both.ids)]), both)
        self.assertFalse(leads.search([('crm_standing_in', '=', False), ('id', 'in', both.ids)]))
        self.assertTrue(leads.browse(self.lead1.id).crm_standing_in)

    def test_no_standin_costs_nothing(self):
        """Who stands in for nobody is asked for once, then never again."""
        leads = self._as(self.rep2)['crm.lead']
        leads.search([], limit=1)
        with patch.object(type(self.env['crm.standin']), 'search', side_effect=AssertionError("asked again")):
            leads.search([], limit=1)

    # ------------------------------------------------------------------
    # Notices
    # ------------------------------------------------------------------

    def _told(self, user, standin):
        return self.env['mail.message'].search([
            ('model', '=', 'crm.standin'), ('res_id', '=', standin.id), ('partner_ids', 'in', user.partner_id.ids)])

    def test_notices(self):
        """The stand-in is told when it is arranged, once a day what has come up, and both when it is over."""
        standin = self._standin(note="Mind the dog")
        self.assertEqual(len(self._told(self.rep2, standin)), 1)
        self.assertIn("Mind the dog", self._told(self.rep2, standin).body)
        for _run in range(2):
            self.env['crm.standin']._cron_notices()
        digest = self._told(self.rep2, standin) - self._told(self.rep2, standin)[-1]
        self.assertEqual(len(digest), 1)
        self.assertIn("Activities due: 2", digest.body)
        with freeze_time('2026-06-16 12:00:00'):
            self.env.invalidate_all()
            self.env['crm.standin']._cron_notices()
            self.assertEqual(len(self._told(self.rep2, standin)), 3)
        with freeze_time('2026-06-20 12:00:00'):
            self.env.invalidate_all()
            for _run in range(2):
                self.env['crm.standin']._cron_notices()
            self.assertEqual(len(self._told(self.rep2, standin)), 4)
            self.assertEqual(len(self._told(self.rep, standin)), 1)
