from odoo.tests import tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestGradeHolders(GradingCommon):
    """Who holds a grade: customers and leads of any scheme in force, as many as the buttons open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold, cls.silver = cls.env['crm.grade'].create([
            {'name': name, 'company_id': cls.company.id, 'sequence': sequence} for sequence, name in enumerate(("Gold", "Silver"))])
        cls.leading, cls.dealers, cls.draft = cls.env['crm.grading.scheme'].create([
            {'name': name, 'company_id': cls.company.id} for name in ("Value", "Dealers", "Draft")])
        # only who holds what is looked at here, not what the schemes would need for a run
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_grading_scheme SET state = 'active' WHERE id IN %s", [(cls.leading.id, cls.dealers.id)])
        cls.env.invalidate_all()
        cls.profiles = cls._profiles(cls._customers(4))
        cls.profiles[0].partner_id.user_id = cls.rep
        cls.profiles[0].grade_id = cls.gold

    def _hold(self, grade, scheme, *profiles):
        self.env['crm.grade.verdict'].create([
            {'scheme_id': scheme.id, 'customer_id': profile.id, 'grade_id': grade.id} for profile in profiles])

    def _assert_opens(self, grade, customers, leads=None):
        """What the buttons open is what the fields count."""
        grade.invalidate_recordset()
        for count, action, holders in (
                (grade.customer_count, grade.action_open_customers(), customers),
                (grade.lead_count, grade.action_open_leads(), leads or self.env['crm.lead'])):
            found = grade.env[action['res_model']].search(action['domain'])
            self.assertEqual(set(found.ids), set(holders.ids))
            self.assertEqual(count, len(holders))

    def test_any_scheme_in_force(self):
        first, second, third, fourth = self.profiles
        self._hold(self.gold, self.leading, first)
        self._hold(self.gold, self.dealers, first, second)
        self._hold(self.silver, self.dealers, third)
        self._hold(self.gold, self.draft, fourth)
        self._assert_opens(self.gold, first + second)
        self.assertEqual(self.gold.leading_count, 1)
        self._assert_opens(self.silver, third)

    def test_out_of_force(self):
        self._hold(self.gold, self.dealers, *self.profiles[:2])
        self._assert_opens(self.gold, self.profiles[:2])
        self.dealers.active = False
        self._assert_opens(self.gold, self.profiles.browse())

    def test_archived_contact(self):
        self._hold(self.gold, self.leading, *self.profiles[:2])
        self.profiles[1].partner_id.active = False
        self._assert_opens(self.gold, self.profiles[0])

    def test_leads(self):
        leads = self.env['crm.lead'].create([
            {'name': name, 'company_id': self.company.id, 'user_id': user.id} for name, user in (
                ("Mine", self.rep), ("Another's", self.rep2), ("Lost", self.rep))])
        self.env['crm.grade.verdict'].create([
            {'scheme_id': self.dealers.id, 'lead_id': lead.id, 'grade_id': self.gold.id} for lead in leads])
        leads[2].active = False
        self._assert_opens(self.gold, self.profiles.browse(), leads[:2])
        self._assert_opens(self.gold.with_env(self._as(self.rep)), self.profiles.browse(), leads[0])

    def test_a_rep_counts_own_customers_only(self):
        self._hold(self.gold, self.leading, *self.profiles)
        for user, seen in ((self.rep, self.profiles[0]), (self.rep2, self.profiles.browse()), (self.manager, self.profiles)):
            with self.subTest(user=user.login):
                self._assert_opens(self.gold.with_env(self._as(user)), seen)

    def test_queries_do_not_grow_with_grades(self):
        self._hold(self.gold, self.leading, *self.profiles)
        (self.gold + self.silver).mapped('customer_count')
        (self.gold + self.silver).invalidate_recordset()
        with self.assertQueryCount(2):
            (self.gold + self.silver).mapped('customer_count')
