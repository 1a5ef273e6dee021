import doctest
from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_visit_quota.tools import visit_state

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitState(VisitCommon):

    def test_rules(self):
        self.assertFalse(doctest.testmod(visit_state).failed)

    def test_every_transition(self):
        """Each transition from each state: allowed as the table says, refused else, and then nothing changes."""
        calls = {
            'check_in': lambda visit: visit.action_check_in(), 'finish': lambda visit: visit.action_finish(),
            'miss': lambda visit: visit.action_miss(), 'cancel': lambda visit: visit.action_cancel("No time"),
            'reschedule': lambda visit: visit.action_reschedule('2026-06-20 08:00:00'), 'reopen': lambda visit: visit.action_reopen(),
        }
        for transition, (sources, result) in visit_state.TRANSITIONS.items():
            for state, _label in visit_state.STATES:
                with self.subTest(transition=transition, state=state):
                    visit = self._visits([(self.customer, '2026-06-15')], state='planned')
                    visit.state = state
                    if state in sources:
                        calls[transition](visit)
                        self.assertEqual(visit.state, result)
                    else:
                        with self.assertRaises(UserError):
                            calls[transition](visit)
                        self.assertEqual(visit.state, state)
                    visit.state = 'planned'

    def test_check_in_and_out(self):
        visit = self._visits([(self.customer, '2026-06-15')], state='planned')
        visit.action_check_in('2026-06-15 10:00:00')
        self.assertEqual(visit.actual_start, datetime(2026, 6, 15, 10))
        visit.action_finish('2026-06-15 11:30:00')
        self.assertEqual((visit.state, visit.duration, visit.counts_for_quota), ('done', 1.5, True))

    def test_one_at_a_time(self):
        first, second = self._visits([(self.customer, '2026-06-15'), (self.customer2, '2026-06-15')], state='planned')
        first.action_check_in()
        with self.assertRaises(UserError):
            second.action_check_in()
        self.assertEqual(second.state, 'planned')

    def test_future_is_not_done(self):
        with self.assertRaises(ValidationError):
            self._visits([(self.customer, '2026-06-15 12:06')], hours=0)
        self._visits([(self.customer, '2026-06-15 12:05')], hours=0)

    def test_reschedule(self):
        visit = self._visits([(self.customer, '2026-06-15')], state='planned', contact_ids=[(4, self.person.id)], purpose="Talk")
        new = visit.action_reschedule('2026-06-17 09:00:00')
        self.assertEqual((new.rescheduled_from_id, visit.rescheduled_to_id), (visit, new))
        self.assertEqual((new.date_start, new.date_end), (datetime(2026, 6, 17, 9), datetime(2026, 6, 17, 10)))
        self.assertEqual((new.contact_ids, new.purpose, new.state), (self.person, "Talk", 'planned'))
