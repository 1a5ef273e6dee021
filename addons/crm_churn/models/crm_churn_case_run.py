from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.loss import CUSTOMER_KINDS


class CrmChurnCase(models.Model):
    """What the nightly run finds: revenue regained, customers with an open case that buy again."""
    _inherit = 'crm.churn.case'

    @api.model
    def _cron_regain(self):
        """Work through all companies."""
        companies = self.env['res.company'].search(Domain.TRUE)
        for left, company in zip(range(len(companies) - 1, -1, -1), companies):
            self.with_company(company)._regain(company)
            self.with_company(company)._propose(company)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                break

    @api.model
    def _regain(self, company):
        """Set the regained revenue: posted invoices less credit notes, net, in the company's currency, dated from the win-back day
        on and before the same day N months later. The next win-back of the customer ends the count: revenue is regained once.

        Of the customers of these cases; of all without any.
        """
        self.env.flush_all()
        invoices = self.env['crm.metric']._fact_invoice(company._crm_metric_scope()).relation
        among = SQL("AND partner.commercial_partner_id IN %s", tuple(self.partner_id.commercial_partner_id.ids)) if self else SQL()
        self.env.cr.execute(SQL(
            """UPDATE crm_churn_case AS target
                  SET regained = found.amount
                 FROM (SELECT won.id, COALESCE(SUM(invoice.amount), 0) AS amount
                         FROM (SELECT won.id, partner.commercial_partner_id AS subject_id, won.date_closed AS start,
                                      LEAST(won.date_closed + %(months)s * INTERVAL '1 month', LEAD(won.date_closed) OVER (
                                          PARTITION BY partner.commercial_partner_id ORDER BY won.date_closed, won.id)) AS until
                                 FROM crm_churn_case AS won
                                 JOIN res_partner AS partner ON partner.id = won.partner_id
                                WHERE won.company_id = %(company)s AND won.state = 'won_back' %(among)s) AS won
                    LEFT JOIN (%(invoices)s) AS invoice ON invoice.subject_id = won.subject_id
                              AND invoice.date >= won.start AND invoice.date < won.until
                     GROUP BY won.id) AS found
                WHERE target.id = found.id AND target.regained IS DISTINCT FROM found.amount""",
            invoices=invoices, among=among, months=company.crm_churn_regain_months, company=company.id))
        self.invalidate_model(['regained'])

    @api.model
    def _propose(self, company):
        """Tell the owners of open cases, once, that the customer is back, and note since when: that becomes the win-back day.

        Who was lost as a customer, or has a case about no loss in particular, is back with the first purchase since the case was opened.
        Who may never have stopped buying, since only opportunities were lost, is back when a quotation of the case is ordered, or an
        opportunity of it, or the one that was lost, is won after all.

        :return: the cases
        """
        self.env.flush_all()
        days = dict(self.env.execute_query(SQL(
            """SELECT target.id, MIN(back.date)
                 FROM crm_churn_case AS target
                 JOIN (%s) AS back(case_id, date) ON back.case_id = target.id
                                                 AND back.date >= COALESCE(target.date_watch, target.date_open) AND back.date <= %s
            LEFT JOIN crm_team AS team ON team.id = target.team_id
                WHERE target.company_id = %s AND target.state = 'open' AND target.proposed_on IS NULL
                  AND COALESCE(target.user_id, team.user_id) IS NOT NULL
             GROUP BY target.id ORDER BY target.id""",
            SQL(" UNION ALL ").join((self._bought_sql(company), self._ordered_sql(company), self._opportunity_won_sql(company))),
            company._crm_today(), company.id)))
        cases, today = self.browse(days), company._crm_today()
        for owner, owned in cases.grouped(lambda case: case.user_id or case.team_id.user_id).items():
            owned.with_context(mail_activity_quick_update=True).activity_schedule(
                'crm_churn.mail_activity_type_bought_again', today, user_id=owner.id,
                summary=self.env._("The customer buys again: won back?"))
        for day, found in cases.grouped(lambda case: days[case.id]).items():
            found.sudo().write({'proposed_on': today, 'date_again': day})   # kept by the run
        return cases

    def _bought_sql(self, company):
        return SQL(
            """SELECT target.id, invoice.date
                 FROM crm_churn_case AS target
                 JOIN res_partner AS partner ON partner.id = target.partner_id
                 JOIN (%(invoices)s) AS invoice ON invoice.subject_id = partner.commercial_partner_id
                WHERE target.company_id = %(company)s AND target.state = 'open' AND invoice.move_type <> 'out_refund'
                  AND (EXISTS (SELECT FROM crm_churn_case_event_rel AS about JOIN crm_churn_event AS event ON event.id = about.event_id
                                WHERE about.case_id = target.id AND event.kind IN %(kinds)s)
                       OR NOT EXISTS (SELECT FROM crm_churn_case_event_rel AS about WHERE about.case_id = target.id))""",
            invoices=self.env['crm.metric']._fact_invoice(company._crm_metric_scope()).relation, company=company.id, kinds=CUSTOMER_KINDS)

    def _ordered_sql(self, company):
        return SQL(
            """SELECT sale.crm_churn_case_id, %s
                 FROM sale_order AS sale
                WHERE sale.crm_churn_case_id IS NOT NULL AND sale.company_id = %s AND sale.state = 'sale'""",
            company._crm_metric_scope().day(SQL("sale.date_order")), company.id)

    def _opportunity_won_sql(self, company):
        """Of the case itself, or lost in the first place."""
        day = company._crm_metric_scope().day(SQL("lead.date_closed"))
        return SQL(
            """SELECT lead.crm_churn_case_id, %(day)s
                 FROM crm_lead AS lead WHERE lead.crm_churn_case_id IS NOT NULL AND lead.won_status = 'won'
                UNION ALL
               SELECT about.case_id, %(day)s
                 FROM crm_churn_case_event_rel AS about
                 JOIN crm_churn_event AS event ON event.id = about.event_id AND event.company_id = %(company)s
                 JOIN crm_lead AS lead ON lead.id = event.lead_id AND lead.won_status = 'won'""", day=day, company=company.id)
