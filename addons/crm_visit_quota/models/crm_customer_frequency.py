from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.frequency import PERIOD_DAYS, PERIODS, behind

PLANNED = ('last_visit_date', 'visit_interval_days', 'next_visit_date')


class CrmCustomer(models.Model):
    """When a customer is to be visited next: a verdict, from the frequency of its grade or its own and the visits made.

    :mod:`..tools.frequency` has the rule. It does not depend on the present day, so that rows are written only when a visit, a
    grade or a frequency changes.
    """
    _inherit = 'crm.customer'

    last_visit_date = fields.Date(
        "Last Visit", readonly=True, index='btree_not_null',
        help="Day of the last visit of a kind that counts, by anybody of the company.")
    visit_interval_days = fields.Integer("Visit Every (days)", readonly=True, aggregator='avg')
    next_visit_date = fields.Date("Visit Due", readonly=True)
    visits_behind = fields.Integer(compute='_compute_visits_behind', help="Visits that are missing today by the plan.")
    planned_visit_date = fields.Datetime(
        "Planned For", compute='_compute_planned_visit_date', search='_search_planned_visit_date',
        help="The next visit in somebody's plan.")
    visit_frequency = fields.Char(compute='_compute_visit_frequency')

    # the frequency of its own; people set it, by _set_own_frequency
    own_visit_frequency = fields.Boolean(readonly=True)
    own_visit_count = fields.Integer("Own Visits", readonly=True, aggregator=None)
    own_visit_period = fields.Selection(PERIODS, "Own Period", readonly=True)
    own_visit_reason = fields.Char("Reason", readonly=True)
    own_visit_user_id = fields.Many2one('res.users', "Set By", readonly=True, ondelete='set null')
    own_visit_date = fields.Date("Set On", readonly=True)

    # the due list in its order, of a company and of a person
    _company_visit_due_idx = models.Index('(company_id, next_visit_date, id) WHERE next_visit_date IS NOT NULL')
    _user_visit_due_idx = models.Index('(user_id, next_visit_date, id) WHERE next_visit_date IS NOT NULL')

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends('next_visit_date', 'visit_interval_days')
    def _compute_visits_behind(self):
        today = {company: company._crm_today() for company in self.company_id}
        for customer in self:
            customer.visits_behind = behind(
                customer.next_visit_date, customer.visit_interval_days, today.get(customer.company_id, fields.Date.today()))

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('partner_id')
    def _compute_planned_visit_date(self):
        planned = self.env['crm.visit']._read_group(
            [('state', '=', 'planned'), ('partner_id', 'in', self.partner_id.ids), ('company_id', 'in', self.company_id.ids)],
            ['partner_id', 'company_id'], ['date_start:min'])
        first = {(partner, company): moment for partner, company, moment in planned}
        for customer in self:
            customer.planned_visit_date = first.get((customer.partner_id, customer.company_id))

    @api.model
    def _search_planned_visit_date(self, operator, value):
        if operator != 'in' or set(value) != {False}:
            return NotImplemented
        visits = self.env['crm.visit']._search([('state', '=', 'planned')])
        partner, company = (SQL.identifier(visits.table, name) for name in ('partner_id', 'company_id'))
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "(%s, %s) NOT IN (%s)", SQL.identifier(alias, 'partner_id'), SQL.identifier(alias, 'company_id'),
            visits.select(partner, company)))

    @api.depends('own_visit_frequency', 'own_visit_count', 'own_visit_period', 'grade_id.visit_count', 'grade_id.visit_period')
    @api.depends_context('lang')
    def _compute_visit_frequency(self):
        for customer in self:
            own, grade = customer.own_visit_frequency, customer.grade_id
            count, period = (
                (customer.own_visit_count, customer.own_visit_period) if own else (grade.visit_count, grade.visit_period))
            text = self._frequency_text(count, period)
            customer.visit_frequency = self.env._("%(frequency)s, set by hand", frequency=text) if own else text

    def _frequency_text(self, count, period):
        """Return a frequency in words, such as "2 a quarter"."""
        texts = {
            'month': self.env._("%(count)s a month", count=count), 'quarter': self.env._("%(count)s a quarter", count=count),
            'year': self.env._("%(count)s a year", count=count)}
        return texts[period] if count else self.env._("No visits planned")

    # ------------------------------------------------------------------
    # The rule, set-based
    # ------------------------------------------------------------------

    @api.model
    def _visit_interval_sql(self):
        """Return the interval in days (0: no plan) of the rows ``customer`` LEFT JOIN ``grade``; see :mod:`..tools.frequency`."""
        def days(count, period):
            cases = SQL(" ").join(SQL("WHEN %s THEN %s", *item) for item in PERIOD_DAYS.items())
            return SQL("CASE WHEN %(count)s > 0 THEN GREATEST(1, CASE %(period)s %(cases)s END / %(count)s) ELSE 0 END",
                       count=count, period=period, cases=cases)
        own = days(SQL("customer.own_visit_count"), SQL("customer.own_visit_period"))
        return SQL("CASE WHEN customer.own_visit_frequency THEN %s ELSE %s END",
                   own, days(SQL("grade.visit_count"), SQL("grade.visit_period")))

    @api.model
    def _visit_plan_sql(self, company, condition=None, until=None):
        """Return the relation ``(id, partner_id, last, days, due)`` of the customers of a company.

        :param condition: SQL on the alias ``customer``; None: all of them
        :param until: last day whose visits count; None: all
        """
        counted = [SQL("visit.counts_for_quota")]
        if until:
            counted.append(SQL("visit.date <= %s", until))
        if condition:  # the visits of a few customers are looked up; for all of them visits are read once
            counted.append(SQL("visit.partner_id IN (SELECT partner_id FROM crm_customer AS customer WHERE %s)", condition))
        return SQL(
            """SELECT customer.id, customer.partner_id, last.date AS last, plan.days,
                      CASE WHEN plan.days > 0 THEN GREATEST(last.date + plan.days, plan.since) END AS due
                 FROM crm_customer AS customer
            LEFT JOIN crm_grade AS grade ON grade.id = customer.grade_id
            LEFT JOIN (SELECT visit.partner_id, MAX(visit.date) AS date FROM (%(visits)s) AS visit GROUP BY visit.partner_id) AS last
                      ON last.partner_id = customer.partner_id
           CROSS JOIN LATERAL (
                      SELECT %(interval)s AS days,
                             CASE WHEN customer.own_visit_frequency THEN customer.own_visit_date
                                  ELSE COALESCE(customer.grade_date, %(created)s) END AS since) AS plan
                WHERE customer.company_id = %(company)s AND %(condition)s""",
            visits=self.env['crm.visit']._done_sql(company, SQL(" AND ").join(counted)), interval=self._visit_interval_sql(),
            created=company._crm_metric_scope().day(SQL("customer.create_date")), company=company.id,
            condition=condition or SQL("TRUE"))

    @api.model
    def _plan_visits(self, company, condition=None):
        """Bring the last visit, the interval and the due day of a company's customers up to date, in one statement that
        writes only what changes: whoever is neither planned for nor visited is left alone. As superuser.

        :param condition: SQL on the alias ``customer``: whose; None: of all
        :return: number of customers that changed
        """
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """UPDATE crm_customer AS target
                  SET last_visit_date = plan.last, visit_interval_days = NULLIF(plan.days, 0), next_visit_date = plan.due
                 FROM (%s) AS plan
                WHERE target.id = plan.id
                  AND (target.last_visit_date, target.visit_interval_days, target.next_visit_date)
                      IS DISTINCT FROM (plan.last, NULLIF(plan.days, 0), plan.due)""", self._visit_plan_sql(company, condition)))
        changed = self.env.cr.rowcount
        self.env['crm.customer'].invalidate_model([*PLANNED, 'visits_behind'])
        return changed

    @api.model
    def _plan_visits_of(self, visits):
        """Bring the due days of the customers of visits up to date; as superuser."""
        customers = self.with_context(active_test=False).search([
            ('partner_id', 'in', visits.partner_id.ids), ('company_id', 'in', visits.company_id.ids)])
        customers._plan_visits_now()

    def _plan_visits_now(self):
        """Bring the due days of these customers up to date without waiting for anybody; as superuser.

        Those that a run is just writing are left to the scheduled action, which is called for.
        """
        free = self.try_lock_for_update(allow_referencing=True)
        for company, customers in free.grouped('company_id').items():
            self._plan_visits(company, SQL("customer.id IN %s", tuple(customers.ids)))
        if len(free) < len(self):
            self.env.ref('crm_visit_quota.ir_cron_visit_plan')._trigger()

    @api.model
    def _cron_plan_visits(self):
        """Bring the due days of every company up to date; resumable, since a second time nothing changes."""
        companies = self.env['res.company'].sudo().search(Domain.TRUE)
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            self.sudo()._plan_visits(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    # ------------------------------------------------------------------
    # A frequency of its own
    # ------------------------------------------------------------------

    def _check_may_set_frequency(self):
        """:raise AccessError: unless the customers are one's own, of the team one leads, or one sees all customers"""
        if self.env.su:
            return
        self.check_access('read')
        if not self.env.user.has_group('sales_team.group_sale_salesman'):
            raise AccessError(self.env._("Only people in sales may say how often a customer is visited."))

    def _set_own_frequency(self, count, period, reason):
        """Give customers a frequency of their own; it goes before that of the grade until it is withdrawn.

        :param int count: visits per period; 0: no visits
        :param str period: month, quarter or year
        :raise AccessError: unless the user looks after the customers
        :raise UserError: without a reason, or with a negative number
        """
        self._check_may_set_frequency()
        if not (reason or '').strip():
            raise UserError(self.env._("Give the reason: it is shown beside the frequency."))
        if count < 0 or period not in PERIOD_DAYS:
            raise UserError(self.env._("Say how many visits (0 or more) are made per month, quarter or year."))
        for company, customers in self.sudo().grouped('company_id').items():  # profiles are written for people who were checked above
            customers.write({
                'own_visit_frequency': True, 'own_visit_count': count, 'own_visit_period': period, 'own_visit_reason': reason.strip(),
                'own_visit_user_id': self.env.uid, 'own_visit_date': company._crm_today()})
        self._log_frequency(self.env._(
            "Visit frequency set by hand: %(frequency)s. %(reason)s",
            frequency=self._frequency_text(count, period), reason=reason.strip()))
        self.sudo()._plan_visits_now()  # as above

    def _clear_own_frequency(self):
        """Withdraw frequencies set by hand: that of the grade is in force again.

        :raise AccessError: unless the user looks after the customers
        """
        self._check_may_set_frequency()
        own = self.filtered('own_visit_frequency')
        own.sudo().write({  # checked in the line above
            'own_visit_frequency': False, 'own_visit_count': 0, 'own_visit_period': False, 'own_visit_reason': False,
            'own_visit_user_id': False, 'own_visit_date': False})
        own._log_frequency(self.env._("Visit frequency set by hand withdrawn."))
        own.sudo()._plan_visits_now()  # as above

    def _log_frequency(self, body):
        # the log of a contact is no secret to who looks after it, though it may not be theirs to edit
        self.partner_id.sudo()._message_log_batch(
            bodies=dict.fromkeys(self.partner_id.ids, body), author_id=self.env.user.partner_id.id)
