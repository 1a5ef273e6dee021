from freezegun import freeze_time

from odoo.tests import tagged

from .quota_common import QuotaCommon


@tagged('post_install', '-at_install')
class TestQuotaResult(QuotaCommon):

    def _regulars(self, count):
        """Customers visited in May, by nobody new in June."""
        partners = self._customers(count, "Regular", company_id=self.company.id)
        self._visits([(partner, '2026-05-04') for partner in partners], user=self.rep2)
        return partners

    def _workdays(self, count, month=6):
        return [f'2026-{month:02}-{day:02}' for day in range(1, 31) if (day - 1) % 7 < 5][:count]

    # ------------------------------------------------------------------
    # Counts
    # ------------------------------------------------------------------

    def test_counts(self):
        first, second, third = self._regulars(3)
        self._visits([(first, '2026-06-01'), (second, '2026-06-01'), (first, '2026-06-02'), (self.customer, '2026-06-03')])
        self._visits([(third, '2026-06-03')], kind=self.phone)     # phone calls do not count
        self._visits([(third, '2026-06-04')], state='planned')
        self._visits([(third, '2026-05-29')])
        self._count()
        result = self._result()
        self.assertEqual((result.visit_count, result.distinct_count, result.new_count), (4, 3, 1))
        self.assertEqual((result.working_days, result.working_days_to_date, result.working_days_left), (22, 11, 12))
        self.assertEqual((result.average, result.distinct_share, result.new_share), (0.36, 75.0, 33.33))
        self.assertEqual((result.target_visits, result.target_stretch, result.missing), (66, 72.6, 62))
        self.assertEqual(result.behind, 26, "3 visits on each of the 10 days that are over, less 4")
        self.assertEqual((result.fulfilment, result.status), (6.06, 'running'))
        self.assertEqual((result.reached_visits, result.reached_distinct, result.reached_new), (False, True, True))
        self.assertEqual((result.rule_id, result.team_id, result.state), (self.rule, self.team, 'open'))

    def test_same_day_again(self):
        """Once a day is an option; what does not count can be looked at."""
        self._visits([(self.customer, '2026-06-01 08:00'), (self.customer, '2026-06-01 13:00'), (self.customer, '2026-06-02 08:00')])
        self._visits([(self.customer, '2026-06-01 09:00')], user=self.rep2)
        self._count()
        self.assertEqual((self._result().visit_count, self._result().repeat_count, self._result().distinct_count), (2, 1, 1))
        self.assertEqual(self._result(self.rep2).visit_count, 1)
        self.assertEqual(len(self._opened(self._result(), 'action_open_repeat')), 1)
        self.rule.once_a_day = False
        self._count()
        self.assertEqual((self._result().visit_count, self._result().repeat_count), (3, 0))

    def test_time_zone(self):
        """A visit at 23:30 on the last day of May is one of May where the person works."""
        for tz, moment, month in (
                ('Europe/Brussels', '2026-05-31 21:30', '2026-05-01'), ('Europe/Brussels', '2026-05-31 22:30', '2026-06-01'),
                ('America/New_York', '2026-06-01 03:30', '2026-05-01'), ('Asia/Shanghai', '2026-05-31 15:30', '2026-05-01'),
                ('Asia/Shanghai', '2026-05-31 16:30', '2026-06-01')):
            with self.subTest(tz=tz, moment=moment):
                self.rep.tz = tz
                visit = self._visits([(self.customer, moment)], hours=0.25)
                self._count()
                counted = {day: self._result(day=day).visit_count for day in ('2026-05-01', '2026-06-01')}
                self.assertEqual(counted, {'2026-05-01': 0, '2026-06-01': 0, month: 1})
                visit.with_user(self.manager).unlink()

    def test_boundaries(self):
        """A target is reached from its value on."""
        regulars = self._regulars(20)
        self.rule.write({'daily_target': 0, 'new_target': 0})
        for distinct, visits, reached in ((13, 20, True), (12, 20, False)):
            with self.subTest(distinct=distinct):
                old = self.env['crm.visit'].search([('user_id', '=', self.rep.id)])
                self.env['crm.visit.quota.entry'].search([('visit_id', 'in', old.ids)]).unlink()
                old.with_user(self.manager).unlink()
                days = self._workdays(10)
                rows = [(regulars[number % distinct], days[number // 2]) for number in range(visits)]
                self._visits(rows)
                self._count()
                result = self._result()
                self.assertEqual((result.visit_count, result.distinct_count), (visits, distinct))
                self.assertEqual(result.reached_distinct, reached)
                self.assertEqual(result.status, 'reached' if reached else 'running')
                self.assertEqual(result.reached_count, reached)

    def test_visits_boundary(self):
        """One visit less is not enough; stretch is a level of its own."""
        regulars = self._regulars(24)
        self.rule.write({'daily_target': 1, 'distinct_target': 0, 'new_target': 0, 'stretch': 9})
        days = self._workdays(11)
        for number, (count, reached, stretched) in enumerate(((21, False, False), (22, True, False), (24, True, True))):
            with self.subTest(count=count):
                have = 0 if not number else (21, 22)[number - 1]
                self._visits([(regulars[place], days[place % 11]) for place in range(have, count)])
                self._count()
                result = self._result()
                self.assertEqual((result.visit_count, result.reached_visits, result.is_stretch), (count, reached, stretched))
                self.assertEqual(result.missing, max(0, 22 - count))

    # ------------------------------------------------------------------
    # What is new
    # ------------------------------------------------------------------

    def test_new_definitions(self):
        """Never by the company, never by this person, not within N months (exactly N months ago is new again)."""
        never, colleague, own, edge, inside = self._customers(5, "Seen", company_id=self.company.id)
        self._visits([(colleague, '2026-05-20')], user=self.rep2)
        self._visits([(own, '2025-05-20'), (edge, '2025-06-03'), (inside, '2025-06-04')])
        self._visits([(partner, '2026-06-03') for partner in (never, colleague, own, edge, inside)])
        for definition, expected in (
                ('company', never), ('rep', never + colleague), ('months', never + own + edge)):
            with self.subTest(definition=definition):
                self.rule.write({'new_definition': definition, 'new_months': 12})
                self._count()
                self.assertEqual(self._result().new_count, len(expected))
                self.assertEqual(self._opened(self._result(), 'action_open_new').partner_id, expected)

    def test_new_for_the_first(self):
        """Of two people who visit a new customer, the first has found it; a phone call before makes nobody an old customer."""
        self._visits([(self.customer, '2026-06-01')], kind=self.phone)
        self._visits([(self.customer, '2026-06-02 09:00')], user=self.rep2)
        self._visits([(self.customer, '2026-06-02 08:00'), (self.customer, '2026-06-09')])
        self._count()
        self.assertEqual((self._result().new_count, self._result(self.rep2).new_count), (1, 0))

    # ------------------------------------------------------------------
    # No division by zero
    # ------------------------------------------------------------------

    def test_no_working_days(self):
        """Nothing is expected, and that is what it says."""
        self.company.resource_calendar_id.attendance_ids.unlink()
        self._visits([(self.customer, '2026-06-01')])
        self._count()
        result = self._result()
        self.assertEqual((result.status, result.visit_count, result.target_visits, result.average, result.rank_company), (
            'no_days', 1, 0, 0, 0))
        self.assertIn("No working days", result.explanation)

    def test_no_visits(self):
        self._count()
        result = self._result()
        self.assertEqual((result.status, result.visit_count, result.distinct_share, result.reached_distinct), ('running', 0, 0, False))

    def test_over(self):
        """Not reached is said when no working day is left."""
        self._visits([(self.customer, '2026-06-01')])
        for moment, status in (('2026-06-30 12:00:00', 'running'), ('2026-07-01 12:00:00', 'missing')):
            with self.subTest(moment=moment), freeze_time(moment):
                self._count()
                self.assertEqual(self._result().status, status)

    def test_no_rule(self):
        self.rule.unlink()
        self._visits([(self.customer, '2026-06-01')])
        self._count()
        self.assertEqual((self._result().status, self._result().visit_count, self._result().rank_company), ('no_target', 1, 0))
        self.assertIn("No quota", self._result().explanation)

    def test_who_counts(self):
        """Members of teams, people with a quota of their own, and whoever made a visit; nobody else."""
        self._visits([(self.foreign, '2026-06-01')], user=self.rep2)
        self.env['crm.visit.quota'].create({'company_id': self.company.id, 'user_id': self.leads_all.id, 'date_from': '2026-01-01'})
        self._count()
        found = self.env['crm.visit.quota.result'].search([('month_id', '=', self._month().id)]).user_id
        self.assertEqual(found, self.rep + self.rep2 + self.lead + self.leads_all)
        self.lead.crm_quota_until = '2026-05-31'
        self._count()
        self.assertFalse(self._result(self.lead), "Who has left has no result any more.")

    # ------------------------------------------------------------------
    # Comparison and places
    # ------------------------------------------------------------------

    def test_changes(self):
        """Against the month before and the same month last year; nothing to compare with is not zero."""
        self._visits([(self.customer, '2025-06-10'), (self.customer2, '2025-06-11'), (self.customer, '2026-05-05')])
        self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-02'), (self.foreign, '2026-06-03')])
        self._count()
        result = self._result()
        self.assertEqual((result.change_previous, result.change_year, result.has_previous, result.has_year), (2, 1, True, True))
        first = self._result(day='2025-06-01')
        self.assertEqual((first.has_previous, first.has_year), (False, False))
        self.assertEqual(self._result(day='2026-04-01', period='quarter').change_year, 2)

    def test_ranks_are_shared(self):
        self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-02')])
        self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-02')], user=self.lead)
        self._visits([(self.foreign, '2026-06-01')], user=self.rep2)
        self._count()
        ranks = {user.name: (self._result(user).rank_company, self._result(user).rank_team) for user in (self.rep, self.lead, self.rep2)}
        self.assertEqual(ranks, {"Rep": (1, 1), "Lead": (1, 1), "Rep2": (3, 0)})

    def test_joiner_pro_rata(self):
        """Who joins in the middle is measured by the days since."""
        self.rep.crm_quota_from = '2026-06-16'
        self._count()
        result = self._result()
        self.assertEqual((result.working_days, result.target_visits, result.behind, result.average), (11, 33, 0, 0))

    # ------------------------------------------------------------------
    # Quarter and year
    # ------------------------------------------------------------------

    def test_quarter(self):
        """Visits and days add up, a customer of two months is one customer of the quarter."""
        self._visits([(self.customer, '2026-04-01'), (self.customer, '2026-05-05'), (self.customer2, '2026-05-06'),
                      (self.customer, '2026-06-01')])
        self._count()
        months = [self._result(day=f'2026-0{number}-01') for number in (4, 5, 6)]
        quarter, year = self._result(day='2026-04-01', period='quarter'), self._result(day='2026-01-01', period='year')
        for result in (quarter, year):
            for name in ('visit_count', 'working_days', 'target_visits'):
                self.assertEqual(result[name], sum(month[name] for month in months), name)
            self.assertEqual((result.distinct_count, result.distinct_share, result.new_count), (2, 50.0, 2))
            self.assertEqual(len(self._opened(result, 'action_open_visits')), 4)
        self.assertEqual(sum(month.distinct_count for month in months), 4)
        self.assertEqual(quarter.target_stretch, round(quarter.target_visits * 1.1, 2))
        self.assertEqual((quarter.target_distinct, months[0].target_distinct), (0, 65), "Shares are expected of a month.")

    def test_shares_of_groups(self):
        """Shares of a group come from its counts, not from the shares of its members."""
        self._visits([(self.customer, '2026-06-01'), (self.customer, '2026-06-02'), (self.customer, '2026-06-03')])
        self._visits([(self.foreign, '2026-06-01')], user=self.rep2)
        self._count()
        [(distinct, average)] = self.env['crm.visit.quota.result']._read_group(
            [('month_id', '=', self._month().id), ('user_id', 'in', (self.rep + self.rep2).ids)], [], ['distinct_share:avg', 'average:avg'])
        self.assertEqual((distinct, round(average, 4)), (50, round(4 / 22, 4)))
        [(customers, visits)] = self.env['crm.visit.quota.entry']._read_group(
            [('company_id', '=', self.company.id)], [], ['partner_id:count_distinct', 'sign:sum'])
        self.assertEqual((customers, visits), (2, 4))

    # ------------------------------------------------------------------
    # What came out
    # ------------------------------------------------------------------

    def test_collected(self):
        """Payments of the month on invoices of the person; what was paid back counts as negative."""
        invoices = self._invoices([(self.customer, '2026-05-20', 100), (self.customer, '2026-06-01', 300)])
        refund = self._refunds([(self.customer, '2026-06-02', 50)])
        (invoices + refund).invoice_user_id = self.rep
        self._pay([(invoices[0], '2026-06-03', None), (invoices[1], '2026-06-04', 120), (refund, '2026-06-05', None)])
        self._count()
        self.assertEqual(self._result().collected_amount, 100 + 120 - 50)
        self.assertEqual(self._result(day='2026-04-01', period='quarter').collected_amount, 170)

    def test_signings(self):
        """Confirmed orders of the month, in the company's currency at the order's own rate, and whom they made a customer."""
        self._orders([(self.customer, '2025-12-10', 10)]).user_id = self.rep
        orders = self._orders([(self.customer, '2026-06-02', 100), (self.person, '2026-06-03', 50), (self.customer2, '2026-06-04', 70)])
        orders += self._orders([(self.customer2, '2026-06-05', 80)], currency=self.usd)
        draft = self._orders([(self.foreign, '2026-06-05', 999)], state='draft')
        (orders + draft).user_id = self.rep
        self._count()
        result = self._result()
        self.assertEqual((result.signing_count, result.signing_amount, result.new_signed_count), (4, 100 + 50 + 70 + 20, 1))
        self.assertEqual(self._opened(result, 'action_open_signings'), orders.sorted('id', reverse=True))
        quarter = self._result(day='2026-04-01', period='quarter')
        self.assertEqual((quarter.signing_count, quarter.signing_amount), (4, 240))

    def test_conversion(self):
        """Visits followed by an opportunity or an order of the customer within the days, both ends included."""
        self.company.crm_quota_conversion_days = 10
        self._visits([(self.customer, '2026-05-11'), (self.customer, '2026-05-12'), (self.customer2, '2026-05-12'),
                      (self.foreign, '2026-05-13')])
        self._orders([(self.person, '2026-05-22', 5)])
        lead = self.env['crm.lead'].create({
            'name': "Deal", 'type': 'opportunity', 'partner_id': self.customer2.id, 'company_id': self.company.id})
        lead.date_conversion = '2026-05-12 10:00:00'
        self._count()
        result = self._result(day='2026-05-01')
        self.assertEqual((result.order_visit_count, result.order_share), (1, 25.0))
        self.assertEqual((result.lead_visit_count, result.lead_share), (1, 25.0))
        self.assertEqual(self._opened(result, 'action_open_order_visits').mapped('date')[0].day, 12)
        self.assertEqual(self._opened(result, 'action_open_lead_visits').partner_id, self.customer2)

    def test_portfolio(self):
        self.rule.portfolio_limit = 1
        self._profiles(self.customer + self.customer2)
        self._count()
        result = self._result()
        self.assertEqual((result.portfolio_count, result.portfolio_over), (2, 1))
        self.assertEqual(len(self._opened(result, 'action_open_portfolio')), 2)

    def test_drill_down(self):
        """Every number opens exactly its visits, whatever happened to them since the count."""
        visits = self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-01'), (self.customer, '2026-06-02')])
        self._count()
        result = self._result()
        visits[0].kind_id = self.phone
        self._visits([(self.customer, '2026-06-04')])
        self.assertEqual(len(self._opened(result, 'action_open_visits')), result.visit_count)
        self.assertEqual(len(self._opened(result, 'action_open_distinct')), result.distinct_count)
        self.assertEqual(len(self._opened(result, 'action_open_new')), result.new_count)

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_again_writes_nothing(self):
        """Counting again what has not changed writes no row."""
        self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-02')])
        self._count()
        versions = (
            "SELECT xmin::text, id FROM crm_visit_quota_result UNION ALL SELECT xmin::text, id FROM crm_visit_quota_entry ORDER BY 2, 1")
        self.env.cr.execute("SAVEPOINT counted")   # a sub-transaction has its own number, which a row written in it would carry
        self.env.cr.execute(versions)
        before = self.env.cr.fetchall()
        self._count()
        self.env.cr.execute(versions)
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_companies(self):
        """A person of two companies has a result in each, from its visits and in its currency."""
        self.env['crm.visit.quota'].create({'company_id': self.company_usd.id, 'date_from': '2026-01-01'})
        shared = self._customers(1, "Shared")
        self._visits([(shared, '2026-06-01')], user=self.manager)
        self._visits([(shared, '2026-06-01'), (shared, '2026-06-02')], user=self.manager, company=self.company_usd)
        for company in (self.company, self.company_usd):
            self._orders([(shared, '2026-06-03', 100)], company=company).user_id = self.manager
            self._count(company)
        europe, america = (self._result(self.manager, company=company) for company in (self.company, self.company_usd))
        self.assertEqual((europe.visit_count, america.visit_count), (1, 2))
        self.assertEqual((europe.new_count, america.new_count), (1, 1))
        self.assertEqual((europe.signing_amount, america.signing_amount), (100, 100))
        self.assertEqual((europe.currency_id, america.currency_id), (self.eur, self.usd))

    def test_queries(self):
        """As many queries for many people as for few."""
        counts = []
        for users in (self.rep, self.rep + self.rep2 + self.lead + self.leads_all + self.manager):
            for user in users:
                self._visits([(self.customer, '2026-06-01'), (self.customer2, '2026-06-02')], user=user)
            month = self._open_months()
            month._refresh()   # fill the caches that live longer than a transaction
            self._visits([(self.foreign, '2026-06-03')], user=users[-1])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            month._refresh()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
