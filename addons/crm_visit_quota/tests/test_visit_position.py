import doctest
from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_visit_quota.tools import position

from .common import VisitCommon

PLACE = {'latitude': 50.85, 'longitude': 4.35, 'accuracy': 20, 'age': 5}
METRE = 180 / 3.141592653589793 / 6_371_000  # degrees of latitude


@tagged('post_install', '-at_install')
class TestVisitPosition(VisitCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({
            'crm_visit_positions': True, 'crm_visit_position_max_age': 120, 'crm_visit_position_max_accuracy': 100,
            'crm_visit_position_far': 500, 'crm_visit_position_max_speed': 200})
        cls.customer.write({'partner_latitude': 50.85, 'partner_longitude': 4.35})

    def _visit(self, user=None, **vals):
        return self._visits([(vals.pop('partner', self.customer), '2026-06-15')], user=user, state='planned', **vals)

    def _located(self, visit, at='2026-06-15 10:00:00', moment='check_in', user=None, **given):
        visit = visit.with_env(self._as(user or self.rep))
        if visit.state == 'planned':
            visit.action_check_in(at)
        return visit._locate(moment, datetime.fromisoformat(at), {**PLACE, **given})

    def test_rules(self):
        self.assertFalse(doctest.testmod(position).failed)

    def test_good(self):
        visit = self._visit()
        fix = self._located(visit)
        self.assertEqual((fix.distance, fix.is_suspect, visit.location_state), (0, False, 'located'))
        self.assertFalse(visit.location_reasons)

    def test_boundaries(self):
        """Each doubt just inside its limit, at it, and just beyond."""
        north = PLACE['latitude']
        cases = [
            ('is_stale', 'age', 119, 120, 121), ('is_inaccurate', 'accuracy', 99, 100, 101),
            ('is_far', 'latitude', north + 499 * METRE, north + 499.99 * METRE, north + 501 * METRE)]
        for flag, name, *values in cases:
            for value, doubtful in zip(values, (False, False, True), strict=True):
                with self.subTest(flag=flag, value=value):
                    visit = self._visit()
                    fix = self._located(visit, **{name: value})
                    self.assertEqual(fix[flag], doubtful)
                    self.assertEqual(visit.location_state, 'suspect' if doubtful else 'located')
                    self.assertEqual(bool(visit.location_reasons), doubtful)
                    visit.unlink() if visit.state != 'underway' else visit.action_cancel("Next case")
                    fix.sudo().unlink()

    def test_inaccuracy_not_told(self):
        self.assertTrue(self._located(self._visit(), accuracy=None).is_inaccurate)

    def test_jump(self):
        """An impossible speed since the person's position before, with what the two may be wrong by taken off."""
        blur = position.blur(position.Fix(0, 0, 20), position.Fix(0, 0, 20))
        for metres, doubtful in ((99_000, False), (100_000 + blur - 1, False), (100_000 + blur + 20, True)):  # in half an hour
            with self.subTest(metres=metres):
                first, second = self._visit(), self._visit(partner=self.customer2)
                one = self._located(first, '2026-06-15 09:00:00')
                first.action_finish('2026-06-15 09:10:00')
                two = self._located(second, '2026-06-15 09:30:00', latitude=PLACE['latitude'] + metres * METRE)
                self.assertEqual((one.is_jump, two.is_jump), (False, doubtful))
                second.action_cancel("Next case")
                (one + two).sudo().unlink()

    def test_jump_sent_late(self):
        """A position that comes in after a later one is judged by its own time, and the later one anew."""
        first, second = self._visit(), self._visit(partner=self.customer2)
        later = self._located(second, '2026-06-15 10:00:00', latitude=PLACE['latitude'] + 300_000 * METRE)
        second.action_finish('2026-06-15 10:10:00')
        self.assertFalse(later.is_jump)
        self._located(first, '2026-06-15 09:30:00')
        self.assertTrue(later.is_jump)
        self.assertIn("km/h", second.location_reasons)

    def test_other_people_do_not_jump(self):
        self._located(self._visit())
        fix = self._located(self._visit(user=self.rep2), '2026-06-15 10:01:00', user=self.rep2, latitude=10)
        self.assertFalse(fix.is_jump)

    def test_nearest_address(self):
        """A customer of several sites is at each of them."""
        self.env['res.partner'].create({
            'name': "Plant", 'parent_id': self.customer.id, 'type': 'delivery', 'partner_latitude': 51, 'partner_longitude': 5})
        self.assertEqual(self._located(self._visit(), latitude=51, longitude=5).distance, 0)

    def test_customer_without_place(self):
        fix = self._located(self._visit(partner=self.customer2))
        self.assertEqual((fix.has_distance, fix.is_far, fix.is_suspect), (False, False, False))

    def test_coordinates_out_of_range(self):
        for given in ({'latitude': 90.1}, {'latitude': -91}, {'longitude': 180.5}, {'longitude': -181}):
            with self.subTest(given), self.assertRaisesRegex(ValidationError, "not a place on earth"), self.env.cr.savepoint():
                self._located(self._visit(), **given)

    def test_unlocated(self):
        """Without a position the visit is made, and says that it has none, and why."""
        visit = self._visit()
        self.assertEqual(visit.location_state, 'none')
        visit.action_check_in()
        self.assertEqual(visit.location_state, 'unlocated')
        visit.with_env(self._as(self.rep))._locate('check_in', datetime(2026, 6, 15, 10), None, 'denied')
        self.assertEqual(visit.with_env(self._as(self.rep)).location_reasons, "The phone did not allow a position")

    def test_not_asked(self):
        """Nothing is stored, whatever a phone sends, of kinds that ask for no position."""
        call = self._visit(kind=self.phone)
        self.assertFalse(self._located(call))
        self.assertEqual((call.location_state, len(call.fix_ids)), ('none', 0))

    def test_switched_off(self):
        """Nothing is stored where the company does not record positions; what was recorded stays."""
        visit = self._visit()
        self._located(visit)
        visit.action_finish('2026-06-15 11:00:00')
        self.company.crm_visit_positions = False
        other = self._visit(partner=self.customer2)
        self.assertFalse(self._located(other, '2026-06-15 11:30:00'))
        self.assertEqual((other.location_state, visit.location_state), ('none', 'located'))

    def test_once_per_moment(self):
        visit = self._visit()
        self.assertEqual(self._located(visit), self._located(visit, latitude=51))
        self._located(visit, '2026-06-15 11:00:00', 'check_out')
        self.assertEqual(len(visit.fix_ids), 2)

    # ------------------------------------------------------------------
    # The customer's place
    # ------------------------------------------------------------------

    def test_set_customer_place(self):
        fix = self._located(self._visit(partner=self.customer2))
        fix.action_set_customer_place()
        self.assertEqual((self.customer2.partner_latitude, self.customer2.partner_longitude), (50.85, 4.35))
        self.assertTrue(fix.has_distance)
        with self.assertRaisesRegex(UserError, "coordinates already"):
            fix.action_set_customer_place()

    def test_set_customer_place_refused(self):
        """Not from a position that is worth nothing, and not by those who may not write contacts."""
        for bad in ({'age': 121}, {'accuracy': 101}):
            visit = self._visit(partner=self.customer2)
            fix = self._located(visit, **bad)
            with self.assertRaises(UserError):
                fix.action_set_customer_place()
            visit.action_cancel("Next case")
        self.env['ir.model.access'].search([('model_id.model', '=', 'res.partner')]).perm_write = False
        fix = self._located(self._visit(partner=self.customer2))
        with self.assertRaises(AccessError):
            fix.action_set_customer_place()
        self.assertFalse(self.customer2.partner_latitude)

    # ------------------------------------------------------------------
    # Who sees positions
    # ------------------------------------------------------------------

    def test_who_sees(self):
        fix = self._located(self._visit(), age=500)
        for user, sees in ((self.rep, True), (self.lead, True), (self.manager, True), (self.rep2, False), (self.leads_all, False)):
            with self.subTest(user.login):
                self.assertEqual(bool(self._as(user)['crm.visit.fix'].search([('id', '=', fix.id)])), sees)
                visit = self._as(user)['crm.visit'].browse(fix.visit_id.id)
                self.assertEqual(bool(visit.location_reasons), sees)
                self.assertEqual(visit.location_state, 'suspect', "that it is doubtful, every colleague may know")
        for user in (self.employee, self.finance):
            with self.assertRaises(AccessError):
                self._as(user)['crm.visit.fix'].search([])

    def test_nobody_writes(self):
        fix = self._located(self._visit())
        for user in (self.rep, self.lead, self.manager):
            with self.assertRaises(AccessError):
                fix.with_user(user).latitude = 1
            with self.assertRaises(AccessError):
                self._as(user)['crm.visit.fix'].create({
                    'visit_id': fix.visit_id.id, 'moment': 'check_out', 'at': self.NOW, 'latitude': 1, 'longitude': 1})

    def test_other_company(self):
        fix = self._located(self._visit())
        self.assertFalse(self._as(self.manager, self.company_usd)['crm.visit.fix'].search([('id', '=', fix.id)]))

    def test_foreign_visit(self):
        """Nobody says where somebody else was."""
        visit = self._visit(user=self.rep2)
        visit.action_check_in()
        with self.assertRaises(AccessError):
            self._located(visit)

    def test_limits_above_zero(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.company.crm_visit_position_far = 0
            self.env.flush_all()

    def test_settings(self):
        self.env.user.group_ids += self.env.ref('base.group_system') + self.env.ref('sales_team.group_sale_manager')
        settings = Form(self.env['res.config.settings'])
        settings.crm_visit_positions = False
        settings.save().execute()
        self.assertFalse(self.company.crm_visit_positions)

    def test_constant_queries(self):
        """Locating costs the same number of queries however many visits and positions there are."""
        def cost(visit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._located(visit, visit.date_start.strftime('%Y-%m-%d %H:%M:%S'))
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            visit.action_finish(visit.date_start + timedelta(minutes=1))
            return spent

        first = self._visit(companion_ids=[Command.clear()])
        few = cost(first)
        for number in range(10):
            cost(self._visits([(self.customer, f'2026-06-{number + 1:02} 09:00')], state='planned'))
        self.assertLessEqual(cost(self._visits([(self.customer, '2026-06-15 11:00')], state='planned')), few)
