from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    crm_quota_conversion_days = fields.Integer(
        "Outcome Within", default=60,
        help="Days after a visit in which an opportunity or an order of the customer is taken as its outcome.")
    crm_quota_close_days = fields.Integer(
        "Close Months After", default=0, help="Days after its end when a month is closed by itself. 0: a manager closes it.")
    crm_quota_warn_percent = fields.Float(
        "Warn From", default=50, help="Percent of a month's working days after which a shortfall is told to the person.")
    crm_quota_escalate_days = fields.Integer(
        "Then Tell the Team Leader After", default=3, help="Working days of the person after the first warning.")
    crm_quota_manager_id = fields.Many2one(
        'res.users', "Else Tell", domain=[('share', '=', False)], help="Who is told of a shortfall where a team has no other leader.")
    crm_quota_board = fields.Selection(
        [('figures', "Names and figures"), ('names', "Names in order, no figures"), ('own', "Their own place only")],
        "Salespeople See in Rankings", default='figures', required=True)

    _crm_quota_settings = models.Constraint(
        'CHECK(crm_quota_conversion_days >= 0 AND crm_quota_close_days >= 0 AND crm_quota_escalate_days >= 0'
        ' AND crm_quota_warn_percent BETWEEN 0 AND 100)', "Days cannot be negative, and a percentage lies between 0 and 100.")


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    crm_quota_conversion_days = fields.Integer(related='company_id.crm_quota_conversion_days', readonly=False)
    crm_quota_close_days = fields.Integer(related='company_id.crm_quota_close_days', readonly=False)
    crm_quota_warn_percent = fields.Float(related='company_id.crm_quota_warn_percent', readonly=False)
    crm_quota_escalate_days = fields.Integer(related='company_id.crm_quota_escalate_days', readonly=False)
    crm_quota_manager_id = fields.Many2one(related='company_id.crm_quota_manager_id', readonly=False)
    crm_quota_board = fields.Selection(related='company_id.crm_quota_board', readonly=False)
