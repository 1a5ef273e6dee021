from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.step_state import ANCHOR_KINDS, MONEY_KINDS, find_cycle

# What is planned: a term of the contract, changed in draft and later by an amendment.
PLANNED = frozenset({
    'contract_id', 'kind', 'anchor', 'anchor_step_id', 'anchor_offset', 'anchor_unit', 'anchor_month_end', 'date_due', 'percent', 'amount',
    'line_ids', 'is_settlement',
})
# What the books or a confirmation say, and nobody by hand.
KEPT = frozenset({
    'state', 'done_amount', 'waived_amount', 'open_amount', 'done_percent', 'date_done', 'days_late', 'void_reason', 'date_confirmed',
    'confirmed_by', 'confirmed_user_id', 'confirmed_amount', 'signature',
})
SHARED_OUT = {'contract_id', 'kind', 'percent', 'sequence', 'void_reason'}   # what the amounts of shares depend on
REFRESHED = PLANNED | {'sequence', 'void_reason', 'date_confirmed', 'confirmed_amount'}


FACTS = KEPT - {'void_reason', 'date_confirmed', 'confirmed_by', 'confirmed_user_id', 'confirmed_amount', 'signature'}


class CrmContractStep(models.Model):
    """What may be planned, and that amounts, due days and states follow at once."""
    _inherit = 'crm.contract.step'

    _percent_range = models.Constraint('CHECK(percent >= 0 AND percent <= 100)', "A share lies between 0 and 100 percent.")
    _amount_positive = models.Constraint('CHECK(amount >= 0)', "The amount of a step is not negative.")

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains('contract_id', 'kind', 'anchor', 'anchor_step_id', 'anchor_offset')
    def _check_anchor(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for step in self:
            anchor = step.anchor_step_id
            if step.anchor == 'step' and not anchor:
                raise ValidationError(self.env._("Choose the step that “%(step)s” counts from.", step=step.name))
            if anchor and anchor.contract_id != step.contract_id:
                raise ValidationError(self.env._("“%(step)s” can only count from a step of its own contract.", step=step.name))
            kind = ANCHOR_KINDS.get(step.anchor)
            if anchor and kind and anchor.kind != kind:
                raise ValidationError(self.env._(
                    "“%(step)s” counts from a step of the kind “%(kind)s”. Choose such a step, or none.", step=step.name, kind=kinds[kind]))
            if step.anchor_offset < 0 and (step.kind in MONEY_KINDS or kind):
                raise ValidationError(self.env._(
                    "“%(step)s” would be due before what it counts from. Enter 0 days or more.", step=step.name))
        for contract in self.filtered('anchor_step_id').contract_id:
            cycle = find_cycle({step.id: step.anchor_step_id.id or None for step in contract.sudo().step_ids})  # all steps of the plan
            if cycle:
                raise ValidationError(self.env._(
                    "“%(step)s” in the end counts from itself. Let one of the steps count from a fixed day or the signing.",
                    step=self.browse(cycle).sudo().name))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_anchor(self):
        used = self.sudo().search([('anchor_step_id', 'in', self.ids), ('id', 'not in', self.ids)], limit=1)  # of the same plans
        if used:
            raise UserError(self.env._("“%(step)s” counts from a step that you delete. Change that first.", step=used.name))
        self._check_lock(PLANNED)

    def _check_lock(self, names):
        """:raise AccessError: if ``names`` hold what only the books and confirmations write
        :raise UserError: if they hold what is planned, of a contract that is no draft any more
        """
        if self.env.su:
            return
        if not KEPT.isdisjoint(names):
            raise AccessError(self.env._("What is done of a step is not entered: documents and confirmations say it."))
        if not PLANNED.isdisjoint(names):
            self.contract_id._check_editable()

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._check_lock(PLANNED.union(name for name in KEPT - {'state'} for step in steps if step[name]))
        if all(FACTS.isdisjoint(vals) for vals in vals_list):   # else the suite itself has said how far the steps are
            steps.contract_id._follow_plan(any(vals.get('percent') for vals in vals_list))
        return steps

    def write(self, vals):
        self._check_lock(set(vals))
        contracts = self.contract_id
        done = super().write(vals)
        if not REFRESHED.isdisjoint(vals) and FACTS.isdisjoint(vals):
            (contracts | self.contract_id)._follow_plan(not SHARED_OUT.isdisjoint(vals))
        return done

    def unlink(self):
        contracts = self.contract_id
        done = super().unlink()
        contracts.exists()._follow_plan(True)
        return done

    @api.onchange('percent', 'kind')
    def _onchange_percent(self):
        if self.percent and self.kind in MONEY_KINDS:
            self.amount = self.contract_id.currency_id.round(self.contract_id.amount_total * self.percent / 100)

    @api.onchange('anchor')
    def _onchange_anchor(self):
        if self.anchor in ('date', 'signing'):
            self.anchor_step_id = False
        if self.anchor == 'date':
            self.anchor_offset, self.anchor_month_end = 0, False
        else:
            self.date_due = False


class CrmContractStepLine(models.Model):
    """Quantities of a plan are terms, too."""
    _inherit = 'crm.contract.step.line'

    _line_uniq = models.Constraint('UNIQUE(step_id, order_line_id)', "A delivery step names an order line once.")

    @api.constrains('step_id', 'order_line_id')
    def _check_order(self):
        for line in self:
            if line.order_line_id.sudo().order_id.crm_contract_id != line.contract_id:  # the order is the contract's own
                raise ValidationError(self.env._(
                    "“%(step)s” can only deliver from orders of its contract.", step=line.step_id.name))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.step_id._check_lock({'line_ids'})
        lines.contract_id._follow_plan()
        return lines

    def write(self, vals):
        self.step_id._check_lock({'line_ids'})
        done = super().write(vals)
        self.contract_id._follow_plan()
        return done

    def unlink(self):
        self.step_id._check_lock({'line_ids'})
        contracts = self.contract_id
        done = super().unlink()
        contracts._follow_plan()
        return done
