from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestChurnCase(ChurnCommon):

    def _case(self, partner=None, company=None, **vals):
        company = company or self.company
        return self.env['crm.churn.case'].create({
            'partner_id': (partner or self.customer).id, 'company_id': company.id, 'user_id': self.rep.id, **vals})

    def test_opened_from_losses(self):
        """One case per customer: a further loss joins it; losses of two customers open two."""
        first, second, other = self._loss(), self._loss(), self._loss(partner=self.customer2)
        mine = first.with_env(self._as(self.rep))
        case = self.env['crm.churn.case'].browse(mine.action_open_case()['res_id'])
        self.assertEqual(
            (case.partner_id, case.event_ids, case.user_id, case.team_id, case.date_open, case.state, case.name),
            (self.customer, first, self.rep, self.team, self.TODAY, 'open', "Win back Customer 1"))
        action = (second | other).with_env(self._as(self.manager)).action_open_case()
        self.assertEqual(case.event_ids, first | second)
        cases = self.env['crm.churn.case'].search(action['domain'])
        self.assertEqual(cases.partner_id, self.customer | self.customer2)
        self.assertEqual(len(cases), 2)

    def test_not_courted_twice(self):
        self._case(user_id=self.rep2.id, partner=self.customer2)
        event = self._loss(partner=self.customer2)
        with self.assertRaisesRegex(UserError, "Rep2 works on winning back"):
            event.with_env(self._as(self.rep)).action_open_case()

    def test_loss_of_nobody(self):
        with self.assertRaisesRegex(UserError, "without a customer"):
            self._loss(partner_id=False).with_env(self._as(self.manager)).action_open_case()

    def test_from_the_customer(self):
        """About what is not back."""
        event = self._loss()
        self._loss(date_back=self.TODAY)
        profile = self._profiles(self.customer)
        action = profile.with_env(self._as(self.rep)).action_open_case()
        self.assertEqual(self.env['crm.churn.case'].browse(action['res_id']).event_ids, event)

    def test_losses_of_the_customer_only(self):
        with self.assertRaisesRegex(ValidationError, "its customer and company"):
            self._case(event_ids=[(6, 0, self._loss(partner=self.customer2).ids)])
        with self.assertRaisesRegex(ValidationError, "its customer and company"):
            self._case(self._customers(), event_ids=[(6, 0, self._loss(company=self.company_usd).ids)])

    def test_one_way_out(self):
        case = self._case().with_env(self._as(self.rep))
        with self.assertRaisesRegex(UserError, "with its buttons"):
            case.state = 'won_back'
        with self.assertRaisesRegex(UserError, "Say why"):
            case.action_lost()
        case.outcome = "Moved abroad"
        case.action_lost()
        self.assertEqual((case.state, case.date_closed, case.outcome), ('lost', self.TODAY, "Moved abroad"))
        with self.assertRaisesRegex(UserError, "Only open cases"):
            case.action_won_back()
        with self.assertRaises(AccessError):
            self._case(partner=self.customer2).with_env(self._as(self.rep2)).action_won_back()
        with self.assertRaises(AccessError):
            self._case(partner=self.customer2).with_env(self._as(self.analyst)).action_won_back()

    def test_plan_and_quotation(self):
        case = self._case().with_env(self._as(self.rep))
        with self.assertRaisesRegex(UserError, "Choose an activity plan"):
            case.action_start_plan()
        case.plan_id = self.env.ref('crm_churn.mail_activity_plan_case')
        case.action_start_plan()
        self.assertEqual(
            [(activity.date_deadline, activity.user_id) for activity in case.activity_ids.sorted('date_deadline')],
            [(date(2026, 6, 15), self.rep), (date(2026, 6, 22), self.rep)])
        order = self._as(self.rep)['sale.order'].with_context(**case.action_new_quotation()['context']).create({})
        self.assertEqual((order.partner_id, order.crm_churn_case_id, case.order_count), (self.customer, case, 1))

    def test_regained(self):
        """From the win-back day on, for 12 months, credit notes deducted, each company by itself and in its currency."""
        euro, dollar = self._case(), self._case(company=self.company_usd)
        (euro | dollar)._close('won_back')
        self._invoices([(self.customer, '2026-06-14', 1), (self.customer, '2026-06-15', 100), (self.customer, '2027-06-14', 20),
                        (self.customer, '2027-06-15', 7)])
        self._invoices([(self.customer, '2026-06-20', 400)], currency=self.usd)
        self._invoices([(self.customer, '2026-06-20', 5)], post=False)
        self._refunds([(self.customer, '2026-07-01', 30)])
        self._invoices([(self.customer, '2026-06-16', 1000)], company=self.company_usd)
        cases = self.env['crm.churn.case']
        with freeze_time('2027-07-01 12:00:00'):
            cases._cron_regain()
            self.assertEqual((euro.regained, dollar.regained), (190, 1000))
            self.company.crm_churn_regain_months = 1
            cases._regain(self.company)
        self.assertEqual((euro.regained, dollar.regained), (170, 1000))
        with self.assertRaises(AccessError):
            euro.with_env(self._as(self.rep)).read(['regained'])
        self.assertEqual(euro.with_env(self._as(self.analyst)).regained, 170)

    def test_buys_again(self):
        """Told once; a credit note or an invoice from before is no purchase; closing answers the question."""
        case, other = self._case(), self._case(partner=self.customer2)
        self._invoices([(self.customer, '2026-06-14', 10)])
        self._refunds([(self.customer, '2026-06-15', 5)])
        cases = self.env['crm.churn.case']
        self.assertFalse(cases._propose(self.company))
        self._invoices([(self.customer, '2026-06-15', 10)])
        self.assertEqual(cases._propose(self.company), case)
        self.assertFalse(cases._propose(self.company))
        self.assertEqual((case.activity_ids.user_id, case.proposed_on, case.state), (self.rep, self.TODAY, 'open'))
        self.assertFalse(other.activity_ids)
        case.with_env(self._as(self.rep)).action_won_back()
        self.assertFalse(case.activity_ids)
        self.assertEqual(self._value('win_backs', self.customer), 1)
        self.assertEqual(self._value('win_backs', self.customer2), 0)

    def test_rates(self):
        """A case with two measures is one case in the rates; dropped and open ones count in none."""
        visit, discount = self.env.ref('crm_churn.crm_churn_measure_visit'), self.env.ref('crm_churn.crm_churn_measure_discount')
        partners = self._customers(4)
        cases = self.env['crm.churn.case'].concat(*(self._case(partner=partner) for partner in partners))
        for case, reason in zip(cases, (self.price, self.need, self.price), strict=False):
            case.event_ids = self._loss(partner=case.partner_id, reason_ids=[Command.create({'reason_id': reason.id, 'is_main': True})])
        cases[0].measure_ids = visit | discount
        cases[1:].measure_ids = visit
        cases[0]._close('won_back')
        cases[1]._close('lost', "Price")
        cases[2]._close('dropped', "Doubled")
        self.env.flush_all()
        report = self._as(self.analyst)['crm.churn.case.report']
        domain = [('case_id', 'in', cases.ids)]
        aggregates = ['cases:count_distinct', 'won_rate:avg']
        self.assertEqual(report._read_group(domain, [], aggregates), [(4, 50.0)])
        rates = {measure.id: values for measure, *values in report._read_group(domain, ['measure_id'], aggregates)}
        self.assertEqual(rates, {visit.id: [4, 50.0], discount.id: [1, 100.0]})
        self.assertEqual(
            {reason: values for reason, *values in report._read_group(domain, ['main_reason_id'], aggregates)},
            {self.price: [2, 100.0], self.need: [1, 0.0], self.need.browse(): [1, False]})

    def test_who_sees(self):
        mine = self._case()
        teams = self._case(partner=self.customer2, user_id=self.rep2.id, team_id=self.team.id)
        third = self._customers(1)
        theirs, other = self._case(partner=third, user_id=self.rep2.id), self._case(partner=third, company=self.company_usd)
        other.user_id = self.manager_usd
        cases = mine | teams | theirs | other
        self.env.flush_all()

        def seen(user):
            found = self._as(user)['crm.churn.case'].search([('id', 'in', cases.ids)])
            rows = self._as(user)['crm.churn.case.report'].search([('case_id', 'in', cases.ids)])
            self.assertEqual(rows.case_id, found)
            return found
        self.assertEqual(seen(self.rep), mine)
        self.assertEqual(seen(self.rep2), teams | theirs)
        self.assertEqual(seen(self.lead), mine | teams)
        for user in (self.leads_all, self.analyst, self.manager):
            self.assertEqual(seen(user), mine | teams | theirs)
        self.assertEqual(seen(self.manager_usd), other)
        with self.assertRaises(AccessError):
            seen(self.employee)
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.churn.measure'].create({'name': "Flowers"})

    def test_moves_with_the_owner(self):
        case = self._case()
        closed = self._case(partner=self.customer2)
        closed._close('won_back')
        owned = self._as(self.manager)['crm.ownership']._records(self.customer | self.customer2)
        self.assertEqual(owned['win_back'], case)
        timeline = self._as(self.manager)['crm.timeline'].get_timeline(self.customer.id, kinds=['win_back'])['items']
        self.assertEqual([item['title'] for item in timeline], ["Win back Customer 1"])
