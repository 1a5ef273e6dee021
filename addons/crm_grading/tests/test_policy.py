import contextlib

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GradingCommon


class PolicyCommon(GradingCommon):
    """Grade A asks for everything, B for another price list and a lower limit, C for nothing; four customers without anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True
        cls.lists = cls.env['product.pricelist'].create([
            {'name': name, 'company_id': cls.company.id, 'currency_id': cls.eur.id} for name in ("List A", "List B", "By hand")])
        cls.list_a, cls.list_b, cls.list_hand = cls.lists
        cls.term, cls.term_hand = cls.env['account.payment.term'].create([
            {'name': name, 'company_id': cls.company.id} for name in ("Thirty days", "By hand")])
        cls.tag, cls.tag_b = cls.env['res.partner.category'].create([{'name': "Best"}, {'name': "Good"}])
        cls.plan = cls.env['mail.activity.plan'].create({
            'name': "Welcome", 'res_model': 'res.partner', 'company_id': cls.company.id, 'template_ids': [Command.create({
                'summary': "Welcome", 'activity_type_id': cls.env.ref('mail.mail_activity_data_call').id})]})
        cls.a, cls.b, cls.c = cls.env['crm.grade'].create([
            {'name': "Policy A", 'company_id': cls.company.id, 'sequence': 1, 'pricelist_id': cls.list_a.id,
             'payment_term_id': cls.term.id, 'credit_mode': 'minimum', 'credit_limit': 5000, 'activity_plan_id': cls.plan.id,
             'category_ids': [Command.set(cls.tag.ids)]},
            {'name': "Policy B", 'company_id': cls.company.id, 'sequence': 2, 'pricelist_id': cls.list_b.id,
             'credit_mode': 'fixed', 'credit_limit': 1000, 'category_ids': [Command.set((cls.tag + cls.tag_b).ids)]},
            {'name': "Policy C", 'company_id': cls.company.id, 'sequence': 3},
        ])
        cls.none = cls.env['crm.grade']
        cls.scheme = cls.env['crm.grading.scheme'].create({
            'name': "Leading", 'company_id': cls.company.id, 'is_leading': True})
        cls.first_run, cls.next_run = cls.env['crm.grading.run'].create([
            {'company_id': cls.company.id, 'date': '2026-06-01', 'kind': 'nightly'},
            {'company_id': cls.company.id, 'date': '2026-06-15', 'kind': 'nightly'}])
        cls.partners = cls._customers(4).with_company(cls.company)
        cls.profiles = cls._profiles(cls.partners)
        cls.partner, cls.profile = cls.partners[0], cls.profiles[0]
        cls.Effect = cls.env['crm.grade.policy.effect']

    def _move(self, profiles, grade, run=None, scheme=None):
        """Append what a run appends when customers change their grade."""
        sequence = {self.none: 99, self.a: 1, self.b: 2, self.c: 3}
        for profile in profiles:
            old = profile.grade_id
            move = 'out' if not grade else 'new' if not old else 'up' if grade.sequence < sequence.get(old, 9) else 'down'
            self.env['crm.grade.history'].create({
                'customer_id': profile.id, 'scheme_id': (scheme or self.scheme).id, 'company_id': profile.company_id.id,
                'date': self.TODAY, 'old_grade_id': old.id, 'grade_id': grade.id, 'move': move, 'run_id': (run or self.next_run).id,
                'policy_done': False})
            profile.grade_id = grade

    def _apply(self, company=None, **kwargs):
        return self.env['crm.grade']._apply_policies(company or self.company, **kwargs)

    def _go(self, grade, profiles=None, **kwargs):
        self._move(self.profile if profiles is None else profiles, grade, **kwargs)
        self._apply()

    def _values(self, partner=None):
        partner = partner or self.partner
        return (partner.specific_property_product_pricelist, partner.property_payment_term_id, partner.credit_limit, partner.category_id)

    def _open(self, profile=None):
        """Return the open exceptions as ``{kind: reason}``."""
        found = self.Effect.search([('customer_id', '=', (profile or self.profile).id), ('state', '=', 'exception')])
        return {effect.kind: effect.reason for effect in found}

    @property
    def nothing(self):
        return (self.list_a.browse(), self.term.browse(), 0.0, self.tag.browse())


@tagged('post_install', '-at_install')
class TestPolicy(PolicyCommon):

    def test_entering_and_leaving(self):
        self._go(self.a)
        self.assertEqual(self._values(), (self.list_a, self.term, 5000.0, self.tag))
        self.assertEqual(self.partner.property_product_pricelist, self.list_a, "the price list that sale orders take")
        self._go(self.b)
        self.assertEqual(self._values(), (self.list_b, self.term.browse(), 1000.0, self.tag + self.tag_b))
        self._go(self.c)
        self.assertEqual(self._values(), self.nothing)
        self.assertFalse(self._open())
        self.assertEqual(set(self.Effect.search([('customer_id', '=', self.profile.id)]).mapped('state')), {'reverted'})

    def test_price_list_goes_with_the_grade(self):
        """Core's partnership leaves the price list behind when the level goes; we do not."""
        self._go(self.a)
        self._go(self.none)
        self.assertEqual(self._values(), self.nothing)

    def test_set_by_hand_before(self):
        self.partner.write({
            'specific_property_product_pricelist': self.list_hand.id, 'property_payment_term_id': self.term_hand.id,
            'credit_limit': 400, 'category_id': [Command.set(self.tag.ids)]})
        before = self._values()
        self._go(self.a)
        self.assertEqual(self._values(), before)
        self.assertEqual(self._open(), {'pricelist': 'hand', 'payment_term': 'hand', 'credit_limit': 'hand'})
        self._go(self.c)
        self.assertEqual(self._values(), before, "what a person has set stays, the tag too")
        self.assertFalse(self._open(), "the new grade asks for nothing: no exception any more")

    def test_minimum_before_at_after(self):
        for limit, after, reason in [(4999.99, 4999.99, 'hand'), (5000, 5000, None), (5000.01, 5000.01, None)]:
            with self.subTest(limit=limit):
                self.partner.credit_limit = limit
                self._go(self.a)
                self.assertEqual((self.partner.credit_limit, self._open().get('credit_limit')), (after, reason))
                self._go(self.c)
                self.assertEqual(self.partner.credit_limit, limit)

    def test_fixed_limit_is_an_exception_above_and_below(self):
        for limit, reason in [(999, 'hand'), (1000, None), (1001, 'hand')]:
            with self.subTest(limit=limit):
                self.partner.credit_limit = limit
                self._go(self.b)
                self.assertEqual((self.partner.credit_limit, self._open().get('credit_limit')), (limit, reason))
                self._go(self.c)

    def test_company_default_limit_counts_as_not_set(self):
        self.env['ir.default'].set('res.partner', 'credit_limit', 250.0, company_id=self.company.id)
        self._go(self.a)
        self.assertEqual(self.partner.credit_limit, 5000)
        self._go(self.c)
        self.assertEqual(self.partner.credit_limit, 250)

    def test_without_credit_limits_the_limit_is_left_alone(self):
        self.company.account_use_credit_limit = False
        self._go(self.a)
        self.assertEqual(self.partner.credit_limit, 0)

    def test_changed_by_hand_since(self):
        self._go(self.a)
        self.partner.write({
            'specific_property_product_pricelist': self.list_hand.id, 'credit_limit': 7000, 'category_id': [Command.clear()]})
        self._go(self.c)
        self.assertEqual(self._values(), (self.list_hand, self.term.browse(), 7000.0, self.tag.browse()))
        self.assertEqual(self._open(), {'pricelist': 'changed', 'credit_limit': 'changed'})
        self._go(self.b)
        self.assertEqual(self.partner.specific_property_product_pricelist, self.list_hand)
        self.assertEqual(self._open(), {'pricelist': 'hand', 'credit_limit': 'hand'}, "one open exception for each value")

    def test_cleared_by_hand_is_not_filled_again(self):
        self._go(self.a)
        self.partner.specific_property_product_pricelist = False
        self._go(self.b)
        self.assertFalse(self.partner.specific_property_product_pricelist)
        self.assertEqual(self._open(), {'pricelist': 'changed'})

    def test_same_value_by_hand_is_never_taken_back(self):
        self.partner.specific_property_product_pricelist = self.list_a
        self._go(self.a)
        self.assertFalse(self._open())
        self._go(self.c)
        self.assertEqual(self.partner.specific_property_product_pricelist, self.list_a)

    # ------------------------------------------------------------------
    # Exceptions
    # ------------------------------------------------------------------

    def test_apply_anyway_and_back_on_leaving(self):
        self.partner.specific_property_product_pricelist = self.list_hand
        self._go(self.a)
        exception = self.Effect.search([('customer_id', '=', self.profile.id), ('state', '=', 'exception')])
        self.assertEqual((exception.current_text, exception.value_text), (self.list_hand.display_name, self.list_a.display_name))
        exception.with_env(self._as(self.manager)).action_apply()
        self.assertEqual(self.partner.specific_property_product_pricelist, self.list_a)
        self.assertEqual((exception.state, exception.decided_by_id), ('applied', self.manager))
        self._go(self.c)
        self.assertEqual(self.partner.specific_property_product_pricelist, self.list_hand, "the value before comes back")

    def test_take_back_anyway(self):
        self._go(self.a)
        self.partner.credit_limit = 7000
        self._go(self.c)
        exception = self.Effect.search([('customer_id', '=', self.profile.id), ('state', '=', 'exception')])
        exception.action_apply()
        self.assertEqual((self.partner.credit_limit, exception.state), (0, 'reverted'))

    def test_dismissed_stays_dismissed(self):
        self.partner.specific_property_product_pricelist = self.list_hand
        self._go(self.a)
        exception = self.Effect.search([('customer_id', '=', self.profile.id), ('state', '=', 'exception')])
        exception.with_env(self._as(self.manager)).action_dismiss()
        self._go(self.c)
        self._go(self.a)
        self.assertFalse(self._open())
        self.assertEqual(exception.state, 'dismissed')
        with self.assertRaisesRegex(UserError, "settled"):
            exception.action_apply()

    def test_who_decides(self):
        self.partner.specific_property_product_pricelist = self.list_hand
        self._go(self.a)
        exception = self.Effect.search([('customer_id', '=', self.profile.id), ('state', '=', 'exception')])
        for user in (self.rep, self.leads_all, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                exception.with_env(self._as(user)).action_apply()
        with self.assertRaisesRegex(UserError, "sales manager"):
            exception.with_env(self._as(self.finance)).action_dismiss()
        with self.assertRaises(AccessError):
            exception.with_env(self._as(self.manager_usd)).action_dismiss()
        self.assertEqual(self.a.with_env(self._as(self.manager)).exception_count, 1)

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def _second_company(self):
        there = self.partner.with_company(self.company_usd)
        profile = self._profiles(self.partner, self.company_usd)
        list_usd = self.env['product.pricelist'].create(
            {'name': "List USD", 'company_id': self.company_usd.id, 'currency_id': self.usd.id})
        grade = self.env['crm.grade'].create({
            'name': "Policy USD", 'company_id': self.company_usd.id, 'pricelist_id': list_usd.id, 'credit_mode': 'fixed',
            'credit_limit': 1, 'category_ids': [Command.set(self.tag.ids)]})
        scheme = self.env['crm.grading.scheme'].create({
            'name': "Leading USD", 'company_id': self.company_usd.id, 'is_leading': True})
        return there, profile, list_usd, grade, scheme

    def test_companies_do_not_touch_each_other(self):
        there, profile, list_usd, grade, scheme = self._second_company()
        self._go(self.a)
        self.assertEqual((there.specific_property_product_pricelist, there.credit_limit), (self.list_a.browse(), 0))
        self._move(profile, grade, scheme=scheme)
        self._apply()
        self.assertFalse(there.specific_property_product_pricelist, "the other company's change waits for its own run")
        self._apply(self.company_usd)
        self.assertEqual(there.specific_property_product_pricelist, list_usd)
        self.assertEqual(there.credit_limit, 0, "that company does not use limits")
        self.assertEqual(self._values()[:3], (self.list_a, self.term, 5000.0))

    def test_a_tag_of_two_companies_goes_with_the_last(self):
        _there, profile, _list, grade, scheme = self._second_company()
        self._go(self.a)
        self._move(profile, grade, scheme=scheme)
        self._apply(self.company_usd)
        self._go(self.c)
        self.assertEqual(self.partner.category_id, self.tag, "the other company still wants it")
        self._move(profile, self.none, scheme=scheme)
        self._apply(self.company_usd)
        self.assertFalse(self.partner.category_id)

    # ------------------------------------------------------------------
    # Plans
    # ------------------------------------------------------------------

    def test_plan_not_at_the_first_run_but_for_new_customers_later(self):
        self._go(self.a, self.profiles[:2], run=self.first_run)
        self.assertFalse(self.partners.activity_ids)
        self.assertEqual(self.partners[1].specific_property_product_pricelist, self.list_a, "the rest of the policy applies")
        self._go(self.a, self.profiles[2])
        self.assertEqual(self.partners[2].activity_ids.summary, "Welcome")
        self._go(self.b, self.profiles[0])
        self._go(self.a, self.profiles[0])
        self.assertEqual(len(self.partners[0].activity_ids), 1, "entering again is entering")

    def test_plan_at_the_first_run_on_request(self):
        self.a.plan_on_first = True
        self._go(self.a, self.profiles, run=self.first_run)
        self.assertEqual(len(self.partners.activity_ids), 4)

    def test_up_and_down_between_two_applications_is_no_entering(self):
        self._go(self.a, run=self.first_run)
        self._move(self.profile, self.c)
        self._move(self.profile, self.a)
        self._apply()
        self.assertFalse(self.partner.activity_ids)
        self.assertEqual(self._values(), (self.list_a, self.term, 5000.0, self.tag))

    # ------------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------------

    def _state(self):
        effects = self.Effect.search([('customer_id', 'in', self.profiles.ids)])
        return (
            [self._values(partner) for partner in self.partners],
            self.partners.mapped(lambda partner: len(partner.activity_ids)),
            sorted(effects.mapped(lambda effect: (effect.customer_id.id, effect.kind, effect.category_id.id, effect.state))),
            self.env['crm.grade.history'].search_count([('policy_done', '=', False), ('company_id', '=', self.company.id)]),
        )

    def _story(self):
        self._move(self.profiles, self.a)
        self._move(self.profiles[1], self.b)
        self._move(self.profiles[2], self.none)

    def test_interrupted_and_resumed_comes_to_the_same_end(self):
        Grade = type(self.env['crm.grade'])
        original = Grade._carry_over
        self._go(self.c, self._profiles(self._customers(1, name="Known")), run=self.first_run)
        ends = []
        for fails in (False, True):
            savepoint = self.env.cr.savepoint(flush=True)
            self._story()
            if fails:
                calls = []

                def failing(grade, changed, company, calls=calls):
                    calls.append(changed)
                    if len(calls) == 2:
                        raise ZeroDivisionError
                    return original(grade, changed, company)
                self.patch(Grade, '_carry_over', failing)
                with contextlib.suppress(ZeroDivisionError):  # assertRaises would undo the first batch too
                    self._apply(batch=2)
                self.assertEqual(self._state()[3], 3, "two customers are done, with all their changes; two are not")
            self._apply(batch=2)
            ends.append(self._state())
            self._apply(batch=2)
            self.assertEqual(self._state(), ends[-1], "a further call changes nothing")
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all()
        self.assertEqual(*ends)
        self.assertEqual(ends[0][0][1], (self.list_b, self.term.browse(), 1000.0, self.tag + self.tag_b))
        self.assertEqual(ends[0][0][2], self.nothing)
        self.assertEqual(ends[0][1], [1, 0, 0, 1])
        self.assertEqual(ends[0][3], 0)

    def test_queries_do_not_grow_with_customers(self):
        def count(profiles):
            self.a.activity_plan_id = False
            self._move(profiles, self.a)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            changed = self.env['crm.grade']._pending_customers(self.company, 200)
            self.assertEqual(len(changed), len(profiles))
            self.patch(type(self.env['res.partner']), 'write', lambda partners, vals: True)  # the ORM's own cost per contact
            self.env['crm.grade']._carry_over(changed, self.company)
            self.env.flush_all()
            return self.cr.sql_log_count - before
        few = count(self.profiles[:2])
        many = count(self._profiles(self._customers(40, name="Many")))
        self.assertLessEqual(many, few + 2)

    def test_only_the_leading_scheme(self):
        other = self.env['crm.grading.scheme'].create({'name': "Credit", 'company_id': self.company.id})
        self._go(self.a, scheme=other)
        self.assertEqual(self._values(), self.nothing)
        self.assertFalse(self.env['crm.grade.history'].search([('policy_done', '=', False), ('scheme_id', '=', other.id)]))

    def test_grade_gone_without_a_change(self):
        """A scheme that leads no more takes its grades from the customers; what they brought goes with them."""
        self._go(self.a, self.profiles[:2])
        self.profile.grade_id = False
        self._apply()
        self.assertEqual(self._values(), self.nothing)
        self.assertEqual(self._values(self.partners[1])[0], self.list_a)

    def test_carry_a_changed_policy_over(self):
        self._go(self.a, self.profiles[:2], run=self.first_run)
        self.partners[1].specific_property_product_pricelist = self.list_hand
        self.a.write({'pricelist_id': self.list_b.id, 'credit_limit': 6000})
        self.a.with_env(self._as(self.manager)).action_apply_policy()
        self.assertEqual(self._values()[:3], (self.list_b, self.term, 6000.0))
        self.assertEqual(self.partners[1].specific_property_product_pricelist, self.list_hand)
        self.assertEqual(self._open(self.profiles[1]), {'pricelist': 'changed'})
        self.assertFalse(self.partners.activity_ids)
        with self.assertRaises(AccessError):
            self.a.with_env(self._as(self.rep)).action_apply_policy()

    # ------------------------------------------------------------------
    # Neighbours
    # ------------------------------------------------------------------

    def test_child_contacts_follow(self):
        child = self.env['res.partner'].with_company(self.company).create({'name': "Person", 'parent_id': self.partner.id})
        self._go(self.a)
        self.assertEqual((child.specific_property_product_pricelist, child.property_payment_term_id), (self.list_a, self.term))
        self._go(self.none)
        self.assertFalse(child.specific_property_product_pricelist)
