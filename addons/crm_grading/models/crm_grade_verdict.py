from odoo import fields, models


class CrmGradeVerdict(models.Model):
    """What one scheme says about one customer (or one lead without a contact), with what is needed to explain it."""
    _name = 'crm.grade.verdict'
    _description = "Grading Verdict"
    _order = 'scheme_id, score desc, id'

    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', readonly=True)
    company_id = fields.Many2one(related='scheme_id.company_id', store=True, index=True)
    customer_id = fields.Many2one('crm.customer', ondelete='cascade', readonly=True, index='btree_not_null')
    lead_id = fields.Many2one('crm.lead', ondelete='cascade', readonly=True, index='btree_not_null')
    partner_id = fields.Many2one(related='customer_id.partner_id', string="Contact")
    user_id = fields.Many2one(related='customer_id.user_id')
    status = fields.Selection([
        ('graded', "Graded"), ('too_new', "Too new"), ('too_little', "Too little data"), ('out', "Not in the scheme any more"),
    ], required=True, default='graded', readonly=True)
    grade_id = fields.Many2one('crm.grade', readonly=True, index='btree_not_null', ondelete='restrict',
                               help="The grade in force: the override if there is one, else the computed grade after grace.")
    settled_grade_id = fields.Many2one('crm.grade', readonly=True, ondelete='restrict',
                                       help="The computed grade after grace, as it is without the override.")
    computed_grade_id = fields.Many2one('crm.grade', readonly=True, ondelete='restrict',
                                        help="What the figures say today, without grace and override.")
    score = fields.Float(readonly=True, digits=(16, 2), aggregator='avg')
    segment_id = fields.Many2one('crm.rfm.segment', "RFM Segment", readonly=True, ondelete='set null')
    since = fields.Date("In Grade Since", readonly=True)
    dimension_values = fields.Json(
        readonly=True, groups='base.group_system',
        help="By dimension id: value, percentile (0-100), points (0-100), level.")

    # grace before a demotion
    pending_since = fields.Date("Below Since", readonly=True)
    pending_runs = fields.Integer("Runs Below", readonly=True)
    pending_on = fields.Date("Last Counted On", readonly=True)

    # manual override
    override_grade_id = fields.Many2one('crm.grade', ondelete='restrict', readonly=True)
    override_reason = fields.Char(readonly=True)
    override_user_id = fields.Many2one('res.users', "Overridden By", readonly=True)
    override_until = fields.Date(readonly=True, help="Last day of the override; empty: until withdrawn.")

    _customer_uniq = models.UniqueIndex('(scheme_id, customer_id) WHERE customer_id IS NOT NULL')
    _lead_uniq = models.UniqueIndex('(scheme_id, lead_id) WHERE lead_id IS NOT NULL')
    _subject_check = models.Constraint(
        'CHECK((customer_id IS NULL) <> (lead_id IS NULL))', "A verdict is about a customer or about a lead.")
    _override_idx = models.Index('(override_until) WHERE override_grade_id IS NOT NULL')
