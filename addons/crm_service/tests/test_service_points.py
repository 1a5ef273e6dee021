from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.crm_grading.tests.contract import MetricContractCase
from odoo.addons.crm_grading.tests.contract_points import TileContractCase, TimelineContractCase

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestServiceMetric(MetricContractCase, ServiceCommon):
    metric_module = 'crm_service'

    def _feed(self, partner, company, day):
        at = datetime.combine(day, time(10))
        tickets = self._tickets(2, company=company, partner_id=partner.id, type_id=self.complaint.id).sudo()
        tickets.write({'date_opened': at})
        solved = tickets[0]
        solved._move(('solved', 'closed'))
        solved.write({'date_solved': at + timedelta(hours=6), 'reopen_count': 1})
        self.env['crm.ticket.feedback'].sudo().create({
            'ticket_id': solved.id, 'company_id': company.id, 'partner_id': partner.id,
            'commercial_partner_id': partner.commercial_partner_id.id, 'date_answered': at, 'rating': 4, 'nps': 9, 'has_nps': True,
            'nps_points': 100})
        self._breach(tickets[1], at)

    def _breach(self, ticket, moment):
        """Have a promise of a ticket run out at a moment."""
        self.env['crm.ticket.sla'].search([('ticket_id', '=', ticket.id)]).unlink()
        policy = self.env.ref('crm_service.crm_sla_policy_resolution')
        return self.env['crm.ticket.sla'].sudo().create({
            'ticket_id': ticket.id, 'company_id': ticket.company_id.id, 'promise': 'resolution', 'minutes': 60, 'policy_id': policy.id,
            'version': policy.version,
            'date_start': moment - timedelta(hours=1), 'date_due': moment, 'state': 'running', 'is_breached': True})

    def test_values(self):
        late, quick, open_complaint = (self._ticket(type_id=kind.id).sudo() for kind in (self.question, self.question, self.complaint))
        self._ticket('cancelled')
        with freeze_time('2026-06-15 12:00:00'):
            (late + quick)._move('solved')
        late.write({'date_opened': '2026-06-11 12:00:00', 'reopen_count': 1})
        quick.write({'date_opened': '2026-06-13 12:00:00'})
        open_complaint.write({'date_opened': '2026-06-14 12:00:00'})
        self._breach(late, datetime(2026, 6, 12, 12))
        for moment, rating, points in (('2026-06-15 10:00:00', 5, 100), ('2026-06-15 11:00:00', 2, -100), ('2026-06-14 11:00:00', 4, 100)):
            self.env['crm.ticket.feedback'].sudo().create({
                'ticket_id': late.id, 'company_id': self.company.id, 'partner_id': self.person.id,
                'commercial_partner_id': self.customer.id, 'date_answered': moment, 'rating': rating, 'has_nps': True,
                'nps_points': points})
        expected = {
            'ticket_count': 3, 'open_complaints': 1, 'sla_breaches': 1, 'resolution_days': 3, 'reopen_rate': 50, 'last_rating': 2,
            'nps': 33.333, 'ticket_recency': 1}
        for code, value in expected.items():
            with self.subTest(code):
                self.assertAlmostEqual(self._value(code, self.customer), value, 2)

    def test_past_day(self):
        """A complaint solved today was open yesterday."""
        complaint = self._ticket('solved', type_id=self.complaint.id).sudo()
        complaint.date_opened = '2026-06-10 12:00:00'
        self.assertEqual(self._value('open_complaints', self.customer), 0)
        self.assertEqual(self._value('open_complaints', self.customer, '2026-06-14'), 1)
        self.assertEqual(self._value('open_complaints', self.customer, '2026-06-09'), 0)

    def test_day_of_the_company(self):
        """23:30 UTC is the next day in Brussels."""
        self._ticket().sudo().date_opened = '2026-06-10 23:30:00'
        self.assertEqual(self._value('ticket_count', self.customer, '2026-06-10'), 0)
        self.assertEqual(self._value('ticket_count', self.customer, '2026-06-11'), 1)

    def test_on_profile(self):
        self._ticket(type_id=self.complaint.id)
        profile = self._profiles(self.customer)
        self.env['crm.grading.run']._run(self.company, partners=self.customer)
        self.assertEqual((profile.ticket_count, profile.open_complaint_count), (1, 1))


@tagged('post_install', '-at_install')
class TestServiceTimeline(TimelineContractCase, ServiceCommon):
    timeline_kinds = ('ticket', 'care')

    def _happen(self, kind, partner, company):
        if kind == 'ticket':
            ticket = self._ticket(partner_id=partner.id, company=company)
            ticket.sudo().date_opened = '2026-06-12 12:00:00'
            return ticket
        plan = self.env['crm.care.plan'].create({
            'name': "Care", 'company_id': company.id, 'trigger': 'order',
            'template_id': self.env.ref('crm_service.mail_template_care_delivery').id})
        return self.env['crm.care.contact'].sudo().create({
            'plan_id': plan.id, 'company_id': company.id, 'partner_id': partner.id, 'date': '2026-06-12', 'occasion': '2026-06-11',
            'state': 'done'})

    def test_what_is_told(self):
        ticket = self._ticket(type_id=self.complaint.id, title="Too late")
        self._ticket('cancelled')
        [item] = self._timeline('ticket', self.customer)
        self.assertIn("Too late", item['title'])
        self.assertEqual(item['res_id'], ticket.id)


@tagged('post_install', '-at_install')
class TestServiceTile(TileContractCase, ServiceCommon):
    tile_keys = {'tickets_open': 'overview', 'complaints_open': 'customer', 'tickets_late': 'customer', 'tickets_mine': 'overview'}

    def _fill(self, key, partner):
        ticket = self._ticket(partner_id=partner.id, type_id=self.complaint.id)
        if key == 'tickets_late':
            ticket.sudo().sla_state = 'breached'
        if key == 'tickets_mine':
            ticket.user_id = self.manager

    def test_agent_and_customer(self):
        """An agent sees those of the own teams; on the customer page, only the customer's."""
        before = self._tile('tickets_open', self.customer, self.agent)
        self._ticket()
        self._ticket(team_id=self.workshop.id, partner_id=self.person2.id)
        self.assertEqual(self._tile('tickets_open', self.customer, self.agent)['value'], (before['value'] if before else 0) + 1)
        tiles = {tile['key']: tile['value'] for tile in self._as(self.rep)['crm.tile'].get_tiles('customer', self.customer.id)}
        self.assertEqual(tiles['tickets_open'], 1)
        self.assertNotIn('tickets_mine', tiles)
