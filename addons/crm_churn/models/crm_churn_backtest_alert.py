from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import judging
from ..tools.warning import ENOUGH
from .crm_churn_backtest import MIN_LOST

GIVEN = ('alert_count', 'alert_judged', 'alert_true_share', 'alert_acted', 'alert_rescued_share')


class CrmChurnBacktest(models.Model):
    """Beside the judgement on a past date: the alerts that were really given in its horizon, and what came of them."""
    _inherit = 'crm.churn.backtest'

    alert_count = fields.Integer(
        "Alerts Given", compute='_compute_alerts', compute_sudo=True,
        help="In the horizon, whoever judged: this model, another one, signals.")
    alert_judged = fields.Integer(
        "Of Them with Nobody Acting", compute='_compute_alerts', compute_sudo=True, help="Whose own horizon is over by now.")
    alert_true_share = fields.Float(
        "Came True (%)", compute='_compute_alerts', compute_sudo=True, digits=(6, 1),
        help="Of the alerts that nobody acted on: nothing was bought in the horizon that followed the alert.")
    alert_acted = fields.Integer(
        "Of Them Acted On", compute='_compute_alerts', compute_sudo=True, help="In time, and whose own horizon is over by now.")
    alert_rescued_share = fields.Float(
        "Bought Again (%)", compute='_compute_alerts', compute_sudo=True, digits=(6, 1), help="Of the alerts that somebody acted on.")

    @api.depends('date', 'date_end', 'company_id')
    def _compute_alerts(self):
        """As superuser: how good warnings were is told to all who may see back-tests; whose they were is not told."""
        figures = self._alert_figures(SQL("""
            FROM crm_churn_backtest AS test
            JOIN crm_churn_alert AS alert ON alert.company_id = test.company_id AND alert.date BETWEEN test.date AND test.date_end
           WHERE test.id IN %s""", tuple(self.ids) or (0,)), SQL("test.id"))
        for test in self:
            for name, value in zip(GIVEN, figures.get(test.id, (0, 0, 0.0, 0, 0.0)), strict=True):
                test[name] = value

    @api.model
    def _alert_figures(self, source, key):
        """Return ``{key: (alerts, judged with nobody acting, of them come true %, judged and acted on, of them bought again %)}``.

        :param SQL source: FROM and WHERE that yield the alias ``alert``
        :param SQL key: what to group by
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT %(key)s, COUNT(*), COUNT(*) FILTER (WHERE %(idle)s),
                      COALESCE(100.0 * COUNT(*) FILTER (WHERE %(idle)s AND alert.result = 'lost')
                               / NULLIF(COUNT(*) FILTER (WHERE %(idle)s), 0), 0)::float8,
                      COUNT(*) FILTER (WHERE %(acted)s),
                      COALESCE(100.0 * COUNT(*) FILTER (WHERE %(acted)s AND alert.result = 'rescued')
                               / NULLIF(COUNT(*) FILTER (WHERE %(acted)s), 0), 0)::float8
                 %(source)s AND alert.result IS NOT NULL GROUP BY 1""",
            key=key, source=source, idle=SQL("alert.is_over AND NOT alert.is_treated"), acted=SQL("alert.is_over AND alert.is_treated")))
        return {row[0]: row[1:] for row in rows}

    def action_open_alerts(self):
        """Show the alerts that were given in the horizon, and what came of them."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_churn.crm_churn_alert_report_action')
        return {**action, 'context': {}, 'domain': [
            ('company_id', '=', self.company_id.id), ('date', '>=', self.date), ('date', '<=', self.date_end)]}


class CrmChurnModel(models.Model):
    _inherit = 'crm.churn.model'

    def _treated_sql(self, scope):
        """Return the query of customers whom somebody began to keep, or to win back, within the horizon after the day: ``subject_id``,
        the first ``date``. What was done for them changed the outcome that the model had foretold."""
        return SQL(
            """SELECT partner.commercial_partner_id AS subject_id, MIN(act.date) AS date
                 FROM (SELECT partner_id, acted_on AS date FROM crm_churn_alert WHERE company_id = %(company)s AND acted_on IS NOT NULL
                        UNION ALL
                       SELECT partner_id, date_open FROM crm_churn_case WHERE company_id = %(company)s) AS act
                 JOIN res_partner AS partner ON partner.id = act.partner_id
                WHERE act.date > %(date)s AND act.date <= %(date)s::date + %(days)s
             GROUP BY partner.commercial_partner_id""", company=scope.company.id, date=scope.date, days=self.horizon_days)

    def _rescues(self, risk, lost, treated):
        """Return what a back-test says of the customers that were acted on, and how the model ranks the others."""
        rest = ~treated
        enough = min(lost[rest].sum(), (1 - lost[rest]).sum()) >= MIN_LOST
        return {
            'treated_customers': int(treated.sum()), 'treated_lost_share': 100 * lost[treated].mean() if treated.any() else 0.0,
            'auc_untreated': judging.auc(risk[rest], lost[rest]) if enough else 0.0}

    def _words_alerts(self):
        """Say how the alerts that were really given turned out, whoever judged; and that few of them say little."""
        found = self.env['crm.churn.backtest']._alert_figures(SQL(
            "FROM crm_churn_alert AS alert WHERE alert.company_id = %s", self.company_id.id), SQL("alert.company_id"))
        given, idle, true, acted, rescued = found.get(self.company_id.id, (0, 0, 0.0, 0, 0.0))
        if not idle + acted:
            return ""
        texts = [self.env._(
            "Of the %(given)s alerts given so far, the horizon of %(over)s is over.",
            given=self._number(given), over=self._number(idle + acted))]
        if idle:
            texts.append(self.env._(
                "Nobody acted on %(count)s of them: %(true)s %% came true, the others bought again by themselves.",
                count=self._number(idle), true=self._number(true, 1)))
        if acted:
            texts.append(self.env._(
                "Of the %(count)s that somebody acted on, %(rescued)s %% bought again.",
                count=self._number(acted), rescued=self._number(rescued, 1)))
        if min(idle or ENOUGH, acted or ENOUGH) < ENOUGH:
            texts.append(self.env._("Fewer than %(least)s say little yet.", least=ENOUGH))
        return " ".join(texts)
