from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_churn_alert_result import AlertResultCommon


@tagged('post_install', '-at_install')
class TestAlertCase(AlertResultCommon):
    """An alert of a customer that is lost leads to its win-back case, and back."""

    def _case_of(self, action):
        return self.env['crm.churn.case'].browse(action['res_id'])

    def test_from_the_alert(self):
        """What waits ends as lost; the case has the losses that are not back; opening it is acting."""
        alert = self._alert("Leaving", '2026-06-10')
        event = self._loss(partner=alert.partner_id, kind='leave', phase='use')
        self._loss(partner=alert.partner_id, date_back=self.TODAY)
        mine = alert.with_env(self._as(self.rep))
        case = self._case_of(mine.action_open_case())
        self.assertEqual((case.partner_id, case.event_ids, case.user_id, case.alert_ids), (alert.partner_id, event, self.rep, alert))
        self.assertEqual((alert.outcome, alert.acted_on, alert.case_id), ('lost', self.TODAY, case))
        self.assertEqual(mine.action_show_case()['res_id'], case.id)
        self.assertEqual(case.with_env(self._as(self.rep)).action_open_alerts()['res_id'], alert.id)
        self.assertEqual(self._case_of(mine.action_open_case()), case, "A second time it is shown.")

    def test_several(self):
        """A case each; the one that is open is gone on with, and an alert that says otherwise keeps what it says."""
        first, second = self._alert("First", '2026-06-01'), self._alert("Second", '2026-06-01')
        first._close('false')
        case = self.env['crm.churn.case'].create({'partner_id': second.partner_id.id, 'company_id': self.company.id})
        action = (first + second).with_env(self._as(self.manager)).action_open_case()
        self.assertEqual(len(self.env['crm.churn.case'].search(action['domain'])), 2)
        self.assertEqual((first.outcome, second.outcome), ('false', 'lost'))
        self.assertEqual(case.alert_ids, second)

    def test_not_courted_twice(self):
        """Nothing is half done where somebody else is at it already."""
        alert = self._alert("Courted", '2026-06-01')
        self.env['crm.churn.case'].create({'partner_id': alert.partner_id.id, 'company_id': self.company.id, 'user_id': self.rep2.id})
        alert.case_id = False
        alert.partner_id.user_id = self.rep2
        with self.assertRaisesRegex(UserError, "Rep2 works on winning back"), self.env.cr.savepoint():
            alert.with_env(self._as(self.rep)).action_open_case()
        self.assertEqual((alert.state, alert.case_id.id), ('open', False))
        with self.assertRaises(AccessError):
            alert.with_env(self._as(self.analyst)).action_open_case()

    def test_found_by_the_case(self):
        """A case that is opened elsewhere takes the alerts that had warned of it, and no others."""
        lost, false, back, late, taken, abroad = (self._alert("Found", '2026-06-01') for _number in range(6))
        (lost + false + back + late + taken).partner_id = lost.partner_id
        lost._close('lost')
        false._close('false')
        (back + late + taken).state = 'done'
        (back + late + taken).outcome = 'lost'
        back.date_back, late.date = '2026-06-10', '2026-06-16'
        taken.case_id = self.env['crm.churn.case'].create({'partner_id': abroad.partner_id.id, 'company_id': self.company_usd.id})
        case = self._loss(partner=lost.partner_id).with_env(self._as(self.manager)).action_open_case()
        case = self._case_of(case)
        self.assertEqual(case.alert_ids, lost)
        self.assertEqual(case.alert_count, 1)
        self.assertFalse(abroad.case_id, "Of another customer.")

    def test_report_tells_whom_we_were_warned_of(self):
        """By an alert up to the opening day, whatever became of it."""
        warned, later = self._alert("Warned", '2026-06-15'), self._alert("Later", '2026-06-16')
        unwarned = self._customers(1, name="Unwarned")
        for partner in warned.partner_id + later.partner_id + unwarned:
            self.env['crm.churn.case'].create({
                'partner_id': partner.id, 'company_id': self.company.id, 'date_open': '2026-06-15'})._close(
                    'lost' if partner == later.partner_id else 'won_back', "So it was")
        found = {had: rows for had, *rows in self._as(self.manager)['crm.churn.case.report']._read_group(
            [('company_id', '=', self.company.id)], ['had_alert'], ['cases:count_distinct', 'won_rate:avg'])}
        self.assertEqual(found, {True: [1, 100.0], False: [2, 50.0]})

    def test_merged_cases(self):
        """The alerts of a case that is merged into another one are of that one."""
        alerts = [self._alert(name, '2026-06-01') for name in ("One", "Two")]
        kept, case = (self.env['crm.churn.case'].create({'partner_id': alert.partner_id.id, 'company_id': self.company.id})
                      for alert in alerts)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((kept.partner_id + case.partner_id).ids, kept.partner_id)
        self.env.invalidate_all()
        self.assertEqual(kept.alert_ids, alerts[0] + alerts[1])
        self.assertEqual((kept.state, case.state), ('open', 'dropped'))
