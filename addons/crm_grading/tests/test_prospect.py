from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestProspect(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Scheme = cls.env['crm.grading.scheme'].with_company(cls.company)
        cls.lead_scheme = Scheme._create_lead_scheme(cls.company)
        cls.prospect_scheme = Scheme._create_prospect_scheme(cls.company)
        cls.hot, cls.warm, cls.cold = cls.lead_scheme.band_ids.sorted('threshold', reverse=True).grade_id
        cls.plan = cls.env['mail.activity.plan'].create({
            'name': "Follow up", 'res_model': 'crm.lead', 'company_id': cls.company.id, 'template_ids': [Command.create({
                'summary': "Call at once", 'activity_type_id': cls.env.ref('mail.mail_activity_data_call').id})]})

    def _lead(self, **vals):
        lead = self.env['crm.lead'].create({
            'name': "Lead", 'type': 'lead', 'company_id': self.company.id, 'user_id': False, 'team_id': False, 'probability': 0, **vals})
        self.env.flush_all()
        # the database does not know that the clock has been stopped
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-06-10' WHERE id = %s", [lead.id])
        return lead

    def _grade(self, grade, lead=None, profile=None, scheme=None):
        """Write the verdict and the history that a run writes."""
        scheme = scheme or (self.lead_scheme if lead else self.prospect_scheme)
        subject = {'lead_id': lead.id} if lead else {'customer_id': profile.id}
        self.env['crm.grade.verdict'].create({'scheme_id': scheme.id, 'grade_id': grade.id, **subject})
        self.env['crm.grade.history'].create({
            'scheme_id': scheme.id, 'company_id': self.company.id, 'date': self.TODAY, 'grade_id': grade.id, 'move': 'new',
            'policy_done': False, **subject})

    def test_templates(self):
        for scheme, population in [(self.lead_scheme, 'lead'), (self.prospect_scheme, 'prospect')]:
            self.assertEqual((scheme.population, scheme.state, scheme.is_leading), (population, 'draft', False))
            self.assertEqual(scheme.band_ids.grade_id, self.hot + self.warm + self.cold)
            scheme._check_complete()
        self.assertEqual(self.env['crm.grading.scheme']._create_lead_scheme(self.company), self.lead_scheme, "only once")
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.grading.scheme'].action_propose_prospect_schemes()
        action = self._as(self.manager_usd)['crm.grading.scheme'].action_propose_prospect_schemes()
        there = self.env['crm.grading.scheme'].browse(action['domain'][0][2])
        self.assertEqual(there.mapped('population'), ['prospect', 'lead'])
        self.assertEqual(there.company_id, self.company_usd)

    def test_a_run_grades_leads_and_prospects(self):
        (self.lead_scheme + self.prospect_scheme).state = 'active'
        good = self._lead(
            name="Good", probability=90, email_from='g@example.com', phone='+32 2 290 34 90', contact_name="G", partner_name="G",
            function="Owner", city="Gent", country_id=self.env.ref('base.be').id, website='https://g.example.com')
        poor = self._lead(name="Poor", probability=1)
        prospect = self._customers(1, name="Prospect")
        opportunity = self._lead(name="Opportunity", type='opportunity', partner_id=prospect.id)
        buyer = self._customers(1, name="Buyer")
        self._invoices([(buyer, '2026-05-01', 100)])
        bought = self._lead(name="Bought", type='opportunity', partner_id=buyer.id)
        self.env['crm.grading.run']._run(self.company)
        self.env.invalidate_all()
        self.assertIn(good.crm_grade_id, self.hot + self.warm)
        self.assertEqual(poor.crm_grade_id, self.cold)
        self.assertTrue(opportunity.crm_grade_id, "a contact without a purchase has the tier of the prospect scheme")
        self.assertFalse(bought.crm_grade_id, "a buyer is no prospect, and there is no customer scheme here")

    def test_which_grade_a_lead_shows(self):
        (self.lead_scheme + self.prospect_scheme).state = 'active'
        value = self.env['crm.grade'].create({'name': "Value A", 'company_id': self.company.id, 'sequence': 1})
        customer, prospect, stranger = self._customers(3)
        profiles = self._profiles(customer + prospect + stranger)
        profiles[0].grade_id = value
        child = self.env['res.partner'].create({'name': "Person", 'parent_id': customer.id})
        self._grade(self.warm, profile=profiles[0])
        self._grade(self.cold, profile=profiles[1])
        leads = (self._lead(name="alone") + self._lead(name="child", partner_id=child.id)
                 + self._lead(name="prospect", partner_id=prospect.id) + self._lead(name="stranger", partner_id=stranger.id)
                 + self._lead(name="new"))
        self._grade(self.hot, lead=leads[0])
        none = self.env['crm.grade']
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual([lead.crm_grade_id for lead in leads], [self.hot, value, self.cold, none, none])
        Lead = self.env['crm.lead']
        mine = [('id', 'in', leads.ids)]
        for domain, found in [
            ([('crm_grade_id', '=', self.hot.id)], leads[0]), ([('crm_grade_id', 'in', (value + self.cold).ids)], leads[1:3]),
            ([('crm_grade_id', '!=', self.hot.id)], leads[1:]), ([('crm_grade_id', '=', False)], leads[3:]),
            ([('crm_grade_id', '!=', False)], leads[:3]), ([('crm_grade_id.name', '=', "Value A")], leads[1]),
        ]:
            with self.subTest(domain=domain):
                self.assertEqual(Lead.search(domain + mine, order='id'), found)
        leads[0].partner_id = prospect
        self.assertEqual(leads[0].crm_grade_id, self.cold, "with a contact, the contact's tier counts")
        self.prospect_scheme.state = 'draft'
        self.env.invalidate_all()
        self.assertFalse(leads[2].crm_grade_id, "a scheme that is not in force gives no tier")

    def test_other_company(self):
        self.lead_scheme.state = 'active'
        lead = self._lead()
        self._grade(self.hot, lead=lead)
        there = self._lead(name="There", company_id=self.company_usd.id)
        self.assertEqual(self.env['crm.lead'].search([('crm_grade_id', '=', self.hot.id), ('id', 'in', (lead + there).ids)]), lead)
        shared = self._lead(name="Shared", company_id=False)
        self._grade(self.hot, lead=shared)
        self.assertEqual(shared.with_company(self.company).crm_grade_id, self.hot)
        self.assertFalse(shared.with_company(self.company_usd).crm_grade_id, "the tier of our scheme is ours")

    def test_queries_are_constant(self):
        leads = self.env['crm.lead'].concat(*(self._lead() for _number in range(20)))
        self.env.flush_all()
        self.env.invalidate_all()
        leads.mapped('company_id')
        with self.assertQueryCount(2):
            leads.mapped('crm_grade_id')

    def test_a_rep_sees_the_tier_of_own_leads(self):
        self.lead_scheme.state = 'active'
        lead = self._lead(user_id=self.rep.id)
        self._grade(self.hot, lead=lead)
        self.assertEqual(lead.with_env(self._as(self.rep)).crm_grade_id.name, "Hot")
        self.assertFalse(self._as(self.rep2)['crm.lead'].search([('crm_grade_id', '=', self.hot.id)]))

    def test_follow_up_plan_of_a_tier(self):
        self.hot.lead_plan_id = self.plan
        lead, cold = self._lead(user_id=self.rep.id), self._lead()
        prospect = self._customers(1)
        profile = self._profiles(prospect)
        opportunity = self._lead(name="Opportunity", type='opportunity', partner_id=prospect.id)
        lost = self._lead(name="Lost", partner_id=prospect.id, active=False, probability=0)
        self._grade(self.hot, lead=lead)
        self._grade(self.cold, lead=cold)
        self._grade(self.hot, profile=profile)
        for _twice in range(2):
            self.env['crm.grade']._apply_policies(self.company)
        self.assertEqual([len(item.activity_ids) for item in (lead, cold, opportunity, lost)], [1, 0, 1, 0])
        self.assertEqual((lead.activity_ids.summary, lead.activity_ids.user_id), ("Call at once", self.rep))

    def test_no_plans_in_the_first_run(self):
        self.hot.lead_plan_id = self.plan
        lead = self._lead()
        self._grade(self.hot, lead=lead)
        run = self.env['crm.grading.run'].create({'company_id': self.company.id, 'date': self.TODAY, 'kind': 'nightly'})
        self.env['crm.grade.history'].search([('lead_id', '=', lead.id)]).write({'run_id': run.id})
        self.env['crm.grade']._apply_policies(self.company)
        self.assertFalse(lead.activity_ids)
