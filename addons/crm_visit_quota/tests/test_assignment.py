import doctest
from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_visit_quota.tools import assignment as rules

from .handover_common import HandoverCommon


class AssignmentCommon(HandoverCommon):
    """A rule for leads and one for customers, both to ``rep`` and ``rep2``, who work 8 to 12 and 13 to 17 in Brussels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.assignment.rule'].search([]).active = False
        cls.rule = cls._rule("Leads")

    @classmethod
    def _rule(cls, name, receivers=(), **vals):
        return cls.env['crm.assignment.rule'].create({
            'name': name, 'company_id': cls.company.id,
            'receiver_ids': [Command.create(receiver if isinstance(receiver, dict) else {'user_id': receiver.id}) for receiver in (
                receivers or (cls.rep, cls.rep2))], **vals})

    @classmethod
    def _leads(cls, count, **vals):
        return cls.env['crm.lead'].create([{
            'name': f"Lead {number}", 'type': 'lead', 'company_id': cls.company.id, 'user_id': False, 'team_id': False, **vals,
        } for number in range(count)])

    def _give_out(self, **kwargs):
        return self.env['crm.assignment.rule']._give_out(self.company, **kwargs)


@tagged('post_install', '-at_install')
class TestAssignment(AssignmentCommon):

    def test_rules(self):
        self.assertFalse(doctest.testmod(rules).failed)

    def test_fewest_first(self):
        """Whoever has fewest open leads is next; what is closed does not count."""
        self._leads(2, user_id=self.rep.id)
        self._leads(5, user_id=self.rep2.id).action_set_lost()
        leads = self._leads(4)
        self.assertEqual(self._give_out().count, 4)
        self.assertEqual([lead.user_id for lead in leads], [self.rep2, self.rep2, self.rep, self.rep2])
        self.assertEqual(self._give_out().count, 0)

    def test_weight_and_capacity(self):
        self.rule.receiver_ids[0].weight = 3
        leads = self._leads(4)
        self._give_out()
        self.assertEqual(len(leads.filtered(lambda lead: lead.user_id == self.rep)), 3)
        self.rule.receiver_ids.write({'capacity': 4})
        more = self._leads(6)
        self.assertEqual(self._give_out().count, 4)
        self.assertEqual(len(more.filtered(lambda lead: not lead.user_id)), 2)

    def test_order_of_rules(self):
        """The first rule that fits gives out; an archived person gets nothing."""
        belgium = self.env.ref('base.be')
        first = self._rule("Belgium", [self.leads_all], sequence=1, country_ids=[Command.set(belgium.ids)])
        here, there = self._leads(1, country_id=belgium.id), self._leads(1)
        self._give_out()
        self.assertEqual(here.user_id, self.leads_all)
        self.assertIn(there.user_id, self.rep + self.rep2)
        self.assertEqual(first.assignment_count, 1)
        self.leads_all.active = False
        again = self._leads(1, country_id=belgium.id)
        self._give_out()
        self.assertIn(again.user_id, self.rep + self.rep2)

    def test_conditions(self):
        """Each condition lets through what it names and nothing else."""
        state = self.env['res.country.state'].create({'name': "Land", 'code': 'LND', 'country_id': self.env.ref('base.be').id})
        industry = self.env['res.partner.industry'].create({'name': "Mining"})
        grade = self.env['crm.grade'].create({'name': "Top", 'company_id': self.company.id})
        partner = self._customers(1, "Miner", industry_id=industry.id)
        self._profiles(partner).grade_id = grade
        other = self._customers(1, "Other")
        cases = {
            'state_ids': (state, {'state_id': state.id}, {}),
            'industry_ids': (industry, {'partner_id': partner.id}, {'partner_id': other.id}),
            'grade_ids': (grade, {'partner_id': partner.id}, {'partner_id': other.id}),
        }
        for field, (value, fits, fits_not) in cases.items():
            with self.subTest(field=field):
                self.rule.write({'state_ids': False, 'industry_ids': False, 'grade_ids': False, field: [Command.set(value.ids)]})
                yes, no = self._leads(1, **fits), self._leads(1, **fits_not)
                self._give_out()
                self.assertTrue(yes.user_id)
                self.assertFalse(no.user_id)
        self.rule.write({'state_ids': False, 'industry_ids': False, 'grade_ids': False, 'domain': "[('name', '=', 'This')]"})
        yes, no = self._leads(1, name="This"), self._leads(1, name="That")
        self._give_out()
        self.assertEqual((bool(yes.user_id), bool(no.user_id)), (True, False))

    def test_team(self):
        """A rule of a team leaves the leads of other teams alone."""
        self.rule.team_id = self.team
        mine, other, none = (self._leads(1, team_id=team) for team in (self.team.id, self.team2.id, False))
        self._give_out()
        self.assertEqual([bool(lead.user_id) for lead in (mine, other, none)], [True, False, True])

    def test_left_alone(self):
        """Leads that somebody has, that are won or lost, or another company's."""
        taken, lost, foreign = self._leads(1, user_id=self.manager.id), self._leads(1), self._leads(1, company_id=self.company_usd.id)
        lost.action_set_lost()
        self._give_out()
        self.assertEqual((taken.user_id, lost.user_id.id, foreign.user_id.id), (self.manager, False, False))

    def test_to_the_owner(self):
        """A lead of a customer goes to who looks after it, full or not, unless the rule says otherwise."""
        self.rule.receiver_ids.write({'capacity': 1})
        self._leads(3, user_id=self.rep2.id)
        lead = self._leads(1, partner_id=self.foreign.id)
        self._give_out()
        self.assertEqual(lead.user_id, self.rep2)
        self.rule.to_owner = False
        lead = self._leads(1, partner_id=self.foreign.id)
        self._give_out()
        self.assertEqual(lead.user_id, self.rep)

    def test_customers(self):
        """Customers without salesperson, up to the size of the portfolio."""
        rule = self._rule("Customers", [{'user_id': self.rep2.id, 'capacity': 2}], target='customer')
        unowned = self._customers(3, "Unowned", company_id=self.company.id)
        self._profiles(unowned + self.customer)
        self.assertEqual(self._give_out().count, 2)
        self.assertEqual([partner.user_id for partner in unowned], [self.rep2, self.rep2, self.env['res.users']])
        self.assertEqual(self.customer.user_id, self.rep)
        self.assertEqual(rule.assignment_ids.partner_id, unowned[:2])
        self.assertEqual(self.env['crm.customer'].search([('partner_id', 'in', unowned.ids)]).user_id, self.rep2)

    def test_limit(self):
        self._leads(5)
        self.assertEqual([self._give_out(limit=2).count for _time in range(4)], [2, 2, 1, 0])

    def test_creating_leads_costs_nothing(self):
        """Rules are asked when they give out, not when a lead comes in."""
        tables = []
        execute = type(self.env.cr).execute

        def listening(cursor, query, *args, **kwargs):
            tables.append(query.code if hasattr(query, 'code') else str(query))
            return execute(cursor, query, *args, **kwargs)
        self.patch(type(self.env.cr), 'execute', listening)
        self._leads(1)
        self.env.flush_all()
        self.assertFalse([query for query in tables if 'crm_assignment' in query or 'crm_handover' in query or 'crm_standin' in query])

    def test_give_out_now(self):
        lead = self._leads(1)
        with self.assertRaises(AccessError):
            self._as(self.leads_all)['crm.assignment.rule'].action_give_out()
        action = self._as(self.manager)['crm.assignment.rule'].action_give_out()
        self.assertIn('1', action['params']['message'])
        self.assertTrue(lead.user_id)

    def test_bad_conditions(self):
        for domain in ("[('nothing', '=', 1)]", "__import__('os')", "[("):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.rule.domain = domain

    def test_rights(self):
        """Managers write the rules; everybody sees the own assignments, leaders those of the team, and nobody writes any."""
        self._leads(2)
        self._give_out()
        for user, count in ((self.rep, 1), (self.rep2, 1), (self.lead, 1), (self.leads_all, 2), (self.manager, 2), (self.manager_usd, 0)):
            with self.subTest(user=user.login):
                found = self._as(user)['crm.assignment'].search([('rule_id', '=', self.rule.id)])
                self.assertEqual(len(found), count)
                if found:
                    with self.assertRaises(AccessError):
                        found.write({'state': 'closed'})
        with self.assertRaises(AccessError):
            self.rule.with_env(self._as(self.leads_all)).name = "Mine"
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.assignment.rule'].search([])
        with self.assertRaises(AccessError):
            self.rule.with_env(self._as(self.manager_usd)).name = "Mine"

    # ------------------------------------------------------------------
    # Deadlines
    # ------------------------------------------------------------------

    def test_deadline(self):
        """In working hours of the receiver: over lunch, over night, over the weekend, leave left out."""
        # Brussels is two hours ahead: work is 6:00 to 10:00 and 11:00 to 15:00 UTC
        cases = [
            ('2026-06-15 07:00:00', 2, '2026-06-15 09:00:00'), ('2026-06-15 09:00:00', 2, '2026-06-15 12:00:00'),
            ('2026-06-15 14:00:00', 8, '2026-06-16 14:00:00'), ('2026-06-19 14:00:00', 2, '2026-06-22 07:00:00'),
            ('2026-06-20 12:00:00', 1, '2026-06-22 07:00:00'), ('2026-06-15 06:00:00', 8, '2026-06-15 15:00:00'),
        ]
        for moment, hours, expected in cases:
            with self.subTest(moment=moment, hours=hours), freeze_time(moment):
                self.rule.hours_remind = hours
                lead = self._leads(1)
                self._give_out()
                assignment = self.env['crm.assignment'].search([('lead_id', '=', lead.id)])
                self.assertEqual(str(assignment.deadline), expected)
        self.env['resource.calendar.leaves'].create({
            'calendar_id': self.company.resource_calendar_id.id, 'company_id': self.company.id, 'name': "Holiday",
            'date_from': '2026-06-15 22:00:00', 'date_to': '2026-06-16 21:59:00'})
        with freeze_time('2026-06-15 14:00:00'):
            self.rule.hours_remind = 2
            lead = self._leads(1)
            self._give_out()
            self.assertEqual(
                self.env['crm.assignment'].search([('lead_id', '=', lead.id)]).deadline, datetime(2026, 6, 17, 7, 0))

    def test_no_working_time(self):
        """Without working time there is no deadline, and it says why."""
        self.company.resource_calendar_id.attendance_ids.unlink()
        lead = self._leads(1)
        self._give_out()
        assignment = self.env['crm.assignment'].search([('lead_id', '=', lead.id)])
        self.assertFalse(assignment.deadline)
        self.assertIn(assignment.user_id.name, assignment.note)

    def test_queries(self):
        """As many queries for forty leads as for four."""
        counts = []
        for number in (4, 40):
            self._leads(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._give_out().count, number)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5, counts)
