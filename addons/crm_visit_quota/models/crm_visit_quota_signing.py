from odoo import api, models
from odoo.tools import SQL


class CrmVisitQuotaResult(models.Model):
    """What came out of the visits: signings, and visits followed by an opportunity or an order.

    What a signing is, and what was collected by whom, ``crm.signing`` says.
    """
    _inherit = 'crm.visit.quota.result'

    @api.model
    def _signing_sql(self, company):
        """Return the relation ``(res_id, user_id, partner_id, date, amount)`` of all signings, see ``crm.signing``."""
        return self.env['crm.signing']._signing_sql(company)

    @api.model
    def _opportunity_sql(self, company):
        """Return the relation ``(res_id, partner_id, date)`` of the opportunities of a company, by the day they became one."""
        scope = company._crm_metric_scope()
        return SQL(
            """SELECT lead.id AS res_id, partner.commercial_partner_id AS partner_id, %s AS date
                 FROM crm_lead AS lead JOIN res_partner AS partner ON partner.id = lead.partner_id
                WHERE lead.type = 'opportunity' AND (lead.company_id = %s OR lead.company_id IS NULL)""",
            scope.day(SQL("COALESCE(lead.date_conversion, lead.create_date)")), company.id)

    @api.model
    def _signed_sql(self, company, first, last):
        """Return signings per person in a span of days: count, amount, and those that made somebody a customer."""
        return SQL(
            """SELECT user_id, COUNT(*)::int AS signing_count, round(SUM(amount)::numeric, %(digits)s) AS signing_amount,
                      COUNT(*) FILTER (WHERE is_first)::int AS new_signed_count
                 FROM (SELECT signing.*, RANK() OVER (PARTITION BY partner_id ORDER BY date, res_id) = 1 AS is_first
                         FROM (%(signings)s) AS signing) AS signing
                WHERE date BETWEEN %(first)s AND %(last)s AND user_id IS NOT NULL
                GROUP BY user_id""",
            signings=self._signing_sql(company), first=first, last=last, digits=company.currency_id.decimal_places)

    @api.model
    def _collected_sql(self, company, first, last):
        """Return what was collected per person in a span of days."""
        return SQL(
            """SELECT user_id, round(SUM(amount)::numeric, %s) AS collected_amount FROM (%s) AS collection
                WHERE date BETWEEN %s AND %s AND user_id IS NOT NULL GROUP BY user_id""",
            company.currency_id.decimal_places, self.env['crm.signing']._collection_sql(company), first, last)

    @api.model
    def _followed_sql(self, company, relation):
        """Return the condition that a row of ``relation`` followed the visit ``entry`` within the company's days, both ends included."""
        return SQL(
            """EXISTS (SELECT FROM %s AS later WHERE later.partner_id = entry.partner_id
                          AND later.date BETWEEN entry.date AND entry.date + %s::int)""",
            relation, company.crm_quota_conversion_days)

    @api.model
    def _store_conversion(self, month):
        """Store how many of a month's visits were followed by an opportunity and by an order of the customer.

        This goes on after the month was closed until the last visit has had its days.
        """
        company = month.company_id
        self.env.cr.execute(SQL(
            """
            WITH opportunity AS MATERIALIZED (SELECT partner_id, date FROM (%(opportunities)s) AS found WHERE date >= %(first)s),
            signing AS MATERIALIZED (SELECT partner_id, date FROM (%(signings)s) AS found WHERE date >= %(first)s),
            converted AS (
                SELECT user_id, COUNT(*) FILTER (WHERE %(to_lead)s)::int AS leads, COUNT(*) FILTER (WHERE %(to_order)s)::int AS orders,
                       COUNT(*) AS visits
                  FROM crm_visit_quota_entry AS entry
                 WHERE company_id = %(company)s AND month = %(first)s AND kind = 'regular' AND NOT is_repeat
                 GROUP BY user_id),
            fresh AS (
                SELECT result.id, COALESCE(leads, 0) AS leads, COALESCE(orders, 0) AS orders,
                       round(100.0 * leads / visits, 2)::float8 AS lead_share, round(100.0 * orders / visits, 2)::float8 AS order_share
                  FROM crm_visit_quota_result AS result LEFT JOIN converted USING (user_id)
                 WHERE company_id = %(company)s AND period = 'month' AND kind = 'regular' AND date_from = %(first)s)
            UPDATE crm_visit_quota_result AS result
               SET lead_visit_count = leads, order_visit_count = orders, lead_share = fresh.lead_share, order_share = fresh.order_share
              FROM fresh
             WHERE result.id = fresh.id AND (result.lead_visit_count, result.order_visit_count, result.lead_share, result.order_share)
                   IS DISTINCT FROM (leads, orders, fresh.lead_share, fresh.order_share)
            """,
            company=company.id, first=month.date, opportunities=self._opportunity_sql(company), signings=self._signing_sql(company),
            to_lead=self._followed_sql(company, SQL("opportunity")), to_order=self._followed_sql(company, SQL("signing"))))
