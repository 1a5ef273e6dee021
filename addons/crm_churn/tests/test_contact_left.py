from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import GradingCommon
from odoo.addons.crm_grading.tests.contract import MetricContractCase

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestContactLeft(ChurnCommon):
    """The people we knew at a customer, and since when they are not to be reached any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person, cls.other = cls.env['res.partner'].create([
            {'name': name, 'parent_id': cls.customer.id, 'email': f'{name}@customer.example.com'} for name in ('ann', 'bob')])

    def _left(self, date=None):
        return self._value('contacts_left', self.customer, date=date)

    def test_archived(self):
        """Counted from the day on which it was archived, for six months; who comes back did not leave."""
        self.assertEqual(self._left(), 0)
        self.person.with_env(self._as(self.rep)).action_archive()
        self.assertEqual(self.person.crm_left_date, self.TODAY)
        for day, expected in [('2026-06-14', 0), ('2026-06-15', 1), ('2026-12-14', 1), ('2026-12-15', 0)]:
            with self.subTest(day=day):
                self.assertEqual(self._left(day), expected)
        with freeze_time('2026-06-20 12:00:00'):
            self.person.write({'active': False})
        self.assertEqual(self.person.crm_left_date, self.TODAY, "It was archived before.")
        self.person.action_unarchive()
        self.assertEqual((self.person.crm_left_date, self._left()), (False, 0))

    def test_marked(self):
        """On the day that people say; archived later, it stays that day."""
        self.person.crm_left_date = '2026-05-01'
        self.assertEqual(self._left(), 1)
        self.person.action_archive()
        self.assertEqual(str(self.person.crm_left_date), '2026-05-01')

    def test_company_day(self):
        """Late in the evening in UTC it is the next day in Brussels."""
        with freeze_time('2026-06-15 22:30:00'):
            self.person.with_company(self.company).action_archive()
        self.assertEqual(str(self.person.crm_left_date), '2026-06-16')

    def test_bounced(self):
        """From the first mail that came back, until the person writes."""
        self.person._message_receive_bounce('ann@customer.example.com', self.person)
        with freeze_time('2026-06-20 12:00:00'):
            self.person._message_receive_bounce('ann@customer.example.com', self.person)
        self.assertEqual((self.person.crm_bounce_date, self._left()), (self.TODAY, 1))
        self.person._message_reset_bounce('ann@customer.example.com')
        self.assertEqual((self.person.crm_bounce_date, self._left()), (False, 0))

    def test_wants_no_mail(self):
        blocked = self.env['mail.blacklist'].sudo()._add('bob@customer.example.com')
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_blacklist SET create_date = '2026-06-10 12:00' WHERE id = %s", [blocked.id])
        self.assertEqual((self._left('2026-06-09'), self._left('2026-06-10')), (0, 1))
        self.person.action_archive()
        self.other.action_archive()
        self.assertEqual(self._left(), 2, "A person counts once, whatever the signs.")
        blocked.action_archive()
        self.other.action_unarchive()
        self.assertEqual(self._left(), 1)

    def test_nobody_of_the_customer(self):
        """The customer itself, its addresses and its subsidiaries are no contact persons; people elsewhere are theirs."""
        address, subsidiary, stranger = self.env['res.partner'].create([
            {'name': "Dock", 'parent_id': self.customer.id, 'type': 'delivery'},
            {'name': "Branch", 'parent_id': self.customer.id, 'is_company': True},
            {'name': "Stranger", 'parent_id': self.customer2.id}])
        (address + subsidiary + stranger).action_archive()
        self.assertEqual(self._left(), 0)
        self.assertEqual(self._value('contacts_left', self.customer2), 1)
        self.assertFalse(subsidiary.crm_left_date)

    def test_timeline(self):
        self.person.function = "Buyer"
        self.person.action_archive()
        items = self._as(self.manager)['crm.timeline'].get_timeline(self.customer.id, kinds=['contact_left'])['items']
        self.assertEqual([(item['title'], item['text'], item['date']) for item in items], [("ann", "Buyer", '2026-06-15')])


@tagged('post_install', '-at_install')
class TestContactLeftMetric(MetricContractCase, GradingCommon):
    metric_module = 'crm_churn'

    def _feed(self, partner, company, day):
        self.env['res.partner'].create({'name': "Gone", 'parent_id': partner.id, 'company_id': company.id, 'crm_left_date': day})

    def _contract_metrics(self, subject='customer'):
        return super()._contract_metrics(subject).filtered(lambda metric: metric.code == 'contacts_left')
