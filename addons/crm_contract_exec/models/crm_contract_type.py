from odoo import fields, models


class CrmContractType(models.Model):
    """A sort of contract: what applies to all contracts of it, and who has to approve them."""
    _name = 'crm.contract.type'
    _description = "Contract Type"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: for all companies.")
    color = fields.Integer()
    clauses = fields.Html(translate=True, help="Taken over into new contracts of this type.")
    warranty_months = fields.Integer("Warranty (Months)", help="Taken over into new contracts of this type.")
    retention_percent = fields.Float("Retention (%)", help="Taken over into new contracts of this type.")
    is_document_required = fields.Boolean(
        "Proof of Signature", help="A contract is signed only with a signed document attached, or with the customer's signature.")
    starts_at_once = fields.Boolean("Carried Out at Once", help="Signing begins the execution, too.")
    approver_ids = fields.One2many('crm.contract.approver', 'type_id', "Approvers", copy=True)
    is_free = fields.Boolean(
        "Passes Without Approver",
        help="Contracts and amendments are approved as soon as they are submitted where no approver is named for them. Otherwise a sales "
             "manager decides about those.")
    approver_count = fields.Integer("Number of Approvers", compute='_compute_approver_count')

    _warranty_positive = models.Constraint('CHECK(warranty_months >= 0)', "A warranty cannot last less than no time.")
    _retention_range = models.Constraint(
        'CHECK(retention_percent >= 0 AND retention_percent < 100)', "A retention lies between 0 and less than 100 percent.")

    def _compute_approver_count(self):
        counts = dict(self.env['crm.contract.approver']._read_group([('type_id', 'in', self.ids)], ['type_id'], ['__count']))
        for kind in self:
            kind.approver_count = counts.get(kind, 0)
