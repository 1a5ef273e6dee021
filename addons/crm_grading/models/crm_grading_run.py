import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
LOCK = 20191123   # any number of our own: the first key of the advisory lock, the company is the second


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
        [('running', "Running"), ('done', "Done"), ('failed', "Failed")], "Status", required=True, default='running', readonly=True)
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

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Run every company that has a scheme in force and has not been run today; a failing company stops no other."""
        schemes = self.env['crm.grading.scheme'].sudo().search([('state', '=', 'active'), ('origin_id', '=', False)])
        companies = schemes.company_id
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            date = company._crm_today()
            done = [('company_id', '=', company.id), ('date', '=', date), ('kind', '=', 'nightly'), ('state', '=', 'done')]
            if not self.search_count(done, limit=1):
                self._run_safely(company, date)
            self.env['crm.grade']._apply_policies(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    def _run_safely(self, company, date):
        """Run a company; what goes wrong is recorded as a failed run."""
        try:
            with self.env.cr.savepoint():
                return self._run(company, date, kind='nightly')
        except Exception as error:  # one company must not keep the others from being graded
            _logger.exception("Grading run of company %s failed", company.id)
            return self.create({
                'company_id': company.id, 'date': date, 'kind': 'nightly', 'state': 'failed',
                'end': fields.Datetime.now(), 'error': str(error)})

    @api.model
    def _run(self, company, date=None, kind='manual', partners=None):
        """Measure and judge the customers of a company, all in one transaction.

        Profiles and recorded metrics, verdicts of the schemes in force, life cycle. Policies are left to
        ``crm.grade._apply_policies``, which works off the history in batches.

        :param date: as-of day in the company's time zone; default: today there
        :param partners: refresh only these customers; their rank is still taken among all
        :return: the run
        :raise UserError: if a run of the company is under way, or a scheme is not complete
        """
        self._lock(company)
        company = company.sudo()  # a run judges all customers of the company, whoever starts it
        date = fields.Date.to_date(date) or company._crm_today()
        run = self.sudo().create({
            'company_id': company.id, 'date': date, 'kind': 'single' if partners is not None else kind})
        partners = partners and partners.commercial_partner_id
        self.env.flush_all()
        schemes = self.env['crm.grading.scheme'].sudo().search(
            [('company_id', '=', company.id), ('state', '=', 'active'), ('origin_id', '=', False)])
        run._judge_customers(schemes.filtered(lambda scheme: scheme.population != 'lead'), partners)
        leads = schemes.filtered(lambda scheme: scheme.population == 'lead')
        if leads and partners is None:
            run._judge_leads(leads)
        self.env['crm.lifecycle.state']._assign(company, date, partners)
        run._finish()
        return run

    def _lock(self, company):
        """Keep a second run of the company out for the length of the transaction."""
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, company.id))
        if not self.env.cr.fetchone()[0]:
            raise UserError(self.env._(
                "A grading run of %(company)s is under way. Wait until it is done, then look at its result.",
                company=company.sudo().name))

    def _judge_customers(self, schemes, partners):
        """Record figures and verdicts of the customers; the leading scheme first, since the profiles show its grade."""
        metrics = self.env['crm.metric'].sudo()
        company = self.company_id
        recorded = metrics._recorded(company)
        schemes._check_complete()
        values = (recorded | schemes._metrics())._measure_into(
            'customer', company, self.date, self.env['crm.customer']._profiled_partners(company))
        among = values
        if partners is not None:
            among = SQL("(SELECT * FROM %s WHERE subject_id IN %s)", values, tuple(partners.ids) or (0,))
        customers = self.env['crm.customer'].sudo()
        leading = schemes.filtered('is_leading')[:1]
        if leading:
            leading._compute_result(self.date, values, partners)
        customers._record(company, self.date, recorded, among, graded=bool(leading))
        if leading:
            self._store(leading, partners)
            customers._drop_left_grades(company)
        for scheme in schemes - leading:
            scheme._compute_result(self.date, values, partners)
            self._store(scheme, partners)
        self.population = self.env.execute_query(SQL("SELECT COUNT(*) FROM %s AS measured", among))[0][0]

    def _judge_leads(self, schemes):
        schemes._check_complete()
        company = self.company_id
        values = schemes._metrics()._measure_into('lead', company, self.date, schemes._lead_population(company))
        for scheme in schemes:
            scheme._compute_result(self.date, values)
            self._store(scheme)

    def _store(self, scheme, partners=None):
        scheme._store_result(self)
        if partners is None:
            self._summarize(scheme)

    def _finish(self):
        """Close the run with its counts."""
        movers = dict(self.env['crm.grade.history'].sudo()._read_group([('run_id', '=', self.id)], ['move'], ['__count']))
        end = fields.Datetime.now()
        self.write({
            'state': 'done', 'end': end, 'duration': self._seconds(),
            'up_count': movers.get('up', 0), 'down_count': movers.get('down', 0)})

    def _seconds(self):
        """Return the seconds since the transaction, and so the run, began."""
        return self.env.execute_query(SQL("SELECT EXTRACT(EPOCH FROM clock_timestamp() - NOW())::float8"))[0][0]


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
    score = fields.Float(readonly=True, digits=(16, 2), aggregator='avg')
    amount = fields.Float("Value", readonly=True, groups='crm_grading.group_customer_amounts')
