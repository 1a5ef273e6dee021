from odoo import fields, models


class ResCompany(models.Model):
    """When something counts as lost, and who is asked why."""
    _inherit = 'res.company'

    crm_churn_reason_required = fields.Boolean(
        "No Loss without a Reason", help="Whoever marks an opportunity as lost or records a loss has to say why at once.")
    crm_churn_ask_reason = fields.Boolean(
        "Ask for Missing Reasons", default=True, help="By an activity to the salesperson of the loss, once.")
    crm_churn_ask_days = fields.Integer("Days to Answer", default=3)
    crm_churn_unanswered_days = fields.Integer(
        "Never Answered after (Days)", default=14, help="Nobody of us has written, called or met by then. 0: not counted.")
    crm_churn_silent_factor = fields.Float(
        "Silent beyond (Times the Own Rhythm)", default=3.0,
        help="Days without a purchase against the customer's own median days between purchases. 0: not counted.")
    crm_churn_silent_days = fields.Integer(
        "Silent after at Least (Days)", default=90, help="However quick the own rhythm is.")
    crm_churn_silent_purchases = fields.Integer(
        "Rhythm Known after (Purchase Days)", default=3, help="With fewer days of purchase a customer has no rhythm of its own yet.")

    crm_churn_medium = fields.Float("Medium Risk from (%)", default=30.0)
    crm_churn_high = fields.Float("High Risk from (%)", default=60.0, help="From which on the salesperson is alerted.")
    crm_churn_alert_days = fields.Integer(
        "Rest after an Alert (Days)", default=60, help="For so long after an alert was closed no other is raised for the customer.")
    crm_churn_alert_limit = fields.Integer(
        "Open Alerts a Person", default=20, help="More than these nobody works on: those to be saved first go before.")
    crm_churn_alert_single = fields.Boolean(
        "Alert on One-Time Buyers",
        help="Most of them do not come back, and nothing has changed with them. They can be listed at any time.")
    crm_churn_signals_given = fields.Char(readonly=True, help="Codes of the signals to begin with that the company has been given.")

    _crm_churn_levels = models.Constraint(
        'CHECK(crm_churn_medium <= crm_churn_high AND crm_churn_medium >= 0 AND crm_churn_high <= 100 AND crm_churn_alert_days >= 0'
        ' AND crm_churn_alert_limit >= 0)',
        "Medium risk begins below high risk, both between 0 and 100 %.")
    _crm_churn_days_positive = models.Constraint(
        'CHECK(crm_churn_ask_days >= 0 AND crm_churn_unanswered_days >= 0 AND crm_churn_silent_factor >= 0'
        ' AND crm_churn_silent_days >= 0)', "Days and times cannot be negative.")
    _crm_churn_rhythm = models.Constraint(
        'CHECK(crm_churn_silent_purchases >= 2)', "A rhythm needs at least two days of purchase.")


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_churn_reason_required = fields.Boolean(related='company_id.crm_churn_reason_required', readonly=False)
    crm_churn_ask_reason = fields.Boolean(related='company_id.crm_churn_ask_reason', readonly=False)
    crm_churn_ask_days = fields.Integer(related='company_id.crm_churn_ask_days', readonly=False)
    crm_churn_unanswered_days = fields.Integer(related='company_id.crm_churn_unanswered_days', readonly=False)
    crm_churn_silent_factor = fields.Float(related='company_id.crm_churn_silent_factor', readonly=False)
    crm_churn_silent_days = fields.Integer(related='company_id.crm_churn_silent_days', readonly=False)
    crm_churn_silent_purchases = fields.Integer(related='company_id.crm_churn_silent_purchases', readonly=False)
    crm_churn_medium = fields.Float(related='company_id.crm_churn_medium', readonly=False)
    crm_churn_high = fields.Float(related='company_id.crm_churn_high', readonly=False)
    crm_churn_alert_days = fields.Integer(related='company_id.crm_churn_alert_days', readonly=False)
    crm_churn_alert_limit = fields.Integer(related='company_id.crm_churn_alert_limit', readonly=False)
    crm_churn_alert_single = fields.Boolean(related='company_id.crm_churn_alert_single', readonly=False)
