from odoo import api, fields, models


class CrmContractSign(models.TransientModel):
    """Records that a contract was signed: by whom, when, and the proof: a signature drawn here, or the signed paper."""
    _name = 'crm.contract.sign'
    _description = "Record a Signature"

    contract_id = fields.Many2one('crm.contract', required=True)
    date = fields.Date("Signed On", required=True, default=fields.Date.context_today)
    signed_by = fields.Char(compute='_compute_signed_by', store=True, readonly=False, help="Who signed for the customer.")
    signature = fields.Image(max_width=1024, max_height=1024)
    file = fields.Binary("Signed Document")
    file_name = fields.Char()
    is_proof_required = fields.Boolean(compute='_compute_is_proof_required')

    @api.depends('contract_id')
    def _compute_signed_by(self):
        for wizard in self:
            wizard.signed_by = wizard.contract_id.signatory_id.name

    @api.depends('contract_id')
    def _compute_is_proof_required(self):
        for wizard in self:
            contract = wizard.contract_id
            wizard.is_proof_required = contract.type_id.is_document_required and not contract.document_ids.filtered(
                lambda document: document.kind == 'signed')

    def action_apply(self):
        """Sign the contract.

        :raise UserError: see :meth:`CrmContract.action_sign`
        """
        self.ensure_one()
        if self.file:
            self.env['crm.contract.document'].create({
                'contract_id': self.contract_id.id, 'kind': 'signed', 'file': self.file, 'date': self.date, 'signed_by': self.signed_by,
                'name': self.file_name or self.env._("Signed contract %(name)s", name=self.contract_id.name)})
        self.contract_id.action_sign(self.date, self.signed_by, self.signature)
        return {'type': 'ir.actions.act_window_close'}
