from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.period_name import period_name

from ..tools.quota import PERIODS
from .crm_visit_quota import NEW_DEFINITIONS

# What a share is of what: shares of groups are computed from their counts, never averaged.
RATIOS = {
    'average': ('visit_count', 'working_days_to_date', 1), 'distinct_share': ('distinct_count', 'visit_count', 100),
    'new_share': ('new_count', 'distinct_count', 100), 'fulfilment': ('visit_count', 'target_visits', 100),
    'lead_share': ('lead_visit_count', 'visit_count', 100), 'order_share': ('order_visit_count', 'visit_count', 100),
}


class CrmVisitQuotaResult(models.Model):
    """What a person has achieved in a month, a quarter or a year. The record of truth: goals, boards and workbooks only show it.

    Rows are written by SQL when a month is counted (:meth:`crm.visit.quota.month._refresh`). Regular rows hold the visits of
    their period; a month also has a ``correction`` row for what has changed about closed months, which adds up with it.
    """
    _name = 'crm.visit.quota.result'
    _description = "Quota Result"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date_from desc, kind desc, rank_company nulls last, fulfilment desc nulls last, id'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', "Person", required=True, index=True, ondelete='restrict', readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", index='btree_not_null', ondelete='set null', readonly=True)
    period = fields.Selection(PERIODS, required=True, readonly=True)
    kind = fields.Selection(
        [('regular', "Regular"), ('correction', "Correction")], required=True, default='regular', readonly=True)
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    month_id = fields.Many2one('crm.visit.quota.month', index='btree_not_null', ondelete='cascade', readonly=True)
    state = fields.Selection([('open', "Open"), ('closed', "Closed")], required=True, default='open', readonly=True)

    # what counts
    working_days = fields.Float(readonly=True, digits=(16, 2))
    working_days_to_date = fields.Float("Working Days So Far", readonly=True, digits=(16, 2), help="Today included.")
    working_days_left = fields.Float(readonly=True, digits=(16, 2), help="Today included.")
    visit_count = fields.Integer("Visits", readonly=True)
    average = fields.Float("Visits per Working Day", readonly=True, digits=(16, 2), aggregator='avg')
    distinct_count = fields.Integer("Distinct Customers", readonly=True)
    distinct_share = fields.Float("Distinct (%)", readonly=True, digits=(16, 2), aggregator='avg',
                                  help="Of the visits, how many went to different customers.")
    new_count = fields.Integer("New Customers", readonly=True)
    new_share = fields.Float("New (%)", readonly=True, digits=(16, 2), aggregator='avg',
                             help="Of the customers visited, how many are new.")
    repeat_count = fields.Integer("Same Day Again", readonly=True,
                                  help="Further visits to a customer on the same day, which do not count.")
    late_count = fields.Integer("Late Entries", readonly=True, help="Visits of closed months that were entered later.")
    withdrawn_count = fields.Integer("Taken Back", readonly=True, help="Visits of closed months that no longer count.")

    # what is expected
    rule_id = fields.Many2one('crm.visit.quota', "Quota", ondelete='set null', index='btree_not_null', readonly=True)
    target_daily = fields.Float("Target per Working Day", readonly=True, digits=(16, 2), aggregator=None)
    target_visits = fields.Float(readonly=True, digits=(16, 2))
    target_distinct = fields.Float("Target Distinct (%)", readonly=True, digits=(16, 2), aggregator=None)
    target_new = fields.Float("Target New (%)", readonly=True, digits=(16, 2), aggregator=None)
    target_stretch = fields.Float("Stretch Visits", readonly=True, digits=(16, 2))
    new_definition = fields.Selection(NEW_DEFINITIONS, "New Means", readonly=True)
    new_months = fields.Integer(readonly=True, aggregator=None)
    once_a_day = fields.Boolean(readonly=True)

    # how it stands
    fulfilment = fields.Float("Fulfilment (%)", readonly=True, digits=(16, 2), aggregator='avg',
                              help="Visits made, of the visits expected in the whole period.")
    reached_visits = fields.Boolean("Visits Reached", readonly=True)
    reached_distinct = fields.Boolean("Distinct Reached", readonly=True)
    reached_new = fields.Boolean("New Reached", readonly=True)
    status = fields.Selection(
        [('reached', "Reached"), ('running', "Under way"), ('missing', "Not reached"), ('no_target', "No target"),
         ('no_days', "No working days")],
        readonly=True,
        help="Reached: every target that is set, and each from its value on. Under way: not yet, and there are working days left.")
    reached_count = fields.Integer("Quotas Reached", readonly=True)
    is_stretch = fields.Boolean("Stretch Reached", readonly=True)
    behind = fields.Integer("Visits Behind", readonly=True, help="Visits missing for the working days that are over.")
    missing = fields.Integer("Visits Missing", readonly=True, help="Visits missing to the target of the whole period.")
    change_previous = fields.Integer("Against Period Before", readonly=True, help="Visits more or fewer than in the period before.")
    change_year = fields.Integer("Against Last Year", readonly=True, help="Visits more or fewer than in the same period last year.")
    has_previous = fields.Boolean(readonly=True)
    has_year = fields.Boolean(readonly=True)
    rank_team = fields.Integer("Rank in Team", readonly=True, aggregator=None)
    rank_company = fields.Integer("Rank in Company", readonly=True, aggregator=None)

    # what came out of it
    signing_count = fields.Integer("Signings", readonly=True)
    signing_amount = fields.Monetary("Signed", readonly=True, help="Untaxed, in the company's currency at the rate of each order.")
    new_signed_count = fields.Integer("New Customers Signed", readonly=True, help="Customers who have never signed anything before.")
    collected_amount = fields.Monetary(
        "Collected", readonly=True, help="What came in on invoices, taxes included, in the company's currency, by the day of the payment.")
    lead_visit_count = fields.Integer("Visits with Opportunity", readonly=True, help="Visits followed by an opportunity of the customer.")
    lead_share = fields.Float("To Opportunity (%)", readonly=True, digits=(16, 2), aggregator='avg')
    order_visit_count = fields.Integer("Visits with Order", readonly=True, help="Visits followed by an order of the customer.")
    order_share = fields.Float("To Order (%)", readonly=True, digits=(16, 2), aggregator='avg')
    portfolio_count = fields.Integer("Customers Owned", readonly=True, aggregator=None)
    portfolio_over = fields.Integer("Customers Too Many", readonly=True, aggregator=None,
                                    help="Customers owned beyond the size of the portfolio.")

    late_entry_count = fields.Integer(
        "Late for This Period", compute='_compute_late_entry_count',
        help="Visits of this closed period that were entered later; they count in the correction line of the open month.")
    explanation = fields.Char(compute='_compute_explanation')

    _result_uniq = models.UniqueIndex('(company_id, user_id, period, date_from, kind)')
    _period_idx = models.Index('(company_id, period, date_from)')

    @api.depends('user_id', 'date_from', 'period')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for result in self:
            when = period_name(result.date_from, result.period, self.env.lang) if result.date_from else ''
            result.display_name = f"{result.user_id.sudo().name}, {when}"

    @api.depends('rule_id', 'status')
    def _compute_explanation(self):
        for result in self:
            if result.status == 'no_days':
                result.explanation = self.env._("No working days in this period: nothing is expected.")
            elif result.rule_id:
                result.explanation = result.rule_id.sudo()._explain()  # the reason is for the person whom it concerns
            else:
                result.explanation = self.env._("No quota is in force on the last day of the period.")

    def _compute_late_entry_count(self):
        closed = self.filtered(lambda result: result.state == 'closed' and result.period == 'month' and result.kind == 'regular')
        groups = self.env['crm.visit.quota.entry']._read_group(
            [('company_id', 'in', closed.company_id.ids), ('user_id', 'in', closed.user_id.ids), ('kind', '=', 'correction'),
             ('sign', '>', 0)],
            ['company_id', 'user_id', 'date:month'], ['__count'])
        counts = {(company.id, user.id, start): count for company, user, start, count in groups}
        for result in self:
            result.late_entry_count = result in closed and counts.get((result.company_id.id, result.user_id.id, result.date_from), 0)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Compute the shares of a group from its counts."""
        name, _colon, function = aggregate_spec.partition(':')
        if name not in RATIOS or function != 'avg':
            return super()._read_group_select(aggregate_spec, query)
        part, whole, factor = RATIOS[name]
        return SQL(
            "%s * SUM(%s) / NULLIF(SUM(%s), 0)::float8", factor, self._field_to_sql(self._table, part, query),
            self._field_to_sql(self._table, whole, query))
