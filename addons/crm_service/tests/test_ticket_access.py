from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestTicketAccess(ServiceCommon):
    """Who sees and changes which tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.of_hotline = cls._ticket()
        cls.of_workshop = cls._ticket(team_id=cls.workshop.id, partner_id=cls.person2.id)
        cls.of_nobody = cls._ticket(team_id=False, partner_id=cls.person2.id)
        cls.abroad = cls._ticket(company=cls.company_usd, partner_id=cls.person2.id)
        cls.all = cls.of_hotline + cls.of_workshop + cls.of_nobody + cls.abroad

    def _seen(self, user):
        return self.env['crm.ticket'].with_env(self._as(user)).search([('id', 'in', self.all.ids)])

    def test_who_reads(self):
        for user, seen in (
                (self.agent, self.of_hotline + self.of_nobody), (self.agent3, self.of_workshop + self.of_nobody),
                (self.service_lead, self.of_hotline + self.of_nobody), (self.agent_usd, self.abroad),
                (self.service_manager, self.all - self.abroad), (self.rep, self.of_hotline), (self.rep2, self.all.browse()),
                (self.leads_all, self.all - self.abroad)):
            with self.subTest(user=user.name):
                self.assertEqual(set(self._seen(user).ids), set(seen.ids))
        with self.assertRaises(AccessError):
            self._seen(self.employee)
        self.assertEqual(
            set(self.env['crm.ticket'].with_env(self._as(self.service_manager, self.company_usd)).search([('id', 'in', self.all.ids)]).ids),
            set(self.abroad.ids))

    def test_who_writes(self):
        self._by(self.of_hotline).title = "By the agent"
        for user, ticket in ((self.agent3, self.of_hotline), (self.rep, self.of_hotline), (self.leads_all, self.of_hotline),
                             (self.employee, self.of_nobody), (self.agent, self.of_workshop)):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(ticket, user).write({'title': "Not mine"})
        with self.assertRaises(AccessError):
            self._by(self.of_hotline).unlink()
        with self.assertRaises(AccessError):
            self._by(self.env['crm.ticket'], self.rep).create({'title': "No agent"})

    def test_assigned_from_another_team(self):
        self.of_workshop.user_id = self.agent
        self._by(self.of_workshop).title = "Mine now"
        self.assertEqual(self.of_workshop.title, "Mine now")

    def test_who_sets_up(self):
        self._by(self.hotline, self.service_lead).write({'assignment': 'turn'})
        for user, record in ((self.service_lead, self.workshop), (self.agent, self.hotline), (self.rep, self.hotline)):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._by(record, user).write({'assignment': 'load'})
        for model in ('crm.ticket.type', 'crm.ticket.stage'):
            record = self.env[model].search([], limit=1)
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._by(record, self.service_lead).write({'name': "Mine"})
            self._by(record, self.service_manager).write({'name': "Ours"})
