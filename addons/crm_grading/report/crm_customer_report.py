from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.crm_customer import AMOUNTS


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
    top_20 = fields.Selection(
        [('stayed', "Stayed at the top"), ('arrived', "New at the top"), ('dropped', "No longer at the top")], "Top 20 %",
        compute='_compute_top_20', search='_search_top_20', groups=AMOUNTS,
        help="Among the fifth of the customers with the largest revenue, in the last 12 months or in the 12 months before.")

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

    def _compute_top_20(self):
        everybody = self.with_context(active_test=False)
        self.top_20 = False
        for standing, condition in self._top_20_conditions().items():
            everybody.search(Domain('id', 'in', self.ids) & condition).filtered(bool).top_20 = standing

    def _search_top_20(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self._check_field_access(self._fields['top_20'], 'read')  # core checks the fields of the condition that comes out
        return Domain.OR(condition for standing, condition in self._top_20_conditions().items() if standing in value)

    def _top_20_conditions(self):
        """Return ``{standing: domain}`` of those who are, came to be and ceased to be the top fifth of their company."""
        self.flush_model(['active', 'company_id', 'partner_id', 'revenue', 'revenue_before'])
        now, before = (Domain('id', 'in', self._top_fifth(name)) for name in ('revenue', 'revenue_before'))
        return {'stayed': now & before, 'arrived': now & ~before, 'dropped': ~now & before, False: ~now & ~before}

    def _top_fifth(self, field):
        """Return the query of the first ceil(20 %) of each company's customers with revenue, as the Pareto curve counts them."""
        return SQL(
            """(SELECT id FROM (
                    SELECT id, ROW_NUMBER() OVER (PARTITION BY company_id ORDER BY %(revenue)s DESC, partner_id) AS place,
                           COUNT(*) OVER (PARTITION BY company_id) AS customers
                      FROM crm_customer WHERE active AND %(revenue)s <> 0) AS ranked
                 WHERE place <= (20 * customers + 99) / 100)""", revenue=SQL.identifier(field))
