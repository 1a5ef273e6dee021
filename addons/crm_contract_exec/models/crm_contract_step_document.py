from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

WORKING = ('signed', 'executing')   # states of a contract in which documents are made from its steps


class CrmContractStep(models.Model):
    """Documents made from a step: never twice, also when two people press the button at the same moment."""
    _inherit = 'crm.contract.step'

    invoice_ids = fields.One2many('account.move', 'crm_step_id', "Invoices")
    picking_ids = fields.One2many('stock.picking', 'crm_step_id', "Transfers")
    documents_made = fields.Integer(
        readonly=True, copy=False, help="How often a document was made from the step; counted so that two people cannot make one at once.")
    invoice_count = fields.Integer("Number of Invoices", compute='_compute_document_counts')
    picking_count = fields.Integer("Number of Transfers", compute='_compute_document_counts')
    can_invoice = fields.Boolean("Can Be Invoiced", compute='_compute_can_make')
    can_deliver = fields.Boolean("Can Be Delivered", compute='_compute_can_make')
    can_request_payment = fields.Boolean("Can Be Paid by Link", compute='_compute_can_make')

    @api.depends('invoice_ids', 'picking_ids')
    def _compute_document_counts(self):
        """What is made, whoever asks: the buttons depend on it, while who may not see a document does not see it either."""
        for name, model in (('invoice_count', 'account.move'), ('picking_count', 'stock.picking')):
            counts = dict(self.env[model].sudo()._read_group(
                [('crm_step_id', 'in', self.ids), ('state', '!=', 'cancel')], ['crm_step_id'], ['__count']))
            for step in self:
                step[name] = counts.get(step._origin, 0)

    @api.depends('kind', 'state', 'contract_state', 'invoice_count', 'picking_count')
    @api.depends_context('uid')
    def _compute_can_make(self):
        contracts = self.contract_id
        billed = {contract for [contract] in self.env['crm.contract.step'].sudo()._read_group(
            [('contract_id', 'in', contracts.ids), ('kind', '=', 'invoice'), ('state', '!=', 'void')], ['contract_id'])}
        for step in self:
            is_open = step.state not in ('done', 'void') and step._is_worked_on(WORKING) and not step.contract_id.is_manual
            money = is_open and bool(step._document_roles() & {'rep', 'manager', 'finance'})
            step.can_invoice = money and not step.invoice_count and (
                step.kind == 'invoice' or step.kind == 'collect' and (
                    step.contract_state == 'terminated' or step.contract_id not in billed))
            step.can_request_payment = money and step.kind == 'collect'
            step.can_deliver = is_open and step.kind == 'deliver' and bool(step._document_roles() & {'rep', 'manager', 'warehouse'}) and (
                not step.picking_count or step.state == 'partial')

    def _document_roles(self):
        """Return the roles of the user, the warehouse among them."""
        roles = self.env['crm.contract']._roles()
        return roles | {'warehouse'} if self.env.su or self.env.user.has_group('stock.group_stock_user') else roles

    def _check_document(self, kinds, roles):
        """:raise AccessError: for people in none of the roles, or who may not write on the step
        :raise UserError: where no document can be made from the step
        """
        self.ensure_one()
        self.check_access('write')
        if not roles & self._document_roles():
            raise AccessError(self.env._("Your role does not allow this step. Ask a colleague in sales, finance or the warehouse."))
        contract = self.contract_id
        if not self._is_worked_on(WORKING):
            raise UserError(self.env._(
                "Contract %(name)s is not being carried out: sign or resume it first.", name=contract.sudo().name))
        if contract.sudo().is_manual:
            raise UserError(self.env._(
                "Deliveries, invoices and payments of contract %(name)s are kept elsewhere. Tick “%(step)s” by hand.",
                name=contract.sudo().name, step=self.name))
        if self.kind not in kinds:
            raise UserError(self.env._("“%(step)s” is a step of another kind: no such document is made from it.", step=self.name))

    def _claim(self):
        """Keep everybody else from making a document of the step until this transaction has ended.

        Written, not only locked: a transaction that has begun before then fails to write, is repeated by Odoo, and sees the document.

        :raise UserError: where somebody is just doing so, or the step is done with
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(self.env._(
                "Somebody is just making a document of “%(step)s”. Try again in a moment.", step=self.name)) from error
        step = self.sudo()   # who may make a document is checked by the caller; the counter is nobody's to write
        step.documents_made += 1
        step.flush_recordset(['documents_made'])
        step.contract_id._refresh(step.contract_id)
        if step.state in ('done', 'void'):
            raise UserError(self.env._("Nothing is left to do for “%(step)s”.", step=self.name))

    def _check_not_made(self, documents):
        """:raise UserError: where the step has such a document already"""
        if documents:
            raise UserError(self.env._(
                "“%(step)s” has its document already: %(names)s. Open that, or cancel it first.",
                step=self.name, names=", ".join(document.display_name for document in documents)))

    def _open_documents(self, model, documents):
        """Return the action that shows documents: one as a form, several as a list; to people who work with such documents. Core's forms
        read what others may not, so they are told instead."""
        groups = {'account.move': 'account.group_account_invoice,account.group_account_readonly', 'stock.picking': 'stock.group_stock_user'}
        if not self.env.user.has_groups(groups[model]):
            names = ", ".join(documents.sudo().mapped('display_name'))   # made by the user
            return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'success', 'message': f"{self[:1].name}: {names}",
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}
        action = {'type': 'ir.actions.act_window', 'res_model': model, 'name': self[:1].name, 'context': {'create': False}}
        if len(documents) == 1:
            return {**action, 'views': [(False, 'form')], 'res_id': documents.id}
        return {**action, 'views': [(False, 'list'), (False, 'form')], 'domain': [('id', 'in', documents.ids)]}

    def action_open_invoices(self):
        """Open the invoices and credit notes of the steps."""
        return self._open_documents('account.move', self.invoice_ids)

    def action_open_pickings(self):
        """Open the transfers of the steps."""
        return self._open_documents('stock.picking', self.picking_ids)
