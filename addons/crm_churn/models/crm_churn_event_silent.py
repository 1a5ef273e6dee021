from odoo import api, models
from odoo.tools import SQL

BATCH = 1000


class CrmChurnEvent(models.Model):
    """Buyers that have gone silent beyond their own rhythm, and who came back."""
    _inherit = 'crm.churn.event'

    _silent_idx = models.Index("(company_id, partner_id, date_last) WHERE kind = 'silent'")

    @api.model
    def _silent_sql(self, company, date=None):
        """Return the relation ``(partner_id, last, first, gap, day)`` of customers silent beyond their own rhythm as of a date.

        ``gap`` is the median of the days between purchase days; with factor f and at least d days a customer is silent from the day
        after ``last + max(d, f * gap)`` on, which is ``day``. Who has said that it leaves since is not silent; nor is somebody who
        is no active customer of the company any more. One silence is told once.
        """
        scope = company._crm_metric_scope(date)
        fact = self.env['crm.metric']._fact_purchase_gap(scope)
        return SQL(
            """SELECT * FROM (
                   SELECT rhythm.subject_id AS partner_id, rhythm.last, rhythm.first, rhythm.gap,
                          rhythm.last + GREATEST(%(least)s, FLOOR(%(factor)s * rhythm.gap)::int) + 1 AS day
                     FROM (SELECT subject_id, MAX(date) AS last, MIN(date) AS first,
                                  PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap) AS gap
                             FROM (%(purchases)s) AS purchase
                         GROUP BY subject_id HAVING COUNT(*) >= %(purchases_least)s) AS rhythm) AS silent
                WHERE silent.day <= %(date)s
                  AND EXISTS (SELECT FROM crm_customer AS customer
                               WHERE customer.partner_id = silent.partner_id AND customer.company_id = %(company)s AND customer.active)
                  AND NOT EXISTS (SELECT FROM crm_churn_event AS event
                                   WHERE event.company_id = %(company)s AND event.partner_id = silent.partner_id
                                     AND (event.kind = 'silent' AND event.date_last = silent.last
                                          OR event.kind = 'leave' AND event.date > silent.last))""",
            least=company.crm_churn_silent_days, factor=company.crm_churn_silent_factor, purchases=fact.relation,
            purchases_least=company.crm_churn_silent_purchases, date=scope.date, company=company.id)

    @api.model
    def _record_silent(self, company, date=None):
        """Record who has gone silent.

        :param date: as-of day in the company's time zone; default: today there
        :return: number of losses
        """
        if not company.crm_churn_silent_factor:
            return 0
        self.env.flush_all()
        rows = self.env.execute_query_dict(SQL("SELECT partner_id, last, first, day FROM (%s) AS found ORDER BY day, partner_id",
                                               self._silent_sql(company, date)))
        for start in range(0, len(rows), BATCH):
            batch = rows[start:start + BATCH]
            partners = self.env['res.partner'].browse([row['partner_id'] for row in batch])
            values = self._customer_vals(company, partners)
            self._record([{
                **values[partner.id], 'name': partner.name, 'kind': 'silent', 'phase': 'use', 'date': row['day'],
                'date_first': row['first'], 'date_last': row['last'], 'amount': values[partner.id]['yearly_value'],
            } for partner, row in zip(partners, batch, strict=True)])
            self.env['ir.cron']._commit_progress(len(batch))
        return len(rows)

    # ------------------------------------------------------------------
    # Back
    # ------------------------------------------------------------------

    @api.model
    def _note_returns(self, company):
        """Note on what day somebody lost came back: the fact stays, its end is added.

        A customer is back with its first purchase after the loss (of a silence: after the last purchase before it), an opportunity when
        it is won after all, a lead that was never answered when it is followed up.

        :return: the losses that are back
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """UPDATE crm_churn_event AS event
                  SET date_back = back.date, write_uid = %s, write_date = NOW() AT TIME ZONE 'UTC'
                 FROM (%s) AS back(event_id, date)
                WHERE event.id = back.event_id
            RETURNING event.id""",
            self.env.uid, SQL(" UNION ALL ").join(
                (self._bought_again_sql(company), self._won_after_all_sql(company), self._followed_up_sql(company)))))
        self.invalidate_model(['date_back'])
        return self.browse(row[0] for row in rows)

    def _bought_again_sql(self, company):
        invoices = self.env['crm.metric']._fact_invoice(company._crm_metric_scope()).relation
        return SQL(
            """SELECT event.id, MIN(invoice.date)
                 FROM crm_churn_event AS event
                 JOIN (%s) AS invoice ON invoice.subject_id = event.partner_id AND invoice.date > COALESCE(event.date_last, event.date)
                WHERE event.company_id = %s AND event.kind IN ('silent', 'contract', 'leave') AND event.date_back IS NULL
                  AND invoice.move_type <> 'out_refund'
             GROUP BY event.id""", invoices, company.id)

    def _won_after_all_sql(self, company):
        scope = company._crm_metric_scope()
        return SQL(
            """SELECT event.id, GREATEST(%s, event.date)
                 FROM crm_churn_event AS event JOIN crm_lead AS lead ON lead.id = event.lead_id
                WHERE event.company_id = %s AND event.kind IN ('lead', 'opportunity') AND event.date_back IS NULL
                  AND lead.won_status = 'won' AND lead.date_closed IS NOT NULL""",
            scope.day(SQL("lead.date_closed")), company.id)

    def _followed_up_sql(self, company):
        waiting = SQL(
            """EXISTS (SELECT FROM crm_churn_event AS event
                        WHERE event.lead_id = lead.id AND event.company_id = %s AND event.kind = 'unanswered'
                          AND event.date_back IS NULL)""",
            company.id)
        return SQL(
            """SELECT event.id, GREATEST(followed.date, event.date)
                 FROM crm_churn_event AS event JOIN (%s) AS followed ON followed.lead_id = event.lead_id
                WHERE event.company_id = %s AND event.kind = 'unanswered' AND event.date_back IS NULL""",
            self.env['crm.lead']._churn_follow_up_sql(company, waiting), company.id)
