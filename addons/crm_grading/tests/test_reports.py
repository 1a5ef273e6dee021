import ast
import json
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open

from .test_grading_run import GradingRunCase

DASHBOARD = 'crm_grading/data/dashboards/customer_grades_dashboard.json'


@tagged('post_install', '-at_install')
class TestGradeValue(GradingRunCase):

    def _rows(self, company=None, env=None):
        self.env['crm.grade.value'].invalidate_model()
        return (env or self.env)['crm.grade.value'].search([('company_id', '=', (company or self.company).id)])

    def test_value_by_grade(self):
        self._invoices([(self.good, self.TODAY - timedelta(days=400), 500)])
        self._run()
        rows = self._rows()
        self.assertEqual(rows.mapped('grade_id.name'), ['A', 'B', 'C'])
        self.assertEqual(rows.mapped('customers'), [1, 1, 1])
        self.assertEqual(rows.mapped('revenue'), [1000, 500, 100])
        self.assertEqual([round(share, 4) for share in rows.mapped('revenue_share')], [62.5, 31.25, 6.25])
        self.assertEqual((rows[0].revenue_before, rows[0].growth), (500, 100))
        self.assertEqual(rows[0].margin, self._profile(self.good).margin)

    def test_who_is_left_out(self):
        """A contact without grade and purchase is no customer; one with a purchase and no grade is."""
        self._customers(2, name="Prospect")
        self.scheme.min_purchases = 2
        self._invoices([(self.good, self.bought, 1)])
        self._run()
        rows = self._rows()
        self.assertEqual([(row.grade_id.name, row.customers) for row in rows], [('A', 1), (False, 2)])
        self.assertEqual(rows.mapped('display_name'), ["A", "No grade"])
        action = rows[1].action_open_customers()
        self.assertEqual(self.env['crm.customer'].search(action['domain']).partner_id, self.fair + self.poor)

    def test_coverage(self):
        self._run()
        profile = self._profile(self.good)
        self.poor.user_id = False
        for days, silent in ((89, 0), (90, 0), (91, 1)):
            with self.subTest(days=days):
                profile.last_contact_date = self.TODAY - timedelta(days=days)
                self.assertEqual(self._rows()[0].silent, silent)
        self.assertEqual(self._rows().mapped('unowned'), [0, 0, 1])

    def test_companies_and_roles(self):
        """Every company has its own rows in its own currency; salespeople may not read the totals of all customers."""
        self._invoices([(self.good, self.bought, 40)], company=self.company_usd)
        self._revenue_scheme(self.company_usd, self._grades(self.company_usd), is_leading=True)
        self._run()
        self._run(company=self.company_usd)
        dollar = self._rows(self.company_usd)
        self.assertEqual((dollar.revenue, dollar.currency_id, dollar.revenue_share), (40, self.usd, 100))
        self.assertEqual(sum(self._rows().mapped('customers')), 3)
        self.assertFalse(self._rows(self.company_usd, self._as(self.finance)))
        self.assertEqual(len(self._rows(env=self._as(self.finance))), 3)
        for user in (self.rep, self.leads_all):
            with self.assertRaises(AccessError):
                self._rows(env=self._as(user)).read(['revenue'])


@tagged('post_install', '-at_install')
class TestDistribution(GradingRunCase):

    def test_last_run_of_day_and_month(self):
        """Three runs in a month, two of them on one day: each flag holds for exactly one of them, dry runs are left out."""
        first = self._run(self.TODAY - timedelta(days=3))
        again, last = self._run(), self._run()
        older = self._run(self.TODAY - timedelta(days=30))
        self.scheme._simulate()
        rows = self.env['crm.grading.distribution'].search([('scheme_id', '=', self.scheme.id)])
        self.assertEqual(rows.run_id, first + again + last + older)
        flagged = {flag: rows.filtered(flag).run_id for flag in ('is_last_of_day', 'is_last_of_month', 'is_latest')}
        self.assertEqual(flagged, {
            'is_last_of_day': first + last + older, 'is_last_of_month': last + older, 'is_latest': last})
        self.assertEqual(sum(rows.filtered('is_latest').mapped('customers')), 3)
        latest = [('is_latest', '=', True), ('scheme_id', '=', self.scheme.id)]
        self.assertEqual(self.env['crm.grading.distribution'].search_count(latest), 3)

    def test_roles(self):
        self._run()
        Distribution = self.env['crm.grading.distribution']
        self.assertTrue(Distribution.with_env(self._as(self.manager)).search([]))
        self.assertFalse(Distribution.with_env(self._as(self.manager_usd)).search([]))
        with self.assertRaises(AccessError):
            Distribution.with_env(self._as(self.leads_all)).search([])


@tagged('post_install', '-at_install')
class TestGoodCustomers(GradingRunCase):

    def _good(self, env=None):
        return (env or self.env)['crm.customer'].search([('is_good', '=', True), ('company_id', '=', self.company.id)]).partner_id

    def test_better_half(self):
        """Of three grades the first is good, of four the first two, of one the only one."""
        self._run()
        self.assertEqual(self._good(), self.good)
        extra = self.env['crm.grade'].create({'name': "D", 'sequence': 9, 'company_id': self.company.id})
        self.assertEqual(self._good(), self.good + self.fair)
        extra.active = False
        self.assertEqual(self._good(), self.good)
        self.scheme.active = False  # else its grades could not be archived
        (self.b + self.c).active = False
        self.assertEqual(self._good(), self.good)
        self.assertEqual(self._profile(self.good).is_good, True)
        self.assertEqual(self._profile(self.fair).is_good, False)

    def test_remembered_for_a_year(self):
        """Who lost the good grade is good for the 12 months after that day, the last of them included."""
        self._run(self.TODAY - timedelta(days=20))
        profile = self._profile(self.good)
        lost = self.env['crm.grade.history'].sudo().create({
            'customer_id': profile.id, 'scheme_id': self.scheme.id, 'company_id': self.company.id, 'date': self.TODAY,
            'old_grade_id': self.a.id, 'grade_id': self.c.id, 'move': 'down'})
        profile.sudo().grade_id = self.c
        for day, good in (('2025-06-14', False), ('2025-06-15', True), ('2025-06-16', True)):
            with self.subTest(day=day):
                lost.sudo().date = day
                self.assertEqual(self.good in self._good(), good)
        self.assertNotIn(self.fair, self._good())

    def test_actions(self):
        """The actions name filters that exist, and find whom they promise."""
        search = self.env['crm.customer'].get_view(view_type='search')['arch']
        for name in ('rose', 'fell', 'left', 'year', 'coverage', 'top'):
            action = self.env.ref(f'crm_grading.crm_customer_action_{name}')
            for key in ast.literal_eval(action.context):
                self.assertIn(f"name=\"{key.removeprefix('search_default_')}\"", search)
        year = timedelta(days=400)
        self._invoices([(self.good, self.TODAY - year, 2000), (self.fair, self.TODAY - year, 250)])
        self._run()
        customers = self.env['crm.customer']
        self.assertEqual(customers.search([('is_good', '=', True), ('revenue_growth', '<=', -20)]).partner_id, self.good)
        self.assertEqual(customers.search([('revenue_growth', '>=', 20)]).partner_id, self.fair)

    def test_own_customers_only(self):
        self._run()
        self.assertEqual(self._good(self._as(self.rep)), self.good)
        self.assertFalse(self._good(self._as(self.rep2)))

    def test_currencies_are_not_added_up(self):
        """Grouped over two companies, an amount comes with its currencies, so that the client can tell."""
        self._invoices([(self.good, self.bought, 40)], company=self.company_usd)
        self._revenue_scheme(self.company_usd, self._grades(self.company_usd), is_leading=True)
        self._run()
        self._run(company=self.company_usd)
        both = [('company_id', 'in', (self.company + self.company_usd).ids)]
        [group] = self.env['crm.customer'].formatted_read_group(
            both, [], ['revenue:sum', 'revenue:sum_currency', 'currency_id:array_agg_distinct'])
        self.assertEqual(set(group['currency_id:array_agg_distinct']), set((self.eur + self.usd).ids))
        self.assertEqual(group['revenue:sum_currency'], 1600 + 40 * 0.25)


@tagged('post_install', '-at_install')
class TestTopFifth(GradingRunCase):

    def _standing(self):
        return [self._profile(partner).top_20 for partner in self.customers]

    def _rank(self, *figures):
        """Give the customers revenue of this year and last year, as a run would record it."""
        self._run()
        for partner, (revenue, before) in zip(self.customers, figures):
            self._profile(partner).sudo().write({'revenue': revenue, 'revenue_before': before})
        self.env['crm.customer'].invalidate_model(['top_20'])

    def test_who_stays_comes_and_goes(self):
        for figures, expected in (
            (((9, 9), (5, 5), (1, 1)), ['stayed', False, False]),
            (((5, 9), (9, 5), (1, 1)), ['dropped', 'arrived', False]),
            (((0, 0), (0, 5), (-1, 0)), [False, 'dropped', 'arrived']),  # whoever has no revenue does not count
            (((5, 5), (5, 5), (0, 0)), ['stayed', False, False]),  # equal: the older contact, as on the Pareto curve
        ):
            with self.subTest(figures=figures):
                self._rank(*figures)
                self.assertEqual(self._standing(), expected)

    def test_rounded_up(self):
        """Of five customers one is the fifth, of six two are."""
        extra = self._customers(2)
        self._invoices([(partner, self.bought, 1) for partner in extra])
        self._run()
        top = [('top_20', 'in', ('stayed', 'arrived')), ('company_id', '=', self.company.id)]
        self.assertEqual(self.env['crm.customer'].search(top).partner_id, self.good)
        self._invoices([(self._customers(), self.bought, 1)])
        self._run()
        self.assertEqual(self.env['crm.customer'].search(top).partner_id, self.good + self.fair)

    def test_restricted(self):
        self._run()
        self.assertEqual(self._profile(self.good).with_env(self._as(self.manager)).top_20, 'arrived')
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.customer'].search([('top_20', '=', 'arrived')])


@tagged('post_install', '-at_install')
class TestDashboard(GradingRunCase):

    def test_label_of_no_grade(self):
        self.env['res.lang']._activate_lang('zh_CN')
        for model in ('crm.grade.value', 'crm.grading.distribution'):
            for lang, label in (('en_US', "No grade"), ('zh_CN', "无等级")):
                field = self.env[model].with_context(lang=lang).fields_get(['grade_id'])['grade_id']
                self.assertEqual(field['falsy_value_label'], label)

    def test_menu_opens_it(self):
        action = self.env.ref('crm_grading.crm_grading_dashboard_action')
        self.assertEqual(action.params['dashboard_id'], self.env.ref('crm_grading.spreadsheet_dashboard_customer_grades').id)

    def test_everything_named_exists(self):
        """Models, fields, measures, domains and menus of the dashboard are those of the database."""
        with file_open(DASHBOARD) as file:
            content = json.load(file)
        sources = [(pivot['model'], pivot['domain'], [row['fieldName'] for row in pivot['rows']],
                    [measure['fieldName'] for measure in pivot['measures']]) for pivot in content['pivots'].values()]
        sources += [(one['model'], one['domain'], one['columns'], []) for one in content['lists'].values()]
        for sheet in content['sheets']:
            for figure in sheet['figures']:
                meta = figure['data'].get('metaData')
                if meta:
                    sources.append((
                        meta['resModel'], figure['data']['searchParams']['domain'],
                        [name.split(':')[0] for name in meta['groupBy']], [meta['measure']]))
        self.assertGreater(len(sources), 9)
        self._run()
        for model, domain, names, measures in sources:
            with self.subTest(model=model, names=names, measures=measures):
                fields = self.env[model]._fields
                self.assertLessEqual({*names, *measures} - {'__count'}, set(fields))
                self.env[model].with_user(self.manager).search(domain, limit=1)
        for menu in content['chartOdooMenusReferences'].values():
            self.assertTrue(self.env.ref(menu))

    def test_group(self):
        self.env['res.lang']._activate_lang(self.manager.lang)
        dashboard = self.env.ref('crm_grading.spreadsheet_dashboard_customer_grades')
        self.assertTrue(dashboard.with_env(self._as(self.manager)).has_access('read'))
        self.assertFalse(dashboard.with_env(self._as(self.rep)).has_access('read'))
        self.assertTrue(json.loads(dashboard.with_env(self._as(self.manager))._get_serialized_readonly_dashboard())['snapshot']['sheets'])
