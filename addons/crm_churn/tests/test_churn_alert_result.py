from datetime import date, timedelta

import numpy as np

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .model_common import ChurnModelCommon
from .test_churn_model import GOOD
from .test_churn_warning import WarningCommon

RATES = ['alerts:count_distinct', 'judged:count_distinct', 'came_true:avg', 'came_true_idle:avg', 'rescue_rate:avg',
         'return_rate_idle:avg']


class AlertResultCommon(WarningCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.less = cls.rhythm.copy({'name': "Less", 'weight': 20})
        cls.alerts = cls.env['crm.churn.alert'].sudo()

    @classmethod
    def _alert(cls, key, day='2026-01-10', bought=(), acted=None, signals=None, company=None, **vals):
        """An alert of a customer of ``rep`` that bought on some days; its horizon is 90 days."""
        company = company or cls.company
        partner = cls._customers(1, name=key, user_id=cls.rep.id)
        profile = cls._profiles(partner, company)
        cls._invoices([(partner, bought_on, 100) for bought_on in bought], company=company)
        return cls.alerts.create({
            'customer_id': profile.id, 'partner_id': partner.id, 'company_id': company.id, 'user_id': cls.rep.id, 'date': day, 'risk': 75,
            'acted_on': acted, 'reason_ids': (cls.rhythm if signals is None else signals).ids, 'source': 'signals', 'at_stake': 1000,
            **vals})

    @classmethod
    def _given(cls):
        """Seven alerts: three came true (one of them acted on), one was rescued, two bought by themselves, one is not over."""
        both = cls.rhythm + cls.less
        found = {
            'silent': cls._alert("Silent", bought=['2026-01-10'], signals=both),
            'next_day': cls._alert("Next day", bought=['2026-01-11'], signals=both),
            'last_day': cls._alert("Last day", bought=['2026-04-10'], acted='2026-04-10'),
            'too_late': cls._alert("Too late", bought=['2026-04-11'], acted='2026-02-01', risk=82),
            'acted_after': cls._alert("Acted after", bought=['2026-02-01'], acted='2026-02-02', signals=cls.less),
            'over': cls._alert("Over", '2026-03-16'),
            'waiting': cls._alert("Waiting", '2026-03-17'),
        }
        cls.alerts._note_results(cls.company)
        return found


@tagged('post_install', '-at_install')
class TestAlertResult(AlertResultCommon):

    def test_by_the_facts(self):
        """Purchases count from the day after the alert to the last day of the horizon; a rescue has to come before them."""
        found = self._given()
        self.assertEqual(found['silent'].date_end, date(2026, 4, 10))
        self.assertEqual({key: (alert.result, alert.is_treated, alert.is_over) for key, alert in found.items()}, {
            'silent': ('lost', False, True), 'next_day': ('alone', False, True), 'last_day': ('rescued', True, True),
            'too_late': ('lost', True, True), 'acted_after': ('alone', False, True), 'over': ('lost', False, True),
            'waiting': ('waiting', False, False)})
        self.assertEqual(found['last_day'].date_back, date(2026, 4, 10))
        self.assertFalse(found['too_late'].date_back)

    def test_again_changes_nothing(self):
        self._given()
        self.assertEqual(self.alerts._note_results(self.company), 0)

    def test_facts_that_come_later(self):
        """An invoice that is posted late is seen, one that is cancelled is not counted any more; credit notes are no purchase."""
        alert = self._given()['over']
        self._refunds([(alert.partner_id, '2026-04-01', 10)])
        self.assertEqual(self.alerts._note_results(self.company), 0)
        invoice = self._invoices([(alert.partner_id, '2026-04-02', 10)])
        self.assertEqual(self.alerts._note_results(self.company), 1)
        self.assertEqual((alert.result, alert.date_back), ('alone', date(2026, 4, 2)))
        invoice.button_draft()
        self.alerts._note_results(self.company)
        self.assertEqual((alert.result, alert.date_back), ('lost', False))

    def test_bought_before_the_end(self):
        """Who has bought again is known at once; in rates it counts when the horizon is over."""
        alert = self._alert("Early", '2026-06-01', bought=['2026-06-05'])
        self.alerts._note_results(self.company)
        self.assertEqual((alert.result, alert.is_over), ('alone', False))
        row = self.env['crm.churn.alert.report'].search([('alert_id', '=', alert.id)])
        self.assertEqual((row.judged, row.came_true), (0, 0))

    def test_double_of_a_merged_customer(self):
        alert = self._alert("Double", state='done')
        self.alerts._note_results(self.company)
        self.assertFalse(alert.result)
        self.assertFalse(self.env['crm.churn.alert.report'].search([('alert_id', '=', alert.id)]))

    def test_other_company(self):
        """Purchases elsewhere are none here, and each company's alerts are noted by themselves."""
        alert = self._alert("Abroad", company=self.company_usd, signals=self.rhythm.browse())
        self._invoices([(alert.partner_id, '2026-02-01', 10)])
        self.alerts._note_results(self.company)
        self.assertFalse(alert.result)
        self.alerts._note_results(self.company_usd)
        self.assertEqual(alert.result, 'lost')

    def test_queries_flat(self):
        self._given()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.alerts._note_results(self.company)
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_by_the_run(self):
        """A run raises alerts with who judged and the horizon, and notes what came of them."""
        model = self.env['crm.churn.model'].create({'company_id': self.company.id, 'kind': 'purchases', 'horizon_days': 30})
        self._run()
        alert = self.alerts.search([('company_id', '=', self.company.id)])
        self.assertEqual((alert.source, alert.horizon_days, alert.result), ('signals', 30, 'waiting'))
        self.assertEqual(alert.date_end, self.TODAY + timedelta(days=30))
        model.unlink()
        self.assertEqual(self.env['crm.churn.model']._horizon(self.company), 90)

    # ------------------------------------------------------------------
    # Acting
    # ------------------------------------------------------------------

    def test_what_counts_as_acting(self):
        """A plan, a note, a claim; a blank note and a snooze are nothing."""
        alert = self._alert("Acting", '2026-06-01').with_env(self._as(self.rep))
        alert.note = " "
        alert.action_snooze()
        self.assertFalse(alert.acted_on)
        alert.note = "Called the buyer"
        self.assertEqual(alert.acted_on, self.TODAY)
        other = self._alert("Planned", '2026-06-01').with_env(self._as(self.rep))
        other.plan_id = self.env['mail.activity.plan'].create({'name': "Rescue", 'res_model': 'res.partner'})
        other.action_start_plan()
        self.assertEqual(other.acted_on, self.TODAY)
        claimed, lost = (self._alert(key, '2026-06-01').with_env(self._as(self.rep)) for key in ("Claimed", "Lost"))
        claimed.action_saved()
        lost.action_lost()
        self.assertEqual((claimed.acted_on, lost.acted_on), (self.TODAY, False))
        with self.assertRaisesRegex(UserError, "stays as it was raised"):
            alert.acted_on = '2026-06-02'

    def test_saved_before_it_was_seen(self):
        """The run saw the purchase first and closed the alert; it was our doing all the same."""
        alert = self._alert("Quick", '2026-06-01', bought=['2026-06-10'])
        alert._close('recovered')
        self.alerts._note_results(self.company)
        self.assertEqual(alert.result, 'alone')
        with self.assertRaisesRegex(UserError, "closed already"):
            alert.with_env(self._as(self.rep)).action_lost()
        alert.with_env(self._as(self.rep)).action_saved()
        self.alerts._note_results(self.company)
        self.assertEqual((alert.outcome, alert.acted_on, alert.result), ('saved', date(2026, 6, 10), 'rescued'))

    # ------------------------------------------------------------------
    # Report and signals
    # ------------------------------------------------------------------

    def _rates(self, groupby=(), user=None, domain=()):
        report = self._as(user or self.manager)['crm.churn.alert.report']
        return {row[:len(groupby)]: row[len(groupby):] for row in report._read_group(
            [('company_id', '=', self.company.id), *domain], list(groupby), RATES)}

    def test_rates(self):
        """An alert with two signals is one alert; only alerts whose horizon is over have a rate."""
        self._given()
        [overall] = self._rates().values()
        self.assertEqual(overall, (7, 6, 50.0, 50.0, 50.0, 50.0))
        by_signal = self._rates(['signal_id'])
        self.assertEqual(by_signal[self.rhythm,], (6, 5, 60.0, 100 * 2 / 3, 50.0, 100 / 3))
        self.assertEqual(by_signal[self.less,], (3, 3, 100 / 3, 100 / 3, False, 100 * 2 / 3))
        self.assertEqual({key: row[:3] for key, row in self._rates(['band']).items()}, {(70,): (6, 5, 40.0), (80,): (1, 1, 100.0)})
        self.assertEqual({key: row[:3] for key, row in self._rates(['is_treated']).items()}, {
            (True,): (2, 2, 50.0), (False,): (5, 4, 50.0)})
        total = self.env['crm.churn.alert.report']._read_group([('company_id', '=', self.company.id)], [], ['at_stake:sum'])
        self.assertEqual(total, [(7000,)])

    def test_signal_gone(self):
        """An alert whose signals were deleted is still one alert."""
        alert = self._given()['silent']
        (self.rhythm + self.less).unlink()
        row = self.env['crm.churn.alert.report'].search([('alert_id', '=', alert.id)])
        self.assertEqual((len(row), row.signal_id.ids, row.share), (1, [], 1))
        self.assertEqual(row.action_open_alert()['res_id'], alert.id)

    def test_hit_rate_of_a_signal(self):
        """Beside its points: of the alerts that nobody acted on; rescued ones speak neither for nor against it."""
        self._given()
        signals = (self.rhythm + self.less).with_env(self._as(self.manager))
        signals.invalidate_recordset()
        self.assertEqual(signals.mapped('alert_count'), [3, 3])
        self.assertEqual(signals.mapped('hit_rate'), [66.7, 33.3])
        self.assertEqual(signals.mapped('hit_verdict'), ['few', 'few'])
        self.assertEqual(self.rhythm.copy().hit_verdict, 'new')
        for count, rate, verdict in [(19, 0, 'few'), (20, 49.9, 'fails'), (20, 50, 'holds')]:
            self.assertEqual(self.env['crm.churn.signal']._hit_verdict(count, rate), verdict)
        self.assertEqual(self._as(self.rep2)['crm.churn.signal'].browse(self.rhythm.id).alert_count, 3, "How good it is, is no secret.")

    def test_who_sees(self):
        self._given()
        for user in (self.rep, self.lead, self.leads_all, self.manager, self.analyst):
            self.assertEqual([row[0] for row in self._rates(user=user).values()], [7], user.name)
        self.assertEqual([row[0] for row in self._rates(user=self.rep2).values()], [0])
        self.assertFalse(self._as(self.manager_usd)['crm.churn.alert.report'].search([]))
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.churn.alert.report'].search([])
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.churn.alert.report'].search([], limit=1).read(['at_stake'])
        with self.assertRaises(AccessError):
            self._as(self.manager)['crm.churn.alert.report'].search([], limit=1).write({'band': 1})


@tagged('post_install', '-at_install')
class TestAlertsInBacktest(AlertResultCommon, ChurnModelCommon):

    def test_beside_the_judgement(self):
        """The alerts given in the horizon of a past date, its first and its last day included, and what came of them."""
        self._given()
        model = self._model()
        tests = [('2026-01-10', '2026-03-16'), ('2026-01-11', '2026-03-15'), ('2026-03-17', '2026-06-15')]
        model.write(model._test_values([{**GOOD, 'date': day, 'date_end': end} for day, end in tests]))
        found = {fields.Date.to_string(test.date): [
            test.alert_count, test.alert_judged, test.alert_true_share, test.alert_acted, test.alert_rescued_share]
            for test in model.with_env(self._as(self.rep2)).backtest_ids}
        self.assertEqual(found, {
            '2026-01-10': [6, 4, 50.0, 2, 50.0], '2026-01-11': [0, 0, 0.0, 0, 0.0], '2026-03-17': [1, 0, 0.0, 0, 0.0]})
        action = model.backtest_ids.filtered(lambda test: test.alert_count == 6).action_open_alerts()
        self.assertEqual(len(self.env['crm.churn.alert.report'].search(action['domain']).alert_id), 6)

    def test_words(self):
        model = self._model()
        self.assertNotIn("alerts", model.verdict_text)
        self._given()
        model.invalidate_recordset(['verdict_text'])
        for words in ("Of the 7 alerts given so far, the horizon of 6 is over.", "Nobody acted on 4 of them: 50.0 % came true",
                      "Of the 2 that somebody acted on, 50.0 % bought again.", "Fewer than 20 say little yet."):
            self.assertIn(words, model.verdict_text)

    def test_rescued_customers_do_not_count_against_the_model(self):
        """Ten customers of the highest risk bought since they were saved: the AUC is told with and without them."""
        model = self._model(horizon_days=60, parameters={
            'purchases': {'r': 0.2426, 'alpha': 4.4136, 'a': 0.7929, 'b': 2.4259}, 'spend': {}})
        day = date(2026, 3, 1)

        def buy(keys, *days):
            return self._buy([(key, day + timedelta(days=offset), 10) for key in keys for offset in days])
        buy([f'gone{number}' for number in range(25)], -55, -45)
        buy([f'kept{number}' for number in range(25)], -10, -5, 10)
        saved = buy([f'saved{number}' for number in range(8)], -55, -45, 20)
        won = buy(['won0', 'won1'], -55, -45, 20)
        late = buy(['late'], -10, -5, 10)
        parameters = model.parameters
        before = model._judged(day, None, parameters)
        self.assertEqual((before['treated_customers'], before['auc_untreated']), (0, before['auc']))
        for number, partner in enumerate([*saved.values(), *late.values()]):
            self.alerts.create({
                'customer_id': self._profiles(partner).id, 'partner_id': partner.id, 'company_id': self.company.id,
                'date': day, 'acted_on': day + timedelta(days=20 if number else 1)})
        for partner in won.values():
            self.env['crm.churn.case'].create({
                'partner_id': partner.id, 'company_id': self.company.id, 'date_open': day + timedelta(days=20)})
        found = model._judged(day, None, parameters)
        self.assertEqual(found['auc'], before['auc'])
        self.assertEqual(found['treated_customers'], 10, "On the day of the purchase still; whoever was late has saved nobody.")
        self.assertEqual((found['treated_lost_share'], found['auc_untreated']), (0, 1))
        # 25 lost against 26 of lower and 10 of equal risk
        self.assertAlmostEqual(found['auc'], (25 * 26 + 25 * 10 / 2) / (25 * 36))

    def test_too_few_to_say(self):
        model, lost = self._model(), np.array([1.0] * 20 + [0.0] * 20)
        nobody, one = np.zeros(40, dtype=bool), np.arange(40) == 0
        self.assertEqual(model._rescues(lost, lost, nobody)['auc_untreated'], 1)
        self.assertEqual(model._rescues(lost, lost, one), {'treated_customers': 1, 'treated_lost_share': 100, 'auc_untreated': 0})
