from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare, formatLang

from ..tools.contract_state import EDITABLE
from ..tools.plan_amounts import amounts
from ..tools.step_state import MONEY_KINDS


class CrmContract(models.Model):
    """The plan as a part of what is agreed: it adds up to the contract."""
    _inherit = 'crm.contract'

    def write(self, vals):
        done = super().write(vals)
        if not {'manual_total', 'currency_id'}.isdisjoint(vals):
            self._share_out()
        if not {'manual_total', 'currency_id', 'state', 'date_signed', 'is_manual'}.isdisjoint(vals):
            self._follow_plan()
        if 'warranty_months' in vals:
            self.env['crm.contract']._refresh(self)
        return done

    def _take_over_amounts(self):
        result = super()._take_over_amounts()
        self._share_out()
        return result

    def _follow_plan(self, shares=False):
        """Bring amounts, due days and states in line after a plan was changed.

        :param shares: whether amounts that are shares of the contract may have changed, too
        """
        if shares:
            self._share_out()
        planned = self.filtered('step_ids')
        self.env['crm.contract']._refresh(planned)

    def _share_out(self):
        """Give the steps that are a share of the contract their amounts. Once submitted, amounts change by amendments only."""
        for contract in self.sudo().filtered(lambda contract: contract.state in EDITABLE):  # the whole plan, whoever changes a part
            for kind in MONEY_KINDS:
                steps = contract.step_ids.filtered(lambda step, kind=kind: step.kind == kind and not step.void_reason).sorted(
                    lambda step: (step.sequence, step.id))
                shares = steps.filtered('percent')
                found = amounts(
                    contract.amount_total, sum((steps - shares).mapped('amount')), shares.mapped('percent'),
                    contract.currency_id.decimal_places)
                for step, amount in zip(shares, found, strict=True):
                    if contract.currency_id.compare_amounts(step.amount, amount):
                        step.amount = amount

    def _check_terms(self):
        result = super()._check_terms()
        self._check_plan()
        return result

    def _check_plan(self):
        """:raise ValidationError: where invoices or instalments do not add up to the contract, or more is delivered than was ordered"""
        kinds = dict(self.env['crm.contract.step']._fields['kind']._description_selection(self.env))
        for contract in self.sudo():  # the whole plan counts, whoever submits
            steps = contract.step_ids.filtered(lambda step: not step.void_reason and not step.is_settlement)
            for kind in MONEY_KINDS:
                of_kind = steps.filtered(lambda step, kind=kind: step.kind == kind)
                total = sum(of_kind.mapped('amount'))
                if of_kind and contract.currency_id.compare_amounts(total, contract.amount_total):
                    raise ValidationError(self.env._(
                        "The steps “%(kind)s” of contract %(name)s add up to %(sum)s, the contract to %(total)s. Correct the plan.",
                        kind=kinds[kind], name=contract.name, sum=formatLang(self.env, total, currency_obj=contract.currency_id),
                        total=formatLang(self.env, contract.amount_total, currency_obj=contract.currency_id)))
            for order_line, lines in steps.line_ids.grouped('order_line_id').items():
                planned = sum(lines.mapped('quantity'))
                if float_compare(planned, order_line.product_uom_qty, precision_rounding=order_line.product_uom_id.rounding or 0.01) > 0:
                    raise ValidationError(self.env._(
                        "The plan of contract %(name)s delivers %(planned)s of %(product)s, but %(ordered)s are ordered. Correct the plan.",
                        name=contract.name, planned=planned, product=order_line.product_id.display_name,
                        ordered=order_line.product_uom_qty))
