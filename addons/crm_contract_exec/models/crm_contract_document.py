from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ('signed', "Signed Contract"), ('annex', "Annex"), ('acceptance', "Acceptance"), ('termination', "Termination"), ('other', "Other"),
]
PROOFS = ('signed', 'acceptance', 'termination')
UNSIGNED = ('draft', 'approval', 'approved', 'cancelled')


class CrmContractDocument(models.Model):
    """A paper that belongs to a contract: signed copies, annexes, acceptances. What proves a signature stays."""
    _name = 'crm.contract.document'
    _description = "Document of a Contract"
    _order = 'contract_id, date desc, id desc'

    name = fields.Char("File Name", required=True)
    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True)
    kind = fields.Selection(KINDS, required=True, default='other')
    file = fields.Binary(required=True, attachment=True)
    date = fields.Date("Dated", default=fields.Date.context_today)
    signed_by = fields.Char(help="Who signed the document, as written there.")
    is_shared = fields.Boolean("In the Portal", help="The customer finds the document in the portal.")
    note = fields.Char()

    def write(self, vals):
        if not {'file', 'contract_id', 'kind', 'signed_by'}.isdisjoint(vals):
            self._check_proof()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_no_proof(self):
        self._check_proof()

    def _check_proof(self):
        """:raise UserError: for what proves the signature of a contract, an acceptance or a termination"""
        for document in self:
            if document.kind in PROOFS and document.contract_id.state not in UNSIGNED:
                raise UserError(self.env._(
                    "“%(document)s” is part of what was agreed in contract %(name)s, and stays. Add a further document instead.",
                    document=document.name, name=document.contract_id.name))
