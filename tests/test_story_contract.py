"""From an opportunity to the last instalment and the return of goods: what a contract lives through, every figure to the cent."""
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_contract_exec.tests.credit_common import CreditCommon


class ContractStory(CreditCommon):
    """People are credited with 40 % of what is signed and 60 % of what is collected; ``rep`` has 60 % of the contract, ``rep2`` 40 %.

    A contract is paid by an advance of 30 % within ten days, two instalments of 25 % a month and two months after signing, and a
    retention of 20 % a year after all is delivered; goods leave in three parts. ``lead`` approves from 1,000 EUR net on. Customers are
    reminded from the first day overdue on.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._limit(cls.customer, 5000)
        cls._stock(100)
        cls.env['crm.performance.rule'].create({
            'company_id': cls.company.id, 'date_from': '2026-01-01', 'basis': 'revenue', 'signed_weight': 40, 'delivered_weight': 0,
            'invoiced_weight': 0, 'collected_weight': 60})
        cls.env['crm.dunning.policy'].search([]).active = False
        cls.env['crm.dunning.policy'].create({'name': "Story", 'currency_id': cls.eur.id, 'level_ids': [
            Command.create({'name': "First", 'days': 1, 'wait_days': 7, 'subject': "Overlooked?"})]})
        cls.template = cls.env['crm.contract.template'].create({'name': "Story", 'line_ids': [Command.create(vals) for vals in (
            {'sequence': 1, 'name': "Advance", 'kind': 'collect', 'percent': 30, 'anchor_offset': 10},
            {'sequence': 2, 'name': "Delivery 1", 'kind': 'deliver', 'percent': 40, 'anchor_offset': 25},
            {'sequence': 3, 'name': "Delivery 2", 'kind': 'deliver', 'percent': 30, 'anchor_offset': 30},
            {'sequence': 4, 'name': "Delivery 3", 'kind': 'deliver', 'percent': 30, 'anchor_offset': 56},
            {'sequence': 5, 'name': "Instalment", 'percent': 50, 'anchor_offset': 1, 'anchor_unit': 'month', 'repeat': 2},
            {'sequence': 6, 'name': "Retention", 'kind': 'collect', 'percent': 20, 'anchor': 'delivery', 'anchor_offset': 12,
             'anchor_unit': 'month'})]})

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def _quoted_contract(self, pricelist=None):
        """An opportunity, its quotation over 10 pieces, and the contract that the salesperson makes of it."""
        env = self._as(self.rep)
        lead = env['crm.lead'].create({'name': "Pumps", 'type': 'opportunity', 'partner_id': self.customer.id})
        vals = {'pricelist_id': pricelist.id} if pricelist else {}
        self.order = env['sale.order'].create({
            'partner_id': self.customer.id, 'opportunity_id': lead.id, **vals, 'order_line': [Command.create({
                'product_id': self.goods.id, 'product_uom_qty': 10, 'price_unit': 100, 'tax_ids': [Command.set(self.tax.ids)]})]})
        action = lead.action_crm_contract_new()
        wizard = env[action['res_model']].with_context(**action['context']).create({'type_id': self.contract_type.id})
        contract = env['crm.contract'].browse(wizard.action_apply()['res_id'])
        contract.write({
            'signatory_id': self.person.id, 'template_id': self.template.id, 'retention_percent': 20, 'share_ids': [
                Command.create({'user_id': user.id, 'percent': percent}) for user, percent in ((self.rep, 60), (self.rep2, 40))]})
        contract.action_apply_template()
        self.contract, self.order = contract.with_env(self.env), self.order.with_env(self.env)
        self.assertEqual((contract.lead_id, contract.state, contract.title), (lead, 'draft', "Pumps"))

    def _sign(self):
        self._by(self.order).action_confirm()
        action = self.env['crm.contract.sign'].with_env(self._as(self.rep))
        action.create({'contract_id': self.contract.id, 'date': date.today()}).action_apply()
        if self.contract.state == 'signed':
            self._by(self.contract).action_start()
        self.assertEqual((self.contract.state, self.contract.signed_by), ('executing', "Person"))

    def _step(self, name):
        return self.contract.step_ids.filtered(lambda step: step.name == name)

    def _bill(self, name):
        """Finance drafts the invoice of a step, and posts it."""
        self._by(self._step(name), self.finance).action_create_invoice()
        invoice = self._step(name).invoice_ids
        self._by(invoice, self.finance).write({'invoice_date': date.today()})
        self._by(invoice, self.finance).action_post()
        return invoice

    def _send(self, name):
        """The warehouse makes the transfer of a step and sends all of it."""
        self._by(self._step(name), self.stocker).action_create_picking()
        picking = self._step(name).picking_ids
        self._by(picking, self.stocker).with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, 'done')
        return picking

    def _paid(self, invoice, amount=None):
        return self._pay([(invoice, str(date.today()), amount)])

    def _amend(self, quantity, amounts=None):
        """The salesperson agrees on another quantity, who approved the contract approves that, too."""
        amendment = self._by(self.contract).env['crm.contract.amendment'].browse(self._by(self.contract).action_amend()['res_id'])
        amendment.line_ids.quantity = quantity
        for step in amendment.step_ids.filtered(lambda step: step.name in (amounts or {})):
            step.amount = amounts[step.name]
        amendment.action_submit()
        self._by(amendment, self.lead).action_approve()
        amendment.action_apply()

    # ------------------------------------------------------------------
    # What can be seen
    # ------------------------------------------------------------------

    def _assert_plan(self, **expected):
        """Check ``(amount, done, taken off, open, state)`` of the instalments, ``(done %, state)`` of the deliveries, by initials."""
        found = {}
        for step in self.contract.step_ids:
            key = "".join(part[0] for part in step.name.split()).lower()
            found[key] = ((step.done_percent, step.state) if step.kind == 'deliver' else (
                step.amount, step.done_amount, step.waived_amount, step.open_amount, step.state))
        self.assertEqual({key: found[key] for key in expected}, expected)

    def _assert_figures(self, total, invoiced, collected, delivered, exposure, credited):
        """Check the contract's gross total, ``(amount, %)`` invoiced and collected, percent delivered, the exposure of the customer in the
        company's currency, and ``(signed, collected)`` in the ledger of both people together, split by their shares."""
        self.env.invalidate_all()
        contract = self.contract
        self.assertEqual(
            (contract.amount_total, (contract.invoiced_amount, contract.invoiced_percent),
             (contract.collected_amount, contract.collected_percent), contract.delivered_percent),
            (total, invoiced, collected, delivered))
        self.assertEqual(self._exposure(), exposure)
        ledger = {(event, user.id): round(amount, 2) for event, user, amount in self.env['crm.performance.entry']._read_group(
            [('contract_id', '=', contract.id)], ['event', 'user_id'], ['amount:sum'])}
        self.assertEqual(
            {key: amount for key, amount in ledger.items() if amount}, {
                (event, user.id): round(amount * share, 2) for event, amount in zip(('signed', 'collected'), credited, strict=True)
                for user, share in ((self.rep, 0.6), (self.rep2, 0.4)) if amount})

    def _assert_owed(self, *rows):
        """Check ``(initials of the instalment or kind, open, age, days overdue)`` of the receivables, in the order of their list."""
        self.env['crm.receivable'].invalidate_model()
        items = self._as(self.finance)['crm.receivable'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual([(
            "".join(part[0] for part in item.step_id.name.split()).lower() if item.step_id else item.kind, round(item.open_amount, 2),
            item.bucket, item.days_overdue) for item in items], list(rows))

    def _assert_books(self, **expected):
        """Check the figures of credit management as of today: what is open in the books, overdue there, and the days of sales in it."""
        figures = self._as(self.finance)['crm.collection.month'].figures()
        self.assertEqual({name: figures[name] and round(figures[name], 2) for name in expected}, expected)

    def _assert_dunned(self, *rows, out=()):
        """Have finance propose a run, and check ``(item, amount)`` dunned, and ``(item, reason)`` of what is left out.

        :return: the run
        """
        run = self._as(self.finance)['crm.dunning.run'].create({})
        run.action_propose()
        lines = run.line_ids.grouped('state')
        none = run.line_ids.browse()
        self.assertEqual([(line.step_id.name, line.amount) for line in lines.get('proposed', none)], list(rows))
        self.assertEqual([(line.step_id.name, line.reason) for line in lines.get('out', none)], list(out))
        return run

    def _assert_metrics(self, **expected):
        day = date.today()
        self.assertEqual({code: round(self._value(code, self.customer, date=day) or 0, 2) for code in expected}, expected)


@tagged('post_install', '-at_install')
class TestContractStory(ContractStory):

    def test_story(self):
        self.env['crm.contract.approver'].create(
            {'type_id': self.contract_type.id, 'user_id': self.lead.id, 'from_amount': 1000, 'currency_id': self.eur.id})
        self._until_signed()
        self._advance_paid()
        self._two_deliveries()
        self._paid_too_much()
        self._two_pieces_more()
        self._all_delivered_and_paid()
        self._two_pieces_back()
        self._refunded()
        self._settled()

    def _until_signed(self):
        self._quoted_contract()
        self._assert_figures(1200, (0, 0), (0, 0), 0, 0, (0, 0))
        self._by(self.contract).action_submit()
        self.assertEqual(self.contract.state, 'approval')
        self._by(self.contract, self.lead).action_approve("Fine")
        self.assertEqual(self.contract.state, 'approved')
        self._sign()
        self._assert_figures(1200, (0, 0), (0, 0), 0, 1200, (400, 0))
        self._assert_plan(
            a=(360, 0, 0, 360, 'ready'), d1=(0, 'ready'), d2=(0, 'ready'), d3=(0, 'ready'), i1=(300, 0, 0, 300, 'ready'),
            i2=(300, 0, 0, 300, 'ready'), r=(240, 0, 0, 240, 'wait'))
        self.assertEqual(
            [str(step.date_due) for step in self.contract.step_ids],
            ['2026-06-25', '2026-07-10', '2026-07-15', '2026-08-10', '2026-07-15', '2026-08-15', 'False'])
        self._assert_metrics(contracted_value=1000, executing_value=1000, contract_collected=0)
        self._assert_owed(('a', 360, '0_due', 0), ('i1', 300, '0_due', 0), ('i2', 300, '0_due', 0), ('r', 240, '0_due', 0))
        self._assert_books(open_amount=0, overdue_amount=0, dso_90=None)

    def _advance_paid(self):
        with freeze_time('2026-06-16 12:00:00'):
            invoice = self._bill("Advance")
            self.assertEqual((invoice.amount_total, str(invoice.invoice_date_due)), (360, '2026-06-25'))
            self._assert_figures(1200, (360, 30), (0, 0), 0, 1200, (400, 0))
            self._assert_owed(('a', 360, '0_due', 0), ('i1', 300, '0_due', 0), ('i2', 300, '0_due', 0), ('r', 240, '0_due', 0))
            self._assert_books(open_amount=360, overdue_amount=0, dso_90=90, dso_count_back=16)
        with freeze_time('2026-06-20 12:00:00'):
            self._paid(invoice)
            self._assert_figures(1200, (360, 30), (360, 30), 0, 840, (400, 180))
            self._assert_owed(('i1', 300, '0_due', 0), ('i2', 300, '0_due', 0), ('r', 240, '0_due', 0))
            self._assert_books(open_amount=0, overdue_amount=0, dso_90=0)
            self._assert_dunned()
            self._assert_plan(a=(360, 360, 0, 0, 'done'), i1=(300, 0, 0, 300, 'ready'))
            self._assert_metrics(contract_collected=30, instalment_days_late=0)

    def _two_deliveries(self):
        with freeze_time('2026-07-10 12:00:00'):
            self._send("Delivery 1")
            self._assert_figures(1200, (360, 30), (360, 30), 40, 840, (400, 180))
            self._assert_plan(d1=(100, 'done'), d2=(0, 'ready'), d3=(0, 'ready'))
        with freeze_time('2026-07-17 12:00:00'):
            self._send("Delivery 2")
            self._assert_figures(1200, (360, 30), (360, 30), 70, 840, (400, 180))
            self._assert_plan(d2=(100, 'done'), d3=(0, 'ready'), i1=(300, 0, 0, 300, 'overdue'))
            self.assertEqual((self._step("Delivery 2").days_late, self.contract.overdue_amount), (2, 300))
            self._assert_metrics(instalment_overdue=300, delivery_on_time=50)
            self._assert_owed(('i1', 300, '1_30', 2), ('i2', 300, '0_due', 0), ('r', 240, '0_due', 0))
            self._assert_books(open_amount=0, overdue_amount=0)   # not invoiced: only the plan knows
            self._promised()

    def _promised(self):
        """The overdue instalment comes into a dunning run, but not once the customer has promised to pay it."""
        self._assert_dunned(("Instalment 1/2", 300)).action_cancel()
        self.promise = self._as(self.rep)['crm.payment.promise'].create({
            'partner_id': self.customer.id, 'amount': 300, 'date': '2026-07-20', 'currency_id': self.eur.id,
            'step_ids': self._step("Instalment 1/2").ids})
        self._assert_dunned(out=[("Instalment 1/2", 'promised')])

    def _paid_too_much(self):
        """Of 400 for an instalment of 300, 100 pay a part of the next one."""
        with freeze_time('2026-07-18 12:00:00'):
            self.over = self._paid(self._bill("Instalment 1/2"), 400)
            self._assert_figures(1200, (660, 55), (760, 63.33), 70, 440, (400, 330))
            self._assert_plan(i1=(300, 300, 0, 0, 'done'), i2=(300, 100, 0, 200, 'partial'), r=(240, 0, 0, 240, 'wait'))
            self.assertEqual((self._step("Instalment 1/2").days_late, self.contract.overdue_amount), (3, 0))
            self._assert_metrics(contract_collected=63.33, instalment_days_late=1.5, instalment_overdue=0)
            self._assert_owed(('i2', 200, '0_due', 0), ('r', 240, '0_due', 0))
            self._assert_books(open_amount=0, overdue_amount=0)   # of documents; the money is on account
            self._assert_dunned()
            self.assertEqual((self.promise.state, self.promise.received_amount), ('kept', 300))

    def _two_pieces_more(self):
        with freeze_time('2026-07-20 12:00:00'):
            self._amend(12)
            self.assertEqual(self._step("Delivery 3").line_ids.quantity, 5)
            self._assert_figures(1440, (660, 45.83), (760, 52.78), 58.33, 680, (480, 330))
            self._assert_plan(i1=(300, 300, 0, 0, 'done'), i2=(300, 100, 0, 200, 'partial'), r=(480, 0, 0, 480, 'wait'))
            self._assert_metrics(contracted_value=1200, executing_value=1200)
            self._assert_owed(('i2', 200, '0_due', 0), ('r', 480, '0_due', 0))

    def _all_delivered_and_paid(self):
        with freeze_time('2026-08-10 12:00:00'):
            self.last_transfer = self._send("Delivery 3")
            self._assert_figures(1440, (660, 45.83), (760, 52.78), 100, 680, (480, 330))
            self.assertEqual(str(self._step("Retention").date_due), '2027-08-10')
        with freeze_time('2026-08-12 12:00:00'):
            invoice = self._bill("Instalment 2/2")
            self._assert_figures(1440, (960, 66.67), (760, 52.78), 100, 680, (480, 330))
            self._assert_owed(('i2', 200, '0_due', 0), ('r', 480, '0_due', 0))
            self._assert_books(open_amount=300, overdue_amount=0, dso_90=28.12, dso_count_back=12)
            (invoice + self.over).line_ids.filtered(
                lambda line: line.account_id.account_type == 'asset_receivable' and not line.reconciled).reconcile()
            self._assert_figures(1440, (960, 66.67), (760, 52.78), 100, 680, (480, 380))
            self._paid(invoice)
            self._assert_figures(1440, (960, 66.67), (960, 66.67), 100, 480, (480, 480))
            self._assert_owed(('r', 480, '0_due', 0))
        with freeze_time('2026-08-16 12:00:00'):
            self.last = self._bill("Retention")
            self.assertEqual((self.last.amount_total, str(self.last.invoice_date_due)), (480, '2027-08-10'))
            self._assert_books(open_amount=480, overdue_amount=0, dso_90=30, dso_365=121.67, dso_count_back=9.85)
            self._paid(self.last)
            self._assert_figures(1440, (1440, 100), (1440, 100), 100, 0, (480, 720))
            self._assert_plan(d3=(100, 'done'), i2=(300, 300, 0, 0, 'done'), r=(480, 480, 0, 0, 'done'))
            self._assert_owed()
            self._assert_books(open_amount=0, overdue_amount=0, dso_90=0, dso_count_back=0)

    def _two_pieces_back(self):
        """They came back, and are still agreed upon until that is amended: 240 are owed again, and 240 are to be given back."""
        with freeze_time('2026-08-20 12:00:00'):
            wizard = self.env['stock.return.picking'].with_env(self._as(self.stocker)).create({'picking_id': self.last_transfer.id})
            wizard.product_return_moves.quantity = 2
            back = self.env['stock.picking'].browse(wizard.action_create_returns()['res_id'])
            self._by(back, self.stocker).with_context(skip_sms=True).button_validate()
            self._assert_figures(1440, (1440, 100), (1440, 100), 83.33, 0, (480, 720))
            self._assert_plan(d3=(60, 'overdue'))
            reversal = self._as(self.finance)['account.move.reversal'].with_context(
                active_model='account.move', active_ids=self.last.ids).create({'journal_id': self.last.journal_id.id})
            self.note = self.env['account.move'].browse(reversal.refund_moves()['res_id'])
            goods = self.note.invoice_line_ids.filtered(lambda line: line.product_id == self.goods)
            (self.note.invoice_line_ids - goods).unlink()
            goods.quantity = 2
            self._by(self.note, self.finance).action_post()
            self.assertEqual(self.note.amount_total, 240)
            self._assert_figures(1440, (1200, 100), (1440, 120), 83.33, 0, (480, 720))
            self._assert_owed(('credit', -240, '9_credit', 0))
            self._assert_books(open_amount=-240, overdue_amount=0)

    def _refunded(self):
        with freeze_time('2026-08-25 12:00:00'):
            self._paid(self.note)
            self._assert_figures(1440, (1200, 100), (1200, 100), 83.33, 240, (480, 600))
            self._assert_plan(r=(480, 240, 240, 0, 'done'), d3=(60, 'overdue'))
            self._assert_owed()
            self._assert_books(open_amount=0, overdue_amount=0)

    def _settled(self):
        """Two pieces less: what was signed for them is taken back from both people, and the contract is carried out."""
        with freeze_time('2026-08-26 12:00:00'):
            self._amend(10, {"Retention": 240})
            self.assertEqual(self._step("Delivery 3").line_ids.quantity, 3)
            self._assert_figures(1200, (1200, 100), (1200, 100), 100, 0, (400, 600))
            self._assert_plan(d3=(100, 'done'), r=(240, 240, 0, 0, 'done'))
            self._by(self.contract).action_complete()
            self.assertEqual(self.contract.state, 'completed')
            self._assert_figures(1200, (1200, 100), (1200, 100), 100, 0, (400, 600))
            self._assert_owed()
            self._assert_dunned()
            self._assert_metrics(contracted_value=1000, executing_value=0, contract_collected=100)
            entries = self.env['crm.performance.entry'].search([('contract_id', '=', self.contract.id), ('is_back', '=', True)])
            self.assertTrue(entries, "What was taken back stays on record")


@tagged('post_install', '-at_install')
class TestForeignContractStory(ContractStory):
    """1 EUR is 4 USD when a contract in USD is signed, and 5 USD from July on."""

    def test_story(self):
        self.env['res.currency.rate'].create(
            {'name': '2026-07-01', 'currency_id': self.usd.id, 'company_id': self.company.id, 'rate': 5})
        self._quoted_contract(self.env['product.pricelist'].create(
            {'name': "Dollars", 'company_id': self.company.id, 'currency_id': self.usd.id}))
        self.assertEqual(self.contract.currency_id, self.usd)
        self._by(self.contract).action_submit()
        self._sign()
        self.assertEqual((self.contract.company_untaxed, self.contract.company_total), (250, 300))
        self._assert_figures(1200, (0, 0), (0, 0), 0, 300, (100, 0))
        self._assert_metrics(contracted_value=250, executing_value=250)
        with freeze_time('2026-06-20 12:00:00'):
            invoice = self._bill("Advance")
            self.assertEqual((invoice.amount_total, invoice.amount_total_signed), (360, 90))
            self._assert_figures(1200, (360, 30), (0, 0), 0, 300, (100, 0))
        with freeze_time('2026-07-05 12:00:00'):
            self._paid(invoice)   # 72 EUR; 18 are lost
            self._assert_plan(a=(360, 360, 0, 0, 'done'), i1=(300, 0, 0, 300, 'ready'))
            self._assert_figures(1200, (360, 30), (360, 30), 0, 210, (100, 45))
            for name in ("Delivery 1", "Delivery 2", "Delivery 3"):
                self._send(name)
            self._assert_figures(1200, (360, 30), (360, 30), 100, 210, (100, 45))
        with freeze_time('2026-07-10 12:00:00'):
            for name, euros in (("Instalment 1/2", 60), ("Instalment 2/2", 60), ("Retention", 48)):
                invoice = self._bill(name)
                self.assertEqual(invoice.amount_total_signed, euros)
                self._paid(invoice)
            self._assert_figures(1200, (1200, 100), (1200, 100), 100, 0, (100, 150))
            self._assert_metrics(contract_collected=100)
            self.assertEqual((self.contract.company_untaxed, self.contract.company_total), (250, 300))
            self._by(self.contract).action_complete()
            self._assert_figures(1200, (1200, 100), (1200, 100), 100, 0, (100, 150))
