import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.period_name import period_name

from ..tools.quota import months_between, period_end

_logger = logging.getLogger(__name__)
LOCK = 20191124    # first key of the advisory lock, the company is the second
HISTORY = 24       # months before the present one that are counted when counting begins


class CrmVisitQuotaMonth(models.Model):
    """A month of a company: open, and counted anew every night, or closed, and frozen.

    Months are closed one after the other, the oldest first, and reopened in the opposite order. What is entered or changed
    later about a closed month becomes a correction in the oldest open one.
    """
    _name = 'crm.visit.quota.month'
    _description = "Month of Visit Quotas"
    _inherit = ['mail.thread']
    _order = 'date desc, company_id'
    _rec_name = 'date'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade', readonly=True)
    date = fields.Date("Month", required=True, readonly=True, help="First day of the month.")
    date_to = fields.Date("Last Day", compute='_compute_date_to')
    state = fields.Selection([('open', "Open"), ('closed', "Closed")], required=True, default='open', readonly=True, tracking=True)
    closed_by_id = fields.Many2one('res.users', readonly=True)
    closed_on = fields.Datetime(readonly=True)
    counted_on = fields.Datetime(readonly=True)
    reopen_reason = fields.Char("Reason of Reopening", readonly=True, tracking=True)
    result_ids = fields.One2many('crm.visit.quota.result', 'month_id', "Results")
    visit_count = fields.Integer("Visits", compute='_compute_counts')
    person_count = fields.Integer("Persons", compute='_compute_counts')
    late_count = fields.Integer("Late Entries", compute='_compute_counts', help="Visits of this closed month that were entered later.")

    _month_uniq = models.UniqueIndex('(company_id, date)')

    @api.depends('date')
    def _compute_date_to(self):
        for month in self:
            month.date_to = period_end(month.date, 'month') if month.date else False

    @api.depends('date')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for month in self:
            month.display_name = period_name(month.date, 'month', self.env.lang) if month.date else ''

    def _compute_counts(self):
        groups = self.env['crm.visit.quota.result']._read_group(
            [('month_id', 'in', self.ids), ('kind', '=', 'regular')], ['month_id'], ['visit_count:sum', '__count'])
        counts = {month.id: numbers for month, *numbers in groups}
        late = self.env['crm.visit.quota.entry']._read_group(
            [('company_id', 'in', self.company_id.ids), ('kind', '=', 'correction'), ('sign', '>', 0)],
            ['company_id', 'date:month'], ['__count'])
        late = {(company.id, start): count for company, start, count in late}
        for month in self:
            month.visit_count, month.person_count = counts.get(month.id, (0, 0))
            month.late_count = late.get((month.company_id.id, month.date), 0)

    # ------------------------------------------------------------------
    # Closing and reopening
    # ------------------------------------------------------------------

    def action_close(self):
        """Count the months a last time and freeze them.

        :raise UserError: for a month that is not over everywhere, or before an older one is closed
        """
        self.check_access('write')
        for month in self.filtered(lambda month: month.state == 'open').sorted('date'):
            if month.company_id._crm_today() <= month.date_to:
                raise UserError(self.env._("%(month)s is not over yet. Close it after its last day.", month=month.display_name))
            older = month._siblings('open').filtered(lambda other, month=month: other.date < month.date)
            if older:
                raise UserError(self.env._(
                    "Close %(month)s first: months are closed one after the other.", month=older[0].display_name))
            month._refresh()
            month.env.flush_all()
            results = month.result_ids.sudo()  # whoever may close a month freezes everybody's results
            results.write({'state': 'closed'})
            month.write({'state': 'closed', 'closed_by_id': self.env.uid, 'closed_on': self.env.cr.now()})
            month.sudo()._ensure(month.company_id)[:1]._refresh()  # whoever closes one month begins the next
        return True

    def action_ask_reopen(self):
        """Ask why a month is to be opened again."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Reopen %(month)s", month=self.display_name),
            'res_model': 'crm.visit.quota.reopen', 'views': [(False, 'form')], 'target': 'new',
            'context': {'default_month_id': self.id}}

    def action_reopen(self, reason):
        """Open the closed month that was closed last, so that its figures follow the visits again.

        :param str reason: why; it is kept and shown
        :raise UserError: without a reason, or while a later month is closed
        """
        self.check_access('write')
        for month in self:
            if not (reason or '').strip():
                raise UserError(self.env._("Say why %(month)s is opened again.", month=month.display_name))
            later = month._siblings('closed').filtered(lambda other, month=month: other.date > month.date)
            if later:
                raise UserError(self.env._(
                    "Reopen %(month)s first: months are reopened in the opposite order.", month=later[-1].display_name))
            month.result_ids.sudo().write({'state': 'open'})  # whoever may reopen a month opens everybody's results
            month.write({'state': 'open', 'reopen_reason': reason.strip(), 'closed_by_id': False, 'closed_on': False})
            for other in month._siblings('open'):
                other._refresh()
        return True

    def _siblings(self, state):
        """Return the months of the company in a state, the oldest first."""
        return self.search([('company_id', '=', self.company_id.id), ('state', '=', state)], order='date')

    def action_refresh(self):
        """Count the open months now instead of waiting for the night.

        :raise UserError: while they are being counted
        """
        self.check_access('write')
        for month in self.filtered(lambda month: month.state == 'open'):
            month._refresh()
        return True

    def action_open_results(self):
        """Open the results of the month."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_visit_quota.crm_visit_quota_result_action')
        return {**action, 'name': self.display_name, 'domain': [('month_id', '=', self.id)], 'context': {}}

    def action_open_late(self):
        """Open the entries of visits that came late for the month."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Late Entries of %(month)s", month=self.display_name),
            'res_model': 'crm.visit.quota.entry', 'views': [(False, 'list'), (False, 'kanban')],
            'domain': [('company_id', '=', self.company_id.id), ('kind', '=', 'correction'), ('sign', '>', 0),
                       ('date', '>=', self.date), ('date', '<=', self.date_to)]}

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _refresh(self):
        """Count an open month and the quarter and the year around it; what does not change is not written.

        :raise UserError: while another transaction counts the company
        """
        self.ensure_one()
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, self.company_id.id))
        if not self.env.cr.fetchone()[0]:
            raise UserError(self.env._(
                "Visits of %(company)s are being counted. Try again in a minute.", company=self.company_id.sudo().name))
        month = self.sudo()  # everybody's visits are counted, whoever starts it
        results, entries = month.env['crm.visit.quota.result'], month.env['crm.visit.quota.entry']
        self.env.flush_all()
        people = results._people_sql(month.company_id._crm_quota_persons(month.date, month.date_to))
        entries._count_month(month, people)
        if month == month._siblings('open')[:1]:
            entries._count_corrections(month)
        results._store_month(month, people)
        results._store_conversion(month)
        for period in ('quarter', 'year'):
            results._store_period(month, period)
        month.counted_on = fields.Datetime.now()
        self.env.invalidate_all()

    def _settle(self):
        """Bring the outcome of a closed month's visits up to date: orders come after visits, and after closings."""
        month = self.sudo()  # as in _refresh
        results = month.env['crm.visit.quota.result']
        self.env.flush_all()
        results._store_conversion(month)
        for period in ('quarter', 'year'):
            results._store_period(month, period)
        self.env.invalidate_all()

    @api.model
    def _ensure(self, company):
        """Create the months of a company that are missing, up to the present one; return the open ones, the oldest first."""
        today = company._crm_today()
        known = self.search([('company_id', '=', company.id)], order='date')
        start = known[:1].date or today.replace(day=1)
        if not known.filtered(lambda month: month.state == 'closed'):
            [(first,)] = self.env['crm.visit'].sudo()._read_group(
                [('company_id', '=', company.id), ('state', '=', 'done'), ('counts_for_quota', '=', True),
                 ('date', '>=', today.replace(day=1) - relativedelta(months=HISTORY))], [], ['date:min'])
            start = min(start, first or start)
        have = set(known.mapped('date'))
        self.create([{'company_id': company.id, 'date': month} for month in months_between(start, today) if month not in have])
        return self.search([('company_id', '=', company.id), ('state', '=', 'open')], order='date')

    @api.model
    def _cron_refresh(self):
        """Count the open months of every company, close what is due, warn, and bring the goals up to date."""
        companies = self.env['crm.visit.quota'].sudo().search(Domain.TRUE).company_id | self.env['res.company'].browse(
            company.id for company, in self.env['crm.visit'].sudo()._read_group([('state', '=', 'done')], ['company_id']))
        work = [(company, month) for company in companies for month in self._ensure(company)]
        work += [(company, month) for company in companies for month in self._unsettled(company)]
        work += [(company, None) for company in companies]
        for left, (company, month) in zip(range(len(work) - 1, -1, -1), work):
            try:
                with self.env.cr.savepoint():
                    month._nightly() if month else self._after_counting(company)
            except Exception:  # one company must not keep the others from being counted
                _logger.exception("Counting visits of company %s failed", company.id)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _unsettled(self, company):
        """Return the closed months whose visits may still be followed by opportunities and orders."""
        limit = company._crm_today() - relativedelta(days=company.crm_quota_conversion_days + 1)
        return self._closed(company).filtered(lambda month: month.date_to >= limit)

    @api.model
    def _closed(self, company):
        return self.search([('company_id', '=', company.id), ('state', '=', 'closed')], order='date')

    def _nightly(self):
        """Count the month, or what came after it; close it when the company's days for late entries are over."""
        if self.state == 'closed':
            return self._settle()
        self._refresh()
        days = self.company_id.crm_quota_close_days
        if days and self.company_id._crm_today() > self.date_to + relativedelta(days=days):
            self.action_close()
        return None

    @api.model
    def _after_counting(self, company):
        self.env['crm.visit.quota.warning']._warn(company)
        self.env['crm.visit.quota.result']._refresh_goals(company)
