from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.period_name import period_name

from ..tools.receivable_book import Book

MONTHS = 25


class CrmCollectionMonth(models.Model):
    """How a company's collections went, month by month: what was open, how long money took (DSO) and how much of what could come came
    (CEI), and what came of the instalments planned. Written every night for the last :data:`MONTHS` months; the present month is as of
    that day. Amounts are in the company's currency at each document's own rate; credit notes are deducted."""
    _name = 'crm.collection.month'
    _description = "Collections of a Month"
    _order = 'month desc, id desc'
    _rec_name = 'month'

    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    date = fields.Date("As Of", required=True, readonly=True)
    opening_amount = fields.Monetary("Open Before", readonly=True, aggregator='max')
    billed_amount = fields.Monetary("Invoiced", readonly=True)
    settled_amount = fields.Monetary("Settled", readonly=True, help="Paid or otherwise matched in the month.")
    open_amount = fields.Monetary("Open", readonly=True, aggregator='max')
    overdue_amount = fields.Monetary("Overdue", readonly=True, aggregator='max')
    dso_90 = fields.Float("DSO (90 Days)", readonly=True, aggregator='avg', help="Open, divided by what was invoiced in 90 days, × 90.")
    dso_365 = fields.Float("DSO (365 Days)", readonly=True, aggregator='avg')
    dso_count_back = fields.Float(
        "DSO (Count-Back)", readonly=True, aggregator='avg', help="How many days of the latest invoicing make up what is open.")
    effectiveness = fields.Float(
        "Collection Effectiveness (%)", readonly=True, aggregator='avg', help="Of what could be collected in the month, what was settled.")
    planned_amount = fields.Monetary("Planned", readonly=True, help="Instalments of signed contracts that fell due in the month.")
    collected_amount = fields.Monetary("Collected of It", readonly=True)
    collected_percent = fields.Float("Collected of Plan (%)", readonly=True, aggregator='avg')

    _month_uniq = models.UniqueIndex("(company_id, month)")

    @api.depends('month')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for row in self:
            row.display_name = period_name(row.month, 'month', self.env.lang) if row.month else ''

    @api.model
    def _cron_refresh(self):
        """Write the months of all companies; resumable, a company at a time."""
        companies = self.env['res.company'].sudo().search(Domain.TRUE)
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            self._refresh(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _refresh(self, company):
        """Bring the months of a company in line with its books and plans; only what changed is written."""
        months = self.sudo()  # written by the night for everybody who may read it
        today = company._crm_today()
        book, planned = self._book(company, today), self._planned(company)
        known = {row.month: row for row in months.search([('company_id', '=', company.id)])}
        first = today.replace(day=1)
        for number in range(MONTHS):
            month = first - relativedelta(months=number)
            day = min(today, month + relativedelta(months=1, days=-1))
            if not book.days or day < book.days[0]:
                break
            vals = {**book.figures(day), **planned.get(month, self._of_plan(0, 0)), 'date': day}
            vals = {name: value or 0 for name, value in vals.items()}
            row = known.get(month)
            if not row:
                months.create({'company_id': company.id, 'month': month, **vals})
            elif changed := {name: value for name, value in vals.items() if row[name] != value}:
                row.write(changed)

    @api.model
    def _book(self, company, date):
        """Return the :class:`Book` of a company as of a day: what was invoiced, settled and became overdue, by day."""
        metric = self.env['crm.metric']
        scope = company._crm_metric_scope(date)
        self.env.flush_all()
        return Book(self.env.execute_query(SQL(
            """WITH item AS (
                   SELECT line.id, line.invoice_date AS date, COALESCE(line.date_maturity, line.invoice_date) AS due, line.balance,
                          line.amount_currency
                     FROM account_move_line AS line WHERE %(items)s),
               matched AS (
                   SELECT side.date, item.due, item.balance, side.amount_currency * item.balance / NULLIF(item.amount_currency, 0) AS amount
                     FROM (%(matches)s) AS side JOIN item ON item.id = side.line_id WHERE side.amount_currency <> 0)
               SELECT day, SUM(billed)::float8, SUM(settled)::float8, SUM(overdue)::float8
                 FROM (SELECT date AS day, balance AS billed, 0 AS settled, 0 AS overdue FROM item
                        UNION ALL SELECT date, 0, amount, 0 FROM matched
                        UNION ALL SELECT due + 1, 0, 0, balance FROM item WHERE balance > 0
                        UNION ALL SELECT GREATEST(date, due + 1), 0, 0, -amount FROM matched WHERE balance > 0) AS event
                WHERE day <= %(date)s GROUP BY day ORDER BY day""",
            items=metric._customer_instalments(scope, 'line'), matches=metric._matches(scope), date=date)))

    @api.model
    def _planned(self, company):
        """Return ``{month: values}`` of instalments by the month in which they fell due, in the company's currency."""
        found = {}
        domain = Domain('company_id', '=', company.id) & Domain('kind', '=', 'collect') & Domain('state', '!=', 'void')
        domain &= Domain('contract_state', 'in', ('signed', 'executing', 'suspended', 'completed', 'terminated'))
        for month, currency, amount, done in self.env['crm.contract.step']._read_group(
                domain & Domain('date_due', '!=', False), ['date_due:month', 'contract_id.currency_id'], ['amount:sum', 'done_amount:sum']):
            rate = currency._get_conversion_rate(currency, company.currency_id, company, month)
            total, came = found.get(month, (0, 0))
            found[month] = total + amount * rate, came + done * rate
        return {month: self._of_plan(*sums) for month, sums in found.items()}

    @api.model
    def _of_plan(self, planned, collected):
        return {
            'planned_amount': planned, 'collected_amount': collected, 'collected_percent': 100 * collected / planned if planned else 0}

    @api.model
    def figures(self, date=None):
        """Return the figures of credit management of the current company as of a day, for whoever sees all receivables.

        :param date: as-of day, included; default: today in the company's time zone
        :return: dict with the amount fields of this model, as they stood on that day
        :raise AccessError: without the right to read them
        """
        self.check_access('read')
        company = self.env.company
        day = fields.Date.to_date(date) or company._crm_today()
        return self._book(company.sudo(), day).figures(day)  # sudo: the figures of the whole company, whose right was checked
