import base64
import doctest
from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_visit_quota.tools import sync_event

from .common import VisitCommon

PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
HERE = {'latitude': 50.85, 'longitude': 4.35, 'accuracy': 20, 'age': 5}


@tagged('post_install', '-at_install')
class TestVisitSync(VisitCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit, cls.second = cls._visits([(cls.customer, '2026-06-15 08:00'), (cls.customer2, '2026-06-15 10:00')], state='planned')
        cls.number = 0

    def _event(self, kind, visit, at='2026-06-15T10:00:00Z', key=None, position=None, **vals):
        type(self).number += 1
        return {
            'key': key or f'key{self.number}', 'type': kind, 'at': at, 'visit': visit if isinstance(visit, str) else visit.id,
            'vals': vals, 'position': position, 'company_id': self.company.id}

    def _sync(self, *events, user=None, **kwargs):
        answer = self._as(user or self.rep)['crm.visit.sync'].sync(list(events), **kwargs)
        self.assertEqual(len(answer['results']), len(events))
        return answer['results']

    def _done(self, *events, **kwargs):
        results = self._sync(*events, **kwargs)
        self.assertEqual([result['status'] for result in results], ['done'] * len(events), results)
        return self.env['crm.visit'].browse(results[-1]['visit_id'])

    def test_rules(self):
        self.assertFalse(doctest.testmod(sync_event).failed)

    # ------------------------------------------------------------------
    # Exactly once, at its true time
    # ------------------------------------------------------------------

    def test_a_visit(self):
        """Check-in, note and check-out with their own times, long after."""
        visit = self._done(
            self._event('check_in', self.visit, '2026-06-15T08:07:00Z'),
            self._event('note', self.visit, '2026-06-15T08:30:00Z', note="They want a pump", outcome='progress'),
            self._event('check_out', self.visit, '2026-06-15T08:52:00Z', next_step="Send the offer", next_step_date='2026-06-18'))
        self.assertEqual((visit, visit.state, visit.is_off_plan), (self.visit, 'done', False))
        self.assertEqual((visit.actual_start, visit.actual_end), (datetime(2026, 6, 15, 8, 7), datetime(2026, 6, 15, 8, 52)))
        self.assertEqual((visit.note, visit.outcome, visit.next_step), ("They want a pump", 'progress', "Send the offer"))

    def test_sent_again(self):
        """What has come through and is sent again is not done again; the answer is the same."""
        event = self._event('log', 'phone-1', partner_id=self.customer.id, kind_id=self.phone.id, note="Called")
        before = self.env['crm.visit'].search_count([])
        first, again = self._sync(event), self._sync(event)
        self.assertEqual(first, again)
        self.assertEqual(self._sync(event, event), first * 2, "Twice in one go, too.")
        self.assertEqual(self.env['crm.visit'].search_count([]), before + 1)

    def test_same_key_of_another_person(self):
        self._done(self._event('log', 'n1', key='same', partner_id=self.customer.id, kind_id=self.phone.id))
        visit = self._done(self._event('log', 'n1', key='same', partner_id=self.foreign.id, kind_id=self.phone.id), user=self.rep2)
        self.assertEqual((visit.partner_id, visit.user_id), (self.foreign, self.rep2))

    def test_sent_twice_at_once(self):
        """When two calls bring the same, the one that comes second starts anew and then finds what the first has done."""
        event = self._event('check_in', self.visit)
        self._done(event)
        worker = self._as(self.rep)['crm.visit.sync']
        self.patch(type(worker), '_known', lambda self, events: {})  # as it looks before the other call is through
        with self.assertRaises(ConcurrencyError):
            worker.sync([event])

    def test_error_of_one(self):
        """An event that fails says why and changes nothing; the others are done; it may come again."""
        wrong = self._event('check_out', self.visit, outcome='splendid', note="x")
        good = self._event('note', self.second, note="Kept")
        results = self._sync(wrong, good)
        self.assertEqual([result['status'] for result in results], ['error', 'done'])
        self.assertIn("cannot be written down", results[0]['message'])
        self.assertEqual((self.visit.state, self.visit.note, self.second.note), ('planned', False, "Kept"))
        wrong['vals']['outcome'] = 'reached'
        self._done(wrong)
        self.assertEqual(self.visit.state, 'done')

    def test_nonsense(self):
        """Whatever is sent, there is an answer for each and no crash."""
        bad = [
            None, {}, {'key': 'x'}, self._event('fly', self.visit), self._event('check_in', '9' * 30),
            self._event('note', 'unknown', note="x"), {**self._event('check_in', self.visit), 'at': "yesterday"},
            self._event('photo', self.visit, data="no image"), self._event('log', 'n9', partner_id="seven"),
            self._event('log', 'n8', partner_id=10 ** 8), self._event('check_in', self.visit, position={'latitude': "x"}),
            {**self._event('note', self.visit), 'company_id': self.company_usd.id}]
        results = self._sync(*bad)
        self.assertEqual({result['status'] for result in results}, {'error'})
        self.assertTrue(all(result['message'] for result in results))
        self.assertEqual(self.visit.state, 'planned')

    def test_times(self):
        """A fast clock is put right by what it showed when sending; nothing lies in the future; what comes late is marked."""
        entries = self.env['crm.visit.sync']
        visit = self._done(self._event('check_in', self.visit, '2026-06-15T14:30:00Z'), sent_at='2026-06-15T15:00:00Z')
        self.assertEqual(visit.actual_start, datetime(2026, 6, 15, 11, 30))
        self.assertEqual(entries.search([], limit=1).clock_error, 3 * 3600)
        visit = self._done(self._event('check_out', self.visit, '2026-06-15T13:00:00Z'))
        self.assertEqual(visit.actual_end, datetime(2026, 6, 15, 12), "now")
        self.assertFalse(entries.search([], limit=1).is_late)
        self._done(self._event('log', 'n1', '2026-06-13T10:00:00Z', partner_id=self.customer.id, kind_id=self.phone.id))
        self.assertTrue(entries.search([], limit=1).is_late)

    def test_order(self):
        """A check-out that comes before its check-in finishes the visit; the check-in then says when it began."""
        self._done(self._event('check_out', self.visit, '2026-06-15T09:00:00Z'))
        self.assertEqual((self.visit.state, self.visit.actual_start), ('done', datetime(2026, 6, 15, 8)))
        self._done(self._event('check_in', self.visit, '2026-06-15T08:20:00Z'))
        self.assertEqual((self.visit.state, self.visit.actual_start), ('done', datetime(2026, 6, 15, 8, 20)))
        self.assertAlmostEqual(self.visit.duration, 40 / 60)

    def test_one_at_a_time(self):
        self._done(self._event('check_in', self.visit))
        [result] = self._sync(self._event('check_in', self.second))
        self.assertEqual(result['status'], 'error')
        self.assertIn("Check out there first", result['message'])

    # ------------------------------------------------------------------
    # Changed by somebody else in the meantime
    # ------------------------------------------------------------------

    def test_cancelled_meanwhile(self):
        """Who was there was there: the check-in becomes an off-plan visit, and what follows belongs to it."""
        self.visit.action_cancel("Closed")
        results = self._sync(
            self._event('check_in', self.visit, '2026-06-15T08:07:00Z'), self._event('note', self.visit, note="Met the owner"),
            self._event('check_out', self.visit, '2026-06-15T08:50:00Z'))
        self.assertIn("Cancelled", results[0]['message'])
        new = self.env['crm.visit'].browse(results[2]['visit_id'])
        self.assertEqual((self.visit.state, new.state, new.is_off_plan, new.note), ('cancelled', 'done', True, "Met the owner"))
        self.assertEqual((new.partner_id, new.actual_start), (self.customer, datetime(2026, 6, 15, 8, 7)))
        self.assertEqual(len({result['visit_id'] for result in results}), 1)

    def test_given_away_meanwhile(self):
        """A note on a visit of somebody else stays on the phone; a check-in becomes a visit of one's own."""
        self.visit.user_id = self.rep2
        [result] = self._sync(self._event('note', self.visit, note="Mine"))
        self.assertEqual(result['status'], 'error')
        self.assertIn("belongs to Rep2 now", result['message'])
        new = self._done(self._event('check_in', self.visit))
        self.assertEqual((new.user_id, self.visit.state, self.visit.note), (self.rep, 'planned', False))

    def test_deleted_meanwhile(self):
        event = self._event('check_in', self.visit, partner_id=self.customer.id, kind_id=self.hosted.id)
        self.visit.unlink()
        new = self._done(event)
        self.assertEqual((new.partner_id, new.kind_id, new.state), (self.customer, self.hosted, 'underway'))
        [result] = self._sync(self._event('check_in', '99999999'))
        self.assertIn("not there any more", result['message'])

    def test_finished_meanwhile(self):
        self.visit.action_finish()
        [result] = self._sync(self._event('check_out', self.visit, note="Late note"))
        self.assertIn("finished already", result['message'])
        self.assertEqual(self.visit.note, "Late note")

    def test_notes_of_two(self):
        self.visit.note = "From the desk"
        self._done(self._event('note', self.visit, note="From the phone", note_seen=""))
        self.assertEqual(self.visit.note, "From the desk\n\nFrom the phone")
        self._done(self._event('note', self.visit, note="Only this", note_seen=self.visit.note))
        self.assertEqual(self.visit.note, "Only this")

    # ------------------------------------------------------------------
    # The other types
    # ------------------------------------------------------------------

    def test_off_plan(self):
        """A visit begun off plan is called by the phone's key until its number is known."""
        visit = self._done(
            self._event('check_in', 'phone-7', '2026-06-15T09:00:00Z', partner_id=self.person.id, kind_id=self.onsite.id),
            self._event('check_out', 'phone-7', '2026-06-15T09:30:00Z'))
        self.assertEqual((visit.partner_id, visit.contact_ids, visit.state, visit.is_off_plan), (self.customer, self.person, 'done', True))
        self.assertEqual(visit.actual_start, datetime(2026, 6, 15, 9))

    def test_log(self):
        visit = self._done(self._event(
            'log', 'n1', '2026-06-15T09:00:00Z', partner_id=self.customer.id, kind_id=self.onsite.id, minutes=45, note="Met",
            outcome='reached'))
        self.assertEqual((visit.actual_start, visit.actual_end), (datetime(2026, 6, 15, 8, 15), datetime(2026, 6, 15, 9)))
        self.assertEqual((visit.state, visit.outcome, visit.user_id), ('done', 'reached', self.rep))

    def test_checklist(self):
        self.onsite.action_ids = [Command.create({'name': "Show the news"}), Command.create({'name': "Count stock", 'is_required': False})]
        visit = self._visits([(self.customer, '2026-06-15')], state='planned')
        [result] = self._sync(self._event('check_out', visit))
        self.assertIn("Show the news", result['message'])
        self._done(self._event('check', visit, checks={"Show the news": True}), self._event('check_out', visit))
        self.assertEqual(visit.check_ids.mapped('is_done'), [True, False])

    def test_photo(self):
        visit = self._done(self._event('photo', self.visit, name="Shelf", data=PNG))
        photo = visit.photo_ids
        self.assertEqual((photo.raw, photo.mimetype), (base64.b64decode(PNG), 'image/png'))
        self.assertEqual((photo.res_model, photo.res_id), ('crm.visit', visit.id))
        script = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>').decode()
        [result] = self._sync(self._event('photo', self.visit, name="x.png", data=script))
        self.assertEqual(result['status'], 'error')

    def test_position(self):
        """Stored where the company records positions, and the customer's place set from it; else nothing is."""
        self._done(self._event('check_in', self.visit, position=HERE))
        self.assertFalse(self.env['crm.visit.fix'].search([('visit_id', '=', self.visit.id)]))
        [result] = self._sync(self._event('place', self.visit))
        self.assertEqual(result['status'], 'error')
        self._done(self._event('check_out', self.visit))
        self.company.crm_visit_positions = True
        self._done(self._event('check_in', self.second, position=HERE), self._event('place', self.second))
        self.assertEqual((self.second.location_state, self.customer2.partner_latitude), ('located', 50.85))
        wrong = self._event('check_out', self.second, position={**HERE, 'latitude': 123})
        [result] = self._sync(wrong)
        self.assertIn("not a place on earth", result['message'])

    def test_no_position(self):
        self.company.crm_visit_positions = True
        event = {**self._event('check_in', self.visit), 'position_error': 'denied'}
        self._done(event)
        self.assertEqual((self.visit.location_state, self.visit.position_error), ('unlocated', 'denied'))

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_others(self):
        """Others' visits are not touched; people without a part in sales cannot call it."""
        results = self._sync(*(
            self._event(kind, self.visit, note="x", checks={"x": 1}, data=PNG)
            for kind in ('note', 'check', 'photo', 'place')), user=self.rep2)
        self.assertEqual({result['status'] for result in results}, {'error'})
        self.assertEqual((self.visit.note, self.visit.state), (False, 'planned'))
        portal = new_test_user(self.env, login='visit_portal', groups='base.group_portal')
        for user in (portal, self.employee, self.finance):
            with self.assertRaises(AccessError):
                self._as(user)['crm.visit.sync'].sync([])
            with self.assertRaises(AccessError):
                self._as(user)['crm.visit'].get_day()
            with self.assertRaises(AccessError):
                self._as(user)['crm.visit'].find_customers()

    def test_log_of_entries(self):
        """One sees what one sent, a manager everything; nobody writes it."""
        self._done(self._event('note', self.visit, note="x"))
        self.assertEqual(len(self._as(self.rep)['crm.visit.sync'].search([])), 1)
        self.assertFalse(self._as(self.rep2)['crm.visit.sync'].search([]))
        self.assertEqual(len(self._as(self.manager)['crm.visit.sync'].search([])), 1)
        with self.assertRaises(AccessError):
            self._as(self.manager)['crm.visit.sync'].search([]).unlink()

    def test_forgotten(self):
        """Entries are kept 180 days, the last of them included."""
        for day, key in (('2025-12-17 12:00:00', 'kept'), ('2025-12-17 11:59:59', 'gone')):
            self.env['crm.visit.sync'].create({
                'key': key, 'type': 'note', 'ref': '1', 'at': day, 'received_at': day,
                'user_id': self.rep.id, 'company_id': self.company.id})
        self.env['crm.visit.sync']._gc_entries()
        self.assertEqual(self.env['crm.visit.sync'].search([]).mapped('key'), ['kept'])

    def test_constant_queries(self):
        """A check-in costs as many queries with three hundred visits as with two."""
        def cost(visit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._done(self._event('check_in', visit))
            spent = self.env.cr.sql_log_count - before
            self._done(self._event('check_out', visit))
            return spent

        self.company.crm_visit_positions = True
        cost(self.visit)
        few = cost(self.second)
        self._visits([(self.customer, '2026-06-11')] * 150 + [(self.customer2, '2026-06-12')] * 150)
        self.assertLessEqual(cost(self._visits([(self.customer2, '2026-06-15 10:00')], state='planned')), few)
