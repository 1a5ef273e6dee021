from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmGradingScheme(models.Model):
    """How metrics become a score and a grade, for one population of a company and one use."""
    _name = 'crm.grading.scheme'
    _description = "Grading Scheme"
    _inherit = ['mail.thread']
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    state = fields.Selection(
        [('draft', "Draft"), ('active', "In force")], "Status", default='draft', required=True, tracking=True,
        help="Only schemes in force are run at night. A draft can be dry-run.")
    is_leading = fields.Boolean(
        "Leading", tracking=True, help="The scheme whose grade is the customer's grade and whose policies apply.")
    origin_id = fields.Many2one('crm.grading.scheme', "Draft Of", ondelete='cascade', copy=False, index='btree_not_null',
                                help="The scheme that this draft would change.")
    description = fields.Text(translate=True)

    # population
    population = fields.Selection([
        ('customer', "Customers (with a purchase)"), ('prospect', "Prospects (contacts without a purchase)"),
        ('dealer', "Dealers (contacts with a tag)"), ('lead', "Leads without a contact"),
    ], required=True, default='customer')
    domain = fields.Char("Only where", default='[]', help="Condition on the contact (or the lead).")
    domain_model = fields.Char(compute='_compute_domain_model')
    dealer_category_ids = fields.Many2many('res.partner.category', string="Dealer Tags")
    min_tenure_days = fields.Integer(
        "Too new before (days)", help="Customers whose first purchase is fewer days ago are “too new” and get no grade.")
    min_purchases = fields.Integer(
        "Too little data below (purchases)", help="Customers with fewer purchases since ever get no grade.")

    # method
    method = fields.Selection([
        ('weighted', "Weighted score"), ('matrix', "Matrix of two dimensions"), ('pareto', "Pareto (cumulative share)"),
        ('rfm', "RFM (recency, frequency, money)"),
    ], required=True, default='weighted', tracking=True)
    dimension_ids = fields.One2many('crm.grading.dimension', 'scheme_id', "Dimensions", copy=True)
    band_ids = fields.One2many('crm.grading.band', 'scheme_id', "Boundaries", copy=True)
    cell_ids = fields.One2many('crm.grading.cell', 'scheme_id', "Cells", copy=True)
    segment_ids = fields.One2many('crm.rfm.segment', 'scheme_id', "Segments", copy=True)
    share_metric_id = fields.Many2one(
        'crm.metric', ondelete='restrict',
        help="Metric by which reports weigh the grades (revenue share per grade).")

    # hysteresis: promotion is at once
    demotion = fields.Selection(
        [('immediate', "At once"), ('runs', "After a number of runs"), ('days', "After days of grace")],
        required=True, default='immediate')
    demotion_count = fields.Integer("Grace", default=1, help="Runs (on different days) or days that a customer must be below.")

    run_ids = fields.One2many('crm.grading.run.result', 'scheme_id')

    _leading_uniq = models.UniqueIndex(
        "(company_id) WHERE is_leading AND active AND state = 'active' AND origin_id IS NULL",
        "The company has a leading scheme already. Take the mark off there first.")
    _demotion_check = models.Constraint("CHECK(demotion_count >= 0)", "Grace cannot be negative.")

    @api.depends('population')
    def _compute_domain_model(self):
        for scheme in self:
            scheme.domain_model = 'crm.lead' if scheme.population == 'lead' else 'res.partner'

    def _check_complete(self):
        """Refuse what cannot be computed; called before every run and dry run.

        :raise UserError: with what is missing and where to mend it
        """
        for scheme in self:
            if not scheme.dimension_ids:
                raise UserError(self.env._("“%(scheme)s” has no dimension. Add the metric that it grades by.", scheme=scheme.name))


class CrmGradingBand(models.Model):
    """A boundary of a scheme: the grade from a score on (weighted), or up to a cumulative share (Pareto)."""
    _name = 'crm.grading.band'
    _description = "Grade Boundary"
    _order = 'scheme_id, sequence, id'

    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', index=True)
    sequence = fields.Integer(related='grade_id.sequence', store=True)
    grade_id = fields.Many2one('crm.grade', required=True, ondelete='restrict')
    threshold = fields.Float(
        required=True, digits=(16, 4),
        help="Weighted score: lowest score (0-100) of the grade, itself included. Pareto: the customers that make the first"
             " so many percent of the total; the customer who crosses the boundary is still in.")

    _grade_uniq = models.Constraint('UNIQUE(scheme_id, grade_id)', "A grade has one boundary in a scheme.")
    _threshold_check = models.Constraint(
        'CHECK(threshold >= 0 AND threshold <= 100)', "A boundary is a number from 0 to 100.")


class CrmGradingCell(models.Model):
    """The grade of a cell of a matrix scheme: level of the first dimension (row) and of the second (column)."""
    _name = 'crm.grading.cell'
    _description = "Matrix Cell"
    _order = 'scheme_id, row_level desc, column_level'

    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', index=True)
    row_level = fields.Integer(required=True)
    column_level = fields.Integer(required=True)
    grade_id = fields.Many2one('crm.grade', required=True, ondelete='restrict')

    _cell_uniq = models.Constraint('UNIQUE(scheme_id, row_level, column_level)', "A cell has one grade.")


class CrmRfmSegment(models.Model):
    """A named region of the RFM cube; the first segment in order that contains a customer's scores is the customer's."""
    _name = 'crm.rfm.segment'
    _description = "RFM Segment"
    _order = 'scheme_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', index=True)
    color = fields.Integer()
    advice = fields.Char(translate=True, help="What to do with these customers.")
    grade_id = fields.Many2one('crm.grade', ondelete='restrict')
    r_min = fields.Integer("R from", default=1, required=True)
    r_max = fields.Integer("R to", default=5, required=True)
    f_min = fields.Integer("F from", default=1, required=True)
    f_max = fields.Integer("F to", default=5, required=True)
    m_min = fields.Integer("M from", default=1, required=True)
    m_max = fields.Integer("M to", default=5, required=True)

    @api.constrains('r_min', 'r_max', 'f_min', 'f_max', 'm_min', 'm_max')
    def _check_ranges(self):
        for segment in self:
            for low, high in ((segment.r_min, segment.r_max), (segment.f_min, segment.f_max), (segment.m_min, segment.m_max)):
                if not 1 <= low <= high <= 5:
                    raise ValidationError(self.env._(
                        "“%(segment)s”: a range of scores goes from 1 to 5, the lower end first.", segment=segment.name))
