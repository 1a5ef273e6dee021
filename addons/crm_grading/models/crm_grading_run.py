from odoo import fields, models


class CrmGradingRun(models.Model):
    """A dated run over a company: recorded figures, verdicts, life cycle, policies; or a dry run of one scheme."""
    _name = 'crm.grading.run'
    _description = "Grading Run"
    _order = 'start desc, id desc'

    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    date = fields.Date("As Of", required=True, readonly=True)
    kind = fields.Selection(
        [('nightly', "Nightly"), ('manual', "By hand"), ('single', "Single customer"), ('simulation', "Dry run")],
        required=True, readonly=True)
    state = fields.Selection(
        [('running', "Running"), ('done', "Done"), ('failed', "Failed")], required=True, default='running', readonly=True)
    user_id = fields.Many2one('res.users', default=lambda self: self.env.user, readonly=True)
    start = fields.Datetime(default=fields.Datetime.now, readonly=True)
    end = fields.Datetime(readonly=True)
    duration = fields.Float("Duration (s)", readonly=True, aggregator='avg')
    population = fields.Integer(readonly=True)
    error = fields.Text(readonly=True)
    result_ids = fields.One2many('crm.grading.run.result', 'run_id', "Grades", readonly=True)
    mover_ids = fields.One2many('crm.grading.run.mover', 'run_id', "Movers", readonly=True)
    up_count = fields.Integer("Promoted", readonly=True)
    down_count = fields.Integer("Demoted", readonly=True)
    cut_points = fields.Json(readonly=True, help="By dimension id: the values that separated the levels in this run.")

    _company_start_idx = models.Index('(company_id, start DESC)')


class CrmGradingRunResult(models.Model):
    """How many customers a scheme put into a grade in a run, and what they are worth."""
    _name = 'crm.grading.run.result'
    _description = "Grade Distribution"
    _order = 'run_id desc, scheme_id, sequence, id'

    run_id = fields.Many2one('crm.grading.run', required=True, ondelete='cascade', index=True, readonly=True)
    date = fields.Date(related='run_id.date', store=True)
    company_id = fields.Many2one(related='run_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', index=True, readonly=True)
    grade_id = fields.Many2one('crm.grade', ondelete='restrict', readonly=True)
    status = fields.Selection([
        ('graded', "Graded"), ('too_new', "Too new"), ('too_little', "Too little data")], readonly=True)
    sequence = fields.Integer(readonly=True)
    customers = fields.Integer(readonly=True)
    customer_share = fields.Float("Share of Customers (%)", readonly=True, aggregator='sum')
    amount = fields.Float("Value", readonly=True, groups='crm_grading.group_customer_amounts')
    amount_share = fields.Float("Share of Value (%)", readonly=True, aggregator='sum')
    arrived = fields.Integer(readonly=True)
    gone = fields.Integer(readonly=True)


class CrmGradingRunMover(models.Model):
    """A customer whose grade a dry run would change."""
    _name = 'crm.grading.run.mover'
    _description = "Dry-Run Mover"
    _order = 'run_id desc, move, score desc, id'

    run_id = fields.Many2one('crm.grading.run', required=True, ondelete='cascade', index=True, readonly=True)
    company_id = fields.Many2one(related='run_id.company_id')
    scheme_id = fields.Many2one('crm.grading.scheme', required=True, ondelete='cascade', index=True, readonly=True)
    partner_id = fields.Many2one('res.partner', ondelete='cascade', readonly=True)
    lead_id = fields.Many2one('crm.lead', ondelete='cascade', readonly=True)
    old_grade_id = fields.Many2one('crm.grade', "From", ondelete='cascade', readonly=True)
    grade_id = fields.Many2one('crm.grade', "To", ondelete='cascade', readonly=True)
    move = fields.Selection(
        [('new', "New"), ('up', "Promoted"), ('down', "Demoted"), ('out', "Left")], required=True, readonly=True)
    score = fields.Float(readonly=True, digits=(16, 2))
    amount = fields.Float("Value", readonly=True, groups='crm_grading.group_customer_amounts')
