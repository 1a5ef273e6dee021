from freezegun import freeze_time

from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestStatusMail(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(total=1000, state='signed', title="Pumps")
        cls.other = cls._contract(total=500, state='signed', partner=cls.customer2)
        cls._contract(total=5, title="Draft")

    def _mails(self, choice=None, day=None):
        if choice:
            self.person.crm_status_mail = choice
        with freeze_time(f'{day or self.TODAY} 08:00:00'):
            return self.env['crm.status.mail']._tell(self.person)

    def test_on_change(self):
        """How it stands at first is no news; each change is told once."""
        self.assertFalse(self._mails('change'))
        self.assertFalse(self._mails())
        self.contract.action_start()
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.person)
        self.assertIn("Executing", mail.body_html)
        self.assertIn("Pumps", mail.body_html)
        self.assertNotIn(self.other.name, mail.body_html)
        self.assertNotIn("Draft", mail.body_html)
        self.assertFalse(self._mails())

    def test_daily(self):
        self.assertEqual(len(self._mails('daily')), 1)
        self.contract.action_start()
        self.assertFalse(self._mails())
        self.assertEqual(len(self._mails(day='2026-06-16')), 1)
        self.assertFalse(self._mails(day='2026-06-17'))

    def test_weekly(self):
        """Once a week, also without a change."""
        self.assertEqual(len(self._mails('weekly')), 1)
        self.assertFalse(self._mails(day='2026-06-21'))
        self.assertEqual(len(self._mails(day='2026-06-22')), 1)

    def test_not_at_all(self):
        before = self.env['mail.mail'].search_count([])
        for choice in ('none', False):
            self.person.crm_status_mail = choice
            self.env['crm.status.mail']._cron_send()
        self.assertEqual(self.env['mail.mail'].search_count([]), before)

    def test_cron(self):
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda self, *args, **kwargs: float('inf'))
        self.person.crm_status_mail = 'weekly'
        self.env['crm.status.mail']._cron_send()
        self.env['crm.status.mail']._cron_send()
        self.assertEqual(self.env['mail.mail'].search_count([('recipient_ids', 'in', self.person.ids)]), 1)

    def test_orders_and_language(self):
        order = self._order(confirm=True)
        mail = self._mails('weekly')
        self.assertIn(order.name, mail.body_html)
        self.assertIn("Your orders and contracts", mail.subject)
        self.env['res.lang']._activate_lang('zh_CN')
        self.person.lang = 'zh_CN'
        mail = self._mails(day='2026-06-22')
        self.assertNotIn("Your orders and contracts", mail.subject)
        self.assertIn(dict(self.contract.with_context(lang='zh_CN')._fields['state']._description_selection(
            self.env(context={'lang': 'zh_CN'})))['signed'], mail.body_html)
        self.assertNotIn("Signed", mail.body_html)

    def test_queries_do_not_grow_with_people(self):
        people = self.env['res.partner'].create([
            {'name': f"P{number}", 'parent_id': self.customer.id, 'email': f'p{number}@example.com'} for number in range(10)])
        entries = self.env['crm.status.mail']
        entries._entries(people)
        self.env.flush_all()
        counts = []
        for some in (people[:1], people):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            entries._entries(some)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
