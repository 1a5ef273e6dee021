"""What surrounds the contracts of the demo company: approvers, credit for who sold, promises, disputes, dunning, holds, amendments."""
from datetime import timedelta

from odoo import Command


class Aftermath:
    """Rules before the first contract, and what people do about contracts that do not go as planned."""

    def __init__(self, env, company, partners, today):
        self.env, self.company, self.today = env, company, today
        self.partners = partners   # {key: res.partner}
        self.users = {login: env.ref(f'crm_grading.demo_user_{login}') for login in ('rep', 'rep2', 'lead', 'manager', 'finance')}

    def set_up(self):
        """The rules by which contracts are approved, watched and credited."""
        self.env.ref('crm_contract_exec.crm_contract_type_sale').is_free = True
        self.env.ref('crm_contract_exec.crm_contract_type_framework').is_free = True
        self.env['crm.contract.approver'].create({
            'type_id': self.env.ref('crm_contract_exec.crm_contract_type_project').id, 'company_id': self.company.id,
            'user_id': self.users['manager'].id, 'from_amount': 60000, 'currency_id': self.company.currency_id.id})
        self.env['crm.performance.rule'].create({
            'company_id': self.company.id, 'date_from': self.today - timedelta(days=400), 'basis': 'revenue',
            'signed_weight': 20, 'delivered_weight': 0, 'invoiced_weight': 30, 'collected_weight': 50})

    def live(self, contracts):
        """What came after, the contracts being carried out.

        :param contracts: ``{customer key: crm.contract}``
        """
        self._promise(contracts)
        self._dispute(contracts)
        self._dun()
        self._amend(contracts)
        self._hold()
        self.env['crm.performance.entry']._book()
        self._night()

    def _night(self):
        """What the nightly jobs make of it, so that no page waits for the first night."""
        self.env['crm.collection.month']._refresh(self.company)
        self.env['crm.customer']._update_credit_standing(self.company)
        self.env['crm.credit.warning']._warn(self.company)

    def _invoices(self, contract):
        return self.env['account.move'].search([
            ('crm_contract_id', '=', contract.id), ('state', '=', 'posted'), ('payment_state', 'in', ('not_paid', 'partial'))])

    def _promise(self, contracts):
        """The late payer has broken one promise, and given another."""
        if contract := contracts.get('bouwgroep'):
            invoice = self._invoices(contract)
            common = {
                'partner_id': contract.partner_id.id, 'company_id': self.company.id, 'user_id': self.users['finance'].id,
                'contact_id': contract.partner_id.child_ids[:1].id, 'move_ids': [Command.set(invoice.ids)]}
            for given, due, share in ((35, 25, 0.5), (4, -3, 0.4)):
                self.env['crm.payment.promise'].create({
                    **common, 'date_given': self.today - timedelta(days=given), 'date': self.today - timedelta(days=due),
                    'amount': self.company.currency_id.round(invoice.amount_residual * share)})
            self.env['crm.payment.promise']._judge()

    def _dispute(self, contracts):
        if contract := contracts.get('carpenteria'):
            invoice = self._invoices(contract)
            self.env['crm.payment.dispute'].create({
                'name': "Twelve bearings are scratched", 'partner_id': contract.partner_id.id, 'company_id': self.company.id,
                'user_id': self.users['lead'].id, 'move_id': invoice.id, 'cause': 'quality', 'effect': 'part',
                'amount': self.company.currency_id.round(invoice.amount_residual / 5), 'date': self.today - timedelta(days=12)})

    def _dun(self):
        """A run of two weeks ago went out; today's waits for somebody to look through it."""
        for days in (14, 0):
            run = self.env['crm.dunning.run'].with_user(self.users['finance']).with_company(self.company).create({
                'company_id': self.company.id, 'date': self.today - timedelta(days=days)})
            run.action_propose()
            if days and not run.unsigned_count:
                run.action_confirm()

    def _amend(self, contracts):
        """The mill wants a fifth motor: agreed by the manager, waiting for the customer."""
        if contract := contracts.get('molen'):
            amendment = self.env['crm.contract.amendment'].create({
                'contract_id': contract.id, 'reason': "A further motor for the second mill"})
            line = amendment.line_ids[:1]
            line.quantity += 3
            amendment.with_user(contract.user_id).action_submit()

    def _hold(self):
        """Since today orders are checked: one of the late payer is more than its limit allows."""
        self.company.write({'crm_credit_check': 'order', 'crm_credit_approver_id': self.users['manager'].id})
        if partner := self.partners.get('bouwgroep'):
            partner.with_company(self.company).credit_limit = 20000
            order = self.env['sale.order'].with_user(self.users['rep']).create({
                'partner_id': partner.id, 'company_id': self.company.id, 'order_line': [Command.create({
                    'product_id': self.env.ref('crm_grading.demo_product_pump').id, 'product_uom_qty': 25, 'tax_ids': False})]})
            order.action_confirm()
