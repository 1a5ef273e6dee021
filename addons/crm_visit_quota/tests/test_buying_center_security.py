from odoo.exceptions import AccessError
from odoo.tests import tagged

from .buying_center_common import BuyingCenterCommon


@tagged('post_install', '-at_install')
class TestBuyingCenterSecurity(BuyingCenterCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_playbook_mode = 'warn'
        cls.env['crm.stage.action'].create({'name': "Agree", 'stage_id': cls.proposition.id})
        cls.own = cls.deal
        cls.unassigned = cls._deals(1, "Unassigned", user_id=False)
        cls.foreign = cls._deals(1, "Foreign", user_id=cls.rep2.id, team_id=False, stage_id=cls.proposition.id)
        cls.american = cls._deals(
            1, "American", partner_id=False, user_id=cls.manager_usd.id, team_id=False, company_id=cls.company_usd.id)
        cls.deals = cls.own + cls.unassigned + cls.foreign + cls.american
        cls.stakeholders = cls.env['crm.stakeholder'].create([
            {'lead_id': deal.id, 'partner_id': cls.consultant.id} for deal in cls.deals])
        cls.env['crm.stage.skip'].create([{
            'lead_id': deal.id, 'company_id': deal.company_id.id, 'action_name': "Agree", 'user_id': cls.rep.id, 'mode': 'warn'}
            for deal in cls.deals])
        cls.env.flush_all()

    def _seen(self, user, model):
        return self._as(user)[model].search([('lead_id', 'in', self.deals.ids)]).lead_id.sudo().mapped('name')

    def test_who_sees_what(self):
        """As the opportunities themselves, plus those of the team one leads; never those of another company."""
        expected = {
            self.rep: {"Deal 1", "Unassigned 1"}, self.rep2: {"Unassigned 1", "Foreign 1"}, self.lead: {"Deal 1", "Unassigned 1"},
            self.leads_all: {"Deal 1", "Unassigned 1", "Foreign 1"}, self.manager: {"Deal 1", "Unassigned 1", "Foreign 1"},
            self.manager_usd: {"American 1"},
        }
        for model in ('crm.stakeholder', 'crm.stage.skip', 'crm.buying.center.report', 'crm.stage.skip.report'):
            for user, names in expected.items():
                with self.subTest(model=model, user=user.name):
                    self.assertEqual(set(self._seen(user, model)), names)

    def test_who_changes_what(self):
        own, _unassigned, foreign, american = self.stakeholders
        own.with_env(self._as(self.rep)).influence = 5
        for user, stakeholder in [(self.rep, foreign), (self.rep, american), (self.leads_all, american), (self.manager_usd, own)]:
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                stakeholder.with_env(self._as(user)).influence = 5
        with self.assertRaises(AccessError):
            self._as(self.rep)['crm.stakeholder'].create({'lead_id': self.foreign.id, 'partner_id': self.boss.id})
        foreign.with_env(self._as(self.leads_all)).influence = 5

    def test_outsiders(self):
        for user in (self.employee, self.finance):
            for model in ('crm.stakeholder', 'crm.stakeholder.role', 'crm.stage.skip', 'crm.stage.action', 'crm.buying.center.report'):
                with self.subTest(model=model, user=user.name), self.assertRaises(AccessError):
                    self._as(user)[model].search([])

    def test_configuration(self):
        """Roles and actions: read by salespeople, written by sales managers."""
        for model, vals in [
                ('crm.stakeholder.role', {'name': "New", 'code': 'NN'}),
                ('crm.stage.action', {'name': "New", 'stage_id': self.won.id})]:
            with self.subTest(model):
                self.assertTrue(self._as(self.rep)[model].search([]))
                for user in (self.rep, self.leads_all):
                    with self.assertRaises(AccessError):
                        self._as(user)[model].create(vals)
                self._as(self.manager)[model].create(vals)

    def test_actions_of_a_team_of_another_company(self):
        team = self.env['crm.team'].create({'name': "American Team", 'company_id': self.company_usd.id})
        action = self.env['crm.stage.action'].create({'name': "American", 'stage_id': self.won.id, 'team_id': team.id})
        self.assertNotIn(action, self._as(self.rep)['crm.stage.action'].search([]))
        self.assertIn(action, self._as(self.manager_usd)['crm.stage.action'].search([]))

    def test_foreign_deals_cannot_be_ticked(self):
        action = self.env['crm.stage.action'].search([])
        self.own.with_env(self._as(self.rep)).action_crm_playbook_tick(action.id)
        with self.assertRaises(AccessError):
            self.foreign.with_env(self._as(self.rep)).action_crm_playbook_tick(action.id)

    def test_everything_shows_to_a_rep(self):
        """The computed figures of an opportunity need no right that a salesperson lacks."""
        deal = self.own.with_env(self._as(self.rep))
        self.assertTrue(deal.crm_gaps)
        self.assertEqual(deal.crm_playbook_open, 1)
        self.assertTrue(deal.crm_playbook)
        self.assertEqual(deal.crm_stakeholder_ids.mapped('display_name'), ["Consultant"])
