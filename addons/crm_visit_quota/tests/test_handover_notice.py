from unittest.mock import patch

from odoo.tests import tagged

from .handover_common import HandoverCommon


@tagged('post_install', '-at_install')
class TestHandoverNotice(HandoverCommon):

    def _told(self, user, handover):
        return self.env['mail.message'].search([
            ('model', '=', 'crm.handover'), ('res_id', '=', handover.id), ('partner_ids', 'in', user.partner_id.ids)])

    def test_everybody_once(self):
        """One message for each person concerned, however many records move, and none record by record."""
        for partner in self.customer + self.customer2:
            self._open_things(partner)
        # as people work, with tracking and notices
        env = self.env(user=self.manager, context={'allowed_company_ids': self.company.ids})
        handover = self._handover(self.customer + self.customer2, self.rep2, env=env, reason="Anna leaves")
        self.env.flush_all()
        self.env.cr.precommit.run()
        known = self.env['mail.notification'].search([])
        with patch.object(self.env.registry['mail.mail'], 'send'):
            handover.action_execute()
            self.env.flush_all()
            self.env.cr.precommit.run()
        for user in (self.rep, self.rep2, self.lead, self.leads_all):
            with self.subTest(user=user.login):
                self.assertEqual(len(self._told(user, handover)), 1)
                self.assertIn("Anna leaves", self._told(user, handover).body)
        self.assertFalse(self._told(self.manager, handover))
        notified = (self.env['mail.notification'].search([]) - known).mail_message_id
        self.assertEqual(set(notified.mapped('model')), {'crm.handover'})
        self.assertIn(self.customer.name, self._told(self.rep2, handover).body)
        self.assertNotIn(self.customer2.name, self._told(self.rep, handover).body)

    def test_history_stays(self):
        """Each record tells in its own chatter who looked after it before."""
        lead, *_rest = self._open_things(self.customer)
        env = self.env(user=self.manager, context={'allowed_company_ids': self.company.ids})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self._handover(self.customer, self.rep2, env=env).action_execute()
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = lead.message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == 'user_id')
        self.assertEqual((tracked.old_value_char, tracked.new_value_char), (self.rep.name, self.rep2.name))

    def test_in_their_language(self):
        if 'zh_CN' not in dict(self.env['res.lang'].get_installed()):
            self.env['res.lang']._activate_lang('zh_CN')
        self.rep2.lang = 'zh_CN'
        told = {}

        def notify(handover, partner_ids=(), **_kwargs):
            told[partner_ids[0]] = handover.env.lang
        handover = self._handover(self.customer, self.rep2)
        with patch.object(type(handover), 'message_notify', notify):
            handover.action_execute()
        self.assertEqual((told[self.rep2.partner_id.id], told[self.rep.partner_id.id]), ('zh_CN', 'en_US'))

    def test_followers(self):
        """The old owner stops following, unless wanted otherwise; undoing restores who followed."""
        customers = self.customer + self.customer2
        customers.message_subscribe(self.rep.partner_id.ids)
        handover, keeping = self._handover(self.customer, self.rep2), self._handover(self.customer2, self.rep2, unfollow=False)
        handover.action_execute()
        keeping.action_execute()
        self.assertNotIn(self.rep.partner_id, self.customer.message_partner_ids)
        self.assertIn(self.rep.partner_id, self.customer2.message_partner_ids)
        handover.action_undo()
        self.assertIn(self.rep.partner_id, self.customer.message_partner_ids)
        self.assertNotIn(self.rep2.partner_id, self.customer.message_partner_ids)

    def test_file(self):
        """The new owner's file has a page for each customer with what is open, and none for a colleague's customers."""
        lead, order, *_rest = self._open_things(self.customer)
        self._visits([(self.customer, f'2026-05-0{day}') for day in range(1, 6)])
        self._profiles(self.customer)
        handover = self._handover(self.customer + self.customer2, self.rep2 + self.leads_all, split='even')
        handover.action_execute()
        mine = handover.line_ids.filtered(lambda line: line.partner_id == self.customer).new_user_id
        pages = handover.with_env(self._as(mine))._file_pages()
        self.assertEqual([page['partner'] for page in pages], [self.customer])
        self.assertEqual([str(visit.date) for visit in pages[0]['visits']], ['2026-05-05', '2026-05-04', '2026-05-03'])
        self.assertEqual(pages[0]['people'], self.person)
        items = dict(pages[0]['items'])
        self.assertIn([lead.display_name], list(items.values()))
        self.assertIn([order.display_name], list(items.values()))
        html = self._as(mine)['ir.actions.report']._render_qweb_html('crm_visit_quota.crm_handover_file', handover.ids)[0]
        self.assertIn(lead.name, html.decode())
        self.assertEqual(len(handover._file_pages()), 2, "Who may hand over sees the whole file.")

    def test_file_queries(self):
        many = self._customers(20, "Many", company_id=self.company.id, user_id=self.rep.id)
        counts = []
        for partners in (self.customer, many):
            for partner in partners:
                self._open_things(partner)
            handover = self._handover(partners, self.rep2)
            handover.action_execute()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            handover.with_env(self._as(self.rep2))._file_pages()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5, counts)
