from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .model_common import ChurnModelCommon


@tagged('post_install', '-at_install')
class TestSingle(ChurnModelCommon):
    """One-time buyers: how many of them come back is measured on the company's past, not modelled.

    The horizon is 90 days; the past dates are 90, 180, 270 and 360 days ago.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({'crm_churn_medium': 40, 'crm_churn_high': 70})
        cls.env['crm.churn.signal'].search([('company_id', '=', cls.company.id)]).unlink()
        cls.company.crm_churn_signals_given = ' '.join(cls.env['crm.metric'].search([]).mapped('code'))

    @classmethod
    def _ago(cls, days):
        return cls.TODAY - timedelta(days=days)

    @classmethod
    def _bought(cls, name, count, *days):
        """Let customers buy so many days ago."""
        return cls._buy([(f'{name}{number}', cls._ago(day), 100) for number in range(count) for day in days])

    def _past(self):
        """Watched 90 days ago: 20 who had bought 10 days before, 6 of which came back; 19 who had bought 200 days before, of which
        none did: those were watched twice more, 110 and 20 days after their purchase."""
        self._bought('back', 5, 100, 1)          # again on the 89th day after the date
        self._bought('last', 1, 100, 0)          # on the last day of the horizon
        self._bought('gone', 14, 100)
        self._bought('old', 19, 290)

    def _measured(self, model):
        return {row.age: (row.customers, row.back) for row in model.single_ids}

    def _run(self, date=None):
        self.env['crm.grading.run']._run(self.company, date)

    def _profile(self, key):
        return self.env['crm.customer'].search([('partner_id', '=', self._buyers[key].id), ('company_id', '=', self.company.id)])

    # ------------------------------------------------------------------
    # Measuring
    # ------------------------------------------------------------------

    def test_measured(self):
        self._past()
        model = self._model()
        model._refit()
        self.assertEqual(model.verdict, 'thin', "No model is needed to count.")
        self.assertEqual(self._measured(model), {0: (39, 6), 2: (19, 0), 3: (19, 0)})
        self.assertEqual([round(share, 1) for share in model.single_ids.mapped('share')], [15.4, 0, 0])
        self.assertEqual(model.single_ids.mapped('is_small'), [False, True, True])
        self.assertEqual(model.single_ids.mapped('name'), ["0 to 30 days", "91 to 180 days", "181 to 365 days"])
        for words in ("Of 77 customers who had bought once, 7.8 % bought again within 90 days", "between 3.6 and 16.0 %"):
            self.assertIn(words, model.verdict_text)

    def test_boundaries(self):
        """The date itself is known, the day after its horizon is not; two invoices of a day are one purchase, a refund is none."""
        self._bought('on_date', 1, 90, 0)        # bought on the date, again on the last day
        self._bought('after', 1, 89, 0)          # first bought after the date: of none
        self._bought('horizon', 1, 181, 90)      # watched 180 days ago, and back on the last day; then bought twice
        self._bought('beyond', 1, 181, 89)       # back on the day after: not back at first, and not back 90 days later either…
        self._bought('one_day', 1, 120, 120)
        self._buy([('refund', self._ago(120), 50)])
        self._buy([('refund', self._ago(60), 50)], move_type='out_refund')
        model = self._model()
        self.assertEqual(model._measured_singles(self.TODAY), {0: (5, 2), 2: (1, 1)})

    def test_nobody(self):
        model = self._model()
        model._refit()
        self.assertFalse(model.single_ids)
        self.assertNotIn("bought once", model.verdict_text)

    def test_measured_anew(self):
        """With another horizon nothing is known until the next fit; a fit replaces what was measured."""
        self._past()
        model = self._model()
        model._refit()
        model._refit()
        self.assertEqual(len(model.single_ids), 3)
        model.with_env(self._as(self.manager)).horizon_days = 30
        self.assertFalse(model.single_ids)

    def test_other_company(self):
        self._past()
        model = self._model(company=self.company_usd)
        self.assertEqual(model._measured_singles(self.TODAY), {})

    # ------------------------------------------------------------------
    # Said of customers
    # ------------------------------------------------------------------

    def test_said_of_customers(self):
        """By how long ago they bought; where too few did, of all; who buys again is judged like everybody."""
        self._past()
        self._model()._refit()
        self._bought('new', 1, 30)
        self._bought('older', 1, 31)
        self._run()
        new, older, repeat = (self._profile(key) for key in ('new0', 'older0', 'back0'))
        self.assertEqual((new.churn_is_single, new.churn_source, new.churn_risk, new.churn_level), (True, 'single', 84.6, 'high'))
        self.assertEqual(new.churn_single_text, "Bought once: 15 % of 39 customers like this bought again within 90 days")
        self.assertEqual(new.churn_reason_text, new.churn_single_text)
        self.assertEqual((older.churn_source, older.churn_risk), ('single', 92.2))
        self.assertEqual(
            older.churn_single_text, "Bought once: 8 % of all 77 one-time buyers bought again within 90 days (too few of this age)")
        self.assertEqual((repeat.churn_is_single, repeat.churn_source, repeat.churn_single_text), (False, 'signals', False))
        self._bought('new', 1, 0)
        self._run()
        self.assertEqual((new.churn_is_single, new.churn_source, new.churn_single_text), (False, 'signals', False))
        self.assertEqual(self.env['crm.customer']._assess_churn(self.company), 0, "The same again changes nothing.")

    def test_too_few(self):
        """Of nineteen nothing is said, not even by a model that speaks: signals judge. Of twenty it is."""
        self._bought('few', 19, 150)
        model = self._model(parameters={'purchases': {'r': 0.2426, 'alpha': 4.4136, 'a': 0.7929, 'b': 2.4259}, 'spend': {}})
        model.write({'verdict': 'good', 'is_speaking': True})
        model._measure_singles(self._ago(30))    # watched once, 120 days ago
        self._run()
        profile = self._profile('few0')
        self.assertEqual((profile.churn_is_single, profile.churn_source, profile.churn_risk), (True, 'signals', 0))
        self.assertIn("too few such customers", profile.churn_single_text)
        self.assertIn("So far 19 customers could be watched", model._words_once())
        self._bought('more', 1, 150)
        model._measure_singles(self._ago(30))
        self._run()
        self.assertEqual((profile.churn_source, profile.churn_risk), ('single', 100))

    def test_model_judges_the_others(self):
        self._past()
        model = self._model(parameters={'purchases': {'r': 0.2426, 'alpha': 4.4136, 'a': 0.7929, 'b': 2.4259}, 'spend': {}})
        model.write({'verdict': 'good', 'is_speaking': True})
        model._measure_singles(self.TODAY)
        self._run()
        scores = self._scores(model)
        repeat, single = self._profile('back0'), self._profile('gone0')
        self.assertEqual((repeat.churn_source, single.churn_source), ('purchases', 'single'))
        self.assertAlmostEqual(repeat.churn_risk, 100 * scores[repeat.partner_id.id][0], delta=0.06)
        self.assertEqual(single.churn_risk, 92.2)

    def test_without_any_model(self):
        self._bought('once', 1, 20)
        self._run()
        profile = self._profile('once0')
        self.assertEqual((profile.churn_is_single, profile.churn_source), (True, 'signals'))
        self.assertIn("too few such customers", profile.churn_single_text)

    def test_as_of_a_past_day(self):
        """On a day on which a customer had bought once, that is what is said."""
        self._past()
        self._model()._refit()
        self._run(self._ago(5))
        self.assertTrue(self._profile('back0').churn_is_single)

    def test_alerts_where_wanted(self):
        """Most one-time buyers do not come back: nobody is alerted of that, unless the company asks for it."""
        self._past()
        self._model()._refit()
        alerts = self.env['crm.churn.alert']
        self._run()
        self.assertEqual(self._profile('gone0').churn_level, 'high')
        self.assertFalse(alerts.search([('company_id', '=', self.company.id)]))
        self.company.crm_churn_alert_single = True
        self._run()
        found = alerts.search([('company_id', '=', self.company.id)])
        self.assertEqual((len(found), set(found.mapped('is_single')), set(found.mapped('source'))), (20, {True}, {'single'}))
        self.assertIn("Bought once", found[0].single_text)

    def test_queries_flat(self):
        self._past()
        self._model()._refit()
        self._run()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env['crm.customer']._assess_churn(self.company)
        few = self.env.cr.sql_log_count - before
        self._bought('many', 100, 40)
        self._run()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env['crm.customer']._assess_churn(self.company)
        self.assertLessEqual(self.env.cr.sql_log_count - before, few)

    def test_who_sees(self):
        self._past()
        model = self._model()
        model._refit()
        for user in (self.rep, self.analyst, self.manager):
            self.assertEqual(len(self._as(user)['crm.churn.single'].search([])), 3, user.name)
        self.assertFalse(self._as(self.manager_usd)['crm.churn.single'].search([]))
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.churn.single'].search([])
        with self.assertRaises(AccessError):
            model.single_ids[0].with_env(self._as(self.manager)).customers = 1
