from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ChurnCommon


class CaseCommon(ChurnCommon):

    def _case(self, *events, partner=None, company=None, **vals):
        return self.env['crm.churn.case'].create({
            'partner_id': (partner or self.customer).id, 'company_id': (company or self.company).id, 'user_id': self.rep.id,
            'event_ids': [Command.link(event.id) for event in events], **vals})


@tagged('post_install', '-at_install')
class TestCaseFound(CaseCommon):
    """When a customer is back, and what counts as regained."""

    def _proposed(self, company=None):
        return self.env['crm.churn.case']._propose(company or self.company)

    def test_won_back_when_it_bought(self):
        """However late the run and the owner are: the purchase that made it counts as regained, at once."""
        case = self._case(self._loss(kind='leave', phase='use'))
        with freeze_time('2026-06-20 12:00:00'):
            self._invoices([(self.customer, '2026-06-17', 100), (self.customer, '2026-06-19', 10)])
            self.assertEqual(self._proposed(), case)
            self.assertEqual((case.date_again, case.proposed_on), (date(2026, 6, 17), date(2026, 6, 20)))
            case.with_env(self._as(self.rep)).action_won_back()
        self.assertEqual((case.date_closed, case.regained), (date(2026, 6, 17), 110))

    def test_lost_on_the_day_it_is_given_up(self):
        """Buying again moves the day of a win-back only."""
        case = self._case(outcome="Paid what was left, no more")
        with freeze_time('2026-06-20 12:00:00'):
            self._invoices([(self.customer, '2026-06-17', 100)])
            self._proposed()
            case.action_lost()
        self.assertEqual((case.date_closed, case.regained), (date(2026, 6, 20), 0))

    def test_opportunity_lost_by_a_buyer(self):
        """Whoever only turned down an opportunity goes on buying: that wins nothing back, an order of what was offered does."""
        case = self._case(self._loss())
        self._invoices([(self.customer, '2026-06-15', 100)])
        order = self._orders([(self.customer, '2026-06-15', 50)], state='draft')
        order.crm_churn_case_id = case
        self.assertFalse(self._proposed())
        order.state = 'sale'
        self.assertEqual(self._proposed(), case)
        self.assertEqual(case.date_again, self.TODAY)

    def test_opportunity_won_after_all(self):
        for linked in (False, True):
            with self.subTest(linked=linked):
                partner = self._customers()
                lead = self._lead(partner)
                lead.action_set_lost()
                case = self._case(lead.crm_churn_event_ids, partner=partner)
                if linked:
                    lead = self._lead(partner, crm_churn_case_id=case.id)
                    self.assertFalse(self._proposed())
                else:
                    lead.action_restore()
                lead.action_set_won()
                self.assertEqual(self._proposed(), case)

    def test_both_kinds_of_losses(self):
        """A customer that left as well is back with any purchase."""
        case = self._case(self._loss(), self._loss(kind='silent', phase='use'))
        self._invoices([(self.customer, '2026-06-15', 1)])
        self.assertEqual(self._proposed(), case)

    def test_each_company(self):
        case, other = self._case(), self._case(company=self.company_usd, user_id=self.manager_usd.id)
        self._invoices([(self.customer, '2026-06-15', 1)], company=self.company_usd)
        self.assertFalse(self._proposed())
        self.assertEqual(self._proposed(self.company_usd), other)
        self.assertFalse(case.date_again)

    def test_regained_once(self):
        """Won, lost and won again within the year: the second win-back takes over where it begins."""
        first = self._case()
        first._close('won_back')
        with freeze_time('2026-09-01 12:00:00'):
            self._invoices([(self.customer, day, amount) for day, amount in (
                ('2026-06-15', 1), ('2026-08-31', 10), ('2026-09-01', 100))])
            second = self._case(date_open='2026-08-01')
            second._close('won_back')
            self.assertEqual((first.regained, second.regained), (11, 100))
            self.env['crm.churn.case']._cron_regain()
            self.assertEqual((first.regained, second.regained), (11, 100))

    def test_opened_again(self):
        """What was bought until then was judged already; the purchase of the next day counts."""
        case = self._case()
        self._invoices([(self.customer, '2026-06-15', 100)])
        case._close('won_back')
        mine = case.with_env(self._as(self.rep))
        mine.action_reopen()
        self.assertEqual((case.state, case.date_closed, case.regained), ('open', False, 0))
        with self.assertRaisesRegex(UserError, "open already"):
            mine.action_reopen()
        self.assertFalse(self._proposed())
        with freeze_time('2026-06-16 12:00:00'):
            self._invoices([(self.customer, '2026-06-16', 7)])
            self.assertEqual(self._proposed(), case)
            case._close('won_back')
        self.assertEqual((case.date_closed, case.regained), (date(2026, 6, 16), 7))

    def test_opened_again_beside_another(self):
        case = self._case()
        case._close('lost', "Price")
        self._case(user_id=self.rep2.id)
        with self.assertRaisesRegex(UserError, "another open case"):
            case.with_env(self._as(self.rep)).action_reopen()
        with self.assertRaises(AccessError):
            case.with_env(self._as(self.analyst)).action_reopen()


@tagged('post_install', '-at_install')
class TestCaseTogether(CaseCommon):
    """One open case of a customer; what is offered in it; customers that become one."""

    def test_one_open_case(self):
        """Also where a person of the customer is entered; after the end another one may be opened."""
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer.id})
        case = self._case(partner=person)
        self.assertEqual(case.partner_id, self.customer)
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
            self._case()
        case._close('dropped', "Doubled")
        self.assertTrue(self._case())
        self.assertTrue(self._case(company=self.company_usd))

    def test_gives_nothing_to_do_when_given_up(self):
        case = self._case(plan_id=self.env.ref('crm_churn.mail_activity_plan_case').id)
        case.action_start_plan()
        self.assertEqual(len(case.activity_ids), 2)
        case.with_env(self._as(self.rep))._close('lost', "Price")
        self.assertFalse(case.activity_ids)

    def test_offers_fit(self):
        """The case of an offer is about its customer and of its company."""
        case = self._case(partner=self.customer2)
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': self.customer2.id})
        self._orders([(person, '2026-06-15', 50)], state='draft').crm_churn_case_id = case
        for offer in (
                self._orders([(self.customer, '2026-06-15', 50)]), self._lead(self.customer),
                self._lead(self.customer2, company=self.company_usd, user=self.manager)):
            with self.assertRaisesRegex(ValidationError, "another customer"):
                offer.crm_churn_case_id = case
        with self.assertRaisesRegex(UserError, "another company"):
            self._orders([(self.customer2, '2026-06-15', 50)], company=self.company_usd).crm_churn_case_id = case

    def test_offered_in_an_opportunity(self):
        """An opportunity of the case, and a quotation in that: both are offers of the case."""
        case = self._case().with_env(self._as(self.rep))
        lead = self._as(self.rep)['crm.lead'].with_context(**case.action_new_opportunity()['context']).create({})
        self.assertEqual((lead.partner_id, lead.type, lead.name, lead.crm_churn_case_id), (
            self.customer, 'opportunity', "Win back Customer 1", case))
        order = self._as(self.rep)['sale.order'].with_context(**lead._prepare_opportunity_quotation_context()).create({})
        self.assertEqual((order.opportunity_id, order.crm_churn_case_id, order.user_id), (lead, case, self.rep))
        case.invalidate_recordset()
        self.assertEqual((case.lead_count, case.order_count), (1, 1))
        self.assertEqual(case.env['crm.lead'].search(case.action_open_opportunities()['domain']), lead)

    def test_counted_where_it_belongs(self):
        event = self._loss()
        case = self._case(event)
        profile = self._profiles(self.customer)
        for record in (event, profile):
            mine = record.with_env(self._as(self.rep))
            self.assertEqual(mine[('case_count' if record == event else 'churn_case_count')], 1)
            self.assertEqual(mine.action_open_cases()['res_id'], case.id)
        profile2 = self._profiles(self.customer, self.company_usd)
        self.assertEqual(profile2.churn_case_count, 0)

    def test_grade_of_the_day(self):
        grade = self.env['crm.grade'].create({'name': "Case A", 'company_id': self.company.id})
        self._profiles(self.customer).grade_id = grade
        self.assertEqual(self._case().grade_id, grade)

    def test_merged_customers(self):
        """The case of the customer that stays goes on, with losses, measures and offers of both; the other one says where it went."""
        visit, discount = (self.env.ref(f'crm_churn.crm_churn_measure_{name}') for name in ('visit', 'discount'))
        mine, theirs = self._loss(), self._loss(self.customer2)
        other = self._case(theirs, partner=self.customer2, measure_ids=[Command.set(visit.ids)], date_open='2026-06-01')
        kept = self._case(mine, measure_ids=[Command.set(discount.ids)])
        elsewhere = self._case(partner=self.customer2, company=self.company_usd)
        order = self._orders([(self.customer2, '2026-06-15', 50)], state='draft')
        order.crm_churn_case_id = other
        self.env['base.partner.merge.automatic.wizard']._merge((self.customer + self.customer2).ids, self.customer)
        self.assertRecordValues(kept + other + elsewhere, [
            {'state': 'open', 'partner_id': self.customer.id, 'event_ids': (mine + theirs).ids,
             'measure_ids': (visit + discount).ids, 'order_ids': order.ids},
            {'state': 'dropped', 'partner_id': self.customer.id, 'event_ids': theirs.ids, 'measure_ids': visit.ids, 'order_ids': []},
            {'state': 'open', 'partner_id': self.customer.id, 'event_ids': [], 'measure_ids': [], 'order_ids': []}])
        self.assertIn("Win back Customer 1", other.outcome)

    def test_results(self):
        """By grade; each case lasted once, however many measures it had; a row opens its case."""
        visit, discount = (self.env.ref(f'crm_churn.crm_churn_measure_{name}') for name in ('visit', 'discount'))
        grade = self.env['crm.grade'].create({'name': "Case A", 'company_id': self.company.id})
        self._profiles(self.customer).grade_id = grade
        won = self._case(date_open='2026-06-05', measure_ids=[Command.set((visit + discount).ids)])
        lost = self._case(partner=self.customer2, date_open='2026-06-13')
        won._close('won_back')
        lost._close('lost', "Price")
        self.env.flush_all()
        report = self._as(self.analyst)['crm.churn.case.report']
        domain = [('case_id', 'in', (won + lost).ids)]
        aggregates = ['cases:count_distinct', 'won:count_distinct', 'days:avg', 'share:sum', 'won_rate:avg']
        self.assertEqual(report._read_group(domain, [], aggregates), [(2, 1, 6, 2, 50)])
        self.assertEqual({row[0]: row[1:] for row in report._read_group(domain, ['grade_id'], aggregates)}, {
            grade: (1, 1, 10, 1, 100), grade.browse(): (1, 0, 2, 1, 0)})
        rows = report.search(domain)
        self.assertEqual(len(set(rows.ids)), 3)
        row = rows.filtered(lambda row: row.measure_id == discount)
        self.assertEqual(row.action_open_case()['res_id'], won.id)
        self.assertEqual(report.browse(row.id).case_id, won)
