from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestSegment(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Segment = cls.env['crm.segment']
        cls.grade_a, cls.grade_b = cls.env['crm.grade'].create([
            {'name': name, 'company_id': cls.company.id, 'sequence': sequence} for sequence, name in enumerate(("Seg A", "Seg B"))])
        cls.state = cls.env['crm.lifecycle.state'].create({'name': "Seg state", 'company_id': cls.company.id, 'sequence': 90})
        cls.partners = cls._customers(4)
        cls.profiles = cls._profiles(cls.partners)
        cls.orders = cls.env['crm.metric'].search([('code', '=', 'invoice_count')])
        for profile, count, grade in zip(cls.profiles, (0, 2, 5, 9), (cls.grade_b, cls.grade_a, cls.grade_a, cls.env['crm.grade'])):
            profile.write({'order_count': count, 'grade_id': grade.id, 'revenue': 1000.0 * count})
        cls.partners[2].user_id = cls.rep

    def _segment(self, name="Segment", **vals):
        return self.Segment.create({'name': name, 'company_id': self.company.id, **vals})

    def _criterion(self, operator, value):
        return [Command.create({'metric_id': self.orders.id, 'operator': operator, 'value': value})]

    def _members(self, segment, env=None):
        found = (env or self.env)['crm.customer'].search([('segment_ids', 'in', segment.ids), ('id', 'in', self.profiles.ids)])
        return [index for index, profile in enumerate(self.profiles) if profile in found.with_env(self.env)]

    def test_conditions_add_up(self):
        cases = [
            ({}, [0, 1, 2, 3]),
            ({'grade_ids': self.grade_a.ids}, [1, 2]),
            ({'grade_ids': (self.grade_a + self.grade_b).ids}, [0, 1, 2]),
            ({'criterion_ids': self._criterion('>=', 5)}, [2, 3]),
            ({'criterion_ids': self._criterion('>=', 5), 'grade_ids': self.grade_a.ids}, [2]),
            ({'domain': "[('partner_id.name', 'ilike', 'customer 2')]"}, [1]),
            ({'domain': "[('partner_id.name', 'ilike', 'customer 2')]", 'grade_ids': self.grade_b.ids}, []),
            ({'lifecycle_ids': self.state.ids}, []),
        ]
        segments = [self._segment(f"S{number}", **vals) for number, (vals, _members) in enumerate(cases)]
        for segment, (vals, members) in zip(segments, cases):
            with self.subTest(vals=vals):
                self.assertEqual(self._members(segment), members)
                self.assertEqual(segment.customer_count, len(members))
        self.assertEqual(self.profiles[2].segment_ids.filtered(lambda segment: segment in self.Segment.union(*segments)),
                         segments[0] + segments[1] + segments[2] + segments[3] + segments[4])

    def test_up_to_date_at_once(self):
        segment = self._segment(criterion_ids=self._criterion('>=', 5))
        self.assertEqual(segment.customer_count, 2)
        self.profiles[0].order_count = 5
        segment.invalidate_recordset()
        self.assertEqual((segment.customer_count, self._members(segment)), (3, [0, 2, 3]))
        self.partners[3].active = False
        segment.invalidate_recordset()
        self.assertEqual(segment.customer_count, 2)

    def test_several_segments_and_none(self):
        few = self._segment("Few", criterion_ids=self._criterion('<', 1))
        many = self._segment("Many", criterion_ids=self._criterion('>', 5))
        Customer = self.env['crm.customer']
        mine = [('id', 'in', self.profiles.ids)]
        self.assertEqual(Customer.search([('segment_ids', 'in', (few + many).ids), *mine], order='id'), self.profiles[0] + self.profiles[3])
        self.assertEqual(Customer.search([('segment_ids', 'not in', few.ids), *mine], order='id'), self.profiles[1:])
        self.assertEqual(Customer.search([('segment_ids', '=', False), *mine], order='id'), self.profiles[1] + self.profiles[2])
        self.assertEqual(Customer.search([('segment_ids', '!=', False), *mine], order='id'), self.profiles[0] + self.profiles[3])
        self.assertEqual(Customer.search([('segment_ids.name', '=', "Few"), *mine]), self.profiles[0])

    def test_on_contacts(self):
        segment = self._segment(grade_ids=self.grade_a.ids)
        child = self.env['res.partner'].create({'name': "Person", 'parent_id': self.partners[1].id})
        Partner = self.env['res.partner'].with_company(self.company)
        found = Partner.search([('crm_segment_ids', 'in', segment.ids)])
        self.assertEqual(found, self.partners[1] + self.partners[2] + child)
        self.assertIn(segment, child.with_company(self.company).crm_segment_ids)
        self.assertFalse(Partner.with_company(self.company_usd).search([('crm_segment_ids', 'in', segment.ids)]))

    def test_counts_of_all_segments_are_one_query(self):
        segments = self.Segment.concat(*(self._segment(f"S{number}", criterion_ids=self._criterion('>=', number)) for number in range(8)))
        self.env.flush_all()
        self.env.invalidate_all()
        segments.mapped('rule_text')
        with self.assertQueryCount(3):
            segments._count_customers()
        self.env.invalidate_all()
        segments[:2].mapped('rule_text')
        with self.assertQueryCount(3):
            segments[:2]._count_customers()

    def test_a_rep_counts_own_customers_only(self):
        segment = self._segment(grade_ids=self.grade_a.ids)
        for user, count in [(self.rep, 1), (self.lead, 1), (self.rep2, 0), (self.leads_all, 2), (self.manager, 2), (self.finance, 2)]:
            with self.subTest(user=user.login):
                self.assertEqual(segment.with_env(self._as(user)).customer_count, count)
        self.assertEqual(self._members(segment, self._as(self.rep)), [2])

    def test_members_do_not_depend_on_who_may_see_amounts(self):
        """A manager's condition on revenue works for a rep, who may not ask for revenue herself."""
        segment = self._segment(domain="[('revenue', '>', 4000)]")
        self.assertEqual(self._members(segment), [2, 3])
        self.assertEqual(self._members(segment, self._as(self.rep)), [2])
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.customer'].search([('revenue', '>', 4000)])
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.segment'].create({'name': "Peep", 'domain': "[('revenue', '>', 4000)]"})
        with self.assertRaises(AccessError):
            segment.with_env(self._as(self.rep)).domain = "[('revenue', '>', 4500)]"

    def test_companies(self):
        segment = self._segment()
        there = self._profiles(self.partners[0], self.company_usd)
        self.assertNotIn(there, self.env['crm.customer'].search([('segment_ids', 'in', segment.ids)]))
        self.assertFalse(self._as(self.manager_usd)['crm.segment'].search([('id', '=', segment.id)]))
        with self.assertRaises(UserError):
            self.Segment.create({'name': "Mixed", 'company_id': self.company_usd.id, 'grade_ids': self.grade_a.ids})

    def test_condition_in_words(self):
        belgium, france = self.env.ref('base.be'), self.env.ref('base.fr')
        tag = self.env['res.partner.category'].create({'name': "Dealer"})
        fallback = "further conditions"
        for domain, text in [
            ([], "all customers"),
            ([('partner_id.country_id', '=', belgium.id)], "Country is Belgium"),
            ([('country_id', 'in', [belgium.id, france.id])], "Country is one of Belgium, France"),
            ([('category_id', 'not in', tag.ids)], "Tags is none of Dealer"),
            ([('industry_id', 'ilike', 'food')], "Industry contains “food”"),
            ([('partner_id.parent_id.city', '!=', 'Gent')], "Related Company / City is not Gent"),
            ([('user_id', '=', False)], "Salesperson is not set"),
            ([('email', '!=', False)], "Email is set"),
            ([('partner_id.is_company', '=', True)], "Is a Company: yes"),
            ([('partner_id.is_company', '!=', True)], "Is a Company: no"),
            ([('grade_move', '=', 'up')], "Last Move is Promoted"),
            ([('order_count', '>=', 1000)], "Purchases at least 1,000"),
            ([('revenue', '<', 2.5)], "Revenue less than 2.50"),
            ([('last_order_date', '<', '2026-03-01')], "Last Purchase before 03/01/2026"),
            ([('order_count', '>=', 2), ('city', '=', 'Gent')], "Purchases at least 2; City is Gent"),
            # no simple words
            ([('last_order_date', '<', 'today -90d')], fallback),
            (['|', ('city', '=', 'Gent'), ('order_count', '>', 3)], fallback),
            (['!', '&', ('city', '=', 'Gent'), ('order_count', '>', 3)], fallback),
            ([('verdict_ids', 'any', [('score', '>', 50)])], fallback),
            ([('city', '=like', 'G%')], fallback),
            ([('country_id', '=', 10**8)], fallback),
            ([('order_count', '>', 3), ('city', '=like', 'G%')], f"Purchases more than 3; {fallback}"),
        ]:
            with self.subTest(domain=domain):
                self.assertEqual(self.Segment.new({'domain': str(domain), 'company_id': self.company.id}).rule_text, text)
        self.assertEqual(self.Segment.new({'domain': "[('city', '="}).rule_text, fallback, "half written")

    def test_condition_names_nobody_that_the_user_may_not_see(self):
        other = self.env['res.partner'].create({'name': "Elsewhere", 'company_id': self.company_usd.id})
        segment = self._segment(domain=str([('partner_id', '=', other.id)]))
        self.assertEqual(segment.with_env(self._as(self.rep)).rule_text, "further conditions")
        self.assertEqual(segment.sudo().rule_text, "Customer is Elsewhere")

    def test_bad_conditions_are_refused(self):
        for domain in ("[('nonsense', '=', 1)]", "__import__('os')", "[('id', '=', uid)]", "[('segment_ids', '!=', False)]", "5"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self._segment(domain=domain)

    # ------------------------------------------------------------------
    # Using
    # ------------------------------------------------------------------

    def test_plan_activities_for_all(self):
        segment = self._segment(grade_ids=self.grade_a.ids)
        plan = self.env['mail.activity.plan'].create({
            'name': "Visit", 'res_model': 'res.partner', 'company_id': self.company.id,
            'template_ids': [Command.create({
                'summary': "Visit", 'activity_type_id': self.env.ref('mail.mail_activity_data_todo').id})]})
        action = segment.action_plan_activities()
        self.env['crm.segment.activity'].with_context(**action['context']).create({'plan_id': plan.id, 'date': '2026-07-01'}).action_start()
        self.assertEqual(self.partners.mapped(lambda partner: len(partner.activity_ids)), [0, 1, 1, 0])
        self.assertEqual(self.partners[2].activity_ids.user_id, self.rep)
        self.assertEqual(str(self.partners[1].activity_ids.date_deadline), '2026-07-01')

    def test_a_rep_plans_for_own_customers(self):
        segment = self._segment(grade_ids=self.grade_a.ids)
        plan = self.env['mail.activity.plan'].create({
            'name': "Visit", 'res_model': 'res.partner', 'company_id': self.company.id,
            'template_ids': [Command.create({
                'summary': "Visit", 'activity_type_id': self.env.ref('mail.mail_activity_data_todo').id})]})
        env = self._as(self.rep)
        wizard = env['crm.segment.activity'].create({'segment_id': segment.id, 'plan_id': plan.id})
        self.assertEqual(wizard.customer_count, 1, "the form promises what it will do")
        wizard.action_start()
        self.assertEqual(self.partners.mapped(lambda partner: len(partner.activity_ids)), [0, 0, 1, 0])
        with self.assertRaises(UserError):
            self._as(self.rep2)['crm.segment.activity'].create({'segment_id': segment.id, 'plan_id': plan.id}).action_start()

    def test_write_a_mail_to_all(self):
        self.partners.write({'email': 'a@example.com'})
        segment = self._segment(grade_ids=self.grade_a.ids)
        action = segment.action_write_mail()
        composer = self.env['mail.compose.message'].with_context(**action['context']).create({'subject': "News", 'body': "<p>News</p>"})
        self.assertEqual(composer._evaluate_res_ids(), (self.partners[1] + self.partners[2]).ids)
        self.assertEqual((composer.model, composer.composition_mode), ('res.partner', 'mass_mail'))
        with self.assertRaisesRegex(UserError, "nobody"):
            self._segment("Empty", lifecycle_ids=self.state.ids).action_write_mail()
