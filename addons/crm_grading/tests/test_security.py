from collections import defaultdict

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import GradingCommon

# Rights by role, in the order of ROLES: r read, w write, c create, u unlink, - none.
ROLES = ('rep', 'leads_all', 'manager', 'finance', 'employee', 'portal', 'public')
CATALOGUE = ('r', 'r', 'rwcu', 'r', '-', '-', '-')       # what a manager configures and the others read
FOUND = ('r', 'r', 'r', 'r', '-', '-', '-')              # what runs write and nobody edits
MANAGED = ('-', '-', 'r', '-', '-', '-', '-')            # runs: the manager's
WIDE = ('-', 'r', 'r', 'r', '-', '-', '-')               # needs sight of all customers
MANAGER_DIALOG = ('-', '-', 'rwcu', '-', '-', '-', '-')
RIGHTS = {
    'crm.metric': CATALOGUE,
    'crm.grade': CATALOGUE,
    'crm.grading.scheme': CATALOGUE,
    'crm.grading.band': CATALOGUE,
    'crm.grading.cell': CATALOGUE,
    'crm.rfm.segment': CATALOGUE,
    'crm.grading.dimension': CATALOGUE,
    'crm.grading.step': CATALOGUE,
    'crm.lifecycle.state': CATALOGUE,
    'crm.lifecycle.rule': CATALOGUE,
    'crm.segment': CATALOGUE,
    'crm.segment.criterion': CATALOGUE,
    'crm.customer': FOUND,
    'crm.grade.verdict': FOUND,
    'crm.grade.history': FOUND,
    'crm.lifecycle.history': FOUND,
    'crm.lifecycle.report': FOUND,
    'crm.grade.policy.effect': ('-', '-', 'r', 'r', '-', '-', '-'),
    'crm.grading.run': MANAGED,
    'crm.grading.run.result': MANAGED,
    'crm.grading.run.mover': MANAGED,
    'crm.grading.distribution': MANAGED,
    'crm.grade.value': ('-', '-', 'r', 'r', '-', '-', '-'),
    'crm.sales.import': MANAGER_DIALOG,
    'crm.sales.import.column': MANAGER_DIALOG,
    'crm.sales.import.problem': MANAGED,
    'crm.grading.concentration': WIDE,
    'crm.grade.migration': ('-', 'rwcu', 'rwcu', 'rwcu', '-', '-', '-'),
    'crm.grade.migration.line': WIDE,
    'crm.interest': ('rwc', 'rwc', 'rwcu', '-', '-', '-', '-'),
    'crm.interest.topic': ('rc', 'rc', 'rwcu', '-', '-', '-', '-'),
    'crm.grading.dry.run': MANAGER_DIALOG,
    'crm.grade.override': MANAGER_DIALOG,
    'crm.grading.workbook': ('-', 'rwcu', 'rwcu', 'rwcu', '-', '-', '-'),
    'crm.segment.activity': ('rwcu', 'rwcu', 'rwcu', '-', '-', '-', '-'),
    'crm.lifecycle.override': ('rwcu', 'rwcu', 'rwcu', '-', '-', '-', '-'),
}
# Models that hold rows of every company, by nature.
OF_NO_COMPANY = {'crm.metric', 'crm.interest.topic'}
OPERATIONS = {'r': 'read', 'w': 'write', 'c': 'create', 'u': 'unlink'}
# Whose customers each role sees, of those of rep, rep2, the leader and nobody.
SEEN = {
    'rep': {'rep'}, 'rep2': {'rep2'}, 'lead': {'rep', 'lead'}, 'leads_all': {'rep', 'rep2', 'lead', 'nobody'},
    'manager': {'rep', 'rep2', 'lead', 'nobody'}, 'finance': {'rep', 'rep2', 'lead', 'nobody'},
}


def ours(env):
    """Return the names of the models that crm_grading brings and that hold rows."""
    data = env['ir.model.data'].search([('module', '=', 'crm_grading'), ('model', '=', 'ir.model')])
    names = env['ir.model'].browse(data.mapped('res_id')).mapped('model')
    return {name for name in names if name in env and not env[name]._abstract and env[name]._original_module == 'crm_grading'}


class SecurityCommon(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, login='grading_portal', groups='base.group_portal')
        cls.public = new_test_user(cls.env, login='grading_public', groups='base.group_public')


@tagged('post_install', '-at_install')
class TestRights(SecurityCommon):
    """Who may do what with each model, as a table."""

    def test_every_model_has_a_line(self):
        self.assertEqual(set(RIGHTS), ours(self.env))

    def test_rights(self):
        for model, rights in RIGHTS.items():
            for role, expected in zip(ROLES, rights):
                user = getattr(self, role)
                found = ''.join(
                    letter for letter, operation in OPERATIONS.items() if self.env[model].with_user(user).has_access(operation))
                with self.subTest(model=model, role=role):
                    self.assertEqual(found or '-', expected)

    def test_every_model_has_a_company_rule(self):
        """A rule for everybody (no group) that names the companies; else rows of other companies would leak."""
        rules = self.env['ir.rule'].search([('model_id.model', 'in', list(RIGHTS)), ('groups', '=', False)])
        ruled = {rule.model_id.model for rule in rules if 'company' in (rule.domain_force or '')}
        transient = {model for model in RIGHTS if self.env[model]._transient}
        self.assertEqual(set(RIGHTS) - ruled - transient - OF_NO_COMPANY, set())


class GradedCommon(SecurityCommon):
    """Customers of each salesperson, graded in two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        owners = {'rep': cls.rep, 'rep2': cls.rep2, 'lead': cls.lead, 'nobody': cls.env['res.users']}
        cls.customers = {
            name: cls._customers(1, name=f"Customer of {name}", user_id=user.id) for name, user in owners.items()}
        cls.partners = cls.env['res.partner'].concat(*cls.customers.values())
        cls._invoices([(partner, '2026-05-01', 1000 * number) for number, partner in enumerate(cls.partners, start=1)])
        cls._invoices([(partner, '2026-05-01', 500) for partner in cls.partners], company=cls.company_usd)
        cls.schemes = {}
        for company in cls.company + cls.company_usd:
            good, poor = cls.env['crm.grade'].create([
                {'name': name, 'sequence': sequence, 'company_id': company.id} for name, sequence in (('Good', 10), ('Poor', 20))])
            revenue = cls.env.ref('crm_grading.crm_metric_revenue')
            cls.schemes[company] = cls.env['crm.grading.scheme'].create({
                'name': f"Value {company.name}", 'company_id': company.id, 'state': 'active', 'is_leading': True,
                'share_metric_id': revenue.id,
                'dimension_ids': [Command.create({'metric_id': revenue.id, 'step_ids': [
                    Command.create({'value': 1500, 'points': 100})]})],
                'band_ids': [Command.create({'grade_id': good.id, 'threshold': 50}), Command.create({'grade_id': poor.id, 'threshold': 0})],
            })
            cls.env['crm.grading.run']._run(company)
        cls.env.invalidate_all()

    def _names(self, records):
        """Return whose customers the records are about, of those made here."""
        owner = {partner: name for name, partner in self.customers.items()}
        return {owner[partner] for partner in records.sudo().partner_id if partner in owner}


@tagged('post_install', '-at_install')
class TestRecordRules(GradedCommon):
    """Own, team, all; and never another company."""

    def test_own_team_all(self):
        for model in ('crm.customer', 'crm.grade.verdict', 'crm.grade.history', 'crm.lifecycle.history'):
            for role, seen in SEEN.items():
                with self.subTest(model=model, role=role):
                    env = self._as(getattr(self, role), self.company)
                    self.assertEqual(self._names(env[model].search([])), seen)

    def test_reading_another_reps_customer_is_refused(self):
        profile = self.env['crm.customer'].search(
            [('partner_id', '=', self.customers['rep2'].id), ('company_id', '=', self.company.id)])
        verdict = profile.verdict_id
        env = self._as(self.rep)
        for record in (profile, verdict):
            with self.subTest(model=record._name), mute_logger('odoo.addons.base.models.ir_rule'), self.assertRaises(AccessError):
                record.with_env(env).read(['score'])
        with mute_logger('odoo.addons.base.models.ir_rule'), self.assertRaises(AccessError):
            verdict.with_env(env)._explain()

    def test_companies(self):
        """Everybody sees rows of the companies at work only; a manager of one company nothing of the other."""
        for user, company in (
                (self.manager, self.company), (self.manager, self.company_usd), (self.manager_usd, self.company_usd)):
            env = self._as(user, company)
            for model in sorted(set(RIGHTS) - OF_NO_COMPANY):
                records = env[model].search([])
                if 'company_id' in records._fields:
                    companies = records.sudo().company_id
                elif 'scheme_id' in records._fields:
                    companies = records.sudo().scheme_id.company_id
                else:
                    continue
                with self.subTest(user=user.login, company=company.name, model=model):
                    self.assertLessEqual(companies, env.company)
            self.assertEqual(env['crm.grading.scheme'].search([]), self.schemes[company])

    def test_figures_of_a_company_one_does_not_work_in(self):
        for user in (self.rep, self.manager_usd):
            other = self.company if user == self.manager_usd else self.company_usd
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._as(user)['crm.metric'].evaluate(['invoice_count'], company=other)

    def test_a_rep_evaluates_own_customers_only(self):
        values = self._as(self.rep)['crm.metric'].evaluate(['invoice_count'])
        self.assertEqual(set(values) & set(self.partners.ids), set(self.customers['rep'].ids))
        asked = self._as(self.rep)['crm.metric'].evaluate(['invoice_count'], partners=self.customers['rep2'])
        self.assertEqual(asked, {self.customers['rep2'].id: {'invoice_count': None}})


@tagged('post_install', '-at_install')
class TestAmounts(GradedCommon):
    """Amounts are for members of "Customer amounts" (managers, finance) wherever they could come out."""
    AMOUNTS = ('revenue', 'revenue_before', 'revenue_growth', 'margin', 'overdue_amount')
    BLIND = ('rep', 'lead', 'leads_all')

    def _own(self, role):
        env = self._as(getattr(self, role), self.company)
        return env['crm.customer'].search([('partner_id', 'in', self.partners.ids)])

    def test_fields(self):
        """Reading, searching, sorting, grouping and exporting, also by those who may export."""
        (self.rep + self.lead + self.leads_all).group_ids += self.env.ref('base.group_allow_export')
        for role in self.BLIND:
            customers = self._own(role)
            self.assertTrue(customers, "Else nothing is proven.")
            for name in self.AMOUNTS:
                ways = {
                    'read': lambda name=name, customers=customers: customers.read([name]),
                    'search': lambda name=name, customers=customers: customers.search([(name, '>', 0)]),
                    'sort': lambda name=name, customers=customers: customers.search([], order=name),
                    'group': lambda name=name, customers=customers: customers.formatted_read_group([], ['grade_id'], [f'{name}:sum']),
                    'group by': lambda name=name, customers=customers: customers.formatted_read_group([], [name], ['__count']),
                    'export': lambda name=name, customers=customers: customers.export_data([name]),
                    'web_read': lambda name=name, customers=customers: customers.web_read({name: {}}),
                }
                for way, attempt in ways.items():
                    with self.subTest(role=role, field=name, way=way), self.assertRaises(AccessError):
                        attempt()
                self.assertNotIn(name, customers.fields_get())
        for role in ('manager', 'finance'):
            customers = self._own(role)
            self.assertEqual(sum(customer['revenue'] for customer in customers.read(['revenue'])), 10000)

    def test_no_other_field_shows_an_amount(self):
        """Whatever a rep can read of customers, verdicts and history, the amount of the rep's customer is not in it."""
        self._invoices([(self.customers['rep'], '2026-06-01', 76543.21)])
        self.env['crm.grading.run']._run(self.company)
        env = self._as(self.rep)
        found = defaultdict(list)
        for model in ('crm.customer', 'crm.grade.verdict', 'crm.grade.history'):
            records = env[model].search([])
            for values in records.read(list(records.fields_get())):
                found[model] += [name for name, value in values.items() if '77543' in str(value) or '77,543' in str(value)]
        self.assertFalse({model: names for model, names in found.items() if names})
        seen = self._as(self.manager)['crm.customer'].search([('partner_id', '=', self.customers['rep'].id)])
        self.assertEqual(seen.revenue, 77543.21)

    def test_restricted_internals(self):
        """The raw figures of runs are the administrator's."""
        for role in ('rep', 'leads_all', 'manager', 'finance'):
            env = self._as(getattr(self, role), self.company)
            for model, name in (('crm.customer', 'metric_values'), ('crm.grade.verdict', 'dimension_values')):
                with self.subTest(role=role, field=name), self.assertRaises(AccessError):
                    env[model].search([], limit=1).read([name])

    def test_evaluate(self):
        for role in self.BLIND:
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._as(getattr(self, role))['crm.metric'].evaluate(['revenue'])
        self.assertEqual(
            self._as(self.finance)['crm.metric'].evaluate(['revenue'], partners=self.customers['rep2']),
            {self.customers['rep2'].id: {'revenue': 2000.0}})

    def test_explanation(self):
        """The points of one's own customer, without the amount behind them."""
        verdict = self.env['crm.grade.verdict'].search(
            [('customer_id.partner_id', '=', self.customers['rep'].id), ('company_id', '=', self.company.id)])
        hidden = verdict.with_env(self._as(self.rep))._explain()
        self.assertTrue(hidden['dimensions'][0]['hidden'])
        self.assertIsNone(hidden['dimensions'][0]['value'])
        self.assertNotIn('500', str(hidden['lift']), "What is missing to the next grade would give the amount away.")
        shown = verdict.with_env(self._as(self.manager, self.company))._explain()
        self.assertFalse(shown['dimensions'][0]['hidden'])
        self.assertEqual(shown['dimensions'][0]['value'], 1000)

    def test_results_of_runs(self):
        """Who is given the runs without the amounts does not see what the grades are worth."""
        self.leads_all.group_ids += self.env.ref('sales_team.group_sale_manager')
        self.leads_all.group_ids -= self.env.ref('crm_grading.group_customer_amounts')
        if self.leads_all.has_group('crm_grading.group_customer_amounts'):   # implied by the manager's group, so take it off there
            self.env.ref('sales_team.group_sale_manager').implied_ids -= self.env.ref('crm_grading.group_customer_amounts')
        env = self._as(self.leads_all)
        result = env['crm.grading.run.result'].search([], limit=1)
        self.assertTrue(result)
        with self.assertRaises(AccessError):
            result.read(['amount'])


@tagged('post_install', '-at_install')
class TestDeniedActions(GradedCommon):
    """What buttons do is guarded on the server too."""

    def test_only_managers_change_what_is_judged_by(self):
        scheme = self.schemes[self.company]
        for role in ('rep', 'lead', 'leads_all', 'finance', 'employee'):
            env = self._as(getattr(self, role), self.company)
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    scheme.with_env(env).write({'name': "Mine"})
                with self.assertRaises(AccessError):
                    env['crm.grade'].create({'name': "Mine"})
                with self.assertRaises(AccessError):
                    scheme.band_ids.with_env(env).write({'threshold': 1})

    def test_nobody_writes_what_was_found(self):
        profile = self.env['crm.customer'].search([('partner_id', '=', self.customers['rep'].id), ('company_id', '=', self.company.id)])
        for record in (profile, profile.verdict_id):
            for role in ('rep', 'manager', 'finance'):
                with self.subTest(model=record._name, role=role), self.assertRaises(AccessError):
                    record.with_env(self._as(getattr(self, role), self.company)).write({'score': 100})

    def test_history_cannot_be_rewritten(self):
        history = self.env['crm.grade.history'].search([('company_id', '=', self.company.id)], limit=1)
        for role in ('rep', 'manager', 'finance'):
            env = self._as(getattr(self, role), self.company)
            with self.subTest(role=role):
                with self.assertRaises(UserError):
                    history.with_env(env).write({'note': "Never happened"})
                with self.assertRaises(UserError):
                    history.with_env(env).unlink()

    def test_only_managers_set_grades_by_hand(self):
        verdict = self.env['crm.grade.verdict'].search(
            [('customer_id.partner_id', '=', self.customers['rep'].id), ('company_id', '=', self.company.id)])
        good = self.schemes[self.company].band_ids.grade_id[:1]
        for role in ('rep', 'lead', 'leads_all', 'finance'):
            with self.subTest(role=role), self.assertRaises(AccessError):
                verdict.with_env(self._as(getattr(self, role)))._set_override(good, "Because")
        with self.assertRaises(UserError):
            verdict.with_env(self._as(self.manager_usd))._set_override(good, "From the other company")
        verdict.with_env(self._as(self.manager, self.company))._set_override(good, "Agreed")
        self.assertEqual(verdict.grade_id, good)
