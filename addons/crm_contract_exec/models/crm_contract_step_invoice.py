from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import formatLang

from ..tools.instalment import spread


class CrmContractStep(models.Model):
    """Invoices made from a step.

    An instalment is a down payment on the orders of the contract: an amount, whatever the pieces that the orders count. The last
    invoice of the plan is made of the order lines and takes off what the others have invoiced: it has what prices, quantities and
    rounding have changed since.
    """
    _inherit = 'crm.contract.step'

    def action_create_invoice(self):
        """Draft the invoice of a step, of an instalment in a plan without invoice steps, or of what settles a terminated contract.

        :return: the action that opens it
        :raise AccessError: for people who may neither sell nor invoice
        :raise UserError: where the step has an invoice, nothing is left to invoice, or the orders are not ready for it
        """
        self._check_document(('invoice', 'collect'), {'rep', 'manager', 'finance'})
        settles = self.contract_id.state == 'terminated'
        if not settles and self not in self._billing_steps():
            raise UserError(self.env._("“%(step)s” is invoiced by another step of the plan.", step=self.name))
        self._claim()
        step = self.sudo()   # as core's own assistant: whoever may bill an order need not be allowed to write all that a bill consists of
        self._check_not_made(step._live_invoices())
        invoices = step._settlement_invoice() if settles else step._order_invoices()
        invoices.write({'crm_step_id': self.id, 'crm_contract_id': self.contract_id.id})
        self.invalidate_recordset(['invoice_ids', 'invoice_count', 'can_invoice'])
        return self._open_documents('account.move', invoices)

    def _billing_steps(self):
        """Return the steps of the contract that are invoiced: its invoice steps, or its instalments where it has none."""
        steps = self.contract_id.sudo().step_ids.filtered(lambda step: step.state != 'void')   # the whole plan decides, whoever asks
        return steps.filtered(lambda step: step.kind == 'invoice') or steps.filtered(lambda step: step.kind == 'collect')

    def _live_invoices(self):
        """Return the invoices of the steps that are neither cancelled nor reversed."""
        live = self.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice' and move.state != 'cancel')
        return live - live._crm_reversed()

    def _is_last_invoice(self):
        """Whether all other steps of the plan that are invoiced have their invoices."""
        others = self._billing_steps() - self
        return not others.filtered(lambda step: step.state != 'done' and not step._live_invoices())

    def _order_invoices(self):
        """Draft the invoices of the step on the orders of the contract."""
        orders = self._orders_to_invoice()
        return self._last_invoices(orders) if self._is_last_invoice() else self._part_invoices(orders)

    def _orders_to_invoice(self):
        orders = self.contract_id.order_ids.filtered(lambda order: order.state != 'cancel')
        if not orders:
            raise UserError(self.env._(
                "Contract %(name)s covers no orders to invoice. Put its orders under it, or choose the contract and the step on an invoice"
                " of your own.", name=self.contract_id.name))
        quotations = orders.filtered(lambda order: order.state != 'sale')
        if quotations:
            raise UserError(self.env._("Confirm %(orders)s first.", orders=", ".join(quotations.mapped('name'))))
        return orders

    def _left_to_invoice(self, orders):
        """Return, for each order, what no invoice has yet, drafts counted as invoiced; in the currency of the order."""
        left = []
        for order in orders:
            items = order.order_line.invoice_lines.filtered(lambda item: item.parent_state != 'cancel')
            billed = sum(
                -item.move_id.direction_sign * item.currency_id._convert(
                    item.price_total, order.currency_id, order.company_id, item.move_id.invoice_date or order.company_id._crm_today())
                for item in items)
            left.append(max(order.currency_id.round(order.amount_total - billed), 0.0))
        return left

    # ------------------------------------------------------------------
    # The last invoice
    # ------------------------------------------------------------------

    def _last_invoices(self, orders):
        """Draft the invoice of all order lines, less what was invoiced before."""
        waiting = orders.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and line.product_id.invoice_policy == 'delivery'
            and line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) < 0)
        if waiting:
            raise UserError(self.env._(
                "The last invoice settles what was delivered, but %(products)s is not delivered in full yet. Deliver it, or correct the"
                " ordered quantity.", products=", ".join(waiting.product_id.mapped('display_name'))))
        invoices = orders._create_invoices(final=True)
        if self.kind == 'collect' and self.date_due:
            invoices.write(self._terms())
        return invoices

    # ------------------------------------------------------------------
    # Those before
    # ------------------------------------------------------------------

    def _part_invoices(self, orders):
        """Draft the invoice of the planned amount that is not invoiced yet, shared between the orders by what is left of each."""
        currency = self.currency_id
        # an instalment that was paid before is invoiced in full all the same
        amount = currency.round(self.open_amount if self.kind == 'invoice' else self.amount - self.waived_amount)
        left = self._left_to_invoice(orders)
        if currency.compare_amounts(amount, 0) <= 0:
            raise UserError(self.env._("Nothing is left to invoice for “%(step)s”. Check its amount.", step=self.name))
        if currency.compare_amounts(amount, sum(left)) > 0:
            raise UserError(self.env._(
                "“%(step)s” is %(amount)s, but only %(left)s of the orders is not invoiced yet. Correct the plan, or the invoices.",
                step=self.name, amount=formatLang(self.env, amount, currency_obj=currency),
                left=formatLang(self.env, sum(left), currency_obj=currency)))
        groups = {}
        for order, share in zip(orders, spread(amount, left, currency.decimal_places), strict=True):
            if share:
                vals = self._part_vals(order.with_company(order.company_id), share)
                key = tuple(vals.get(name) for name in order._get_invoice_grouping_keys())
                first = groups.setdefault(key, vals)
                if first is not vals:
                    first['invoice_line_ids'] += vals['invoice_line_ids']
                    first['invoice_origin'] += f", {vals['invoice_origin']}"
        return self.env['account.move'].create(list(groups.values()))

    def _part_vals(self, order, amount):
        """Return the values of an invoice of a gross amount on an order, with the down-payment lines on the order that core expects."""
        wizard = self.env['sale.advance.payment.inv'].with_company(order.company_id).create({
            'sale_order_ids': [Command.set(order.ids)], 'advance_payment_method': 'fixed', 'fixed_amount': amount})
        tax = self.env['account.tax']
        base = [line._prepare_base_line_for_taxes_computation() for line in order.order_line if not line.display_type]
        tax._add_tax_details_in_base_lines(base, order.company_id)
        tax._round_base_lines_tax_details(base, order.company_id)
        parts = tax._prepare_down_payment_lines(
            base_lines=base, company=order.company_id, amount_type='fixed', amount=amount, computation_key=f'down_payment,{wizard.id}')
        order._create_down_payment_section_line_if_needed()
        lines = order._create_down_payment_lines_from_base_lines(parts)
        accounts = [part['account_id'] or wizard._get_down_payment_account(part['product_id']) for part in parts]
        vals = wizard.with_context(accounts=accounts)._prepare_down_payment_invoice_values(order=order, so_lines=lines)
        for _command, _id, line in vals['invoice_line_ids']:
            line['name'] = f"{self.contract_id.name} {self.name}"
        return {**vals, **(self._terms() if self.kind == 'collect' and self.date_due else {})}

    def _terms(self):
        """Return the values that make an invoice due when the instalment is."""
        return {'invoice_payment_term_id': False, 'invoice_date_due': self.date_due}
