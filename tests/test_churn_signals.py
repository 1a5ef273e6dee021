"""The signals that a company begins with: each is there with its metric, and holds from its threshold on."""
import json

from odoo.tests import tagged

from odoo.addons.crm_churn.tests.common import ChurnCommon

# code of the metric: a figure before the threshold, at it and after it
FIGURES = {
    ('rhythm', 2.0): (1.9, 2.0, 2.1), ('rhythm', 4.0): (3.9, 4.0, 4.1), ('revenue_trend', -30.0): (-29.9, -30.0, -30.1),
    ('overdue_days', 30.0): (29, 30, 31), ('last_contact', 60.0): (59, 60, 61), ('competitor_seen', 1.0): (0, 1, 2),
    ('contacts_left', 1.0): (0, 1, 2), ('open_complaints', 1.0): (0, 1, 2), ('sla_breaches', 1.0): (0, 1, 2),
    ('last_rating', 2.0): (3, 2, 1), ('last_visit', 90.0): (89, 90, 91),
}


@tagged('post_install', '-at_install')
class TestDefaultSignals(ChurnCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_churn_signals_given = False
        cls.env['crm.churn.signal'].search([('company_id', '=', cls.company.id)]).unlink()
        cls.signals = cls.env['crm.churn.signal']._ensure_defaults(cls.company)
        cls._invoices([(cls.customer, '2026-05-01', 100), (cls.customer, '2026-06-01', 100)])
        cls._pay([(cls._invoices([(cls.customer2, '2026-05-01', 10)]), '2026-06-01', None)])   # payments are known here
        cls.env['crm.grading.run']._run(cls.company)
        cls.profile = cls.env['crm.customer'].search([('partner_id', '=', cls.customer.id), ('company_id', '=', cls.company.id)])

    def _holds(self, signal, figure):
        """Put a figure on record as a run does, and say whether the signal is among the reasons of the risk."""
        metric = signal.metric_id
        if not metric.profile_field:
            values = json.dumps({str(metric.id): figure})
            self.env.cr.execute("UPDATE crm_customer SET metric_values = %s WHERE id = %s", [values, self.profile.id])
        elif self.profile._fields[metric.profile_field].type == 'date':
            self.profile.sudo()[metric.profile_field] = self.TODAY.fromordinal(self.TODAY.toordinal() - figure)
        else:
            self.profile.sudo()[metric.profile_field] = figure
        self.env.invalidate_all()
        self.env['crm.customer']._assess_churn(self.company)
        return signal.id in self.profile.churn_reasons['signals'], self.profile.churn_risk

    def test_all_are_there(self):
        """With all apps installed a company has one of each, and each with points."""
        self.assertEqual({(signal.metric_id.code, signal.value) for signal in self.signals}, set(FIGURES))
        self.assertTrue(all(signal.weight > 0 and signal.name for signal in self.signals))

    def test_recorded(self):
        """Runs put on record what signals listen to."""
        self.assertLessEqual(self.signals.metric_id, self.env['crm.metric']._recorded(self.company))

    def test_thresholds(self):
        """Not before it, at it, and after it; the points are the risk where no model speaks."""
        for signal in self.signals:
            (self.signals - signal).active = False
            for figure, expected in zip(FIGURES[signal.metric_id.code, signal.value], (False, True, True), strict=True):
                with self.subTest(signal=signal.name, figure=figure):
                    self.assertEqual(self._holds(signal, figure), (expected, signal.weight if expected else 0))
            self.signals.active = True

    def test_contact_that_left(self):
        """From the contact that is archived to the reason of the risk."""
        person = self.env['res.partner'].create({'name': "Ann", 'parent_id': self.customer.id})
        [signal] = self.signals.filtered(lambda signal: signal.metric_id.code == 'contacts_left')
        self.assertNotIn(signal.id, self.profile.churn_reasons['signals'])
        person.action_archive()
        self.env['crm.grading.run']._run(self.company)
        self.assertIn(signal.id, self.profile.churn_reasons['signals'])
        self.assertIn("A contact person left", self.profile.churn_reason_text)
