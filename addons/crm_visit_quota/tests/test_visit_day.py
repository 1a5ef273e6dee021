from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitDay(VisitCommon):

    def _day(self, user=None, **kwargs):
        return self._as(user or self.rep)['crm.visit'].get_day(**kwargs)

    def _names(self, **kwargs):
        return [card['partner']['name'] for card in self._day(**kwargs)['visits']]

    def test_day(self):
        """The visits of the person on that day, where it works, by time (Brussels is two hours ahead of UTC in June)."""
        self._visits([
            (self.customer2, '2026-06-15 13:00'), (self.customer, '2026-06-15 08:30'), (self.customer, '2026-06-14 21:59'),
            (self.foreign, '2026-06-14 22:00')], state='planned')
        self._visits([(self.customer, '2026-06-15')], user=self.rep2, state='planned')
        day = self._day()
        self.assertEqual((day['date'], day['tz'], day['positions']), ('2026-06-15', 'Europe/Brussels', False))
        self.assertEqual(
            [(card['partner']['id'], card['planned'][0]) for card in day['visits']],
            [(self.foreign.id, '00:00'), (self.customer.id, '10:30'), (self.customer2.id, '15:00')])
        self.assertEqual(self._names(date='2026-06-14'), [self.customer.name])

    def test_card(self):
        self.onsite.action_ids = [Command.create({'name': "Show the news"})]
        self.customer.write({'street': "Main Street 1", 'zip': "1000", 'city': "Brussels", 'phone': "+32 2 555"})
        self.person.phone = "+32 2 777"
        self._visits([(self.customer, '2026-06-15')], state='planned', purpose="Offer", contact_ids=[Command.link(self.person.id)])
        [card] = self._day()['visits']
        self.assertEqual((card['state'], card['purpose'], card['note'], card['outcome']), ('planned', "Offer", '', False))
        self.assertIn("Main Street 1", card['partner']['address'])
        self.assertEqual((card['partner']['phone'], card['contacts'][0]['phone']), ("+32 2 555", "+32 2 777"))
        self.assertEqual(card['checks'], [{'name': "Show the news", 'is_required': True, 'is_done': False}])
        self.assertEqual((card['kind']['mode'], card['wants_position'], card['may_place']), ('onsite', False, False))

    def test_states(self):
        """What does not take place is left out; what one forgot to check out of stays in view."""
        visits = self._visits([(self.customer, '2026-06-15')] * 3, state='planned')
        visits[0].action_cancel("Closed")
        visits[1].action_reschedule('2026-06-18 08:00:00')
        old = self._visits([(self.customer2, '2026-06-12')], state='planned')
        old.action_check_in('2026-06-12 08:00:00')
        self.assertEqual([card['id'] for card in self._day()['visits']], [old.id, visits[2].id])

    def test_companion(self):
        self._visits([(self.foreign, '2026-06-15')], user=self.rep2, state='planned', companion_ids=[Command.link(self.rep.id)])
        [card] = self._day()['visits']
        self.assertEqual((card['is_mine'], card['person']), (False, "Rep2"))

    def test_other_company(self):
        self._visits([(self.customer, '2026-06-15')], user=self.manager, state='planned')
        self.assertEqual(len(self._day(self.manager)['visits']), 1)
        other = self._as(self.manager, self.company_usd)['crm.visit'].get_day()
        self.assertFalse(other['visits'])

    def test_customer_out_of_sight(self):
        """A customer that went to somebody else after the visit does not take the whole day away."""
        self.customer2.write({'city': "Gent", 'phone': "+32 2 555", 'street': "Main Street 2"})
        self._visits([(self.customer, '2026-06-15 08:00'), (self.customer2, '2026-06-15 10:00')], state='planned')
        self._visits([(self.customer2, '2026-06-10')])
        self.env['ir.rule'].create({
            'name': "Out of sight", 'model_id': self.env.ref('base.model_res_partner').id,
            'domain_force': f"[('id', '!=', {self.customer2.id})]"})
        day = self._day()
        self.assertEqual([card['partner']['name'] for card in day['visits']], [self.customer.name, self.customer2.name])
        hidden = day['visits'][1]['partner']
        self.assertEqual((hidden['phone'], hidden['city'], hidden['address'], hidden['grade']), (False, False, False, False))
        self.assertFalse(day['recent'])
        visit = self._as(self.rep)['crm.visit'].browse(day['visits'][1]['id'])
        self.assertIn(self.customer2.name, visit.display_name)
        self.env.invalidate_all()
        self.assertFalse(visit._mail_get_partners()[visit.id], "the form suggests whom to write to")
        self.assertNotIn(self.customer2.id, [person['partner_id'] for person in visit._message_get_suggested_recipients()])

    def test_recent_customers(self):
        self._visits([(self.customer, '2026-05-01'), (self.customer2, '2026-06-01'), (self.customer, '2026-06-10')])
        self.assertEqual([one['id'] for one in self._day()['recent']], [self.customer.id, self.customer2.id])

    def test_find_customers(self):
        """Without a text one's own; with one all that match, one's own first, people as their company."""
        def find(*args):
            return [one['id'] for one in self._as(self.rep)['crm.visit'].find_customers(*args)]

        self.assertEqual(find(), [self.customer.id, self.customer2.id])
        self.assertEqual(find("Person")[0], self.customer.id)
        found = find("er")  # Customer and Foreign
        self.assertEqual(found[:2], [self.customer.id, self.customer2.id])
        self.assertEqual(find("Foreign 1"), [self.foreign.id])

    def test_due(self):
        """Customers whose next visit is due, those in the cities of the day first, those of the day itself left out."""
        if 'next_visit_date' not in self.env['crm.customer']._fields:
            self.skipTest("no next visit here")
        near, far, later, planned = self._customers(4, "Due", company_id=self.company.id, user_id=self.rep.id)
        (near + planned).city = "Ghent"
        profiles = self._profiles(near + far + later + planned + self.foreign)
        self.env.flush_all()
        for profile, day in zip(profiles, ('2026-06-20', '2026-06-10', '2026-06-23', '2026-06-01', '2026-06-01'), strict=True):
            self.env.cr.execute("UPDATE crm_customer SET next_visit_date = %s WHERE id = %s", [day, profile.id])
        self.env.invalidate_all()
        self._visits([(planned, '2026-06-15')], state='planned')
        due = self._day()['due']
        self.assertEqual([(one['id'], one['is_near'], one['is_overdue']) for one in due], [(near.id, True, False), (far.id, False, True)])
        self.assertEqual(due[1]['due'], str(date(2026, 6, 10)))

    def test_constant_queries(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._day()
            return self.env.cr.sql_log_count - before

        self._visits([(self.customer, '2026-06-15'), (self.customer2, '2026-06-15')], state='planned')
        cost()
        few = cost()
        many = self._customers(30, "Many", company_id=self.company.id, user_id=self.rep.id)
        self.env['res.partner'].create([{'name': "Person", 'parent_id': partner.id} for partner in many])
        self._visits([(partner, '2026-06-15') for partner in many], state='planned')
        self._visits([(partner, '2026-06-10') for partner in many])
        self.assertLessEqual(cost(), few)
