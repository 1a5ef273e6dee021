from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.warning import HORIZON, RESULTS, SOURCES


class CrmChurnAlert(models.Model):
    """What came of alerts by the facts, whatever people said: whether the customer bought within the horizon, and whether
    somebody had acted by then.

    An alert that somebody acted on has changed what it foretold: it is told apart, and is no false alarm.
    """
    _inherit = 'crm.churn.alert'

    source = fields.Selection(SOURCES, "Judged By", readonly=True)
    horizon_days = fields.Integer(
        "Horizon (Days)", readonly=True, default=HORIZON, aggregator=None,
        help="What the alert feared: that the customer buys nothing in so many days.")
    date_end = fields.Date("Horizon Ends", compute='_compute_date_end', store=True, help="Last day of the horizon.")
    acted_on = fields.Date(
        readonly=True,
        help="Day on which a rescue first began: the plan was started, it was noted what was done, a win-back case was opened, or"
             " somebody said that the customer was saved.")
    date_back = fields.Date(
        "Bought Again On", readonly=True, help="First purchase after the alert and within its horizon, by the invoices.")
    is_treated = fields.Boolean(
        "Acted On in Time", readonly=True, help="Somebody acted before the customer bought again, or before the horizon ended.")
    is_over = fields.Boolean("Horizon Over", readonly=True, help="Only then is it known of all alerts what came of them.")
    result = fields.Selection(
        RESULTS, "Came of It", readonly=True, help="By the invoices within the horizon. Empty for the double of a merged customer.")

    single_text = fields.Char(related='customer_id.churn_single_text')

    _result_idx = models.Index('(company_id, date) WHERE result IS NOT NULL')

    @api.depends('date', 'horizon_days')
    def _compute_date_end(self):
        for alert in self:
            alert.date_end = alert.date and alert.date + timedelta(days=alert.horizon_days)

    def _note_action(self, claimed=False):
        """Note, once, that somebody has begun to act on the alerts.

        :param claimed: somebody says so of a customer that buys again: then it was by the day of that purchase, at the latest
        """
        for alert in self.filtered(lambda alert: not alert.acted_on or claimed and alert.date_back and alert.acted_on > alert.date_back):
            today = alert.company_id._crm_today()
            alert.sudo().acted_on = min(today, alert.date_back or today) if claimed else today   # kept by us, for who may write

    @api.model
    def _note_results(self, company):
        """Note what has come of the alerts of a company, all by one statement; again, it changes nothing.

        Purchases count from the day after the alert, as they do in a back-test, up to the last day of the horizon. A horizon is over
        on the day after it. What is posted or cancelled later is seen the next time.

        :return: number of alerts that changed
        """
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """WITH back AS (
                   SELECT alert.id, MIN(invoice.date) AS date
                     FROM crm_churn_alert AS alert
                     JOIN res_partner AS partner ON partner.id = alert.partner_id
                     JOIN (%(invoices)s) AS invoice ON invoice.subject_id = partner.commercial_partner_id
                          AND invoice.date > alert.date AND invoice.date <= alert.date_end
                    WHERE alert.company_id = %(company)s AND invoice.move_type <> 'out_refund'
                 GROUP BY alert.id),
               found AS (
                   SELECT alert.id, back.date AS date_back, alert.date_end < %(today)s AS is_over,
                          COALESCE(alert.acted_on <= COALESCE(back.date, alert.date_end), FALSE) AS is_treated,
                          alert.state = 'open' OR alert.outcome IS NOT NULL AS counts
                     FROM crm_churn_alert AS alert LEFT JOIN back ON back.id = alert.id
                    WHERE alert.company_id = %(company)s),
               told AS (
                   SELECT id, date_back, is_over, is_treated,
                          CASE WHEN NOT counts THEN NULL
                               WHEN date_back IS NOT NULL AND is_treated THEN 'rescued' WHEN date_back IS NOT NULL THEN 'alone'
                               WHEN is_over THEN 'lost' ELSE 'waiting' END AS result
                     FROM found)
               UPDATE crm_churn_alert AS alert
                  SET date_back = told.date_back, is_over = told.is_over, is_treated = told.is_treated, result = told.result
                 FROM told
                WHERE alert.id = told.id
                  AND (alert.date_back, COALESCE(alert.is_over, FALSE), COALESCE(alert.is_treated, FALSE), alert.result)
                      IS DISTINCT FROM (told.date_back, told.is_over, told.is_treated, told.result)""",
            invoices=self.env['crm.metric']._fact_invoice(company._crm_metric_scope()).relation, company=company.id,
            today=company._crm_today()))
        changed = self.env.cr.rowcount
        self.invalidate_model(['date_back', 'is_over', 'is_treated', 'result'])
        return changed
