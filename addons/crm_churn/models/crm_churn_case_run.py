from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


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
        on and before the same day N months later."""
        self.env.flush_all()
        invoices = self.env['crm.metric']._fact_invoice(company._crm_metric_scope()).relation
        self.env.cr.execute(SQL(
            """UPDATE crm_churn_case AS target
                  SET regained = found.amount
                 FROM (SELECT won.id, COALESCE(SUM(invoice.amount), 0) AS amount
                         FROM crm_churn_case AS won
                         JOIN res_partner AS partner ON partner.id = won.partner_id
                    LEFT JOIN (%(invoices)s) AS invoice ON invoice.subject_id = partner.commercial_partner_id
                              AND invoice.date >= won.date_closed AND invoice.date < won.date_closed + %(months)s * INTERVAL '1 month'
                        WHERE won.company_id = %(company)s AND won.state = 'won_back'
                     GROUP BY won.id) AS found
                WHERE target.id = found.id AND target.regained IS DISTINCT FROM found.amount""",
            invoices=invoices, months=company.crm_churn_regain_months, company=company.id))
        self.invalidate_model(['regained'])

    @api.model
    def _propose(self, company):
        """Tell the owners of open cases, once, that the customer has been invoiced again since the case was opened.

        :return: the cases
        """
        self.env.flush_all()
        invoices = self.env['crm.metric']._fact_invoice(company._crm_metric_scope()).relation
        cases = self.browse(row[0] for row in self.env.execute_query(SQL(
            """SELECT lost.id
                 FROM crm_churn_case AS lost
                 JOIN res_partner AS partner ON partner.id = lost.partner_id
            LEFT JOIN crm_team AS team ON team.id = lost.team_id
                WHERE lost.company_id = %s AND lost.state = 'open' AND lost.proposed_on IS NULL
                  AND COALESCE(lost.user_id, team.user_id) IS NOT NULL
                  AND EXISTS (SELECT FROM (%s) AS invoice
                               WHERE invoice.subject_id = partner.commercial_partner_id AND invoice.date >= lost.date_open
                                 AND invoice.move_type <> 'out_refund')
             ORDER BY lost.id""", company.id, invoices)))
        today = company._crm_today()
        for owner, owned in cases.grouped(lambda case: case.user_id or case.team_id.user_id).items():
            owned.with_context(mail_activity_quick_update=True).activity_schedule(
                'crm_churn.mail_activity_type_bought_again', today, user_id=owner.id,
                summary=self.env._("The customer buys again: won back?"))
        cases.sudo().write({'proposed_on': today})   # kept by the run
        return cases
