from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitInput(VisitCommon):
    """Bad input is refused in words, and nothing is half-written."""

    def _refused(self, message, call):
        before = self.env['crm.visit'].search_count([]), self.env['calendar.event'].search_count([])
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            call()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((self.env['crm.visit'].search_count([]), self.env['calendar.event'].search_count([])), before)

    def _plan(self, **vals):
        return self._as(self.rep)['crm.visit'].create({
            'partner_id': self.customer.id, 'date_start': '2026-06-18 08:00:00', 'date_end': '2026-06-18 09:00:00', **vals})

    def test_end_before_start(self):
        self._refused("cannot end before it starts", lambda: self._plan(date_end='2026-06-18 07:59:00'))
        visit = self._plan()
        self._refused("cannot end before it starts", lambda: visit.write({'date_end': '2026-06-18 07:00:00'}))
        self._refused("cannot end before it starts", lambda: self._plan(
            state='done', date_start='2026-06-12 08:00:00', date_end='2026-06-12 09:00:00', actual_start='2026-06-12 09:00:00',
            actual_end='2026-06-12 08:00:00'))
        self._plan(date_end='2026-06-18 08:00:00')

    def test_done_in_the_future(self):
        self._refused("lies in the future", lambda: self._plan(state='done'))
        visit = self._plan()
        self._refused("lies in the future", lambda: visit.write({'state': 'done'}))
        self._refused("lies in the future", lambda: visit.action_check_in('2026-06-15 12:06:00'))
        self._refused("lies in the future", lambda: visit.action_finish('2026-06-18 09:00:00'))
        self.assertEqual((visit.state, visit.actual_start), ('planned', False))

    def test_customer_of_another_company(self):
        theirs = self._customers(name="American", company_id=self.company_usd.id)
        self._refused("company", lambda: self._plan(partner_id=theirs.id))
        kind = self.env['crm.visit.kind'].create({'name': "American", 'company_id': self.company_usd.id})
        self._refused("company", lambda: self._plan(kind_id=kind.id))

    def test_people_and_opportunities_of_others(self):
        stranger = self.env['res.partner'].create({'name': "Stranger", 'parent_id': self.customer2.id})
        self._refused("does not belong to", lambda: self._plan(contact_ids=[Command.set(stranger.ids)]))
        visit = self._plan()
        self._refused("does not belong to", lambda: visit.write({'contact_ids': [Command.link(stranger.id)]}))
        lead = self.env['crm.lead'].create({
            'name': "Deal", 'partner_id': self.customer2.id, 'company_id': self.company.id, 'user_id': False, 'team_id': False})
        self._refused("Choose an opportunity of the customer", lambda: self._plan(lead_id=lead.id))

    def test_overlapping_check_ins(self):
        first, second = self._plan(), self._plan(partner_id=self.customer2.id)
        self._refused("still with Customer 1", (first + second).action_check_in)
        self.assertEqual((first + second).mapped('state'), ['planned', 'planned'])
        first.action_check_in()
        self._refused("still with Customer 1", second.action_check_in)
        self._refused("Rep is still with Customer 1", self._by(second, self.manager).action_check_in)
        first.action_finish()
        second.action_check_in()

    def test_one_wrong_in_many(self):
        """All or nothing: one that cannot be cancelled keeps the others planned, and in the calendar."""
        planned, done = self._plan(), self._visits([(self.customer, '2026-06-12')])
        self._refused("already", lambda: (planned + self._by(done)).action_cancel("Fair"))
        self.assertEqual((planned.state, planned.calendar_event_id.active), ('planned', True))

    def test_deleting(self):
        done = self._by(self._visits([(self.customer, '2026-06-12')]))
        self._refused("stays on record", done.unlink)
        self._by(done, self.manager).unlink()

    def test_day_of_a_late_visit(self):
        """23:30 is today where the rep works, whatever day it is in UTC, in the company or for who looks at it."""
        brussels = self._plan(date_start='2026-06-18 21:30:00', date_end='2026-06-18 22:30:00')
        self.assertEqual(brussels.date, date(2026, 6, 18))
        self.rep.sudo().tz = 'America/New_York'
        new_york = self._plan(date_start='2026-06-19 03:30:00', date_end='2026-06-19 03:45:00')
        self.assertEqual(new_york.date, date(2026, 6, 18))
        self.assertEqual(brussels.date, date(2026, 6, 18), "What is settled stays.")
        self.rep.sudo().tz = False
        self.assertEqual(self._plan(date_start='2026-06-18 22:30:00', date_end='2026-06-18 23:00:00').date, date(2026, 6, 19))

    def test_form(self):
        """What people type: a person stands for the customer, and another customer takes the old one's people along."""
        with Form(self._as(self.rep)['crm.visit']) as form:
            form.partner_id = self.person
            form.date_start = datetime(2026, 6, 18, 8)
            self.assertEqual(form.partner_id, self.customer)
            self.assertEqual(form.contact_ids.ids, self.person.ids)
            form.partner_id = self.customer2
            self.assertFalse(form.contact_ids.ids)
            form.kind_id = self.hosted
            form.date_end = datetime(2026, 6, 18, 10)
        visit = form.record
        self.assertEqual((visit.partner_id, visit.kind_id, visit.calendar_event_id.duration), (self.customer2, self.hosted, 2))


@tagged('post_install', '-at_install')
class TestVisitPartner(VisitCommon):
    """Visits are never hidden by what becomes of a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls._visits([(cls.customer, '2026-06-12')], contact_ids=[Command.set(cls.person.ids)])

    def _merge(self, partners, destination):
        self.env['base.partner.merge.automatic.wizard']._merge(partners.ids, destination, extra_checks=False)
        self.env.invalidate_all()

    def test_merged_customers(self):
        theirs = self._visits([(self.customer2, '2026-06-11')])
        self._merge(self.customer + self.customer2, self.customer2)
        self.assertEqual((self.visit + theirs).partner_id, self.customer2)
        self.assertEqual(self.visit.contact_ids, self.person)
        self.assertEqual(self._by(self.customer2).crm_visit_count, 2)

    def test_merged_people(self):
        other = self.env['res.partner'].create({'name': "Same Person", 'parent_id': self.customer.id})
        self._merge(self.person + other, other)
        self.assertEqual((self.visit.partner_id, self.visit.contact_ids), (self.customer, other))

    def test_merged_into_a_contact(self):
        """A customer that turns out to be a person at another customer: its visits are shown there."""
        lone = self._customers(name="Lone", is_company=False, company_id=self.company.id)
        visit = self._visits([(lone, '2026-06-12')])
        self._merge(lone + self.person, self.person)
        self.assertEqual((visit.partner_id, visit.contact_ids), (self.customer, self.person))

    def test_a_person_leaves(self):
        """Who changes the employer has met us for the old one: the visit stays there, and can still be written."""
        self.person.parent_id = self.customer2
        self.assertEqual((self.visit.partner_id, self.visit.contact_ids), (self.customer, self.person))
        colleague = self.env['res.partner'].create({'name': "Colleague", 'parent_id': self.customer.id})
        self._by(self.visit).write({'note': "More", 'contact_ids': [Command.link(colleague.id)]})
        self.assertEqual(self.visit.contact_ids, self.person + colleague)

    def test_customer_joins_another(self):
        """A shop that becomes a contact of its chain takes its visits there, in every company and state."""
        planned = self._visits([(self.customer, '2026-06-18')], state='planned')
        self.visit.interest_ids = [Command.create({'note': "Pump"})]
        self.customer.write({'parent_id': self.customer2.id, 'is_company': False})
        self.assertEqual(self.customer.commercial_partner_id, self.customer2)
        self.assertEqual((self.visit + planned).partner_id, self.customer2)
        self.assertEqual(self.visit.contact_ids, self.person + self.customer)
        self.assertEqual(self.visit.interest_ids.partner_id, self.customer2)
        self.assertEqual(self._by(self.customer).crm_visit_count, 1)

    def test_subsidiary_stays_a_customer(self):
        """A company below another company remains a customer of its own."""
        self.customer.parent_id = self.customer2
        self.assertEqual(self.visit.partner_id, self.customer)

    def test_contact_of_a_contact(self):
        shop = self._customers(name="Shop", is_company=False, company_id=self.company.id)
        visit = self._visits([(shop, '2026-06-12')])
        shop.parent_id = self.person
        self.assertEqual(visit.partner_id, self.customer)

    def test_archived(self):
        self.customer.active = False
        self.assertIn(self.visit, self._as(self.rep)['crm.visit'].search([('partner_id', '=', self.customer.id)]))
