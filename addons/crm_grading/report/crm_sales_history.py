from datetime import date as Date

from odoo import api, models
from odoo.tools import SQL

LOST_AFTER = 90


class CrmSalesHistory(models.AbstractModel):
    """How a company's customers came, stayed, fell silent and came back: set-based questions to its posted documents.

    A purchase is a posted customer invoice; credit notes take none back. A customer is *lost* on the first day that lies more
    than `lost_after` days after the last purchase, and *reactivated* by buying again.
    """

    _name = 'crm.sales.history'
    _description = "Sales History"

    @api.model
    def _purchases_sql(self, company, until, subjects=None):
        """One row per customer and day with a purchase: subject_id, day, orders, revenue.

        :param SQL subjects: sub-select of the customers in question; default: all
        """
        return SQL(
            """SELECT commercial_partner_id AS subject_id, invoice_date AS day, COUNT(*) AS orders,
                      SUM(amount_untaxed_signed) AS revenue
                 FROM account_move WHERE %s GROUP BY 1, 2""", self._is_purchase_sql(company, until, subjects))

    @api.model
    def _is_purchase_sql(self, company, until, subjects):
        return SQL(
            "company_id = %s AND state = 'posted' AND move_type = 'out_invoice' AND invoice_date <= %s AND %s", company.id, until,
            SQL("TRUE") if subjects is None else SQL("commercial_partner_id IN (%s)", subjects))

    @api.model
    def _first_and_last_day(self, company):
        """Days of the first and last posted customer document; (None, None) without any."""
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """SELECT MIN(invoice_date), MAX(invoice_date) FROM account_move
                WHERE company_id = %s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')""", company.id))[0]

    @api.model
    def _purchase_gaps_sql(self, company, until, subjects=None):
        """The purchases with the days of the customer's purchase before and after: previous, next (NULL for none)."""
        return SQL(
            """SELECT *, LAG(day) OVER customer AS previous, LEAD(day) OVER customer AS next
                 FROM (%s) AS bought
               WINDOW customer AS (PARTITION BY subject_id ORDER BY day)""", self._purchases_sql(company, until, subjects))

    @api.model
    def _monthly(self, company, until, lost_after=LOST_AFTER, subjects=None):
        """Customers month by month.

        :param company: the company whose documents count, in its currency
        :param date until: last day; the last month ends there
        :param int lost_after: days of silence after which a customer is lost
        :param SQL subjects: sub-select of the customers in question; default: all
        :returns: list of dicts, a month each: month, month_end, orders, revenue, active, new, returning, reactivated,
            newly_lost, known_end, lost_stock_end, alive_end, churn_rate (None in the first month)
        """
        self.env.flush_all()
        rows = self.env.execute_query_dict(SQL(
            """
            WITH purchase AS MATERIALIZED (%(purchases)s),
            month AS (
                SELECT start::date AS first_day, LEAST((start + INTERVAL '1 month - 1 day')::date, %(until)s) AS last_day
                  FROM generate_series(DATE_TRUNC('month', (SELECT MIN(day) FROM purchase)), %(until)s, '1 month') AS start),
            bought AS (
                SELECT DATE_TRUNC('month', day)::date AS first_day, SUM(orders) AS orders, SUM(revenue) AS revenue,
                       COUNT(*) FILTER (WHERE previous IS NULL OR previous < DATE_TRUNC('month', day)) AS active,
                       COUNT(*) FILTER (WHERE previous IS NULL) AS new,
                       COUNT(*) FILTER (WHERE day - previous > %(silence)s) AS reactivated
                  FROM purchase GROUP BY 1),
            lost AS (
                SELECT DATE_TRUNC('month', day + %(silence)s)::date AS first_day, COUNT(*) AS newly_lost
                  FROM purchase
                 WHERE day + %(silence)s <= %(until)s AND (next IS NULL OR next - day > %(silence)s) GROUP BY 1),
            counted AS (
                SELECT first_day, last_day, COALESCE(orders, 0) AS orders, COALESCE(revenue, 0) AS revenue,
                       COALESCE(active, 0) AS active, COALESCE(new, 0) AS new, COALESCE(reactivated, 0) AS reactivated,
                       COALESCE(newly_lost, 0) AS newly_lost
                  FROM month LEFT JOIN bought USING (first_day) LEFT JOIN lost USING (first_day)),
            stock AS (
                SELECT *, SUM(new) OVER so_far AS known_end, SUM(newly_lost - reactivated) OVER so_far AS lost_stock_end
                  FROM counted WINDOW so_far AS (ORDER BY first_day))
            SELECT TO_CHAR(first_day, 'YYYY-MM') AS month, last_day::text AS month_end, orders::int, revenue::float8,
                   active::int, new::int, (active - new)::int AS returning, reactivated::int, newly_lost::int,
                   known_end::int, lost_stock_end::int, (known_end - lost_stock_end)::int AS alive_end,
                   ROUND(newly_lost / NULLIF(LAG(known_end - lost_stock_end) OVER (ORDER BY first_day), 0), 6)::float8
                       AS churn_rate
              FROM stock ORDER BY first_day
            """, purchases=self._purchase_gaps_sql(company, until, subjects), until=until, silence=lost_after + 1))
        return rows

    @api.model
    def _cohorts(self, company, until, subjects=None):
        """Customers of each month of first purchase who bought 0, 1, 2 ... months later.

        :param SQL subjects: sub-select of the customers in question; default: all
        :returns: dict month -> list of counts, as long as the whole history has months
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            WITH active AS (
                SELECT commercial_partner_id AS subject_id, DATE_TRUNC('month', invoice_date)::date AS month
                  FROM account_move WHERE %s GROUP BY 1, 2),
            cohort AS (
                SELECT month, MIN(month) OVER (PARTITION BY subject_id) AS first_month FROM active)
            SELECT TO_CHAR(first_month, 'YYYY-MM'),
                   ((EXTRACT(YEAR FROM month) - EXTRACT(YEAR FROM first_month)) * 12
                    + EXTRACT(MONTH FROM month) - EXTRACT(MONTH FROM first_month))::int, COUNT(*)
              FROM cohort GROUP BY 1, 2 ORDER BY 1, 2
            """, self._is_purchase_sql(company, until, subjects)))
        if not rows:
            return {}
        start = Date.fromisoformat(f'{rows[0][0]}-01')
        length = (until.year - start.year) * 12 + until.month - start.month + 1
        cohorts = {month: [0] * length for month, _offset, _count in rows}
        for month, offset, count in rows:
            cohorts[month][offset] = count
        return cohorts

    @api.model
    def _purchase_days(self, company, until):
        """Number of pairs of a customer and a day with a purchase."""
        return self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) AS purchase", self._purchases_sql(company, until)))[0][0]
