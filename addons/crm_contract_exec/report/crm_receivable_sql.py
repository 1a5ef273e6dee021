from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.planner import without_compiling

from ..tools.ageing import BUCKETS, NOT_MATCHED

AS_OF = 'crm_as_of'  # context key: the day of which receivables are shown; default: today where each company is


class CrmReceivable(models.Model):
    """The relation behind the open items.

    Both books and plans are read backwards: what is open on a day is what is open now plus what was matched or collected after
    that day. For today nothing is added, so today costs no more than what is open.
    """
    _inherit = 'crm.receivable'

    @api.model
    def _clock(self):
        """Return ``{company: day}`` of the companies that the user works in."""
        date = fields.Date.to_date(self.env.context.get(AS_OF))
        return {company: date or company._crm_today() for company in self.env.companies}

    @api.model
    def _is_past(self):
        return any(day < company._crm_today() for company, day in self._clock().items())

    @api.model
    def _clock_sql(self):
        """Return the relation ``(company_id, day, currency_id, rate)``: per currency the units for one of the company's currency."""
        currencies = self.env['res.currency'].sudo().search(Domain.TRUE)  # rates are no secret
        rows = []
        for company, day in self._clock().items():
            rates = currencies._get_rates(company, day)
            own = rates.get(company.currency_id.id, 1)
            rows += [SQL("(%s, %s::date, %s, %s)", company.id, day, key, rate / own) for key, rate in rates.items()]
        return SQL(
            "SELECT * FROM (VALUES %s) AS clock(company_id, day, currency_id, rate)", SQL(", ").join(rows))

    @api.model
    def _of_days(self, company, comparison):
        """Return the condition that a day compares with that of its company. As plain values: the planner knows then how many there are
        after a day, and does not loop over them one by one.

        :param SQL company: the column of the company
        :param SQL comparison: the day and the operator
        """
        days = {}
        for own, day in self._clock().items():
            days.setdefault(day, []).append(own.id)
        return SQL("(%s)", SQL(" OR ").join(
            SQL("%s IN %s AND %s %s", company, tuple(ids), comparison, day) for day, ids in days.items()))

    @api.model
    def _relation_sql(self, partners=None):
        """Return the query of the open items with the columns of the model that do not follow from promises and dunning.

        :param SQL partners: sub-select or list of ids of commercial partners whose items are asked for; None for all
        """
        without_compiling(self.env)
        return SQL(
            """WITH clock AS (%(clock)s),
                later AS (%(later)s),
                candidate AS MATERIALIZED (%(candidate)s),
                covered AS MATERIALIZED (%(covered)s),
                lending AS MATERIALIZED (%(lending)s),
                credit AS MATERIALIZED (%(credits)s),
                came AS (%(came)s),
                surplus AS (%(surplus)s),
                tied AS (%(tied)s),
                rest AS (%(rest)s),
                back AS (%(back)s),
                planned AS MATERIALIZED (%(planned)s),
                booked AS MATERIALIZED (%(booked)s),
                plan AS MATERIALIZED (%(plan)s),
                owed AS MATERIALIZED (%(instalments)s UNION ALL %(books)s)
             SELECT owed.*, owed.open_amount / NULLIF(clock.rate, 0) AS open_company, clock.day,
                    GREATEST(clock.day - owed.date_due, 0) AS days_overdue,
                    CASE WHEN owed.open_amount < 0 THEN %(credit)s %(buckets)s END AS bucket
               FROM owed JOIN clock USING (company_id, currency_id)
              WHERE %(asked)s""",
            clock=self._clock_sql(), later=self._later_sql(partners), candidate=self._candidate_sql(partners), covered=self._covered_sql(),
            lending=self._lending_sql(), credits=self._credits_sql(), came=self._came_sql(partners),
            surplus=self._surplus_sql(), tied=self._tied_sql(), rest=self._rest_sql(), back=self._back_sql(),
            planned=self._planned_sql(), booked=self._booked_sql(), plan=self._plan_sql(partners), instalments=self._instalments_sql(),
            books=self._books_sql(), credit=NOT_MATCHED[0], buckets=self._bucket_sql(), asked=self._among(partners, SQL("owed.partner_id")))

    @api.model
    def _among(self, partners, column):
        """Return the condition that a column with a commercial partner is one of those asked for, see :meth:`_relation_sql`."""
        return SQL("TRUE") if partners is None else SQL("%s IN (%s)", column, partners)

    @api.model
    def _overdue_sql(self, company, partners=None):
        """Return the relation ``(partner_id, overdue)``: what of the books is past its due day, and of invoices under a plan past the due
        day of the instalment, as it stands today; in the company's currency at the rates of the documents."""
        return SQL(
            """SELECT partner_id, SUM(booked_company) AS overdue FROM (%s) AS item
                WHERE booked_company > 0 AND days_overdue > 0 GROUP BY partner_id""",
            self._of(company)._relation_sql(partners))

    @api.model
    def _of(self, company, date=None):
        """Return the model for the items of a company as of a day (default: today there), whoever asks: callers have checked rights."""
        # sudo: of a company that the user may not be in
        return self.sudo().with_context(**{AS_OF: date, 'allowed_company_ids': company.ids})

    @api.model
    def _bucket_sql(self):
        parts = [
            SQL("WHEN owed.date_due IS NULL OR clock.day - owed.date_due <= %s THEN %s", end, key)
            for key, _label, _start, end in BUCKETS if end is not None]
        return SQL("%s ELSE %s", SQL(" ").join(parts), BUCKETS[-1][0])
