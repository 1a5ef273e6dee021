from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from ..tools.contract_state import STATES


class CrmContract(models.Model):
    """What was signed with a customer: its terms, the orders it covers, and how far it is carried out.

    The customer is the commercial partner. Amounts are in the currency of the contract: those of its orders where it has any, else
    what was entered. Progress is never entered: :meth:`_refresh` reads it from deliveries, invoices and payments.
    """
    _name = 'crm.contract'
    _description = "Contract"
    _inherit = ['portal.mixin', 'mail.thread', 'mail.activity.mixin', 'crm.document']
    _order = 'date_signed desc nulls first, id desc'
    _check_company_auto = True

    name = fields.Char("Number", required=True, copy=False, readonly=True, default=lambda self: self.env._("New"), index='trigram')
    title = fields.Char("Subject", tracking=True)
    type_id = fields.Many2one(
        'crm.contract.type', required=True, index=True, ondelete='restrict', check_company=True, tracking=True,
        default=lambda self: self.env['crm.contract.type'].search([], limit=1))
    state = fields.Selection(STATES, required=True, default='draft', copy=False, tracking=True, index=True)

    # parties
    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, index=True, ondelete='restrict', check_company=True, tracking=True)
    signatory_id = fields.Many2one(
        'res.partner', ondelete='restrict', domain="[('commercial_partner_id', '=', partner_id)]",
        help="Who signs for the customer.")
    company_signatory_id = fields.Many2one(
        'res.users', "Our Signatory", ondelete='restrict', domain=[('share', '=', False)], help="Who signs for us.")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        'res.users', "Salesperson", index=True, default=lambda self: self.env.user, tracking=True, check_company=True,
        domain=[('share', '=', False)])
    team_id = fields.Many2one(
        'crm.team', "Sales Team", compute='_compute_team_id', store=True, readonly=False, precompute=True, index='btree_not_null',
        ondelete='set null', check_company=True)
    share_ids = fields.One2many('crm.contract.share', 'contract_id', "Credited To", copy=True)
    party_ids = fields.One2many('crm.contract.party', 'contract_id', "Further Parties", copy=True)
    document_ids = fields.One2many('crm.contract.document', 'contract_id', "Documents", copy=False)

    # where it comes from
    lead_id = fields.Many2one('crm.lead', "Opportunity", index='btree_not_null', ondelete='set null', check_company=True)
    order_ids = fields.One2many('sale.order', 'crm_contract_id', "Orders", copy=False)

    # terms
    date_signed = fields.Date("Signed On", copy=False, tracking=True, index='btree_not_null')
    date_start = fields.Date("Starts On", tracking=True)
    date_end = fields.Date("Ends On", tracking=True)
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id, ondelete='restrict')
    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    manual_untaxed = fields.Monetary("Agreed Net Amount", copy=True, help="For a contract without orders.")
    manual_total = fields.Monetary("Agreed Gross Amount", copy=True, help="For a contract without orders.")
    amount_untaxed = fields.Monetary("Net Amount", compute='_compute_amounts', store=True, tracking=True)
    amount_total = fields.Monetary("Gross Amount", compute='_compute_amounts', store=True, tracking=True)
    company_untaxed = fields.Monetary(
        "Net in Company Currency", compute='_compute_company_amounts', store=True, currency_field='company_currency_id',
        help="At the rate of the day of signing; until then, of the day on which the amount was entered.")
    company_total = fields.Monetary(
        "Gross in Company Currency", compute='_compute_company_amounts', store=True, currency_field='company_currency_id',
        help="At the rate of the day of signing; until then, of the day on which the amount was entered.")
    is_manual = fields.Boolean(
        "Without Odoo Invoices",
        help="Invoices and payments of this contract are kept elsewhere: its steps are ticked by hand, and say so.")
    clauses = fields.Html(compute='_compute_of_type', store=True, readonly=False, precompute=True)
    warranty_months = fields.Integer(
        "Warranty (Months)", compute='_compute_of_type', store=True, readonly=False, precompute=True,
        help="From the last delivery or acceptance.")
    retention_percent = fields.Float(
        "Retention (%)", compute='_compute_of_type', store=True, readonly=False, precompute=True, aggregator='avg',
        help="Share of the gross amount that the customer keeps until the warranty has ended: a plan made of a template holds it back.")

    # what became of it
    signed_by = fields.Char(copy=False, readonly=True, help="Who signed for the customer, as written on the contract.")
    signature = fields.Image(copy=False, readonly=True, max_width=1024, max_height=1024, attachment=True)
    state_reason = fields.Char("Reason", copy=False, readonly=True, help="Why it was rejected, suspended, terminated or cancelled.")
    date_completed = fields.Date("Completed On", copy=False, readonly=True)
    date_terminated = fields.Date("Terminated On", copy=False, readonly=True)
    settlement_amount = fields.Monetary(
        "Settlement", copy=False, readonly=True, help="What the customer still pays on termination (negative: what we pay back).")
    settlement_due = fields.Date(copy=False, readonly=True, help="Day by which the customer pays the settlement.")

    # carrying out
    step_ids = fields.One2many('crm.contract.step', 'contract_id', "Execution Plan", copy=False)
    planned_percent = fields.Float(
        "Planned (%)", readonly=True, copy=False, aggregator='avg', help="Share of the instalments (without any: of the steps) due by now.")
    delivered_percent = fields.Float("Delivered (%)", readonly=True, copy=False, aggregator='avg')
    accepted_percent = fields.Float("Accepted (%)", readonly=True, copy=False, aggregator='avg')
    invoiced_amount = fields.Monetary("Invoiced", readonly=True, copy=False)
    collected_amount = fields.Monetary("Collected", readonly=True, copy=False)
    waived_amount = fields.Monetary(
        "Taken Off", readonly=True, copy=False, help="Credit notes and write-offs: what no longer has to be paid.")
    invoiced_percent = fields.Float("Invoiced (%)", readonly=True, copy=False, aggregator='avg')
    collected_percent = fields.Float("Collected (%)", readonly=True, copy=False, aggregator='avg')
    overdue_amount = fields.Monetary("Overdue", readonly=True, copy=False)
    date_warranty_end = fields.Date(
        "Warranty Ends On", readonly=True, copy=False,
        help="The warranty counts from the acceptance of all that is to be accepted, where nothing is from the delivery of all goods.")
    next_date = fields.Date("Next Step Due", readonly=True, copy=False)

    _warranty_positive = models.Constraint('CHECK(warranty_months >= 0)', "A warranty cannot last less than no time.")
    _retention_range = models.Constraint(
        'CHECK(retention_percent >= 0 AND retention_percent < 100)', "A retention lies between 0 and less than 100 percent.")
    _amounts_positive = models.Constraint(
        'CHECK(manual_untaxed >= 0 AND manual_total >= 0)', "The amount of a contract cannot be negative.")
    _name_company_uniq = models.Constraint('UNIQUE(name, company_id)', "The company has a contract of this number already.")
    _customer_idx = models.Index("(company_id, partner_id, state)")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('name', 'title')
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = f"{contract.name} {contract.title}" if contract.title else contract.name

    @api.depends('user_id', 'company_id')
    def _compute_team_id(self):
        for contract in self:
            teams = contract.user_id.sudo().crm_team_member_ids.crm_team_id  # memberships of colleagues are no secret
            contract.team_id = teams.filtered(
                lambda team, contract=contract: team.company_id in (contract.company_id, contract.company_id.browse()))[:1]

    @api.depends('manual_untaxed', 'manual_total')
    def _compute_amounts(self):
        """Not on the orders: :meth:`_take_over_amounts` carries them over when they are put under the contract or amended."""
        for contract in self:
            orders = contract.sudo().order_ids.filtered(lambda order: order.state != 'cancel')  # amounts of the contract's own orders
            contract.amount_untaxed = sum(orders.mapped('amount_untaxed')) if orders else contract.manual_untaxed
            contract.amount_total = sum(orders.mapped('amount_total')) if orders else contract.manual_total

    @api.depends('amount_untaxed', 'amount_total', 'currency_id', 'company_id', 'date_signed')
    def _compute_company_amounts(self):
        for contract in self:
            company = contract.company_id or self.env.company
            day = contract.date_signed or company._crm_today()
            currency = contract.currency_id or company.currency_id
            contract.company_untaxed = currency._convert(contract.amount_untaxed, company.currency_id, company, day)
            contract.company_total = currency._convert(contract.amount_total, company.currency_id, company, day)

    @api.depends('type_id')
    def _compute_of_type(self):
        """What the type of contract says where nothing was entered; its clauses in the language of the customer."""
        for contract in self:
            kind = contract.type_id.with_context(lang=contract.partner_id.lang or self.env.lang)
            contract.clauses = kind.clauses if is_html_empty(contract.clauses) else contract.clauses
            contract.warranty_months = contract.warranty_months or kind.warranty_months
            contract.retention_percent = contract.retention_percent or kind.retention_percent

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for contract in self:
            contract.access_url = f'/my/contracts/{contract.id}'
        return result

    # ------------------------------------------------------------------
    # Constraints and CRUD
    # ------------------------------------------------------------------

    @api.constrains('date_start', 'date_end')
    def _check_dates(self):
        for contract in self:
            if contract.date_start and contract.date_end and contract.date_end < contract.date_start:
                raise ValidationError(self.env._("Contract %(name)s cannot end before it starts. Correct its dates.", name=contract.name))

    @api.model_create_multi
    def create(self, vals_list):
        new = self.env._("New")
        numbered = []
        for vals in vals_list:
            number = vals.get('name')
            if not number or number == new:
                company = vals.get('company_id') or self.env.company.id
                number = self.env['ir.sequence'].with_company(company).next_by_code('crm.contract') or new
            numbered.append({**vals, 'name': number})
        contracts = super().create(self._of_customers(numbered))
        contracts._check_new()
        return contracts

    def write(self, vals):
        self._check_lock(vals)
        return super().write(self._of_customers([vals])[0])

    @api.model
    def _of_customers(self, vals_list):
        """Return the values with the commercial partner as the customer; a person named instead becomes the signatory."""
        partners = self.env['res.partner'].browse({vals['partner_id'] for vals in vals_list if vals.get('partner_id')})
        commercial = {partner.id: partner.commercial_partner_id.id for partner in partners}
        return [
            {'signatory_id': vals['partner_id'], **vals, 'partner_id': commercial[vals['partner_id']]}
            if commercial.get(vals.get('partner_id'), vals.get('partner_id')) != vals.get('partner_id') else vals
            for vals in vals_list
        ]
