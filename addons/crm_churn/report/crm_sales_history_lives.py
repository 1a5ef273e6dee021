from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_grading.report.crm_sales_history import LOST_AFTER

from ..tools.loss import CUSTOMER_PHASES
from ..tools.survival import Life


class CrmSalesHistory(models.AbstractModel):
    """How long customers stay, counted in days from their first purchase."""
    _inherit = 'crm.sales.history'

    @api.model
    def _life_tables(self, company, until, basis='silence', group=None, lost_after=LOST_AFTER, subjects=None):
        """Return the life tables of the customers of a company.

        :param date until: last day that is known; who has not left by then is censored there
        :param str basis: what it means to leave: *silence*, the day on which it has bought nothing for longer than ``lost_after`` days,
            for the first time; *record*, the first loss of a customer on record
        :param SQL group: expression of the group over ``customer`` (crm_customer, of this company) and ``partner`` (res_partner);
            default: all in one
        :param SQL subjects: sub-select of the customers in question; default: all
        :return: ``{group: [Life, …]}``, days as time
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT %(group)s, LEAST(COALESCE(left_on, %(until)s), %(until)s) - first_day AS days,
                      COUNT(*) FILTER (WHERE left_on IS NOT NULL), COUNT(*) FILTER (WHERE left_on IS NULL)
                 FROM (%(lives)s) AS life
                 JOIN res_partner AS partner ON partner.id = life.subject_id
            LEFT JOIN crm_customer AS customer ON customer.partner_id = life.subject_id AND customer.company_id = %(company)s
                GROUP BY 1, 2 ORDER BY 1, 2""",
            group=group or SQL("TRUE"), until=until, company=company.id,
            lives=getattr(self, f'_lives_by_{basis}_sql')(company, until, lost_after, subjects)))
        tables = {}
        for key, days, died, censored in rows:
            tables.setdefault(key, []).append(Life(days, died, censored))
        return tables

    @api.model
    def _lives_by_silence_sql(self, company, until, lost_after, subjects):
        silence = lost_after + 1
        return SQL(
            """SELECT subject_id, MIN(day) AS first_day,
                      MIN(day + %(silence)s) FILTER (
                          WHERE next - day > %(silence)s OR next IS NULL AND day + %(silence)s <= %(until)s) AS left_on
                 FROM (%(purchases)s) AS purchase GROUP BY 1""",
            silence=silence, until=until, purchases=self._purchase_gaps_sql(company, until, subjects))

    @api.model
    def _lives_by_record_sql(self, company, until, _lost_after, subjects):
        return SQL(
            """SELECT subject_id, first_day, MIN(event.date) AS left_on
                 FROM (SELECT subject_id, MIN(day) AS first_day FROM (%(purchases)s) AS purchase GROUP BY 1) AS customer
            LEFT JOIN (SELECT event.date, contact.commercial_partner_id
                         FROM crm_churn_event AS event JOIN res_partner AS contact ON contact.id = event.partner_id
                        WHERE event.company_id = %(company)s AND event.phase IN %(phases)s AND event.date <= %(until)s) AS event
                      ON event.commercial_partner_id = customer.subject_id AND event.date >= first_day
                GROUP BY 1, 2""",
            purchases=self._purchases_sql(company, until, subjects), company=company.id, phases=CUSTOMER_PHASES, until=until)
