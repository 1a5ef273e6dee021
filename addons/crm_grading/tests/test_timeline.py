from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GradingCommon
from .contract_points import TimelineContractCase

YESTERDAY = '2026-06-14'


@tagged('post_install', '-at_install')
class TestTimelineContract(TimelineContractCase, GradingCommon):
    timeline_kinds = (
        'mail', 'note', 'activity', 'meeting', 'opportunity', 'won', 'lost', 'quotation', 'order', 'invoice', 'credit_note',
        'payment', 'grade', 'lifecycle', 'interest')
    company_neutral = frozenset({'mail', 'note', 'activity', 'meeting'})
    public = frozenset({'mail', 'note', 'activity', 'meeting'})  # whoever reads the contact reads its chatter

    def _happen(self, kind, partner, company):
        return getattr(self, f'_happen_{kind}')(partner, company)

    def _timeline_reader(self, kind):
        return self.env.user if kind == 'payment' else self.manager  # payments are for accountants

    def _message(self, partner, subtype, **kwargs):
        message = partner.message_post(body="Hello", message_type='comment', subtype_xmlid=subtype, **kwargs)
        message.date = f'{YESTERDAY} 10:00:00'
        return message

    def _happen_mail(self, partner, company):
        return self._message(partner, 'mail.mt_comment', subject="Offer")

    def _happen_note(self, partner, company):
        return self._message(partner, 'mail.mt_note')

    def _happen_activity(self, partner, company):
        activity = partner.activity_schedule('mail.mail_activity_data_todo', summary="Parcel sent", user_id=self.rep.id)
        activity.action_feedback(feedback="Happy")
        return activity

    def _happen_meeting(self, partner, company):
        return self.env['calendar.event'].create({
            'name': "Meeting", 'start': f'{YESTERDAY} 10:00:00', 'stop': f'{YESTERDAY} 11:00:00',
            'partner_ids': [Command.link(partner.id)]})

    def _lead(self, partner, company):
        return self.env['crm.lead'].create({
            'name': "Deal", 'type': 'opportunity', 'partner_id': partner.id, 'company_id': company.id, 'team_id': False,
            'user_id': self.rep.id if company == self.company else False, 'expected_revenue': 100})

    def _happen_opportunity(self, partner, company):
        lead = self._lead(partner, company)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [f'{YESTERDAY} 10:00:00', lead.id])
        lead.invalidate_recordset()
        return lead

    def _happen_won(self, partner, company):
        lead = self._lead(partner, company)
        lead.action_set_won()
        return lead

    def _happen_lost(self, partner, company):
        lead = self._lead(partner, company)
        lead.action_set_lost()
        return lead

    def _order(self, partner, company, state):
        order = self._orders([(partner, YESTERDAY, 50)], company=company, state=state)
        order.user_id = self.rep if company == self.company else self.manager_usd
        return order

    def _happen_quotation(self, partner, company):
        return self._order(partner, company, 'sent')

    def _happen_order(self, partner, company):
        return self._order(partner, company, 'sale')

    def _invoice(self, partner, company, **kwargs):
        move = self._invoices([(partner, YESTERDAY, 70)], company=company, **kwargs)
        move.invoice_user_id = self.rep if company == self.company else self.manager_usd
        return move

    def _happen_invoice(self, partner, company):
        return self._invoice(partner, company)

    def _happen_credit_note(self, partner, company):
        return self._invoice(partner, company, move_type='out_refund')

    def _happen_payment(self, partner, company):
        journal = self.env['account.journal'].search([('company_id', '=', company.id), ('type', '=', 'bank')], limit=1)
        journal.inbound_payment_method_line_ids.payment_account_id = journal.default_account_id
        receivable = self.env['account.account'].search(
            [('company_ids', 'in', company.ids), ('account_type', '=', 'asset_receivable')], limit=1)
        payment = self.env['account.payment'].create({
            'destination_account_id': receivable.id,
            'partner_id': partner.id, 'partner_type': 'customer', 'payment_type': 'inbound', 'amount': 20, 'date': YESTERDAY,
            'journal_id': journal.id, 'company_id': company.id})
        payment.state = 'paid'
        return payment

    def _profile(self, partner, company):
        partner = partner.commercial_partner_id
        return self.env['crm.customer'].search([('partner_id', '=', partner.id), ('company_id', '=', company.id)]) or (
            self._profiles(partner, company))

    def _happen_grade(self, partner, company):
        grade = self.env['crm.grade'].search([('company_id', '=', company.id)], limit=1) or self.env['crm.grade'].create({
            'name': "A", 'company_id': company.id})
        scheme = self.env['crm.grading.scheme'].search([('company_id', '=', company.id)], limit=1) or (
            self.env['crm.grading.scheme'].create({'name': "Value", 'company_id': company.id}))
        return self.env['crm.grade.history'].create({
            'customer_id': self._profile(partner, company).id, 'scheme_id': scheme.id, 'company_id': company.id,
            'date': YESTERDAY, 'grade_id': grade.id, 'move': 'new'})

    def _happen_lifecycle(self, partner, company):
        states = self.env['crm.lifecycle.state']
        state = states.search([('company_id', '=', company.id)], limit=1) or states.create({
            'name': "Potential", 'company_id': company.id})
        return self.env['crm.lifecycle.history'].create({
            'customer_id': self._profile(partner, company).id, 'company_id': company.id, 'date': YESTERDAY,
            'state_id': state.id, 'direction': 'first'})

    def _happen_interest(self, partner, company):
        return self.env['crm.interest'].create({
            'partner_id': partner.id, 'company_id': company.id, 'note': "A pump", 'date': YESTERDAY, 'user_id': self.rep.id})


@tagged('post_install', '-at_install')
class TestTimeline(GradingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers(user_id=cls.rep.id)
        cls.person = cls.env['res.partner'].create({'name': "Anna", 'parent_id': cls.customer.id})

    def _get(self, user=None, partner=None, **kwargs):
        return self._as(user or self.manager)['crm.timeline'].get_timeline((partner or self.customer).id, **kwargs)

    def _titles(self, **kwargs):
        return [item['title'] for item in self._get(**kwargs)['items']]

    def test_order_and_pages(self):
        """Newest first over all kinds; pages follow each other without gap or double."""
        self._invoices([(self.customer, f'2026-05-{day:02}', day) for day in range(1, 8)])
        self._orders([(self.person, datetime(2026, 5, day, 22, 30), day) for day in range(1, 8)])
        kinds = ['invoice', 'order']
        whole = self._get(kinds=kinds)['items']
        moments = [(item['date'], item['time'] or '00:00') for item in whole]
        self.assertEqual(moments, sorted(moments, reverse=True))
        self.assertEqual(len(whole), 14)
        first, second = self._get(kinds=kinds, limit=5), self._get(kinds=kinds, limit=20, offset=5)
        self.assertEqual((first['has_more'], second['has_more']), (True, False))
        self.assertEqual(first['items'] + second['items'], whole)

    def test_last_page_is_full(self):
        self._invoices([(self.customer, '2026-05-01', 1), (self.customer, '2026-05-02', 1)])
        self.assertFalse(self._get(kinds=['invoice'], limit=2)['has_more'])
        self.assertTrue(self._get(kinds=['invoice'], limit=1)['has_more'])

    def test_time_zone(self):
        """A moment is told in the user's time zone (Brussels is two hours ahead of UTC in June); a day stays a day."""
        self._orders([(self.customer, datetime(2026, 6, 1, 22, 30), 10)])
        self._invoices([(self.customer, '2026-06-01', 10)])
        order, invoice = self._get(kinds=['invoice', 'order'])['items']
        self.assertEqual((order['date'], order['time']), ('2026-06-02', '00:30'))
        self.assertEqual((invoice['date'], invoice['time']), ('2026-06-01', False))

    def test_future_is_left_out(self):
        """Only what has happened: a meeting that begins now is told, one that begins a second later is not."""
        now = datetime.fromisoformat(self.NOW)
        self.env['calendar.event'].create([
            {'name': name, 'start': start, 'stop': start + timedelta(hours=1), 'partner_ids': [Command.link(self.person.id)]}
            for name, start in (("Now", now), ("Later", now + timedelta(seconds=1)))])
        self.assertEqual(self._titles(kinds=['meeting']), ["Now"])

    def test_messages_of_documents(self):
        """Messages on the customer's leads and orders belong to it; who wrote says the direction."""
        order = self._orders([(self.person, '2026-06-01', 10)])
        order.message_post(
            body="When?", subject="Delivery", message_type='email', author_id=self.person.id, subtype_xmlid='mail.mt_comment')
        self.customer.message_post(
            body="Soon", subject="Answer", message_type='comment', author_id=self.rep.partner_id.id, subtype_xmlid='mail.mt_comment')
        items = {item['title']: item for item in self._get(kinds=['mail'])['items']}
        self.assertEqual({title: item['direction'] for title, item in items.items()}, {"Delivery": 'in', "Answer": 'out'})
        self.assertEqual((items["Delivery"]['res_model'], items["Delivery"]['res_id']), ('sale.order', order.id))
        self.assertEqual(items["Answer"]['author'], "Rep")

    def test_messages_of_foreign_documents(self):
        """A message on an order that the user may not read is not told, though messages are read past core's check."""
        order = self._orders([(self.customer, '2026-06-01', 10)])
        order.user_id = self.rep2
        order.message_post(body="Secret", subject="Secret", message_type='comment', subtype_xmlid='mail.mt_comment')
        self.assertIn("Secret", self._titles(kinds=['mail']))
        self.assertNotIn("Secret", self._titles(kinds=['mail'], user=self.rep))

    def test_planned_activity_has_not_happened(self):
        activity = self.customer.activity_schedule('mail.mail_activity_data_todo', summary="Parcel", user_id=self.rep.id)
        self.assertFalse(self._titles(kinds=['activity']))
        activity.action_feedback()
        self.assertEqual(self._titles(kinds=['activity']), ["Parcel"])

    def test_amounts(self):
        """The manager sees the amount of an order in its currency, the salesperson sees the order without it."""
        order = self._orders([(self.customer, '2026-06-01', 123)], currency=self.usd)
        order.user_id = self.rep
        item = self._get(kinds=['order'])['items'][0]
        self.assertEqual((item['amount'], item['currency_id']), (123.0, self.usd.id))
        item = self._get(kinds=['order'], user=self.rep)['items'][0]
        self.assertEqual((item['amount'], item['currency_id']), (False, False))

    def test_kinds_by_right(self):
        """Kinds of records that one may not read are not offered."""
        offered = {kind['key'] for kind in self._get(user=self.employee)['kinds']}
        self.assertNotIn('order', offered)
        self.assertNotIn('grade', offered)
        self.assertIn('mail', offered)
        answer = self._get()
        self.assertIn('grade', {kind['key'] for kind in answer['kinds']})
        self.assertEqual(
            {kind['group'] for kind in answer['kinds']}, {group['key'] for group in answer['groups']})

    def test_delivery(self):
        if 'stock.picking' not in self.env:
            self.skipTest("The stock module is not installed")  # scripts/test has it and takes this for a failure
        kind = self.env.ref('stock.warehouse0').out_type_id
        picking = self.env['stock.picking'].create({
            'picking_type_id': kind.id, 'partner_id': self.person.id, 'company_id': kind.company_id.id,
            'location_id': kind.default_location_src_id.id, 'location_dest_id': self.env.ref('stock.stock_location_customers').id})
        picking.write({'state': 'done', 'date_done': '2026-06-01 08:00:00'})
        self.env.user.company_ids |= kind.company_id
        timeline = self.env['crm.timeline'].with_context(allowed_company_ids=kind.company_id.ids)
        items = timeline.get_timeline(self.customer.id, kinds=['delivery'])['items']
        self.assertEqual([(item['title'], item['direction']) for item in items], [(picking.name, 'out')])

    def test_unreadable_contact(self):
        portal = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Portal", 'login': 'grading_portal', 'group_ids': [Command.set(self.env.ref('base.group_portal').ids)]})
        with self.assertRaises(AccessError):
            self._get(user=portal)

    def test_all_kinds_at_once(self):
        """One page over all kinds costs a bounded number of queries."""
        self._invoices([(self.customer, '2026-05-01', 1)] * 3)
        self._orders([(self.customer, '2026-05-02', 1)] * 3)
        self._get()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            self._get()
