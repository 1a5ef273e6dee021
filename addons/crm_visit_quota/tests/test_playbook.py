import doctest

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_visit_quota.tools import playbook

from .buying_center_common import BuyingCenterCommon


@tagged('post_install', '-at_install')
class TestPlaybook(BuyingCenterCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep_env = cls._as(cls, cls.rep)

    @classmethod
    def _actions(cls, *rows, stage=None):
        """Create required actions (name, kind, values) of a stage, by default Proposition."""
        return cls.env['crm.stage.action'].create([
            {'name': name, 'kind': kind, 'stage_id': (stage or cls.proposition).id, **(more[0] if more else {})}
            for name, kind, *more in rows])

    def _skips(self, deals=None):
        return (deals or self.deal).crm_skip_ids

    def test_rules(self):
        self.assertFalse(doctest.testmod(playbook).failed)

    # ------------------------------------------------------------------
    # Evidence
    # ------------------------------------------------------------------

    def _every_kind(self):
        field = self.env['ir.model.fields']._get('crm.lead', 'date_deadline')
        return self._actions(
            ("Agree on criteria", 'manual'), ("Visit", 'visit'), ("Visit on site", 'visit', {'visit_kind_id': self.onsite.id}),
            ("Protocol", 'attachment'), ("Quotation", 'quotation'), ("Meet the decision maker", 'role', {'role_id': self.dp.id}),
            ("Closing date", 'field', {'field_id': field.id}))

    def _done(self, actions, deal=None):
        done = (deal or self.deal)._crm_playbook_done(actions)
        return actions.filtered(lambda action: ((deal or self.deal).id, action.id) in done).mapped('name')

    def test_evidence(self):
        actions = self._every_kind()
        self.assertEqual(self._done(actions), [])
        self.deal.action_crm_playbook_tick(actions[0].id)
        self.assertEqual(self._done(actions), ["Agree on criteria"])
        self.deal.action_crm_playbook_tick(actions[0].id, False)
        self.assertEqual(self._done(actions), [])
        self._visits([(self.customer, '2026-06-10')], kind=self.phone, lead_id=self.deal.id)
        self._visits([(self.customer, '2026-06-16')], kind=self.onsite, lead_id=self.deal.id, state='planned')
        self.assertEqual(self._done(actions), ["Visit"])
        self._people(self.deal, (self.boss, self.dp))
        self.assertEqual(self._done(actions), ["Visit"])
        self._visits([(self.customer, '2026-06-10')], kind=self.onsite, lead_id=self.deal.id, contact_ids=[Command.link(self.boss.id)])
        self.assertEqual(self._done(actions), ["Visit", "Visit on site", "Meet the decision maker"])
        self.env['ir.attachment'].create({'name': "Protocol", 'res_model': 'crm.lead', 'res_id': self.deal.id, 'raw': b'x'})
        order = self._orders([(self.customer, '2026-06-10', 100)], state='draft')
        order.opportunity_id = self.deal
        self.assertNotIn("Quotation", self._done(actions))
        order.state = 'sent'
        self.deal.date_deadline = '2026-07-01'
        self.assertEqual(self._done(actions), actions[1:].mapped('name'))

    def test_a_message_is_no_meeting(self):
        action = self._actions(("Meet the decision maker", 'role', {'role_id': self.dp.id}))
        self._people(self.deal, (self.boss, self.dp))
        self.deal.message_post(body="Hello", author_id=self.boss.id, message_type='email', subtype_xmlid='mail.mt_comment')
        self.assertEqual(self._done(action), [])

    def test_facts_cannot_be_ticked(self):
        action = self._actions(("Visit", 'visit'))
        with self.assertRaises(UserError):
            self.deal.action_crm_playbook_tick(action.id)
        with self.assertRaises(ValidationError):
            self.env['crm.stage.action.done'].create({'lead_id': self.deal.id, 'action_id': action.id})

    def test_evidence_must_be_complete(self):
        with self.assertRaises(ValidationError):
            self._actions(("Meet", 'role'))
        with self.assertRaises(ValidationError):
            self._actions(("Fill", 'field'))
        with self.assertRaises(ValidationError):
            self._actions(("Fill", 'field', {'field_id': self.env['ir.model.fields']._get('res.partner', 'name').id}))

    def test_one_query_per_kind(self):
        actions = self._every_kind()
        def cost(count):
            deals = self._deals(count)
            self.env.flush_all()
            self.env.invalidate_all()
            actions.mapped('kind')
            before = self.env.cr.sql_log_count
            deals._crm_playbook_done(actions)
            return self.env.cr.sql_log_count - before
        cost(1)
        self.assertEqual(cost(2), cost(20))

    def test_checklist(self):
        self.proposition.crm_customer_step = "Compares offers"
        action, optional, other = self._actions(
            ("Agree on criteria", 'manual'), ("Coffee", 'manual', {'is_required': False}),
            ("For others", 'manual', {'team_id': self.env['crm.team'].create({'name': "Others"}).id}))
        self.deal.action_crm_playbook_tick(optional.id)
        stage, = self.deal.crm_playbook
        self.assertEqual((stage['name'], stage['customer_step'], stage['current']), ("Proposition", "Compares offers", True))
        self.assertEqual([(line['id'], line['done'], line['required']) for line in stage['actions']], [
            (action.id, False, True), (optional.id, True, False)])
        self.assertEqual(self.deal.crm_playbook_open, 1)
        self.deal.action_crm_playbook_tick(action.id)
        self.assertEqual(self.deal.crm_playbook_open, 0)
        self.assertNotIn(other.id, [line['id'] for line in stage['actions']])

    # ------------------------------------------------------------------
    # Moving on
    # ------------------------------------------------------------------

    def test_off(self):
        self._actions(("Agree on criteria", 'manual'))
        self.deal.with_env(self.rep_env).stage_id = self.won
        self.assertFalse(self._skips())

    def test_warn(self):
        """The deal moves on; what was open is on record, in the chatter, and told to the user."""
        self.company.crm_playbook_mode = 'warn'
        action = self._actions(("Agree on criteria", 'manual'))
        self.deal.with_env(self.rep_env).stage_id = self.won
        self.assertEqual(self.deal.stage_id, self.won)
        skip = self._skips()
        self.assertEqual((skip.action_id, skip.stage_id, skip.target_stage_id, skip.user_id, skip.mode, skip.reason), (
            action, self.proposition, self.won, self.rep, 'warn', False))
        self.assertIn("Agree on criteria", self.deal.message_ids[:2].mapped('body')[0] + self.deal.message_ids[:2].mapped('body')[-1])

    def test_block_and_override(self):
        self.company.crm_playbook_mode = 'block'
        action = self._actions(("Agree on criteria", 'manual'))
        deal = self.deal.with_env(self.rep_env)
        with self.assertRaises(RedirectWarning) as held:
            deal.write({'stage_id': self.won.id, 'expected_revenue': 5})
        self.assertIn("Deal 1: Agree on criteria", held.exception.args[0])
        self.assertEqual((self.deal.stage_id, self.deal.expected_revenue), (self.proposition, 0))
        wizard = self.rep_env['crm.stage.override'].with_context(**held.exception.args[3]).create({'reason': "They are in a hurry"})
        self.assertEqual(wizard.open_text, "Agree on criteria")
        wizard.action_confirm()
        self.assertEqual(self.deal.stage_id, self.won)
        skip = self._skips()
        self.assertEqual((skip.action_id, skip.mode, skip.reason), (action, 'block', "They are in a hurry"))
        self.assertTrue(any("They are in a hurry" in body for body in self.deal.message_ids.mapped('body')))

    def test_reason_must_say_something(self):
        self.company.crm_playbook_mode = 'block'
        self._actions(("Agree on criteria", 'manual'))
        with self.assertRaises(RedirectWarning):
            self.deal.with_env(self.rep_env).action_crm_move_stage(self.won.id, "  ")

    def test_who_may_override(self):
        self.company.crm_playbook_mode = 'block'
        self.company.crm_playbook_override = 'manager'
        self._actions(("Agree on criteria", 'manual'))
        for user, may in [(self.rep, False), (self.leads_all, False), (self.manager, True)]:
            with self.subTest(user.name):
                deal = self._deals(1, user.name).with_env(self._as(user))
                if may:
                    deal.action_crm_move_stage(self.won.id, "Because")
                    self.assertEqual(deal.stage_id, self.won)
                    continue
                with self.assertRaises(UserError) as refused:
                    deal.action_crm_move_stage(self.won.id, "Because")
                self.assertIn("sales manager", str(refused.exception))
        deal = self._deals(1, "Leader", user_id=self.lead.id).with_env(self._as(self.lead))
        deal.action_crm_move_stage(self.won.id, "Because")
        self.assertEqual(self._skips(deal).user_id, self.lead)

    def test_done_lets_go(self):
        self.company.crm_playbook_mode = 'block'
        action, optional = self._actions(("Agree on criteria", 'manual'), ("Coffee", 'manual', {'is_required': False}))
        self.deal.action_crm_playbook_tick(action.id)
        self.deal.with_env(self.rep_env).stage_id = self.won
        self.assertFalse(self._skips())
        self.assertTrue(optional)

    def test_what_is_due(self):
        """The stage that is left and those jumped over are due; earlier ones, going back and staying are free."""
        self.company.crm_playbook_mode = 'block'
        early, here, later = (
            self._actions((f"In {stage.name}", 'manual'), stage=stage) for stage in (self.contact_stage, self.qualified, self.proposition))
        cases = [
            (self.qualified, self.proposition, here), (self.qualified, self.won, here + later),
            (self.contact_stage, self.won, early + here + later),
            (self.proposition, self.contact_stage, early.browse()), (self.qualified, self.qualified, early.browse())]
        for source, target, due in cases:
            with self.subTest(source=source.name, target=target.name):
                deal = self._deals(1, stage_id=source.id).with_env(self.rep_env)
                if due:
                    with self.assertRaises(RedirectWarning):
                        deal.stage_id = target
                    deal.action_crm_move_stage(target.id, "Because")
                else:
                    deal.stage_id = target
                self.assertEqual(self._skips(deal).action_id, due)

    def test_asked_once(self):
        self.company.crm_playbook_mode = 'block'
        self._actions(("Agree on criteria", 'manual'))
        deal = self.deal.with_env(self.rep_env)
        deal.action_crm_move_stage(self.won.id, "Because")
        deal.write({'stage_id': self.proposition.id, 'probability': 50})
        deal.stage_id = self.won
        self.assertEqual(len(self._skips()), 1)

    def test_stage_and_team_differ_from_the_company(self):
        self._actions(("Agree on criteria", 'manual'))
        for company, team, stage, blocked in [
                ('off', False, False, False), ('block', False, False, True), ('block', 'off', False, False), ('off', 'block', False, True),
                ('block', 'block', 'off', False), ('off', 'off', 'block', True)]:
            with self.subTest(company=company, team=team, stage=stage):
                self.company.crm_playbook_mode = company
                self.team.crm_playbook_mode = team
                self.proposition.crm_playbook_mode = stage
                deal = self._deals(1).with_env(self.rep_env)
                if blocked:
                    with self.assertRaises(RedirectWarning):
                        deal.stage_id = self.won
                else:
                    deal.stage_id = self.won

    def test_several_at_once(self):
        self.company.crm_playbook_mode = 'block'
        action = self._actions(("Agree on criteria", 'manual'))
        deals = self._deals(3, "Several")
        deals[0].action_crm_playbook_tick(action.id)
        with self.assertRaises(RedirectWarning) as held:
            deals.with_env(self.rep_env).write({'stage_id': self.won.id})
        self.assertNotIn("Several 1", held.exception.args[0])
        self.assertIn("Several 3: Agree on criteria", held.exception.args[0])
        self.rep_env['crm.stage.override'].with_context(**held.exception.args[3]).create({'reason': "All of them"}).action_confirm()
        self.assertEqual(deals.stage_id, self.won)
        self.assertEqual(self._skips(deals).lead_id, deals[1:])

    def test_lost_is_free(self):
        self.company.crm_playbook_mode = 'block'
        self._actions(("Agree on criteria", 'manual'))
        self.deal.with_env(self.rep_env).action_set_lost()
        self.assertEqual(self.deal.won_status, 'lost')

    def test_won_is_held_up_too(self):
        self.company.crm_playbook_mode = 'block'
        self._actions(("Agree on criteria", 'manual'))
        with self.assertRaises(RedirectWarning):
            self.deal.with_env(self.rep_env).action_set_won()

    def test_created_in_a_later_stage(self):
        self.company.crm_playbook_mode = 'block'
        self._actions(("Agree on criteria", 'manual'))
        deal = self.rep_env['crm.lead'].create({'name': "Late", 'type': 'opportunity', 'stage_id': self.won.id, 'team_id': self.team.id})
        self.assertEqual(deal.stage_id, self.won)

    def test_the_system_is_not_held_up(self):
        self.company.crm_playbook_mode = 'block'
        self._actions(("Agree on criteria", 'manual'))
        self.deal.with_env(self.rep_env).sudo().stage_id = self.won
        self.assertEqual((self._skips().mode, self._skips().reason), ('block', "Moved by the system"))

    def test_moves_without_actions_cost_nothing(self):
        """Without actions a move costs what it costs without the addon: only a look into a cache."""
        def cost(write):
            deals = self._deals(3)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            write(deals)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        gate = self.env['crm.stage.action']
        gate._required_ids_by_stage()
        before = self.env.cr.sql_log_count
        self.assertEqual(gate._required_ids_by_stage(), {})
        self.assertEqual(self.env.cr.sql_log_count, before)
        cost(lambda deals: deals.write({'stage_id': self.contact_stage.id}))
        moved = cost(lambda deals: deals.write({'stage_id': self.contact_stage.id}))
        self.assertEqual(moved, cost(lambda deals: deals.write({'stage_id': self.contact_stage.id})))
        self.company.crm_playbook_mode = 'warn'
        self._actions(("Agree on criteria", 'manual'))
        self.assertGreater(cost(lambda deals: deals.write({'stage_id': self.won.id})), moved)

    # ------------------------------------------------------------------
    # Record and report
    # ------------------------------------------------------------------

    def test_append_only(self):
        self.company.crm_playbook_mode = 'warn'
        action = self._actions(("Agree on criteria", 'manual'))
        self.deal.with_env(self.rep_env).stage_id = self.won
        skip = self._skips().with_env(self._as(self.manager))
        with self.assertRaises(UserError):
            skip.reason = "Another"
        with self.assertRaises(UserError):
            skip.unlink()
        with self.assertRaises(UserError):
            self._as(self.manager)['crm.stage.skip'].create(
                {'lead_id': self.deal.id, 'action_name': "x", 'user_id': self.rep.id, 'mode': 'warn'})
        action.unlink()
        self.assertEqual(self._skips().action_name, "Agree on criteria")

    def test_report(self):
        self.company.crm_playbook_mode = 'warn'
        self._actions(("Agree on criteria", 'manual'))
        won, lost, open_ = self._deals(3, "Report", stage_id=self.proposition.id)
        won.with_env(self.rep_env).stage_id = self.won
        later = self.env['crm.stage'].create({'name': "Later", 'sequence': 1002, 'team_ids': [Command.link(self.team.id)]})
        later.sequence = 1003
        self.won.sequence = 1004
        (lost + open_).with_env(self.rep_env).write({'stage_id': later.id})
        lost.action_set_lost()
        self.env.flush_all()
        domain = [('lead_id', 'in', (won + lost + open_ + self.deal).ids)]
        self.assertEqual(
            self.env['crm.stage.skip.report']._read_group(domain, ['action_name'], ['__count', 'won_rate:avg']),
            [("Agree on criteria", 3, 50.0)])
        rows = self.env['crm.buying.center.report']._read_group(domain, ['skipped'], ['__count', 'won_rate:avg'])
        self.assertEqual({key: (count, rate) for key, count, rate in rows}, {'0': (1, False), '1': (3, 50.0)})

    def test_merge_keeps_what_was_done(self):
        action, other_action = self._actions(("Agree on criteria", 'manual'), ("Second", 'manual'))
        other = self._deals(1, "Other")
        for deal in self.deal + other:
            deal.action_crm_playbook_tick(action.id)
        other.action_crm_playbook_tick(other_action.id)
        merged = (self.deal + other).merge_opportunity()
        self.assertEqual(merged.crm_action_done_ids.action_id, action + other_action)
        self.assertEqual(len(merged.crm_action_done_ids), 2)
