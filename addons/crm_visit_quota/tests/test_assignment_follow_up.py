from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .test_assignment import AssignmentCommon


@tagged('post_install', '-at_install')
class TestAssignmentFollowUp(AssignmentCommon):
    """Given out on Monday at 8:00 in Brussels; one working hour for each step."""
    START = '2026-06-15 06:00:00'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.write({'hours_remind': 1, 'hours_escalate': 1, 'hours_reassign': 1})

    def _given(self, **vals):
        """Return a lead that was given to ``rep`` and its assignment."""
        with freeze_time(self.START):
            lead = self._leads(1, **vals)
            self.env['crm.assignment.rule']._give_out(self.company)
        self.assertEqual(lead.user_id, self.rep)
        return lead, self.env['crm.assignment'].search([('lead_id', '=', lead.id)])

    def _run(self, moment, times=2):
        """Run the job, twice: the second time nothing may happen."""
        with freeze_time(f'2026-06-15 {moment}'):
            for _time in range(times):
                self.env.invalidate_all()
                self.env['crm.assignment']._cron_follow_up()
                self.env.flush_all()

    def _working(self, user):
        """Return the environment of a user at work, with tracking."""
        return self.env(user=user, context={'allowed_company_ids': self.company.ids})

    def _notices(self, lead, user):
        return self.env['mail.message'].search([
            ('model', '=', 'crm.lead'), ('res_id', '=', lead.id), ('partner_ids', 'in', user.partner_id.ids),
            ('message_type', '=', 'user_notification'), ('subject', 'ilike', "Not followed up")])

    def test_steps(self):
        """Before its time nothing happens, at its time the next step, each once; then it is somebody else's turn."""
        lead, assignment = self._given()
        self._run('06:59:59')
        self.assertEqual((assignment.state, len(lead.activity_ids)), ('waiting', 0))
        self._run('07:00:00')
        self.assertEqual((assignment.state, assignment.deadline), ('reminded', datetime(2026, 6, 15, 8)))
        self.assertEqual((len(lead.activity_ids), lead.activity_ids.user_id), (1, self.rep))
        self._run('07:59:59')
        self.assertEqual(assignment.state, 'reminded')
        self._run('08:00:00')
        self.assertEqual((assignment.state, assignment.deadline), ('escalated', datetime(2026, 6, 15, 9)))
        self.assertEqual(len(self._notices(lead, self.lead)), 1)
        self._run('09:00:00')
        self.assertEqual((assignment.state, lead.user_id), ('reassigned', self.rep2))
        self.assertFalse(lead.activity_ids, "The former receiver is reminded no more.")
        following = self.env['crm.assignment'].search([('lead_id', '=', lead.id), ('state', '=', 'waiting')])
        self.assertEqual((following.user_id, following.previous_id, following.deadline), (self.rep2, assignment, datetime(2026, 6, 15, 10)))

    def test_nobody_else(self):
        """It never goes back to who had it; where nobody is left it stays, and says so."""
        lead, assignment = self._given()
        for moment in ('07:00:00', '08:00:00', '09:00:00', '10:00:00', '12:00:00', '13:00:00'):
            self._run(moment, times=1)
        last = self.env['crm.assignment'].search([('lead_id', '=', lead.id)], limit=1) - assignment
        self.assertEqual((lead.user_id, last.state, last.deadline), (self.rep2, 'escalated', False))
        self.assertTrue(last.note)

    def test_named_manager(self):
        lead, _assignment = self._given()
        self.rule.manager_id = self.manager
        self._run('07:00:00')
        self._run('08:00:00')
        self.assertEqual(len(self._notices(lead, self.manager)), 1)
        self.assertFalse(self._notices(lead, self.lead))

    def test_what_counts(self):
        """A done activity, a message to the customer, a visit and a stage count, if the receiver did it after being given it."""
        stage = self.env['crm.stage'].search([], limit=2)[-1]

        def message(lead, user, subtype='mail.mt_comment'):
            lead.with_env(self._working(user)).message_post(body="Hello", message_type='comment', subtype_xmlid=subtype)

        def note(lead, user):
            message(lead, user, 'mail.mt_note')

        def activity(lead, user):
            lead.activity_schedule('mail.mail_activity_data_call', user_id=user.id).with_env(self._working(user)).action_done()

        def visit(lead, user):
            self._visits([(lead.partner_id, '2026-06-15 06:10')], user=user, hours=0.2)

        def move(lead, user):
            self.env.flush_all()
            self.env.cr.precommit.run()
            lead.with_env(self._working(user)).write({'stage_id': stage.id})
            self.env.flush_all()
            self.env.cr.precommit.run()
        cases = [
            ('message', message, 'message'),
            ('activity', activity, 'activity'), ('visit', visit, 'visit'), ('stage', move, 'stage'),
            ('internal note', note, False),
        ]
        for name, deed, how in cases:
            for user in (self.rep, self.leads_all):
                with self.subTest(deed=name, user=user.login):
                    customer = self._customers(1, company_id=self.company.id)
                    lead, assignment = self._given(partner_id=customer.id, type='opportunity')
                    with freeze_time('2026-06-15 06:30:00'):
                        deed(lead, user)
                    self._run('06:40:00')
                    expected = how if user == self.rep else False
                    self.assertEqual(assignment.how, expected)
                    self.assertEqual(assignment.state, 'followed_up' if expected else 'waiting')
                    lead.unlink()

    def test_on_the_customer(self):
        """A message on the contact, and a person of it, counts as well; what was before does not."""
        self.person.with_env(self._working(self.rep)).message_post(body="Before", message_type='comment', subtype_xmlid='mail.mt_comment')
        self.env['mail.message'].search([('model', '=', 'res.partner'), ('res_id', '=', self.person.id)]).date = '2026-06-14 12:00:00'
        _lead, assignment = self._given(partner_id=self.customer.id)
        self._run('06:20:00')
        self.assertEqual(assignment.state, 'waiting')
        with freeze_time('2026-06-15 06:30:00'):
            self.person.with_env(self._working(self.rep)).message_post(
                body="After", message_type="comment", subtype_xmlid="mail.mt_comment")
        self._run('06:40:00')
        self.assertEqual((assignment.state, assignment.followed_up_at), ('followed_up', datetime(2026, 6, 15, 6, 30)))
        self.assertEqual(assignment.response_hours, 0.5)

    def test_late_but_done(self):
        """Who followed up after the deadline but before the job came by is not reminded."""
        lead, assignment = self._given()
        with freeze_time('2026-06-15 07:30:00'):
            lead.with_env(self._working(self.rep)).message_post(body="Hello", message_type='comment', subtype_xmlid='mail.mt_comment')
        self._run('07:45:00')
        self.assertEqual((assignment.state, len(lead.activity_ids)), ('followed_up', 0))

    def test_settled_otherwise(self):
        """Given to somebody by hand, won, lost or archived: nothing more is asked."""
        deeds = {
            'by hand': lambda lead: lead.write({'user_id': self.manager.id}), 'won': lambda lead: lead.action_set_won(),
            'lost': lambda lead: lead.action_set_lost(),
        }
        for name, deed in deeds.items():
            with self.subTest(name):
                lead, assignment = self._given(type='opportunity')
                deed(lead)
                self._run('12:00:00')
                self.assertEqual((assignment.state, assignment.deadline), ('closed', False))

    def test_given_out_again(self):
        """A lead that lost its owner is given out anew; there is one open assignment of it."""
        lead, assignment = self._given()
        lead.user_id = False
        self.env['crm.assignment.rule']._give_out(self.company)
        self.assertEqual(assignment.state, 'closed')
        self.assertEqual(len(self.env['crm.assignment'].search([('lead_id', '=', lead.id), ('state', '=', 'waiting')])), 1)

    def test_hours_of_zero(self):
        """No follow-up asked for, nobody told, stays where it is."""
        self.rule.hours_remind = 0
        _lead, assignment = self._given()
        self.assertFalse(assignment.deadline)
        self._run('14:00:00')
        self.assertEqual(assignment.state, 'waiting')
        self.rule.write({'hours_remind': 1, 'hours_escalate': 0})
        self.env['crm.lead'].search([('user_id', '=', self.rep.id)]).action_archive()
        _lead, assignment = self._given()
        self._run('14:00:00')
        self.assertEqual((assignment.state, assignment.deadline), ('reminded', False))

    def test_customer(self):
        """A customer that nobody visits or writes to goes on, too."""
        self.rule.active = False
        self._rule("Customers", target='customer', hours_remind=1, hours_escalate=1, hours_reassign=1)
        unowned = self._customers(1, "Unowned", company_id=self.company.id)
        self._profiles(unowned)
        with freeze_time(self.START):
            self._give_out()
        first = unowned.user_id
        for moment in ('07:00:00', '08:00:00', '09:00:00'):
            self._run(moment)
        self.assertEqual(unowned.user_id, (self.rep + self.rep2) - first)

    def test_follow_up_queries(self):
        """What was followed up is found by one query, for one or for many."""
        with freeze_time(self.START):
            self._leads(30)
            self.env['crm.assignment.rule']._give_out(self.company)
        counts = []
        waiting = self.env['crm.assignment'].search([('state', '=', 'waiting')])
        for batch in (waiting[:1], waiting[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time('2026-06-15 06:30:00'):
                batch._take_next_steps()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)
