from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .quota_common import QuotaCommon


@tagged('post_install', '-at_install')
class TestQuotaRule(QuotaCommon):

    def _rule(self, **vals):
        return self.env['crm.visit.quota'].create({'company_id': self.company.id, 'date_from': '2026-01-01', **vals})

    def _holding(self, user=None, day=date(2026, 6, 30)):
        quotas = self.env['crm.visit.quota']
        user = user or self.rep
        team = user.crm_team_member_ids.crm_team_id[:1]
        return quotas._choose(quotas._in_force(self.company, day), self.company, user.id, team.id or None)

    def test_defaults(self):
        rule = self._rule(user_id=self.rep.id)
        self.assertEqual(
            (rule.daily_target, rule.distinct_target, rule.new_target, rule.once_a_day, rule.portfolio_limit, rule.new_definition),
            (3, 65, 0, True, 200, 'company'))

    def test_most_specific(self):
        """Person before team before company, and it says why."""
        self.assertEqual(self._holding(), self.rule)
        team = self._rule(team_id=self.team.id)
        self.assertEqual((self._holding(), self._holding(self.rep2)), (team, self.rule))
        own = self._rule(user_id=self.rep.id)
        self.assertEqual(self._holding(), own)
        self.assertIn("person", own._explain())
        self.assertIn("Grading Team", team._explain())
        self.assertIn("company", self.rule._explain())

    def test_validity(self):
        """In force on the last day of the month, both days included; a gap is fine."""
        self.rule.date_until = '2026-06-30'
        later = self._rule(date_from='2026-08-01')
        for day, expected in ((date(2026, 6, 30), self.rule), (date(2026, 7, 31), later.browse()), (date(2026, 8, 1), later)):
            with self.subTest(day=day):
                self.assertEqual(self._holding(day=day), expected)

    def test_overlap(self):
        cases = [('2026-06-30', '2026-06-30', False), ('2026-06-30', '2026-07-01', True), (False, '2030-01-01', False)]
        for until, start, fine in cases:
            with self.subTest(until=until, start=start):
                self.rule.date_until = until
                if fine:
                    self._rule(date_from=start).unlink()
                else:
                    with self.assertRaises(ValidationError):
                        self._rule(date_from=start)
        self._rule(team_id=self.team.id, date_from='2026-01-01')
        self.env['crm.visit.quota'].create({'company_id': self.company_usd.id, 'date_from': '2026-01-01'})

    def test_archived_does_not_overlap(self):
        self.rule.active = False
        self._rule()
        with self.assertRaises(ValidationError):
            self.rule.active = True

    def test_refused(self):
        with self.assertRaises(ValidationError):
            self._rule(team_id=self.team.id, user_id=self.rep.id)
        for vals in ({'daily_target': -1}, {'distinct_target': 101}, {'new_definition': 'months', 'new_months': 0},
                     {'date_until': '2025-12-31'}, {'portfolio_limit': -1}):
            with self.subTest(vals=vals), self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                self._rule(user_id=self.rep2.id, **vals).flush_recordset()
