from odoo import api, fields, models


class CrmContractStepConfirm(models.TransientModel):
    """Confirm a step that no document in Odoo knows of: who has accepted, when, with which paper."""
    _name = 'crm.contract.step.confirm'
    _description = "Confirm a Step"

    step_id = fields.Many2one('crm.contract.step', required=True, readonly=True, ondelete='cascade')
    kind = fields.Selection(related='step_id.kind')
    currency_id = fields.Many2one(related='step_id.currency_id')
    planned_amount = fields.Monetary(related='step_id.amount')
    date = fields.Date("On", required=True, default=lambda self: self.env.company._crm_today())
    name = fields.Char("Accepted By", help="Who has signed for the customer.")
    amount = fields.Monetary("Amount So Far", compute='_compute_amount', store=True, readonly=False)
    signature = fields.Image(max_width=1024, max_height=1024)
    document = fields.Binary("Signed Paper")
    document_name = fields.Char()

    @api.depends('step_id')
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.step_id.amount

    def action_confirm(self):
        """Record the acceptance, or that the step is done.

        :raise UserError: see :meth:`CrmContractStep.action_accept`
        """
        self.ensure_one()
        if self.kind == 'accept':
            document = (self.document_name or self.env._("Acceptance"), self.document) if self.document else None
            self.step_id.action_accept(self.name, self.signature, self.date, document)
        else:
            self.step_id.action_done(self.date, self.amount)
        return {'type': 'ir.actions.act_window_close'}
