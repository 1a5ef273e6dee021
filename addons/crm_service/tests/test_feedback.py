from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestFeedback(ServiceCommon):
    """Who is asked when, what an answer does, and that nobody of us can write it."""

    def _closed(self, **vals):
        ticket = self._ticket(**{'user_id': self.agent.id, **vals})
        ticket.action_solve()
        ticket.action_close()
        return ticket

    def _mails(self, feedback):
        return self.env['mail.mail'].search([('body_html', 'ilike', feedback.token)])

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def test_asked_when_closed(self):
        ticket = self._ticket(user_id=self.agent.id, priority='3')
        ticket.action_solve()
        self.assertFalse(ticket.feedback_ids)
        ticket.action_close()
        feedback = ticket.feedback_ids
        self.assertEqual(
            (feedback.partner_id, feedback.user_id, feedback.team_id, feedback.weight, feedback.survey, feedback.commercial_partner_id),
            (self.person, self.agent, self.hotline, 3, 'rating', self.customer))
        mail = self._mails(feedback)
        self.assertEqual((len(mail), mail.recipient_ids, mail.model, mail.res_id), (1, self.person, False, 0))

    def test_in_the_customers_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.env.ref('crm_service.mail_template_feedback').with_context(lang='zh_CN').subject = "满意吗？{{ object.ticket_id.name }}"
        self.person.lang = 'zh_CN'
        self.assertIn("满意吗？", self._mails(self._closed().feedback_ids).subject)

    def test_not_asked(self):
        self.question.survey = 'none'
        self.assertFalse(self._closed().feedback_ids)
        self.question.survey = 'rating'
        for what, partner in (("no address", self.customer), ("one of us", self.agent2.partner_id), ("nobody", self.env['res.partner'])):
            with self.subTest(what=what):
                self.assertFalse(self._closed(partner_id=partner.id).feedback_ids)
        self.assertFalse(self._ticket('cancelled').feedback_ids)

    def test_not_asked_too_often(self):
        first, again = self._tickets(2)
        (first + again).action_solve()
        (first + again).action_close()      # together: one question
        self.assertEqual(len((first + again).feedback_ids), 1)
        with freeze_time('2026-06-22 11:59:59'):
            self.assertFalse(self._closed().feedback_ids)
        with freeze_time('2026-06-22 12:00:01'):
            self.assertTrue(self._closed().feedback_ids)

    def test_asked_in_a_constant_number_of_queries(self):
        people = self.env['res.partner'].create([
            {'name': f"P {number}", 'parent_id': self.customer.id, 'email': f'p{number}@example.com'} for number in range(20)])
        self.env.ref('crm_service.mail_template_feedback').unlink()     # the mails themselves are Odoo's
        tickets = self.env['crm.ticket'].concat(*[self._ticket(partner_id=person.id) for person in people])
        tickets.action_solve()
        few, many = tickets[:2], tickets[2:]
        self.env.flush_all()

        def cost(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.action_close()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        self.assertLessEqual(cost(many), cost(few) + 6)
        self.assertEqual(len(tickets.feedback_ids), 20)

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def test_answer(self):
        feedback = self._closed().feedback_ids
        feedback._answer(rating=5, comment="Quick and kind")
        ticket = feedback.ticket_id
        self.assertEqual((ticket.feedback_rating, ticket.feedback_comment), (5, "Quick and kind"))
        rating = self.env['rating.rating'].search([('res_model', '=', 'crm.ticket'), ('res_id', '=', ticket.id)])
        self.assertEqual(
            (rating.rating, rating.feedback, rating.rated_partner_id, rating.consumed), (5, "Quick and kind", self.agent.partner_id, True))
        self.assertEqual(ticket.state, 'closed')    # an opinion is no new request
        self.assertFalse(ticket.activity_ids)
        feedback._answer(rating=4)
        self.assertEqual((ticket.feedback_rating, rating.rating, feedback.comment), (4, 4, "Quick and kind"))
        with freeze_time('2026-06-29 12:00:01'), self.assertRaisesRegex(UserError, "answered this already"):
            feedback._answer(rating=1)

    def test_low_is_followed_up_once_by_somebody_else(self):
        feedback = self._closed().feedback_ids
        feedback._answer(rating=2, comment="Slow")
        activity = feedback.ticket_id.activity_ids
        self.assertEqual((activity.user_id, feedback.is_low), (self.service_lead, True))
        self.assertIn("Slow", activity.note)
        feedback._answer(rating=1)
        self.assertEqual(len(feedback.ticket_id.activity_ids), 1)
        served = self._closed(user_id=self.service_lead.id, partner_id=self.person2.id).feedback_ids
        served._answer(rating=1)
        self.assertNotEqual(served.ticket_id.activity_ids.user_id, self.service_lead)

    def test_follow_up_of_a_visitor_can_be_read(self):
        """Whoever comes by the link is the public user, of another company: the activity does not bear that name."""
        feedback = self._closed().feedback_ids
        self.assertNotIn(self.company, self.env.ref('base.public_user').company_ids)
        feedback.with_user(self.env.ref('base.public_user')).sudo()._answer(rating=1)
        activity = feedback.ticket_id.activity_ids
        self.assertEqual(self._by(activity, self.service_lead).create_uid.name, self.env.ref('base.user_root').name)

    def test_survey(self):
        self.question.survey = 'full'
        feedback = self._closed().feedback_ids
        feedback._answer(rating=5, nps=0, effort=7)
        self.assertEqual((feedback.nps, feedback.has_nps, feedback.nps_points, feedback.effort, feedback.is_low), (0, True, -100, 7, True))

    def test_figures_leave_out_what_was_not_asked(self):
        Feedback = self.env['crm.ticket.feedback']
        rows = self.env['crm.ticket.feedback']
        for person, rating, nps, priority in (
                (self.person, 5, 10, '3'), (self.person2, 2, None, '1'), (self.person.copy({'email': 'x@example.com'}), None, 7, '1')):
            row = self._closed(partner_id=person.id, priority=priority).feedback_ids
            row._answer(rating=rating, nps=nps)
            rows += row
        [figures] = Feedback._read_group(
            [('id', 'in', rows.ids)], [], ['rating:avg', 'weighted_rating:avg', 'nps_points:avg', 'nps:avg', '__count'])
        self.assertEqual([round(float(figure), 2) for figure in figures], [3.5, 4.25, 50, 8.5, 3])

    # ------------------------------------------------------------------
    # Nobody of us
    # ------------------------------------------------------------------

    def test_nobody_of_us_writes_it(self):
        ticket = self._closed()
        feedback = ticket.feedback_ids
        for user in (self.agent, self.service_lead, self.service_manager):
            with self.subTest(user=user.name):
                mine = self._by(feedback, user)
                with self.assertRaises(AccessError):
                    mine.write({'rating': 5})
                with self.assertRaises(AccessError):
                    mine.read(['token'])
                with self.assertRaises(AccessError):
                    mine.create({'ticket_id': ticket.id, 'company_id': self.company.id, 'partner_id': self.person.id, 'rating': 5})
                with self.assertRaises(AccessError):
                    self._by(self.env['rating.rating'], user).create({
                        'res_model_id': self.env['ir.model']._get_id('crm.ticket'), 'res_id': ticket.id, 'rating': 5, 'consumed': True})
                self.assertFalse(self._by(self.env['mail.mail'], user).sudo(False).env['mail.message'].search(
                    [('body', 'ilike', feedback.sudo().token)]))
        self._by(ticket).message_post(body="I was great", rating_value=5)
        self.assertFalse(self.env['rating.rating'].search([('res_model', '=', 'crm.ticket'), ('res_id', '=', ticket.id)]))
        feedback._answer(rating=1)
        rating = self.env['rating.rating'].search([('res_model', '=', 'crm.ticket'), ('res_id', '=', ticket.id)])
        with self.assertRaises(AccessError):
            self._by(rating).write({'rating': 5})
        with self.assertRaises(AccessError):
            self._by(rating).reset()

    def test_who_reads(self):
        feedback = self._closed().feedback_ids
        for user, seen in ((self.agent, True), (self.agent3, False), (self.service_manager, True), (self.agent_usd, False)):
            with self.subTest(user=user.name):
                self.assertEqual(bool(self._by(self.env['crm.ticket.feedback'], user).search([('id', '=', feedback.id)])), seen)
        with self.assertRaises(AccessError):
            self._by(self.env['crm.ticket.feedback'], self.rep).search([])

    def test_results_per_person(self):
        people = self.env['res.partner'].create([
            {'name': f"P {number}", 'parent_id': self.customer.id, 'email': f'q{number}@example.com'} for number in range(11)])
        for number, person in enumerate(people):
            self._closed(partner_id=person.id, priority='2' if number < 3 else '1').feedback_ids._answer(rating=4 if number < 3 else 2)
        old = self._closed().feedback_ids
        old.write({'date_answered': '2025-06-15 11:59:59', 'rating': 1})
        self.env.flush_all()
        rows = {row.user_id: row for row in self._by(self.env['crm.service.person'], self.service_lead).search([])}
        mine = rows[self.agent]
        # 3 × 4 × 2 + 8 × 2 × 1 over 3 × 2 + 8
        self.assertEqual(
            (mine.answer_count, round(mine.weighted_rating, 4), mine.big_count, mine.low_count, mine.is_small), (11, 2.8571, 3, 8, False))
        self.assertEqual((rows[self.agent2].answer_count, rows[self.agent2].is_small), (0, True))
        self.assertNotIn(self.agent3, rows)     # of another team
