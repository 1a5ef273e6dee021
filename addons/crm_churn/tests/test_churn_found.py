from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_grading.tests.common import NO_MAIL

from .common import ChurnCommon


@tagged('post_install', '-at_install')
class TestChurnFound(ChurnCommon):
    """What no click tells of: never answered, gone silent, ended, and back again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({
            'crm_churn_silent_factor': 3, 'crm_churn_silent_days': 30, 'crm_churn_silent_purchases': 3, 'crm_churn_unanswered_days': 14})

    def _run(self, company=None):
        return self.env['crm.churn.event']._record_found(company or self.company)

    def _events(self, partner, kind):
        return self.env['crm.churn.event'].search([('partner_id', '=', partner.id), ('kind', '=', kind)], order='date, id')

    # ------------------------------------------------------------------
    # Gone silent
    # ------------------------------------------------------------------

    def _silent(self, partner, day):
        rows = self.env['crm.churn.event'].env.execute_query_dict(self.env['crm.churn.event']._silent_sql(self.company, day))
        return [row for row in rows if row['partner_id'] == partner.id]

    def test_own_rhythm(self):
        """Median gap 20 days, three times that: silent from the 61st day after the last purchase on."""
        self._profiles(self.customer)
        self._invoices([(self.customer, day, 100) for day in ('2026-01-01', '2026-01-11', '2026-01-31', '2026-02-28')])
        self.env.flush_all()
        self.assertFalse(self._silent(self.customer, '2026-04-29'))
        self.assertEqual(self._silent(self.customer, '2026-04-30')[0], {
            'partner_id': self.customer.id, 'last': date(2026, 2, 28), 'first': date(2026, 1, 1), 'gap': 20.0, 'day': date(2026, 4, 30)})
        self.company.crm_churn_silent_days = 62
        self.env.flush_all()
        self.assertFalse(self._silent(self.customer, '2026-05-01'), "At least 62 days, however quick the rhythm.")
        self.assertEqual(self._silent(self.customer, '2026-05-02')[0]['day'], date(2026, 5, 2))

    def test_rhythm_known(self):
        """Two days of purchase are no rhythm where three are asked for; two invoices on one day are one day."""
        self._profiles(self.customer + self.customer2)
        self._invoices([(self.customer, day, 100) for day in ('2025-01-01', '2025-01-11', '2025-01-11')])
        self._refunds([(self.customer, '2025-02-11', 10)])
        self._invoices([(self.customer2, day, 100) for day in ('2025-01-01', '2025-01-11', '2025-01-21')])
        self.env.flush_all()
        self.assertFalse(self._silent(self.customer, '2026-06-15'))
        self.assertTrue(self._silent(self.customer2, '2026-06-15'))

    def test_silence_recorded_once(self):
        self._profiles(self.customer)
        self._invoices([(self.customer, day, 100) for day in ('2026-01-01', '2026-01-11', '2026-01-21')])
        self.assertEqual(self._run(), 1)
        self.assertEqual(self._run(), 0)
        event = self._events(self.customer, 'silent')
        self.assertRecordValues(event, [{
            'date': date(2026, 2, 21), 'date_first': date(2026, 1, 1), 'date_last': date(2026, 1, 21), 'days': 51, 'phase': 'use',
            'user_id': self.rep.id, 'yearly_value': 300, 'amount': 300, 'number': 1, 'date_back': False, 'company_id': self.company.id}])
        # it buys again: back, and silent once more later on, beyond 3 times the median of 10, 10, 21 and 58 days
        self._invoices([(self.customer, '2026-03-20', 70), (self.customer, '2026-04-10', 70)])
        self.assertEqual(self._run(), 1)
        self.assertRecordValues(self._events(self.customer, 'silent'), [
            {'number': 1, 'date': date(2026, 2, 21), 'date_back': date(2026, 3, 20)},
            {'number': 2, 'date': date(2026, 5, 27), 'date_back': False}])

    def test_not_silent(self):
        """Not who has said that it leaves, is no customer any more, or where silence is not counted."""
        gone, archived, counted = self._customers(3, name="Silent")
        self._profiles(gone + archived + counted)
        self._invoices([(partner, day, 100) for partner in (gone, archived, counted) for day in ('2026-01-01', '2026-01-11', '2026-01-21')])
        self._loss(partner=gone, kind='leave', phase='use', date='2026-02-01')
        archived.active = False
        self.company.crm_churn_silent_factor = 0
        self.assertEqual(self._run(), 0)
        self.company.crm_churn_silent_factor = 3
        self.assertEqual(self._run(), 1)
        self.assertTrue(self._events(counted, 'silent'))

    def test_companies_apart(self):
        """What was bought elsewhere is neither a rhythm nor a return here."""
        self._profiles(self.customer)
        self._profiles(self.customer, company=self.company_usd)
        days = ('2026-01-01', '2026-01-11', '2026-01-21')
        self._invoices([(self.customer, day, 100) for day in days])
        self._invoices([(self.customer, '2026-06-01', 100)], company=self.company_usd)
        self._run()
        self._run(self.company_usd)
        event = self._events(self.customer, 'silent')
        self.assertEqual(event.company_id, self.company)
        self.assertFalse(event.date_back)

    # ------------------------------------------------------------------
    # Never answered
    # ------------------------------------------------------------------

    def _asked(self, created='2026-06-01 10:00:00', **vals):
        lead = self.env['crm.lead'].with_context(**NO_MAIL).create({
            'name': "Question", 'type': 'lead', 'user_id': self.rep.id, 'company_id': self.company.id,
            'partner_id': self.customer.id, **vals})
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [created, lead.id])
        lead.invalidate_recordset(['create_date'])
        return lead

    def _unanswered(self, leads):
        return self.env['crm.churn.event'].search([('lead_id', 'in', leads.ids), ('kind', '=', 'unanswered')]).lead_id

    def test_never_answered(self):
        """On the 14th day, in Brussels; by itself for the reason that nobody followed up; and once."""
        lead, younger = self._asked('2026-06-01 21:59:00'), self._asked('2026-06-01 22:01:00')
        visitor = self._asked('2026-05-01 10:00:00', partner_id=False)
        self.assertEqual(self._run(), 2)
        self.assertEqual(self._unanswered(lead + younger + visitor), lead + visitor)
        self.assertEqual(self._run(), 0)
        events = self.env['crm.churn.event'].search([('lead_id', 'in', (lead + visitor).ids)], order='id')
        reason = self.env.ref('crm_churn.crm_churn_reason_contact').id
        self.assertRecordValues(events, [
            {'phase': 'lead', 'date': self.TODAY, 'date_first': False, 'main_reason_id': reason},
            {'phase': 'visitor', 'date': self.TODAY, 'date_first': False, 'main_reason_id': reason}])
        self.assertEqual(lead.won_status, 'pending', "The lead itself stays open: somebody may still answer.")

    def test_answered(self):
        """Written to, met, quoted, moved on, planned for today: somebody is at it. Overdue plans are none."""
        stages = self.env['crm.stage'].search([], limit=2)
        written, met, quoted, moved, planned, overdue, elsewhere = (self._asked() for _number in range(7))
        written.message_post(
            body="Hello", author_id=self.rep.partner_id.id, message_type='comment', subtype_xmlid='mail.mt_comment')
        self.env['calendar.event'].create({
            'name': "Meeting", 'opportunity_id': met.id, 'start': '2026-06-10 08:00', 'stop': '2026-06-10 09:00'})
        self._orders([(self.customer, '2026-06-02', 10)], state='draft').opportunity_id = quoted
        for stage in stages:
            moved.stage_id = stage
        planned.activity_schedule('mail.mail_activity_data_call', self.TODAY, user_id=self.rep.id)
        overdue.activity_schedule('mail.mail_activity_data_call', date(2026, 6, 14), user_id=self.rep.id)
        elsewhere.write({'user_id': self.manager_usd.id, 'team_id': False, 'company_id': self.company_usd.id})
        self._run()
        self.assertEqual(self._unanswered(written + met + quoted + moved + planned + overdue + elsewhere), overdue)
        self.company_usd.crm_churn_unanswered_days = 0
        self._run(self.company_usd)
        self.assertFalse(self._unanswered(elsewhere))

    def test_answered_after_all(self):
        lead = self._asked()
        self._run()
        event = self.env['crm.churn.event'].search([('lead_id', '=', lead.id)])
        lead.message_post(
            body="Sorry", author_id=self.rep.partner_id.id, message_type='comment', subtype_xmlid='mail.mt_comment',
            date='2026-06-15 11:00:00')
        self._run()
        self.assertEqual(event.date_back, self.TODAY)

    def test_won_after_all(self):
        lead = self._lead(probability=10)
        lead.action_set_lost()
        event = self.env['crm.churn.event'].search([('lead_id', '=', lead.id)])
        lead.action_restore()
        self._run()
        self.assertFalse(event.date_back, "Open again is not won.")
        lead.action_set_won()
        self._run()
        self.assertEqual(event.date_back, self.TODAY)

    # ------------------------------------------------------------------
    # Ended
    # ------------------------------------------------------------------

    def test_cancelled_order(self):
        """An order that had been confirmed; a quotation that is given up is no ending."""
        context = {'tracking_disable': False, 'mail_notrack': False}
        order, quotation = self._orders(
            [(self.customer, '2026-06-01', 400), (self.customer, '2026-06-01', 70)], state='draft', currency=self.usd)
        order.user_id = quotation.user_id = self.rep
        order = order.with_context(**context)
        self.env.cr.precommit.run()
        order.action_confirm()
        self.flush_tracking()
        order._action_cancel()
        quotation.with_context(**context)._action_cancel()
        self.flush_tracking()
        self.assertEqual(self._run(), 1)
        self.assertEqual(self._run(), 0)
        event = self._events(self.customer, 'contract')
        self.assertRecordValues(event, [{
            'res_model': 'sale.order', 'res_id': order.id, 'name': order.name, 'phase': 'execution', 'amount': 100, 'user_id': self.rep.id,
            'date': self.TODAY, 'company_id': self.company.id}])
        self._invoices([(self.customer, '2026-06-15', 10)])
        self._run()
        self.assertFalse(event.date_back, "On the day itself is not after it.")

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    # ------------------------------------------------------------------
    # Tiles
    # ------------------------------------------------------------------

    def test_tiles(self):
        mine = self._loss()
        self._loss(date='2026-05-31')
        self._loss(user_id=self.rep2.id, partner=self.customer2)
        self._loss(company=self.company_usd)
        mine.write({'reason_ids': [(0, 0, {'reason_id': self.price.id, 'is_main': True})]})

        def tiles(user, *args):
            return {tile['key']: tile['value'] for tile in self._as(user)['crm.tile'].get_tiles(*args) if 'loss' in tile['key']}
        self.assertEqual(tiles(self.rep), {'losses_unexplained': 1, 'losses_month': 1})
        self.assertEqual(tiles(self.manager), {'losses_unexplained': 2, 'losses_month': 2})
        self.assertEqual(tiles(self.rep, 'customer', self.customer.id), {'losses_customer': 2})
        self.assertFalse(tiles(self.employee))
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.churn.event'].search_count([])
