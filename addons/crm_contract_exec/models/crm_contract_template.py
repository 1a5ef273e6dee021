from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmContractTemplate(models.Model):
    """A plan to take over into contracts: 30/60/10, monthly, on delivery, a retention after a year."""
    _name = 'crm.contract.template'
    _description = "Plan Template"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: for all companies.")
    note = fields.Char("When to Use", translate=True)
    line_ids = fields.One2many('crm.contract.template.line', 'template_id', "Steps", copy=True)
    line_count = fields.Integer("Number of Steps", compute='_compute_line_count')

    @api.depends('line_ids.repeat')
    def _compute_line_count(self):
        for template in self:
            template.line_count = sum(max(line.repeat, 1) for line in template.line_ids)

    def _apply(self, contract):
        """Make the steps of the template in the plan of a contract.

        :return: the steps
        """
        self.ensure_one()
        made, steps, number = {}, self.env['crm.contract.step'], len(contract.step_ids)
        for line in self.line_ids.sorted(lambda line: (line.sequence, line.id)):
            for turn, vals in enumerate(line._step_vals(), 1):
                number += 1
                step = self.env['crm.contract.step'].create({
                    **vals, 'contract_id': contract.id, 'sequence': 10 * number,
                    'anchor_step_id': made[line.anchor_line_id].id if line.anchor_line_id else False})
                made[line] = step
                steps |= step
                if turn == 1 and line.kind == 'deliver' and line.percent:
                    step.line_ids = line._quantities(contract)
        return steps


class CrmContract(models.Model):
    _inherit = 'crm.contract'

    template_id = fields.Many2one(
        'crm.contract.template', "Plan Template", ondelete='set null', check_company=True, copy=True, index='btree_not_null')

    def action_apply_template(self):
        """Replace the plan of drafts by the steps of their templates.

        :raise UserError: for contracts whose terms are fixed, or without a template
        """
        self._check_editable()
        for contract in self:
            if not contract.template_id:
                raise UserError(self.env._("Choose a plan template first."))
            contract.step_ids.unlink()
            contract.template_id._apply(contract)
        return True
