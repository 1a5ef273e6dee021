from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.performance import EVENTS, REASONS


class CrmPerformanceEntry(models.Model):
    """The performance ledger: who is credited with what, for which document of which contract, in which month.

    Entries are made by :meth:`_book` only, and never changed: what turns out otherwise later is a further entry about the same
    document, for the difference. The credit of a document is the sum of its entries.
    """
    _name = 'crm.performance.entry'
    _description = "Performance Entry"
    _order = 'date desc, id desc'
    _rec_name = 'document'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='restrict', readonly=True)
    statement_id = fields.Many2one('crm.performance.statement', index=True, ondelete='restrict', readonly=True)
    month = fields.Date(required=True, readonly=True, help="First day of the month in which the entry counts.")
    date = fields.Date("Day", required=True, readonly=True, help="When it happened; for what changed later, when it was found.")
    user_id = fields.Many2one('res.users', "Person", required=True, index=True, ondelete='restrict', readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", index='btree_not_null', ondelete='set null', readonly=True)
    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='restrict', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, ondelete='restrict', readonly=True)
    event = fields.Selection(EVENTS, required=True, readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    number = fields.Integer(
        "Entry No.", required=True, readonly=True, aggregator=None, help="Which entry about the same document and person this is.")
    is_back = fields.Boolean("Takes Back", readonly=True)

    # what it is about
    res_model = fields.Char("Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document ID", model_field='res_model', required=True, readonly=True)
    document = fields.Char(compute='_compute_document')

    # how it was worked out
    contract_currency_id = fields.Many2one('res.currency', required=True, ondelete='restrict', readonly=True)
    base_amount = fields.Monetary(
        "Net of Document", currency_field='contract_currency_id', readonly=True, aggregator=None,
        help="Net amount of the contract's part in the document, in the currency of the contract.")
    basis = fields.Selection(related='rule_id.basis')
    rule_id = fields.Many2one('crm.performance.rule', index='btree_not_null', ondelete='set null', readonly=True)
    share_percent = fields.Float("Share (%)", readonly=True, aggregator=None)
    weight_percent = fields.Float("Weight (%)", readonly=True, aggregator=None, help="What the rule gives for the event.")
    rate = fields.Float(
        "Exchange Rate", readonly=True, digits=(16, 6), aggregator=None, help="Of the day on which the contract was signed.")
    currency_id = fields.Many2one(related='company_id.currency_id')
    target_amount = fields.Monetary("Credit Due", readonly=True, aggregator=None, help="What the document is worth to the person now.")
    amount = fields.Monetary("Credited", readonly=True, required=True, help="Credit due, less what was entered before.")

    # a second booking at the same time finds the first one by this index and is tried again
    _entry_uniq = models.UniqueIndex('(contract_id, user_id, event, res_model, res_id, number)')
    _person_idx = models.Index('(company_id, user_id, month)')
    _unplaced_idx = models.Index('(company_id) WHERE statement_id IS NULL')

    @api.depends('res_model', 'res_id')
    @api.depends_context('lang')
    def _compute_document(self):
        for model, entries in self.grouped('res_model').items():
            names = {}
            if model in self.env:
                # whoever is credited for a document may know its number
                records = self.env[model].sudo().browse(entries.mapped('res_id')).exists()
                names = {record.id: record.display_name for record in records}
            for entry in entries:
                entry.document = names.get(entry.res_id, self.env._("(deleted)"))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Entries of the performance ledger are never changed. What changes becomes a further entry."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Entries of the performance ledger are never deleted. What changes becomes a further entry."))

    def action_open_document(self):
        """Open the document that the entry is about.

        :raise UserError: if it was deleted
        :raise AccessError: where the user may not read it
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists() if self.res_model in self.env else None
        if not record:
            raise UserError(self.env._("The document was deleted. Open the contract instead."))
        record.check_access('read')
        return {
            'type': 'ir.actions.act_window', 'res_model': self.res_model, 'res_id': self.res_id, 'views': [(False, 'form')],
            'name': record.display_name}
