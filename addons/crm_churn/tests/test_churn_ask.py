from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestChurnAsk(ChurnCommon):
    """A loss without a reason: its owner is asked once, and no more when there is a reason."""

    def _ask(self, company=None):
        return self.env['crm.churn.event']._ask_reasons(company or self.company)

    def _add(self, event, reason, weight=100.0, **vals):
        event.write({'reason_ids': [Command.create({'reason_id': reason.id, 'weight': weight, **vals})]})

    def test_asked_once(self):
        self.company.crm_churn_ask_days = 5
        event = self._loss()
        self.assertEqual(self._ask(), event)
        activity = event.activity_ids
        self.assertRecordValues(activity, [{
            'user_id': self.rep.id, 'date_deadline': date(2026, 6, 20), 'summary': "Why did we lose “Deal”?",
            'activity_type_id': self.env.ref('crm_churn.mail_activity_type_reason').id}])
        self.assertEqual(event.asked_on, self.TODAY)
        activity.action_feedback("I do not know")
        self.assertFalse(self._ask(), "Asked once, whatever the answer.")

    def test_done_when_explained(self):
        event = self._loss()
        self._ask()
        self._add(event.with_env(self._as(self.rep)), self.price)
        self.assertFalse(event.activity_ids)
        self.assertEqual(event.main_reason_id, self.price)

    def test_not_asked(self):
        """Not with a reason, not about what is long ago, not where the company does not want it."""
        explained = self._loss()
        self._add(explained, self.price)
        recent = self._loss(date=self.TODAY - timedelta(days=29))
        self._loss(date=self.TODAY - timedelta(days=30))
        theirs = self._loss(company=self.company_usd, user_id=self.manager_usd.id)
        self.company_usd.crm_churn_ask_reason = False
        self.env['crm.churn.event']._cron_ask_reasons()
        self.assertTrue(recent.activity_ids)
        self.assertEqual(self.env['crm.churn.event'].search([('asked_on', '!=', False)]), recent)
        self.company_usd.crm_churn_ask_reason = True
        self.env['crm.churn.event']._cron_ask_reasons()
        self.assertEqual(theirs.activity_ids.user_id, self.manager_usd)

    def test_who_is_asked(self):
        """The salesperson of the loss, else of the customer, else the leader of the team; nobody if all have left."""
        self.rep2.active = False
        own, customers, teams, nobodys = (
            self._loss(), self._loss(user_id=self.rep2.id), self._loss(user_id=False, partner=self.customer2, team_id=self.team.id),
            self._loss(user_id=self.rep2.id, partner=self.customer2))
        self._ask()
        self.assertEqual(own.activity_ids.user_id, self.rep)
        self.assertEqual(customers.activity_ids.user_id, self.rep)
        self.assertEqual(teams.activity_ids.user_id, self.lead)
        self.assertFalse(nobodys.activity_ids)
        self.customer2.user_id = self.rep
        self._ask()
        self.assertEqual(nobodys.activity_ids.user_id, self.rep, "Asked as soon as there is somebody.")

    def test_ask_now(self):
        """A manager or an analyst asks now; nobody about what is explained or of nobody."""
        event = self._loss(date=self.TODAY - timedelta(days=300))
        event.with_env(self._as(self.analyst)).action_ask()
        event.with_env(self._as(self.manager)).action_ask()
        self.assertEqual(event.activity_ids.user_id, self.rep)
        with self.assertRaises(AccessError):
            event.with_env(self._as(self.rep2)).action_ask()
        self._add(event, self.price)
        with self.assertRaisesRegex(UserError, "a reason already"):
            event.with_env(self._as(self.manager)).action_ask()
        with self.assertRaisesRegex(UserError, "no salesperson to ask"):
            self._loss(user_id=False, partner=self.customer2).with_env(self._as(self.manager)).action_ask()

    # ------------------------------------------------------------------
    # Reasons
    # ------------------------------------------------------------------

    def test_main_reason(self):
        """There is always one: the heaviest unless marked, another one when it is marked or the first one goes."""
        event = self._loss()
        event.write({'reason_ids': [
            Command.create({'reason_id': self.price.id, 'weight': 20}), Command.create({'reason_id': self.need.id, 'weight': 60})]})
        price, need = event.reason_ids.sorted('weight')
        self.assertEqual(event.main_reason_id, self.need)
        event.write({'reason_ids': [Command.update(price.id, {'is_main': True})]})
        self.assertEqual(event.main_reason_id, self.price)
        self.assertFalse(need.is_main)
        event.write({'reason_ids': [Command.update(price.id, {'is_main': False}), Command.update(need.id, {'is_main': True})]})
        self.assertEqual(event.main_reason_id, self.need)
        event.write({'reason_ids': [Command.delete(need.id)]})
        self.assertEqual(event.main_reason_id, self.price)
        self.assertEqual(event.weight_left, 80)

    def test_shares(self):
        event = self._loss().with_env(self._as(self.rep))
        self._add(event, self.price, 70)
        with self.assertRaises(ValidationError):
            self._add(event, self.need, 31)
        line = event.reason_ids
        event.write({'reason_ids': [
            Command.create({'reason_id': self.need.id, 'weight': 50}), Command.update(line.id, {'weight': 50})]})
        self.assertEqual(event.weight_left, 0)

    # ------------------------------------------------------------------
    # "We leave"
    # ------------------------------------------------------------------

    def _leave(self, user=None, partner=None, reasons=(), **vals):
        env = self._as(user or self.rep)
        wizard = env['crm.churn.leave'].with_context(default_partner_id=(partner or self.customer).id).create({
            'choice_ids': [Command.create({'reason_id': reason.id, 'weight': weight}) for reason, weight in reasons], **vals})
        return self.env['crm.churn.event'].browse(wizard.action_record()['res_id'])

    def test_leave(self):
        self._invoices([(self.customer, '2025-01-10', 100), (self.customer, '2026-05-10', 250)])
        profile = self._profiles(self.customer)
        profile.grade_id = self.env['crm.grade'].create({'name': "A", 'company_id': self.company.id})
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        event = self._leave(
            partner=person, phase='service', reasons=[(self.need, 40), (self.price, 60)], note="Enough", said_by_id=person.id)
        self.assertRecordValues(event, [{
            'kind': 'leave', 'phase': 'service', 'partner_id': self.customer.id, 'name': self.customer.name, 'date': self.TODAY,
            'date_first': date(2025, 1, 10), 'user_id': self.rep.id, 'team_id': self.team.id, 'grade_id': profile.grade_id.id,
            'yearly_value': 250, 'amount': 250, 'main_reason_id': self.price.id, 'note': "Enough", 'said_by_id': person.id, 'number': 1}])
        self.assertEqual(self._leave().number, 2, "A second loss is a second one.")

    def test_leave_refused(self):
        self._profiles(self.customer)
        with self.assertRaisesRegex(UserError, "a day to come"):
            self._leave(date='2026-06-16')
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self._leave(user=self.rep2)
        with self.assertRaises(AccessError):
            self._leave(user=self.analyst)
        self.company.crm_churn_reason_required = True
        with self.assertRaisesRegex(UserError, "Say why"):
            self._leave()
        self.assertFalse(self.env['crm.churn.event'].search([('partner_id', '=', self.customer.id)]))
