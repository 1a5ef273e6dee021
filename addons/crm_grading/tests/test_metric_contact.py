from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import GradingCommon


@tagged('post_install', '-at_install')
class TestMetricContact(GradingCommon):
    """Pipeline, contact, profile and lead metrics. Today is 2026-06-15 in Brussels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls._customers(2)
        cls.person = cls.env['res.partner'].create({
            'name': "Person", 'parent_id': cls.customer.id, 'email': "person@customer.example.com"})
        cls.opportunity = cls._lead(partner_id=cls.person.id, expected_revenue=1000, probability=30)

    @classmethod
    def _lead(cls, created='2026-05-01', company=None, **vals):
        lead = cls.env['crm.lead'].create({
            'name': "Chance", 'type': 'opportunity', 'company_id': (company or cls.company).id, 'user_id': False, 'team_id': False, **vals})
        cls._created(lead, created)
        return lead

    @classmethod
    def _created(cls, records, moment):
        cls.env.flush_all()
        cls.env.cr.execute(f'UPDATE "{records._table}" SET create_date = %s WHERE id = ANY(%s)', (moment, records.ids))
        records.invalidate_recordset()

    def _message(self, record, day, **kwargs):
        message = record.message_post(body="Hello", **{'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment', **kwargs})
        message.date = day
        return message

    def _touches(self, partner=None, **kwargs):
        return self._value('touch_count', partner or self.customer, **kwargs)

    # ------------------------------------------------------------------
    # Touches
    # ------------------------------------------------------------------

    def test_received_and_sent(self):
        self.assertIsNone(self._value('last_contact', self.customer))
        self._message(self.opportunity, datetime(2026, 6, 1, 12), message_type='email', author_id=self.person.id)
        self._message(self.opportunity, datetime(2026, 6, 5, 12), partner_ids=self.person.ids)
        self.assertEqual(self._touches(), 2)
        self.assertEqual(self._value('message_received', self.customer), 1)
        self.assertEqual(self._value('last_contact', self.customer), 10)
        self.assertEqual(self._value('message_recency', self.customer), 14)
        self.assertEqual(self._value('last_contact', self.customer, date(2026, 6, 4)), 3)
        self.assertEqual(self._touches(self.other), 0)

    def test_one_message_is_one_touch(self):
        """Several recipients, or a copy to a colleague of the author, do not multiply a message."""
        colleague = self.env['res.partner'].create({'name': "Colleague", 'parent_id': self.customer.id, 'email': "c@customer.example.com"})
        self._message(self.opportunity, datetime(2026, 6, 1), partner_ids=(self.person + colleague).ids)
        self._message(self.opportunity, datetime(2026, 6, 2), author_id=self.person.id, partner_ids=colleague.ids)
        self.assertEqual(self._touches(), 2)
        self.assertEqual(self._value('message_received', self.customer), 1)

    def test_no_touch(self):
        """Notes, tracking and automatic messages are no contact, whoever is on the document."""
        self._message(self.opportunity, datetime(2026, 6, 1), subtype_xmlid='mail.mt_note', partner_ids=self.person.ids)
        self._message(self.opportunity, datetime(2026, 6, 1), message_type='notification', partner_ids=self.person.ids)
        self._message(self.opportunity, datetime(2026, 6, 1), message_type='auto_comment', partner_ids=self.person.ids)
        self._message(self.opportunity, datetime(2026, 6, 1), message_type='out_of_office', author_id=self.person.id)
        self.assertEqual(self._touches(), 0)

    def test_day_of_a_message(self):
        """23:30 UTC of 14 June is 15 June in Brussels."""
        self._message(self.opportunity, datetime(2026, 6, 14, 23, 30), author_id=self.person.id)
        self.assertEqual(self._value('last_contact', self.customer), 0)
        self.assertIsNone(self._value('last_contact', self.customer, date(2026, 6, 14)))

    def test_calls_done(self):
        """A call counts when it is done; a to-do never does."""
        call = self.opportunity.activity_schedule('mail.mail_activity_data_call', user_id=self.env.uid)
        todo = self.opportunity.activity_schedule('mail.mail_activity_data_todo', user_id=self.env.uid)
        self.assertEqual(self._touches(), 0)
        (call + todo).action_feedback()
        self.assertEqual(self._touches(), 1)
        self.assertEqual(self._value('last_contact', self.customer), 0)

    def test_meetings(self):
        """An appointment counts from its day on, unless the customer declined."""
        def meeting(start, **vals):
            return self.env['calendar.event'].create({
                'name': "Meeting", 'start': start, 'stop': start + timedelta(hours=1), 'partner_ids': [(6, 0, self.person.ids)], **vals})
        meeting(datetime(2026, 6, 10, 9))
        meeting(datetime(2026, 6, 16, 9))
        declined = meeting(datetime(2026, 6, 12, 9))
        declined.attendee_ids.state = 'declined'
        meeting(datetime(2026, 6, 11, 9), allday=True, start_date='2026-06-11', stop_date='2026-06-11')
        self.assertEqual(self._touches(), 2)
        self.assertEqual(self._value('last_contact', self.customer), 4)
        self.assertEqual(self._value('last_contact', self.customer, date(2026, 6, 16)), 0)

    def test_touches_of_another_company(self):
        lead = self._lead(company=self.company_usd, partner_id=self.person.id)
        self._message(lead, datetime(2026, 6, 1), author_id=self.person.id)
        call = lead.activity_schedule('mail.mail_activity_data_call', user_id=self.env.uid)
        call.action_feedback()
        self.assertEqual(self._touches(), 0)
        self.assertEqual(self._touches(company=self.company_usd), 2)

    # ------------------------------------------------------------------
    # Pipeline and profile
    # ------------------------------------------------------------------

    def test_pipeline(self):
        won = self._lead(partner_id=self.customer.id, expected_revenue=500)
        won.action_set_won()
        lost = self._lead(partner_id=self.customer.id, expected_revenue=500, probability=50)
        lost.action_set_lost()
        self._lead(partner_id=self.customer.id, expected_revenue=400, probability=50, type='lead')
        self.assertEqual(self._value('pipeline', self.customer), 300)
        self.assertEqual(self._value('opportunity_open', self.customer), 1)
        self.assertEqual(self._value('opportunity_count', self.customer), 3)
        self.assertEqual(self._value('opportunity_count', self.customer, date(2026, 4, 30)), 0)

    def test_lead_without_company_counts_in_each(self):
        lead = self._lead(partner_id=self.other.id, expected_revenue=100, probability=50)
        lead.company_id = False
        self.assertEqual(self._value('pipeline', self.other), 50)
        self.assertEqual(self._value('pipeline', self.other, company=self.company_usd), 50)

    def test_quotations(self):
        """Open until the last day of their validity, that day included."""
        quotations = self._orders([(self.customer, '2026-06-01', 100), (self.customer, '2026-06-01', 50)], state='sent')
        quotations[0].validity_date = '2026-06-14'
        quotations[1].validity_date = '2026-06-15'
        self._orders([(self.customer, '2026-06-01', 1000)], state='cancel')
        self.assertEqual(self._value('quotation_amount', self.customer), 50)
        self.assertEqual(self._value('quotation_count', self.customer), 1)
        self.assertEqual(self._value('quotation_count', self.customer, date(2026, 6, 14)), 2)

    def test_open_activities(self):
        order = self._orders([(self.customer, '2026-06-01', 100)])
        invoice = self._invoices([(self.customer, '2026-06-01', 100)])
        activities = self.env['mail.activity']
        for record in (self.customer, self.person, self.opportunity, order, invoice, self.other):
            activities += record.activity_schedule('mail.mail_activity_data_todo', user_id=self.env.uid)
        self._created(activities, '2026-06-02')
        self.assertEqual(self._value('activity_open', self.customer), 5)
        activities[0].action_feedback()
        self.assertEqual(self._value('activity_open', self.customer), 4)
        self.assertEqual(self._value('activity_open', self.other), 1)

    def test_contacts(self):
        self.env['res.partner'].create([
            {'name': "Gone", 'parent_id': self.customer.id, 'active': False},
            {'name': "Warehouse", 'parent_id': self.customer.id, 'type': 'delivery'}])
        self._created(self.customer.with_context(active_test=False).child_ids, '2026-06-01')
        self.assertEqual(self._value('contact_count', self.customer), 1)
        self.assertEqual(self._value('contact_count', self.other), 0)

    def test_completeness(self):
        """8 fields: 3 of them are 37.5 %; an empty text is not filled in."""
        self.other.write({'email': "a@b.example.com", 'city': "Gent", 'country_id': self.env.ref('base.be').id, 'phone': ''})
        self.assertEqual(self._value('completeness', self.other), 37.5)

    # ------------------------------------------------------------------
    # Leads
    # ------------------------------------------------------------------

    def _lead_values(self, lead, day=None, company=None):
        metrics = self.env['crm.metric'].search([('subject', '=', 'lead')])
        scope = (company or self.company)._crm_metric_scope(day)
        population = self.env['crm.lead']._search([('id', 'in', lead.ids)]).select()
        row, = self.env['crm.metric']._execute(metrics._values_relation(scope, population))
        return {metric.code: row[metric._column()] for metric in metrics}

    def test_leads(self):
        lead = self._lead(created='2026-06-05 10:00:00', type='lead', probability=25, expected_revenue=800, email_from="x@y.example.com",
                          phone="+32 2 290 34 90", contact_name="X", partner_name="Y")
        self._message(lead, datetime(2026, 6, 10, 12), message_type='email', author_id=False, email_from="x@y.example.com")
        self._message(lead, datetime(2026, 6, 11, 12), subtype_xmlid='mail.mt_note')
        call = lead.activity_schedule('mail.mail_activity_data_call', user_id=self.env.uid)
        call.action_feedback()
        expected = {'lead_probability': 25, 'lead_revenue': 800, 'lead_completeness': 50, 'lead_age': 10,
                    'lead_touch_count': 2, 'lead_last_contact': 0}
        self.assertEqual(self._lead_values(lead), expected)
        self.assertEqual(self._lead_values(lead, date(2026, 6, 14))['lead_last_contact'], 4)
        before = self._lead_values(lead, date(2026, 6, 4))
        self.assertEqual((before['lead_age'], before['lead_touch_count']), (None, 0))
        elsewhere = self._lead_values(lead, company=self.company_usd)
        self.assertEqual((elsewhere['lead_age'], elsewhere['lead_last_contact'], elsewhere['lead_revenue']), (None, None, 0))
