from datetime import date

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_date

from ..tools.amendment import TERMS, named, packed, settle
from ..tools.step_state import MONEY_KINDS


class CrmContractAmendment(models.Model):
    """Carrying an amendment out. Everything or nothing: whatever does not fit raises, and the transaction goes back."""
    _inherit = 'crm.contract.amendment'

    def _check_changes(self):
        """:raise UserError: where nothing is changed, or what was delivered already contradicts"""
        self.ensure_one()
        if not (self.is_price or self.is_quantity or self.is_plan or self.is_scope or self.is_party):
            raise UserError(self.env._("Nothing is changed by amendment %(name)s. Enter what is to be different.", name=self.name))
        total = sum(self.share_ids.mapped('percent'))
        if self.share_ids and float_compare(total, 100, precision_digits=4):
            raise UserError(self.env._("The shares add up to %(total)s %%. Make it 100 %%.", total=round(total, 2)))
        for line in self.sudo().line_ids.filtered('order_line_id'):  # what was delivered on the contract, whoever may see the transfer
            delivered = line.order_line_id.qty_delivered
            if float_compare(line.quantity, delivered, precision_rounding=line.uom_id.rounding) < 0:
                raise UserError(self.env._(
                    "%(quantity)s of “%(product)s” are delivered already. Amend to no less than that, or take goods back first.",
                    quantity=delivered, product=line.product_id.display_name))
        for line in self.sudo().step_ids.filtered(lambda line: line.step_id and line.is_changed):  # so with what is paid
            step, amount = line.step_id, 0 if line.is_dropped else line.amount
            if step.kind in MONEY_KINDS and step.currency_id.compare_amounts(amount, step.done_amount) < 0:
                raise UserError(self.env._(
                    "%(amount)s of “%(step)s” is invoiced or paid already. Plan no less than that.",
                    amount=step.currency_id.format(step.done_amount), step=step.name))
            if line.is_dropped and step.state == 'partial':
                raise UserError(self.env._("“%(step)s” is carried out in part. Finish it instead of dropping it.", step=step.name))

    def _apply(self):
        """Change the contract and what belongs to it; keep how it was and how it is."""
        self.ensure_one()
        contract = self.contract_id
        self.env['crm.contract']._refresh(contract)
        self._check_changes()
        before = contract._version()
        self._apply_lines()
        self._apply_terms()
        self._apply_steps()
        contract._take_over_amounts()
        self.env['crm.contract']._refresh(contract)  # shares of the amount follow it first
        self._apply_difference()
        contract._check_terms()
        self.env['crm.contract']._refresh(contract)
        self.write({'before': packed(before), 'after': packed(contract._version())})
        contract.message_post(body=self.env._("Amendment %(name)s is in force: %(reason)s", name=self.name, reason=self.reason))

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def _apply_lines(self):
        """Bring prices and quantities of the orders in line; a locked order is unlocked for it."""
        changed = self.line_ids.filtered(lambda line: line.is_price or line.is_quantity)
        locked = changed.order_id.filtered('locked')
        locked.locked = False
        for line in changed:
            if line.order_line_id:
                self._apply_line(line)
            elif line.quantity:
                line.order_line_id = self.env['sale.order.line'].create({
                    'order_id': line.order_id.id, 'product_id': line.product_id.id, 'product_uom_qty': line.quantity,
                    'price_unit': line.price_unit, 'discount': 0})
                self._plan_quantity(line.order_line_id, line.quantity)
        locked.locked = True

    def _apply_line(self, line):
        order_line = line.order_line_id
        digits = self.env['decimal.precision'].precision_get('Product Price')
        if (float_compare(order_line.product_uom_qty, line.old_quantity, precision_rounding=order_line.product_uom_id.rounding)
                or float_compare(order_line.price_unit, line.old_price_unit, precision_digits=digits)):
            raise UserError(self.env._(
                "“%(product)s” in order %(order)s was changed since the amendment was prepared. Cancel the amendment and make a new one.",
                product=order_line.product_id.display_name, order=order_line.order_id.name))
        change = line.quantity - order_line.product_uom_qty
        if line.is_quantity:
            order_line.product_uom_qty = line.quantity
            self._plan_quantity(order_line, change)
        if order_line.price_unit != line.price_unit:  # also where a new quantity has brought the price of a list
            order_line.price_unit = line.price_unit

    def _plan_quantity(self, order_line, change):
        """Carry a change of quantity over to the deliveries planned: more goes into the last open one, less comes off from the end."""
        parts = self.env['crm.contract.step.line'].search([
            ('contract_id', '=', self.contract_id.id), ('order_line_id', '=', order_line.id),
            ('step_id.state', 'not in', ('done', 'void'))])
        parts = parts.sorted(lambda part: (part.step_id.sequence, part.step_id.id), reverse=True)
        if change > 0:
            steps = self.contract_id.step_ids.filtered(
                lambda step: step.kind == 'deliver' and step.line_ids and step.state not in ('done', 'void'))
            if parts:
                parts[0].quantity += change
            elif steps:
                steps.sorted(lambda step: (step.sequence, step.id))[-1].line_ids = [
                    Command.create({'order_line_id': order_line.id, 'quantity': change})]
            return
        for part in parts:
            taken = min(-change, part.quantity - part.done_quantity)
            change += taken
            if part.quantity > taken:
                part.quantity -= taken
            else:
                part.unlink()

    # ------------------------------------------------------------------
    # Terms, plan
    # ------------------------------------------------------------------

    def _apply_terms(self):
        """Write the terms that differ from those at the beginning of the amendment; shares as a whole."""
        terms, base, contract = self._terms(), self.base, self.contract_id
        changed = {name: self[name] for name in TERMS if terms[name] != base.get(name, terms[name]) and name in contract._fields}
        contract.write({name: value.id if isinstance(value, models.BaseModel) else value for name, value in changed.items()})
        if terms['shares'] != base.get('shares', terms['shares']):
            contract.share_ids = [Command.clear(), *(
                Command.create({'user_id': user, 'percent': percent}) for user, percent in terms['shares'])]

    def _apply_steps(self):
        """Change, drop and add steps of the plan."""
        for line in self.step_ids.filtered('is_changed'):
            if line.is_dropped:
                line.step_id._drop(self.env._("Dropped by amendment %(name)s", name=self.name))
            elif line.step_id:
                vals = {'name': line.name}
                if line.currency_id.compare_amounts(line.amount, line.old_amount):
                    vals.update(line.step_id._amended_amount(line.amount))
                if line.date_due != line.old_date_due:
                    vals.update(line.step_id._amended_day(line.date_due))
                line.step_id.write(vals)
            else:
                steps = self.env['crm.contract.step']
                line.step_id = steps.create({
                    'contract_id': self.contract_id.id, 'sequence': line.sequence, 'kind': line.kind, 'name': line.name,
                    **steps._amended_day(line.date_due), **steps._amended_amount(line.amount)})

    def _apply_difference(self):
        """Put on open instalments (and invoices to come) what the plan lacks or has too much after the amount has changed."""
        contract = self.contract_id
        if self.plan_rule == 'none':
            return
        for kind in MONEY_KINDS:
            steps = contract.step_ids.filtered(lambda step, kind=kind: step.kind == kind and step.state != 'void').sorted('sequence')
            if not steps:
                continue
            difference = contract.amount_total - sum(steps.mapped('amount'))
            amounts = settle(
                [(step.amount, step.done_amount, step.state != 'done') for step in steps], difference, self.plan_rule,
                contract.currency_id.decimal_places)
            if amounts is None:
                raise UserError(self.env._(
                    "No open step of the plan can take the difference of %(amount)s. Add one under Plan.",
                    amount=contract.currency_id.format(difference)))
            for step, amount in zip(steps, amounts, strict=True):
                if step.currency_id.compare_amounts(step.amount, amount):
                    step.write(step._amended_amount(amount))


class CrmContractStep(models.Model):
    """What an amendment does to a step."""
    _inherit = 'crm.contract.step'

    def _drop(self, reason):
        """Take steps out of the plan; they stay on record.

        :param reason: text, in the language of the user
        """
        self.write({'state': 'void', 'void_reason': reason})

    def _amended_amount(self, amount):
        """Return the values that make an amount the planned one, whatever it was planned by before."""
        return {'amount': amount, 'percent': 0}

    def _amended_day(self, day):
        """Return the values that make a day the due day, whatever it depended on before."""
        return {'anchor': 'date', 'anchor_step_id': False, 'anchor_offset': 0, 'date_due': day or fields.Date.context_today(self)}


class CrmContract(models.Model):
    """A contract as it stands, to be kept and compared."""
    _inherit = 'crm.contract'

    def _version(self):
        """Return the contract as people read it, as {section: {name: text}} in the customer's language."""
        self.ensure_one()
        contract = self.with_context(lang=self.partner_id.lang or self.env.lang).sudo()  # the contract in full, for who may amend it
        return {'terms': contract._version_terms(), 'lines': contract._version_lines(), 'plan': contract._version_plan(),
                'clauses': {contract._fields['clauses'].get_description(contract.env)['string']: str(contract.clauses or '')}}

    def _version_terms(self):
        texts = {'name': self.name}
        for name in ('title', 'partner_id', 'signatory_id', 'user_id', 'date_signed', 'date_start', 'date_end', 'warranty_months'):
            if name in self._fields:
                value = self[name]
                texts[name] = value.display_name if isinstance(value, models.BaseModel) else self._text_of(value)
        texts.update(amount_untaxed=self._money(self.amount_untaxed), amount_total=self._money(self.amount_total))
        labels = {name: self._fields[name].get_description(self.env)['string'] for name in texts}
        texts = {labels[name]: text or '' for name, text in texts.items()}
        if self.share_ids:
            texts[self._fields['share_ids'].get_description(self.env)['string']] = ", ".join(
                f"{share.user_id.name} {share.percent:g} %" for share in self.share_ids)
        return texts

    def _version_lines(self):
        lines = self.order_ids.filtered(lambda order: order.state != 'cancel').order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment)
        return named([(
            f"{line.order_id.name} / {line.product_id.display_name}",
            f"{line.product_uom_qty:g} {line.product_uom_id.name} × {self._money(line.price_unit)} = {self._money(line.price_subtotal)}",
        ) for line in lines])

    def _version_plan(self):
        kinds = dict(self.step_ids._fields['kind']._description_selection(self.env))
        return named([(step.name, " · ".join(filter(None, [
            step._portal_kind() or kinds[step.kind], self._text_of(step.date_due),
            self._money(step.amount) if step.kind in MONEY_KINDS else ""])),
        ) for step in self.step_ids if step.state != 'void'])

    def _text_of(self, value):
        return format_date(self.env, value) if isinstance(value, date) else str(value or '')

    def _money(self, amount):
        return self.currency_id.format(amount)
