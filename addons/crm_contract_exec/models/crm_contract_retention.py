from odoo import api, fields, models

from ..tools.plan_amounts import held_back

RETENTION_MONTHS = 6   # an instalment so long after delivery or acceptance is no term of payment


class CrmContractTemplateLine(models.Model):
    """Which instalment of a plan is the retention."""
    _inherit = 'crm.contract.template.line'

    is_retention = fields.Boolean(
        "Retention", compute='_compute_is_retention', store=True, readonly=False,
        help="What the customer keeps until the warranty has ended: contracts that agree on a retention get no other one.")

    @api.depends('kind', 'anchor', 'anchor_offset', 'anchor_unit')
    def _compute_is_retention(self):
        for line in self:
            line.is_retention = (
                line.kind == 'collect' and line.anchor in ('delivery', 'acceptance') and line.anchor_unit == 'month'
                and line.anchor_offset >= RETENTION_MONTHS)


class CrmContractTemplate(models.Model):
    """The retention that a contract agrees on becomes a part of its plan, whatever the template says about the rest."""
    _inherit = 'crm.contract.template'

    def _apply(self, contract):
        steps = super()._apply(contract)
        if contract.retention_percent and contract.warranty_months and not self.line_ids.filtered('is_retention'):
            steps |= self._hold_back(contract, steps)
        return steps

    def _hold_back(self, contract, steps):
        """Hold back the retention of a contract from the instalments of its new plan: each gives up the same share of itself.

        :return: the instalment that is due when the warranty has ended; none in a plan without instalments
        """
        instalments = steps.filtered(lambda step: step.kind == 'collect' and step.percent)
        if not instalments:
            return instalments
        shares = held_back(instalments.mapped('percent'), contract.retention_percent)
        for step, percent in zip(instalments, shares, strict=True):
            step.percent = percent
        return steps.create({
            'contract_id': contract.id, 'name': self.env._("Retention"), 'kind': 'collect', 'percent': contract.retention_percent,
            'sequence': max(steps.mapped('sequence')) + 10, 'anchor_offset': contract.warranty_months, 'anchor_unit': 'month',
            **self._warranty_anchor(contract, steps)})

    def _warranty_anchor(self, contract, steps):
        """Return what the warranty counts from: the acceptance of all that is to be accepted, else the delivery of all goods, else the
        last thing that is to be done."""
        if steps.filtered(lambda step: step.kind == 'accept'):
            return {'anchor': 'acceptance'}
        if contract.order_ids.order_line.filtered(lambda line: line.product_id.type == 'consu'):
            return {'anchor': 'delivery'}
        deliveries = steps.filtered(lambda step: step.kind == 'deliver')
        return {'anchor': 'delivery' if deliveries else 'step', 'anchor_step_id': (deliveries or steps)[-1].id}
