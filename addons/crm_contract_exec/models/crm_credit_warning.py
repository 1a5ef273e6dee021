from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.credit_standing import WARN_PARTIAL, WARN_SHARE, WARN_SILENT, WARN_TREND

SIGNALS = ('later', 'silent', 'partial', 'share')
QUIET_DAYS = 30   # for so long a warning that was seen to is not repeated, unless for another reason


class CrmCreditWarning(models.Model):
    """A customer who may become a bad debt: paying later and later, silent, paying in bits, or owing a large share of everything.

    Found every night for all customers by one statement; a person sees to each, and it goes by itself once its reasons are gone.
    """
    _name = 'crm.credit.warning'
    _description = "Bad-Debt Warning"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'
    _mail_post_access = 'read'

    partner_id = fields.Many2one('res.partner', "Customer", required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True, index='btree_not_null', ondelete='set null')
    date = fields.Date("Since", required=True, readonly=True)
    state = fields.Selection(
        [('open', "Open"), ('handled', "Seen To"), ('gone', "Gone")], required=True, default='open', readonly=True, index=True)
    is_later = fields.Boolean("Pays Later", readonly=True)
    is_silent = fields.Boolean("Silent", readonly=True)
    is_partial = fields.Boolean("Pays in Part", readonly=True)
    is_share = fields.Boolean("Large Share", readonly=True)
    trend = fields.Float("Days Later", readonly=True, aggregator='avg', digits=(16, 1))
    silent_days = fields.Integer("Days Without Money", readonly=True, aggregator='max')
    partial_count = fields.Integer("Instalments Paid in Part", readonly=True)
    share = fields.Float("Share of All Receivables (%)", readonly=True, aggregator='sum', digits=(16, 1))
    open_amount = fields.Monetary("Open", readonly=True, groups='crm_grading.group_customer_amounts')
    overdue_amount = fields.Monetary("Overdue", readonly=True, groups='crm_grading.group_customer_amounts')
    reasons = fields.Char(compute='_compute_reasons')
    handled_by_id = fields.Many2one('res.users', "Seen To By", readonly=True, ondelete='set null')
    date_handled = fields.Date("Closed On", readonly=True)

    _open_uniq = models.UniqueIndex("(partner_id, company_id) WHERE state = 'open'", "The customer has an open warning already.")

    @api.depends('is_later', 'is_silent', 'is_partial', 'is_share', 'trend', 'silent_days', 'partial_count', 'share')
    @api.depends_context('lang')
    def _compute_reasons(self):
        for warning in self:
            found = [
                warning.is_later and self.env._("pays %(days)s days later than before", days=round(warning.trend)),
                warning.is_silent and self.env._("no money for %(days)s days", days=warning.silent_days),
                warning.is_partial and self.env._("%(count)s instalments paid in part", count=warning.partial_count),
                warning.is_share and self.env._("owes %(share)s %% of all receivables", share=round(warning.share))]
            warning.reasons = ", ".join(text for text in found if text)

    def action_handle(self):
        """Take the warnings off the list: somebody has seen to them.

        :raise UserError: for one that is not open
        """
        self.check_access('read')   # whoever sees a customer's warning may say that it was seen to
        if any(warning.state != 'open' for warning in self):
            raise UserError(self.env._("Somebody has seen to it already."))
        own = self.sudo()   # see above; nobody else writes
        own.write({'state': 'handled', 'handled_by_id': self.env.uid, 'date_handled': self.env.company._crm_today()})
        own.activity_feedback(['mail.mail_activity_data_todo'])
        return True

    # ------------------------------------------------------------------
    # Nightly
    # ------------------------------------------------------------------

    @api.model
    def _cron_warn(self):
        """Look for warnings in all companies."""
        companies = self.env['res.company'].sudo().search(Domain.TRUE)   # a job for all companies
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            self._warn(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _warn(self, company, date=None):
        """Open, update and close the warnings of a company.

        :param date: as-of day in the company's time zone; default: today there
        :return: the new warnings
        """
        date = fields.Date.to_date(date) or company._crm_today()
        self.env.flush_all()
        found = {row.pop('partner_id'): row for row in self.env.execute_query_dict(self._found_sql(company, date))}
        warnings = self.sudo().search([('company_id', '=', company.id), ('state', '=', 'open')])   # of all customers of the company
        for warning in warnings:
            values = found.pop(warning.partner_id.id, None)
            if values is None:
                warning.write({'state': 'gone', 'date_handled': date})
                warning.activity_unlink(['mail.mail_activity_data_todo'])
            else:
                warning.write({name: value for name, value in values.items() if name != 'user_id' and warning[name] != value})
        found = self._without_repeated(company, date, found)
        new = self.sudo().create([   # as above
            {'partner_id': partner, 'company_id': company.id, 'date': date, **values} for partner, values in found.items()])
        for warning in new:
            for user in warning.user_id.filtered('active') or company._crm_credit_approvers()[:1]:
                warning.activity_schedule('mail.mail_activity_data_todo', date, warning.reasons, user_id=user.id)
        return new

    def _without_repeated(self, company, date, found):
        """Leave out what somebody saw to a short while ago, unless there is a reason that was not there then."""
        recent = self.sudo().search([   # of all customers of the company
            ('company_id', '=', company.id), ('partner_id', 'in', list(found)), ('state', '=', 'handled'),
            ('date_handled', '>', date - relativedelta(days=QUIET_DAYS))], order='id')
        known = {warning.partner_id.id: {signal for signal in SIGNALS if warning[f'is_{signal}']} for warning in recent}
        return {
            partner: values for partner, values in found.items()
            if partner not in known or {signal for signal in SIGNALS if values[f'is_{signal}']} - known[partner]}

    def _found_sql(self, company, date):
        """Return the query of the customers with a reason for a warning, with the figures of it."""
        scope = company._crm_metric_scope(date)
        return SQL(
            """SELECT * FROM (
                   SELECT figure.subject_id AS partner_id, partner.user_id, COALESCE(figure.trend, 0)::float8 AS trend,
                          CASE WHEN figure.overdue_amount > 0 THEN %(date)s - figure.since ELSE 0 END AS silent_days,
                          COALESCE(figure.partial, 0) AS partial_count, figure.open AS open_amount, figure.overdue_amount,
                          (100 * figure.open / NULLIF(SUM(figure.open) OVER (), 0))::float8 AS share,
                          COALESCE(figure.trend >= %(trend)s, FALSE) AS is_later,
                          figure.overdue_amount > 0 AND %(date)s - figure.since >= %(silent)s AS is_silent,
                          COALESCE(figure.partial, 0) >= %(partial)s AS is_partial,
                          figure.overdue_amount > 0 AND 100 * figure.open >= %(share)s * SUM(figure.open) OVER () AS is_share
                     FROM (SELECT standing.*, GREATEST(standing.paid_on, standing.first_due) AS since FROM (%(fact)s) AS standing) AS figure
                     JOIN res_partner AS partner ON partner.id = figure.subject_id AND partner.active) AS warning
                WHERE open_amount > 0 AND (is_later OR is_silent OR is_partial OR is_share)""",
            date=date, trend=WARN_TREND, silent=WARN_SILENT, partial=WARN_PARTIAL, share=WARN_SHARE,
            fact=self.env['crm.metric'].sudo()._fact_credit_standing(scope).relation)
