from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .faq_common import FaqCommon


@tagged('post_install', '-at_install')
class TestFaq(FaqCommon):
    """What happens to articles, who may do it, and what readers say of them."""

    def test_versions_of_what_was_published(self):
        article = self._article("How to clean?", publish=False)
        article.body = "<p>Draft</p>"
        self.assertFalse(article.version_ids)
        article.action_publish()
        article.body = "<p>With water</p>"
        article.body = "<p>With water</p>"   # says the same
        self.assertEqual(
            [(version.number, version.body) for version in article.version_ids.sorted('number')],
            [(1, "<p>Draft</p>"), (2, "<p>With water</p>")])
        article.version_ids.sorted('number')[0].action_restore()
        self.assertEqual((article.body, article.version), ("<p>Draft</p>", 3))

    def test_no_answer_no_article(self):
        article = self._article("How?", body="<p><br></p>", publish=False)
        with self.assertRaisesRegex(UserError, "Write the answer"):
            article.action_publish()

    def test_who_may_publish(self):
        article = self._by(self.env['crm.faq.article']).create({'name': "How?", 'body': "So."})
        article.body = "Like this."
        for user in (self.agent, self.agent3):
            with self.assertRaises(AccessError):
                self._by(article, user).action_publish()
        with self.assertRaises(AccessError):
            self._by(self.env['crm.faq.article']).create({'name': "Now", 'body': "So.", 'state': 'published'})
        self.assertFalse(self._by(self.env['crm.faq.article'], self.employee).search([('id', '=', article.id)]))
        self._by(article, self.service_lead).action_publish()
        self.assertEqual(self._by(self.env['crm.faq.article'], self.employee).search([('id', '=', article.id)]), article)
        with self.assertRaises(AccessError):   # what is told to customers is the lead's
            self._by(article).write({'body': "Otherwise"})

    def test_translations(self):
        article = self._article("How?")
        chinese = self._article("怎么清洗？", lang='zh_CN', original_id=article.id)
        self.assertEqual(article.translation_ids, chinese)
        with self.assertRaisesRegex(ValidationError, "same language"):
            self._article("How else?", original_id=article.id)
        with self.assertRaisesRegex(UserError, "all languages"):
            chinese.action_translate()
        other = self._article("Why?")
        action = other.action_translate()
        self.assertEqual((action['context']['default_original_id'], action['context']['default_lang']), (other.id, 'zh_CN'))

    def test_order_follows_votes_and_tickets(self):
        article, other = self._article("Pump leaks"), self._article("Pump hums")
        votes = self.env['crm.faq.vote']
        votes._vote(article, 'a', True)
        votes._vote(article, 'b', False, "Not my model")
        self.assertEqual((article.helped_count, article.failed_count, article.score), (1, 1, 0))
        votes._vote(article, 'b', True)     # the same reader thinks better of it
        self.assertEqual((article.helped_count, article.failed_count, article.score), (2, 0, 2))
        old, new = self._tickets(2)
        old.sudo().write({'date_opened': '2025-06-15 11:59:59'})
        new.sudo().write({'date_opened': '2025-06-15 12:00:00'})
        other.ticket_ids = old + new
        self.env['crm.faq.article']._cron_score()
        self.assertEqual((other.ticket_count, other.score), (1, 2))
        with freeze_time('2026-06-16 12:00:00'):
            self.env['crm.faq.article']._cron_score()
        self.assertEqual((other.ticket_count, other.score), (0, 0))

    # ------------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------------

    def test_solved_ticket_becomes_a_draft(self):
        category = self.env['crm.faq.category'].create({'name': "Questions", 'type_ids': [self.question.id]})
        ticket = self._ticket(title="The pump hums")
        with self.assertRaisesRegex(UserError, "Solve the ticket first"):
            self._by(ticket).action_make_article()
        self._answer(ticket, "Open the valve by half a turn")
        self._answer(ticket, "Thanks!")
        self._by(ticket).action_solve()
        action = self._by(ticket).action_make_article()
        article = self.env['crm.faq.article'].browse(action['res_id'])
        self.assertEqual(
            (article.name, article.category_id, article.state, article.source_ticket_id, article.ticket_ids),
            ("The pump hums", category, 'draft', ticket, ticket))
        self.assertIn("half a turn", article.body)
        self.assertEqual(self._by(ticket).action_make_article()['res_id'], article.id)

    def test_suggestions_beside_the_ticket(self):
        article = self._article("Pump hums", audience='internal')
        self._article("Pump stinks", publish=False)
        ticket = self._ticket(title="My pump hums")
        self.assertEqual(self._by(ticket).faq_suggestion_ids, article)
        action = self._by(article).with_context(crm_ticket_id=ticket.id).action_send_with_ticket()
        self.assertEqual(action['context']['default_res_ids'], ticket.ids)
        self.assertNotIn('/service/faq', action['context']['default_body'])   # customers cannot read it there
        self.assertEqual(ticket.faq_article_ids, article)
        public = self._article("Pump leaks")
        self.assertIn(f'/service/faq/{public.id}', self._by(ticket)._answer_with(self._by(public))['context']['default_body'])
        with self.assertRaises(AccessError):
            self._by(article, self.agent3).with_context(crm_ticket_id=ticket.id).action_send_with_ticket()

    # ------------------------------------------------------------------
    # What was looked for
    # ------------------------------------------------------------------

    def test_searches_and_what_came_of_them(self):
        searches = self.env['crm.faq.search']
        article = self._article("Pump leaks")
        first = searches._note("pum", 'en_US', 'page', 0, 'me')
        self.assertEqual(first.outcome, 'unanswered')
        again = searches._note("pump leaks!", 'en_US', 'page', 1, 'me')     # typed on
        self.assertEqual((again, again.query, again.outcome), (first, "pump leaks!", 'open'))
        again._read(article)
        again._solved(article)
        self.assertEqual((again.outcome, again.article_id, again.is_deflected), ('solved', article, 1))
        other = searches._note("invoice", 'en_US', 'form', 0, 'me')
        ticket = self._ticket()
        searches._last_of('me')._became(ticket)
        self.assertEqual((other.outcome, other.ticket_id, other.is_deflected), ('unanswered', ticket, 0))
        self.assertIsNone(searches._note(" ?! ", 'en_US', 'page', 0, 'me'))
        with freeze_time('2026-06-15 12:05:01'):
            self.assertNotEqual(searches._note("invoice where", 'en_US', 'form', 0, 'me'), other)
        with freeze_time('2028-06-16 12:00:00'):
            searches._gc_searches()
        self.assertFalse((first + other).exists())
