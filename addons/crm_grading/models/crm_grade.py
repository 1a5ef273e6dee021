from odoo import fields, models


class CrmGrade(models.Model):
    """A grade of customers in a company (A1, A2, B …), ordered from best to worst, and the policy that comes with it."""
    _name = 'crm.grade'
    _description = "Customer Grade"
    _order = 'company_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The best grade comes first.")
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    color = fields.Integer()
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    customer_count = fields.Integer(compute='_compute_customer_count')

    # policy
    strategy = fields.Selection([('attack', "Attack"), ('keep', "Keep"), ('maintain', "Maintain")])
    strategy_note = fields.Html(translate=True, help="How customers of this grade are treated; shown on the customer page.")
    pricelist_id = fields.Many2one('product.pricelist', check_company=True, ondelete='restrict')
    payment_term_id = fields.Many2one('account.payment.term', check_company=True, ondelete='restrict')
    credit_mode = fields.Selection(
        [('none', "Left alone"), ('minimum', "At least"), ('fixed', "Exactly")], "Credit Limit", default='none', required=True)
    credit_limit = fields.Monetary("Credit Limit Amount")
    activity_plan_id = fields.Many2one(
        'mail.activity.plan', domain=[('res_model', '=', 'res.partner')], ondelete='restrict',
        help="Activities planned when a customer enters this grade.")
    category_ids = fields.Many2many('res.partner.category', string="Tags", help="Set on customers of this grade.")

    _name_company_uniq = models.Constraint('UNIQUE(name, company_id)', "The company has a grade of this name already.")

    def _compute_customer_count(self):
        counts = dict(self.env['crm.customer']._read_group([('grade_id', 'in', self.ids)], ['grade_id'], ['__count']))
        for grade in self:
            grade.customer_count = counts.get(grade, 0)
