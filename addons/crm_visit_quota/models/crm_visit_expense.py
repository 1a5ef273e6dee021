from odoo import api, fields, models

CATEGORIES = [
    ('travel', "Travel"), ('parking', "Parking and Tolls"), ('meal', "Meal"), ('lodging', "Lodging"), ('gift', "Gift"), ('other', "Other"),
]


class CrmVisitExpense(models.Model):
    """What a visit has cost: a note for reports on the effort that customers take, not a claim for repayment."""
    _name = 'crm.visit.expense'
    _description = "Expense of a Visit"
    _order = 'date desc, id desc'

    visit_id = fields.Many2one('crm.visit', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='visit_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='visit_id.partner_id', store=True, index=True, string="Customer")
    date = fields.Date(related='visit_id.date', store=True, string="Day")
    user_id = fields.Many2one(
        'res.users', "Spent By", required=True, index=True, domain=[('share', '=', False)],
        compute='_compute_user_id', store=True, readonly=False, precompute=True)
    category = fields.Selection(CATEGORIES, required=True, default='travel')
    currency_id = fields.Many2one(
        'res.currency', required=True, compute='_compute_currency_id', store=True, readonly=False, precompute=True)
    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    amount = fields.Monetary(required=True, aggregator=None)
    company_amount = fields.Monetary(
        "Amount in Company Currency", compute='_compute_company_amount', store=True, currency_field='company_currency_id',
        help="At the rate of the day of the visit.")
    note = fields.Char()

    _check_amount = models.Constraint('CHECK(amount > 0)', "Give an amount above zero.")

    @api.depends('visit_id')
    def _compute_user_id(self):
        for expense in self:
            expense.user_id = expense.user_id or expense.visit_id.user_id

    @api.depends('visit_id')
    def _compute_currency_id(self):
        for expense in self:
            expense.currency_id = expense.currency_id or expense.visit_id.company_id.currency_id or self.env.company.currency_id

    @api.depends('amount', 'currency_id', 'date', 'company_id')
    def _compute_company_amount(self):
        for expense in self:
            company = expense.company_id or self.env.company
            expense.company_amount = expense.currency_id._convert(
                expense.amount, company.currency_id, company, expense.date or fields.Date.context_today(expense)
            ) if expense.currency_id else expense.amount


class CrmVisit(models.Model):
    _inherit = 'crm.visit'

    expense_ids = fields.One2many('crm.visit.expense', 'visit_id', "Expenses", copy=False)
    expense_total = fields.Monetary(
        "Expenses (Total)", compute='_compute_expense_total', currency_field='currency_id',
        help="In the company's currency; of the expenses that you may see.")

    @api.depends('expense_ids.company_amount')
    @api.depends_context('uid')
    def _compute_expense_total(self):
        stored = self.filtered('id')
        totals = dict(self.env['crm.visit.expense']._read_group(
            [('visit_id', 'in', stored.ids)], ['visit_id'], ['company_amount:sum'])) if stored else {}
        for visit in self:
            visit.expense_total = totals.get(visit, 0) if visit.id else sum(visit.expense_ids.mapped('company_amount'))
