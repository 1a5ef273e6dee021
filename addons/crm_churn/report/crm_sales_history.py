from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_grading.report.crm_sales_history import LOST_AFTER


class CrmSalesHistory(models.AbstractModel):
    """The bridge from one month to the next, and who stands behind each of its figures."""
    _inherit = 'crm.sales.history'

    @api.model
    def _bridge(self, company, until, months=12, lost_after=LOST_AFTER, subjects=None):
        """Customers at the start of each month, those who came, came back and were lost, and what that leaves.

        :param date until: last day; the last month ends there
        :param int months: how many months to return, the last ones
        :param int lost_after: days of silence after which a customer is lost
        :param SQL subjects: sub-select of the customers in question; default: all
        :return: list of dicts, a month each: month (YYYY-MM), start, new, won_back, lost, end, churn (lost ÷ start, None at no start)
        """
        rows, start = [], 0
        for row in self._monthly(company, until, lost_after, subjects):
            rows.append({
                'month': row['month'], 'start': start, 'new': row['new'], 'won_back': row['reactivated'], 'lost': row['newly_lost'],
                'end': row['alive_end'], 'churn': row['newly_lost'] / start if start else None})
            start = row['alive_end']
        return rows[-months:]

    @api.model
    def _movement_sql(self, company, movement, first, last, lost_after=LOST_AFTER):
        """Return the sub-select of the customers behind a figure of the bridge.

        :param str movement: start, new, won_back, lost or end; *grew* and *shrank* are told by amounts, see ``_amount_movement_sql``
        :param date first: first day of the month
        :param date last: its last day, or the last day that is known
        :raise ValueError: on another movement
        """
        silence = lost_after + 1
        if movement not in ('start', 'new', 'won_back', 'lost', 'end'):
            raise ValueError(movement)
        gaps = SQL("(%s) AS purchase", self._purchase_gaps_sql(company, last))
        within = SQL("day BETWEEN %s AND %s", first, last)
        if movement == 'new':
            return SQL("SELECT subject_id FROM %s WHERE previous IS NULL AND %s", gaps, within)
        if movement == 'won_back':
            return SQL("SELECT subject_id FROM %s WHERE day - previous > %s AND %s", gaps, silence, within)
        if movement == 'lost':
            return SQL(
                "SELECT subject_id FROM %s WHERE day + %s BETWEEN %s AND %s AND (next IS NULL OR next - day > %s)",
                gaps, silence, first, last, silence)
        day = first - relativedelta(days=1) if movement == 'start' else last
        return self._alive_sql(company, day, lost_after)

    @api.model
    def _alive_sql(self, company, day, lost_after=LOST_AFTER):
        """Return the sub-select of the customers who had bought and were not lost at the end of a day."""
        return SQL(
            "SELECT subject_id FROM (%s) AS purchase WHERE day >= %s",
            self._purchases_sql(company, day), day - relativedelta(days=lost_after))

    @api.model
    def _cohort_sql(self, company, cohort, offset=None, until=None):
        """Return the sub-select of the customers of a cohort.

        :param date cohort: first day of the month of their first purchase
        :param int offset: only those who bought so many months later
        :param date until: last day that is known; default: any
        """
        end = cohort + relativedelta(months=(offset or 0) + 1, days=-1)
        bought = SQL("TRUE")
        if offset is not None:
            bought = SQL("BOOL_OR(day >= %s)", cohort + relativedelta(months=offset))
        return SQL(
            """SELECT subject_id FROM (%s) AS purchase
                GROUP BY subject_id HAVING DATE_TRUNC('month', MIN(day)) = %s AND %s""",
            self._purchases_sql(company, min(end, until or end)), cohort, bought)
