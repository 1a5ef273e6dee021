from odoo import fields, models


class CrmDunningPolicy(models.Model):
    """How a company reminds customers of what is overdue: in levels, each with its day, its words, its channel and who signs off."""
    _name = 'crm.dunning.policy'
    _description = "Dunning Policy"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: for all companies.")
    grade_ids = fields.Many2many(
        'crm.grade', string="Grades",
        help="Customers of these grades; empty: all. The first policy that fits is used, unless the customer has one of its own.")
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id, ondelete='restrict')
    min_amount = fields.Monetary("Amount From", help="Customers who owe less in all are left alone; in the currency of the policy.")
    level_ids = fields.One2many('crm.dunning.level', 'policy_id', "Levels", copy=True)

    _min_amount_positive = models.Constraint('CHECK(min_amount >= 0)', "The least amount cannot be negative.")

    def _for_customers(self, partners, company):
        """Return ``{partner: policy}`` of customers in a company; those without a policy that fits are missing."""
        policies = self.sudo().search([('company_id', 'in', (False, company.id)), ('level_ids', '!=', False)])  # rules of the house
        grades = {
            profile.partner_id.id: profile.grade_id
            for profile in self.env['crm.customer'].sudo().search([('partner_id', 'in', partners.ids), ('company_id', '=', company.id)])}
        found = {}
        for partner in partners.sudo().with_company(company):
            grade = grades.get(partner.id)
            own = partner.crm_dunning_policy_id
            fitting = own or next((
                policy for policy in policies if not policy.grade_ids or grade and grade in policy.grade_ids), None)
            if fitting and fitting.level_ids:
                found[partner.id] = fitting
        return found
