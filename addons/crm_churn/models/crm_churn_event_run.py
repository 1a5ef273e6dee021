from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

BATCH = 500


class CrmChurnEvent(models.Model):
    """What no click tells of: found by the nightly run. What it has recorded it does not record again."""
    _inherit = 'crm.churn.event'

    _document_idx = models.Index("(company_id, res_model, res_id) WHERE kind = 'contract'")

    @api.model
    def _cron_record(self):
        """Look for losses in all companies, and for customers that are back."""
        companies = self.env['res.company'].search(Domain.TRUE)
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            self.with_company(company)._record_found(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _record_found(self, company):
        """Record what was lost in a company without anybody saying so, and who is back.

        :return: number of losses
        """
        self._note_returns(company)
        count = self._record_unanswered(company) + self._record_silent(company) + self._record_endings(company)
        self._note_returns(company)   # an ending found today may have been followed by purchases long ago
        return count

    # ------------------------------------------------------------------
    # Never answered
    # ------------------------------------------------------------------

    @api.model
    def _record_unanswered(self, company):
        """Record the open leads and opportunities that none of us has followed up in time.

        Following up is writing, meeting, an activity done, a quotation, a move to another stage; who has planned to (an open activity
        from today on) still may.

        :return: number of losses
        """
        days = company.crm_churn_unanswered_days
        if not days:
            return 0
        self.env.flush_all()
        leads = self.env['crm.lead'].browse(
            row[0] for row in self.env.execute_query(self._unanswered_sql(company, days)))
        reason = self.env.ref('crm_churn.crm_churn_reason_contact', raise_if_not_found=False)
        for start in range(0, len(leads), BATCH):
            batch = leads[start:start + BATCH]
            events = batch._churn_record_lost(kind='unanswered')
            for event in events if reason else ():
                event._explain([(reason, 100.0, True)])
            self.env['ir.cron']._commit_progress(len(batch))
        return len(leads)

    def _unanswered_sql(self, company, days):
        scope = company._crm_metric_scope()
        lead_day = scope.day(SQL("lead.create_date"))
        open_leads = SQL(
            """lead.active AND lead.won_status = 'pending' AND %(created)s <= %(limit)s
               AND COALESCE(lead.company_id, team.company_id, person.company_id, %(company)s) = %(company)s""",
            created=lead_day, limit=scope.date - relativedelta(days=days), company=company.id)
        followed = self.env['crm.lead']._churn_follow_up_sql(company, SQL("lead.active AND lead.won_status = 'pending'"))
        return SQL(
            """SELECT lead.id
                 FROM crm_lead AS lead
                 LEFT JOIN crm_team AS team ON team.id = lead.team_id
                 LEFT JOIN res_users AS person ON person.id = lead.user_id
                 LEFT JOIN (%(followed)s) AS followed ON followed.lead_id = lead.id
                WHERE %(open)s AND followed.lead_id IS NULL
                  AND NOT EXISTS (SELECT FROM crm_churn_event AS event WHERE event.lead_id = lead.id AND event.kind = 'unanswered')
                  AND NOT EXISTS (SELECT FROM sale_order AS sale WHERE sale.opportunity_id = lead.id)
                  AND NOT EXISTS (SELECT FROM mail_activity AS planned
                                   WHERE planned.res_model = 'crm.lead' AND planned.res_id = lead.id AND planned.active
                                     AND planned.date_deadline >= %(today)s)
                  AND (SELECT COUNT(DISTINCT log.stage_id) FROM crm_churn_stage_log AS log WHERE log.lead_id = lead.id) < 2
                ORDER BY lead.id""", followed=followed, open=open_leads, today=scope.date)

    # ------------------------------------------------------------------
    # Contracts
    # ------------------------------------------------------------------

    @api.model
    def _record_endings(self, company):
        """Record what was signed and has ended, as ``crm.signing`` tells.

        :return: number of losses
        """
        self.env.flush_all()
        rows = self.env.execute_query_dict(SQL(
            """SELECT ending.* FROM (%s) AS ending
                WHERE ending.partner_id IS NOT NULL AND ending.date <= %s
                  AND NOT EXISTS (SELECT FROM crm_churn_event AS event
                                   WHERE event.company_id = %s AND event.kind = 'contract'
                                     AND event.res_model = ending.res_model AND event.res_id = ending.res_id)
                ORDER BY ending.date, ending.res_model, ending.res_id""",
            self.env['crm.signing']._ending_sql(company), company._crm_today(), company.id))
        for start in range(0, len(rows), BATCH):
            batch = rows[start:start + BATCH]
            values = self._customer_vals(company, self.env['res.partner'].browse({row['partner_id'] for row in batch}))
            self._record([self._ending_vals(values[row['partner_id']], row) for row in batch])
            self.env['ir.cron']._commit_progress(len(batch))
        return len(rows)

    def _ending_vals(self, values, row):
        first = values['date_first']
        return {
            **values, 'kind': 'contract', 'date_first': first if first and first <= row['date'] else False,
            **{name: row[name] or False for name in ('name', 'phase', 'date', 'amount', 'margin', 'res_model', 'res_id')},
            'user_id': row['user_id'] or values['user_id'],
        }
