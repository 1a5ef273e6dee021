from datetime import date, datetime

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitActivity(VisitCommon):
    """A call or meeting is entered once: as an activity or as a visit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref('mail.mail_activity_data_call')
        cls.meeting = cls.env.ref('mail.mail_activity_data_meeting')
        cls.todo = cls.env.ref('mail.mail_activity_data_todo')
        cls.opportunity = cls.env['crm.lead'].create({
            'name': "Deal", 'type': 'opportunity', 'partner_id': cls.person.id, 'company_id': cls.company.id, 'user_id': cls.rep.id,
            'team_id': cls.team.id})

    def _activity(self, record, activity_type=None, user=None, day='2026-06-15', **vals):
        return self.env['mail.activity'].create({
            'res_model_id': self.env['ir.model']._get_id(record._name), 'res_id': record.id,
            'activity_type_id': (activity_type or self.call).id, 'user_id': (user or self.rep).id, 'date_deadline': day,
             'summary': "Ask how it goes", **vals})

    def _done(self, activities, user=None, feedback=False):
        self._as(user or self.rep)['mail.activity'].browse(activities.ids)._action_done(feedback=feedback)
        return self.env['crm.visit'].search([('activity_id', 'in', activities.ids)])

    # ------------------------------------------------------------------
    # Activity -> visit
    # ------------------------------------------------------------------

    def test_call_becomes_a_visit(self):
        activity = self._activity(self.person)
        visit = self._done(activity, feedback="They want a trial.")
        self.assertEqual((visit.state, visit.kind_id, visit.user_id), ('done', self.phone, self.rep))
        self.assertEqual((visit.partner_id, visit.contact_ids), (self.customer, self.person))
        self.assertEqual((visit.note, visit.purpose), ("They want a trial.", "Ask how it goes"))
        self.assertEqual((visit.actual_start, visit.actual_end), (datetime(2026, 6, 15, 11, 45), datetime(2026, 6, 15, 12)))
        self.assertFalse(visit.is_off_plan, "It was planned, as an activity.")
        self.assertFalse(visit.calendar_event_id)
        self.assertFalse(activity.active)

    def test_on_every_document(self):
        order = self.env['sale.order'].create({'partner_id': self.customer.id, 'company_id': self.company.id})
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        for record in (self.customer, self.opportunity, order, invoice):
            with self.subTest(model=record._name):
                visit = self._done(self._activity(record, self.meeting))
                self.assertEqual((visit.partner_id, visit.kind_id), (self.customer, self.onsite))
                self.assertEqual(visit.lead_id, self.opportunity if record == self.opportunity else self.opportunity.browse())

    def test_no_visit(self):
        """No call or meeting, no customer, nobody who makes visits: just an activity, and completing it works as ever."""
        vendor = self.env['res.partner'].create({'name': "Vendor", 'supplier_rank': 1})
        lead = self.env['crm.lead'].create({'name': "Nobody yet", 'user_id': self.rep.id})
        shared = self._customers(name="Shared")
        elsewhere = self._orders([(shared, '2026-06-01', 10)], company=self.company_usd)
        cases = {
            'to-do': self._activity(self.customer, self.todo), 'vendor': self._activity(vendor),
            'colleague': self._activity(self.rep2.partner_id), 'without customer': self._activity(lead),
            'other company': self._activity(elsewhere),
        }
        for name, activity in cases.items():
            with self.subTest(name):
                self.assertFalse(self._done(activity))
                self.assertFalse(activity.active)
        self.assertFalse(self._done(self._activity(self.customer, user=self.employee), self.employee))

    def test_kind_by_activity_type(self):
        demo = self.env['mail.activity.type'].create({'name': "Demo"})
        self.assertFalse(self._done(self._activity(self.customer, demo)))
        self.online.activity_type_ids = demo + self.meeting
        self.assertEqual(self._done(self._activity(self.customer, demo)).kind_id, self.online)
        self.assertEqual(self._done(self._activity(self.customer, self.meeting)).kind_id, self.online, "What is named goes first.")

    def test_who_did_it(self):
        """Whoever completes the activity has made the visit; what a robot completes, whom it was planned for."""
        self.assertEqual(self._done(self._activity(self.customer), self.manager).user_id, self.manager)
        activity = self._activity(self.customer)
        activity.with_user(self.env.ref('base.user_root')).with_context(allowed_company_ids=self.company.ids)._action_done()
        self.assertEqual(self.env['crm.visit'].search([('activity_id', '=', activity.id)]).user_id, self.rep)

    def test_planned_visit_is_finished(self):
        """Planned for the activity, for its event, or just for the same customer, kind and day: no second visit."""
        activity = self._activity(self.customer)
        linked = self._visits([(self.customer, '2026-06-12')], state='planned', kind=self.phone, activity_id=activity.id, note="Before")
        with_event = self._visits([(self.customer2, '2026-06-15')], state='planned')
        meeting = self._activity(self.customer2, self.meeting, calendar_event_id=with_event.calendar_event_id.id)
        same_day = self._visits([(self.foreign, '2026-06-15 14:00')], state='planned', kind=self.phone)
        call = self._activity(self.foreign)
        before = self.env['crm.visit'].search_count([])
        self._done(activity + meeting + call, feedback="Well")
        self.assertEqual((linked + with_event + same_day).mapped('state'), ['done'] * 3)
        self.assertEqual(linked.note, "Before\nWell")
        self.assertEqual(same_day.actual_end, datetime(2026, 6, 15, 12))
        self.assertEqual(same_day.duration, 1, "Made earlier than planned, it took as long.")
        self.assertEqual((linked + with_event + same_day).activity_id, activity + meeting + call)
        self.assertEqual(self.env['crm.visit'].search_count([]), before)

    def test_other_day_or_person_is_another_visit(self):
        tomorrow = self._visits([(self.customer, '2026-06-16')], state='planned', kind=self.phone)
        colleague = self._visits([(self.customer, '2026-06-15')], state='planned', kind=self.phone, user=self.rep2)
        visit = self._done(self._activity(self.customer))
        self.assertNotIn(visit, tomorrow + colleague)
        self.assertEqual((tomorrow + colleague).mapped('state'), ['planned', 'planned'])

    def test_once_only(self):
        visit = self._visits([(self.customer, '2026-06-15')], state='planned')
        activity = self._activity(self.customer, self.meeting, calendar_event_id=visit.calendar_event_id.id)
        self._by(visit).action_finish()
        self.assertFalse(activity.active, "Finishing the visit has completed it.")
        activity.active = True
        self.assertFalse(self._done(activity) - visit)

    def test_meeting_on_the_visit_itself(self):
        visit = self._visits([(self.customer, '2026-06-15')], state='planned')
        self.assertEqual(self._done(self._activity(visit, self.meeting)), visit)
        self.assertEqual(visit.state, 'done')

    def test_event_says_when(self):
        event = self.env['calendar.event'].create({
            'name': "Talk", 'start': '2026-06-15 07:00:00', 'stop': '2026-06-15 08:00:00', 'user_id': self.rep.id})
        visit = self._done(self._activity(self.customer, self.meeting, calendar_event_id=event.id))
        self.assertEqual((visit.actual_start, visit.actual_end), (datetime(2026, 6, 15, 7), datetime(2026, 6, 15, 8)))
        self.assertEqual(visit.calendar_event_id, event)

    def test_required_actions_wait(self):
        """Completing an activity never fails because of a checklist: the visit waits to be finished, with its times."""
        self.phone.action_ids = [Command.create({'name': "Ask for the budget"})]
        visit = self._done(self._activity(self.customer), feedback="Talked")
        self.assertEqual((visit.state, visit.note), ('planned', "Talked"))
        self.assertFalse(visit.calendar_event_id)
        with self.assertRaises(UserError):
            self._by(visit).action_finish()
        visit.check_ids.is_done = True
        self._by(visit).action_finish()
        self.assertEqual((visit.state, visit.actual_end), ('done', datetime(2026, 6, 15, 12)))

    def test_batch(self):
        """Many activities at once cost no more queries of ours than few."""
        counts = []
        for number in (2, 12):
            customers = self._customers(number, name=f"Batch {number}", company_id=self.company.id)
            activities = self.env['mail.activity'].union(*(self._activity(customer) for customer in customers))
            with_context = self._as(self.rep)['mail.activity'].browse(activities.ids)
            contacts = with_context._crm_contacts()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with_context._crm_contacts()
            visits = self._as(self.rep)['crm.visit']._record_activities(contacts, "Well")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(visits.mapped('state'), ['done'] * number)
        self.assertLessEqual(counts[1], counts[0] + 5)

    # ------------------------------------------------------------------
    # Visit -> activity
    # ------------------------------------------------------------------

    def _finished(self, **vals):
        visit = self._as(self.rep)['crm.visit'].create({
            'partner_id': self.customer.id, 'kind_id': self.phone.id, 'date_start': '2026-06-15 08:00:00', **vals})
        visit.action_finish()
        return visit

    def test_visit_completes_the_activity(self):
        due = self._activity(self.person, day='2026-06-12')
        later, other_kind = self._activity(self.customer, day='2026-06-16'), self._activity(self.customer, self.meeting)
        others, elsewhere = self._activity(self.customer, user=self.rep2), self._activity(self.customer2)
        visit = self._finished(note="All well")
        self.assertFalse(due.active)
        self.assertEqual((due.feedback, visit.activity_id), ("All well", due))
        self.assertTrue(all((later + other_kind + others + elsewhere).mapped('active')))
        self.assertEqual(self.env['crm.visit'].search_count([('partner_id', '=', self.customer.id)]), 1, "It is no visit of its own.")

    def test_one_visit_one_activity(self):
        """The one on the opportunity goes first, then the one that is longest due."""
        first, second, on_lead = (
            self._activity(self.customer, day='2026-06-01'), self._activity(self.customer, day='2026-06-02'),
            self._activity(self.opportunity))
        visit = self._finished(lead_id=self.opportunity.id)
        self.assertEqual(visit.activity_id, on_lead)
        self.assertTrue(first.active and second.active)
        self.assertEqual(self._finished().activity_id, first)
        self.assertTrue(second.active)

    def test_queries_of_finishing(self):
        counts = []
        for number in (2, 10):
            customers = self._customers(number, name=f"Finish {number}", company_id=self.company.id)
            visits = self._visits([(customer, '2026-06-15') for customer in customers], state='planned', next_step="Call")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            visits._matching_activities()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    # ------------------------------------------------------------------
    # Next step
    # ------------------------------------------------------------------

    def test_next_step(self):
        visit = self._finished(next_step="Send the quotation", next_step_date='2026-06-18', lead_id=self.opportunity.id)
        activity = visit.next_activity_id
        self.assertEqual((activity.res_model, activity.res_id), ('crm.lead', self.opportunity.id))
        self.assertEqual((activity.summary, activity.date_deadline, activity.user_id), ("Send the quotation", date(2026, 6, 18), self.rep))
        self.assertEqual(activity.activity_type_id, self.todo)

    def test_next_step_without_a_lead_or_a_day(self):
        self.phone.next_activity_type_id = self.call
        activity = self._finished(next_step="Call again").next_activity_id
        self.assertEqual((activity.res_model, activity.res_id), ('res.partner', self.customer.id))
        self.assertEqual((activity.date_deadline, activity.activity_type_id), (self.TODAY, self.call))
        self.assertFalse(self._finished().next_activity_id, "Nothing noted, nothing planned.")

    def test_next_step_noted_afterwards(self):
        """On the phone one checks out first and writes then."""
        visit = self._finished()
        visit.write({'next_step': "Send samples", 'next_step_date': '2026-06-20'})
        activity = visit.next_activity_id
        self.assertEqual((activity.summary, activity.date_deadline), ("Send samples", date(2026, 6, 20)))
        visit.next_step_date = '2026-06-22'
        self.assertEqual((visit.next_activity_id, activity.date_deadline), (activity, date(2026, 6, 22)))
        self._by(activity)._action_done()
        visit.next_step = "Too late"
        self.assertEqual((visit.next_activity_id, activity.summary), (activity, "Send samples"))

    def test_next_step_belongs_to_the_owner(self):
        """The team leader finishes the visit of a rep: the next step is the rep's, not the leader's."""
        visit = self._visits([(self.foreign, '2026-06-15')], state='planned', next_step="Call", team_id=self.team.id)
        self._by(visit, self.lead).action_finish()
        self.assertEqual(visit.next_activity_id.user_id, self.rep)

    def test_no_endless_chain(self):
        """A call as the next step is open: neither completed by the visit that planned it, nor a visit."""
        self.phone.next_activity_type_id = self.call
        visit = self._done(self._activity(self.customer))
        self._by(visit).write({'next_step': "Call again", 'next_step_date': fields.Date.to_date('2026-06-15')})
        self.assertTrue(visit.next_activity_id.active)
        self.assertEqual(self.env['crm.visit'].search_count([('partner_id', '=', self.customer.id)]), 1)
