from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_grading.models.crm_customer import AMOUNTS

from ..tools.warning import OUTCOMES

BATCH = 500
# What people may write; the rest is kept by runs and by the buttons.
OWN = {'user_id', 'snooze_until', 'plan_id', 'note'}


class CrmChurnAlert(models.Model):
    """A customer that we may lose, brought to its salesperson: one at a time, with the reasons and what it is about."""
    _name = 'crm.churn.alert'
    _description = "Churn Alert"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'state desc, priority desc nulls last, id desc'
    _rec_name = 'partner_id'

    customer_id = fields.Many2one('crm.customer', "Profile", required=True, readonly=True, ondelete='cascade', index=True)
    partner_id = fields.Many2one('res.partner', "Customer", required=True, readonly=True, ondelete='cascade', index=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade', index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', "Salesperson", index='btree_not_null', ondelete='set null', tracking=True)
    grade_id = fields.Many2one('crm.grade', readonly=True, ondelete='set null')
    date = fields.Date("Raised On", required=True, readonly=True)
    risk = fields.Float("Risk (%)", readonly=True, aggregator='avg', digits=(5, 1), help="As it was when the alert was raised.")
    priority = fields.Float("Save First", readonly=True, aggregator='avg', digits=(5, 1))
    at_stake = fields.Monetary("Value at Stake", readonly=True, groups=AMOUNTS)
    reason_ids = fields.Json(readonly=True, help="Ids of the signals that held on the day.")
    reasons = fields.Text("Why", compute='_compute_reasons')
    is_single = fields.Boolean(
        "Bought Once", readonly=True, help="One purchase shows no rhythm: the risk is how many of such customers did not buy again.")
    state = fields.Selection([('open', "Open"), ('done', "Done")], required=True, default='open', readonly=True, tracking=True)
    snooze_until = fields.Date("Asleep Until", tracking=True, help="The alert asks for nothing before this day.")
    plan_id = fields.Many2one(
        'mail.activity.plan', "Rescue Plan", compute='_compute_plan_id', store=True, readonly=False, ondelete='set null',
        domain=[('res_model', '=', 'res.partner')])
    plan_date = fields.Date("Plan Started", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True, tracking=True)
    date_done = fields.Date("Closed On", readonly=True)
    note = fields.Text("What Was Done", tracking=True)

    _one_open = models.UniqueIndex("(customer_id) WHERE state = 'open'", "The customer has an open alert already.")
    _company_state_idx = models.Index('(company_id, state, date)')

    @api.depends('grade_id')
    def _compute_plan_id(self):
        for alert in self:
            alert.plan_id = alert.plan_id or alert.grade_id.churn_plan_id

    @api.depends('reason_ids')
    @api.depends_context('lang')
    def _compute_reasons(self):
        signals = self.env['crm.churn.signal'].sudo().with_context(active_test=False)   # names are no secret
        for alert in self:
            alert.reasons = "\n".join(signals.browse(alert.reason_ids or []).exists().mapped('name'))

    def write(self, vals):
        """:raise UserError: on a change of what was found, or of what came of it without its button"""
        kept = [name for name in vals if (field := self._fields.get(name)) and field.store and name not in OWN
                and not name.startswith(('activity_', 'message_', 'rating_'))]
        if kept and not self.env.su:
            raise UserError(self.env._("An alert stays as it was raised. Say with its buttons what came of it."))
        if (vals.get('note') or '').strip():
            self._note_action()
        return super().write(vals)

    # ------------------------------------------------------------------
    # Raised and closed by runs
    # ------------------------------------------------------------------

    @api.model
    def _follow(self, company):
        """Raise alerts for customers of high risk, and close those of customers that recovered; again, it changes nothing.

        Nobody is alerted twice within the company's days of rest after an alert was closed, and nobody has more than the company's
        number of open alerts: those to be saved first go before. For one-time buyers, of whom nothing is known but that most do not
        come back, alerts are raised only where the company wants them.

        :return: the new alerts
        """
        today = company._crm_today()
        open_alerts = self.search([('company_id', '=', company.id), ('state', '=', 'open')])
        open_alerts.filtered(lambda alert: alert.customer_id.churn_level != 'high')._close('recovered')
        customers, raised = self.env['crm.customer'].browse(self._due(company, today)), self.browse()
        horizon = self.env['crm.churn.model']._horizon(company)
        quiet = self.with_context(mail_auto_subscribe_no_notify=True)   # the activity tells; a mail for each alert besides is a flood
        for start in range(0, len(customers), BATCH):
            raised |= quiet.create([
                {**customer._alert_vals(today), 'horizon_days': horizon} for customer in customers[start:start + BATCH]])
        raised = raised.with_env(self.env)
        raised._tell(today)
        return raised

    @api.model
    def _due(self, company, today):
        """Return the ids of the profiles for which an alert is raised, those to be saved first in front."""
        self.env.flush_all()
        return [row[0] for row in self.env.execute_query(SQL(
            """SELECT candidate.id
                 FROM (SELECT customer.id, customer.churn_priority, customer.user_id,
                              ROW_NUMBER() OVER (PARTITION BY customer.user_id ORDER BY customer.churn_priority DESC, customer.id) AS place
                         FROM crm_customer AS customer
                        WHERE customer.company_id = %(company)s AND customer.churn_level = 'high'
                          AND (customer.churn_is_single IS NOT TRUE OR %(single)s)
                          AND NOT EXISTS (SELECT FROM crm_churn_alert AS alert
                                           WHERE alert.customer_id = customer.id AND (alert.state = 'open' OR alert.date_done > %(rested)s))
                      ) AS candidate
            LEFT JOIN (SELECT COALESCE(user_id, 0) AS user_id, COUNT(*) AS count
                         FROM crm_churn_alert WHERE company_id = %(company)s AND state = 'open' GROUP BY 1) AS held
                   ON held.user_id = COALESCE(candidate.user_id, 0)
                WHERE place <= %(limit)s - COALESCE(held.count, 0)
                ORDER BY churn_priority DESC, candidate.id""",
            company=company.id, rested=today - timedelta(days=company.crm_churn_alert_days), limit=company.crm_churn_alert_limit,
            single=company.crm_churn_alert_single))]

    def _tell(self, today):
        """Bring the alerts to their owners, as an activity each."""
        activity_type = self.env.ref('crm_churn.mail_activity_type_alert', raise_if_not_found=False)
        told = self.filtered('user_id')
        if activity_type and told:
            self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([{
                'res_model_id': self.env['ir.model']._get_id(self._name), 'res_id': alert.id, 'user_id': alert.user_id.id,
                'activity_type_id': activity_type.id, 'date_deadline': today, 'automated': True} for alert in told])

    def _close(self, outcome):
        """End alerts, with their activities.

        :param outcome: a key of OUTCOMES
        """
        self.sudo().write({   # the outcome is kept by us; who may say so was checked by the caller
            'state': 'done', 'outcome': outcome, 'snooze_until': False})
        for company, alerts in self.sudo().grouped('company_id').items():   # as above
            alerts.date_done = company._crm_today()
        self.activity_unlink(['crm_churn.mail_activity_type_alert'])

    # ------------------------------------------------------------------
    # By people
    # ------------------------------------------------------------------

    def action_start_plan(self):
        """Plan the activities of the rescue plan on the customers.

        :raise UserError: without a plan, or where it has been started
        """
        self.check_access('write')
        for alert in self:
            if not alert.plan_id:
                raise UserError(self.env._("Choose a rescue plan for %(customer)s first.", customer=alert.partner_id.display_name))
            if alert.plan_date:
                raise UserError(self.env._("The plan for %(customer)s was started already.", customer=alert.partner_id.display_name))
            alert.plan_id._crm_start(alert.partner_id, alert.company_id)
            alert.sudo().plan_date = alert.company_id._crm_today()   # kept by us, for who may write
        self._note_action()
        return True

    def action_saved(self):
        """The customer stays, thanks to us: also where the run was quicker to see that it buys again."""
        return self._said('saved')

    def action_lost(self):
        """The customer is lost all the same."""
        return self._said('lost')

    def action_false(self):
        """There was nothing to fear."""
        return self._said('false')

    def _said(self, outcome):
        self.check_access('write')
        again = self.filtered(lambda alert: outcome == 'saved' and alert.outcome == 'recovered')
        if (self - again).filtered(lambda alert: alert.state != 'open'):
            raise UserError(self.env._("The alert is closed already."))
        if outcome == 'saved':
            self._note_action(claimed=True)
        again.sudo().outcome = outcome   # kept by us, for who may write
        (self - again)._close(outcome)
        return True

    def action_snooze(self):
        """Let alerts rest for two weeks."""
        self.check_access('write')
        for alert in self:
            alert.snooze_until = alert.company_id._crm_today() + timedelta(days=14)
            activities = alert.activity_ids.filtered(lambda activity: activity.automated)
            activities.sudo().date_deadline = alert.snooze_until   # the activity of the alert itself
        return True

    def action_open_customer(self):
        """Open the profile of the customer."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_customer_action')
        return {**action, 'res_id': self.customer_id.id, 'views': [(False, 'form')], 'domain': []}


class CrmCustomer(models.Model):
    _inherit = 'crm.customer'

    churn_alert_ids = fields.One2many('crm.churn.alert', 'customer_id', "Alerts", readonly=True)

    def _alert_vals(self, today):
        self.ensure_one()
        return {
            'customer_id': self.id, 'partner_id': self.partner_id.id, 'company_id': self.company_id.id, 'user_id': self.user_id.id,
            'grade_id': self.grade_id.id, 'date': today, 'risk': self.churn_risk, 'priority': self.churn_priority,
            'at_stake': self.churn_at_stake, 'reason_ids': (self.churn_reasons or {}).get('signals', []),
            'is_single': self.churn_is_single, 'source': self.churn_source}
