from odoo.tests import tagged

from .sla_common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaShare(SlaCommon):
    """How many promises are kept and how long they take: by whatever reports group by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy('resolution', 2)
        cls.of_workshop = cls._policy('resolution', 1, team_ids=cls.workshop.ids)
        cls.cause = cls.env['crm.breach.cause'].create({'name': "Part missing"})

    def _solved(self, moment, **vals):
        """Make a ticket at 14:00 on Monday and solve it at a moment."""
        ticket = self._ticket(**vals)
        with self._at(moment):
            ticket._move('solved')
        return ticket

    def _groups(self, by, *figures, **domain):
        rows = self._by(self.env['crm.ticket.sla'], self.service_manager)._read_group(
            [('company_id', '=', self.company.id), *((name, '=', value) for name, value in domain.items())], [by] if by else [],
            [f'{figure}:avg' for figure in figures])
        return {row[0]: row[1:] for row in rows} if by else rows[0]

    def test_kept_by_whatever(self):
        grade = self.env['crm.grade'].create({'name': "A1", 'company_id': self.company.id})
        self._profiles(self.customer2).grade_id = grade
        for moment in ('Mon 15:00', 'Mon 16:00', 'Mon 16:01'):     # before, at and after two hours
            late = self._solved(moment, user_id=self.agent.id)
        self._solved('Mon 15:30', partner_id=self.person2.id, user_id=self.agent2.id, team_id=self.workshop.id)
        self._ticket(user_id=self.agent.id)      # runs: neither kept nor broken
        self._ticket('cancelled')
        late.sla_ids.sudo().cause_id = self.cause
        for by, expected in (
                ('policy_id', {self.policy: 66.7, self.of_workshop: 0}), ('team_id', {self.hotline: 66.7, self.workshop: 0}),
                ('grade_id', {self.env['crm.grade']: 66.7, grade: 0}), ('user_id', {self.agent: 66.7, self.agent2: 0}),
                ('cause_id', {self.env['crm.breach.cause']: 66.7, self.cause: 0})):
            with self.subTest(by=by):
                found = {
                    key.with_env(self.env): share if share is None else round(float(share), 1)
                    for key, (share,) in self._groups(by, 'kept_share').items()}
                self.assertEqual({key: found[key] for key in expected}, expected)
        self.assertEqual(float(self._groups(None, 'kept_share')[0]), 50)
        self.assertFalse(self._groups(None, 'kept_share', state='running')[0])

    def test_trend(self):
        with self._at('Mon 13:00'):
            old = self._ticket()
        old.sla_ids.sudo().date_start = '2026-05-20 08:00:00'
        self._watch('Mon 16:00')
        with self._at('Mon 16:30'):
            old._move('solved')
        old.sla_ids.sudo().date_start = '2026-05-20 08:00:00'
        self._solved('Mon 15:00')
        self.env.flush_all()
        shares = {month.month: float(share) for month, (share,) in self._groups('date_start:month', 'kept_share').items()}
        self.assertEqual(shares, {5: 0, 6: 100})

    def test_percentiles_of_working_time(self):
        for number in range(1, 12):      # 10 to 110 minutes
            self._solved(f'Mon {14 + number // 6}:{number % 6}0')
        self._solved('Tue 09:00', team_id=self.workshop.id)      # 3 hours on Monday, one on Tuesday
        median, p90 = self._groups(None, 'used_median', 'used_p90', team_id=self.hotline.id)
        self.assertEqual((round(median * 60, 4), round(p90 * 60, 4)), (60, 100))
        self.assertEqual(self._groups(None, 'used_median', team_id=self.workshop.id), (4,))
        self.assertFalse(self._groups(None, 'used_median', state='running')[0])
