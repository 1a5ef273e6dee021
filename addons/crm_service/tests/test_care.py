from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestCare(ServiceCommon):
    """Whom care plans reach when, whom not, and what is said to have come of it. Today is 2026-06-15."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref('crm_service.mail_template_care_delivery')
        cls._profiles(cls.customer + cls.customer2)

    @classmethod
    def _plan(cls, trigger='order', offset=7, **vals):
        return cls.env['crm.care.plan'].create({
            'name': "Care", 'company_id': cls.company.id, 'trigger': trigger, 'offset_days': offset, 'date_from': '2026-01-01',
            'action': 'mail', 'template_id': cls.template.id, **vals})

    def _reached(self, plan, day=None):
        return [(self.env['res.partner'].browse(partner), str(occasion)) for partner, occasion in plan._due(day)]

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def test_after_an_order(self):
        plan = self._plan()
        self._orders([(self.person, '2026-06-08', 100)])
        for day, reached in (('2026-06-14', False), ('2026-06-15', True), ('2026-06-22', True), ('2026-06-23', False)):
            with self.subTest(day=day):
                self.assertEqual(self._reached(plan, day), [(self.customer, '2026-06-08')] if reached else [])
        self.assertFalse(self._reached(self._plan(company_id=self.company_usd.id)))
        self.assertFalse(self._reached(self._plan(date_from='2026-06-16')))

    def test_day_of_the_company(self):
        self._orders([(self.customer, datetime(2026, 6, 7, 22, 30), 100)])     # half past midnight in Brussels
        self.assertEqual(self._reached(self._plan()), [(self.customer, '2026-06-08')])

    def test_first_order_and_anniversary(self):
        self._orders([(self.customer, '2025-06-08', 100), (self.customer, '2026-06-08', 100), (self.customer2, '2026-06-08', 100)])
        self.assertEqual(self._reached(self._plan('first_order')), [(self.customer2, '2026-06-08')])
        self.assertEqual(self._reached(self._plan('anniversary')), [(self.customer, '2026-06-08')])

    def test_leap_day(self):
        self._orders([(self.customer, '2024-02-29', 100)])
        plan = self._plan('anniversary', 0)
        for day in ('2027-02-28', '2028-02-29'):
            with self.subTest(day=day):
                self.assertEqual(self._reached(plan, day), [(self.customer, day)])

    def test_season_across_the_turn_of_the_year(self):
        plan = self._plan('season', 10, season_month=12, season_day=28)
        self.assertEqual(
            self._reached(plan, '2027-01-07'), [(self.customer, '2026-12-28'), (self.customer2, '2026-12-28')])
        self.assertFalse(self._reached(plan, '2027-01-06'))
        with self.assertRaisesRegex(ValidationError, "no day 31"):
            self._plan('season', season_month=2, season_day=31)

    def test_before_a_date(self):
        plan = self._plan('season', -5, season_month=7, season_day=1)
        self.assertFalse(self._reached(plan, '2026-06-25'))
        self.assertEqual(len(self._reached(plan, '2026-06-26')), 2)

    def test_inactivity(self):
        plan = self._plan('inactivity', 0, inactivity_days=30)
        self._orders([(self.customer, '2026-03-01', 100), (self.customer, '2026-05-16', 100), (self.customer2, '2026-06-01', 100)])
        self.assertEqual(self._reached(plan), [(self.customer, '2026-06-15')])
        self.assertFalse(self._reached(plan, '2026-06-14'))

    def test_solved(self):
        ticket = self._ticket()
        with freeze_time('2026-06-12 12:00:00'):
            self._by(ticket).action_solve()
        self.assertEqual(self._reached(self._plan('solved', 3)), [(self.customer, '2026-06-12')])

    def test_grade(self):
        grade = self.env['crm.grade'].create({'name': "Top of tests", 'company_id': self.company.id})
        scheme = self.env['crm.grading.scheme'].create({'name': "S", 'company_id': self.company.id})
        profile = self.env['crm.customer'].sudo().search([('partner_id', '=', self.customer.id), ('company_id', '=', self.company.id)])
        profile.grade_id = grade
        self.env['crm.grade.history'].sudo().create({
            'customer_id': profile.id, 'scheme_id': scheme.id, 'company_id': self.company.id, 'date': '2026-06-15', 'grade_id': grade.id,
            'move': 'up'})
        self.assertEqual(self._reached(self._plan('grade', 0, grade_ids=[Command.set(grade.ids)])), [(self.customer, '2026-06-15')])

    def test_date_of_a_record(self):
        model, names = self.env['ir.model']._get('sale.order'), self.env['ir.model.fields']
        plan = self._plan(
            'date', -7, model_id=model.id, date_field_id=names._get('sale.order', 'validity_date').id,
            partner_field_id=names._get('sale.order', 'partner_id').id)
        order = self._orders([(self.person, '2026-06-01', 100)])
        order.validity_date = '2026-06-22'
        self.assertEqual(self._reached(plan), [(self.customer, '2026-06-22')])
        with self.assertRaisesRegex(ValidationError, "have to be stored"):
            plan.date_field_id = names._get('res.partner', 'create_date')

    def test_delivery(self):
        product = self.env['product.product'].create({'name': "Goods", 'type': 'consu', 'taxes_id': False})
        if 'stock.picking' not in self.env:
            with self.assertRaisesRegex(ValidationError, "Install Inventory"):
                self._plan('delivery')
            return
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        picking = self.env['stock.picking'].create({
            'partner_id': self.person.id, 'picking_type_id': warehouse.out_type_id.id, 'location_id': warehouse.lot_stock_id.id,
            'location_dest_id': self.env.ref('stock.stock_location_customers').id,
            'move_ids': [Command.create({
                'product_id': product.id, 'product_uom_qty': 1, 'quantity': 1, 'picked': True, 'location_id': warehouse.lot_stock_id.id,
                'location_dest_id': self.env.ref('stock.stock_location_customers').id})]})
        picking._action_done()
        plan = self._plan('delivery', 0)
        self.assertEqual(self._reached(plan), [(self.customer, '2026-06-15')])

    # ------------------------------------------------------------------
    # Whom not
    # ------------------------------------------------------------------

    def test_held_back_while_a_complaint_is_open(self):
        plan = self._plan()
        self._orders([(self.customer, '2026-06-08', 100)])
        complaint = self._ticket(type_id=self.complaint.id)
        self.assertFalse(self._reached(plan))
        complaint._move('cancelled')
        self.assertTrue(self._reached(plan))

    def test_gap_between_cares_of_any_plan(self):
        self._orders([(self.customer, '2026-06-08', 100)])
        self._plan()._propose()
        other = self._plan('season', 0, season_month=6, season_day=15, gap_days=3)
        self.assertEqual(self._reached(other), [(self.customer2, '2026-06-15')])
        self.assertEqual(len(self._reached(other, '2026-06-17')), 1)
        self.assertEqual(len(self._reached(other, '2026-06-18')), 2)

    def test_never_twice(self):
        plan = self._plan(gap_days=0)
        self._orders([(self.customer, '2026-06-08', 100)])
        self.assertEqual(len(plan._propose()), 1)
        self.assertFalse(plan._propose())
        self.assertFalse(plan._propose('2026-06-16'))

    def test_segment(self):
        segment = self.env['crm.segment'].create({
            'name': "Second of tests", 'company_id': self.company.id, 'domain': f"[('partner_id', '=', {self.customer2.id})]"})
        plan = self._plan('season', 0, season_month=6, season_day=15, segment_ids=[Command.set(segment.ids)])
        self.assertEqual(self._reached(plan), [(self.customer2, '2026-06-15')])

    # ------------------------------------------------------------------
    # Given
    # ------------------------------------------------------------------

    def test_letter(self):
        self._orders([(self.customer, '2026-06-08', 100), (self.customer2, '2026-06-08', 100)])
        self.person2.email = False
        self._plan()
        self.env['crm.care.plan']._cron_care()
        mine, other = self.env['crm.care.contact'].search([('plan_id.name', '=', "Care")], order='partner_id')
        self.assertEqual((mine.person_id, mine.state, other.state), (self.person, 'done', 'failed'))
        [mail] = self.env['mail.mail'].search([('recipient_ids', 'in', self.person.ids)])
        self.assertEqual(mail.subject, "Is everything as you expected?")
        self.env['crm.care.plan']._cron_care()      # run again: nothing more
        self.assertEqual(self.env['crm.care.contact'].search_count([('plan_id.name', '=', "Care")]), 2)

    def test_opt_out(self):
        self._orders([(self.customer, '2026-06-08', 100)])
        self.person.crm_service_mute_care = True
        self._plan()
        self.env['crm.care.plan']._cron_care()
        self.assertEqual(self.env['crm.care.contact'].search([('partner_id', '=', self.customer.id)]).state, 'failed')

    def test_activity_of_the_salesperson(self):
        self._orders([(self.customer, '2026-06-08', 100), (self.customer2, '2026-06-08', 100)])
        plan = self._plan(action='activity', template_id=False, activity_type_id=self.env.ref('mail.mail_activity_data_call').id,
                          summary="Ask how it runs")
        plan._propose()._give()
        self.assertEqual(self.customer.activity_ids.mapped('user_id'), self.rep)
        self.assertEqual(self.customer.activity_ids.summary, "Ask how it runs")
        self.assertFalse(self.customer2.activity_ids)   # belongs to nobody
        self.assertEqual(plan.contact_ids.sorted('partner_id').mapped('state'), ['done', 'failed'])

    def test_effect_against_those_left_out(self):
        people = self._customers(80, "Shopper")
        self._profiles(people)
        plan = self._plan('season', 0, season_month=6, season_day=15, control_percent=50, effect_days=10)
        plan._propose()
        contacts = plan.contact_ids.filtered(lambda contact: contact.partner_id in people)
        given = contacts.filtered(lambda contact: contact.state == 'planned')
        left_out = contacts - given
        self.assertEqual(len(contacts), 80)
        self.assertTrue(25 <= len(left_out) <= 55)
        given.write({'state': 'done'})
        (plan.contact_ids - contacts).unlink()
        self._orders([(contact.partner_id, '2026-06-25', 10) for contact in given[:20]]
                     + [(contact.partner_id, '2026-06-26', 10) for contact in given[20:]]
                     + [(contact.partner_id, '2026-06-16', 10) for contact in left_out[:5]])
        with freeze_time('2026-06-25 12:00:00'):
            plan._judge()
            self.assertFalse(any(contacts.mapped('is_judged')))
        with freeze_time('2026-06-26 12:00:00'):
            plan._judge()
        self.assertEqual(
            (plan.given_count, plan.given_share, plan.control_count, plan.control_share),
            (len(given), round(100 * 20 / len(given), 1), len(left_out), round(100 * 5 / len(left_out), 1)))
        self.assertIn("points", plan.effect_text)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_who_may(self):
        plan = self._plan()
        self._orders([(self.customer, '2026-06-08', 100), (self.customer2, '2026-06-08', 100)])
        plan._propose()
        self.assertEqual(self._by(self.env['crm.care.contact'], self.rep).search([('plan_id', '=', plan.id)]).partner_id, self.customer)
        self.assertEqual(len(self._by(self.env['crm.care.contact'], self.agent).search([('plan_id', '=', plan.id)])), 2)
        self.assertFalse(self._by(self.env['crm.care.contact'], self.agent_usd).search([('plan_id', '=', plan.id)]))
        for user in (self.agent, self.service_lead, self.rep):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(plan, user).write({'name': "Mine"})
        self._by(plan, self.service_manager).name = "Ours"
        with self.assertRaises(AccessError):
            self._by(plan.contact_ids[:1], self.service_manager).write({'state': 'done'})

    def test_one_statement_for_all(self):
        plan = self._plan('season', 0, season_month=6, season_day=15)
        plan._due()
        self._profiles(self._customers(50, "More"))
        self.env.flush_all()
        with self.assertQueryCount(4):
            self.assertEqual(len(plan._due(date(2026, 6, 15))), 52)
