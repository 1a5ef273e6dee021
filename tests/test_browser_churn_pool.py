"""The customer pool in a browser: claimed on a phone, looked through and given back on a desktop, a rule with its preview."""
from journeys import JourneyCase, PhoneJourney

from odoo import Command
from odoo.tests import tagged


class PoolCase(JourneyCase):
    journey_login = 'pool_rep'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref('base.main_company')
        cls.env['crm.pool'].search([]).active = False
        cls.rep = cls._person('pool_rep', 'sales_team.group_sale_salesman')
        cls.manager = cls._person('pool_manager', 'sales_team.group_sale_manager')
        cls.pool = cls.env['crm.pool'].create({
            'name': "North", 'company_id': company.id, 'member_ids': [Command.set(cls.rep.ids)], 'responsible_id': cls.manager.id,
            'claim_daily_max': 1, 'mask': 'address'})
        cls.customers = cls.env['res.partner'].create([
            {'name': name, 'is_company': True, 'phone': "+32 470 12 34 56", 'email': "info@acme.example", 'street': "Main Street 1",
             'city': "Ghent"} for name in ("Acme of Journeys", "Bolt of Journeys")])
        cls.env['crm.pool.move']._carry_out('imported', cls.customers, pool=cls.pool, reason="Fair in Ghent")


@tagged('post_install', '-at_install')
class TestPoolPhone(PhoneJourney, PoolCase):

    def test_claim(self):
        """Cards, one of them looked into with its contact masked, claimed with one press; the next one has to wait."""
        self._journey('/odoo/customer-pool', [
            ('text', '.o_kanban_record', "Acme of Journeys"), ('text', '.o_kanban_record', "Fair in Ghent"),
            ('press', '.o_kanban_record:not(.o_kanban_ghost)', "Acme of Journeys"), ('text', '.o_form_view [name=phone]', "••• 56"),
            ('absent', '.o_form_view', "470"), ('text', '.o_form_view [name=street]', "M•••"), ('fits',),
        ])
        self._journey('/odoo/customer-pool', [
            ('text', '.o_kanban_record', "Acme of Journeys"),
            ('click', '.o_kanban_record button[name=action_claim]'),
            ('see', '.o_form_view [name=phone] input'),   # now it is shown
        ])
        [mine] = self.customers.filtered(lambda customer: customer.user_id == self.rep)
        self.assertFalse(mine.crm_pool_id)
        self._journey('/odoo/customer-pool', [
            ('text', '.o_kanban_record', "of Journeys"), ('text', '.o_kanban_record', "No claims left today"),
            ('without', 'button[name=action_claim]')])


@tagged('post_install', '-at_install')
class TestPoolDesktop(PoolCase):

    def test_give_back(self):
        customer = self.env['res.partner'].create({'name': "Cold of Journeys", 'is_company': True, 'user_id': self.rep.id})
        self._journey(f'/odoo/res.partner/{customer.id}', [
            ('click', '.o_cp_action_menus .dropdown-toggle:has(.fa-cog)'), ('press', '.o-dropdown-item', "Give to the Pool"),
            ('text', '.modal', "Cold of Journeys"), ('type', '.modal [name=reason] input', "No budget"),
            ('click', '.modal button[name=action_apply]'), ('without', '.modal')])
        self.assertEqual((customer.crm_pool_id, customer.user_id.id), (self.pool, False))
        self._journey('/odoo/customer-pool?view_type=list', [('text', '.o_data_row', "No budget")])

    def test_rule_with_preview(self):
        cold = self.env['res.partner'].create({'name': "Cold of Journeys", 'is_company': True, 'user_id': self.rep.id})
        cold.flush_recordset()
        self.env.cr.execute("UPDATE res_partner SET create_date = '2020-01-01' WHERE id = %s", [cold.id])
        rule = self.env['crm.pool.rule'].create(
            {'name': "Quarter", 'pool_id': self.pool.id, 'days_contact': 90, 'warn_days': 7, 'spare_kind_ids': False})
        self._journey(f'/odoo/recycling-rules/{rule.id}', [
            ('click', 'button[name=action_preview]'), ('text', '.o_list_view .o_data_row', "Cold of Journeys")], login='pool_manager')
        self.assertEqual(cold.user_id, self.rep, "A preview takes nobody")

    def test_assign(self):
        self._journey('/odoo/customer-pool?view_type=list', [
            ('text', '.o_data_row', "Acme of Journeys"), ('click', '.o_list_table thead .o_list_record_selector input'),
            ('click', 'button[name=action_assign]'), ('text', '.modal', "Assign or Move"),
            ('pick', '.modal [name=user_id] input', self.rep.name), ('click', '.modal button[name=action_apply]'), ('without', '.modal')],
            login='pool_manager')
        self.assertEqual(self.customers.user_id, self.rep)
