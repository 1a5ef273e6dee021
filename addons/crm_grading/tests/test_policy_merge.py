from odoo.tests import tagged

from .test_lifecycle import LifecycleCommon
from .test_policy import PolicyCommon


@tagged('post_install', '-at_install')
class TestPolicyMerge(PolicyCommon):

    def _merge(self, source, destination):
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((source + destination).ids, destination, extra_checks=False)
        self.env.invalidate_all()

    def test_the_policy_of_a_merged_customer_is_taken_back(self):
        """The destination takes over the price list that a policy has set on the source; it goes with the grade."""
        source, destination = self.partners[0], self.partners[1]
        self._go(self.a, self.profiles[0])
        self._go(self.a, self.profiles[1])
        self._merge(source, destination)
        self.assertFalse(source.exists())
        self.assertEqual(self._values(destination)[:2], (self.list_a, self.term))
        self._go(self.none, self.profiles[1])
        self.assertEqual(self._values(destination)[:2], self.nothing[:2])
        self.assertFalse(destination.category_id)
        applied = self.Effect.search([('customer_id', '=', self.profiles[1].id), ('state', '=', 'applied')])
        self.assertFalse(applied)

    def test_a_customer_without_a_profile_inherits_one(self):
        destination = self._customers(1, name="Fresh").with_company(self.company)
        self._go(self.a, self.profiles[0])
        self._merge(self.partners[0], destination)
        self.assertEqual(self.profiles[0].partner_id, destination)
        self._go(self.none, self.profiles[0])
        self.assertEqual(self._values(destination)[:2], self.nothing[:2])
        self.assertFalse(destination.category_id)

    def test_what_was_set_by_hand_on_the_destination_stays(self):
        source, destination = self.partners[0], self.partners[1]
        destination.specific_property_product_pricelist = self.list_hand
        self._go(self.a, self.profiles[0])
        self._merge(source, destination)
        self._go(self.none, self.profiles[1])
        self.assertEqual(destination.specific_property_product_pricelist, self.list_hand)


@tagged('post_install', '-at_install')
class TestLifecycleMerge(LifecycleCommon):

    def test_history_and_state_by_hand_survive(self):
        self._assign('2026-05-01')
        self._buy(self.profiles[0], 1, '2026-05-10')
        self._assign('2026-05-10')
        self.profiles[0].with_env(self._as(self.manager))._override_lifecycle(self.friend, "Old friend")
        entries = self._history(self.profiles[0] + self.profiles[1])
        self.assertEqual(len(entries), 4)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            self.partners[:2].ids, self.partners[1], extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(entries.customer_id, self.profiles[1])
        self.assertEqual(self.profiles[1].lifecycle_override_reason, "Old friend")
        self._assign()
        self.assertEqual(self.profiles[1].lifecycle_id, self.friend)
