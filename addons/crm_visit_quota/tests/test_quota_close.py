from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .quota_common import QuotaCommon


@tagged('post_install', '-at_install')
class TestQuotaClose(QuotaCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.may = cls._visits([(cls.customer, '2026-05-04'), (cls.customer2, '2026-05-05'), (cls.customer, '2026-05-06')])

    def _close(self, day='2026-05-01', user=None):
        month = self._month(day)
        return month.with_env(self._as(user or self.manager)).action_close()

    def _figures(self, result):
        return result.read(['visit_count', 'distinct_count', 'new_count', 'target_visits', 'status', 'working_days', 'rank_company'])

    def setUp(self):
        super().setUp()
        self._count()

    def test_close(self):
        self._close()
        result = self._result(day='2026-05-01')
        self.assertEqual((result.state, self._month('2026-05-01').closed_by_id), ('closed', self.manager))
        self.assertEqual(self._result().state, 'open')

    def test_frozen(self):
        """Neither later visits, nor changed ones, nor another quota, nor leave alters a closed month."""
        self._close()
        result = self._result(day='2026-05-01')
        before = self._figures(result)
        self._visits([(self.foreign, '2026-05-11')])
        self.may[1].kind_id = self.phone
        self.rule.daily_target = 9
        self.env['resource.calendar.leaves'].create({
            'name': "Off", 'date_from': '2026-05-04 00:00:00', 'date_to': '2026-05-04 22:00:00',
            'calendar_id': self.company.resource_calendar_id.id})
        self._count()
        self.assertEqual(self._figures(result), before)
        self.assertEqual(len(self._opened(result, 'action_open_visits')), result.visit_count)
        self.assertEqual(len(self._opened(result, 'action_open_new')), result.new_count)

    def test_late_and_withdrawn(self):
        """What came late and what no longer counts is a correction of the open month, once, however often it is counted."""
        self._close()
        late = self._visits([(self.foreign, '2026-05-11'), (self.foreign, '2026-05-12')])
        self.may[1].kind_id = self.phone
        for _time in range(2):
            self._count()
        correction = self._result(kind='correction')
        self.assertEqual((correction.visit_count, correction.late_count, correction.withdrawn_count), (1, 2, 1))
        self.assertEqual(self._opened(correction, 'action_open_late'), late[::-1])
        self.assertEqual(self._opened(correction, 'action_open_withdrawn'), self.may[1])
        self.assertEqual(self._result(day='2026-05-01').late_entry_count, 2)
        self.assertEqual(self._opened(self._result(day='2026-05-01'), 'action_open_late'), late[::-1])
        self.assertEqual(self._month('2026-05-01').late_count, 2)
        self.assertFalse(correction.status or correction.rank_company)
        regular = self._result()
        self.assertEqual((regular.visit_count, regular.late_count), (0, 0))
        quarter = self._result(day='2026-04-01', period='quarter')
        self.assertEqual((quarter.visit_count, quarter.late_count, quarter.withdrawn_count), (4, 2, 1))
        self.assertEqual(quarter.distinct_count, 2, "The customer whose only visit was taken back is none of the quarter.")
        self.assertEqual(len(self._opened(quarter, 'action_open_visits')), 4)

    def test_undone_correction(self):
        """What is put right again before the open month is closed leaves no trace."""
        self._close()
        self.may[1].kind_id = self.phone
        self._count()
        self.assertEqual(self._result(kind='correction').withdrawn_count, 1)
        self.may[1].kind_id = self.onsite
        self._count()
        self.assertFalse(self._result(kind='correction'))

    def test_same_day_as_counted(self):
        """A second visit to a customer on a day that counted already is no late entry."""
        self._close()
        self._visits([(self.customer, '2026-05-04 06:00')])
        self._count()
        self.assertFalse(self._result(kind='correction'))

    def test_moved_to_an_open_month(self):
        """A visit that turns out to be of June is taken back from May and counted in June: once in the end."""
        self._close()
        self.may[0].write({'actual_start': datetime(2026, 6, 2, 8), 'actual_end': datetime(2026, 6, 2, 9)})
        self._count()
        self.assertEqual((self._result().visit_count, self._result(kind='correction').visit_count), (1, -1))
        self.assertEqual(self._result(day='2026-04-01', period='quarter').visit_count, 3)

    def test_another_person(self):
        """A visit that was a colleague's is taken back from the one and given to the other."""
        self._close()
        self.may[0].user_id = self.rep2
        self._count()
        self.assertEqual(self._result(kind='correction').visit_count, -1)
        self.assertEqual(self._result(self.rep2, kind='correction').visit_count, 1)

    def test_next_closing(self):
        """A correction is frozen with its month and not entered a second time; what is changed back later is a new one."""
        self._close()
        self.may[1].kind_id = self.phone
        with freeze_time('2026-07-06 12:00:00'):
            self._count()
            self._close('2026-06-01')
            self.assertEqual(self._result(kind='correction').state, 'closed')
            self._count()
            self.assertFalse(self._result(day='2026-07-01', kind='correction'))
            self.may[1].kind_id = self.onsite
            self._count()
            self.assertEqual(self._result(day='2026-07-01', kind='correction').late_count, 1)
            self.assertEqual(self._result(kind='correction').withdrawn_count, 1)
            self.assertEqual(self._result(day='2026-01-01', period='year').visit_count, 3)

    def test_order(self):
        """Not before it is over, and one after the other."""
        with self.assertRaises(UserError):
            self._close('2026-06-01')
        with freeze_time('2026-07-01 12:00:00'):
            with self.assertRaises(UserError):
                self._close('2026-06-01')
            self._close('2026-05-01')
            self._close('2026-06-01')

    def test_over_where_the_company_is(self):
        """In Brussels May is over at 22:00 UTC."""
        for moment, fine in (('2026-05-31 21:59:59', False), ('2026-05-31 22:00:00', True)):
            with self.subTest(moment=moment), freeze_time(moment):
                if fine:
                    self._close()
                else:
                    with self.assertRaises(UserError):
                        self._close()

    def test_reopen(self):
        """Only with a reason, only the last; then the figures follow the visits again."""
        self._close()
        self._visits([(self.foreign, '2026-05-11')])
        self._count()
        self.assertEqual(self._result(kind='correction').late_count, 1)
        month = self._month('2026-05-01').with_env(self._as(self.manager))
        for reason in ('', '  ', False):
            with self.assertRaises(UserError):
                month.action_reopen(reason)
        wizard = month.env['crm.visit.quota.reopen'].create({'month_id': month.id, 'reason': "A day was forgotten"})
        wizard.action_reopen()
        self.assertEqual((month.state, month.reopen_reason), ('open', "A day was forgotten"))
        self.assertEqual((self._result(day='2026-05-01').visit_count, self._result(day='2026-05-01').state), (4, 'open'))
        self.assertFalse(self._result(kind='correction'))

    def test_reopen_in_order(self):
        with freeze_time('2026-07-06 12:00:00'):
            self._count()
            self._close('2026-05-01')
            self._close('2026-06-01')
            with self.assertRaises(UserError):
                self._month('2026-05-01').action_reopen("Why not")
            self._month('2026-06-01').action_reopen("Why not")

    def test_who_may(self):
        for user in (self.rep, self.lead, self.leads_all):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._close(user=user)
        self._close()
        with self.assertRaises(AccessError):
            self._month('2026-05-01').with_env(self._as(self.lead)).action_reopen("Please")

    def test_deletion(self):
        """What a closed month has counted cannot be deleted, what an open one has can."""
        june = self._visits([(self.customer, '2026-06-01')])
        self._close()
        self._count()
        with self.assertRaises(UserError):
            self.may[0].with_user(self.manager).unlink()
        june.with_user(self.manager).unlink()
        self._count()
        self.assertEqual(self._result().visit_count, 0)

    def test_outcome_goes_on(self):
        """An order after the closing is still the outcome of a visit before it, until the days are over."""
        self._close()
        self._orders([(self.customer, '2026-06-10', 5)])
        self._run_night()
        result = self._result(day='2026-05-01')
        self.assertEqual((result.order_visit_count, result.visit_count), (2, 3))
        self.assertEqual(self._result(day='2026-04-01', period='quarter').order_visit_count, 2)

    def test_closes_by_itself(self):
        """Only where the company wants it, and from the day after its days for late entries."""
        self.company.crm_quota_close_days = 10
        for moment, state in (('2026-06-10 12:00:00', 'open'), ('2026-06-11 12:00:00', 'closed')):
            with self.subTest(moment=moment), freeze_time(moment):
                self._run_night()
                self.assertEqual(self._month('2026-05-01').state, state)

    # ------------------------------------------------------------------
    # The nightly job
    # ------------------------------------------------------------------

    def test_cron(self):
        """It creates what is missing, counts every open month and can be run again."""
        self._visits([(self.customer, '2026-03-02')])
        self._run_night()
        self._run_night()
        self.assertEqual(
            self.months.search([('company_id', '=', self.company.id)]).mapped('date'),
            [datetime(2026, number, 1).date() for number in (6, 5, 4, 3)])
        self.assertEqual(self._result(day='2026-03-01').visit_count, 1)

    def test_cron_is_interrupted(self):
        """Stopped after any step and run again, it comes to the same end."""
        self._visits([(self.customer, '2026-06-01')])
        for _step in range(3):
            with patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 0):
                self._run_night()
        self._run_night()
        self.assertEqual((self._result().visit_count, self._result(day='2026-05-01').visit_count), (1, 3))

    def test_cron_goes_on(self):
        """A company that fails does not keep the others from being counted."""
        self._visits([(self.customer, '2026-06-01')])
        self._visits([(self.env['res.partner'].create({'name': "Shared"}), '2026-06-01')], user=self.manager_usd, company=self.company_usd)
        store = type(self.env['crm.visit.quota.result'])._store_month

        def fail(results, month, people):
            if month.company_id == self.company:
                raise ValueError("broken")
            return store(results, month, people)

        with patch.object(type(self.env['crm.visit.quota.result']), '_store_month', fail), self.assertLogs(
                'odoo.addons.crm_visit_quota.models.crm_visit_quota_month', 'ERROR'):
            self.months._cron_refresh()
        self.assertEqual(self._result(self.manager_usd, company=self.company_usd).visit_count, 1)

    def test_counted_by_somebody_else(self):
        """Two counts of a company at a time: the second one is told to wait."""
        month = self._open_months(self.company_usd)
        with self.registry.cursor() as other:
            other.execute("SELECT pg_try_advisory_xact_lock(20191124, %s)", (self.company_usd.id,))
            self.assertTrue(other.fetchone()[0])
            with self.assertRaises(UserError):
                month._refresh()
        month._refresh()
