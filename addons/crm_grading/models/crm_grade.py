from odoo import api, fields, models
from odoo.fields import Domain


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
    customer_count = fields.Integer(
        "Customers", compute='_compute_holders', help="Customers who hold the grade in any scheme in force, each of them once.")
    leading_count = fields.Integer(
        "Leading", compute='_compute_holders', help="Customers whose leading grade this is.")
    lead_count = fields.Integer(
        "Leads", compute='_compute_holders', help="Leads without a contact that hold the grade in any scheme in force.")

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

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_holders(self):
        groups = self.env['crm.grade.verdict']._read_group(
            self._holder_domain() & (Domain('customer_id.active', '=', True) | Domain('lead_id.active', '=', True)),
            ['grade_id'], ['customer_id:count_distinct', 'lead_id:count_distinct'])
        counts = {grade: found for grade, *found in groups}
        leading = dict(self.env['crm.customer']._read_group([('grade_id', 'in', self.ids)], ['grade_id'], ['__count']))
        for grade in self:
            grade.customer_count, grade.lead_count = counts.get(grade._origin, (0, 0))
            grade.leading_count = leading.get(grade._origin, 0)

    def _holder_domain(self):
        """Return the domain on verdicts that put these grades in force; a draft or archived scheme does not."""
        return Domain('grade_id', 'in', self.ids) & Domain('scheme_id.state', '=', 'active') & Domain('scheme_id.active', '=', True)

    def action_open_customers(self):
        """Show the customers who hold the grade in any scheme in force: those that `customer_count` counts."""
        return self._action_open_holders('crm.customer', 'verdict_ids')

    def action_open_leads(self):
        """Show the leads that hold the grade in any scheme in force: those that `lead_count` counts."""
        return self._action_open_holders('crm.lead', 'crm_verdict_ids')

    def _action_open_holders(self, model, verdicts):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.name, 'res_model': model, 'view_mode': 'list,form',
            'domain': [(verdicts, 'any', list(self._holder_domain()))],
        }
