import doctest
from datetime import date, datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_visit_quota.tools import calendar_times

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestCalendarTimes(BaseCase):

    def test_rules(self):
        self.assertFalse(doctest.testmod(calendar_times).failed)


@tagged('post_install', '-at_install')
class TestVisitCalendar(VisitCommon):
    """A planned visit and its event are one thing seen twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person.email = 'person@example.com'
        cls.phone.invites_contacts = False

    def _planned(self, day='2026-06-17', user=None, **vals):
        """Plan a visit at 08:00 UTC (10:00 in Brussels), as the rep does."""
        env = self._as(user or self.rep)
        return env['crm.visit'].create({
            'partner_id': self.customer.id, 'kind_id': self.onsite.id, 'date_start': f'{day} 08:00:00', 'date_end': f'{day} 09:00:00',
            'contact_ids': [Command.set(self.person.ids)], **vals})

    def _mails(self):
        """Return the list that collects ``(template, partners)`` of the mails sent to attendees."""
        sent = []

        def notify(attendees, template, **_kwargs):
            sent.append((template, attendees.partner_id))
        patcher = patch.object(self.env.registry['calendar.attendee'], '_notify_attendees', notify)
        self.startPatcher(patcher)
        return sent

    # ------------------------------------------------------------------
    # Visit -> event
    # ------------------------------------------------------------------

    def test_planning_makes_the_event(self):
        visit = self._planned(companion_ids=[Command.set(self.rep2.ids)], purpose="Trial run")
        event = visit.calendar_event_id
        self.assertEqual((event.start, event.stop), (datetime(2026, 6, 17, 8), datetime(2026, 6, 17, 9)))
        self.assertEqual(event.user_id, self.rep)
        self.assertEqual(event.partner_ids, (self.rep + self.rep2).partner_id + self.person)
        self.assertEqual(event.name, "Customer 1 – Trial run")
        self.assertEqual(event.sudo().crm_visit_id, visit)
        self.assertFalse(event.res_model, "An event that names its document would hand it on to every occurrence.")
        self.assertFalse(visit.sudo().activity_ids, "No activity beside the visit.")

    def test_an_opened_document_leaves_no_trace(self):
        """The event is the visit's, from whichever page it is planned."""
        visit = self._as(self.rep)['crm.visit'].with_context(
            active_model='res.partner', active_id=self.customer.id, default_name="Nonsense").create(
                {'partner_id': self.customer.id, 'date_start': '2026-06-17 08:00:00'})
        event = visit.calendar_event_id
        self.assertFalse(event.res_id)
        self.assertFalse(event.activity_ids)
        self.assertEqual(event.partner_ids, self.rep.partner_id)

    def test_no_event_without_a_plan(self):
        visit = self.env['crm.visit']._record([{'partner_id': self.customer.id, 'kind_id': self.phone.id, 'user_id': self.rep.id}])
        self.assertEqual(visit.state, 'done')
        self.assertFalse(visit.calendar_event_id)
        self.assertFalse(self._visits([(self.customer, '2026-06-12')]).calendar_event_id, "What is brought in as done was done.")

    def test_moving_the_visit(self):
        visit = self._planned()
        visit.date_start = datetime(2026, 6, 18, 13)
        self.assertEqual(visit.date_end, datetime(2026, 6, 18, 14), "The whole visit moves.")
        self.assertEqual((visit.calendar_event_id.start, visit.calendar_event_id.stop), (visit.date_start, visit.date_end))
        visit.write({'date_start': datetime(2026, 6, 18, 12), 'date_end': datetime(2026, 6, 18, 15)})
        self.assertEqual(visit.calendar_event_id.duration, 3)

    def test_people_and_owner(self):
        visit = self._planned()
        visit.write({'user_id': self.rep2.id, 'companion_ids': [Command.link(self.lead.id)], 'contact_ids': [Command.clear()]})
        self.assertEqual(visit.calendar_event_id.sudo().user_id, self.rep2)
        self.assertEqual(visit.calendar_event_id.sudo().partner_ids, (self.rep2 + self.lead).partner_id)

    def test_name_is_left_to_the_calendar(self):
        """A name given in the calendar stays; the name that we gave follows."""
        visit, other = self._planned(), self._planned('2026-06-18')
        visit.calendar_event_id.name = "Lunch"
        (visit + other).purpose = "Contract"
        self.assertEqual(visit.calendar_event_id.name, "Lunch")
        self.assertEqual(other.calendar_event_id.name, "Customer 1 – Contract")

    def test_contacts_are_invited_if_wanted(self):
        sent = self._mails()
        self._planned(is_inviting=False)
        self.assertNotIn(self.person, self.env['res.partner'].union(*(people for _template, people in sent)))
        visit = self._planned('2026-06-18')
        self.assertIn(self.person, self.env['res.partner'].union(*(people for _template, people in sent)))
        self.assertIn(self.person, visit.calendar_event_id.partner_ids)
        self.assertFalse(self._planned('2026-06-19', kind_id=self.phone.id).is_inviting, "Nobody is invited to a call.")

    def test_the_past_invites_nobody(self):
        sent = self._mails()
        self._planned('2026-06-10')
        self.assertFalse(any(people for _template, people in sent))

    def test_an_import_invites_nobody(self):
        visit = self.env['crm.visit'].with_user(self.rep).with_context(
            import_file=True, allowed_company_ids=self.company.ids).create({
                'partner_id': self.customer.id, 'date_start': '2026-06-17 08:00:00', 'contact_ids': [Command.set(self.person.ids)]})
        messages = self.env['mail.message'].search([('model', '=', 'calendar.event'), ('res_id', '=', visit.calendar_event_id.id)])
        self.assertTrue(visit.calendar_event_id)
        self.assertNotIn(self.person, messages.notified_partner_ids)

    def test_what_does_not_take_place(self):
        """Cancelled or missed: off the calendar; planned again: back in it; done: as it was planned."""
        visit = self._planned()
        visit.action_cancel("Ill")
        self.assertFalse(visit.calendar_event_id.active)
        visit.action_reopen()
        self.assertTrue(visit.calendar_event_id.active)
        visit.action_miss()
        self.assertFalse(visit.calendar_event_id.active)
        visit.action_reopen()
        visit.action_finish()
        self.assertTrue(visit.calendar_event_id.active)
        self.assertEqual(visit.calendar_event_id.start, datetime(2026, 6, 17, 8))

    def test_putting_off_moves_the_event(self):
        visit = self._planned()
        event = visit.calendar_event_id
        new = visit.action_reschedule('2026-06-20 10:00:00')
        self.assertEqual(new.calendar_event_id, event)
        self.assertFalse(visit.calendar_event_id)
        self.assertEqual((event.start, event.stop, event.active), (datetime(2026, 6, 20, 10), datetime(2026, 6, 20, 11), True))
        self.assertEqual(event.partner_ids, self.rep.partner_id + self.person)
        new.action_miss()
        last = new.action_reschedule('2026-06-22 10:00:00')
        self.assertEqual((last.calendar_event_id, event.active), (event, True))
        self.assertEqual(self.env['calendar.event'].with_context(active_test=False).search_count([('name', '=', event.name)]), 1)

    def test_deleting_the_visit(self):
        visit, done = self._planned(), self._planned('2026-06-15')
        done.action_finish()
        events = visit.calendar_event_id + done.calendar_event_id
        (visit + done).with_user(self.manager).unlink()
        self.assertEqual(events.exists(), events[1], "What took place stays in the calendar.")

    def test_somebody_elses_private_calendar(self):
        """The team leader moves a visit of a rep whose calendar is closed to others."""
        self.rep.sudo().res_users_settings_id.calendar_default_privacy = 'private'
        visit = self._planned()
        visit.with_user(self.lead).with_context(allowed_company_ids=self.company.ids).date_start = datetime(2026, 6, 18, 8)
        self.assertEqual(visit.calendar_event_id.start, datetime(2026, 6, 18, 8))

    def test_queries_do_not_grow(self):
        """Beyond what the calendar itself needs per event, planning many visits costs no more queries than planning few."""
        counts = []
        for number in (2, 12):
            customers = self._customers(number, name=f"Batch {number}", company_id=self.company.id)
            rows = [(customer, f'2026-07-{day + 1:02}') for day, customer in enumerate(customers)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            visits = self._visits(rows, state='planned')
            self.env.flush_all()
            ours = self.cr.sql_log_count - before
            vals_list = [{
                'name': "Event", 'start': visit.date_start, 'stop': visit.date_end, 'user_id': self.rep.id,
                'partner_ids': [Command.set(self.rep.partner_id.ids)]} for visit in visits]
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env['calendar.event'].sudo().create(vals_list)
            self.env.flush_all()
            counts.append(ours - (self.cr.sql_log_count - before))
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_days_without_work(self):
        days = self._as(self.rep)['crm.visit'].get_unusual_days('2026-06-19 00:00:00', '2026-06-22 23:59:59')
        self.assertEqual([days[f'2026-06-{day}'] for day in (19, 20, 21, 22)], [False, True, True, False])

    # ------------------------------------------------------------------
    # Event -> visit
    # ------------------------------------------------------------------

    def test_moving_the_event(self):
        visit = self._planned()
        visit.calendar_event_id.write({'start': datetime(2026, 6, 19, 14), 'stop': datetime(2026, 6, 19, 16)})
        self.assertEqual((visit.date_start, visit.date_end), (datetime(2026, 6, 19, 14), datetime(2026, 6, 19, 16)))
        visit.calendar_event_id.duration = 1
        self.assertEqual(visit.date_end, datetime(2026, 6, 19, 15))

    def test_moved_by_an_attendee(self):
        """A colleague who may not write the visit, yet move the appointment."""
        visit = self._planned(companion_ids=[Command.set(self.employee.ids)])
        event = visit.calendar_event_id.with_user(self.employee).with_context(allowed_company_ids=self.company.ids)
        event.write({'start': datetime(2026, 6, 19, 8), 'stop': datetime(2026, 6, 19, 9)})
        self.assertEqual(visit.date_start, datetime(2026, 6, 19, 8))

    def test_late_in_another_time_zone(self):
        """23:30 in Shanghai is the same day there, whatever day it is in UTC or here."""
        self.rep.sudo().tz = 'Asia/Shanghai'
        visit = self._planned()
        visit.calendar_event_id.with_user(self.lead).write({'start': datetime(2026, 6, 18, 15, 30), 'stop': datetime(2026, 6, 18, 16, 30)})
        self.assertEqual(visit.date, date(2026, 6, 18))
        visit.calendar_event_id.write({'start': datetime(2026, 6, 18, 16), 'stop': datetime(2026, 6, 18, 17)})
        self.assertEqual(visit.date, date(2026, 6, 19))

    def test_all_day(self):
        """An all-day event says the day; the visit keeps its hour. And the visit moves it by days."""
        visit = self._planned()
        event = visit.calendar_event_id
        event.write({'allday': True, 'start_date': date(2026, 6, 22), 'stop_date': date(2026, 6, 22)})
        self.assertEqual((visit.date_start, visit.date_end), (datetime(2026, 6, 22, 8), datetime(2026, 6, 22, 9)))
        visit.date_start = datetime(2026, 6, 23, 22, 30)  # 00:30 on the 24th in Brussels
        self.assertTrue(event.allday)
        self.assertEqual((event.start_date, event.stop_date), (date(2026, 6, 24), date(2026, 6, 24)))
        self.assertEqual(visit.date_start, datetime(2026, 6, 23, 22, 30))

    def test_attendees_come_and_go(self):
        other = self.env['res.partner'].create({'name': "Other", 'parent_id': self.customer.id})
        visit = self._planned()
        visit.calendar_event_id.write({'partner_ids': [
            Command.link(other.id), Command.link(self.lead.partner_id.id), Command.link(self.foreign.id), Command.unlink(self.person.id)]})
        self.assertEqual(visit.contact_ids, other)
        self.assertEqual(visit.companion_ids, self.lead)
        self.assertIn(self.foreign, visit.calendar_event_id.partner_ids, "A guest who is none of the customer's stays a guest.")

    def test_deleting_the_event(self):
        planned, done = self._planned(), self._planned('2026-06-15')
        done.action_finish()
        (planned + done).calendar_event_id.unlink()
        self.assertEqual((planned.state, done.state), ('cancelled', 'done'))
        self.assertIn("calendar", planned.cancel_reason)
        self.assertFalse((planned + done).calendar_event_id)

    def test_archiving_the_event(self):
        visit = self._planned()
        event = visit.calendar_event_id
        event.active = False
        self.assertEqual(visit.state, 'cancelled')
        event.active = True
        self.assertEqual(visit.state, 'planned')

    def test_a_done_visit_stays_where_it_was(self):
        visit = self._planned('2026-06-15')
        visit.action_finish()
        visit.calendar_event_id.write({'start': datetime(2026, 6, 30, 8), 'stop': datetime(2026, 6, 30, 9)})
        self.assertEqual((visit.date_start, visit.actual_start), (datetime(2026, 6, 15, 8), datetime(2026, 6, 15, 8)))

    def test_event_becomes_a_visit(self):
        event = self._as(self.rep)['calendar.event'].create({
            'name': "Talk", 'start': '2026-06-17 08:00:00', 'stop': '2026-06-17 09:30:00',
            'partner_ids': [Command.set((self.rep.partner_id + self.person).ids)]})
        context = event.action_crm_visit()['context']
        visit = self._as(self.rep)['crm.visit'].with_context(**context).create({})
        self.assertEqual((visit.calendar_event_id, visit.partner_id, visit.contact_ids), (event, self.customer, self.person))
        self.assertEqual((visit.date_end, event.stop, event.name), (datetime(2026, 6, 17, 9, 30), datetime(2026, 6, 17, 9, 30), "Talk"))
        self.assertEqual(event.action_crm_visit()['res_id'], visit.id)

    def test_one_visit_per_event(self):
        visit = self._planned()
        with self.assertRaises(UniqueViolation), self.cr.savepoint(), mute_logger('odoo.sql_db'):
            self._planned('2026-06-18', calendar_event_id=visit.calendar_event_id.id)
            self.env.flush_all()


@tagged('post_install', '-at_install')
class TestVisitRecurrence(VisitCommon):
    """Recurring events: each occurrence has its own visit or none."""

    def _series(self):
        visit = self._as(self.rep)['crm.visit'].create({
            'partner_id': self.customer.id, 'date_start': '2026-06-17 08:00:00', 'date_end': '2026-06-17 09:00:00'})
        event = visit.calendar_event_id
        event.write({
            'recurrency': True, 'rrule_type': 'weekly', 'rrule_type_ui': 'weekly', 'wed': True, 'interval': 1, 'end_type': 'count',
            'count': 4, 'event_tz': 'Europe/Brussels'})
        return visit, event, event.recurrence_id.calendar_event_ids.sorted('start')

    def _own_visit(self, event):
        return self._as(self.rep)['crm.visit'].with_context(**event.with_user(self.rep).action_crm_visit()['context']).create(
            {'partner_id': self.customer.id})

    def test_link_is_not_copied(self):
        visit, event, events = self._series()
        self.assertEqual(len(events), 4)
        self.assertEqual(visit.calendar_event_id, event)
        self.assertEqual(self.env['crm.visit'].search([('calendar_event_id', 'in', events.ids)]), visit)
        self.assertFalse(event.copy().sudo().crm_visit_id)

    def test_each_occurrence_its_own_visit(self):
        visit, _event, events = self._series()
        second = self._own_visit(events[1])
        self.assertEqual(second.date_start, datetime(2026, 6, 24, 8))
        events[1].write({'start': datetime(2026, 6, 25, 8), 'stop': datetime(2026, 6, 25, 9)})
        self.assertEqual((visit.date_start, second.date_start), (datetime(2026, 6, 17, 8), datetime(2026, 6, 25, 8)))

    def test_moving_the_whole_series(self):
        """All occurrences are made anew by core: each visit finds the one at its place."""
        visit, event, events = self._series()
        third = self._own_visit(events[2])
        event.write({'recurrence_update': 'all_events', 'start': datetime(2026, 6, 17, 10), 'stop': datetime(2026, 6, 17, 11)})
        self.assertEqual((visit.state, third.state), ('planned', 'planned'))
        self.assertEqual((visit.date_start, third.date_start), (datetime(2026, 6, 17, 10), datetime(2026, 7, 1, 10)))
        self.assertEqual((visit + third).calendar_event_id.mapped('active'), [True, True])
        self.assertEqual(third.calendar_event_id.start, third.date_start)

    def test_moving_this_and_following(self):
        visit, _event, events = self._series()
        third = self._own_visit(events[2])
        events[1].write({'recurrence_update': 'future_events', 'start': datetime(2026, 6, 25, 8), 'stop': datetime(2026, 6, 25, 9)})
        self.assertEqual((visit.date_start, third.date_start), (datetime(2026, 6, 17, 8), datetime(2026, 7, 2, 8)))
        self.assertEqual(third.calendar_event_id.start, third.date_start)
        self.assertEqual(third.state, 'planned')

    def test_shortening_the_series(self):
        """Whose occurrence is gone has left the calendar."""
        visit, event, events = self._series()
        last = self._own_visit(events[3])
        event.write({'recurrence_update': 'all_events', 'count': 2})
        self.assertEqual((visit.state, last.state), ('planned', 'cancelled'))

    def test_deleting_the_series(self):
        visit, event, events = self._series()
        third = self._own_visit(events[2])
        events[2].action_mass_deletion('future_events')
        self.assertEqual((visit.state, third.state), ('planned', 'cancelled'))
        event.action_mass_deletion('all_events')
        self.assertEqual(visit.state, 'cancelled')

    def test_moving_the_visit_moves_one_occurrence(self):
        visit, _event, events = self._series()
        starts = events[1:].mapped('start')
        visit.date_start = visit.date_start + timedelta(hours=2)
        self.assertEqual(events[1:].mapped('start'), starts)
        self.assertEqual(visit.calendar_event_id.start, datetime(2026, 6, 17, 10))
