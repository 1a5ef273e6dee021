from odoo import fields, models
from odoo.tools import SQL

from ..tools.frequency import PERIODS


class CrmGrade(models.Model):
    """Policy of a grade: how often its customers are visited. A change moves their due days at once."""
    _inherit = 'crm.grade'

    visit_count = fields.Integer("Visits", help="How many visits a customer of this grade is to get per period. 0: none is planned.")
    visit_period = fields.Selection(PERIODS, "Per", required=True, default='quarter')

    _check_visit_count = models.Constraint('CHECK(visit_count >= 0)', "The number of visits cannot be negative. Use 0 for none.")

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(('visit_count', 'visit_period')):
            for company, grades in self.grouped('company_id').items():
                # profiles are written by runs only; who may change the policy of a grade moves the days of its customers
                self.env['crm.customer'].sudo()._plan_visits(company, SQL("customer.grade_id IN %s", tuple(grades.ids)))
        return result


class CrmGradeVerdict(models.Model):
    _inherit = 'crm.grade.verdict'

    def _put_in_force(self, grade, note):
        """A grade set by hand brings its frequency along."""
        result = super()._put_in_force(grade, note)
        if self.customer_id:
            self.customer_id.sudo()._plan_visits_now()  # profiles are written by runs only
        return result


class CrmGradingRun(models.Model):
    _inherit = 'crm.grading.run'

    def _run(self, company, date=None, kind='manual', partners=None):
        """Once customers have their grade, they have the day of their next visit."""
        run = super()._run(company, date, kind, partners)
        condition = None
        if partners is not None:
            condition = SQL("customer.partner_id IN %s", tuple(partners.commercial_partner_id.ids) or (0,))
        self.env['crm.customer'].sudo()._plan_visits(company, condition)  # a run plans for all customers, whoever starts it
        return run
