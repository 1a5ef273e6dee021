from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain


class CrmGrade(models.Model):
    _inherit = 'crm.grade'

    def _best_grades(self, companies):
        """Return the better half of the grades of each company, at least its best one: of A, B, C only A, of four the first two."""
        grades = self.env['crm.grade'].sudo().search([('company_id', 'in', companies.ids)])  # their order is no secret
        best = grades.browse()
        for own in grades.grouped('company_id').values():
            best |= own.sorted(lambda grade: (grade.sequence, grade.id))[:max(len(own) // 2, 1)]
        return best


class CrmCustomer(models.Model):
    """Who is a good customer: a condition for reports that survives the loss of the grade, or nobody good would ever leave."""
    _inherit = 'crm.customer'

    is_good = fields.Boolean(
        "Good Customer", compute='_compute_is_good', search='_search_is_good',
        help="In one of the better half of the grades, now or at any time in the last 12 months.")

    def _compute_is_good(self):
        good = self.search([('id', 'in', self.ids), ('is_good', '=', True), ('active', 'in', (True, False))])
        for customer in self:
            customer.is_good = customer in good

    def _search_is_good(self, operator, value):
        if operator != 'in':
            return NotImplemented
        best = self.env['crm.grade']._best_grades(self.env.companies).ids
        formerly = self.env['crm.grade.history'].sudo()._search([   # whose customers are shown is decided by their own rules
            ('scheme_id.is_leading', '=', True), ('old_grade_id', 'in', best), ('customer_id', '!=', False),
            ('date', '>=', self.env.company._crm_today() - relativedelta(years=1))])
        good = Domain('grade_id', 'in', best) | Domain('id', 'in', formerly.subselect('customer_id'))
        return good if True in value else ~good
