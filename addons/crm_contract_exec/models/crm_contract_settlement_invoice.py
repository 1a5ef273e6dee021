from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmContractType(models.Model):
    """What settlements are invoiced as."""
    _inherit = 'crm.contract.type'

    settlement_product_id = fields.Many2one(
        'product.product', ondelete='restrict', check_company=True, index='btree_not_null',
        domain=[('type', '=', 'service')],
        help="What the settlement of a terminated contract is invoiced as: its taxes and its account apply.")


class CrmContractStep(models.Model):
    """The invoice of what is still to be paid when a contract was terminated."""
    _inherit = 'crm.contract.step'

    def _settlement_invoice(self):
        """Draft the invoice of the step: its gross amount, in the currency of the contract, taxed as the product of the contract's type.

        :raise UserError: where the type names no product, nothing is left to pay, or invoices of the contract are still open: on those
            the settlement is paid
        """
        contract = self.contract_id
        product = contract.type_id.with_company(contract.company_id).settlement_product_id
        amount = self.currency_id.round(self.amount - self.waived_amount)
        if not product:
            raise UserError(self.env._(
                "Choose on the contract type “%(type)s” as which product a settlement is invoiced: that says how it is taxed.",
                type=contract.type_id.name))
        if self.currency_id.compare_amounts(amount, 0) <= 0:
            raise UserError(self.env._("Nothing is left to invoice for “%(step)s”. Check its amount.", step=self.name))
        unpaid = contract._invoices().filtered(
            lambda move: move.state == 'posted' and move.move_type == 'out_invoice' and move.amount_residual > 0)
        if unpaid:
            raise UserError(self.env._(
                "%(invoices)s of contract %(contract)s is not paid yet, and what comes for it pays the settlement. Credit what need not be"
                " paid any more; for an invoice of the settlement, credit all that is open.",
                invoices=", ".join(unpaid.mapped('name')), contract=contract.name))
        return self.env['account.move'].with_company(contract.company_id).create(self._settlement_vals(product, amount))

    def _settlement_vals(self, product, amount):
        contract = self.contract_id
        company, partner = contract.company_id, contract.partner_id
        payer = partner.browse(partner.address_get(['invoice'])['invoice'])
        position = self.env['account.fiscal.position'].with_company(company)._get_fiscal_position(payer)
        lines = self._settlement_parts(product, position.map_tax(product.taxes_id._filter_taxes_by_company(company)), amount)
        return {
            'move_type': 'out_invoice', 'partner_id': payer.id, 'company_id': company.id, 'currency_id': self.currency_id.id,
            'fiscal_position_id': position.id, 'invoice_user_id': contract.user_id.id, 'invoice_origin': contract.name,
            'invoice_line_ids': [Command.create({
                'product_id': product.id, 'name': f"{contract.name} {self.name}", 'quantity': 1, **line}) for line in lines],
            **(self._terms() if self.date_due else {})}

    def _settlement_parts(self, product, taxes, amount):
        """Return the prices, taxes and the rounding of taxes with which the lines of an invoice come to a gross amount, as core shares a
        down payment out."""
        tax, company = self.env['account.tax'], self.contract_id.company_id
        base = [tax._prepare_base_line_for_taxes_computation(
            {}, product_id=product, tax_ids=taxes, price_unit=amount, quantity=1.0, currency_id=self.currency_id)]
        tax._add_tax_details_in_base_lines(base, company)
        tax._round_base_lines_tax_details(base, company)
        parts = tax._prepare_down_payment_lines(
            base_lines=base, company=company, amount_type='fixed', amount=amount, computation_key=f'settlement,{self.id}')
        return [{
            'price_unit': part['price_unit'], 'tax_ids': [Command.set(part['tax_ids'].ids)],
            'extra_tax_data': tax._export_base_line_extra_tax_data(part)} for part in parts]
