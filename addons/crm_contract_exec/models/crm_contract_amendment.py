from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.amendment import OPEN, PLAN_RULES, STATES, TERMS
from ..tools.contract_state import RUNNING

BY_TRANSITION = {
    'state', 'base', 'before', 'after', 'number', 'contract_id', 'approver_id', 'date_approved', 'date_applied', 'signed_by', 'signature',
    'approval_ids', 'approvals_left'}


class CrmContractAmendment(models.Model):
    """A change of a contract after it was signed: price, quantity, plan, scope or parties, with a reason.

    It begins with all terms as they are, people change what is to change. Once approved and agreed with the customer it is applied in
    one go: orders, plan and shares follow, the version before and the one after stay on record. One at a time is open per contract.
    """
    _name = 'crm.contract.amendment'
    _description = "Contract Amendment"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'contract_id, number desc'
    _check_company_auto = True

    name = fields.Char(compute='_compute_name', store=True)
    number = fields.Integer(readonly=True, copy=False)
    contract_id = fields.Many2one('crm.contract', required=True, index=True, ondelete='restrict', check_company=True)
    company_id = fields.Many2one(related='contract_id.company_id', store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related='contract_id.partner_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='contract_id.currency_id')
    state = fields.Selection(STATES, required=True, default='draft', readonly=True, copy=False, tracking=True, index=True)
    reason = fields.Text(required=True, help="Why the contract is changed. The customer reads it, too.")
    date_effective = fields.Date("Effective From", default=fields.Date.context_today, required=True)
    author_id = fields.Many2one('res.users', "Prepared By", default=lambda self: self.env.user, readonly=True, ondelete='restrict')
    approver_id = fields.Many2one('res.users', "Approved By", readonly=True, copy=False, ondelete='restrict')
    date_approved = fields.Datetime("Approved On", readonly=True, copy=False)
    date_applied = fields.Datetime("In Force Since", readonly=True, copy=False)
    signed_by = fields.Char(readonly=True, copy=False, help="Who agreed for the customer.")
    signature = fields.Image(readonly=True, copy=False, max_width=1024, max_height=1024, attachment=True)

    # the terms as they shall be
    title = fields.Char("Subject")
    date_end = fields.Date("Ends On")
    warranty_months = fields.Integer("Warranty (Months)")
    clauses = fields.Html()
    signatory_id = fields.Many2one('res.partner', domain="[('commercial_partner_id', '=', partner_id)]", ondelete='restrict')
    user_id = fields.Many2one('res.users', "Salesperson", domain=[('share', '=', False)], ondelete='restrict', check_company=True)
    has_orders = fields.Boolean(readonly=True)
    manual_untaxed = fields.Monetary("Agreed Net Amount")
    manual_total = fields.Monetary("Agreed Gross Amount")
    line_ids = fields.One2many('crm.contract.amendment.line', 'amendment_id', "Prices and Quantities")
    step_ids = fields.One2many('crm.contract.amendment.step', 'amendment_id', "Plan")
    share_ids = fields.One2many('crm.contract.amendment.share', 'amendment_id', "Credited To")
    plan_rule = fields.Selection(
        PLAN_RULES, "Difference in Amount", required=True, default='last', help="What becomes of the plan when the amount changes.")
    change_untaxed = fields.Monetary("Change of Net Amount", compute='_compute_change_untaxed')

    # what changes
    is_price = fields.Boolean("Price", compute='_compute_aspects', store=True)
    is_quantity = fields.Boolean("Quantity", compute='_compute_aspects', store=True)
    is_plan = fields.Boolean("Changes the Plan", compute='_compute_aspects', store=True)
    is_scope = fields.Boolean("Scope", compute='_compute_aspects', store=True)
    is_party = fields.Boolean("Parties", compute='_compute_aspects', store=True)
    base = fields.Json(readonly=True, copy=False)
    before = fields.Json(readonly=True, copy=False)
    after = fields.Json(readonly=True, copy=False)

    _number_uniq = models.UniqueIndex('(contract_id, number)', "There is an amendment of this number already.")
    _one_open = models.UniqueIndex(
        "(contract_id) WHERE state IN ('draft', 'approval', 'approved')",
        "An amendment of this contract is under way. Finish or cancel it first.")

    @api.depends('contract_id.name', 'number')
    def _compute_name(self):
        for amendment in self:
            amendment.name = f"{amendment.contract_id.name}/A{amendment.number}"

    @api.depends('line_ids.change_untaxed', 'manual_untaxed', 'base')
    def _compute_change_untaxed(self):
        for amendment in self:
            manual = 0 if amendment.has_orders else amendment.manual_untaxed - (amendment.base or {}).get('manual_untaxed', 0)
            amendment.change_untaxed = sum(amendment.line_ids.mapped('change_untaxed')) + manual

    @api.depends(
        'base', 'has_orders', *TERMS, 'share_ids.percent', 'share_ids.user_id', 'line_ids.is_price', 'line_ids.is_quantity',
        'step_ids.is_changed')
    def _compute_aspects(self):
        for amendment in self:
            now, base = amendment._terms(), amendment.base or {}
            aspects = {TERMS[name] for name in TERMS if now[name] != base.get(name, now[name])}
            amendment.is_price = 'price' in aspects or any(amendment.line_ids.mapped('is_price'))
            amendment.is_quantity = any(amendment.line_ids.mapped('is_quantity'))
            amendment.is_plan = any(amendment.step_ids.mapped('is_changed'))
            amendment.is_scope = 'scope' in aspects
            amendment.is_party = 'party' in aspects or now['shares'] != base.get('shares', now['shares'])

    def _terms(self):
        """Return the terms entered here in a form that can be stored and compared."""
        self.ensure_one()
        terms = {name: self[name] for name in TERMS}
        for name, value in terms.items():
            if isinstance(value, models.BaseModel):
                terms[name] = value.id
            elif self._fields[name].type in ('date', 'html'):
                terms[name] = str(value or '')
        return {**terms, 'shares': sorted([share.user_id.id, share.percent] for share in self.share_ids)}

    # ------------------------------------------------------------------
    # CRUD: it begins with the terms as they are, and is changed as a draft only
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        contracts = self.env['crm.contract'].browse([vals.get('contract_id') for vals in vals_list])
        contracts.check_access('write')
        contracts._check_amendable()
        if not self.env.su and any(not (BY_TRANSITION - {'contract_id'}).isdisjoint(vals) for vals in vals_list):
            raise AccessError(self.env._("An amendment begins as a draft."))
        self.flush_model(['state'])  # one is open per contract: the database must know which are closed by now
        latest = dict(self._read_group([('contract_id', 'in', contracts.ids)], ['contract_id'], ['number:max']))
        amendments = super().create([
            {**contract._amendable_terms(), 'contract_id': contract.id, 'state': 'draft', 'number': latest.get(contract, 0) + 1,
             'reason': vals.get('reason') or self.env._("Amendment")}
            for contract, vals in zip(contracts, vals_list, strict=True)])
        for amendment, vals in zip(amendments, vals_list, strict=True):
            amendment.sudo().base = amendment._terms()  # what it begins with is not the user's to write
            amendment.write({name: value for name, value in vals.items() if name != 'contract_id'})
        return amendments

    def write(self, vals):
        if not self.env.su and not BY_TRANSITION.isdisjoint(vals):
            raise AccessError(self.env._("The state of an amendment is not entered. Use its buttons."))
        if not {*TERMS, 'reason', 'date_effective', 'plan_rule', 'line_ids', 'step_ids', 'share_ids', 'has_orders'}.isdisjoint(vals):
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        """:raise UserError: unless the amendments are drafts; what carries an amendment out is beyond that"""
        for amendment in self.browse() if self.env.su else self:
            if amendment.state != 'draft':
                raise UserError(self.env._(
                    "Amendment %(name)s is on its way. Set it back to draft to change it.", name=amendment.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        for amendment in self:
            if amendment.state != 'draft' or amendment.approval_ids:  # what was decided about it stays on record, too
                raise UserError(self.env._("Amendment %(name)s stays on record. Cancel it instead.", name=amendment.name))


class CrmContract(models.Model):
    """Amending what was signed."""
    _inherit = 'crm.contract'

    amendment_ids = fields.One2many('crm.contract.amendment', 'contract_id', "Amendments")
    amendment_count = fields.Integer("Number of Amendments", compute='_compute_amendment_count')

    def _compute_amendment_count(self):
        counts = dict(self.env['crm.contract.amendment']._read_group(
            [('contract_id', 'in', self.ids), ('state', '!=', 'cancelled')], ['contract_id'], ['__count']))
        for contract in self:
            contract.amendment_count = counts.get(contract, 0)

    def _check_amendable(self):
        """:raise UserError: unless the contracts are signed and not finished with"""
        for contract in self:
            if contract.state not in RUNNING:
                raise UserError(self.env._(
                    "Contract %(name)s cannot be amended: only what is signed and not finished with. A draft is simply changed.",
                    name=contract.name))

    def action_amend(self):
        """Open the amendment that is under way, or a new one with all terms as they are.

        :return: the action to show it
        :raise UserError: unless the contract is signed and not finished with
        """
        self.ensure_one()
        amendment = self.amendment_ids.filtered(lambda amendment: amendment.state in OPEN)[:1]
        amendment = amendment or self.env['crm.contract.amendment'].create({'contract_id': self.id})
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Amendment"), 'res_model': 'crm.contract.amendment',
            'views': [(False, 'form')], 'res_id': amendment.id}

    def action_open_amendments(self):
        """Open the amendments of the contract."""
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_contract_exec.crm_contract_amendment_action'),
            'domain': [('contract_id', 'in', self.ids)], 'context': {}}

    def _amendable_terms(self):
        """Return the values of an amendment that changes nothing yet."""
        self.ensure_one()
        contract = self.sudo()  # orders and plan in full, whichever of their lines the user may see
        orders = contract.order_ids.filtered(lambda order: order.state != 'cancel')
        lines = orders.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        return {
            **{name: contract[name].id if isinstance(contract[name], models.BaseModel) else contract[name]
               for name in TERMS if name in contract._fields},
            'has_orders': bool(orders),
            'line_ids': [Command.create({
                'order_line_id': line.id, 'order_id': line.order_id.id, 'product_id': line.product_id.id,
                'old_quantity': line.product_uom_qty, 'quantity': line.product_uom_qty,
                'old_price_unit': line.price_unit, 'price_unit': line.price_unit}) for line in lines],
            'step_ids': [Command.create({
                'step_id': step.id, 'sequence': step.sequence, 'kind': step.kind, 'name': step.name, 'old_date_due': step.date_due,
                'date_due': step.date_due, 'old_amount': step.amount, 'amount': step.amount})
                for step in contract.step_ids if step.state not in ('done', 'void')],
            'share_ids': [Command.create({'user_id': share.user_id.id, 'percent': share.percent}) for share in contract.share_ids],
        }
