import doctest

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_visit_quota.tools import buying_center

from .buying_center_common import BuyingCenterCommon


@tagged('post_install', '-at_install')
class TestStakeholder(BuyingCenterCommon):

    def test_rules(self):
        self.assertFalse(doctest.testmod(buying_center).failed)

    # ------------------------------------------------------------------
    # Who may be in it
    # ------------------------------------------------------------------

    def test_people_of_the_customer_and_free_ones(self):
        boss, consultant = self._people(self.deal, (self.boss, self.dp), (self.consultant, self.tp))
        self.assertEqual((boss.is_external, consultant.is_external), (False, True))
        self.assertEqual(boss.company_id, self.company)

    def test_people_of_others_only_where_said(self):
        with self.assertRaises(ValidationError) as refused:
            self._people(self.deal, (self.foreigner, self.tp))
        self.assertIn("Foreigner works for Other Works", str(refused.exception))
        self.assertTrue(self._people(self.deal, (self.foreigner, self.tp, {'is_external': True})).is_external)

    def test_company_is_no_person(self):
        with self.assertRaises(ValidationError):
            self._people(self.deal, (self.customer, self.dp))

    def test_contact_of_another_company(self):
        person = self.env['res.partner'].create({'name': "American", 'company_id': self.company_usd.id})
        with self.assertRaises(ValidationError):
            self._people(self.deal, (person, self.dp))

    def test_without_a_customer_everybody_is_in(self):
        deal = self._deals(1, partner_id=False)
        self.assertFalse(self._people(deal, (self.foreigner, self.tp)).is_external)

    def test_once_per_deal(self):
        self._people(self.deal, (self.boss, self.dp))
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._people(self.deal, (self.boss, self.tp))
        self._people(self._deals(1), (self.boss, self.tp))  # another role in another deal

    def test_values_in_range(self):
        for vals in ({'influence': 0}, {'influence': 6}, {'relationship': -3}, {'relationship': 3}):
            with self.subTest(vals), mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._people(self.deal, (self.boss, self.dp, vals))

    def test_form_offers_the_customers_people(self):
        with Form(self.env['crm.stakeholder'].with_context(default_lead_id=self.deal.id)) as form:
            form.partner_id = self.consultant
            self.assertTrue(form.is_external)
            form.partner_id = self.boss
            self.assertFalse(form.is_external)

    # ------------------------------------------------------------------
    # Hierarchy
    # ------------------------------------------------------------------

    def test_hierarchy(self):
        boss, engineer = self._people(self.deal, (self.boss, self.dp), (self.engineer, self.tp))
        engineer.reports_to_id = boss
        self.assertEqual(boss.child_ids, engineer)
        with self.assertRaises(UserError):
            boss.reports_to_id = engineer
        with self.assertRaises(UserError):
            boss.reports_to_id = boss

    def test_hierarchy_within_one_deal(self):
        boss = self._people(self.deal, (self.boss, self.dp))
        other = self._people(self._deals(1), (self.engineer, self.tp))
        with self.assertRaises(ValidationError):
            other.reports_to_id = boss

    def test_hierarchy_view(self):
        boss, engineer = self._people(self.deal, (self.boss, self.dp), (self.engineer, self.tp))
        engineer.reports_to_id = boss
        action = self.deal.action_crm_hierarchy()
        read = self.env['crm.stakeholder'].hierarchy_read(
            action['domain'], {'partner_id': {}, 'child_ids': {}}, 'reports_to_id', 'child_ids')
        self.assertEqual({row['id']: row['child_ids'] for row in read}, {boss.id: [engineer.id], engineer.id: []})

    # ------------------------------------------------------------------
    # Carrying over
    # ------------------------------------------------------------------

    def test_carry_over(self):
        boss, engineer = self._people(
            self.deal, (self.boss, self.dp, {'influence': 5, 'relationship': -1, 'stance': 'opponent'}), (self.engineer, self.tp + self.ip))
        engineer.reports_to_id = boss
        self._visits([(self.customer, '2026-06-10')], contact_ids=[Command.link(self.boss.id)], lead_id=self.deal.id)
        self.assertTrue(boss.is_contacted)
        new = self._deals(1, "Next", noted='2026-06-14 08:00:00')
        self.assertEqual(new.crm_previous_lead_id, self.deal)
        new.action_crm_carry_over()
        copies = new.crm_stakeholder_ids.sorted('influence')
        self.assertEqual(copies.mapped('partner_id'), self.engineer + self.boss)
        self.assertEqual(copies[0].role_ids, self.tp + self.ip)
        self.assertEqual(copies[0].reports_to_id, copies[1])
        self.assertEqual((copies[1].influence, copies[1].relationship, copies[1].stance), (5, -1, 'unknown'))
        self.assertFalse(copies[1].is_contacted)
        self.assertFalse(new.crm_previous_lead_id)

    def test_nothing_to_carry_over(self):
        self._people(self._deals(1, partner_id=self.customer2.id), (self.consultant, self.dp))
        self.assertFalse(self.deal.crm_previous_lead_id)

    def test_carry_over_only_from_what_one_may_see(self):
        hidden = self._deals(1, user_id=self.rep2.id, team_id=False)
        self._people(hidden, (self.boss, self.dp))
        self.assertEqual(self.deal.crm_previous_lead_id, hidden)
        self.assertFalse(self.deal.with_env(self._as(self.rep)).crm_previous_lead_id)

    # ------------------------------------------------------------------
    # Other things that happen to deals and people
    # ------------------------------------------------------------------

    def test_another_customer(self):
        stakeholder = self._people(self.deal, (self.boss, self.dp))
        self.deal.partner_id = self.customer2
        self.assertTrue(stakeholder.is_external)

    def test_archived_contact_stays(self):
        stakeholder = self._people(self.deal, (self.boss, self.dp))
        self.boss.active = False
        self.assertEqual(self.deal.crm_stakeholder_ids, stakeholder)
        self.assertEqual(stakeholder.display_name, "Boss")
        self.assertFalse(stakeholder.partner_active)

    def test_deal_takes_its_people_along(self):
        stakeholder = self._people(self.deal, (self.boss, self.dp))
        self.deal.unlink()
        self.assertFalse(stakeholder.exists())

    def test_copy_starts_without_people(self):
        self._people(self.deal, (self.boss, self.dp))
        self.assertFalse(self.deal.copy().crm_stakeholder_ids)

    def test_merge_of_deals(self):
        """Everybody is in the merged deal once, with the roles of both, and reports to the same people."""
        other = self._deals(1, "Other", stage_id=self.qualified.id)
        self._people(self.deal, (self.boss, self.dp))
        boss, engineer = self._people(other, (self.boss, self.ip, {'stance': 'supporter'}), (self.engineer, self.tp))
        engineer.reports_to_id = boss
        visit = self._visits([(self.customer, '2026-06-10')], contact_ids=[Command.link(self.engineer.id)], lead_id=other.id)
        merged = (self.deal + other).merge_opportunity()
        self.assertEqual(merged.crm_stakeholder_ids.partner_id, self.boss + self.engineer)
        kept = merged.crm_stakeholder_ids.filtered(lambda one: one.partner_id == self.boss)
        self.assertEqual((kept.role_ids, kept.stance), (self.dp + self.ip, 'supporter'))
        engineer = merged.crm_stakeholder_ids - kept
        self.assertEqual(engineer.reports_to_id, kept)
        self.assertEqual(visit.lead_id, merged)
        self.assertTrue(engineer.is_contacted)
        self.assertEqual(merged.crm_stakeholder_count, 2)

    def test_merge_of_contacts(self):
        double, triple = self.env['res.partner'].create([{'name': "Boss Again", 'parent_id': self.customer.id}, {'name': "B."}])
        other = self._deals(1, "Other")
        boss, again, engineer = self._people(
            self.deal, (self.boss, self.dp), (double, self.ip), (self.engineer, self.tp))
        engineer.reports_to_id = again
        _alone, _third = self._people(other, (double, self.tp), (triple, self.ip))
        self._visits([(self.customer, '2026-06-10')], contact_ids=[Command.link(double.id)], lead_id=self.deal.id)
        self.env['base.partner.merge.automatic.wizard']._merge((self.boss + double + triple).ids, self.boss)
        self.assertFalse(again.exists())
        self.assertEqual((boss.role_ids, boss.child_ids), (self.dp + self.ip, engineer))
        self.assertTrue(boss.is_contacted)
        self.assertEqual(other.crm_stakeholder_ids.partner_id, self.boss)
        self.assertEqual(other.crm_stakeholder_ids.role_ids, self.tp + self.ip)
