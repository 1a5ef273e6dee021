from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import GradingCommon
from odoo.addons.crm_grading.tests.contract import MetricContractCase

from .common import ChurnCommon


class WarningCommon(ChurnCommon):
    """``customer`` bought every ten days and then no more for a month; ``customer2`` bought yesterday; ``visitor`` never."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        days = ('2026-04-06', '2026-04-16', '2026-04-26', '2026-05-06', '2026-05-16')
        cls._invoices([(cls.customer, day, 1000) for day in days])
        cls._invoices([(cls.customer2, '2026-06-04', 500), (cls.customer2, '2026-06-14', 500)])
        cls.company.write({'crm_churn_medium': 40, 'crm_churn_high': 70})
        cls.visitor = cls._customers(1, name="Visitor")
        cls.env['crm.churn.signal'].search([('company_id', '=', cls.company.id)]).unlink()
        cls.company.crm_churn_signals_given = ' '.join(code for _name, code, *_rest in cls._defaults())
        metric = cls.env.ref('crm_churn.crm_metric_rhythm')
        cls.rhythm = cls.env['crm.churn.signal'].create({
            'name': "Silent", 'company_id': cls.company.id, 'metric_id': metric.id, 'operator': '>=', 'value': 3, 'weight': 75})

    @classmethod
    def _defaults(cls):
        from ..tools.warning import SIGNALS
        return SIGNALS

    @classmethod
    def _run(cls, date=None):
        cls.env['crm.grading.run']._run(cls.company, date)
        return cls._profile(cls.customer)

    @classmethod
    def _profile(cls, partner):
        return cls.env['crm.customer'].search([('partner_id', '=', partner.id), ('company_id', '=', cls.company.id)])


@tagged('post_install', '-at_install')
class TestAssess(WarningCommon):

    def test_by_signals(self):
        """30 days of silence against a rhythm of 10: exactly three times, and so at the boundary."""
        profile = self._run()
        self.assertEqual((profile.churn_risk, profile.churn_level, profile.churn_source), (75, 'high', 'signals'))
        self.assertEqual((profile.churn_value, profile.churn_at_stake), (5000, 3750))
        self.assertEqual(profile.churn_priority, 15, "75 times the second of ten tenths, of two buyers.")
        self.assertEqual(profile.churn_reason_text, "Silent")
        other = self._profile(self.customer2)
        self.assertEqual((other.churn_risk, other.churn_level, other.churn_reason_text), (0, 'low', ""))
        self.assertFalse(self._profile(self.visitor).churn_level, "Who has bought nothing cannot be lost.")

    def test_a_day_before(self):
        profile = self._run('2026-06-14')
        self.assertEqual(profile.churn_risk, 0)

    def test_levels_and_sum(self):
        """Points add up, and end at 100; the levels begin at their boundary."""
        self.rhythm.weight = 40
        self.assertEqual(self._run().churn_level, 'medium')
        second = self.rhythm.copy({'name': "Still silent", 'weight': 29.9})
        self.assertEqual((self._run().churn_risk, self._run().churn_level), (69.9, 'medium'))
        second.weight = 30
        self.assertEqual((self._run().churn_risk, self._run().churn_level), (70, 'high'))
        second.weight = 100
        self.assertEqual(self._run().churn_risk, 100)
        self.assertEqual(self._run().churn_reason_text, "Still silent\nSilent", "The weightiest first.")

    def test_asleep(self):
        self.rhythm.snooze_until = '2026-06-16'
        self.assertEqual(self._run().churn_risk, 0)
        self.rhythm.snooze_until = '2026-06-15'
        self.assertEqual(self._run().churn_risk, 75)

    def test_again_changes_nothing(self):
        self._run()
        self.assertEqual(self.env['crm.customer']._assess_churn(self.company), 0)
        self.assertEqual(len(self._profile(self.customer).churn_risk_ids), 1)

    def test_history_and_trend(self):
        """A row when the level changes, and one a month; the trend is against what was known 30 days before."""
        profile = self._run('2026-05-16')
        self.assertEqual((profile.churn_risk, profile.churn_trend), (0, 0))
        profile = self._run('2026-06-15')
        self.assertEqual(profile.churn_trend, 75)
        self.assertEqual(profile.churn_risk_ids.mapped(lambda row: (str(row.date), row.risk, row.level)),
                         [('2026-06-15', 75, 'high'), ('2026-05-16', 0, 'low')])

    def test_by_the_model(self):
        """The risk of a model that speaks goes before points; signals say why."""
        model = self.env['crm.churn.model'].create({'company_id': self.company.id, 'kind': 'purchases', 'horizon_days': 90})
        model.sudo().write({
            'verdict': 'good', 'is_speaking': True, 'fit_date': self.TODAY,
            'parameters': {'purchases': {'r': 0.2426, 'alpha': 4.4136, 'a': 0.7929, 'b': 2.4259}}})
        if not self.env['crm.churn.model']._speaking(self.company):
            self.fail("The model was to speak.")
        score = {row[0]: row[1] for row in self.env.execute_query(
            model._score_relation(self.company._crm_metric_scope(self.TODAY)))}
        profile = self._run()
        self.assertEqual(profile.churn_source, 'purchases')
        self.assertAlmostEqual(profile.churn_risk, 100 * score[self.customer.id], delta=0.06)
        self.assertEqual(profile.churn_reason_text, "Silent")

    def test_paying_late_where_payments_are_known(self):
        """A sales history that was imported knows no payments: nobody is late. With the first one booked, who owes is."""
        self.rhythm.write({
            'name': "Late", 'metric_id': self.env.ref('crm_grading.crm_metric_overdue_days').id, 'value': 30, 'weight': 10})
        self.assertEqual((self._run().churn_reason_text, self.env['crm.churn.signal']._heard(self.company, self.TODAY)),
                         ("", self.env['crm.churn.signal']))
        paid = self._invoices([(self.customer2, '2026-05-01', 10)])
        self._pay([(paid, '2026-06-10', None)])
        self.env.flush_all()
        for day, heard in (('2026-06-09', False), ('2026-06-10', True)):
            self.assertEqual(bool(self.env['crm.churn.signal']._heard(self.company, fields.Date.to_date(day))), heard, day)
        self.assertEqual(self._run().churn_reason_text, "Late")
        self.assertEqual(self._profile(self.customer2).churn_reason_text, "")

    def test_told_in_the_order_of_the_list(self):
        """What an import tells is the list on the screen: much money that is hardly at risk comes after less that is."""
        self._invoices([(self.customer2, '2026-06-14', 99000)])
        self.rhythm.copy({
            'name': "Large", 'metric_id': self.env.ref('crm_grading.crm_metric_revenue').id, 'value': 50000, 'weight': 10})
        self._run()
        told = self.env['crm.sales.import'].with_company(self.company)._churn_figures()
        self.assertEqual(told['levels'], {'low': 1, 'medium': 0, 'high': 1})
        self.assertEqual(
            [(row['customer'], row['risk'], row['at_stake']) for row in told['save_first']],
            [(self.customer.name, 75, 3750), (self.customer2.name, 10, 10000)])

    def test_queries_flat(self):
        """As many queries for fifty customers as for two."""
        self._run()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env['crm.customer']._assess_churn(self.company)
        few = self.env.cr.sql_log_count - before
        self._invoices([(partner, '2026-06-01', 100) for partner in self._customers(50, name="More")])
        self._run()
        before = self.env.cr.sql_log_count
        self.env['crm.customer']._assess_churn(self.company)
        self.assertLessEqual(self.env.cr.sql_log_count - before, few)

    def test_in_one_pass(self):
        """Of judged customers the planner guesses that there are few: without being told it loops over them."""
        told, write = [], type(self.env['crm.customer'])._write_churn

        def ask(self, *args):
            self.env.cr.execute("SELECT current_setting('enable_nestloop'), current_setting('jit')")
            told.append(self.env.cr.fetchone())
            return write(self, *args)
        self.patch(type(self.env['crm.customer']), '_write_churn', ask)
        self._run()
        self.assertEqual(told, [('off', 'off')])
        self.env.cr.execute("SELECT current_setting('enable_nestloop')")
        self.assertEqual(self.env.cr.fetchone(), ('on',))

    def test_other_company(self):
        self._run()
        profiles = self.env['crm.customer'].search([('company_id', '=', self.company_usd.id), ('churn_risk', '>', 0)])
        self.assertFalse(profiles)


@tagged('post_install', '-at_install')
class TestSignal(WarningCommon):

    def test_defaults_once(self):
        """A company gets each default once; a deleted one stays away, one of a new metric follows."""
        Signals = self.env['crm.churn.signal']
        Signals._ensure_defaults(self.company)
        self.assertEqual(Signals.search([('company_id', '=', self.company.id)]), self.rhythm, "All had been given.")
        self.company.crm_churn_signals_given = 'rhythm'
        Signals._ensure_defaults(self.company)
        found = Signals.search([('company_id', '=', self.company.id)])
        self.assertIn('revenue_trend', found.metric_id.mapped('code'))
        self.assertIn("购买额较上季度明显下降", found.with_context(lang='zh_CN').mapped('name'))
        count = len(found)
        Signals._ensure_defaults(self.company)
        self.assertEqual(Signals.search_count([('company_id', '=', self.company.id)]), count)

    def test_metric_goes_with_its_app(self):
        """An app that goes takes its metric along, and the signal on it; both may come back."""
        def create():
            return self.env['crm.metric'].create({
                'name': "Rating", 'code': 'last_rating', 'kind': 'custom', 'unit': 'number',
                'model_id': self.env['ir.model']._get_id('crm.lead')})

        def found(metric):
            self.env['crm.churn.signal']._ensure_defaults(self.company)
            return self.env['crm.churn.signal'].search_count([('metric_id', '=', metric.id), ('company_id', '=', self.company.id)])
        self.env['crm.metric'].search([('code', '=', 'last_rating')]).code = 'other_rating'
        self.env['crm.churn.signal']._ensure_defaults(self.company)
        metric = create()
        self.assertEqual(found(metric), 1)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_metric WHERE id = %s", [metric.id])   # past the check for people
        self.env.invalidate_all()
        self.assertFalse(found(metric))
        self.assertEqual(found(create()), 1)

    def test_metric_in_use(self):
        with self.assertRaisesRegex(UserError, "Silent"):
            self.rhythm.metric_id.unlink()

    def test_who_decides(self):
        with self.assertRaises(AccessError):
            self.rhythm.with_env(self._as(self.rep)).weight = 1
        self.rhythm.with_env(self._as(self.manager)).weight = 50
        self.assertEqual(self.rhythm.weight, 50)


@tagged('post_install', '-at_install')
class TestAlert(WarningCommon):

    def _alerts(self):
        return self.env['crm.churn.alert'].search([('company_id', '=', self.company.id)])

    def test_raised_once(self):
        self._run()
        alert = self._alerts()
        self.assertEqual((alert.partner_id, alert.user_id, alert.risk, alert.at_stake), (self.customer, self.rep, 75, 3750))
        self.assertEqual(alert.activity_ids.user_id, self.rep)
        self._run()
        self.assertEqual(self._alerts(), alert)

    def test_told_once(self):
        """The activity tells its owner; there is no mail for each alert besides, and hardly a query."""
        self._run()
        message = self._alerts().message_ids
        self.assertFalse(message.notification_ids)
        self.assertFalse(self.env['mail.notification'].search([('mail_message_id.model', '=', 'crm.churn.alert')]))
        counts = []
        for number in (2, 12):
            customers = self._customers(number, name=f"Silent {number}")
            self._invoices([(partner, day, 1000) for partner in customers for day in ('2026-05-06', '2026-05-11', '2026-05-16')])
            self._run()
            self._alerts().unlink()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env['crm.churn.alert']._follow(self.company)
            self.env.flush_all()
            counts.append((len(self._alerts()), self.env.cr.sql_log_count - before))
        (few, some), (many, more) = counts
        self.assertEqual((few, many), (3, 15))
        self.assertLessEqual((more - some) / (many - few), 6)

    def test_recovers(self):
        """Who buys again is no case any more."""
        self._run()
        self._invoices([(self.customer, '2026-06-15', 100)])
        self._run()
        alert = self._alerts()
        self.assertEqual((alert.state, alert.outcome), ('done', 'recovered'))
        self.assertFalse(alert.activity_ids)

    def test_rest(self):
        """After an alert was closed none is raised for the days of rest; from the day after, again."""
        self._run()
        self._alerts().action_false()
        self._run()
        self.assertEqual(len(self._alerts()), 1)
        self._alerts().sudo().date_done = fields.Date.subtract(self.TODAY, days=59)
        self._run()
        self.assertEqual(len(self._alerts()), 1)
        self._alerts().sudo().date_done = fields.Date.subtract(self.TODAY, days=60)
        self._run()
        self.assertEqual(len(self._alerts()), 2)

    def test_plan(self):
        self._run()
        alert = self._alerts().with_env(self._as(self.rep))
        with self.assertRaisesRegex(UserError, "Choose a rescue plan"):
            alert.action_start_plan()
        plan = self.env['mail.activity.plan'].create({'name': "Rescue", 'res_model': 'res.partner', 'template_ids': [(0, 0, {
            'activity_type_id': self.env.ref('mail.mail_activity_data_call').id, 'summary': "Call", 'responsible_type': 'on_demand'})]})
        alert.plan_id = plan
        alert.action_start_plan()
        self.assertEqual(self.customer.activity_ids.mapped(lambda activity: (activity.summary, activity.user_id)), [("Call", self.rep)])
        with self.assertRaisesRegex(UserError, "started already"):
            alert.action_start_plan()
        alert.note = "Visited"
        alert.action_saved()
        self.assertEqual((alert.state, alert.outcome, alert.date_done), ('done', 'saved', self.TODAY))
        with self.assertRaisesRegex(UserError, "closed already"):
            alert.action_lost()

    def test_plan_of_the_grade(self):
        plan = self.env['mail.activity.plan'].create({'name': "Rescue", 'res_model': 'res.partner'})
        grade = self.env['crm.grade'].create({'name': "Best", 'company_id': self.company.id, 'churn_plan_id': plan.id})
        profile = self._run()
        self._alerts().unlink()
        profile.sudo().grade_id = grade
        self.env['crm.churn.alert']._follow(self.company)
        self.assertEqual(self._alerts().plan_id, plan)

    def test_merged_customers(self):
        """All alerts are kept, the one of the customer that is left is open."""
        self._run()
        other = self._profile(self.customer2)
        other.sudo().write({'churn_level': 'high', 'churn_risk': 80, 'user_id': self.rep.id})
        self.env['crm.churn.alert'].sudo()._follow(self.company)
        kept, double = (self.env['crm.churn.alert'].search([('partner_id', '=', partner.id)])
                        for partner in (self.customer, self.customer2))
        self.assertEqual((kept + double).mapped('state'), ['open', 'open'])
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((self.customer + self.customer2).ids, self.customer)
        self.env.invalidate_all()
        self.assertRecordValues(kept + double, [
            {'partner_id': self.customer.id, 'customer_id': self._profile(self.customer).id, 'state': 'open', 'outcome': False},
            {'partner_id': self.customer.id, 'customer_id': self._profile(self.customer).id, 'state': 'done', 'outcome': False}])
        self.assertFalse(double.activity_ids)

    def test_as_many_as_one_can_work_on(self):
        """Those to be saved first go before; there is room again when one is done; others have their own room."""
        self.company.crm_churn_alert_limit = 1
        rich, others = self._customers(1, name="Rich", user_id=self.rep.id), self._customers(1, name="Other", user_id=self.rep2.id)
        days = ('2026-04-06', '2026-04-16', '2026-04-26', '2026-05-06', '2026-05-16')
        self._invoices([(rich, day, 9000) for day in days] + [(others, day, 10) for day in days])
        self._run()
        self.assertEqual(self._alerts().partner_id, rich + others)
        self._run()
        self.assertEqual(self._alerts().partner_id, rich + others)
        self._alerts().filtered(lambda alert: alert.partner_id == rich).action_false()
        self._run()
        self.assertEqual(self._alerts().filtered(lambda alert: alert.state == 'open').partner_id, self.customer + others)

    def test_one_customer_alone(self):
        """Refreshing one customer judges no other."""
        self._run('2026-05-16')
        self.env['crm.grading.run']._run(self.company, '2026-06-15', partners=self.customer2)
        self.assertEqual(self._profile(self.customer).churn_risk, 0)
        self.env['crm.grading.run']._run(self.company, '2026-06-15', partners=self.customer)
        self.assertEqual(self._profile(self.customer).churn_risk, 75)

    def test_stays_as_raised(self):
        """What was found and what came of it is not written by hand; the reasons outlive the risk."""
        self._run()
        alert = self._alerts().with_env(self._as(self.rep))
        for vals in ({'state': 'done'}, {'outcome': 'saved'}, {'risk': 1}, {'date_done': self.TODAY}):
            with self.assertRaisesRegex(UserError, "stays as it was raised"):
                alert.write(vals)
        self._invoices([(self.customer, '2026-06-15', 100)])
        self._run()
        self.assertEqual((alert.outcome, alert.reasons), ('recovered', "Silent"))

    def test_runs_of_the_past_warn_nobody(self):
        self._run('2026-06-14')
        self.rhythm.value = 1
        self._run('2026-06-14')
        self.assertEqual(self._profile(self.customer).churn_level, 'high')
        self.assertFalse(self._alerts())

    def test_snooze(self):
        self._run()
        alert = self._alerts().with_env(self._as(self.rep))
        alert.action_snooze()
        self.assertEqual(alert.snooze_until, fields.Date.add(self.TODAY, days=14))
        self.assertEqual(alert.activity_ids.date_deadline, alert.snooze_until)

    def test_who_sees(self):
        self._run()
        alert = self._alerts()
        for user in (self.rep, self.lead, self.leads_all, self.manager, self.analyst):
            self.assertEqual(self._as(user)['crm.churn.alert'].search([('id', '=', alert.id)]), alert, user.name)
        self.assertFalse(self._as(self.rep2)['crm.churn.alert'].search([('id', '=', alert.id)]))
        with self.assertRaises(AccessError):
            alert.with_env(self._as(self.analyst)).action_saved()
        with self.assertRaises(AccessError):
            alert.with_env(self._as(self.rep2)).action_saved()
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.churn.alert'].search([])
        with self.assertRaises(AccessError):
            alert.with_env(self._as(self.rep)).read(['at_stake'])
        self.assertFalse(self._as(self.manager_usd)['crm.churn.alert'].search([('id', '=', alert.id)]))

    def test_points(self):
        """On the overview, on the timeline, and along with the customer."""
        self._run()
        alert = self._alerts()
        items = self._as(self.manager)['crm.timeline'].get_timeline(self.customer.id, kinds=['alert'])['items']
        self.assertEqual([(item['title'], item['text']) for item in items], [("Risk 75 %", "Silent")])
        self.assertIn(alert, self._as(self.manager)['crm.ownership']._records(self.customer)['churn_alert'])


@tagged('post_install', '-at_install')
class TestWarningMetrics(MetricContractCase, GradingCommon):
    """The risk as a number of a customer, as of any day."""
    metric_module = 'crm_churn'

    def _feed(self, partner, company, day):
        customer = self.env['crm.customer'].search([('partner_id', '=', partner.id), ('company_id', '=', company.id)])
        customer = customer or self._profiles(partner, company)
        self.env['crm.churn.risk'].create({
            'customer_id': customer.id, 'company_id': company.id, 'date': day, 'risk': 40, 'level': 'medium', 'source': 'signals'})
        self._invoices([(partner, day, 100)], company=company)

    def _contract_metrics(self, subject='customer'):
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code in ('churn_risk', 'rhythm'))
