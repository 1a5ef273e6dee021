import doctest
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.crm_grading.models.crm_ownership import CrmOwnership
from odoo.addons.crm_grading.tools.extension import Owned
from odoo.addons.crm_visit_quota.tools import handover as rules

from .handover_common import HandoverCommon


@tagged('post_install', '-at_install')
class TestHandover(HandoverCommon):

    def test_rules(self):
        self.assertFalse(doctest.testmod(rules).failed)

    def test_everything_moves(self):
        """Whatever is open goes along, under the same id; what is closed or another's stays."""
        mine = self._open_things(self.customer)
        other = self._open_things(self.customer, user=self.rep2)
        done = self._visits([(self.customer, '2026-06-01')])
        elsewhere = self._open_things(self.customer2)
        handover = self._handover(self.customer, self.leads_all)
        counts = {kind.key: kind.count for kind in handover.kind_ids}
        self.assertEqual([counts[key] for key in ('customer', 'lead', 'quotation')], [2, 1, 1])   # the customer and its person
        handover.action_execute()
        self.assertEqual(handover.state, 'done')
        self.assertEqual(self.customer.user_id, self.leads_all)
        lead, order, _visit, call = mine
        self.assertEqual((lead + lead).user_id | order.user_id | call.user_id, self.leads_all)
        for record in (*other, *elsewhere, done):
            self.assertNotEqual(record.user_id, self.leads_all, record)

    def test_the_team_follows(self):
        """Records go under the team of the new owner, who leads it or works in it."""
        lead, order, _visit, _call = self._open_things(self.customer)
        self._handover(self.customer, self.rep2).action_execute()
        self.assertEqual(lead.team_id | order.team_id, self.team2)

    def test_all_of_a_person(self):
        """Everything includes customers of others where the person has something open, and leads without a customer."""
        lead, *_rest = self._open_things(self.foreign)
        alone = self.env['crm.lead'].create({
            'name': "Alone", 'user_id': self.rep.id, 'company_id': self.company.id, 'type': 'lead'})
        activity = alone.activity_schedule('mail.mail_activity_data_call', summary="Call", user_id=self.rep.id)
        handover = self._handover(self.env['res.partner'], self.leads_all, scope='all')
        self.assertEqual(handover.line_ids.partner_id, (self.customer + self.customer2 + self.foreign).sorted('id'))
        self.assertEqual({kind.key: kind.count for kind in handover.kind_ids}['lead_alone'], 1)
        handover.action_execute()
        self.assertEqual((lead + alone).user_id | activity.user_id | (self.customer + self.customer2).user_id, self.leads_all)
        self.assertEqual(self.foreign.user_id, self.rep2, "A customer of somebody else stays.")
        handover.action_undo()
        self.assertEqual((lead + alone).user_id | activity.user_id | (self.customer + self.customer2).user_id, self.rep)

    def test_segment(self):
        self._profiles(self.customer + self.customer2 + self.foreign)
        segment = self.env['crm.segment'].create({
            'name': "One", 'company_id': self.company.id, 'domain': f"[('partner_id', 'in', {(self.customer2 + self.foreign).ids})]"})
        handover = self._handover(self.env['res.partner'], self.rep2, scope='segment', segment_id=segment.id)
        self.assertEqual(handover.line_ids.partner_id, self.customer2)

    def test_left_out_kind(self):
        """A kind that was struck out of the preview stays, also after the preview is made anew."""
        lead, order, *_rest = self._open_things(self.customer)
        handover = self._handover(self.customer, self.rep2)
        handover.kind_ids.filtered(lambda kind: kind.key == 'quotation').is_included = False
        handover.action_preview()
        handover.action_execute()
        self.assertEqual((lead.user_id, order.user_id), (self.rep2, self.rep))

    def test_splits(self):
        """Customers are shared out by the rule, each with what belongs to it."""
        customers = self.customer + self.customer2 + self._customers(2, "More", company_id=self.company.id, user_id=self.rep.id)
        leads = [self._open_things(partner)[0] for partner in customers]
        handover = self._handover(customers, self.rep2 + self.leads_all, split='even')
        self.assertEqual(
            [line.new_user_id for line in handover.line_ids.sorted('partner_id')],
            [handover.new_user_ids[number % 2] for number in range(4)])
        handover.action_execute()
        self.assertEqual([lead.user_id for lead in leads], [partner.user_id for partner in customers])
        self.assertEqual(customers.user_id, self.rep2 + self.leads_all)

    def test_by_hand(self):
        """Customer by customer: nobody is forgotten, and a choice survives another preview."""
        handover = self._handover(self.customer + self.customer2, self.rep2 + self.leads_all, split='line')
        with self.assertRaises(UserError):
            handover.action_execute()
        first, second = handover.line_ids
        first.new_user_id = self.rep2
        handover.action_preview()
        first, second = handover.line_ids
        self.assertEqual(first.new_user_id, self.rep2)
        second.new_user_id = self.leads_all
        handover.action_execute()
        self.assertEqual((self.customer.user_id, self.customer2.user_id), (self.rep2, self.leads_all))

    def test_other_company_stays(self):
        """What the customer has in another company is none of this handover's business."""
        shared = self._customers(1, "Shared", user_id=self.rep.id)
        self.rep.write({'company_ids': [Command.link(self.company_usd.id)]})
        here, there = self.env['crm.lead'].create([
            {'name': "Deal", 'partner_id': shared.id, 'user_id': self.rep.id, 'company_id': company.id, 'team_id': False}
            for company in (self.company, self.company_usd)])
        calls = [lead.activity_schedule('mail.mail_activity_data_call', user_id=self.rep.id) for lead in (here, there)]
        self._handover(shared, self.rep2).action_execute()
        self.assertEqual([record.user_id for record in (here, there, *calls)], [self.rep2, self.rep, self.rep2, self.rep])

    def test_sibling_records(self):
        """What a sibling declares moves, is logged and comes back as everything else."""
        note = self.env['crm.interest'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'user_id': self.rep.id, 'note': "A heat pump"})

        def declared(ownership, partners):
            return Owned("Wishes", 'crm.interest', Domain('partner_id', 'in', partners.ids))
        with patch.object(CrmOwnership, '_ownership_wish', declared, create=True):
            handover = self._handover(self.customer, self.rep2)
            self.assertEqual({kind.key: kind.count for kind in handover.kind_ids}['wish'], 1)
            handover.action_execute()
            self.assertEqual(note.user_id, self.rep2)
            self.assertEqual(handover.log_ids.filtered(lambda log: log.key == 'wish').res_id, note.id)
            handover.action_undo()
            self.assertEqual(note.user_id, self.rep)

    def test_queries(self):
        """As many queries for thirty customers as for one, but for Odoo itself: the calendar reads the attendees event by event, and
        inventory, where it is installed, looks for the warehouse order by order."""
        core = 1 + ('stock.warehouse' in self.env)
        many = self._customers(30, "Many", company_id=self.company.id, user_id=self.rep.id)
        counts = []
        for partners in (self.customer, many):
            for partner in partners:
                self._open_things(partner)
            handover = self._handover(partners, self.rep2)
            steps = []
            for step in (handover.action_execute, handover.action_undo):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                step()
                self.env.flush_all()
                steps.append(self.env.cr.sql_log_count - before)
            counts.append(steps)
        for few, more in zip(*counts, strict=True):
            self.assertLessEqual(more, few + 10 + core * len(many), counts)

    # ------------------------------------------------------------------
    # Undo
    # ------------------------------------------------------------------

    def test_undo(self):
        """Owners and teams come back; what somebody has changed, closed or deleted since is left alone and reported."""
        lead, order, _visit, call = self._open_things(self.customer)
        deleted, _order, _visit, _call = self._open_things(self.customer2)
        handover = self._handover(self.customer + self.customer2, self.rep2)
        handover.action_execute()
        order.user_id = self.leads_all
        call.action_done()
        deleted.unlink()
        handover.action_undo()
        self.assertEqual((self.customer + self.customer2).user_id, self.rep)
        self.assertEqual((lead.user_id, lead.team_id), (self.rep, self.team))
        self.assertEqual(order.user_id, self.leads_all)
        states = {(log.res_model, log.res_id): log.state for log in handover.log_ids}
        self.assertEqual(states['crm.lead', lead.id], 'restored')
        self.assertEqual(states['sale.order', order.id], 'changed')
        self.assertEqual(states['mail.activity', call.id], 'closed')
        self.assertEqual(states['crm.lead', deleted.id], 'gone')
        self.assertEqual(handover.left_count, 3)
        with self.assertRaises(UserError):
            handover.action_undo()

    def test_team_changed_since(self):
        """A team that somebody has set since stays, the owner comes back."""
        lead, *_rest = self._open_things(self.customer)
        handover = self._handover(self.customer, self.rep2)
        handover.action_execute()
        lead.team_id = False
        handover.action_undo()
        self.assertEqual((lead.user_id, lead.team_id), (self.rep, self.env['crm.team']))

    def test_undo_until(self):
        """The last day is included, by the company's calendar."""
        self.company.crm_handover_undo_days = 3
        handover, late = (self._handover(partner, self.rep2) for partner in (self.customer, self.customer2))
        handover.action_execute()
        late.action_execute()
        with freeze_time('2026-06-18 21:59:00'):   # 23:59 in Brussels
            handover.action_undo()
        with freeze_time('2026-06-18 22:00:00'), self.assertRaises(UserError):
            late.action_undo()
        self.assertEqual((self.customer.user_id, self.customer2.user_id), (self.rep, self.rep2))

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_leader(self):
        """The leader hands over what a member has, even what the leader may not open, and nothing of anybody else's."""
        lead, *_rest = self._open_things(self.customer)
        self.assertFalse(self._as(self.lead)['crm.lead'].search([('id', '=', lead.id)]))
        handover = self._handover(self.customer, self.rep2, env=self._as(self.lead))
        handover.action_execute()
        self.assertEqual(lead.user_id, self.rep2)
        with self.assertRaises(AccessError):
            self._handover(self.foreign, self.rep, env=self._as(self.lead), user_id=self.rep2.id)

    def test_salesperson_asks(self):
        """A salesperson may ask for a handover of the own customers, not carry it out or anybody else's."""
        handover = self._handover(self.customer, self.rep2, env=self._as(self.rep))
        with self.assertRaises(AccessError):
            handover.action_execute()
        with self.assertRaises(AccessError):
            handover.write({'state': 'done'})
        with self.assertRaises(AccessError):
            self._handover(self.foreign, self.rep, env=self._as(self.rep), user_id=self.rep2.id)
        handover.action_request()
        self.assertEqual(handover.state, 'requested')
        self.assertEqual(handover.sudo().activity_ids.user_id, self.lead)
        handover.with_env(self._as(self.lead)).action_execute()
        self.assertEqual(self.customer.user_id, self.rep2)
        self.assertFalse(handover.sudo().activity_ids)
        with self.assertRaises(AccessError):
            handover.write({'reason': "Changed later"})

    def test_who_sees(self):
        handover = self._handover(self.customer, self.rep2)
        for user, sees in ((self.rep, True), (self.rep2, True), (self.lead, True), (self.leads_all, True), (self.manager_usd, False)):
            with self.subTest(user=user.login):
                found = self._as(user)['crm.handover'].search([('id', '=', handover.id)])
                self.assertEqual(bool(found), sees)
                self.assertEqual(bool(self._as(user)['crm.handover.line'].search([('handover_id', '=', handover.id)])), sees)
        with self.assertRaises(AccessError):
            self._as(self.employee)['crm.handover'].search([])

    def test_done_is_on_record(self):
        handover = self._handover(self.customer, self.rep2)
        handover.action_execute()
        for change in (
            handover.unlink, handover.line_ids.unlink, handover.action_preview, handover.action_execute,
            lambda: handover.write({'new_user_ids': [Command.clear()]}), lambda: handover.line_ids.write({'new_user_id': False}),
        ):
            with self.assertRaises(UserError):
                change()

    def test_bad_receivers(self):
        for receiver in (self.rep, self.manager_usd):
            with self.subTest(receiver=receiver.login), self.assertRaises(UserError):
                self._handover(self.customer, receiver)

    def test_nothing_to_hand_over(self):
        with self.assertRaises(UserError):
            self._handover(self.env['res.partner'], self.rep2, scope='all', user_id=self.finance.id)

    def test_start_from_a_list(self):
        """From a selection of customers; those of several people are refused."""
        action = self.person.action_crm_hand_over()
        self.assertEqual(action['context'], {
            'default_user_id': self.rep.id, 'default_scope': 'some', 'default_partner_ids': self.customer.ids})
        self.assertEqual(
            self._profiles(self.customer).action_crm_hand_over()['context']['default_partner_ids'], self.customer.ids)
        for partners in (self.customer + self.foreign, self._customers(1, "Nobody's")):
            with self.assertRaises(UserError):
                partners.action_crm_hand_over()
