from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestAmendment(ContractCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock(100)
        cls.order = cls._order([(10, 100)], confirm=True)
        cls.contract = cls._contract(cls.order, title="Pumps", signatory_id=cls.person.id)
        cls.contract.step_ids = [
            Command.create({'name': "Advance", 'kind': 'collect', 'sequence': 1, 'amount': 400, 'date_due': '2026-06-20'}),
            Command.create({'name': "Delivery", 'kind': 'deliver', 'sequence': 2, 'date_due': '2026-07-10', 'line_ids': [
                Command.create({'order_line_id': cls.order.order_line.id, 'quantity': 10})]}),
            Command.create({'name': "Final", 'kind': 'collect', 'sequence': 3, 'amount': 800, 'date_due': '2026-07-20'})]
        cls._advance(cls.contract, 'executing')

    def _amendment(self, user=None, **vals):
        amendments = self._by(self.env['crm.contract.amendment'], user)
        return amendments.create({'contract_id': self.contract.id, 'reason': "Agreed by phone", **vals})

    def _in_force(self, amendment):
        self._by(amendment, self.manager).action_submit()
        self._by(amendment).action_apply()

    def _step(self, name):
        return self.contract.step_ids.filtered(lambda step: step.name == name)

    def test_begins_with_the_terms_as_they_are(self):
        amendment = self._amendment()
        self.assertEqual((amendment.name, amendment.title), (f"{self.contract.name}/A1", "Pumps"))
        self.assertEqual([(line.quantity, line.price_unit) for line in amendment.line_ids], [(10, 100)])
        self.assertEqual(amendment.step_ids.mapped('amount'), [400, 0, 800])
        self.assertFalse(amendment.is_price or amendment.is_quantity or amendment.is_plan or amendment.is_scope or amendment.is_party)
        with self.assertRaisesRegex(UserError, "Nothing is changed"):
            amendment.action_submit()

    def test_price_and_quantity(self):
        """Order, planned delivery and the last instalment follow; before and after stay on record."""
        amendment = self._amendment()
        amendment.line_ids.write({'quantity': 12, 'price_unit': 90})
        self.assertEqual((amendment.change_untaxed, amendment.is_price, amendment.is_quantity), (80, True, True))
        self._in_force(amendment)
        line = self.order.order_line
        self.assertEqual((line.product_uom_qty, line.price_unit, self.contract.amount_total), (12, 90, 1296))
        self.assertEqual((self._step("Advance").amount, self._step("Final").amount), (400, 896))
        self.assertEqual(self._step("Delivery").line_ids.quantity, 12)
        self.assertEqual((amendment.state, amendment.signed_by), ('applied', "Person"))
        rows = {(section, name): (old, new) for section, name, old, new in amendment._differences()}
        old, new = rows['lines', f"{self.order.name} / Goods"]
        self.assertIn("10 Units × 100.00", old.replace('\N{NO-BREAK SPACE}', ' ').replace('€ ', ''))
        self.assertIn("12 Units × 90.00", new.replace('\N{NO-BREAK SPACE}', ' ').replace('€ ', ''))
        self.assertIn(('plan', "Final"), rows)
        self.assertIn("1,200.00", str(amendment.before))

    def test_spread(self):
        amendment = self._amendment(plan_rule='spread')
        amendment.line_ids.price_unit = 110
        self._in_force(amendment)
        self.assertEqual((self._step("Advance").amount, self._step("Final").amount), (440, 880))

    def test_plan_entered_must_add_up(self):
        amendment = self._amendment(plan_rule='none')
        amendment.line_ids.price_unit = 110
        self._by(amendment, self.manager).action_submit()
        with self.assertRaisesRegex(UserError, "add up to"), self.env.cr.savepoint():
            self._by(amendment).action_apply()
        self.assertEqual((amendment.state, self.order.order_line.price_unit), ('approved', 100))
        amendment.action_reset()
        amendment.step_ids[-1].write({'amount': 920, 'date_due': '2026-08-01'})
        self._in_force(amendment)
        self.assertEqual((self._step("Final").amount, str(self._step("Final").date_due)), (920, '2026-08-01'))

    def test_terms_must_hang_together(self):
        """What a draft has to comply with before it is submitted, an amended contract has to, too: no more is delivered than is ordered."""
        amendment = self._amendment()
        amendment.line_ids.price_unit = 110
        self._by(amendment, self.manager).action_submit()
        self._step("Delivery").line_ids.sudo().quantity = 11
        with self.assertRaisesRegex(UserError, "are ordered"), self.env.cr.savepoint():
            self._by(amendment).action_apply()
        self.assertEqual((amendment.state, self.order.order_line.price_unit), ('approved', 100))

    def test_steps_dropped_and_added(self):
        amendment = self._amendment(step_ids=[
            Command.create({'name': "Retention", 'kind': 'collect', 'amount': 400, 'date_due': '2027-06-20'})])
        amendment.step_ids.filtered(lambda line: line.name == "Advance").is_dropped = True
        self._in_force(amendment)
        self.assertEqual(self._step("Advance").state, 'void')
        self.assertIn(amendment.name, self._step("Advance").void_reason)
        self.assertEqual(self._step("Retention").amount, 400)

    def test_new_goods(self):
        amendment = self._amendment(line_ids=[Command.create({'product_id': self.product.id, 'quantity': 2, 'price_unit': 50})])
        self._in_force(amendment)
        line = self.order.order_line.filtered(lambda line: line.product_id == self.product)
        self.assertEqual((line.product_uom_qty, line.price_unit), (2, 50))
        self.assertEqual(sum(self.contract.step_ids.mapped('amount')), self.contract.amount_total)

    def test_scope_and_parties(self):
        amendment = self._amendment(title="Pumps and pipes", share_ids=[
            Command.create({'user_id': self.rep.id, 'percent': 60}), Command.create({'user_id': self.rep2.id, 'percent': 40})])
        self.assertEqual((amendment.is_scope, amendment.is_party, amendment.is_price), (True, True, False))
        self._in_force(amendment)
        self.assertEqual(self.contract.title, "Pumps and pipes")
        self.assertEqual(dict(self.contract.share_ids.mapped(lambda share: (share.user_id, share.percent))), {self.rep: 60, self.rep2: 40})
        with self.assertRaisesRegex(UserError, "100 %"):
            self._amendment(share_ids=[Command.clear(), Command.create({'user_id': self.rep.id, 'percent': 90})]).action_submit()

    def test_less_than_delivered_is_refused(self):
        self._deliver(self.order, 4)
        amendment = self._amendment()
        amendment.line_ids.quantity = 3
        with self.assertRaisesRegex(UserError, "delivered already"):
            amendment.action_submit()
        amendment.line_ids.quantity = 4
        self._in_force(amendment)
        self.assertEqual(self.order.order_line.product_uom_qty, 4)

    def test_order_changed_meanwhile(self):
        amendment = self._amendment()
        amendment.line_ids.price_unit = 90
        self._by(amendment, self.manager).action_submit()
        self.order.order_line.price_unit = 95
        with self.assertRaisesRegex(UserError, "was changed since"):
            amendment.action_apply()

    def test_locked_order(self):
        self.order.action_lock()
        amendment = self._amendment()
        amendment.line_ids.price_unit = 90
        self._in_force(amendment)
        self.assertEqual((self.order.order_line.price_unit, self.order.locked), (90, True))

    def test_contract_without_orders(self):
        self.contract = self._contract(total=1200, untaxed=1000, state='signed')
        amendment = self._amendment(manual_total=1440, manual_untaxed=1200)
        self.assertEqual((amendment.is_price, amendment.change_untaxed), (True, 200))
        self._in_force(amendment)
        self.assertEqual((self.contract.amount_untaxed, self.contract.amount_total), (1200, 1440))

    def test_a_draft_and_no_other_is_changed(self):
        amendment = self._amendment(title="New")
        with self.assertRaises(UserError):
            amendment.action_apply()
        amendment.action_submit()
        with self.assertRaises(UserError):
            amendment.title = "Another"
        with self.assertRaises(AccessError):
            amendment.write({'state': 'applied'})
        amendment.action_reset()
        amendment.title = "Another"
        amendment.action_submit()
        amendment.action_cancel()
        self.assertEqual((amendment.state, self.contract.title), ('cancelled', "Pumps"))

    def test_begins_as_a_draft(self):
        with self.assertRaises(AccessError):
            self._amendment(state='approved')
        draft = self._contract(total=10)
        with self.assertRaisesRegex(UserError, "cannot be amended"):
            draft.action_amend()

    def test_one_at_a_time(self):
        action = self._by(self.contract).action_amend()
        self.assertEqual(self._by(self.contract).action_amend()['res_id'], action['res_id'])
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self._amendment()

    def test_roles(self):
        amendment = self._amendment(title="New")
        for user in (self.rep2, self.employee, self.stocker, self.manager_usd):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._by(amendment, user).with_context(allowed_company_ids=user.company_id.ids).read(['title'])
        self.assertEqual(self._by(amendment, self.finance).title, "New")
        with self.assertRaises(AccessError):
            self._by(amendment, self.finance).title = "Other"
        for user in (self.rep2, self.finance):
            with self.subTest(create=user.login), self.assertRaises(AccessError):
                self._amendment(user)
        with self.assertRaises(AccessError):
            self._by(amendment.line_ids, self.rep2).quantity = 1

    def test_printed(self):
        amendment = self._amendment(title="Pumps and pipes")
        self._in_force(amendment)
        for report, text in (('report_amendment', "Pumps and pipes"), ('report_contract_before', "As agreed before")):
            html = self.env['ir.actions.report']._render_qweb_html(f'crm_contract_exec.{report}', amendment.ids)[0].decode()
            self.assertIn(text, html)
        self.assertNotIn("Pumps and pipes", html)
        self.assertLess(html.index("Advance"), html.index("Final"))    # in the order of the plan, not of the alphabet or the length
        self.assertLess(html.index("Prices and Quantities"), html.index("Advance"))
        self.assertIn("Pumps and pipes", amendment.difference_html)

    def test_printed_to_be_signed(self):
        """Before it is in force, the print says what would change, with room for signatures; afterwards, who has agreed."""
        amendment = self._amendment(title="Pumps and pipes")
        report = self.env['ir.actions.report']
        html = report._render_qweb_html('crm_contract_exec.report_amendment', amendment.ids)[0].decode()
        self.assertEqual(amendment._change_rows(), [(None, *row) for row in amendment._proposal()])
        for text in ("Pumps and pipes", self.contract.title, "o_crm_amendment_signatures"):
            self.assertIn(text, html)
        self._in_force(amendment)
        amendment.sudo().signed_by = "Anna"   # as signing does
        self.assertEqual(amendment._change_rows(), amendment._differences())
        self.assertNotIn("o_crm_amendment_signatures", report._render_qweb_html(
            'crm_contract_exec.report_amendment', amendment.ids)[0].decode())
