from lxml import etree

from odoo import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .buying_center_common import BuyingCenterCommon


@tagged('post_install', '-at_install')
class TestBuyingCenterCoverage(BuyingCenterCommon):

    def _met(self, person, day='2026-06-10', deal=None, **vals):
        lead = deal.id if deal else False
        return self._visits([(self.customer, day)], contact_ids=[Command.link(person.id)], lead_id=lead, **vals)

    # ------------------------------------------------------------------
    # Contacted
    # ------------------------------------------------------------------

    def test_which_visits_count(self):
        """A visit for the deal counts whenever it was; one for none since the day before; one for another deal never."""
        other = self._deals(1, "Other")
        cases = [
            ('2026-06-10', self.deal, True), ('2026-05-01', self.deal, True), ('2026-06-10', other, False),
            ('2026-06-10', None, True), ('2026-05-31 07:00', None, True),  # ends exactly 24 hours before
            ('2026-05-31 06:59', None, False), ('2026-05-01', None, False),
        ]
        for day, deal, expected in cases:
            with self.subTest(day=day, deal=deal and deal.name):
                stakeholder = self._people(self.deal, (self.boss, self.dp))
                visit = self._met(self.boss, day, deal)
                self.assertEqual(stakeholder.is_contacted, expected)
                self.assertEqual(stakeholder.met_date, visit.date if expected else False)
                visit.state = 'planned'  # taken back
                self.assertFalse(stakeholder.is_contacted)
                visit.unlink()
                stakeholder.unlink()

    def test_visit_of_another_company(self):
        """What colleagues in another company do with a shared customer is another deal."""
        shared = self.env['res.partner'].create({'name': "Shared", 'is_company': True})
        person = self.env['res.partner'].create({'name': "Somebody", 'parent_id': shared.id})
        stakeholder = self._people(self._deals(1, partner_id=shared.id), (person, self.dp))
        met = {'contact_ids': [Command.link(person.id)]}
        self._visits([(shared, '2026-06-10')], company=self.company_usd, user=self.manager_usd, **met)
        self.assertFalse(stakeholder.is_contacted)
        self._visits([(shared, '2026-06-11')], **met)
        self.assertTrue(stakeholder.is_contacted)

    def test_planned_visit_becomes_done(self):
        stakeholder = self._people(self.deal, (self.boss, self.dp))
        visit = self._met(self.boss, deal=self.deal, state='planned')
        self.assertFalse(stakeholder.is_contacted)
        visit.action_finish()
        self.assertTrue(stakeholder.is_contacted)
        visit.contact_ids = self.engineer
        self.assertFalse(stakeholder.is_contacted)

    def test_person_added_after_the_visit(self):
        self._met(self.boss, deal=self.deal)
        self.assertTrue(self._people(self.deal, (self.boss, self.dp)).is_contacted)

    def test_messages(self):
        """Who writes is contacted; whom we wrote to was only last told something."""
        boss, engineer = self._people(self.deal, (self.boss, self.dp), (self.engineer, self.tp))
        self.deal.message_post(body="Offer", partner_ids=self.engineer.ids, message_type='comment', subtype_xmlid='mail.mt_comment')
        self.deal.message_post(body="Thanks", author_id=self.boss.id, message_type='email', subtype_xmlid='mail.mt_comment')
        self.deal._message_log(body="Note", author_id=self.consultant.id)
        self.assertEqual((boss.is_contacted, boss.heard_date, boss.last_interaction), (True, self.TODAY, self.TODAY))
        self.assertEqual((engineer.is_contacted, engineer.last_interaction), (False, self.TODAY))

    def test_many_facts_one_query(self):
        """The number of queries does not grow with the number of stakeholders."""
        def cost(count):
            deals = self._deals(count, f"Many {count}")
            for deal in deals:
                self._people(deal, (self.boss, self.dp))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['crm.stakeholder']._facts_changed(self.boss)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        cost(1)
        self.assertEqual(cost(2), cost(12))

    # ------------------------------------------------------------------
    # Coverage
    # ------------------------------------------------------------------

    def _state(self, deal=None):
        deal = deal or self.deal
        return deal.crm_coverage, deal.crm_coverage_level, deal.crm_gaps

    def test_coverage_follows_the_facts(self):
        self.assertEqual(self._state(), (
            0, 'none', "Decision maker: nobody known; Technical influencer: nobody known; Informant: nobody known"))
        self._people(self.deal, (self.boss, self.dp), (self.engineer, self.tp + self.ip))
        self.assertEqual(self._state(), (
            50, 'part', "Decision maker: not contacted; Technical influencer: not contacted; Informant: not contacted"))
        self._met(self.engineer, deal=self.deal)
        self.assertEqual(self._state(), (83.3, 'part', "Decision maker: not contacted"))
        visit = self._met(self.boss, deal=self.deal)
        self.assertEqual(self._state(), (100, 'full', ""))
        visit.state = 'planned'
        self.assertEqual(self._state()[:2], (83.3, 'part'))

    def test_coverage_follows_the_stage(self):
        self._people(self.deal, (self.engineer, self.tp + self.ip))
        self._met(self.engineer, deal=self.deal)
        self.assertEqual(self._state()[:2], (66.7, 'part'))
        self.deal.stage_id = self.qualified
        self.assertEqual(self._state(), (100, 'full', ""))

    def test_one_of_several_holders_is_enough(self):
        self._people(self.deal, (self.boss, self.dp + self.tp + self.ip), (self.engineer, self.dp))
        self._met(self.boss, deal=self.deal)
        self.assertEqual(self._state()[:2], (100, 'full'))

    def test_nothing_required(self):
        (self.dp + self.tp + self.ip).required_stage_id = False
        self.assertEqual(self._state(), (100, 'free', ""))

    def test_requirements_change(self):
        """The open deals are judged anew, those without people by one statement; closed ones keep what they had."""
        peopled, lost, lead = self._deals(3, "Others")
        self._people(peopled, (self.boss, self.dp))
        lost.action_set_lost()
        lead.type = 'lead'
        self.assertEqual(lead.crm_coverage_level, False)
        (self.tp + self.ip).required_stage_id = False
        self.assertEqual([self._state(deal)[:2] for deal in (self.deal, peopled)], [(0, 'none'), (50, 'part')])
        self.dp.active = False
        self.env['crm.lead'].flush_model()
        self.assertEqual([self._state(deal)[:2] for deal in (self.deal, peopled, lost)], [(100, 'free'), (100, 'free'), (0, 'none')])

    def test_stages_change_places(self):
        self.assertEqual(self.deal.crm_coverage_level, 'none')
        self.proposition.sequence = 900
        self.ip.required_stage_id = self.tp.required_stage_id = self.dp.required_stage_id = self.won
        self.assertEqual(self.deal.crm_coverage_level, 'free')

    def test_closed_deals_keep_their_coverage(self):
        """So that coverage can be held against what became of the deal: what is met after signing does not count."""
        self._people(self.deal, (self.boss, self.dp))
        self.assertEqual(self._state()[:2], (16.7, 'part'))
        self.deal.action_set_won()
        self._met(self.boss, deal=self.deal)
        self.assertEqual(self._state(), (16.7, 'part', ""))
        self.deal.stage_id = self.proposition  # open again
        self.deal.probability = 20
        self.assertEqual(self._state()[:2], (33.3, 'part'))

    def test_lead_write_without_people_costs_nothing(self):
        """Moving deals costs the same queries, whether the stages require roles or not."""
        def cost():
            deals = self._deals(5)
            self.env.flush_all()
            self.env.invalidate_all()
            deals.mapped('stage_id.name')
            before = self.env.cr.sql_log_count
            deals.write({'stage_id': self.contact_stage.id})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        self._deals(1).write({'stage_id': self.contact_stage.id})  # warm
        required = cost()
        (self.dp + self.tp + self.ip).required_stage_id = False
        cost()
        self.assertEqual(required, cost())

    # ------------------------------------------------------------------
    # Finding and reporting
    # ------------------------------------------------------------------

    def test_filters(self):
        """The filters of the search view find what they say."""
        known, met, free = self._deals(3, "Filter")
        self._people(known, (self.boss, self.dp, {'stance': 'opponent'}))
        self._people(met, (self.boss, self.dp))
        self._met(self.boss, deal=met)
        free.stage_id = self.contact_stage
        ours = [('id', 'in', (self.deal + known + met + free).ids)]
        arch = self.env['crm.lead'].get_view(self.env.ref('crm.view_crm_case_opportunities_filter').id, 'search')['arch']
        domains = {node.get('name'): safe_eval(node.get('domain'), {'uid': self.env.uid}) for node in etree.fromstring(arch).iter('filter')
                   if (node.get('name') or '').startswith('crm_') and node.get('domain')}
        found = {name: self.env['crm.lead'].search(ours + domain) for name, domain in domains.items()}
        self.assertEqual(found['crm_no_decision_maker'], (self.deal + free).sorted())
        self.assertEqual(found['crm_decision_maker_distant'], known)
        self.assertEqual(found['crm_gaps'], (self.deal + known + met + free).sorted())
        self.assertEqual(found['crm_opponents'], known)

    def test_gaps_of_a_partner(self):
        self.customer.write({'name': "Hammond"})
        (self.tp + self.ip).required_stage_id = False
        self._deals(1, "Lost").action_set_lost()
        self._deals(1, "Elsewhere", partner_id=self.customer2.id, stage_id=self.contact_stage.id)
        gaps = self.boss._crm_buying_center_gaps()
        self.assertEqual(gaps, {self.customer: ["Decision maker: nobody known (Deal 1, stage Proposition)"]})

    def test_report(self):
        """Coverage against the win rate: open deals do not count for the rate."""
        won, lost, lost2 = self._deals(3, "Report")
        self._people(won, (self.boss, self.dp + self.tp + self.ip))
        self._met(self.boss, deal=won)
        won.action_set_won()
        (lost + lost2).action_set_lost()
        self.env.flush_all()
        rows = self.env['crm.buying.center.report']._read_group(
            [('lead_id', 'in', (self.deal + won + lost + lost2).ids)], ['coverage_level'], ['won_rate:avg', '__count', 'coverage:avg'])
        self.assertEqual(sorted(rows), [('full', 100.0, 1, 100.0), ('none', 0.0, 3, 0.0)])

    def test_roles_that_come_along(self):
        """The roles of the addon are required from the stages of Odoo on, as far as somebody left these in place."""
        roles = self.env['crm.stakeholder.role']
        stage = self.env.ref('crm.stage_lead3', raise_if_not_found=False) or self.env['crm.stage'].create({'name': "Third"})
        data = self.env['ir.model.data'].search([('module', '=', 'crm'), ('name', 'in', ('stage_lead1', 'stage_lead2', 'stage_lead3'))])
        data.unlink()
        self.env['ir.model.data'].create({'module': 'crm', 'name': 'stage_lead3', 'model': 'crm.stage', 'res_id': stage.id})
        roles._require_from_default_stages()
        self.assertEqual(self.dp.required_stage_id, stage)
        self.assertEqual(self.tp.required_stage_id, self.qualified)
