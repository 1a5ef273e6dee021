from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..tools.plan_amounts import pieces
from ..tools.step_state import ANCHOR_KINDS, ANCHORS, KINDS, MONEY_KINDS, UNITS

TEMPLATE_ANCHORS = [anchor for anchor in ANCHORS if anchor[0] != 'date']


class CrmContractTemplateLine(models.Model):
    """A step of a plan template, or a series of them."""
    _name = 'crm.contract.template.line'
    _description = "Step of a Plan Template"
    _order = 'template_id, sequence, id'

    template_id = fields.Many2one('crm.contract.template', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default='collect')
    percent = fields.Float(
        "Portion (%)", digits=(16, 4),
        help="Of the gross amount; of a delivery: of the ordered quantities, in whole pieces (empty: what is left).")
    anchor = fields.Selection(TEMPLATE_ANCHORS, "Counts From", required=True, default='signing')
    anchor_line_id = fields.Many2one(
        'crm.contract.template.line', "From Step", ondelete='set null', index='btree_not_null',
        domain="[('template_id', '=', template_id), ('id', '!=', id)]")
    anchor_offset = fields.Integer("After")
    anchor_unit = fields.Selection(UNITS, "Unit", required=True, default='day')
    anchor_month_end = fields.Boolean("End of Month")
    repeat = fields.Integer("Times", default=1, help="So many steps, which share the percentage.")
    repeat_months = fields.Integer("Every (Months)", default=1, help="So many months lie between the steps of a series.")

    _percent_range = models.Constraint('CHECK(percent >= 0 AND percent <= 100)', "A share lies between 0 and 100 percent.")
    _repeat_range = models.Constraint(
        'CHECK(repeat BETWEEN 1 AND 120 AND repeat_months >= 1)', "A series has 1 to 120 steps, at least a month apart.")

    @api.constrains('kind', 'anchor', 'anchor_line_id', 'anchor_offset', 'anchor_unit', 'repeat')
    def _check_anchor(self):
        for line in self:
            anchor = line.anchor_line_id
            kind = ANCHOR_KINDS.get(line.anchor)
            if line.anchor == 'step' and not anchor:
                raise ValidationError(self.env._("Choose the step that “%(step)s” counts from.", step=line.name))
            if anchor and (anchor.template_id != line.template_id or (kind and anchor.kind != kind)
                           or (anchor.sequence, anchor.id) >= (line.sequence, line.id)):
                raise ValidationError(self.env._(
                    "“%(step)s” can only count from an earlier step of its template, a delivery or an acceptance where it says so.",
                    step=line.name))
            if line.anchor_offset < 0 and (kind or line.kind in MONEY_KINDS):
                raise ValidationError(self.env._(
                    "“%(step)s” would be due before what it counts from. Enter 0 days or more.", step=line.name))
            if line.repeat > 1 and line.anchor_unit != 'month':
                raise ValidationError(self.env._("A series is monthly: let “%(step)s” count in months.", step=line.name))

    def _step_vals(self):
        """Return the values of the steps that the line makes."""
        self.ensure_one()
        series = self.repeat > 1
        return [{
            'name': f"{self.name} {turn + 1}/{self.repeat}" if series else self.name, 'kind': self.kind,
            'percent': round(self.percent / self.repeat, 4) if self.kind in MONEY_KINDS else 0,
            'anchor': self.anchor, 'anchor_offset': self.anchor_offset + turn * self.repeat_months if series else self.anchor_offset,
            'anchor_unit': self.anchor_unit, 'anchor_month_end': self.anchor_month_end,
        } for turn in range(self.repeat)]

    def _quantities(self, contract):
        """Return the commands for the quantities of a staged delivery: the share of each ordered quantity, in whole pieces."""
        earlier = self.template_id.line_ids.filtered(
            lambda line: line.kind == 'deliver' and (line.sequence, line.id) < (self.sequence, self.id))
        taken = sum(earlier.mapped('percent'))
        lines = contract.order_ids.filtered(lambda order: order.state != 'cancel').order_line.filtered(
            lambda line: line.product_id.type == 'consu' and not line.display_type)
        found = [(line, pieces(line.product_uom_qty, taken, self.percent, 1 if line.product_uom_qty % 1 == 0 else 0.01)) for line in lines]
        return [Command.create({'order_line_id': line.id, 'quantity': quantity}) for line, quantity in found if quantity > 0]
