from odoo import Command
from odoo.tests import TransactionCase, tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestResPartner(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grade_a, cls.grade_b, cls.grade_usd = cls.env['crm.grade'].create([
            {'name': "A", 'sequence': 1, 'company_id': cls.company.id},
            {'name': "B", 'sequence': 2, 'company_id': cls.company.id},
            {'name': "A", 'sequence': 1, 'company_id': cls.company_usd.id}])
        cls.state = cls.env['crm.lifecycle.state'].create({'name': "Tested", 'company_id': cls.company.id})
        cls.good, cls.fair, cls.plain = cls.customers = cls._customers(3)
        cls.good.user_id, cls.fair.user_id = cls.rep, cls.rep2
        cls.person = cls.env['res.partner'].create({'name': "Anna", 'parent_id': cls.good.id})
        cls.profiles = cls._profiles(cls.good + cls.fair)
        cls.profiles[0].write({'grade_id': cls.grade_a.id, 'lifecycle_id': cls.state.id})
        cls.profiles[1].grade_id = cls.grade_b
        cls._profiles(cls.fair, cls.company_usd).grade_id = cls.grade_usd
        cls.all = cls.customers + cls.person

    def _partners(self, user=None, company=None):
        return self.all.with_env(self._as(user or self.manager, company or self.company))

    def _search(self, *domain, user=None, company=None):
        partners = self._partners(user, company)
        return self.env['res.partner'].concat(partners.search([('id', 'in', partners.ids), *domain])).with_env(self.env)

    # ------------------------------------------------------------------
    # Verdicts of the current company
    # ------------------------------------------------------------------

    def test_grade_of_the_company(self):
        """A contact shows the grade of its commercial entity in the company that one works in."""
        good, fair, plain, person = self._partners()
        self.assertEqual((good.crm_grade_id, fair.crm_grade_id), (self.grade_a, self.grade_b))
        self.assertEqual((person.crm_grade_id, person.crm_lifecycle_id), (self.grade_a, self.state))
        self.assertFalse(plain.crm_grade_id)
        good, fair, _plain, _person = self._partners(company=self.company_usd)
        self.assertFalse(good.crm_grade_id)
        self.assertEqual(fair.crm_grade_id, self.grade_usd)

    def test_search(self):
        graded = self.good + self.fair + self.person
        cases = [
            (('crm_grade_id', '=', self.grade_a.id), self.good + self.person),
            (('crm_grade_id', '!=', self.grade_a.id), self.fair + self.plain),
            (('crm_grade_id', 'in', (self.grade_a + self.grade_b).ids), graded),
            (('crm_grade_id', 'not in', self.grade_b.ids), self.good + self.plain + self.person),
            (('crm_grade_id', '=', False), self.plain),
            (('crm_grade_id', '!=', False), graded),
            (('crm_grade_id', 'in', [self.grade_b.id, False]), self.fair + self.plain),
            (('crm_grade_id', 'ilike', "b"), self.fair),
            (('crm_grade_id.sequence', '<', 2), self.good + self.person),
            (('crm_lifecycle_id', '=', self.state.id), self.good + self.person),
            (('crm_lifecycle_id', '=', False), self.fair + self.plain),
            (('crm_customer_id', '!=', False), graded),
        ]
        for condition, expected in cases:
            with self.subTest(condition=condition):
                self.assertEqual(set(self._search(condition)), set(expected))

    def test_search_by_company(self):
        self.assertEqual(self._search(('crm_grade_id', '!=', False), company=self.company_usd), self.fair)

    def test_own_customers(self):
        """A salesperson sees the grades of the own customers only; nobody is stopped."""
        good, fair, _plain, person = self._partners(self.rep)
        self.assertEqual((good.crm_grade_id, person.crm_grade_id), (self.grade_a, self.grade_a))
        self.assertFalse(fair.crm_grade_id)
        self.assertEqual(self._search(('crm_grade_id', '!=', False), user=self.rep), self._search(
            ('id', 'in', (self.good + self.person).ids)))
        self.assertIn(self.fair, self._search(('crm_grade_id', '=', False), user=self.rep))

    def test_without_rights(self):
        """Whoever has no right to customers at all sees no grade, and no error."""
        self.assertFalse(self._partners(self.employee).crm_grade_id)
        self.assertFalse(self._search(('crm_grade_id', '!=', False), user=self.employee))
        self.assertEqual(len(self._search(('crm_grade_id', '=', False), user=self.employee)), 4)
        self._partners(self.employee).mapped('application_statistics')

    def test_no_leak_between_users(self):
        """What one user has seen in a transaction, the next does not."""
        self.assertTrue(self._partners(self.manager)[1].crm_grade_id)
        self.assertFalse(self._partners(self.rep)[1].crm_grade_id)

    def test_chip(self):
        chips = self._partners()[0].application_statistics
        self.assertIn("A", [chip['value'] for chip in chips])
        self.assertNotIn("A", [chip['value'] for chip in self._partners()[2].application_statistics or []])

    def test_queries(self):
        """Showing the grade of many contacts costs what one costs."""
        counts = []
        for number in (1, 12):
            partners = self._customers(number)
            self._profiles(partners).grade_id = self.grade_a
            partners = partners.with_env(self._as(self.manager))
            partners.mapped('crm_grade_id.name')
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(set(partners.mapped('crm_grade_id.name')), {"A"})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # ------------------------------------------------------------------
    # Life of a contact
    # ------------------------------------------------------------------

    def test_archived(self):
        """An archived customer keeps its grade and leaves the customer list; it comes back with the contact."""
        self.good.active = False
        self.assertFalse(self.profiles[0].active)
        self.assertEqual(self.good.with_env(self._as(self.manager)).crm_grade_id, self.grade_a)
        self.good.active = True
        self.assertTrue(self.profiles[0].active)

    def test_made_child(self):
        """A customer that comes under another company shows that company's grade and leaves the customer list."""
        self.fair.write({'is_company': False, 'parent_id': self.good.id})
        self.assertFalse(self.profiles[1].active)
        self.assertEqual(self.fair.with_env(self._as(self.manager)).crm_grade_id, self.grade_a)
        self.fair.write({'is_company': True, 'parent_id': False})
        self.assertTrue(self.profiles[1].active)

    def test_new_contact_costs_nothing(self):
        """A profile is made by a run, not when the contact is made."""
        partner = self._customers()
        self.assertFalse(self.env['crm.customer'].search([('partner_id', '=', partner.id)]))
        self.assertFalse(partner.crm_grade_id)

    def test_owner_follows(self):
        self.good.user_id = self.rep2
        self.assertEqual(self.profiles[0].user_id, self.rep2)
        self.assertEqual(self._partners(self.rep2)[0].crm_grade_id, self.grade_a)
        self.assertFalse(self._partners(self.rep)[0].crm_grade_id)

    def test_competitor(self):
        self.plain.crm_is_competitor = True
        self.assertEqual(self._search(('crm_is_competitor', '=', True)), self.plain)


@tagged('post_install', '-at_install')
class TestBesideOthers(TransactionCase):

    def test_fields_on_models_of_others_bear_our_name(self):
        """Core's partnership gives contacts a ``grade_id`` of its own; no field of ours may meet one of another addon."""
        mixins = [model for model in self.env.values() if model._abstract and model._original_module == 'crm_grading']
        added = {
            f'{model._name}.{name}' for model in self.env.values() if model._original_module != 'crm_grading'
            for name, field in model._fields.items() if tuple(field._modules) == ('crm_grading',)
            # whoever asks for a mixin of ours wants its fields
            and not any(isinstance(model, type(mixin)) and name in mixin._fields for mixin in mixins)}
        self.assertIn('res.partner.crm_grade_id', added)
        self.assertEqual({name for name in added if not name.rsplit('.', 1)[1].startswith('crm_')}, set())


@tagged('post_install', '-at_install')
class TestPartnerMerge(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old, cls.new = cls._customers(2)
        cls.grades, cls.schemes = {}, {}
        for company in (cls.company, cls.company_usd):
            cls.grades[company] = cls.env['crm.grade'].create([
                {'name': name, 'sequence': sequence, 'company_id': company.id} for sequence, name in enumerate("ABC")])
            cls.schemes[company] = cls.env['crm.grading.scheme'].create({
                'name': "Value", 'company_id': company.id, 'is_leading': True, 'state': 'active',
                'dimension_ids': [Command.create({
                    'metric_id': cls.env.ref('crm_grading.crm_metric_revenue').id, 'scoring': 'linear', 'high_value': 100})],
                'band_ids': [Command.create({'grade_id': cls.grades[company][0].id, 'threshold': 50})]})
        cls.source = {company: cls._graded(cls.old, company, 1) for company in cls.grades}

    @classmethod
    def _graded(cls, partner, company, rank, **verdict):
        profile, grade = cls._profiles(partner, company), cls.grades[company][rank]
        cls.env['crm.grade.verdict'].create({
            'customer_id': profile.id, 'scheme_id': cls.schemes[company].id, 'grade_id': grade.id, **verdict})
        profile.write({'grade_id': grade.id, 'grade_date': '2026-01-01'})
        cls.env['crm.grade.history'].create({
            'customer_id': profile.id, 'scheme_id': cls.schemes[company].id, 'company_id': company.id, 'date': '2026-01-01',
            'grade_id': grade.id, 'move': 'new'})
        return profile

    def _merge(self):
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.old + self.new).ids, self.new)
        self.env.invalidate_all()

    def _profile(self, company):
        return self.env['crm.customer'].search([('partner_id', '=', self.new.id), ('company_id', '=', company.id)])

    def _history(self, company):
        return self.env['crm.grade.history'].search([('customer_id', '=', self._profile(company).id)])

    def test_profile_moves(self):
        """Where the remaining contact had no profile it gets that of the other, with everything on it, in each company."""
        self._merge()
        for company, source in self.source.items():
            with self.subTest(company=company.name):
                self.assertEqual(self._profile(company), source)
                self.assertEqual(source.verdict_ids.grade_id, self.grades[company][1])
                self.assertEqual(len(self._history(company)), 1)

    def test_histories_join(self):
        """Where both have one, the remaining profile gets the history of the other; the other company's simply moves."""
        target = self._graded(self.new, self.company, 0)
        self._merge()
        self.assertEqual(self._profile(self.company), target)
        self.assertFalse(self.source[self.company].exists())
        self.assertEqual(target.grade_id, self.grades[self.company][0])
        self.assertEqual(len(target.verdict_ids), 1)
        self.assertEqual(set(self._history(self.company).mapped('grade_id.name')), {"A", "B"})
        self.assertEqual(self._profile(self.company_usd), self.source[self.company_usd])

    def test_override_survives(self):
        """A grade set by hand goes over to a customer without one, and the change of the grade is on record."""
        self.source[self.company].verdict_id.write({
            'override_grade_id': self.grades[self.company][1].id, 'override_reason': "Agreed", 'override_user_id': self.manager.id,
            'override_until': '2026-12-31'})
        target = self._graded(self.new, self.company, 2)
        self._merge()
        verdict = target.verdict_id
        self.assertEqual((verdict.grade_id.name, verdict.override_reason, verdict.override_user_id), ("B", "Agreed", self.manager))
        self.assertEqual(target.grade_id.name, "B")
        change = self._history(self.company)[0]
        self.assertEqual((change.reason, change.move, change.old_grade_id.name, change.grade_id.name), ('merge', 'up', "C", "B"))
        self.assertEqual(len(self._history(self.company)), 3)

    def test_own_override_goes_first(self):
        for profile, reason in ((self.source[self.company], "Old"), (self._graded(self.new, self.company, 2), "Own")):
            profile.verdict_id.write({'override_grade_id': profile.grade_id.id, 'override_reason': reason})
        self._merge()
        self.assertEqual(self._profile(self.company).verdict_id.override_reason, "Own")
        self.assertEqual(self._profile(self.company).verdict_id.grade_id.name, "C")

    def test_interests_survive(self):
        topic = self.env['crm.interest.topic'].create({'name': "Pumps"})
        person = self.env['res.partner'].create({'name': "Anna", 'parent_id': self.old.id})
        interest = self.env['crm.interest'].create({'partner_id': person.id, 'topic_id': topic.id, 'company_id': self.company.id})
        self._merge()
        self.assertEqual((interest.partner_id, interest.contact_id), (self.new, person))

    def test_lifecycle_history_survives(self):
        state = self.env['crm.lifecycle.state'].create({'name': "Tested", 'company_id': self.company.id})
        change = self.env['crm.lifecycle.history'].create({
            'customer_id': self.source[self.company].id, 'company_id': self.company.id, 'date': '2026-01-01',
            'state_id': state.id, 'direction': 'first'})
        target = self._graded(self.new, self.company, 0)
        self._merge()
        self.assertEqual(change.customer_id, target)

    def test_three_at_once(self):
        """Two profiles that move to a contact without one become one."""
        third = self._customers(name="Third")
        self._graded(third, self.company, 2)
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.old + third + self.new).ids, self.new)
        self.env.invalidate_all()
        self.assertEqual(len(self._profile(self.company)), 1)
        self.assertEqual(set(self._history(self.company).mapped('grade_id.name')), {"B", "C"})

    def test_merge_into_a_child(self):
        """Merging into a person of another customer: what is known goes to that customer."""
        boss = self._customers(name="Boss")
        self.old.is_company = False
        self.new.write({'is_company': False, 'parent_id': boss.id})
        self._merge()
        self.assertEqual(self.source[self.company].partner_id, boss)
        self.assertEqual(self.new.with_env(self._as(self.manager)).crm_grade_id.name, "B")

    def test_by_a_person_without_rights(self):
        """Who may merge contacts need not see customers."""
        self.employee.group_ids = [Command.link(self.env.ref('base.group_partner_manager').id)]
        (self.old + self.new).email = 'same@example.com'
        wizard = self._as(self.employee)['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.old + self.new).ids, self.new.with_env(wizard.env))
        self.assertEqual(self.source[self.company].partner_id, self.new)
