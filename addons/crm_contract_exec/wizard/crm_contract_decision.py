from odoo import api, fields, models


class CrmContractDecision(models.TransientModel):
    """Asks why, before a contract is rejected, suspended, terminated or cancelled, or an amendment rejected."""
    _name = 'crm.contract.decision'
    _description = "Decision on Contracts"

    contract_ids = fields.Many2many('crm.contract', string="Contracts")
    amendment_ids = fields.Many2many('crm.contract.amendment', string="Amendments")
    decision = fields.Selection(
        [('reject', "Reject"), ('suspend', "Suspend"), ('terminate', "Terminate"), ('cancel', "Cancel Contract")], required=True)
    reason = fields.Text(required=True)
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id')
    settlement_amount = fields.Monetary(
        "Settlement", help="What the customer still pays, tax included; negative: what we pay back. 0: nobody owes anything more.")
    settlement_due = fields.Date(help="Day by which the customer pays the settlement. Empty: the day on which it ends.")
    date = fields.Date("Ends On", default=fields.Date.context_today)

    @api.depends('contract_ids')
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.contract_ids[:1].currency_id

    def action_apply(self):
        """Do what was decided.

        :raise UserError: where a contract's state does not allow it, or without a reason
        :raise AccessError: for a role that may not
        """
        self.ensure_one()
        if self.amendment_ids and self.decision == 'reject':
            self.amendment_ids.action_reject(self.reason)
        elif self.decision == 'terminate':
            self.contract_ids.action_terminate(self.reason, self.settlement_amount, self.date, self.settlement_due)
        else:
            getattr(self.contract_ids, f'action_{self.decision}')(self.reason)
        return {'type': 'ir.actions.act_window_close'}
