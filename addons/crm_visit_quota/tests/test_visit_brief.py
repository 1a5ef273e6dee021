import doctest
import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import json_default

from odoo.addons.crm_grading.tools.extension import Happening, Owned, Tile
from odoo.addons.crm_visit_quota.tools import talking_points

from .common import VisitCommon


@tagged('post_install', '-at_install')
class TestVisitBrief(VisitCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._profiles(cls.customer + cls.foreign)
        cls.env.flush_all()

    def _brief(self, user=None, partner=None):
        return self._as(user or self.rep)['crm.visit.brief'].get_brief((partner or self.customer).id)

    def _points(self, **kwargs):
        return {point['key']: point['text'] for point in self._brief(**kwargs)['points']}

    def _product(self, name):
        return self.env['product.product'].create({'name': name, 'type': 'consu', 'taxes_id': False})

    def test_rules(self):
        self.assertFalse(doctest.testmod(talking_points).failed)

    def test_empty(self):
        """A customer of whom nothing is known yet, also one that was not measured."""
        for partner in (self.customer, self.customer2):
            brief = self._brief(partner=partner)
            self.assertEqual([point['key'] for point in brief['points']], ['first'])
            self.assertEqual((brief['visits'], brief['leads'], brief['products']), ([], [], {'bought': [], 'stopped': []}))
        json.dumps(brief, default=json_default)

    def test_person(self):
        """Asked for a person, it is about the customer."""
        self.assertEqual(self._brief(partner=self.person)['partner']['id'], self.customer.id)

    def test_visits(self):
        self._visits([(self.customer, f'2026-06-0{day}') for day in range(1, 6)], note="Talked", outcome='progress')
        self._visits([(self.customer, '2026-06-09')], state='planned')
        last = self._visits([(self.customer, '2026-06-08')], note="Wants a trial", next_step="Send samples", next_step_date='2026-06-10')
        brief = self._brief()
        self.assertEqual([one['date'] for one in brief['visits']], ['2026-06-08', '2026-06-05', '2026-06-04'])
        self.assertEqual((brief['visits'][0]['id'], brief['visits'][0]['next_step']), (last.id, "Send samples"))
        self.assertEqual((brief['visits'][1]['outcome'], brief['visits'][1]['note']), ("Step forward", "Talked"))
        self.assertNotIn('first', self._points())

    def test_promised(self):
        """What is due today or was is talked about, what is due tomorrow is not."""
        for summary, day in (("Late", '2026-06-13'), ("Now", '2026-06-15'), ("Later", '2026-06-16')):
            self.customer.activity_schedule('mail.mail_activity_data_todo', summary=summary, date_deadline=day, user_id=self.rep.id)
        points = self._points()
        self.assertEqual(points['promise_late'], "Promised and 2 days late: Late")
        self.assertEqual(points['promise'], "Due now: Now")
        self.assertEqual([one['name'] for one in self._brief()['activities']], ["Late", "Now", "Later"])

    def test_private_note(self):
        """Told to who may read it, never to a colleague."""
        visit = self._visits([(self.customer, '2026-06-08')])
        visit.private_note = "Divorce"
        self.customer.user_id = self.rep2
        self.env['crm.customer'].search([('partner_id', '=', self.customer.id)]).invalidate_recordset()
        self.assertEqual(self._brief(self.rep)['visits'][0]['private_note'], "Divorce")
        self.assertFalse(self._brief(self.rep2)['visits'][0]['private_note'])

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def test_open_business(self):
        """Opportunities and quotations that the user may open; how old, how late."""
        leads = self.env['crm.lead'].create([{
            'name': name, 'type': 'opportunity', 'partner_id': self.person.id, 'company_id': self.company.id, 'user_id': user.id,
            'team_id': False, 'date_deadline': day, 'expected_revenue': 1000,
        } for name, user, day in (("Plant", self.rep, '2026-06-10'), ("Foreign", self.rep2, '2026-06-10'))])
        orders = self._orders([(self.customer, day, 100) for day in ('2026-06-08', '2026-06-09', '2026-05-01')], state='sent')
        orders.user_id = self.rep
        orders.validity_date = False
        orders[2].validity_date = '2026-06-14'
        brief = self._brief()
        self.assertEqual([lead['id'] for lead in brief['leads']], [leads[0].id])
        self.assertEqual([order['is_expired'] for order in brief['quotations']], [True, False, False])
        points = self._points()
        self.assertEqual(points['closing_late'], "“Plant” should have closed 5 days ago: ask where it stands")
        self.assertEqual(points['quotation'], f"Quotation {orders[0].name} has been open for 7 days")
        self.assertEqual(points['quotation_expired'], f"Quotation {orders[2].name} expired 1 days ago: renew or close it")
        self.assertEqual(len(self._brief(self.manager)['leads']), 2)

    def test_products(self):
        """Windows to the day: 16 June last year is in the last 12 months, 15 June before them; credit notes are taken off."""
        growing, falling, stopped, old, returned = (self._product(name) for name in ("Growing", "Falling", "Stopped", "Old", "Returned"))
        for product, rows in (
                (growing, [('2025-06-15', 10), ('2025-06-16', 50)]), (falling, [('2024-06-16', 100), ('2026-06-15', 20)]),
                (stopped, [('2025-06-15', 70)]), (old, [('2024-06-15', 90)]), (returned, [('2026-06-01', 30)])):
            self._invoices([(self.customer, day, amount) for day, amount in rows], product=product)
        self._refunds([(self.person, '2026-06-02', 30)], product=returned)
        self._invoices([(self.foreign, '2026-06-01', 999)], product=stopped)
        products = self._brief(self.manager)['products']
        self.assertEqual([(one['name'], one['trend']) for one in products['bought']], [("Growing", 'up'), ("Falling", 'down')])
        self.assertIn("50", products['bought'][0]['text'])
        self.assertEqual([(one['name'], one['last']) for one in products['stopped']], [("Stopped", '2025-06-15')])
        self.assertEqual(self._points()['stopped'], "Not bought Stopped for 365 days: ask why")

    def test_products_without_amounts(self):
        """The salesperson learns what the customer buys, also by a colleague's invoice, but no amount."""
        self._invoices([(self.customer, '2026-06-01', 50)]).invoice_user_id = self.rep2
        [product] = self._brief(self.rep)['products']['bought']
        self.assertEqual((product['name'], product['text']), ("Thing", False))

    def test_products_of_others(self):
        """A customer that was not measured and is somebody else's: nothing of what it buys."""
        self._invoices([(self.customer2, '2026-06-01', 50)])
        self.assertTrue(self._brief(self.rep, self.customer2)['products']['bought'])
        self.assertFalse(self._brief(self.rep2, self.customer2)['products']['bought'])

    def test_overdue(self):
        """Due yesterday is overdue, due today is not; told to those who may see amounts only."""
        self._invoices([(self.customer, '2026-06-01', 70), (self.customer, '2026-06-01', 50)], due=['2026-06-14', '2026-06-15'])
        overdue = self._brief(self.manager)['overdue']
        self.assertEqual((overdue['count'], overdue['amount'], overdue['days']), (1, 70, 1))
        self.assertIn("overdue on 1 invoices, the oldest for 1 days", self._points(user=self.manager)['overdue'])
        self.assertFalse(self._brief(self.rep)['overdue'])
        self.assertNotIn('overdue', self._points())
        self.assertNotIn("70.0", json.dumps(self._brief(self.rep), default=json_default))

    def test_interests(self):
        """Of the last 180 days, the first of them included."""
        self.env['crm.interest'].create([
            {'partner_id': self.customer.id, 'company_id': self.company.id, 'note': note, 'date': day, 'user_id': self.rep.id}
            for note, day in (("Pump", '2025-12-17'), ("Valve", '2025-12-16'))])
        self.assertEqual([one['note'] for one in self._brief()['interests']], ["Pump"])
        self.assertEqual(self._points()['interest'], "Asked 180 days ago: Pump")

    # ------------------------------------------------------------------
    # Other addons
    # ------------------------------------------------------------------

    def _declare(self, model, name, method):
        """Extend an extension point for the time of a test."""
        cls = self.env.registry[model]
        setattr(cls, name, method)
        self.addCleanup(delattr, cls, name)

    def test_extension_points(self):
        """What other addons declare as tile, open record or happening is in the brief without being known to it."""
        self._declare('crm.tile', '_tile_test', lambda model, place: Tile("Open tickets", 3, tone='danger'))
        self._declare('crm.ownership', '_ownership_test', lambda model, partners: Owned(
            "Cases", 'crm.interest', Domain('partner_id', 'in', partners.ids)))
        self._declare('crm.timeline', '_timeline_test', lambda model, customer: Happening(
            "Tickets", 'fa-life-ring', 'res.partner', customer.of('id'), 'create_date', title='name', group='service'))
        self.env.cr.execute("UPDATE res_partner SET create_date = '2026-06-01' WHERE id = %s", [self.customer.id])
        self.env['crm.interest'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'note': "Pump", 'user_id': self.rep.id})
        brief = self._brief()
        self.assertEqual(self._points()['issue'], "Open tickets: 3")
        self.assertIn({'key': 'test', 'label': "Cases", 'count': 1}, brief['open'])
        self.assertIn(("Tickets", self.customer.name), [(one['label'], one['title']) for one in brief['happenings']])

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_somebody_elses(self):
        """Who looks after it, and that it was visited; nothing else."""
        self._visits([(self.foreign, '2026-06-08')], user=self.rep2, note="Talked")
        brief = self._brief(partner=self.foreign)
        self.assertEqual((brief['state'], brief['salesperson']['name']), ('hidden', "Rep2"))
        self.assertEqual([one['note'] for one in brief['visits']], ["Talked"])
        self.assertFalse({'products', 'grade', 'points', 'leads', 'quotations', 'overdue', 'contacts'} & set(brief))

    def test_refused(self):
        portal = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': "Portal", 'login': 'brief_portal', 'group_ids': [Command.set(self.env.ref('base.group_portal').ids)]})
        for user in (self.employee, portal):
            with self.assertRaises(AccessError):
                self._brief(user)

    def test_constant_queries(self):
        """The brief of a customer with a long history costs as many queries as that of one with a short one."""
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._brief()
            return self.env.cr.sql_log_count - before

        def history(times):
            self._invoices([(self.customer, f'2026-05-{day + 1:02}', 10) for day in range(times)], product=self._product(f"P{times}"))
            self._orders([(self.customer, '2026-05-02', 10)] * times, state='sent').user_id = self.rep
            self._visits([(self.customer, f'2026-05-{day + 1:02}') for day in range(times)], note="Talked")
            self.env['crm.lead'].create([{
                'name': f"Deal {number}", 'type': 'opportunity', 'partner_id': self.customer.id, 'company_id': self.company.id,
                'user_id': self.rep.id, 'team_id': False} for number in range(times)])
            self.env['crm.interest'].create([{
                'partner_id': self.customer.id, 'company_id': self.company.id, 'note': f"Need {number}", 'date': '2026-06-01',
                'user_id': self.rep.id} for number in range(times)])
            for number in range(times):
                self.customer.message_post(body=f"Message {number}", message_type='comment', subtype_xmlid='mail.mt_comment')

        history(9)
        cost()  # fills the caches that setting up has emptied
        few = cost()
        history(20)
        cost()
        self.assertLessEqual(cost(), few)

    # ------------------------------------------------------------------
    # On paper
    # ------------------------------------------------------------------

    def test_report(self):
        """Several customers, a page each, headings in the body; the same from visits, each customer once."""
        self._visits([(self.customer, '2026-06-08')], note="Wants a trial", next_step="Send samples")
        reports = self._as(self.rep)['ir.actions.report']
        partners = self.customer + self.customer2 + self.foreign
        html = reports._render_qweb_html('crm_visit_quota.report_brief', partners.ids)[0].decode()
        for text in (*partners.mapped('name'), "Wants a trial", "Send samples", "Rep2</strong> looks after this customer"):
            self.assertIn(text, html)
        self.assertEqual(html.count('page-break-before'), 2)
        bodies = reports.env.ref('crm_visit_quota.crm_visit_brief_report_partner').sudo()._prepare_html(html)[0]
        self.assertEqual(len(bodies), 1, "one document, or converters without patches refuse")
        self.assertIn('charset="utf-8"', str(bodies[0]), "else Chinese is printed as something else")
        visits = self._visits([(one, '2026-06-15') for one in (self.customer, self.customer, self.customer2)], state='planned')
        html = reports._render_qweb_html('crm_visit_quota.report_visit_brief', visits.ids)[0].decode()
        self.assertEqual(html.count('o_crm_brief_print'), 2)
